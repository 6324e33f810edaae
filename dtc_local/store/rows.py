"""Records as rows: what the columns beside the JSON record say. Loading goes through the record alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dtc_local.records import Candidate, Conversation, Json, Tool
from dtc_local.store.digest import record_digest

Row = dict[str, Any]


def tool_row(tool: Tool, digest: str) -> Row:
    """A tool under its digest."""
    return {"digest": digest, "namespace": tool.namespace, "name": tool.name, "record": tool.model_dump_json()}


def offer_row(tool: Tool, digest: str, version: int, file: str, position: int) -> Row:
    """A tool on offer with what lists, searches and sampling ask of it, so that none of them reads its record.

    `usable` and `offerable` are what :mod:`dtc_local.tools.dataflow.index` says of it.
    """
    from dtc_local.tools.dataflow.index import is_offerable, is_usable
    from dtc_local.tools.words import tokens

    offerable = is_offerable(tool)
    names = list(tool.parameters["properties"])
    return {
        "namespace": tool.namespace,
        "name": tool.name,
        "version": version,
        "tool": digest,
        "file": file,
        "position": position,
        "description": tool.description,
        "parameters": compact(names),
        "required": compact(list(tool.required)),
        "words": " ".join(dict.fromkeys(word for name in (tool.name, *names) for word in tokens(name))),
        "effect": tool.effect,
        "dialect": tool.source.dialect,
        "output": tool.output_origin,
        "usable": offerable and is_usable(tool),
        "offerable": offerable,
    }


def finding_rows(tool: Tool) -> list[Row]:
    """What the importer noticed about a tool, in order."""
    return [
        {"namespace": tool.namespace, "name": tool.name, "position": position, **finding.model_dump()}
        for position, finding in enumerate(tool.findings)
    ]


def conversation_record(conversation: Conversation) -> str:
    """The conversation's JSON with each offered tool replaced by its digest: tools are stored once."""
    dumped = conversation.model_dump(mode="json")
    dumped["scenario"]["offer"] = [record_digest(tool) for tool in conversation.scenario.offer]
    return compact(dumped)


def conversation_from(record: str, tools: Mapping[str, Tool]) -> Conversation:
    """The inverse of :func:`conversation_record`."""
    loaded = json.loads(record)
    loaded["scenario"]["offer"] = [tools[digest] for digest in loaded["scenario"]["offer"]]
    return Conversation.model_validate(loaded)


def offered_digests(record: str) -> list[str]:
    """Digests of the tools a stored conversation offers."""
    return list(json.loads(record)["scenario"]["offer"])


def kinds(conversation: Conversation | None) -> str:
    """The kinds of a conversation's turns, as planned by its scenario."""
    return ",".join(turn.kind for turn in conversation.scenario.turns) if conversation else ""


def solve_rate(conversation: Conversation | None) -> float | None:
    """Solve rate of the hardest verified turn; None where nothing was verified."""
    rates = [turn.verification.solve_rate for turn in conversation.turns if turn.verification] if conversation else []
    return min(rates, default=None)


def turn_rows(conversation_id: str, run: int, index: int, conversation: Conversation) -> Iterator[Row]:
    """One row a turn; `calls` holds the executed calls, level by level.

    Its id is a function of the run's id, the conversation's index and its own place, whatever was stored before.
    """
    for position, turn in enumerate(conversation.turns):
        yield {
            "id": run * 10**10 + index * 100 + position,
            "conversation": conversation_id,
            "position": position,
            "kind": turn.kind,
            "request": turn.request,
            "calls": compact([[call.model_dump(mode="json") for call in level] for level in turn.levels]),
            "implicit": compact(list(turn.implicit)),
            "solve_rate": turn.verification.solve_rate if turn.verification else None,
            "reply": turn.reply,
        }


def candidate_rows(conversation_id: str, candidates: Sequence[Candidate]) -> Iterator[Row]:
    """One row for everything the model wrote, in the order in which it was judged."""
    for position, candidate in enumerate(candidates):
        yield {"conversation": conversation_id, "position": position, **candidate.model_dump()}


def provenance_rows(conversation_id: str, conversation: Conversation) -> Iterator[Row]:
    """One row an argument."""
    for position, turn in enumerate(conversation.turns):
        for origin in turn.provenance:
            start, end = origin.span or (None, None)
            yield {
                "conversation": conversation_id,
                "turn": position,
                "call": origin.call,
                "argument": origin.argument,
                "source": origin.source,
                "from_turn": origin.turn,
                "span_start": start,
                "span_end": end,
                "path": origin.path,
            }


def compact(value: Json) -> str:
    """JSON without spaces; a NaN is an error, not a surprise for the next reader."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def parsed(text: str) -> Json:
    """The inverse of :func:`compact`."""
    return json.loads(text)
