"""The perfect model, as a script for `Scripted`: it obeys every constraint, says every value, and reads its own mind.

It answers from the prompt and the constraint alone, but for one thing: to play the blind reader who gets every plan
right, it remembers the plans it has made for a conversation, and picks the one whose values the request carries.
"""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any

from dtc_local.engine.base import Request
from dtc_local.prompts import compact, written
from dtc_local.words import find, leaves
from tests.scripted import constraint_of

FIRST_WORDS = ("Ada", "Old", "Blue", "North", "Grace", "Little", "Silver", "Upper", "Green", "Royal", "Stone", "Quiet")
SECOND_WORDS = ("Byron", "Mill", "Door", "Harbour", "Hopper", "Bridge", "Lane", "Garden", "Tower", "Market", "Field")


class PerfectModel:
    """Call it with a request; `plans` holds what it has planned, by the prompt that came before and by attempt."""

    def __init__(self) -> None:
        self.plans: dict[tuple[str, ...], dict[int, list[list[dict[str, Any]]]]] = {}

    def __call__(self, request: Request) -> list[str]:
        return [self.text(request, candidate) for candidate in range(request.sampling.n)]

    def text(self, request: Request, candidate: int) -> str:
        """What it writes as that candidate."""
        answer = getattr(self, request.stage)(request, candidate)
        return answer if isinstance(answer, str) else compact(answer)

    def plan(self, request: Request, candidate: int) -> Any:
        """Any plan that the schema allows."""
        value = instance(constraint_of(request), Random(request.sampling.seed + candidate))
        self.plans.setdefault(prefix(request, 1), {}).setdefault(request.sampling.seed, []).append(value)
        return value

    def ask(self, request: Request, candidate: int) -> str:
        """The values in the order the prompt lists them."""
        task = request.messages[-1].parts[-1]
        lines = [line.removeprefix("- ").split(". ", 1)[-1] for line in task.splitlines() if line.startswith("- ")]
        lines += re.findall(r"Mentions: (.*)", task)
        pairs = [pair.split(": ", 1) for line in lines for pair in line.split("; ") if ": " in pair]
        values = [value for _, value in pairs if value[:1] != "(" and value not in ("true", "false")]
        said = " and then ".join(dict.fromkeys(values)) or "everything"
        return f"{('Please', 'Kindly', 'Now')[candidate % 3]} do it with {said} for me."

    def verify(self, request: Request, candidate: int) -> Any:
        """The plan that it made, with references to earlier turns put as the values they have."""
        said = request.messages[-1].parts[-2]
        results: dict[str, Any] = {}
        for found in re.findall(r"^Results: (.*)$", "".join(request.messages[-1].parts), re.MULTILINE):
            results |= json.loads(found)
        attempts = reversed(self.plans.get(prefix(request, 2), {}).values())
        for made in (plan for attempt in attempts for plan in attempt):
            calls = [
                {**call, "arguments": {k: known(v, results) for k, v in call["arguments"].items()}} for call in made
            ]
            literals = [leaf for call in made for leaf in leaves(call["arguments"]) if not str(leaf).startswith("$")]
            if all(find(said, leaf) for leaf in literals):
                return calls
        raise AssertionError("it never planned this")

    def execute(self, request: Request, candidate: int) -> Any:
        """Any result that the schema allows."""
        return instance(constraint_of(request), Random(request.sampling.seed + candidate))

    def respond(self, request: Request, candidate: int) -> str:
        """Nothing that could be wrong."""
        return "Everything is done."

    def judge(self, request: Request, candidate: int) -> Any:
        """Content."""
        return {"reason": "sound"}


def prefix(request: Request, tail: int) -> tuple[str, ...]:
    """All parts of the prompt but the last ones."""
    return tuple(part for message in request.messages for part in message.parts)[:-tail]


def known(value: Any, results: dict[str, Any]) -> Any:
    """The value a reference to an earlier turn has; anything else as it is."""
    if not isinstance(value, str) or not re.match(r"\$\d+\.", value) or value.split(".")[0] not in results:
        return value
    found: Any = results
    for step in value.split("."):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


def instance(schema: Any, random: Random) -> Any:
    """A value the schema allows, drawn at random; strings are plain words."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return random.choice(schema["enum"])
    if "anyOf" in schema:
        return instance(random.choice(schema["anyOf"]), random)
    kind = schema["type"]
    if kind == "object":
        return {name: instance(field, random) for name, field in schema["properties"].items()}
    if kind == "array" and "prefixItems" in schema:
        return [instance(part, random) for part in schema["prefixItems"]]
    if kind == "array":
        return [instance(schema["items"], random) for _ in range(schema.get("minItems", 1))]
    if kind == "boolean":
        return random.random() < 0.5
    if schema.get("format") == "date":
        return f"2024-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    if kind == "string":
        return written(f"{random.choice(FIRST_WORDS)} {random.choice(SECOND_WORDS)}")
    low = schema.get("minimum", 1)
    return random.randint(int(low), int(schema.get("maximum", low + 5000)))
