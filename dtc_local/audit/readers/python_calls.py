"""Calls written as Python: `get_weather(city='Oslo', days=3)`, one or a list of them. Nothing is ever run.

Arguments are literals. A positional one gets its name from the tool's parameters, in their order.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from dtc_local.audit.dialogue import Call, ToolSpec
from dtc_local.audit.readers.base import shown
from dtc_local.records import Json

LONGEST = 100_000
"""Characters of one call; Python's parser needs a stack as deep as the text is nested."""


def call_from(text: str, tools: Sequence[ToolSpec] | None) -> Call:
    """The call that a text writes; one that cannot be read has a fault."""
    found = calls_from(text, tools)
    return found[0] if len(found) == 1 else Call(_name(text), fault=f"{len(found)} calls in {shown(text)}")


def calls_from(text: str, tools: Sequence[ToolSpec] | None) -> list[Call]:
    """The calls that a text writes, alone or in a list."""
    try:
        if len(text) > LONGEST:
            raise ValueError(f"more than {LONGEST:,} characters")
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return [Call(_name(text), fault=f"{_reason(error)} in {shown(text)}", truncated=is_truncated(text))]
    parts = tree.elts if isinstance(tree, ast.List | ast.Tuple) else [tree]
    return [_call(part, text, tools) for part in parts]


def is_truncated(text: str) -> bool:
    """Whether a call's text ends before its last bracket is closed."""
    return "(" in text and not text.rstrip().endswith((")", "]"))


def _reason(error: BaseException) -> str:
    return error.msg if isinstance(error, SyntaxError) else str(error) or type(error).__name__


def _name(text: str) -> str:
    name = text.partition("(")[0].strip(" [")
    return name if all(part.isidentifier() for part in name.split(".")) else ""


def _call(node: ast.expr, text: str, tools: Sequence[ToolSpec] | None) -> Call:
    if not isinstance(node, ast.Call):
        return Call("", fault=f"{shown(text)} is no call")
    name = ast.unparse(node.func)
    arguments: dict[str, Json] = {}
    try:
        for number, given in enumerate(node.args):
            arguments[_parameter(name, number, tools)] = _literal(given)
        for keyword in node.keywords:
            if keyword.arg is None:
                raise ValueError("** stands for arguments that are not there")
            arguments[keyword.arg] = _literal(keyword.value)
    except (ValueError, TypeError, RecursionError, MemoryError) as error:
        return Call(name, fault=f"{error} in {shown(text)}")
    return Call(name, arguments)


def _parameter(name: str, number: int, tools: Sequence[ToolSpec] | None) -> str:
    """The name of a tool's parameter at a position; one that the tool lacks is called by its number."""
    for tool in tools or ():
        if tool.name == name and isinstance(tool.parameters, dict):
            names = list(tool.parameters.get("properties", {}))
            if number < len(names):
                return str(names[number])
    return f"positional argument {number + 1}"


def _literal(node: ast.expr) -> Json:
    """The JSON value of a literal; raises ValueError for anything else."""
    try:
        return _json(ast.literal_eval(node))
    except (ValueError, TypeError):
        raise ValueError(f"{shown(ast.unparse(node))} is no literal") from None


def _json(value: object) -> Json:
    if isinstance(value, list | tuple | set | frozenset):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, bytes | complex) or value is Ellipsis:
        raise ValueError("no JSON value")
    return value
