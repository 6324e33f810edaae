"""Conversations in the words of a fine-tuning stack: one format a file, one conversation a row.

A format is a function from a conversation and the run's policy to a JSON object. To add one, write its file and name
it in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dtc_local.export import openai
from dtc_local.export.writing import write_lines
from dtc_local.records import Conversation, Json

Format = Callable[[Conversation, str], dict[str, Json]]

FORMATS: dict[str, Format] = {"openai": openai.row}

__all__ = ["FORMATS", "Format", "export_lines", "write_lines"]


def export_lines(conversations: Iterable[Conversation], format_name: str, policy: str = "") -> Iterator[str]:
    """One line of JSON for each conversation, without its line feed."""
    row = FORMATS[format_name]
    for conversation in conversations:
        yield openai.json_text(row(conversation, policy))
