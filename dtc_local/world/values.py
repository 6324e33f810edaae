"""Makers of one value each: strings by kind, numbers by the words of the name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from dtc_local.tools.dataflow.entities import id_owners
from dtc_local.tools.words import bag, tokens
from dtc_local.world.pools import in_english, pool

if TYPE_CHECKING:
    from numpy.random import Generator

Maker = Callable[["Generator"], str]
DAYS = 3 * 365
FIRST_DAY = date(2024, 1, 1)
_HEX = "0123456789abcdef"


def pick(rng: Generator, name: str) -> str:
    """One value of a pool."""
    values = pool(name)
    return values[int(rng.integers(len(values)))]


def string(kind: str, rng: Generator, owner: str) -> str:
    """A string of that kind; an id takes its prefix from its owner."""
    if kind == "id":
        return identifier(rng, owner)
    maker = _MAKERS.get(kind)
    return maker(rng) if maker else pick(rng, kind)


def entity(name: str, description: str, context: str) -> str:
    """What an id belongs to: `order_id` and `id` in "get_order" to an order, `sender_id` ("user ID") to a user."""
    described = id_owners(description)
    if described:
        return described[0]
    own = [word for word in tokens(name) if word not in ("id", "number", "code", "key", "reference", "new", "parent")]
    around = [word for word in tokens(context) if word not in _VERBS]
    return (own or around or ["item"])[-1]


def identifier(rng: Generator, owner: str) -> str:
    """An id in the style that belongs to its owner: always the same style for the same kind of thing."""
    style = hashlib.blake2b(owner.encode(), digest_size=1).digest()[0] % 4
    prefix = "".join(char for char in owner.upper() if "A" <= char <= "Z")[:3] or "ID"
    number = int(rng.integers(1000, 10000))
    if style == 0:
        return f"{prefix}-{number}"
    if style == 1:
        return f"{prefix}{number}"
    if style == 2:
        return f"{prefix[0]}-{number * 10 + int(rng.integers(10))}"
    return f"{prefix.lower()}_{number}"


def hexadecimal(rng: Generator, length: int) -> str:
    """Random hex digits."""
    return "".join(_HEX[int(digit)] for digit in rng.integers(0, 16, length))


def day(rng: Generator) -> date:
    """A calendar day of the three years from 2024 on."""
    return FIRST_DAY + timedelta(days=int(rng.integers(DAYS)))


def day_near(rng: Generator, today: date, name: str) -> str:
    """An ISO date within two months of today; what was made lies before it, what is due after it."""
    words = set(tokens(name))
    if words & {"birth", "birthday", "dob"}:
        return (today - timedelta(days=int(rng.integers(20 * 365, 70 * 365)))).isoformat()
    days = int(rng.integers(1, 60))
    done = tokens(name)[-1:] == ("at",)  # added_at, cancelled_at: when it was done
    past = words & _PAST or (not words & _FUTURE and (done or rng.random() < 0.3))
    return (today - timedelta(days=days) if past else today + timedelta(days=days)).isoformat()


def _clock(rng: Generator) -> str:
    return f"{int(rng.integers(7, 22)):02d}:{int(rng.integers(4)) * 15:02d}"


def _phone(rng: Generator) -> str:
    if in_english():
        return f"+1-555-{int(rng.integers(100, 1000))}-{int(rng.integers(1000, 10000))}"
    return pick(rng, "phone")


def _uuid(rng: Generator) -> str:
    digits = hexadecimal(rng, 32)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def _file(rng: Generator) -> str:
    return f"{pick(rng, 'file')}.{pick(rng, 'extension')}"


def _path(rng: Generator) -> str:
    return f"/home/{pick(rng, 'login').lower()}/{pick(rng, 'folder')}"


def _slug(rng: Generator) -> str:
    return pick(rng, "phrase").replace(" ", "-")


def _file_path(rng: Generator) -> str:
    return f"{_path(rng)}/{_file(rng)}"


def _money(rng: Generator) -> str:
    return f"{int(rng.integers(5, 400))}.{('00', '50', '99')[int(rng.integers(3))]}"


_VERBS = bag("get list create update delete find search add remove set result response data item output")
_PAST = bag(
    "created updated modified last since joined sent posted started published previous registered begin closed on from"
)
_FUTURE = bag("due deadline delivery departure return arrival until end expire expiry next scheduled check")
_MAKERS: dict[str, Maker] = {
    "date": lambda rng: day(rng).isoformat(),
    "clock": _clock,
    "datetime": lambda rng: f"{day(rng).isoformat()}T{_clock(rng)}:00Z",
    "year": lambda rng: str(int(rng.integers(2018, 2027))),
    "duration": lambda rng: f"{int(rng.integers(1, 12)) * 10} minutes",
    "iso_duration": lambda rng: f"PT{int(rng.integers(1, 12)) * 10}M",
    "uuid": _uuid,
    "sha": lambda rng: hexadecimal(rng, 7),
    "token": lambda rng: f"tk_{hexadecimal(rng, 10)}",
    "password": lambda rng: f"{pick(rng, 'noun').title()}-{pick(rng, 'color')}-{int(rng.integers(10, 100))}",
    "phone": _phone,
    "ip": lambda rng: f"192.0.2.{int(rng.integers(1, 255))}",
    "ipv6": lambda rng: f"2001:db8::{hexadecimal(rng, 3)}",
    "host": lambda rng: f"{pick(rng, 'noun')}.example.com",
    "url": lambda rng: f"https://www.example.com/{_slug(rng)}",
    "version": lambda rng: f"{int(rng.integers(1, 6))}.{int(rng.integers(10))}.{int(rng.integers(10))}",
    "bytes": lambda rng: f"{int(rng.integers(2, 900))} MB",
    "key": lambda rng: pick(rng, "phrase").replace(" ", "_"),
    "file": _file,
    "path": _path,
    "file_path": _file_path,
    "money": _money,
}

_NUMBERS: tuple[tuple[str, tuple[float, float, float]], ...] = (
    (r"\blatitude", (-60, 60, 0.01)),
    (r"\blongitude", (-120, 120, 0.01)),
    (r"\byear$", (2015, 2026, 1)),
    (r"\bmonth$", (1, 12, 1)),
    (r"\bday$", (1, 28, 1)),
    (r"\bhour$", (1, 23, 1)),
    (r"\b(minute|duration|second)$", (5, 120, 5)),
    (r"\bage$", (18, 80, 1)),
    (r"\b(gallon|liter|fuel)", (2, 60, 0.5)),
    (r"\b(remaining|floor)", (1, 6, 1)),
    (r"\b(rating|star|priority|level|severity)$", (1, 5, 1)),
    (r"\b(percent|percentage|discount|humidity|rate|brightness|volume|score)$", (5, 100, 5)),
    (r"\btemperature", (15, 28, 0.5)),
    (r"\bspeed$", (20, 130, 5)),
    (r"\b(distance|radius|mileage|mile|kilometer|km)", (5, 400, 5)),
    (r"\b(weight|mass)$", (1, 90, 0.5)),
    (r"\b(height|width|length|depth|diameter)$", (10, 240, 5)),
    (r"\b(voltage)$", (11, 15, 0.5)),
    (r"\b(pressure)$", (28, 38, 0.5)),
    (r"\b(angle)$", (0, 90, 5)),
    (r"\b(price|cost|fee|fare)", (5, 300, 0.5)),
    (r"\b(amount|total|balance|budget|salary|payment|income|loan|principal|revenue|value)$", (20, 3000, 10)),
    (r"\b(quantity|guest|people|seat|person|night|adult|child|copies|party size|room|passenger)$", (1, 6, 1)),
    (r"\b(page|offset)$", (1, 5, 1)),
    (r"\b(precision|decimal|place|digit)", (1, 6, 1)),
    (r"\b(exponent|power)$", (2, 5, 1)),
    (r"\bbase$", (2, 10, 1)),
    (r"\b(count|limit|max|size|top|k|n|line|result|per page)$", (3, 50, 1)),
    (r"\bport$", (3000, 9000, 10)),
    (r"\b(id|number|code|key|reference)$", (1001, 9999, 1)),
)
_NUMBER_RULES = tuple((re.compile(pattern), spread) for pattern, spread in _NUMBERS)
_ANY_NUMBER = (2, 250, 0.5)


def spread_of(name: str, kind: str) -> tuple[float, float, float]:
    """(low, high, step) that numbers of this name usually have; a "number" to compute with is no identifier."""
    words = " ".join(tokens(name))
    if words == "number" and kind == "number":
        return 2, 400, 0.5
    return next((spread for pattern, spread in _NUMBER_RULES if pattern.search(words)), _ANY_NUMBER)


def number(
    kind: str, rng: Generator, spread: tuple[float, float, float], bounds: tuple[float | None, float | None]
) -> int | float:
    """A number a person would say, inside the bounds where there are any."""
    low, high, step = spread
    least, most = bounds
    if least is not None or most is not None:
        low, high = _within(low, high, least, most)
    if kind == "integer":
        step = max(1.0, step)
    if high - low < step * 2:
        step = 1.0 if kind == "integer" else (high - low) / 4 or 1.0
    steps = int((high - low) / step + 1e-9)
    drawn = low + step * int(rng.integers(min(steps, 2**62) + 1))
    value = round(drawn, 6)
    if kind == "integer":
        return int(-(-value // 1)) if least is not None and value < least + 1 else int(value)
    return int(value) if float(value).is_integer() else value


def _within(low: float, high: float, least: float | None, most: float | None) -> tuple[float, float]:
    """The usual spread cut to the bounds, or the bounds themselves where the two do not meet."""
    bottom = low if least is None else max(low, least)
    top = high if most is None else min(high, most)
    if bottom <= top and (least is None or most is None or top - bottom >= (most - least) / 4):
        return bottom, top
    bottom = least if least is not None else (most or 0) - abs(most or 0) - 10
    top = most if most is not None else bottom + max(10, abs(bottom))
    return bottom, top
