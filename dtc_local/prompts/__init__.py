"""Every text a model reads, and the order in which it reads it.

A prompt is always: system message (role, date, policy, tools), then one user message made of the conversation so far
and, last, the stage's task. So all stages and turns of a conversation share prefixes, part by part, whatever the
model's chat template. The seed model is trained on exactly these texts: a change of wording is a new `PROMPT_VERSION`
and a new seed model.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from dtc_local.engine.base import Message
from dtc_local.prompts.signature import shorten, signature, signatures, type_words
from dtc_local.records import ExecutedCall, Json, Plan, PlannedCall, Reference, Schema, Tool, Turn, TurnOutline

if TYPE_CHECKING:
    from jinja2 import Template

PROMPT_VERSION = "2"
CRITERIA = ("calls_fit", "requests_natural", "replies_fit")
"""What a judge answers yes or no to: what no rule can decide."""
SOUND = "sound"
"""The verdict on a conversation that meets every criterion."""
OPENING = "Conversation:\n"
OUTPUT_SYSTEM = "You know many APIs and describe what their calls return, briefly and exactly."

Facts = Mapping[str, Sequence[Json]]


def compact(value: Json) -> str:
    """JSON as models write it here: no spaces, no escapes for letters beyond ASCII."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def system(tools: Sequence[Tool], date: str, policy: str = "", language: str = "") -> str:
    """The constant beginning of every prompt of a conversation; `language` is the English name of one that is not
    English."""
    return _render("system", date=date, policy=policy, language=language, tools=signatures(tools))


def messages(system_text: str, history: Sequence[str], task: str) -> tuple[Message, ...]:
    """The two messages of a prompt; `history` and `task` stay separate parts so that their tokens are shared."""
    return Message("system", (system_text,)), Message("user", (OPENING, *history, task))


def said(request: str) -> str:
    """History part: what the user said."""
    return f"User: {request}\n"


def called(level: Sequence[ExecutedCall]) -> str:
    """History part: one assistant message of calls and what they returned."""
    calls = [call_json(call.id, call.tool, call.arguments) for call in level]
    results = {call.id: call.result for call in level}
    return f"Calls: {compact(calls)}\nResults: {compact(results)}\n"


def replied(reply: str) -> str:
    """History part: the assistant's closing words."""
    return f"Assistant: {reply}\n"


def history(turns: Sequence[Turn]) -> tuple[str, ...]:
    """History parts of finished turns."""
    parts: list[str] = []
    for turn in turns:
        parts += [said(turn.request), *map(called, turn.levels), replied(turn.reply)]
    return tuple(parts)


def call_json(call_id: str, tool: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
    """A call as plan, verification and history write it."""
    return {"id": call_id, "name": tool, "arguments": dict(arguments)}


def plan_json(plan: Plan) -> list[dict[str, Json]]:
    """A whole plan as the plan and verify stages write it, references in `$k.path` spelling."""
    return [call_json(call.id, call.tool, call.symbolic()) for call in plan.calls]


def plan(persona: str, outline: TurnOutline, facts: Facts, hint: str = "") -> str:
    """Task of the plan stage; `facts` by "$k.argument"."""
    calls = []
    for call in outline.calls:
        names = list(call.literals)
        for name, choices in call.references.items():
            names.append(f"{name} = {' or '.join(map(str, choices))}")
        calls.append(f"{call.id} {call.tool}({', '.join(names)})")
    return _render("plan", persona=persona, calls=calls, facts=_listed(facts), hint=hint)


def ask(persona: str, goals: Sequence[str], mention: Sequence[str], hint: str = "") -> str:
    """Task of the ask stage; see :func:`goal` and :func:`worded`."""
    return _render("ask", persona=persona, goals=goals, mention=mention, hint=hint)


def goal(brief: str, call: PlannedCall, own: Sequence[str], shown: Sequence[str]) -> str:
    """One explicit call in words: its purpose, then its arguments in order.

    `own` are the ids of this turn's calls, `shown` those of its explicit ones. An argument that refers to an implicit
    call is left out: the user does not know it.
    """
    words = []
    for name, argument in call.arguments.items():
        if not isinstance(argument, Reference):
            words.append(f"{worded(name)}: {written(argument.value)}")
        elif argument.call not in own:
            words.append(f"{worded(name)}: (from before)")
        elif argument.call in shown:
            words.append(f"{worded(name)}: (from that)")
    return f"{brief} {'; '.join(words)}".strip()


def mention(name: str, value: Json) -> str:
    """A literal that only an implicit call needs."""
    return f"{worded(name)}: {written(value)}"


def worded(name: str) -> str:
    """A parameter name in words: `fanSpeed` and `fan_speed` are both "fan speed"."""
    spaced = "".join(
        f" {char}" if char.isupper() and index and name[index - 1].islower() else char
        for index, char in enumerate(name)
    )
    return " ".join(spaced.replace("_", " ").replace("-", " ").replace(".", " ").split()).lower()


def written(value: Json) -> str:
    """A value as a person writes it: numbers without a useless `.0`, lists joined by commas."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list) and all(not isinstance(item, dict | list) for item in value):
        return ", ".join(map(written, value))
    return compact(value)


def verify(abstain: bool = False) -> str:
    """Task of the verify stage: blind, it names neither plan nor values. `abstain`: no call may be the right answer."""
    return _render("verify", abstain=abstain)


def think(steps: Sequence[str], hint: str = "") -> str:
    """Task of the think stage; `steps` are the calls in words, see :func:`goal`."""
    return _render("think", steps=steps, hint=hint)


def execute(call_id: str, arguments: Mapping[str, Json], tool: Tool, known: Sequence[str], facts: Facts) -> str:
    """Task of the execute stage; `facts` by output path, `known` in the ledger's words."""
    return _render(
        "execute",
        call=compact(call_json(call_id, tool.name, arguments)),
        returns=type_words(tool.output),
        known=known,
        facts=_listed(facts),
    )


def respond(hint: str = "") -> str:
    """Task of the respond stage."""
    return _render("respond", hint=hint)


def talk(aim: str, hint: str = "") -> str:
    """Task of the talk stage: what the assistant's words are to do where it calls nothing."""
    return _render("talk", aim=aim, hint=hint)


def error(call: Mapping[str, Json], cause: str, returns: Schema, facts: Facts) -> str:
    """Task of the error stage; `call` as :func:`call_json`, `facts` by path in the error."""
    return _render("error", call=compact(dict(call)), cause=cause, returns=type_words(returns), facts=_listed(facts))


def hint(wrong: Mapping[str, Json], right: Mapping[str, Json]) -> str:
    """Task of the hint stage; both calls as :func:`call_json`."""
    return _render("hint", wrong=compact(dict(wrong)), right=compact(dict(right)))


def output(
    tool: Tool, takes: Sequence[str], suggestions: Sequence[str], examples: Sequence[str], hint: str = ""
) -> tuple[Message, ...]:
    """The messages that ask for the result fields of a tool without an output schema.

    `takes` are parameters of other tools of its namespace, `suggestions` fields that may fit, `examples` calls as JSON.
    """
    task = _render(
        "output",
        signature=signature(tool, shorten(tool.description, 600)),
        takes=takes,
        suggestions=suggestions,
        examples=examples,
        hint=hint,
    )
    return Message("system", (OUTPUT_SYSTEM,)), Message("user", (task,))


def judge() -> str:
    """Task of the judge stage."""
    return _render("judge")


def _listed(facts: Facts) -> list[tuple[str, list[str]]]:
    """Facts as lines; a result that is one bare value has no name of its own."""
    return [(name or "result", [written(value) for value in values]) for name, values in facts.items()]


@cache
def _template(stage: str) -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("dtc_local", "prompts"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return environment.get_template(f"{stage}.md")


def _render(stage: str, **values: Any) -> str:
    return _template(stage).render(**values)
