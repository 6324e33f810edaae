"""TRL's preference rows: where the model once went wrong, what was kept against what was refused, after one prompt.

Two stages speak for the assistant. A refused prediction of the blind reader is set against the gold calls at the first
step where the two part: the prompt is the conversation up to there, with the results that both share, and references
in the prediction are replaced by those results. A refused reply is set against the accepted one. Only what was written
for the very prompt that was kept counts: of a turn that was tried again, the last attempt, and of its predictions
those for the request that stands in the conversation. The other stages write for the simulated user or the world, and
a prediction that could not have been executed teaches nothing: neither makes a pair.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dtc_local.export.base import Format, Row, Sample, Written, unfit
from dtc_local.export.dialogue import (
    Call,
    Dialogue,
    Message,
    Spelling,
    call_ids,
    json_text,
    message_json,
    nine,
    same_value,
    system_text,
    turn_messages,
)
from dtc_local.export.shape import Shape
from dtc_local.export.trl import data_files
from dtc_local.records import Candidate, ExecutedCall, Json, Tool, Turn

Prediction = Sequence[Mapping[str, Json]]


@dataclass(frozen=True)
class Pair:
    """The messages before, what was kept, what was refused, and why."""

    prompt: tuple[Message, ...]
    chosen: Message
    rejected: Message
    stage: str
    reason: str


def rows(sample: Sample) -> Iterator[Row]:
    """One row for each pair; raises `Unfit` where there is none."""
    spelling = sample.spelling("object")
    made = False
    for pair in pairs(sample):
        if sample.shape and sample.shape.split_calls and max(len(pair.chosen.calls), len(pair.rejected.calls)) > 1:
            continue
        made = True
        yield _row(pair, sample, spelling)
    if not made:
        raise unfit("no_pair")


def _row(pair: Pair, sample: Sample, spelling: Spelling) -> Row:
    shape = sample.shape or Shape(spelling)
    prompt, chosen, rejected = (
        [message_json(one, spelling) for one in shape.of(Dialogue(messages, ())).messages]
        for messages in (pair.prompt, (pair.chosen,), (pair.rejected,))
    )
    return {
        "prompt": prompt,
        "chosen": chosen,
        "rejected": rejected,
        "tools": json_text(list(sample.dialogue.tools)),
        "stage": pair.stage,
        "reason": pair.reason,
    }


def pairs(sample: Sample) -> Iterator[Pair]:
    """All pairs of a conversation, turn by turn, no two alike."""
    ids = call_ids(sample.conversation)
    before: tuple[Message, ...] = (Message("system", system_text(sample.conversation.scenario.date, sample.policy)),)
    results: dict[str, Json] = {}
    everything = sample.candidates()
    for number, turn in enumerate(sample.conversation.turns):
        own = [one for one in everything if one.turn == number]
        last = max((one.attempt for one in own), default=0)
        candidates = [one for one in own if one.attempt == last]
        messages = tuple(turn_messages(turn, ids))
        gold = _Gold(turn, results, sample.conversation.scenario.offer)
        yield from _calls(gold, before, messages, _predictions(turn, candidates))
        yield from _replies(turn, (*before, *messages), candidates)
        before = (*before, *messages)
        results |= {call.id: call.result for call in turn.executed()}


def _predictions(turn: Turn, candidates: Sequence[Candidate]) -> Iterator[tuple[Prediction, str]]:
    """Refused predictions for the request that was kept: the last of the attempt, each once."""
    asked = [one for one in candidates if one.stage == "verify"]
    samples = turn.verification.samples if turn.verification else 0
    seen: set[str] = set()
    for candidate in asked[len(asked) - samples :] if samples else ():
        if not candidate.accepted and candidate.text not in seen:
            seen.add(candidate.text)
            try:
                yield json.loads(candidate.text), candidate.reason
            except ValueError:
                continue  # cut at its budget: no calls to show


def _replies(turn: Turn, messages: tuple[Message, ...], candidates: Sequence[Candidate]) -> Iterator[Pair]:
    refused = {
        one.text: one.reason
        for one in candidates
        if one.stage == "respond" and not one.accepted and one.reason == "ungrounded_reply" and one.text != turn.reply
    }
    for text, reason in refused.items():
        yield Pair(messages[:-1], messages[-1], Message("assistant", text), "respond", reason)


def _calls(
    gold: _Gold,
    before: tuple[Message, ...],
    messages: tuple[Message, ...],
    predictions: Iterator[tuple[Prediction, str]],
) -> Iterator[Pair]:
    seen: set[str] = set()
    for prediction, reason in predictions:
        parted = gold.parting(prediction)
        if parted is None or json_text([parted.level, parted.calls]) in seen:
            continue
        seen.add(json_text([parted.level, parted.calls]))
        place = _place(messages, parted.level)
        calls = tuple(Call(nine(f"{parted.level}/{json_text(call)}/{n}"), *call) for n, call in enumerate(parted.calls))
        yield Pair((*before, *messages[:place]), messages[place], Message("assistant", calls=calls), "verify", reason)


def _place(messages: Sequence[Message], level: int) -> int:
    """Index of the assistant's message of this level; the one after all levels is the reply."""
    return [index for index, message in enumerate(messages) if message.role == "assistant"][level]


@dataclass(frozen=True)
class _Parting:
    """The first level at which a prediction goes its own way, and the calls it makes there."""

    level: int
    calls: list[tuple[str, dict[str, Json]]]


class _Gold:
    """What really happened in a turn, to hold predictions against."""

    def __init__(self, turn: Turn, earlier: Mapping[str, Json], offer: Sequence[Tool]) -> None:
        self.levels = turn.levels
        self.earlier = earlier
        self.tools = {tool.name: tool for tool in offer}

    def parting(self, prediction: Prediction) -> _Parting | None:
        """Follow a prediction through the results; None where it never parts, ends early or cannot be executed."""
        waiting, results = list(prediction), dict(self.earlier)
        for level in range(len(self.levels) + 1):
            own = {call["id"] for call in waiting}
            ready = [(call["id"], call["name"], _resolved(call["arguments"], results, own)) for call in waiting]
            now = [(call_id, name, arguments) for call_id, name, arguments in ready if isinstance(arguments, dict)]
            if not now:
                return None
            calls = [(name, arguments) for _, name, arguments in now]
            matched = self._matched(calls, self.levels[level] if level < len(self.levels) else ())
            if matched is None:
                return _Parting(level, calls)
            done = [call_id for call_id, _, _ in now]
            results |= zip(done, matched, strict=True)
            waiting = [call for call in waiting if call["id"] not in done]
        return None

    def _matched(self, calls: Sequence[tuple[str, dict[str, Json]]], gold: Sequence[ExecutedCall]) -> list[Json] | None:
        """The gold result of each call, or None unless both are the same calls in whatever order."""
        left, results = list(gold), []
        for name, arguments in calls:
            said = self._said(name, arguments)
            same = next(
                (one for one in left if one.tool == name and same_value(self._said(name, one.arguments), said)), None
            )
            if same is None:
                return None
            left.remove(same)
            results.append(same.result)
        return None if left else results

    def _said(self, name: str, arguments: Mapping[str, Json]) -> dict[str, Json]:
        """The arguments without those that only repeat the default of their optional parameter."""
        tool = self.tools[name]
        schemas = tool.parameters["properties"]
        return {
            key: value
            for key, value in arguments.items()
            if key in tool.required
            or not (isinstance(schemas.get(key), dict) and "default" in schemas[key])
            or not same_value(schemas[key]["default"], value)
        }


class _Open:
    """Stands for arguments that wait for a call of the prediction, or refer to nothing."""


def _resolved(value: Json, results: Mapping[str, Json], own: set[str]) -> Json | _Open:
    """The value with every reference replaced by what the results hold."""
    from dtc_local.stages.references import parse_reference, walk  # brings the validator, which takes its time to load

    if isinstance(value, dict):
        fields = {name: _resolved(item, results, own) for name, item in value.items()}
        return _Open() if any(isinstance(item, _Open) for item in fields.values()) else fields
    if isinstance(value, list):
        items = [_resolved(item, results, own) for item in value]
        return _Open() if any(isinstance(item, _Open) for item in items) else items
    reference = parse_reference(value) if isinstance(value, str) else None
    if reference is None:
        return value
    call, path = reference
    if call in own or call not in results:
        return _Open() if call in own else value
    found = walk(results[call], path)
    return _Open() if found is None else found


def snippet(files: Sequence[Written]) -> str:
    """Code that loads the pairs and trains on them."""
    return f"""# Preference pairs for TRL's DPOTrainer

```python
from datasets import Features, Json, List, Value, load_dataset
from trl import DPOConfig, DPOTrainer

spoken = List(Json())
features = Features(
    {{"prompt": spoken, "chosen": spoken, "rejected": spoken}}
    | {{name: Value("string") for name in ("tools", "stage", "reason")}}
)
data = load_dataset("json", data_files={data_files(files)}, features=features)
trainer = DPOTrainer(model="MODEL", args=DPOConfig(), train_dataset=data["{files[0].split}"])
trainer.train()
```

`chosen` stands in a kept conversation, `rejected` was refused for `reason` at the same place. `stage` is `verify`
(calls) or `respond` (words). Axolotl's DPO drops `tool_calls`: do not train these pairs with it.
"""


FORMAT = Format("trl-preference", "TRL DPOTrainer: prompt, chosen, rejected, from refused candidates", rows, snippet)
