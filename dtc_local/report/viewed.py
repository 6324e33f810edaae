"""A conversation as the page's viewer shows it: words, calls and results in pieces, joined by what came from where.

Each entry of provenance has a number within its conversation, its *link*. The argument's place and the place that its
value came from (a span of a request, a field of a result) carry the same link. Attempts that failed stand where they
were made, marked with how they failed.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from dtc_local.records import Candidate, Conversation, ExecutedCall, Json, Provenance
from dtc_local.report.case import Case, ToolNumbers
from dtc_local.report.funnel import OUTDONE
from dtc_local.report.pieces import Mark, cut, spelled


def viewed(case: Case, numbers: ToolNumbers) -> Json:
    """Everything the viewer needs of a case; `frame` and `turns` are empty where there was no scenario."""
    conversation = case.stored.conversation
    return {
        "id": case.stored.id,
        "frame": _frame(conversation, numbers) if conversation else None,
        "turns": list(_turns(conversation, numbers)) if conversation else [],
        "origins": [_origin(origin) for origin in _provenance(conversation)] if conversation else [],
        "written": [_written(one) for one in _telling(case)],
    }


def _frame(conversation: Conversation, numbers: ToolNumbers) -> Json:
    scenario, verdict = conversation.scenario, conversation.verdict
    return {
        "date": scenario.date,
        "persona": scenario.persona.words(),
        "offer": [numbers.of(tool) for tool in scenario.offer],
        "withheld": [numbers.of(tool) for tool in scenario.withheld],
        "planned": [turn.kind for turn in scenario.turns],
        "verdict": [verdict.reason, list(verdict.votes), verdict.scores] if verdict else None,
    }


Places = dict[str, dict[str, list[int]]]
"""Links by call id, then by dotted path."""


class _Links:
    """Spans of each turn's request, fields of each call's result, and places in each call's arguments."""

    def __init__(self, conversation: Conversation) -> None:
        self.spans: dict[int, list[Mark]] = defaultdict(list)
        self.fields: Places = defaultdict(lambda: defaultdict(list))
        self.places: Places = defaultdict(lambda: defaultdict(list))
        for link, origin in enumerate(_provenance(conversation)):
            self.places[origin.call][origin.argument].append(link)
            if origin.turn is not None and origin.span is not None:
                self.spans[origin.turn].append((*origin.span, link))
            if origin.path is not None:
                call, _, path = origin.path.partition(".")
                self.fields[call][path].append(link)


def _turns(conversation: Conversation, numbers: ToolNumbers) -> Iterator[Json]:
    links = _Links(conversation)
    for number, turn in enumerate(conversation.turns):
        yield {
            "kind": turn.kind,
            "part": turn.part,
            "outcome": turn.outcome,
            "solved": [turn.verification.equal, turn.verification.samples] if turn.verification else None,
            "request": cut(turn.request, links.spans[number]),
            "levels": [
                [
                    _call(call, links)
                    | {"tool": numbers.called(conversation, call.tool), "implicit": call.id in turn.implicit}
                    for call in level
                ]
                for level in turn.levels
            ],
            "reply": turn.reply,
        }


def _call(call: ExecutedCall, links: _Links) -> dict[str, Json]:
    places = links.places[call.id]
    return {
        "id": call.id,
        "fault": call.fault,
        "arguments": [[name, spelled(value, places, name)] for name, value in call.arguments.items()],
        "result": spelled(call.result, links.fields[call.id]),
    }


def _provenance(conversation: Conversation) -> Iterator[Provenance]:
    for turn in conversation.turns:
        yield from turn.provenance


def _origin(origin: Provenance) -> Json:
    """Source, call, place in its arguments, and where the value stands: a turn's number or a result's path."""
    return [origin.source, origin.call, origin.argument, origin.turn, origin.path]


def _telling(case: Case) -> Iterator[Candidate]:
    """What was refused; of a dropped conversation also what was accepted in its last attempt, which came to nothing."""
    last = case.candidates[-1] if case.candidates and not case.kept else None
    for one in case.candidates:
        if not one.accepted or (last and (one.turn, one.attempt) == (last.turn, last.attempt)):
            yield one


def _written(candidate: Candidate) -> Json:
    """Stage, turn, attempt, verdict (None: accepted), mean log-probability, text."""
    logprob = round(candidate.logprob, 2) if math.isfinite(candidate.logprob) else None
    verdict = None if candidate.accepted else candidate.reason or OUTDONE
    return [candidate.stage, candidate.turn, candidate.attempt, verdict, logprob, candidate.text]
