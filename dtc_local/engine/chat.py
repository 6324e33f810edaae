"""Messages to token ids through the model's own chat template.

Knows which parts of a prompt may hold control tokens: what stands between the contents, which `template` renders, is
tokenised with them, every message part on its own without them. Does not know what messages say. Invariants: text
cannot forge a control token; equal leading parts give equal leading ids.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dtc_local.engine.base import Message
from dtc_local.engine.template import MARK, frame

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
PLAIN = "{% for m in messages %}{{ m.content }}\n\n{% endfor %}"
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
        self._template = template or (CHATML if chatml else PLAIN)
        self._frames: dict[tuple[str, ...], tuple[bool, list[list[int] | int]]] = {}
        self._parts: dict[str, list[int]] = {}

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """Token ids of the prompt, up to where the assistant's words begin."""
        turns: list[Turn] = [(message.role, message.parts) for message in messages]
        roles = tuple(role for role, _ in turns)
        if roles not in self._frames:
            shown = frame(self._template, roles, self._bos, self._eos)
            self._frames[roles] = shown.folded, self._pieces(shown.text)
        folded, pieces = self._frames[roles]
        contents = [parts for _, parts in (_fold(turns) if folded else turns)]
        ids: list[int] = []
        for piece in pieces:
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

    def _pieces(self, rendered: str) -> list[list[int] | int]:
        """The ids between contents and the numbers of contents."""
        # Templates that write BOS themselves and tokenizers that add it would make two.
        lead = self._bos if self._add_bos and not rendered.startswith(self._bos) else ""
        fields = MARK.split(lead + rendered)
        return [int(field) if index % 2 else self._tokenize(field, True) for index, field in enumerate(fields)]


def _fold(turns: Sequence[Turn]) -> list[Turn]:
    """System text moved to the front of the first user message, for templates without a system role."""
    system = [parts for role, parts in turns if role == "system"]
    others = [turn for turn in turns if turn[0] != "system"]
    if not system or not others:
        return [("user", parts) for _, parts in turns]
    role, parts = others[0]
    lead = tuple(part for message in system for part in (*message, "\n\n"))
    return [(role, lead + parts), *others[1:]]
