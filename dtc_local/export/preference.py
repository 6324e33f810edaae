"""TRL's preference rows: where the model once went wrong, what was kept against what was refused, after one prompt.

A refused prediction of the blind reader is set against the gold calls at the first step where the two part: the prompt
is the conversation up to there, with the results that both share, and references in the prediction are replaced by
those results. A wrong attempt that stands in the conversation is set against the call that put it right, at the place
of the attempt. Refused words are set against the accepted ones. Only what was written for the very prompt that was kept
counts: of a turn that was tried again, the last attempt, and of its predictions those for the request that stands in
the conversation. Other stages write for the simulated user or the world, and a prediction that could not have been
executed teaches nothing: neither makes a pair.
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
    planned_levels,
    same_value,
    system_text,
    trained,
    turn_messages,
)
from dtc_local.export.shape import Shape
from dtc_local.export.trl import data_files
from dtc_local.records import Candidate, ExecutedCall, Json, Kind, Tool, Turn, Verification

Prediction = Sequence[Mapping[str, Json]]
SPEAKING = ("respond", "talk")
"""Stages that write the assistant's words."""
ADMITTING: tuple[Kind, ...] = ("missing_tool", "tool_error")
"""Kinds of turns in which words that do not admit a failure prove nothing and are refused for it."""


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
        planned = turn.model_copy(update={"levels": planned_levels(turn)})  # readers saw no attempt
        gold = _Gold(planned, results, sample.conversation.scenario.offer)
        yield from _calls(
            gold, before, tuple(turn_messages(planned, ids, thoughts=False)), _predictions(turn, candidates)
        )
        yield from _attempts(turn, ids, before)
        messages = (*before, *turn_messages(turn, ids, sample.faults, thoughts=False))
        yield from _words(turn, messages, candidates)
        before = messages
        results |= {call.id: call.result for call in turn.executed()}


def _predictions(turn: Turn, candidates: Sequence[Candidate]) -> Iterator[tuple[Prediction, str]]:
    """Refused predictions for the request that was kept: the last of the attempt, each once."""
    asked = [one for one in candidates if one.stage == "verify"]
    checked = turn.verification or Verification(samples=0, equal=0)
    asked = asked[max(0, len(asked) - checked.samples) :]
    if sum(one.accepted for one in asked) != checked.equal:
        return  # nobody was asked about the request that was kept: these are of another one
    seen: set[str] = set()
    for candidate in asked:
        if not candidate.accepted and candidate.text not in seen:
            seen.add(candidate.text)
            try:
                yield json.loads(candidate.text), candidate.reason
            except ValueError:
                continue  # cut at its budget: no calls to show


def _attempts(turn: Turn, ids: Mapping[str, str], before: tuple[Message, ...]) -> Iterator[Pair]:
    """Wrong attempts, each against the first message after it that is right."""
    faults = {ids[call.id]: call.fault for call in turn.attempted()}
    messages = tuple(turn_messages(turn, ids, thoughts=False))
    for index, message in enumerate(messages):
        if message.role == "assistant" and not trained(message):
            right = next(one for one in messages[index:] if trained(one))
            yield Pair((*before, *messages[:index]), right, message, "attempt", faults[message.calls[0].id])


def _words(turn: Turn, messages: tuple[Message, ...], candidates: Sequence[Candidate]) -> Iterator[Pair]:
    refused = {one.text: one for one in candidates if one.stage in SPEAKING and one.text != turn.reply}
    for text, one in refused.items():
        if not one.accepted and (one.reason == "ungrounded_reply" or _denies(turn, one)):
            yield Pair(messages[:-1], messages[-1], Message("assistant", text), one.stage, one.reason)


def _denies(turn: Turn, candidate: Candidate) -> bool:
    """Whether words were refused because they do not say that something could not be done."""
    from dtc_local.stages.exchanges import refuses

    honest = turn.kind not in ADMITTING or candidate.reason != "label_unproved" or refuses(candidate.text)
    return not honest


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
(calls), `respond` or `talk` (words), or `attempt`: a wrong call that was made and put right, where `reason` says
whether a hint followed it (`mistake`) or an `error`. Axolotl's DPO drops `tool_calls`: do not train these pairs with
it.
"""


FORMAT = Format(
    "trl-preference", "TRL DPOTrainer: prompt, chosen, rejected, from what was refused", rows, snippet, masks=True
)
