"""What the ways share: prompts as token ids, and an independent word on whether a text obeys its constraint.

Prompts are tokenised once, by the package's own rules, so that every way is given the same ids. Texts are judged after
the clock has stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dtc_local.engine.base import Message
from dtc_local.engine.chat import Chat


def encoder(llama: Any) -> Callable[[Sequence[Message]], list[int]]:
    """Token ids of a prompt for an open `llama_cpp.Llama`, also one of vocabulary only."""
    control = {name: llama._model.token_get_text(llama.token_bos()) for name in ("bos",) if llama.token_bos() >= 0}
    chat = Chat(
        lambda text, special: llama.tokenize(text.encode(), add_bos=False, special=special),
        llama.metadata.get("tokenizer.chat_template"),
        bos=control.get("bos", ""),
        add_bos=llama.metadata.get("tokenizer.ggml.add_bos_token") == "true",
        chatml=len(llama.tokenize(b"<|im_start|>", add_bos=False, special=True)) == 1,
    )
    return chat.encode


class Judge:
    """Tells whether texts obey their constraints: JSON by `jsonschema`, grammars by a matcher over bytes."""

    def __init__(self) -> None:
        from dtc_local.engine.scripted import byte_compiler

        self._compiler = byte_compiler()

    def obeys(self, constraint: tuple[str, str], text: str) -> bool:
        """Whether `text` is a whole and valid answer."""
        from outlines import types

        from dtc_local.engine.constraint import InvalidValue
        from dtc_local.engine.scripted import check_text
        from dtc_local.errors import DecodeError

        kind, definition = constraint
        compiled = self._compiler.compile(getattr(types, kind)(definition))
        try:
            if kind == "CFG":
                check_text(compiled, text)
            compiled.value(text)
        except (InvalidValue, DecodeError):
            return False
        return True

    def count(self, answers: Sequence[tuple[tuple[str, str], str, bool]]) -> tuple[int, int]:
        """Objects, and texts that ended and are none; an answer is (constraint, text, whether it ended)."""
        ended = [self.obeys(constraint, text) for constraint, text, whole in answers if whole]
        return sum(ended), len(ended) - sum(ended)
