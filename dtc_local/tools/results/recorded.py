"""Recorded calls: what a tool was really asked and answered, one JSON value a line, held to the tool's own schemas.

    {"arguments": {...}, "result": ...}     a call and its result
    {"request": {...}, "response": ...}     the same in other words
    {"arguments": {...}}                    a call whose result is not known
    anything else                           a result whose call is not known

Keys beside those two are ignored. Arguments may also be a text that holds the JSON object, as chat logs write them; so
may a result where the tool's own schema does not ask for a text. A recording that breaks the schemas is dropped with a
finding that quotes no value. At most `KEPT` are kept for a tool, evenly spread over what was read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dtc_local.errors import UserError
from dtc_local.records import Json, Recorded, Schema, Tool
from dtc_local.tools.files.documents import load_lines
from dtc_local.tools.findings import Log
from dtc_local.tools.results.observed import observed_schema
from dtc_local.tools.schemas.schema import normalise_output
from dtc_local.validation import fault

KEPT = 200
"""Most recordings kept for a tool."""
MAX_CHARS = 8_000
"""Longest recording kept, in characters of JSON."""
POINTER = "/recorded"
"""Where findings about recordings point: they are no part of the specification."""
INFERRED = "output schema inferred"
"""Begins the finding that says where an inferred output schema comes from."""
LINES_HINT = 'A line is {"arguments": {...}, "result": ...}, or a result alone.'
_PAIRS = (("arguments", "result"), ("request", "response"))


@dataclass
class Kept:
    """What became of a tool's recordings: how many were read and kept, and how many dropped for which reason."""

    tool: str
    read: int
    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)

    def drop(self, reason: str, count: int = 1) -> None:
        """Count what is not kept."""
        if count:
            self.dropped[reason] = self.dropped.get(reason, 0) + count

    def words(self) -> str:
        """One line: `shop/find_order: 12 recordings read, 9 kept, 3 dropped (2 results that ..., 1 ...)`."""
        why = ", ".join(f"{count} {reason}" for reason, count in self.dropped.items())
        lost = f", {self.read - self.kept} dropped" if self.read > self.kept else ""
        return f"{self.tool}: {self.read} recordings read, {self.kept} kept{lost}" + (f" ({why})" if why else "")


def read_recordings(path: Path) -> list[Recorded]:
    """The recordings of a JSON Lines file, in order; :class:`UserError` for a line that is no JSON, or for no line."""
    document = load_lines(path, LINES_HINT)
    if not document.value:
        raise UserError(f"{path}: the file holds no recording.", LINES_HINT)
    return [_recorded(value, f"{path}: {document.place(f'/{i}')}") for i, value in enumerate(document.value)]


def _recorded(value: Json, place: str) -> Recorded:
    if isinstance(value, dict):
        for call, answer in _PAIRS:
            if call in value and (answer in value or len(value) == 1):
                arguments = _opened(value[call], dict)
                if not isinstance(arguments, dict):
                    raise UserError(f"{place}: {call} is {type(arguments).__name__}, not an object.", LINES_HINT)
                return Recorded(arguments=arguments, result=value.get(answer))
    if value is None:
        raise UserError(f"{place}: null is no recording.", LINES_HINT)
    return Recorded(result=value)


def _opened(value: Json, *kinds: type) -> Json:
    """A text that holds JSON of those kinds, as that; anything else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            found = json.loads(value)
        except (json.JSONDecodeError, RecursionError):
            return value
        return found if isinstance(found, kinds) else value
    return value


def with_recordings(
    tool: Tool, recorded: Sequence[Recorded], *, replace: bool = False, pointer: str = POINTER
) -> tuple[Tool, Kept]:
    """The tool with these recordings beside its own (or in place of them), and what was kept.

    A tool without an output schema, or with one that was inferred, gets one derived from all its results and marked as
    inferred: what was recorded is better evidence than a guess. `pointer` is where findings point.
    """
    kept = Kept(f"{tool.namespace}/{tool.name}", len(recorded))
    before = () if replace else tool.recorded
    output = tool.source.output if tool.source.output is not None else tool.output
    if tool.output_origin in ("none", "inferred"):
        recorded = [one.model_copy(update={"result": _opened(one.result, dict, list)}) for one in recorded]
        results = [one.result for one in (*before, *recorded) if one.result is not None]
        if results:
            output = observed_schema(results)
            tool = _with_observed(tool, output, len(results), pointer)
    log = Log()
    sound = _sound(recorded, tool.source.parameters, output, pointer, log, kept)
    distinct = {_canonical(one): one for one in before}
    new = [one for one in sound if len(_canonical(one)) <= MAX_CHARS]
    kept.drop(f"longer than {MAX_CHARS:,} characters", len(sound) - len(new))
    fresh = {_canonical(one): one for one in new if _canonical(one) not in distinct}
    kept.drop("that repeat another", len(new) - len(fresh))
    chosen = _spread(list(fresh.values()), KEPT - min(len(distinct), KEPT))
    kept.drop(f"beyond the {KEPT} that are kept of a tool", len(fresh) - len(chosen))
    kept.kept = len(chosen)
    findings = tuple(one for one in log.result("") if one not in tool.findings)
    update = {"recorded": (*before, *chosen), "findings": (*tool.findings, *findings)}
    return tool.model_copy(update=update), kept


def shown_calls(parameters: Schema) -> tuple[Recorded, ...]:
    """Example calls that a parameters schema shows as a whole: its own `examples`, objects of arguments."""
    shown = parameters.get("examples", [parameters["example"]] if "example" in parameters else [])
    return tuple(Recorded(arguments=value) for value in shown if isinstance(value, dict))


def _sound(
    recorded: Iterable[Recorded], parameters: Schema, output: Schema | None, pointer: str, log: Log, kept: Kept
) -> list[Recorded]:
    """The parts of recordings that obey the tool's schemas, with one warning for each kind of fault."""
    faults: dict[str, list[str]] = {}
    sound = []
    for number, one in enumerate(recorded, start=1):
        checks: tuple[tuple[str, Json, Schema | None], ...] = (
            ("arguments", one.arguments, parameters),
            ("result", _fitting(one.result, output), output),
        )
        parts: dict[str, Any] = {}
        for part, value, schema in checks:
            wrong = None if value is None or schema is None else fault(value, schema)
            if wrong is None:
                parts[part] = value
            else:
                faults.setdefault(part, []).append(f"example {number}: {wrong}")
        if any(value is not None for value in parts.values()):
            sound.append(Recorded(**parts))
        else:
            kept.drop("that break the schemas")
    for part, places in faults.items():
        what = f"{part} dropped that break the schema, {len(places)} in all, the first in {places[0]}"
        log.warning("example", pointer, what, "Correct the example, or the schema.")
    return sound


def _fitting(result: Json, output: Schema | None) -> Json:
    """The result itself, or the JSON inside it where only that obeys the schema."""
    if isinstance(result, str) and output is not None and fault(result, output) is not None:
        return _opened(result, dict, list)
    return result


def _with_observed(tool: Tool, observed: Schema, count: int, pointer: str) -> Tool:
    """The tool with the normal form of a schema derived from so many results, unless it names no field."""
    log = Log()
    log.info("output", pointer, f"{INFERRED} from {count} recordings")
    output = normalise_output(observed, pointer, log)
    if output is None:
        return tool
    findings = (*(one for one in tool.findings if not one.what.startswith(INFERRED)), *log.result(""))
    return tool.model_copy(update={"output": output, "output_origin": "inferred", "findings": findings})


def _spread(values: Sequence[Recorded], count: int) -> list[Recorded]:
    """So many of them, evenly spread, in order: always the same ones."""
    if len(values) <= count:
        return list(values)
    return [values[position * len(values) // count] for position in range(count)]


def _canonical(recorded: Recorded) -> str:
    return json.dumps([recorded.arguments, recorded.result], sort_keys=True, ensure_ascii=False)


def files_by_tool(folder: Path, tools: Sequence[Tool]) -> tuple[dict[int, Path], tuple[Path, ...]]:
    """Position of a tool -> its file in the folder (`namespace/tool.jsonl`, else `tool.jsonl`); files of no tool."""
    if not folder.is_dir():
        raise UserError(f"{folder} is no folder.", "Recordings lie in a folder as TOOL.jsonl or NAMESPACE/TOOL.jsonl.")
    found: dict[int, Path] = {}
    for position, tool in enumerate(tools):
        for path in (folder / tool.namespace / f"{tool.name}.jsonl", folder / f"{tool.name}.jsonl"):
            if path.is_file():
                found[position] = path
                break
    taken = set(found.values())
    return found, tuple(path for path in sorted(folder.rglob("*.jsonl")) if path not in taken)


def with_recorded_files(
    tools: Sequence[Tool], folder: Path
) -> tuple[tuple[Tool, ...], tuple[Kept, ...], tuple[Path, ...]]:
    """The tools with the recordings of a folder, what was kept of each file, and the files that are no tool's."""
    files, strange = files_by_tool(folder, tools)
    made, report = list(tools), []
    for position, path in files.items():
        made[position], kept = with_recordings(tools[position], read_recordings(path))
        report.append(kept)
    return tuple(made), tuple(report), strange
