"""What the seed model learns from: one conversation, with a task and its answer for every stage that saw it.

A lesson is a tree: system text, then the history parts, and branching off after some number of them, tasks. Training
packs the whole tree in one row and lets a branch attend only to its own path, so the tools and the history are
computed once and teach many times.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """One stage's question: it stands after the first `after` history parts.

    `other` are history parts of its own in place of those that follow in the lesson: another end of the conversation.
    """

    stage: str
    after: int
    prompt: str
    answer: str
    other: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """System text, history parts in order, and the tasks that branch off them."""

    system: str
    history: tuple[str, ...]
    tasks: tuple[Task, ...]

    @property
    def size(self) -> int:
        """Characters of all of it."""
        tasks = sum(len(task.prompt) + len(task.answer) + sum(map(len, task.other)) for task in self.tasks)
        return len(self.system) + sum(map(len, self.history)) + tasks
