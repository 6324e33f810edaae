"""How models write calls: each syntax reads them back out of the text that a chat template made.

A reader gets the text between two messages of others, which holds an assistant's turn and the marks around it, and
gives the calls it finds with their place. It does not know which calls there should be. Syntaxes with tags around
each value do not say what type a value has: such a value is `Spelled`, to be compared with what it should be.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from dtc_local.export.dialogue import same_value
from dtc_local.records import Json

NAME = r"[A-Za-z0-9_-]{1,64}"


class Found(NamedTuple):
    """A call as it stands in a text, and the characters that it takes, tags around it included."""

    name: str
    arguments: Mapping[str, Json]
    start: int
    end: int


class Spelled(NamedTuple):
    """A value between tags: its characters, whose type only the tool's schema tells."""

    text: str


Syntax = Callable[[str], Iterator[Found]]


def equal(expected: Json, found: Json) -> bool:
    """Whether a value read from a text is the one that was rendered."""
    if isinstance(found, Spelled):
        inner = found.text[1:-1] if found.text[:1] == found.text[-1:] == "\n" and len(found.text) > 1 else found.text
        return any(_spells(expected, text) for text in {found.text, inner})
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(equal(value, found[key]) for key, value in expected.items())
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(equal, expected, found))
    return same_value(expected, found)


def _spells(expected: Json, text: str) -> bool:
    if isinstance(expected, str):
        return text == expected
    for parse in (json.loads, ast.literal_eval):  # templates print True and None as Python does
        try:
            if same_value(expected, parse(text.strip())):
                return True
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    return False


# --- JSON objects that are calls -------------------------------------------------------------------------------------

_NAMES = ("name", "tool_name")
_ARGUMENTS = ("arguments", "parameters")
_BESIDES = {"id", "tool_call_id", "type"}


def json_calls(text: str) -> Iterator[Found]:
    """Objects with a name and arguments or parameters, alone, listed, or wrapped as `function`; in whatever tags."""
    for value, start, end in _json_values(text):
        for item in value if isinstance(value, list) else [value]:
            call = _as_call(item)
            if call is not None:
                yield Found(*call, start, end)


def _as_call(item: Json) -> tuple[str, dict[str, Json]] | None:
    if not isinstance(item, dict):
        return None
    if isinstance(item.get("function"), dict) and item.keys() <= {"function", *_BESIDES}:
        item = item["function"]
        if "arguments" not in item:  # a tool, whose parameters are a schema
            return None
    name = next((item[key] for key in _NAMES if key in item), None)
    arguments = next((item[key] for key in _ARGUMENTS if key in item), None)
    known = item.keys() <= {*_NAMES, *_ARGUMENTS, *_BESIDES}
    return (name, arguments) if known and isinstance(name, str) and isinstance(arguments, dict) else None


def keyed_calls(text: str) -> Iterator[Found]:
    """Lists of objects with one key, the name: `[{"find_order": {"customer": "Ada"}}]`."""
    for value, start, end in _json_values(text):
        for item in value if isinstance(value, list) else ():
            if isinstance(item, dict) and len(item) == 1:
                ((name, arguments),) = item.items()
                if isinstance(arguments, dict):
                    yield Found(name, arguments, start, end)


def _json_values(text: str) -> Iterator[tuple[Json, int, int]]:
    """Outermost objects and lists that are JSON, with their places."""
    decoder, place = json.JSONDecoder(), 0
    while match := re.compile(r"[\[{]").search(text, place):
        try:
            value, end = decoder.raw_decode(text, match.start())
        except (ValueError, RecursionError):
            place = match.end()
            continue
        yield value, match.start(), end
        place = end


# --- a name, then JSON -----------------------------------------------------------------------------------------------


def named_json(opening: str, closing: str = "") -> Syntax:
    """`opening` is a pattern with the group `name`; the arguments follow as JSON, and `closing` after them."""
    opened, closed = re.compile(opening), re.compile(closing)
    decoder = json.JSONDecoder()

    def read(text: str) -> Iterator[Found]:
        for match in opened.finditer(text):
            try:
                arguments, end = decoder.raw_decode(text, match.end())
            except (ValueError, RecursionError):
                continue
            behind = closed.match(text, end)
            if isinstance(arguments, dict) and behind:
                yield Found(match["name"], arguments, match.start(), behind.end())

    return read


# --- tags around each value ------------------------------------------------------------------------------------------


def tagged(call: str, argument: str) -> Syntax:
    """`call` is a pattern with the groups `name` and `body`; in the body `argument` has `key` and `value`."""
    calls, arguments = re.compile(call, re.DOTALL), re.compile(argument, re.DOTALL)

    def read(text: str) -> Iterator[Found]:
        for match in calls.finditer(text):
            values = {one["key"]: Spelled(one["value"]) for one in arguments.finditer(match["body"])}
            yield Found(match["name"], values, match.start(), match.end())

    return read


_NESTED = re.compile(r"\]<\]minimax\[>\[<(?P<close>/?)(?P<key>[^<>]+)>")


def nested_tags(text: str) -> Iterator[Found]:
    """MiniMax's calls: objects are tags named after their keys, lists are `item` tags, in tags of its own spelling."""
    for match in re.finditer(rf'\]<\]minimax\[>\[<invoke name="(?P<name>{NAME})">', text):
        end = text.find("]<]minimax[>[</invoke>", match.end())
        arguments = _nested(text[match.end() : end]) if end >= 0 else None
        if isinstance(arguments, Spelled) and not arguments.text.strip():
            arguments = {}
        if isinstance(arguments, dict):
            yield Found(match["name"], arguments, match.start(), end + len("]<]minimax[>[</invoke>"))


def _nested(text: str) -> Json:
    """The value that tags spell: fields, items, or text; None where a tag is not closed."""
    fields: list[tuple[str, Json]] = []
    place = 0
    while opening := _NESTED.search(text, place):
        depth = 1
        for tag in _NESTED.finditer(text, opening.end()):
            if tag["key"] == opening["key"]:
                depth += -1 if tag["close"] else 1
            if not depth:
                fields.append((opening["key"], _nested(text[opening.end() : tag.start()])))
                place = tag.end()
                break
        else:
            return None
    if not fields:
        return Spelled(text)
    return [value for _, value in fields] if all(key == "item" for key, _ in fields) else dict(fields)


# --- code and braces -------------------------------------------------------------------------------------------------


def python_calls(text: str) -> Iterator[Found]:
    """A list of Python calls with keyword arguments: `[find_order(customer='Ada')]`."""
    for match in re.finditer(rf"\[{NAME}\(", text):
        # The list ends where Python first takes it for one.
        for end in (one.end() for one in re.finditer(r"\)\]", text[match.start() :])):
            calls = _parsed(text[match.start() : match.start() + end])
            if calls is not None:
                for name, arguments in calls:
                    yield Found(name, arguments, match.start(), match.start() + end)
                break


def _parsed(code: str) -> list[tuple[str, dict[str, Json]]] | None:
    try:
        tree = ast.parse(code, mode="eval").body
        listed = tree.elts if isinstance(tree, ast.List) else []
        return [
            (str(one.func.id), {str(word.arg): _literal(word.value) for word in one.keywords})
            for one in listed
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
        ]
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def _literal(node: ast.expr) -> Json:
    words = {"true": True, "false": False, "null": None}
    if isinstance(node, ast.Name) and node.id in words:
        return words[node.id]
    return ast.literal_eval(node)


_QUOTE = '<|"|>'


def braced_calls(text: str) -> Iterator[Found]:
    """Gemma's calls: `call:find_order{customer:<|"|>Ada<|"|>}`."""
    for match in re.finditer(rf"<\|tool_call>call:(?P<name>{NAME})(?P<body>\{{.*?\}})<tool_call\|>", text, re.DOTALL):
        try:
            arguments = json.loads(_as_json(match["body"]))
        except (ValueError, RecursionError):
            continue
        yield Found(match["name"], arguments, match.start(), match.end())


def _as_json(body: str) -> str:
    """Strings between their marks as JSON strings, bare keys in quotes."""
    parts = body.split(_QUOTE)
    return "".join(
        json.dumps(part) if index % 2 else re.sub(r"(?<=[{,])\s*([^\s{}\[\],:\"]+)\s*:", r'"\1":', part)
        for index, part in enumerate(parts)
    )


SYNTAXES: dict[str, Syntax] = {
    "json": json_calls,
    "keyed json": keyed_calls,
    "mistral": named_json(rf"\[TOOL_CALLS\](?P<name>{NAME})(?:\[CALL_ID\]\w+)?\[ARGS\]"),
    "functionary": named_json(rf"<function=(?P<name>{NAME})>", "</function>"),
    "functionary lines": named_json(rf">>>(?P<name>{NAME})\n"),
    "deepseek fences": named_json(
        rf"<｜tool▁call▁begin｜>function<｜tool▁sep｜>(?P<name>{NAME})\n```json\n", r"\n```<｜tool▁call▁end｜>"
    ),
    "deepseek": named_json(rf"<｜tool▁call▁begin｜>(?P<name>{NAME})<｜tool▁sep｜>", "<｜tool▁call▁end｜>"),
    "kimi": named_json(
        rf"<\|tool_call_begin\|>functions\.(?P<name>{NAME}):\d+\s*<\|tool_call_argument_begin\|>\s*",
        r"\s*<\|tool_call_end\|>",
    ),
    "harmony": named_json(
        rf" to=functions\.(?P<name>{NAME})(?:<\|channel\|>commentary)?\s*(?:<\|constrain\|>)?(?:json)?<\|message\|>"
    ),
    "solar": named_json(rf"<\|tool_call:name\|>(?P<name>{NAME})<\|tool_call:args\|>", r"<\|tool_call:end\|>"),
    "function tags": tagged(
        rf"(?:<tool_call>\s*)?<function=(?P<name>{NAME})>(?P<body>.*?)</function>(?:\s*</tool_call>)?",
        r"<parameter=(?P<key>[^>]+)>(?P<value>.*?)</parameter>",
    ),
    "invoke tags": tagged(
        rf'<(?:[\w:]+:|｜DSML｜)?invoke name="(?P<name>{NAME})">(?P<body>.*?)</(?:[\w:]+:|｜DSML｜)?invoke>',
        r'<(?:[\w:]+:|｜DSML｜)?parameter name="(?P<key>[^"]+)"[^>]*>(?P<value>.*?)</(?:[\w:]+:|｜DSML｜)?parameter>',
    ),
    "param tags": tagged(
        rf'<function name="(?P<name>{NAME})">(?P<body>.*?)</function>',
        r'<param name="(?P<key>[^"]+)">(?:<!\[CDATA\[)?(?P<value>.*?)(?:\]\]>)?</param>',
    ),
    "argument tags": tagged(
        rf"<tool_call(?::\w+)?>(?P<name>{NAME})\s*(?:<tool_sep(?::\w+)?>)?(?P<body>.*?)</tool_call(?::\w+)?>",
        r"<arg_key(?::\w+)?>(?P<key>.*?)</arg_key(?::\w+)?>\s*"
        r"<arg_value(?::\w+)?>(?P<value>.*?)</arg_value(?::\w+)?>",
    ),
    "open and close": tagged(
        rf'<\|open\|>call tool="(?P<name>{NAME})"[^<]*<\|sep\|>(?P<body>.*?)<\|close\|>call<\|sep\|>',
        r'<\|open\|>argument key="(?P<key>[^"]+)"[^<]*<\|sep\|>(?P<value>.*?)<\|close\|>argument<\|sep\|>',
    ),
    "nested tags": nested_tags,
    "python": python_calls,
    "braces": braced_calls,
}
"""Every syntax by the family that writes it."""
