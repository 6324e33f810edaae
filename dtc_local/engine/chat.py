"""Messages to token ids through the model's own chat template.

Knows Jinja templates of GGUF files and their usual gaps; does not know what messages say. The template is rendered
once for each sequence of roles with marks in place of the contents; what stands between the marks is tokenised with
control tokens, and every message part on its own without them. Invariants: text cannot forge a control token; equal
leading parts give equal leading ids.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from dtc_local.engine.base import Message
from dtc_local.errors import UserError

MAX_TEMPLATE = 256 * 1024
MAX_RENDERED = 256 * 1024
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}<|im_start|>assistant\n"
)
PLAIN = "{% for m in messages %}{{ m.content }}\n\n{% endfor %}"
_MARK = re.compile(r"dtcMark(\d+)dtc")
Turn = tuple[str, tuple[str, ...]]


class Chat:
    """The prompt format of one model."""

    def __init__(
        self,
        tokenize: Callable[[str, bool], list[int]],
        template: str | None,
        bos: str = "",
        eos: str = "",
        add_bos: bool = False,
        chatml: bool = False,
    ) -> None:
        self._tokenize = tokenize
        self._bos, self._eos, self._add_bos = bos, eos, add_bos
        self._template = _compile(template or (CHATML if chatml else PLAIN))
        self._frames: dict[tuple[str, ...], tuple[bool, list[list[int] | int]]] = {}
        self._parts: dict[str, list[int]] = {}

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """Token ids of the prompt, up to where the assistant's words begin."""
        turns: list[Turn] = [(message.role, message.parts) for message in messages]
        roles = tuple(role for role, _ in turns)
        if roles not in self._frames:
            self._frames[roles] = self._frame(roles)
        folded, frame = self._frames[roles]
        contents = [parts for _, parts in (_fold(turns) if folded else turns)]
        ids: list[int] = []
        for piece in frame:
            if isinstance(piece, int):
                for part in contents[piece]:
                    ids += self._part(part)
            else:
                ids += piece
        return ids

    def _part(self, text: str) -> list[int]:
        # Histories repeat: the same parts come back in every stage of a conversation.
        known = self._parts.get(text)
        if known is None:
            if len(self._parts) > 20_000:
                self._parts.clear()
            known = self._parts[text] = self._tokenize(text, False)
        return known

    def _frame(self, roles: tuple[str, ...]) -> tuple[bool, list[list[int] | int]]:
        """The ids between contents and the numbers of contents, and whether system text was folded away."""
        turns: list[Turn] = [(role, ("",)) for role in roles]
        for folded in (False, True):
            shown = [role for role, _ in (_fold(turns) if folded else turns)]
            rendered = self._render(shown)
            if rendered is not None:
                return folded, self._pieces(rendered)
        raise UserError(
            f"The model's chat template cannot show the roles {', '.join(roles)}.",
            "Use an instruction-tuned GGUF with an ordinary chat template.",
        )

    def _render(self, roles: Sequence[str]) -> str | None:
        """The rendered prompt with marks, or None if the template raises or loses a message."""
        from jinja2 import TemplateError

        marked = [{"role": role, "content": f"dtcMark{index}dtc"} for index, role in enumerate(roles)]
        size, pieces = 0, []
        try:
            for piece in self._template.generate(
                messages=marked,
                add_generation_prompt=True,
                enable_thinking=False,
                bos_token=self._bos,
                eos_token=self._eos,
                raise_exception=_raise,
                strftime_now=_fixed_date,
            ):
                size += len(piece)
                if size > MAX_RENDERED:
                    return None
                pieces.append(piece)
        except (TemplateError, TypeError, ValueError, KeyError, AttributeError, OverflowError, MemoryError):
            return None
        text = "".join(pieces)
        found = [int(number) for number in _MARK.findall(text)]
        return _closed(text) if found == list(range(len(roles))) else None

    def _pieces(self, rendered: str) -> list[list[int] | int]:
        # Templates that write BOS themselves and tokenizers that add it would make two.
        lead = self._bos if self._add_bos and not rendered.startswith(self._bos) else ""
        fields = _MARK.split(lead + rendered)
        return [int(field) if index % 2 else self._tokenize(field, True) for index, field in enumerate(fields)]


def _closed(text: str) -> str:
    """Close thinking that the generation prompt opens: the values wanted here are not thoughts."""
    tail = text.rsplit("dtc", 1)[-1]
    for opened, closed in (("<think>", "</think>"), ("[THINK]", "[/THINK]")):
        if tail.count(opened) > tail.count(closed):
            return f"{text.rstrip()}\n\n{closed}\n\n"
    return text


def _fold(turns: Sequence[Turn]) -> list[Turn]:
    """System text moved to the front of the first user message, for templates without a system role."""
    system = [parts for role, parts in turns if role == "system"]
    others = [turn for turn in turns if turn[0] != "system"]
    if not system or not others:
        return [("user", parts) for _, parts in turns]
    role, parts = others[0]
    lead = tuple(part for message in system for part in (*message, "\n\n"))
    return [(role, lead + parts), *others[1:]]


def _compile(source: str) -> Any:
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Limited(ImmutableSandboxedEnvironment):
        """A sandbox in which products and powers cannot fill the memory."""

        intercepted_binops = frozenset(["*", "**"])

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            if not all(isinstance(side, int | float) and abs(side) < 10**6 for side in (left, right)):
                raise TemplateError(f"operator {operator} is limited to small numbers")
            return super().call_binop(context, operator, left, right)

    if len(source) > MAX_TEMPLATE:
        raise UserError(f"The model's chat template has {len(source)} characters.", f"At most {MAX_TEMPLATE} are read.")
    environment = Limited(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
    for filling in ("center", "format", "indent", "wordwrap"):
        environment.filters.pop(filling, None)
    try:
        return environment.from_string(source)
    except TemplateError as error:
        raise UserError(f"The model's chat template is not valid Jinja: {error}.", "Use another GGUF.") from error


def _raise(message: str) -> NoReturn:
    from jinja2 import TemplateError

    raise TemplateError(str(message))


def _fixed_date(pattern: str) -> str:
    """Templates that print today's date get this one: a prompt must not depend on the clock."""
    import datetime

    return datetime.date(2024, 7, 26).strftime(pattern)
