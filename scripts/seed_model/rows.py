"""Lessons as fixed-length rows of tokens: each tree in depth-first order, several small trees to a row.

In depth-first order a subtree is one stretch of the row. So one number for each token, the last index of the subtree
it begins, says who may see it: a later token sees it if it stands within that stretch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dtc_local import prompts
from seed_model.lesson import Lesson, Task
from seed_model.tokenizer import SYSTEM_TO_USER, TO_SYSTEM, TO_USER, USER_TO_ASSISTANT, Segments

Ints = NDArray[np.int64]
LENGTH, ASKED = 1536, 480
"""Tokens in a row, and how many of them may be places whose next token is taught."""
STAGES = ("plan", "ask", "verify", "execute", "respond", "judge", "copy", "talk", "error", "hint")
PADDING = -1
"""Stage of a place that teaches nothing."""


class Row(NamedTuple):
    """One row for the network; `places`, `targets` and `stages` belong together."""

    tokens: Ints
    positions: Ints
    ends: Ints
    places: Ints
    targets: Ints
    stages: Ints


@dataclass
class Tree:
    """A lesson's tokens in depth-first order, indices counted from the tree's beginning."""

    tokens: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    stages: list[int] = field(default_factory=list)
    depth: int = 0

    def trunk(self, ids: Sequence[int]) -> None:
        """Append to the part that all later tokens see; its end is filled in by :meth:`close`."""
        self.tokens += ids
        self.positions += range(self.depth, self.depth + len(ids))
        self.ends += [-1] * len(ids)
        self.depth += len(ids)

    def branch(self, task: Branch) -> None:
        """Append a task and its answer where the trunk stands now; every answer token and the end are taught."""
        ids = task.question + task.answer[:-1]
        start = len(self.tokens)
        self.tokens += ids
        self.positions += range(self.depth, self.depth + len(ids))
        self.ends += [start + len(ids) - 1] * len(ids)
        self.places += range(start + len(task.question) - 1, start + len(ids))
        self.targets += task.answer
        self.stages += [task.stage] * len(task.answer)

    def close(self) -> Tree:
        """The trunk is seen to the tree's last token."""
        self.ends = [len(self.tokens) - 1 if end < 0 else end for end in self.ends]
        return self


class Branch(NamedTuple):
    """A task in tokens: up to the assistant's turn, then the answer with the token that ends it."""

    after: int
    stage: int
    question: list[int]
    answer: list[int]

    @property
    def size(self) -> int:
        """Tokens it takes in a row."""
        return len(self.question) + len(self.answer) - 1


def tree(lesson: Lesson, segments: Segments, random: Random, length: int = LENGTH, asked: int = ASKED) -> Tree | None:
    """Pack one lesson; tasks are left out at random until it fits. None if nothing worth teaching does."""
    opening = [segments.frame(TO_SYSTEM), segments.content(lesson.system), segments.frame(SYSTEM_TO_USER)]
    opening.append(segments.content(prompts.OPENING))
    parts = segments.contents(lesson.history)
    branches = [_branch(task, segments) for task in lesson.tasks]
    order = random.sample(range(len(branches)), len(branches))
    while order and not _fits(opening, parts, [branches[i] for i in order], length, asked):
        order.pop()
    if not order:
        return None
    kept = [branches[i] for i in sorted(order)]
    packed = Tree()
    for ids in opening:
        packed.trunk(ids)
    for after in range(1 + max(branch.after for branch in kept)):
        if after:
            packed.trunk(parts[after - 1])
        for branch in kept:
            if branch.after == after:
                packed.branch(branch)
    return packed.close()


def copying_tree(prompt: str, answer: str, segments: Segments) -> Tree:
    """A copying exercise as a tree of one user message and its answer."""
    packed = Tree()
    task = Task("copy", 0, prompt, answer)
    packed.trunk(segments.frame(TO_USER))
    packed.branch(_branch(task, segments))
    return packed.close()


def _branch(task: Task, segments: Segments) -> Branch:
    asked = [token for part in segments.contents((*task.other, task.prompt)) for token in part]
    question = asked + segments.frame(USER_TO_ASSISTANT)
    answer = [*segments.content(task.answer), segments.turn_end]
    return Branch(task.after, STAGES.index(task.stage), question, answer)


def _fits(
    opening: Sequence[list[int]], parts: Sequence[list[int]], kept: Sequence[Branch], length: int, asked: int
) -> bool:
    trunk = sum(map(len, opening)) + sum(map(len, parts[: max(branch.after for branch in kept)]))
    size = trunk + sum(branch.size for branch in kept)
    return size <= length and sum(len(branch.answer) for branch in kept) <= asked


def fill(trees: Iterable[Tree], length: int = LENGTH, asked: int = ASKED, pool: int = 96) -> Iterator[Row]:
    """Rows of trees: the oldest waiting tree, then the largest waiting ones that still fit."""
    waiting: list[Tree] = []
    for one in trees:
        waiting.append(one)
        if len(waiting) >= pool:
            yield _row(_choose(waiting, length, asked), length, asked)
    while waiting:
        yield _row(_choose(waiting, length, asked), length, asked)


def _choose(waiting: list[Tree], length: int, asked: int) -> list[Tree]:
    """Take from the waiting trees what fills one row."""
    chosen: list[Tree] = []
    for candidate in [waiting[0], *sorted(waiting[1:], key=lambda one: -len(one.tokens))]:
        if len(candidate.tokens) <= length and len(candidate.places) <= asked:
            chosen.append(candidate)
            length, asked = length - len(candidate.tokens), asked - len(candidate.places)
    taken = set(map(id, chosen)) or {id(waiting[0])}
    waiting[:] = [one for one in waiting if id(one) not in taken]
    return chosen


def _row(trees: Sequence[Tree], length: int, asked: int) -> Row:
    """Trees side by side, then padding that sees only itself."""
    columns: list[list[int]] = [[], [], [], [], [], []]
    for one in trees:
        start = len(columns[0])
        columns[0] += one.tokens
        columns[1] += one.positions
        columns[2] += [end + start for end in one.ends]
        columns[3] += [place + start for place in one.places]
        columns[4] += one.targets
        columns[5] += one.stages
    used, taught = len(columns[0]), len(columns[3])
    columns[0] += [0] * (length - used)
    columns[1] += [0] * (length - used)
    columns[2] += range(used, length)
    columns[3] += [0] * (asked - taught)
    columns[4] += [0] * (asked - taught)
    columns[5] += [PADDING] * (asked - taught)
    return Row(*(np.array(column, dtype=np.int64) for column in columns))
