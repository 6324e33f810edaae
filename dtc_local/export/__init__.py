"""Conversations in the words of a fine-tuning stack: one format a file, one conversation a row.

A format makes rows of a sample: a conversation in messages, in the shape that the target's chat template takes. What
a template would not show as it is does not get past the gate. To add a format, write its file and name it in
`FORMATS`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dtc_local.export import (
    axolotl,
    bfcl,
    hermes,
    llama_factory,
    openai,
    parquet,
    preference,
    sharegpt,
    text,
    trl,
    unsloth,
)
from dtc_local.export.base import REASONS, Format, Sample
from dtc_local.export.dialogue import dialogue, json_text
from dtc_local.export.writing import write_lines
from dtc_local.records import Conversation

FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        openai.FORMAT,
        trl.FORMAT,
        preference.FORMAT,
        axolotl.FORMAT,
        llama_factory.FORMAT,
        llama_factory.OPENAI_FORMAT,
        unsloth.FORMAT,
        hermes.FORMAT,
        sharegpt.FORMAT,
        text.FORMAT,
        parquet.FORMAT,
        bfcl.FORMAT,
    )
}

__all__ = ["FORMATS", "REASONS", "Format", "Sample", "export_lines", "write_lines"]


def export_lines(conversations: Iterable[Conversation], format_name: str, policy: str = "") -> Iterator[str]:
    """One line of JSON for each row, without its line feed; no filter, no gate, tools in the scenario's order.

    For whole exports see :func:`dtc_local.export.job.export_run`. Raises `Unfit` where the format cannot hold one.
    """
    chosen = FORMATS[format_name]
    for conversation in conversations:
        faults = chosen.faults("mask")
        shown = dialogue(conversation, policy, faults=faults)
        sample = Sample(str(conversation.scenario.index), conversation, shown, policy, faults)
        for row in chosen.rows(sample):
            yield json_text(row)
