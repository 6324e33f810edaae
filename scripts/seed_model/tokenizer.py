"""The seed model's tokenizer: byte-level BPE with single digits, cut into segments exactly as the engine cuts prompts.

The split is SmolLM's (every digit alone, then GPT-2's pattern), because llama.cpp knows it by name as `smollm`. All
256 byte symbols are tokens; the specials stand last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

PRE = "smollm"
END_OF_TEXT, TURN_START, TURN_END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
SPECIALS = (END_OF_TEXT, TURN_START, TURN_END)
VOCABULARY = 4096
CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TO_SYSTEM = f"{TURN_START}system\n"
SYSTEM_TO_USER = f"{TURN_END}\n{TURN_START}user\n"
TO_USER = f"{TURN_START}user\n"
USER_TO_ASSISTANT = f"{TURN_END}\n{TURN_START}assistant\n"
"""The chat template's own text between contents, one segment each."""


def train(texts: Iterable[str], size: int = VOCABULARY) -> Tokenizer:
    """Learn the merges from running text; the vocabulary has exactly `size` tokens, specials included."""
    tokenizer = _untrained(models.BPE())
    trainer = trainers.BpeTrainer(
        vocab_size=size - len(SPECIALS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens(list(SPECIALS))
    return tokenizer


def _untrained(model: models.BPE) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


class Segments:
    """Token ids of prompt segments: the template's text knows special tokens, contents never do."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self._plain = Tokenizer.from_str(tokenizer.to_str())
        self._plain.encode_special_tokens = True
        self.turn_end = self.special(TURN_END)
        self._frames: dict[str, list[int]] = {}

    @classmethod
    def load(cls, path: Path) -> Segments:
        """Read a tokenizer file as :meth:`save` writes it."""
        return cls(Tokenizer.from_file(str(path)))

    def save(self, path: Path) -> None:
        """Write the tokenizer as one JSON file."""
        self.tokenizer.save(str(path))

    def special(self, token: str) -> int:
        """Id of a special token."""
        number = self.tokenizer.token_to_id(token)
        if number is None:
            raise ValueError(f"the tokenizer has no {token}")
        return int(number)

    def frame(self, text: str) -> list[int]:
        """Ids of the chat template's own text."""
        if text not in self._frames:
            self._frames[text] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return self._frames[text]

    def content(self, text: str) -> list[int]:
        """Ids of a message part: a special token's name in it stays ordinary text."""
        ids: list[int] = self._plain.encode(text, add_special_tokens=False).ids
        return ids

    def contents(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of several message parts, each a segment of its own."""
        return [self.content(text) for text in texts]

    def text(self, ids: Sequence[int]) -> str:
        """The text that ids stand for, specials left out."""
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True))
