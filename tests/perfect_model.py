"""The perfect model, as a script for `Scripted`: it obeys every constraint, says every value, and reads its own mind.

It answers from the prompt and the constraint alone, but for one thing: to play the blind reader who gets every plan
right, it remembers the plans it has made for a conversation, and picks the one whose values the request carries. With
`small`, it chooses among the forms of the phrase books, which are all that such a model may write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from dtc_local.engine.base import Request
from dtc_local.prompts import compact, written
from dtc_local.stages.speech import ENGLISH, Speech
from dtc_local.validation import is_valid
from dtc_local.words import find, is_question, leaves
from tests.scripted import constraint_of
from tests.stages.grammars import sample

FIRST_WORDS = ("Ada", "Old", "Blue", "North", "Grace", "Little", "Silver", "Upper", "Green", "Royal", "Stone", "Quiet")
SECOND_WORDS = ("Byron", "Mill", "Door", "Harbour", "Hopper", "Bridge", "Lane", "Garden", "Tower", "Market", "Field")
Calls = list[dict[str, Any]]
SAYING: dict[str, str] = {
    "Say yes": "Yes, please do it now.",
    "Say no": "No, better leave it as it is.",
    "Say something": "What a fine day it is today.",
    "Ask what": "What was that again?",
}
"""What the user says to a goal without values, by the goal's beginning."""
TALKING: dict[str, Callable[[str], str]] = {
    "It needs the": lambda task: f"Which {re.findall('It needs the (.*?), which', task)[0]} do you mean?",
    "None of its tools": lambda task: "I cannot do that with the tools here.",
    "It has not done anything yet": lambda task: "Shall I really do that now?",
    "The user has said no": lambda task: "Fine, nothing was done.",
    "It answers from the conversation": lambda task: f"It was {re.findall(' was (.*)[.]', task)[0]}.",
    "This is no matter": lambda task: "That is nothing for me.",
}
"""What the assistant says where it calls nothing, by what its words are for."""


class PerfectModel:
    """Call it with a request; `plans` holds what it has planned, by the prompt that came before and by attempt."""

    def __init__(self, *, small: bool = False, speech: Speech = ENGLISH) -> None:
        self.small = small
        self.speech = speech
        self.plans: dict[tuple[str, ...], dict[int, list[Calls]]] = {}
        self.goals: dict[tuple[str, ...], list[str]] = {}
        """What it was last told to ask for, by the prompt that came before."""

    def __call__(self, request: Request) -> list[str]:
        return [self.text(request, candidate) for candidate in range(request.sampling.n)]

    def text(self, request: Request, candidate: int) -> str:
        """What it writes as that candidate."""
        constraint = constraint_of(request)
        if self.small and isinstance(constraint, str):
            return sample(constraint, request.sampling.seed + candidate)
        answer: Any = getattr(self, request.stage)(request, candidate)
        return answer if isinstance(constraint, str) else compact(answer)

    def plan(self, request: Request, candidate: int) -> Any:
        """Any plan that the schema allows."""
        value = drawn(request, candidate)
        self.plans.setdefault(prefix(request, 1), {}).setdefault(request.sampling.seed, []).append(value)
        return value

    def ask(self, request: Request, candidate: int) -> str:
        """The values in the order the prompt lists them; where there are none, what the goal is."""
        task = request.messages[-1].parts[-1]
        goals = [line.removeprefix("- ") for line in task.splitlines() if line.startswith("- ")]
        self.goals[prefix(request, 1)] = goals
        for beginning, words in SAYING.items():
            if goals[0].startswith(beginning):
                return words
        lines = [goal.split(". ", 1)[-1] for goal in goals] + re.findall(r"Mentions: (.*)", task)
        pairs = [pair.split(": ", 1) for line in lines for pair in line.split("; ") if ": " in pair]
        values = [value for _, value in pairs if value[:1] != "(" and value not in ("true", "false")]
        said = " and then ".join(dict.fromkeys(values)) or "everything"
        return f"{('Please', 'Kindly', 'Now')[candidate % 3]} do it with {said} for me."

    def talk(self, request: Request, candidate: int) -> str:
        """What the words are for, in plain words."""
        task = request.messages[-1].parts[-1]
        return next(words(task) for aim, words in TALKING.items() if aim in task)

    def verify(self, request: Request, candidate: int) -> Any:
        """The plan that it made, with references to earlier turns put as the values they have; else nothing."""
        found = [calls for calls in self._remembered(request) if is_valid(calls, constraint_of(request))]
        if not found and self.small:
            return drawn(request, candidate)
        return found[candidate % len(found)] if found else []

    def _remembered(self, request: Request) -> Iterator[Calls]:
        """The latest plans whose values the user has said, as the reader would write them."""
        before, said = prefix(request, 2), request.messages[-1].parts[-2]
        if before[-1].startswith("Assistant") and is_question(
            before[-1]
        ):  # the assistant asked back: the request before it is meant as well
            answer, said = said, before[-2] + said
            before = before[:-2]
            if self.speech.consents(answer.removeprefix("User: ").strip()) is False:
                return
        results, called = told(request)
        for made in (plan for attempt in reversed(self.plans.get(before, {}).values()) for plan in attempt):
            literals = [leaf for call in made for leaf in leaves(call["arguments"]) if not str(leaf).startswith("$")]
            if all(find(said, leaf) for leaf in literals):
                calls = [call | {"arguments": known(call["arguments"], results)} for call in made]
                yield calls
                yield from corrections(calls, called)
        if before not in self.plans and len(self.goals.get(before, ())) == 1:
            yield from worded_calls(self.goals[before][0], constraint_of(request))

    def mistake(self, request: Request, candidate: int) -> Any:
        """Any call that the schema allows."""
        return drawn(request, candidate)

    def hint(self, request: Request, candidate: int) -> str:
        """Words that name nothing."""
        return "Look at the request again."

    def execute(self, request: Request, candidate: int) -> Any:
        """Any result that the schema allows."""
        return drawn(request, candidate)

    def error(self, request: Request, candidate: int) -> Any:
        """Any error that the schema allows."""
        return drawn(request, candidate)

    def respond(self, request: Request, candidate: int) -> str:
        """Nothing that could be wrong."""
        failed = "The last call failed" in request.messages[-1].parts[-1]
        return "I could not do that." if failed else "Everything is done."

    def judge(self, request: Request, candidate: int) -> Any:
        """Content."""
        return instance(constraint_of(request), Random(0), boolean=True)


def drawn(request: Request, candidate: int) -> Any:
    """A value that the request's schema allows, another for each candidate."""
    return instance(constraint_of(request), Random(request.sampling.seed + candidate))


def prefix(request: Request, tail: int) -> tuple[str, ...]:
    """All parts of the prompt but the last ones."""
    return tuple(part for message in request.messages for part in message.parts)[:-tail]


def told(request: Request) -> tuple[dict[str, Any], Calls]:
    """The results of the conversation by call id, and its calls, the latest first."""
    results: dict[str, Any] = {}
    calls: Calls = []
    for kind, found in re.findall(r"^(Calls|Results): (.*)$", "".join(request.messages[-1].parts), re.MULTILINE):
        if kind == "Calls":
            calls = json.loads(found) + calls
        else:
            results |= json.loads(found)
    return results, calls


def corrections(calls: Calls, called: Calls) -> Iterator[Calls]:
    """A single call as the correction of each earlier call of its tool."""
    for before in called if len(calls) == 1 else ():
        if before["name"] == calls[0]["name"]:
            yield [calls[0] | {"arguments": before["arguments"] | calls[0]["arguments"]}]


def worded_calls(goal: str, schema: Any) -> Iterator[Calls]:
    """The single call that a goal is the words of, where its tool's brief is its name: a plan made without a model."""
    brief, _, values = goal.partition(". ")
    for choice in schema["prefixItems"][0]["anyOf"] if ": " in values else ():
        tool = choice["properties"]
        if tool["name"]["const"].replace("_", " ") == brief.lower():
            word, value = values.split(": ", 1)
            arguments = {word.replace(" ", "_"): int(value) if value.isdigit() else value}
            yield [{"id": tool["id"]["const"], "name": tool["name"]["const"], "arguments": arguments}]


def known(arguments: dict[str, Any], results: dict[str, Any]) -> dict[str, Any]:
    """The arguments with the values that references to earlier turns have."""
    return {name: _value(value, results) for name, value in arguments.items()}


def _value(value: Any, results: dict[str, Any]) -> Any:
    if not isinstance(value, str) or not re.match(r"\$\d+\.", value) or value.split(".")[0] not in results:
        return value
    found: Any = results
    for step in value.split("."):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def instance(schema: Any, random: Random, *, boolean: bool | None = None, defs: Any = None) -> Any:
    """A value the schema allows, drawn at random; strings are plain words. `boolean` is what all booleans are."""
    if "$defs" in schema:
        defs = schema["$defs"]
    if "$ref" in schema:
        schema = defs[schema["$ref"].rsplit("/", 1)[-1]]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return random.choice(schema["enum"])

    def inner(part: Any) -> Any:
        return instance(part, random, boolean=boolean, defs=defs)

    if "anyOf" in schema:
        return inner(random.choice(schema["anyOf"]))
    kind = schema["type"]
    if kind == "object":
        return {name: inner(field) for name, field in schema["properties"].items()}
    if kind == "array" and "prefixItems" in schema:
        return [inner(part) for part in schema["prefixItems"]]
    if kind == "array":
        return [inner(schema["items"]) for _ in range(schema.get("minItems", 1))]
    if kind == "boolean":
        return random.random() < 0.5 if boolean is None else boolean
    if schema.get("format") == "date":
        return f"2024-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    if kind == "string":
        return written(f"{random.choice(FIRST_WORDS)} {random.choice(SECOND_WORDS)}")
    low = schema.get("minimum", 1)
    return random.randint(int(low), int(schema.get("maximum", low + 5000)))
