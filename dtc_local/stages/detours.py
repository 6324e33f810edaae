"""Detours: an attempt that fails before a call of the plan succeeds, or instead of it.

A tool's error is simulated under the tool's error schema, or a plain default shape; the assistant then calls again,
mends the call, or reports. A mistake is a wrong call made by the model itself, blind and under the grammar of the
reader, that differs from every call of the conversation; the environment answers with a short hint, and the right call
follows. Both stay marked, so that training can mask them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dtc_local import prompts
from dtc_local.errors import StageFailure
from dtc_local.randomness import stream
from dtc_local.records import ExecutedCall, Json, Outcome, Plan, Schema, Tool, Turn
from dtc_local.stages import exchanges
from dtc_local.stages.base import Desk, Steps, json_schema, lark
from dtc_local.stages.narrow import narrowed
from dtc_local.stages.phrasebook import label
from dtc_local.stages.verify import canonical, verify_schema, visible_values
from dtc_local.validation import is_valid
from dtc_local.words import leaves, numbers, shows_name, without

ERROR_SHAPE: Schema = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "minLength": 1, "maxLength": 40},
                "message": {"type": "string", "minLength": 1, "maxLength": 120},
            },
            "required": ["code", "message"],
            "additionalProperties": False,
        }
    },
    "required": ["error"],
    "additionalProperties": False,
}
"""How a tool fails whose specification does not say it."""
CAUSES: Mapping[Outcome, tuple[tuple[str, int, str], ...]] = {
    "retry": (
        ("timeout", 504, "the service did not answer in time"),
        ("rate_limited", 429, "too many requests at the moment"),
        ("unavailable", 503, "the service is not available for a moment"),
        ("connection_lost", 502, "the connection was lost"),
    ),
    "report": (
        ("forbidden", 403, "this account has no permission for that"),
        ("maintenance", 503, "the service is closed for maintenance until tomorrow"),
        ("locked", 423, "somebody else is working on that and has locked it"),
        ("not_supported", 501, "this is not supported for this account"),
    ),
    "gone": (("not_found", 404, "it does not exist any more"), ("not_found", 404, "there is no such entry")),
    "repair": (("missing_argument", 422, "the {} is needed for this"),),
}
"""Code, HTTP status and message of errors by what follows them."""
_CODES = frozenset(("code", "type", "error", "reason", "kind", "title", "name", "status"))
_MESSAGES = frozenset(("message", "detail", "details", "description", "msg", "error_description", "error_message"))
FINAL: tuple[Outcome, ...] = ("report", "gone")
"""Outcomes after which no call follows."""
MISTAKES = 6
"""Wrong calls asked for; the model is often right."""
HINT_WORDS = 10


@dataclass(frozen=True)
class Detour:
    """Which call of the plan is attempted in vain, and how: an outcome of tool_error, or "" for a mistake."""

    call: str
    outcome: Outcome = ""
    argument: str = ""
    """What the first attempt leaves out, for the outcome `repair`."""


@dataclass(frozen=True)
class Scene:
    """What lies before a call: the plan and the request of its turn, and the levels that were executed."""

    plan: Plan
    request: str
    levels: Sequence[tuple[ExecutedCall, ...]]

    def history(self, desk: Desk) -> tuple[str, ...]:
        """The conversation up to here."""
        return (*prompts.history(desk.turns), prompts.said(self.request), *map(prompts.called, self.levels))


def attempted(
    desk: Desk, scene: Scene, detour: Detour, tool: Tool, arguments: Mapping[str, Json]
) -> Steps[ExecutedCall]:
    """The attempt that fails; raises StageFailure("label_unproved") if the model makes no mistake."""
    if detour.outcome:
        return (yield from _failure(desk, scene, detour, tool, arguments))
    return (yield from _mistake(desk, scene, detour, tool, arguments))


# --- errors of the tool -----------------------------------------------------------------------------------------------


def _failure(
    desk: Desk, scene: Scene, detour: Detour, tool: Tool, arguments: Mapping[str, Json]
) -> Steps[ExecutedCall]:
    given = {name: value for name, value in arguments.items() if name != detour.argument}
    call_id = detour.call if detour.outcome in FINAL else f"{detour.call}~1"
    causes = CAUSES[detour.outcome]
    rng = stream(desk.config.seed, desk.scenario.index, f"error/{len(desk.turns)}", desk.attempt)
    code, status, message = causes[int(rng.integers(len(causes)))]
    message = message.format(label(detour.argument))
    schema, shape = error_schema(tool, code, status, message, fixed=desk.facts_only), error_of(tool)
    task = prompts.error(prompts.call_json(call_id, tool.name, given), f"{code}: {message}", shape, {})
    request = desk.request("error", scene.history(desk), task, json_schema(schema), n=1, budget=200, key=detour.call)
    (completions,) = yield (request,)
    for completion in desk.accepted("error", completions):
        fits = is_valid(completion.value, tool.source.error or shape) and is_valid(given, tool.source.parameters)
        desk.note("error", completion, "" if fits else "invalid_value")
        if fits:
            return ExecutedCall(id=call_id, tool=tool.name, arguments=given, result=completion.value, fault="error")
    raise StageFailure("error", "invalid_value", "Keep to the shape of the error.")


def error_of(tool: Tool) -> Schema:
    """The tool's error schema, or the default shape."""
    return tool.error if tool.error is not None else ERROR_SHAPE


def error_schema(tool: Tool, code: str, status: int, message: str, *, fixed: bool) -> Schema:
    """The error's schema, where `fixed` with code and message put in the fields that look like them.

    Where one of them does not fit (a message too long), the other stands there.
    """

    def choices(path: Sequence[str | int], leaf: Schema) -> Sequence[Json]:
        name = next((str(part).lower() for part in reversed(path) if isinstance(part, str)), "")
        if not fixed:
            return ()
        if leaf.get("type") in ("integer", "number"):
            return (status,)
        texts = (code, message) if name in _CODES else (message, code)
        return [text for text in texts if is_valid(text, leaf)][:1]

    return narrowed(error_of(tool), choices)


def message_of(error: Json) -> str:
    """What an error says, in one line: its field that looks like a message, else its longest text, else nothing."""
    nodes, texts = [("", error)], []
    while nodes:
        name, node = nodes.pop(0)
        if isinstance(node, str):
            words = " ".join(node.split())
            if words and name.lower() in _MESSAGES:
                return words
            texts.append(words)
        elif isinstance(node, dict):
            nodes += node.items()
        elif isinstance(node, list):
            nodes += [(name, item) for item in node]
    return max(texts, key=len, default="")


# --- mistakes of the model --------------------------------------------------------------------------------------------


def _mistake(
    desk: Desk, scene: Scene, detour: Detour, tool: Tool, arguments: Mapping[str, Json]
) -> Steps[ExecutedCall]:
    right = prompts.call_json(detour.call, tool.name, arguments)
    wrong = yield from _wrong_call(desk, scene, right)
    hint = yield from _hint(desk, scene, wrong, right)
    return ExecutedCall(
        id=f"{detour.call}~1",
        tool=wrong["name"],
        arguments=wrong["arguments"],
        result={"hint": hint},
        fault="mistake",
    )


def _wrong_call(desk: Desk, scene: Scene, right: Mapping[str, Json]) -> Steps[Mapping[str, Json]]:
    """The likeliest schema-valid call of the model that is none of the conversation's."""
    so_far = Turn(kind="mistake_hint", plan=scene.plan, request=scene.request, levels=tuple(scene.levels))
    turns = (*desk.turns, so_far)
    visible = told_values(turns) if desk.facts_only else visible_values(turns, scene.request)
    schema = verify_schema(desk, right["id"], visible, most=1)
    if schema is None:
        raise StageFailure("mistake", "label_unproved")
    task = prompts.verify(desk.config.abstains and not desk.facts_only)
    request = desk.request("mistake", scene.history(desk), task, json_schema(schema), n=MISTAKES, budget=200)
    (completions,) = yield (request,)
    taken = _calls_of(desk, scene, right)
    chosen: Mapping[str, Json] | None = None
    for completion in desk.accepted("mistake", completions):
        call = completion.value[0]
        tool = desk.scenario.tool(call["name"])
        wrong = is_valid(call["arguments"], tool.source.parameters) and _form(desk, call) not in taken
        desk.note("mistake", completion, "" if wrong else "label_unproved")
        chosen = chosen or (call if wrong else None)
    if chosen is None:
        raise StageFailure("mistake", "label_unproved")
    return chosen


def told_values(turns: Sequence[Turn]) -> tuple[list[str], list[float]]:
    """Strings and numbers that were said as values or shown in results: what a small model may mistake.

    Among all spans of the conversation it would take any words for a name.
    """
    told: list[Json] = []
    for turn in turns:
        told += [leaf for call in turn.plan.calls for _, value in call.literals() for leaf in leaves(value)]
        if not turn.plan.calls:  # what was said for a call that was never planned stands there as written
            told += map(_read, turn.required)
        told += [leaf for call in turn.executed() for leaf in leaves(call.result)]
    strings = [value for value in told if isinstance(value, str)]
    return list(dict.fromkeys(strings)), list(dict.fromkeys(value for value in told if not isinstance(value, str)))


def _read(written: str) -> Json:
    """The number or text that was written so."""
    return next((number for number in numbers(written) if prompts.written(number) == written), written)


def _calls_of(desk: Desk, scene: Scene, right: Mapping[str, Json]) -> set[tuple[str, ...]]:
    """All calls of the conversation and of this plan, in a form in which equal calls are equal."""
    done = [call for turn in desk.turns for call in turn.attempted()]
    done += [call for level in scene.levels for call in level]
    calls = [prompts.call_json(call.id, call.tool, call.arguments) for call in done]
    calls += [call for call in prompts.plan_json(scene.plan) if call["id"] != right["id"]]
    return {_form(desk, call) for call in [*calls, right]}


def _form(desk: Desk, call: Mapping[str, Json]) -> tuple[str, ...]:
    return canonical([call], desk)


def _hint(desk: Desk, scene: Scene, wrong: Mapping[str, Json], right: Mapping[str, Json]) -> Steps[str]:
    grammar = exchanges.one_of(exchanges.HINTS[difference(wrong, right)]) if desk.facts_only else HINT_GRAMMAR
    task = prompts.hint(wrong, right)
    (completions,) = yield (
        desk.request("hint", scene.history(desk), task, lark(grammar), n=desk.config.reply_candidates, budget=30),
    )
    values = [leaf for call in (wrong, right) for leaf in leaves(call["arguments"])]
    return desk.likeliest(
        "hint",
        completions,
        lambda text: hint_fault(text, desk.names, values),
        "Name neither tool nor value.",
    )


_WORD = r"[^\x00-\x20\"\\0-9{}\[\]<>$_|=*`~^?!.]"
HINT_GRAMMAR = f"start: T\nT: /\\p{{Lu}}{_WORD}*( {_WORD}+){{2,{HINT_WORDS - 1}}}[.?!]/\n"
"""A sentence of three to ten words without digits or code."""


def difference(wrong: Mapping[str, Json], right: Mapping[str, Json]) -> str:
    """In what a call is wrong: its tool, a missing or an extra argument, or a value."""
    if wrong["name"] != right["name"]:
        return "tool"
    given, wanted = wrong["arguments"].keys(), right["arguments"].keys()
    return "missing" if wanted - given else "extra" if given - wanted else "value"


def hint_fault(text: str, names: Sequence[str], values: Sequence[Json]) -> str:
    """Drop reason of a hint, or nothing: at most ten words, no name and no value of the calls."""
    if len(text.split()) > HINT_WORDS:
        return "length"
    words = re.sub(r"\s+", " ", text)
    return "leaked_name" if shows_name(text, names) or without(words, values) != words else ""
