"""Infer: output schemas for tools that declare none, written by the model under a grammar, all tools at once.

True by construction: the fields are legal names of known types, so the schema is valid. Checked afterwards: no name
twice, something told besides a status, a valid schema that the engine can compile. A schema that fails is asked for
again, the model told why, `RETRIES` times at most. A small model chooses among fields that rules found for the tool;
so does a larger one in its last attempt.

What is finished is stored at once, each schema in its own transaction: an interrupted run goes on with what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dtc_local import prompts
from dtc_local.ability import SMALL_MODEL
from dtc_local.engine.base import Completion, Engine, Request, Sampling
from dtc_local.engine.failures import ContextOverflow
from dtc_local.errors import ConstraintError, EngineError
from dtc_local.randomness import derive_seed
from dtc_local.records import Schema, Tool
from dtc_local.stages.base import json_schema
from dtc_local.store import Store
from dtc_local.tools.results import outputs
from dtc_local.tools.results.result_fields import Groups, sketch

RETRIES = 3
TEMPERATURE = 0.7
"""Of a small model's choice and of every retry; a larger model's first answer is its likeliest."""
TOKENS = 700
MAX_TAKES = 24
"""Most parameters of other tools that a prompt shows."""


class Report(Protocol):
    """Told after every step of an inference."""

    def __call__(self, done: int, failed: int, total: int) -> None:
        """How many of the tools have a schema now, and how many will have none."""


@dataclass
class Inferred:
    """What became of the tools: names by outcome, and the reason for each that failed."""

    asked: list[str] = field(default_factory=list)
    remembered: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


@dataclass
class _Open:
    """A tool that is waited for."""

    tool: Tool
    groups: Groups
    takes: tuple[str, ...]
    attempt: int = 0
    hint: str = ""


def infer_outputs(
    engine: Engine,
    store: Store,
    tools: Sequence[Tool],
    neighbours: Sequence[Tool],
    report: Report = lambda done, failed, total: None,
) -> Inferred:
    """Give every tool of `tools` that has no output schema an inferred one, and store it.

    `neighbours` are all tools of their namespaces: they say what a result may be needed for.
    """
    return _Inference(engine, store, tools, neighbours, report).run()


class _Inference:
    def __init__(
        self, engine: Engine, store: Store, tools: Sequence[Tool], neighbours: Sequence[Tool], report: Report
    ) -> None:
        self.engine, self.store, self.report = engine, store, report
        self.small = engine.model.parameters < SMALL_MODEL
        self.namespaces: dict[str, list[Tool]] = {}
        for tool in neighbours:
            self.namespaces.setdefault(tool.namespace, []).append(tool)
        self.missing = [tool for tool in tools if tool.output_origin == "none"]
        self.done = Inferred()
        self.open: dict[int, _Open] = {}

    def run(self) -> Inferred:
        waiting = iter(self.missing)
        while True:
            while len(self.open) < 2 * self.engine.width and (tool := next(waiting, None)) is not None:
                self._start(tool)
            if not self.open:
                return self.done
            finished = self.engine.poll()
            if not finished:
                raise EngineError("The engine has nothing to decode although tools wait for it.")
            for one in finished:
                if one.ticket in self.open:  # others were asked for by whoever used the engine before
                    self._receive(self.open.pop(one.ticket), one.completions[0])
            self._tell()

    def _tell(self) -> None:
        settled = len(self.done.asked) + len(self.done.remembered)
        self.report(settled, len(self.done.failed), len(self.missing))

    def _start(self, tool: Tool) -> None:
        known = self.store.inferred_output(tool, self.engine.model)
        if known is not None:
            self._keep(tool, known)
            self.done.remembered.append(_name(tool))
            self._tell()
            return
        siblings = self.namespaces[tool.namespace]
        self._submit(_Open(tool, sketch(tool, siblings), _takes(tool, siblings)))

    def _submit(self, asked: _Open) -> None:
        try:
            self.open[self.engine.submit(self._request(asked))] = asked
        except ContextOverflow:
            self.done.failed[_name(asked.tool)] = "the tool is too long for the model's context"
        except ConstraintError as error:
            self.done.failed[_name(asked.tool)] = str(error)

    def _request(self, asked: _Open) -> Request:
        tool, groups = asked.tool, asked.groups
        own = [name for name in tool.parameters["properties"] if not outputs.is_plain_name(name)]
        chooses = self.small or asked.attempt == RETRIES
        schema = outputs.sketch_grammar(groups) if chooses else outputs.grammar(own)
        place = f"output/{tool.namespace}/{tool.name}"
        calls = outputs.example_text(tool)
        return Request(
            messages=prompts.output(tool, asked.takes, outputs.suggestions(groups), calls, asked.hint),
            constraint=json_schema(schema),
            sampling=Sampling(
                temperature=TEMPERATURE if self.small or asked.attempt else 0.0,
                seed=derive_seed(0, 0, place, asked.attempt),
            ),
            max_tokens=TOKENS,
            stage="output",
        )

    def _receive(self, asked: _Open, completion: Completion) -> None:
        fault = self._fault(asked.tool, completion)
        if fault is None:
            siblings = self.namespaces[asked.tool.namespace]
            output = outputs.like_parameters(outputs.schema_of(completion.value), (asked.tool, *siblings))
            self.store.add_inferred_output(asked.tool, self.engine.model, output)
            self._keep(asked.tool, output)
            self.done.asked.append(_name(asked.tool))
        elif asked.attempt < RETRIES:
            self._submit(_Open(asked.tool, asked.groups, asked.takes, asked.attempt + 1, fault))
        else:
            self.done.failed[_name(asked.tool)] = f"no usable schema in {RETRIES + 1} attempts: {fault}"

    def _fault(self, tool: Tool, completion: Completion) -> str | None:
        if completion.finish != "accepted":
            return "Write fewer fields."
        return outputs.objection(completion.value, tool)

    def _keep(self, tool: Tool, output: Schema) -> None:
        named = self.engine.model.name
        self.store.amend_tool(outputs.with_inferred(tool, output, named), f"output schema inferred by {named}")


def _takes(tool: Tool, siblings: Sequence[Tool]) -> tuple[str, ...]:
    """Parameters of the tool's neighbours, each name once with its type, those that most of them take first."""
    counts: dict[str, int] = {}
    for sibling in siblings:
        if sibling.name != tool.name:
            for name, schema in sibling.parameters["properties"].items():
                if schema["type"] in ("string", "integer", "number"):
                    words = f"{name} ({schema['type']})"
                    counts[words] = counts.get(words, 0) + 1
    return tuple(sorted(counts, key=lambda words: -counts[words]))[:MAX_TAKES]


def _name(tool: Tool) -> str:
    return f"{tool.namespace}/{tool.name}"
