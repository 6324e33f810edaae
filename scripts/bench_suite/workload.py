"""The workload: every request of a recorded pipeline run, and how it is replayed.

`workload.jsonl.xz` was written by `record`. Its first line says what it was recorded with; then come texts, each once,
and requests that name them by number. A request has two constraints: the closed one that models below 100 million
parameters get (values chosen among a scenario's facts, words from the phrase book) and the open one that larger models
get (free values under the tools' schemas, free words). Both belong to the same prompt.

A draft is one conversation; its requests come in steps, as its stages ask for them: a step is submitted when the one
before it is answered. A replay keeps as many drafts open as the engine decodes sequences, as the pipeline does. A
sample of it takes the first conversations, whole or cut after some steps. The first prompt of a conversation is all new
and the later ones are mostly known: the fewer steps a sample has, the fewer tokens does it share.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from dtc_local.engine.base import Message, Request, Sampling

FILE = Path(__file__).with_name("workload.jsonl.xz")
Mode = Literal["closed", "open"]


@dataclass(frozen=True)
class Asked:
    """A recorded request: both constraints as (kind, text), and what the seed model answered."""

    draft: int
    turn: int
    step: int
    position: int
    """Place among the requests of its step."""
    stage: str
    messages: tuple[Message, ...]
    closed: tuple[str, str]
    open: tuple[str, str]
    sampling: Sampling
    max_tokens: int
    answers: tuple[str, ...]

    @property
    def key(self) -> str:
        """What names the request in this record."""
        return f"{self.draft}/{self.step}/{self.position}"

    def constraint(self, mode: Mode) -> tuple[str, str]:
        """Kind ("JsonSchema" or "CFG") and text of the constraint."""
        return self.closed if mode == "closed" else self.open

    def budget(self, mode: Mode) -> int:
        """Most tokens of an answer. A closed constraint ends by itself; an open one may ramble under random weights, so
        its budget is half the characters of the longest recorded answer: up to twice as many tokens as that has."""
        if mode == "closed":
            return self.max_tokens
        return min(self.max_tokens, max(16, max(map(len, self.answers)) // 2))

    def request(self, mode: Mode) -> Request:
        """The request as a stage yields it, within the budget."""
        from outlines import types

        kind, text = self.constraint(mode)
        made = getattr(types, kind)(text)
        return Request(self.messages, made, self.sampling, self.budget(mode), self.stage)


Step = tuple[Asked, ...]
Draft = tuple[Step, ...]


def write(path: Path, about: dict[str, Any], asked: Iterable[Asked]) -> None:
    """Write a record; the same requests make the same bytes."""
    numbers: dict[str, int] = {}

    def number(text: str) -> int:
        return numbers.setdefault(text, len(numbers))

    rows = [_row(one, number) for one in asked]
    lines = [about, *numbers, *rows]
    data = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    path.write_bytes(lzma.compress(data.encode(), preset=9 | lzma.PRESET_EXTREME))


def _row(one: Asked, number: Callable[[str], int]) -> dict[str, Any]:
    return {
        "at": [one.draft, one.turn, one.step, one.position],
        "stage": one.stage,
        "messages": [[message.role, *map(number, message.parts)] for message in one.messages],
        "closed": [one.closed[0], number(one.closed[1])],
        "open": [one.open[0], number(one.open[1])],
        "sampling": [one.sampling.temperature, one.sampling.min_p, one.sampling.seed, one.sampling.n],
        "max_tokens": one.max_tokens,
        "answers": list(map(number, one.answers)),
    }


def read(path: Path = FILE) -> tuple[dict[str, Any], list[Asked]]:
    """What the record was made with, and its requests in the order in which they were submitted."""
    lines = [json.loads(line) for line in lzma.decompress(path.read_bytes()).decode().splitlines()]
    texts = [line for line in lines if isinstance(line, str)]
    return lines[0], [_asked(line, texts) for line in lines[1:] if isinstance(line, dict)]


def _asked(row: dict[str, Any], texts: Sequence[str]) -> Asked:
    temperature, min_p, seed, n = row["sampling"]
    draft, turn, step, position = row["at"]
    return Asked(
        draft=draft,
        turn=turn,
        step=step,
        position=position,
        stage=row["stage"],
        messages=tuple(Message(role, tuple(texts[part] for part in parts)) for role, *parts in row["messages"]),
        closed=(row["closed"][0], texts[row["closed"][1]]),
        open=(row["open"][0], texts[row["open"][1]]),
        sampling=Sampling(temperature=temperature, min_p=min_p, seed=seed, n=n),
        max_tokens=row["max_tokens"],
        answers=tuple(texts[answer] for answer in row["answers"]),
    )


def drafts(asked: Sequence[Asked], count: int | None = None, steps: int | None = None) -> list[Draft]:
    """The first `count` conversations in index order, and the first `steps` of each; None: all."""
    by_draft: dict[int, list[Asked]] = {}
    for one in asked:
        by_draft.setdefault(one.draft, []).append(one)
    return [_steps(by_draft[index])[:steps] for index in sorted(by_draft)[:count]]


def _steps(own: Sequence[Asked]) -> Draft:
    steps: dict[int, list[Asked]] = {}
    for one in own:
        steps.setdefault(one.step, []).append(one)
    return tuple(tuple(steps[step]) for step in sorted(steps))


def json_only(work: Sequence[Draft], mode: Mode) -> list[Draft]:
    """The same drafts without the requests whose constraint is not a JSON Schema."""
    kept = [
        tuple(tuple(one for one in step if one.constraint(mode)[0] == "JsonSchema") for step in draft) for draft in work
    ]
    return [tuple(step for step in draft if step) for draft in kept]


def candidates(work: Sequence[Draft]) -> Iterator[Asked]:
    """One request with n = 1 for every candidate, draft after draft: what an engine without batches is given."""
    for draft in work:
        for step in draft:
            for one in step:
                for index in range(one.sampling.n):
                    yield replace(one, sampling=replace(one.sampling, seed=one.sampling.seed + index, n=1))


def evenly(work: Sequence[Asked], count: int | None) -> list[Asked]:
    """`count` of the requests, as far from each other as can be; all of them where there are no more."""
    count = min(len(work), len(work) if count is None else count)
    return [work[(2 * index + 1) * len(work) // (2 * count)] for index in range(count)]


class Replay:
    """Keeps `width` drafts open: says which requests to submit next, and is told which of them are answered."""

    def __init__(self, work: Sequence[Draft], width: int) -> None:
        self._waiting = list(work)[::-1]
        self._width = width
        self._open: dict[int, list[Step]] = {}
        self._left: dict[int, int] = {}
        self._next = 0

    def start(self) -> list[tuple[int, Asked]]:
        """Requests of drafts that can be opened now, each with the number of its draft."""
        ready: list[tuple[int, Asked]] = []
        while self._waiting and len(self._open) < self._width:
            number, self._next = self._next, self._next + 1
            self._open[number] = list(self._waiting.pop())[::-1]
            ready += self._advance(number)
        return ready

    def answered(self, number: int) -> list[tuple[int, Asked]]:
        """A request of draft `number` is done: requests that may be submitted because of it."""
        self._left[number] -= 1
        if self._left[number]:
            return []
        return self._advance(number) or self.start()

    def _advance(self, number: int) -> list[tuple[int, Asked]]:
        if not self._open[number]:
            del self._open[number]
            return []
        step = self._open[number].pop()
        self._left[number] = len(step)
        return [(number, one) for one in step]
