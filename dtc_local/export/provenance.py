"""Where a row comes from, to trace it: the run, the conversation, and the source of each argument."""

from __future__ import annotations

from dtc_local.export.base import Sample
from dtc_local.export.dialogue import call_ids, trained
from dtc_local.records import Json
from dtc_local.store import Run


def provenance(run: Run, sample: Sample) -> dict[str, Json]:
    """The same keys for every conversation; calls go by their exported ids, and turns are counted by messages of the
    user from 0. `failed` lists the attempts that the row shows, with whether they are learned."""
    conversation = sample.conversation
    ids = call_ids(conversation)
    learned = {call.id: trained(message) for message in sample.dialogue.messages for call in message.calls}
    rates = [turn.verification.solve_rate for turn in conversation.turns if turn.verification]
    return {
        "conversation": sample.id,
        "run": run.name,
        "seed": run.seed,
        "index": conversation.scenario.index,
        "model": run.model,
        "model_sha256": run.model_sha256,
        "prompt_version": run.prompt_version,
        "kinds": [turn.kind for turn in conversation.turns],
        "parts": [turn.part for turn in conversation.turns],
        "outcomes": [turn.outcome for turn in conversation.turns],
        "solve_rate": min(rates, default=None),
        "implicit_calls": [ids[call] for turn in conversation.turns for call in turn.implicit if call in ids],
        "failed": [
            {"call": ids[call.id], "turn": number, "fault": call.fault, "learned": learned[ids[call.id]]}
            for number, turn in enumerate(conversation.turns)
            for call in turn.attempted()
            if call.fault and ids[call.id] in learned
        ],
        "arguments": [
            {
                "call": ids.get(one.call, one.call),
                "argument": one.argument,
                "source": one.source,
                "turn": one.turn,
                "span": list(one.span) if one.span else None,
                "path": one.path,
            }
            for turn in conversation.turns
            for one in turn.provenance
        ],
    }
