"""BFCL rows: requests that stand alone as single-turn questions, and their answers in a file beside them.

The Berkeley Function Calling Leaderboard scores a prediction against calls and shows no conversation before the
question. So a question is the first request, where its calls need no results: one call or several at once. And it is
any request that no tool on offer answers, wherever it stands ("irrelevance"): its tool is withheld, or it is small
talk. A request that lacks a value or needs consent is neither. BFCL's multi-turn rows need classes that run. Types are
spelled its way (`dict`, `float`, `tuple`), and an optional argument that the call leaves out may also be given as its
default.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dtc_local.export.base import Format, Row, Sample, Written, unfit
from dtc_local.export.dialogue import planned_levels
from dtc_local.records import ExecutedCall, Json, Tool, Turn

TYPES = {"object": "dict", "number": "float"}
"""BFCL's words for types of JSON Schema, where they differ."""


def rows(sample: Sample) -> Iterator[Row]:
    """Questions with their answers; raises `Unfit` where no request is one."""
    made = False
    for number, turn in enumerate(sample.conversation.turns):
        if _is_irrelevant(turn) or (number == 0 and _is_single_turn(turn)):
            made = True
            yield _row(sample, number, turn)
    if not made:
        raise unfit("not_single_turn")


def _is_irrelevant(turn: Turn) -> bool:
    """Whether no tool on offer is for the request, whatever was said before."""
    return turn.kind == "missing_tool" or (turn.kind == "no_tool" and turn.focus is None)


def _is_single_turn(turn: Turn) -> bool:
    """Whether the request alone leads to calls, all of them at once."""
    return len(planned_levels(turn)) == 1


def _row(sample: Sample, number: int, turn: Turn) -> Row:
    offer = sample.conversation.scenario.offer
    tools = {tool.name: tool for tool in offer}
    calls = [call for level in planned_levels(turn) for call in level]
    # BFCL sorts by the whole number behind the last underscore, alone or with two more behind it.
    place = f"{sample.conversation.scenario.index}" + (f"-{number}-0" if number else "")
    return {
        "id": f"{_category(len(calls), len(offer))}_{place}",
        "question": [[{"role": "user", "content": turn.request}]],
        "function": [_function(tool["function"]) for tool in sample.dialogue.tools],
        "ground_truth": [{call.tool: _accepted(call, tools[call.tool])} for call in calls],
    }


def parted(row: Row) -> tuple[Row, Row]:
    """The question, and the answer that BFCL keeps in another file; an irrelevant question has none to keep."""
    question = {key: value for key, value in row.items() if key != "ground_truth"}
    return question, {"id": row["id"], "ground_truth": row["ground_truth"]}


def _category(calls: int, offered: int) -> str:
    if not calls:
        return "irrelevance"
    if calls > 1:
        return "parallel" if offered == 1 else "parallel_multiple"
    return "simple_python" if offered == 1 else "multiple"


def _function(function: Row) -> Row:
    parameters = _typed(function["parameters"])
    return {
        "name": function["name"],
        "description": function.get("description", ""),
        "parameters": parameters | {"type": "dict", "required": parameters.get("required", [])},
    }


def _typed(schema: Json) -> Json:
    """The schema with BFCL's type names, wherever a schema stands in it."""
    if isinstance(schema, list):
        return [_typed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    written = dict(schema)
    if isinstance(schema.get("type"), str):
        written["type"] = TYPES.get(schema["type"], schema["type"])
    for key in ("properties", "$defs"):
        if isinstance(schema.get(key), dict):
            written[key] = {name: _typed(one) for name, one in schema[key].items()}
    for key in ("items", "prefixItems", "anyOf", "oneOf", "allOf", "additionalProperties"):
        if key in schema:
            written[key] = _typed(schema[key])
    return written


def _accepted(call: ExecutedCall, tool: Tool) -> dict[str, list[Json]]:
    """For each parameter the values that count as right; "" stands for leaving it out."""
    accepted: dict[str, list[Json]] = {}
    for name, schema in tool.parameters["properties"].items():
        default = [schema["default"]] if isinstance(schema, dict) and "default" in schema else []
        if name in call.arguments:
            value = call.arguments[name]
            may_miss = name not in tool.required and value in default
            accepted[name] = [_answer(value), *([""] if may_miss else [])]
        else:
            accepted[name] = ["", *map(_answer, default)]
    return accepted


def _answer(value: Json) -> Json:
    """Inside of an object BFCL lists accepted values field by field."""
    if isinstance(value, dict):
        return {key: [_answer(item)] for key, item in value.items()}
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return [_answer(item) for item in value]
    return value


def snippet(files: Sequence[Written]) -> str:
    """Where BFCL looks for the files."""
    listed = "\n".join(f"- `{file.path.name}` ({file.split}), answers in `{_answers_name(file)}`" for file in files)
    return f"""# BFCL rows

{listed}

Each line is a question (`id`, `question`, `function`); the answers have the same ids (`id`, `ground_truth`). The
category stands in the id: simple_python, multiple, parallel, parallel_multiple, irrelevance; behind it the number of
the conversation, and for a later request of it the request's. BFCL reads one category a file:
`data/BFCL_v4_CATEGORY.json`, and `data/possible_answer/BFCL_v4_CATEGORY.json` for all but irrelevance.
"""


def _answers_name(file: Written) -> str:
    return f"{file.path.stem}.answers{file.path.suffix}"


FORMAT = Format(
    "bfcl", "BFCL: single-turn and irrelevance questions, with answers beside them", rows, snippet, answers=parted
)
