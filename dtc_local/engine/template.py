"""A model's chat template, rendered in a process of its own: what stands before, between and after the messages.

Knows Jinja templates of GGUF files, their usual gaps and their ways to ask for no thoughts; does not know token ids.
A template is a program from a stranger: nested loops, growing strings and recursive macros have no end that could be
listed and forbidden, so it runs in Jinja's sandbox inside a child process with two seconds of processor time and
limited memory. It is asked once for each sequence of roles, with marks in place of the contents, so that costs a
model's life one or two such processes.

Where the assistant's words begin is read off the template itself: it is also asked to show a conversation in which
the assistant has answered, and what it writes before that answer (a channel, a recipient, an empty thought) is what
the prompt ends with. A thought that the prompt opens is closed: the values wanted here are not thoughts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

from dtc_local.engine.child import ChildFailed, Limits, call
from dtc_local.errors import UserError

if TYPE_CHECKING:
    from jinja2 import Environment, Template

MAX_TEMPLATE = 256 * 1024
MAX_RENDERED = 256 * 1024
LIMITS = Limits(memory=512 << 20, cpu=2, wall=20.0)
MARK = re.compile(r"dtcMark(\d+)dtc")
WAY_OUT = "Use an instruction-tuned GGUF with an ordinary chat template."
FENCES = (
    (r"\[THINK\]", "[/THINK]"),
    (r"<\|START_THINKING\|>", "<|END_THINKING|>"),
    (r"<\|inner_prefix\|>", "<|inner_suffix|>"),
    (r"<\|channel>thought", "<channel|>"),
    (r"<\|open\|>think<\|sep\|>", "<|close|>think<|sep|>"),
    (r"Here are my reasoning steps:", "[BEGIN FINAL RESPONSE]"),
)
"""How models open and close a thought, apart from tags such as <think> and <seed:think>."""
ABSENT: tuple[dict[str, Any], ...] = (
    {"tools": None, "documents": None},
    {},
    {"functions": "[]", "datetime": "2024-07-26"},
)
"""No tools: as Transformers says it; for templates that only stand absent names; for those that must be told."""
_TAG = re.compile(r"<((?:[\w-]+:)?(?:think|thinking|thought|reasoning)(?::[\w-]+)?)>")


@dataclass(frozen=True)
class Frame:
    """A rendered prompt with marks, and whether system text was folded into the first user message for it."""

    text: str
    folded: bool


@lru_cache(maxsize=64)
def frame(source: str, roles: tuple[str, ...], bos: str = "", eos: str = "") -> Frame:
    """The prompt for messages of these roles, up to where the assistant's words begin.

    Raises UserError where the template is no Jinja, fails, loses a message, or exceeds its time or memory.
    """
    if len(source) > MAX_TEMPLATE:
        raise UserError(f"The model's chat template has {len(source)} characters.", f"At most {MAX_TEMPLATE} are read.")
    argument = {"source": source, "roles": list(roles), "bos": bos, "eos": eos}
    try:
        found = call(__name__, argument, LIMITS)
    except ChildFailed as failed:
        raise UserError(f"The model's chat template {failed.message}.", WAY_OUT) from failed
    if found is None:
        raise UserError(f"The model's chat template cannot show the roles {', '.join(roles)}.", WAY_OUT)
    return Frame(found["text"], found["folded"])


def folded_roles(roles: Sequence[str]) -> list[str]:
    """The roles that are left when system text goes into the first message, which is the user's."""
    others = [role for role in roles if role != "system"]
    return others if others else ["user"] * len(roles)


# --- the child's side -------------------------------------------------------------------------------------------------


def answer(argument: dict[str, Any]) -> dict[str, Any] | None:
    """The frame as JSON, or None if no way of asking the template shows every message once and in order."""
    return _Asked(argument["source"], argument["bos"], argument["eos"]).frame(argument["roles"])


class _Asked:
    """A compiled template and the ways to ask it."""

    def __init__(self, source: str, bos: str, eos: str) -> None:
        self.template = compiled(source)
        self.names = {"bos_token": bos, "eos_token": eos, "raise_exception": _raise, "strftime_now": _fixed_date}
        self.quiet = {
            "enable_thinking": False,
            "thinking": False,
            "thinking_budget": 0,
            "thinking_mode": "disabled",
            "reasoning": False,
            "reasoning_effort": _least_effort(source),
            "reasoning_strength": "low",
        }

    def frame(self, roles: list[str]) -> dict[str, Any] | None:
        for folded in (False, True):
            shown = folded_roles(roles) if folded else roles
            for quiet in (self.quiet, {}):
                for absent in ABSENT:
                    text = self._ended(shown, quiet | absent)
                    if text is not None:
                        return {"text": text, "folded": folded}
        return None

    def _ended(self, roles: list[str], names: dict[str, Any]) -> str | None:
        """The prompt with its end as an answer wants it."""
        text = self._render(roles, names | {"add_generation_prompt": True})
        if text is None:
            return None
        end = _after_last(text)
        answered = self._render([*roles, "assistant"], names | {"add_generation_prompt": False})
        opening = MARK.split(answered)[-3] if answered is not None else end
        return text[: len(text) - len(end)] + ended(end, opening)

    def _render(self, roles: list[str], names: dict[str, Any]) -> str | None:
        """The rendered text with marks, or None if the template raises or does not show each message once."""
        from jinja2 import TemplateError

        marked = [{"role": role, "content": f"dtcMark{index}dtc"} for index, role in enumerate(roles)]
        size, pieces = 0, []
        try:
            for piece in self.template.generate(messages=marked, **self.names, **names):
                size += len(piece)
                if size > MAX_RENDERED:
                    return None
                pieces.append(piece)
        except MemoryError:
            raise
        except (TemplateError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
            return None
        text = "".join(pieces)
        found = [int(number) for number in MARK.findall(text)]
        return text if found == list(range(len(roles))) else None


def ended(end: str, opening: str) -> str:
    """The end of a prompt: the template's own generation prompt `end`, its thought closed, and the way into an answer.

    `opening` is what the template writes between the last message and an answer. Both begin alike, with the
    assistant's turn; what `opening` has more, such as a channel, leads into an answer. It is only taken where nothing
    but a thought, or the turn's beginning once more, stands in `end` besides.
    """
    if opening.startswith(end):
        return _closed(opening if opening[len(end) :].strip() else end)
    closed = _closed(end)
    shared = alike(end, opening)
    turn, besides, further = end[:shared], closed[shared:], opening[shared:]
    thought_only = not _without_thoughts(besides).strip()
    leads_on = bool(_without_thoughts(further).strip())
    return closed + further if leads_on and (thought_only or (turn and end.endswith(turn))) else closed


def alike(one: str, other: str) -> int:
    """Length of the common beginning, not ending inside of <...> or [...]."""
    length = next((index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if length is None:
        return min(len(one), len(other))
    for opened, closing in (("<", ">"), ("[", "]")):
        begin = one.rfind(opened, 0, length)
        if begin >= 0 and closing not in one[begin:length]:
            length = begin
    return length


def _closed(end: str) -> str:
    """Close a thought that the prompt opens, with the white space that the model was shown around empty ones."""
    opened = [(match.end(), re.escape(match.group()), f"</{match.group(1)}>") for match in _TAG.finditer(end)]
    for pattern, closing in FENCES:
        opened += [(match.end(), pattern, closing) for match in re.finditer(pattern, end)]
    if not opened:
        return end
    place, _, closing = max(opened)
    if closing in end[place:]:
        return end
    lines = "\n\n" if "\n" in end[place:] else ""
    return f"{end.rstrip()}{lines}{closing}{lines}"


def _without_thoughts(text: str) -> str:
    """`text` without the marks of thoughts."""
    text = re.sub(_TAG.pattern.replace("<(", "</?("), "", text)
    for pattern, closing in FENCES:
        text = re.sub(pattern, "", text).replace(closing, "")
    return text


def _after_last(text: str) -> str:
    return MARK.split(text)[-1]


def _least_effort(source: str) -> str:
    """The least effort that a template compares with; "low" where it only prints the word."""
    return next((word for word in ("no_think", "none") if f"'{word}'" in source or f'"{word}"' in source), "low")


def compiled(source: str, around: tuple[str, str] = ("", ""), **filters: Callable[..., Any]) -> Template:
    """The template in its sandbox, with these filters beside Jinja's own.

    `around` is put before and behind what the template marks for training. To be called in a child process only.
    Raises UserError where `source` is no Jinja.
    """
    from jinja2 import TemplateError

    environment = _environment(*around)
    environment.filters.update(filters)
    try:
        return environment.from_string(source)
    except (TemplateError, RecursionError) as error:
        said = " ".join(str(error).split())[:200] or type(error).__name__
        raise UserError(
            f"The model's chat template is not valid Jinja: {said.rstrip('.')}.", "Use another GGUF."
        ) from error


def _environment(before: str, behind: str) -> Environment:
    from jinja2 import nodes
    from jinja2.ext import Extension
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(Extension):
        """`{% generation %}` marks what to train on; it adds what the caller wants around it, by default nothing."""

        tags = {"generation"}

        def parse(self, parser: Any) -> nodes.Node | list[nodes.Node]:
            """The statements between the tags."""
            line = next(parser.stream).lineno
            inner: list[nodes.Node] = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            first, last = (nodes.Output([nodes.TemplateData(text)]).set_lineno(line) for text in (before, behind))
            return [first, *inner, last]

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", Generation]
    )
    # A prompt must not depend on chance.
    environment.filters.pop("random")
    environment.globals.pop("lipsum")
    return environment


def _raise(message: str) -> NoReturn:
    from jinja2 import TemplateError

    raise TemplateError(str(message))


def _fixed_date(pattern: str) -> str:
    """Templates that print today's date get this one: a prompt must not depend on the clock."""
    import datetime

    return datetime.date(2024, 7, 26).strftime(pattern)
