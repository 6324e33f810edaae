"""Engine failures that stages handle one by one. Knows no engine; importing it costs nothing."""

from __future__ import annotations

from dtc_local.errors import EngineError


class ContextOverflow(EngineError):
    """Prompt and token budget do not fit into a sequence; raised by `submit`, before anything is decoded."""

    def __init__(self, prompt_tokens: int, max_tokens: int, context: int) -> None:
        super().__init__(
            f"A prompt of {prompt_tokens} tokens and a budget of {max_tokens} exceed the context of {context} tokens.",
            "Use fewer tools or turns, or a longer context.",
        )
        self.prompt_tokens, self.max_tokens, self.context = prompt_tokens, max_tokens, context
