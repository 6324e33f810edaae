"""Names in words: how identifiers are split, singularised and made comparable.

    tokens("shopLocationIds") == ("shop", "location", "id")

Used for dataflow edges, effects and world facts, which all read meaning from names.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_COMPOUNDS = {
    "username": ("user", "name"),
    "userid": ("user", "id"),
    "filename": ("file", "name"),
    "filepath": ("file", "path"),
    "dirname": ("folder", "name"),
    "firstname": ("first", "name"),
    "lastname": ("last", "name"),
    "fullname": ("full", "name"),
    "nickname": ("nick", "name"),
    "hostname": ("host", "name"),
    "zipcode": ("zip", "code"),
    "postcode": ("zip", "code"),
    "datetime": ("date", "time"),
    "timestamp": ("time", "stamp"),
    "timezone": ("time", "zone"),
    "phonenumber": ("phone", "number"),
    "cwd": ("current", "folder"),
    "pwd": ("password",),
    "ids": ("id",),
}
_SYNONYMS = {
    "directory": "folder",
    "dir": "folder",
    "dirs": "folder",
    "identifier": "id",
    "uuid": "id",
    "guid": "id",
    "mail": "email",
    "telephone": "phone",
    "mobile": "phone",
    "postal": "zip",
    "msg": "message",
    "repo": "repository",
    "org": "organization",
    "qty": "quantity",
    "lat": "latitude",
    "lng": "longitude",
    "lon": "longitude",
    "img": "image",
    "photo": "image",
    "picture": "image",
    "desc": "description",
    "num": "number",
    "addr": "address",
    "tel": "phone",
    "client": "customer",
    "litre": "liter",
    "colour": "color",
    "currencies": "currency",
    "cities": "city",
    "people": "person",
    "movies": "movie",
    "cookies": "cookie",
    "calories": "calorie",
    "species": "species",
    "children": "child",
}
_KEEP_S = ("ss", "us", "is", "as", "os")
_KEEP_WORDS = frozenset({"news", "series", "address", "lens", "gps", "dns", "sms", "https", "aws", "ios", "yes"})


def bag(words: str) -> frozenset[str]:
    """A set of words from one text: word lists stay readable."""
    return frozenset(words.split())


@lru_cache(maxsize=65536)
def tokens(name: str) -> tuple[str, ...]:
    """Lower-case words of an identifier or a text, singular, synonyms folded."""
    words: list[str] = []
    for part in _PARTS.findall(name):
        words += _COMPOUNDS.get(part.lower(), (part.lower(),))
    return tuple(_SYNONYMS.get(word, word) for word in map(singular, words))


def singular(word: str) -> str:
    """English singular, by the common endings only."""
    if len(word) < 4 or word in _KEEP_WORDS or word in _SYNONYMS or word.endswith(_KEEP_S):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def legal_name(name: str, limit: int = 64) -> str:
    """`name` in the letters every tool-calling API accepts: `^[A-Za-z0-9_-]{1,64}$`."""
    legal = re.sub(r"_*[^A-Za-z0-9_-]+_*", "_", name)
    legal = legal.strip("_") if legal != name else legal
    return legal[:limit] or "tool"


def unique_name(name: str, taken: set[str], limit: int = 64) -> str:
    """`name`, or `name_2`, `name_3` ... cut so that the suffix fits."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        suffix = f"_{number}"
        candidate = name[: limit - len(suffix)] + suffix
    return candidate
