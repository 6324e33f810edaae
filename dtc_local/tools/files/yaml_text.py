"""YAML text to JSON values: the plain types of YAML 1.2, no objects, nothing expanded beyond a bound.

OpenAPI asks for the JSON types of YAML 1.2, and so does everything else read here: dates stay text as written, `yes`
and `off` are words, `007` keeps its zeros, and every key is a text (`200`, `no`). Values are built from the parser's
events, one by one, so that depth and size are known while they grow: an alias counts as much as what it stands for,
and a file whose aliases multiply is refused after a few events, before anything is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from dtc_local.records import Json

_TAG = "tag:yaml.org,2002:"
_TEXT_TAGS = frozenset({"!", *(_TAG + name for name in ("str", "timestamp", "binary"))})
_TYPED_TAGS: dict[str, type | tuple[type, ...]] = {
    f"{_TAG}int": int,
    f"{_TAG}float": (int, float),
    f"{_TAG}bool": bool,
    f"{_TAG}null": type(None),
}
_CONSTANTS: dict[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_JSON = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_MAX_DIGITS = 400


class YamlError(ValueError):
    """What is wrong, where (line and column from 1), and what to do about it."""

    def __init__(self, mark: Any, reason: str, way_out: str = "") -> None:
        super().__init__(reason)
        self.line: int = mark.line + 1 if mark is not None else 1
        self.column: int = mark.column + 1 if mark is not None else 1
        self.reason = reason
        self.way_out = way_out


@dataclass(frozen=True)
class Stream:
    """The documents of a YAML text that are not empty, with the line each begins at; keys written twice by line."""

    documents: tuple[Json, ...]
    lines: tuple[int, ...]
    repeated: tuple[tuple[int, str], ...]


def read_yaml(text: str, max_depth: int, max_nodes: int) -> Stream:
    """All documents of a YAML text; :class:`YamlError` for what is no bounded tree of JSON values."""
    builder = _Builder(max_depth, max_nodes)
    try:
        for event in _events(text):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        raise _explained(error, text) from None
    except yaml.YAMLError as error:
        raise YamlError(None, " ".join(str(error).split())) from None
    return Stream(tuple(builder.documents), tuple(builder.lines), tuple(builder.repeated))


def _events(text: str) -> Iterator[Any]:
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    parse: Callable[..., Iterator[Any]] = yaml.parse
    return parse(text, Loader=loader)


def _explained(error: yaml.MarkedYAMLError, text: str) -> YamlError:
    mark = error.problem_mark or error.context_mark
    lines = text.split("\n")
    line: int = getattr(mark, "line", len(lines))
    at_tab = line < len(lines) and "\t" in lines[line]
    reason = " ".join(filter(None, (error.context, error.problem))) or "no YAML"
    return YamlError(mark, reason, "YAML is indented with spaces, never with tabs." if at_tab else "")


@dataclass
class _Anchored:
    """What an anchor stands for; `size` is the number of its nodes, `text` a scalar as it was written."""

    value: Json
    size: int
    text: str | None


@dataclass
class _Open:
    """A list or mapping whose end has not been read; a mapping waits for a key or for the value of `key`."""

    value: list[Json] | dict[str, Json]
    anchor: str | None
    before: int
    key: str | None = None
    merging: bool = False
    merged: dict[str, Json] = field(default_factory=dict)

    @property
    def wants_key(self) -> bool:
        return isinstance(self.value, dict) and self.key is None and not self.merging


class _Builder:
    """Takes the events of a text in order; `nodes` counts what the values would hold with all aliases written out."""

    def __init__(self, max_depth: int, max_nodes: int) -> None:
        self.max_depth, self.max_nodes, self.nodes = max_depth, max_nodes, 0
        self.documents: list[Json] = []
        self.lines: list[int] = []
        self.repeated: list[tuple[int, str]] = []
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored | None] = {}
        self._line = 1

    def take(self, event: Any) -> None:
        """One event of the parser."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._anchors.clear()
            self._line = getattr(event.start_mark, "line", 0) + 1

    def _count(self, event: Any, size: int) -> None:
        self.nodes += size
        if self.nodes > self.max_nodes:
            raise YamlError(
                event.start_mark, f"with its aliases written out it has more than {self.max_nodes:,} values"
            )

    def _scalar(self, event: Any) -> None:
        self._count(event, 1)
        at_key = bool(self._open) and self._open[-1].wants_key
        value = event.value if at_key else _value(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(_value(event), 1, event.value)
        is_merge = at_key and event.value == "<<" and not event.style and event.tag in (None, f"{_TAG}merge")
        if is_merge:
            self._open[-1].merging = True
        else:
            self._put(event, value, event.value)

    def _alias(self, event: Any) -> None:
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            within = event.anchor in self._anchors
            reason = "stands inside what it stands for" if within else "is defined nowhere above"
            raise YamlError(event.start_mark, f"the alias *{event.anchor} {reason}")
        self._count(event, anchored.size)
        self._put(event, anchored.value, anchored.text)

    def _begin(self, event: Any) -> None:
        is_map = isinstance(event, yaml.MappingStartEvent)
        if event.tag not in (None, "!", f"{_TAG}{'map' if is_map else 'seq'}"):
            raise _unknown_tag(event)
        if self._open and self._open[-1].wants_key:
            raise _no_text_key(event)
        if len(self._open) >= self.max_depth:
            raise YamlError(event.start_mark, f"nested deeper than {self.max_depth} levels", "Flatten it.")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._open.append(_Open({} if is_map else [], event.anchor, self.nodes))
        self._count(event, 1)

    def _end(self, event: Any) -> None:
        done = self._open.pop()
        value = {**done.merged, **done.value} if isinstance(done.value, dict) and done.merged else done.value
        if done.anchor is not None:
            self._anchors[done.anchor] = _Anchored(value, self.nodes - done.before, None)
        self._put(event, value, None)

    def _put(self, event: Any, value: Json, text: str | None) -> None:
        """A finished value in its place: a list's next element, a mapping's key or value, or a whole document."""
        if not self._open:
            if value is not None:
                self.documents.append(value)
                self.lines.append(self._line)
            return
        parent = self._open[-1]
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.merging:
            self._merge(event, parent, value)
        elif parent.key is None:
            parent.key = self._key(event, parent.value, text)
        else:
            parent.value[parent.key] = value
            parent.key = None

    def _key(self, event: Any, mapping: dict[str, Json], text: str | None) -> str:
        if text is None:
            raise _no_text_key(event)
        if event.start_mark is not None and text in mapping:
            self.repeated.append((event.start_mark.line + 1, text))
        return text

    def _merge(self, event: Any, parent: _Open, value: Json) -> None:
        """`<<: *base`: keys that the mapping does not write itself; of several mappings the first has its way."""
        for mapping in value if isinstance(value, list) else [value]:
            if not isinstance(mapping, dict):
                raise YamlError(event.start_mark, "<< takes a mapping or a list of mappings")
            parent.merged = {**mapping, **parent.merged}
        parent.merging = False


def _no_text_key(event: Any) -> YamlError:
    return YamlError(event.start_mark, "a list or mapping as a key", "Keys are texts.")


def _unknown_tag(event: Any) -> YamlError:
    shown = str(event.tag).replace(_TAG, "!!")
    return YamlError(event.start_mark, f"the tag {shown} is not read", "Write plain values; use $ref for other files.")


def _value(event: Any) -> Json:
    """A scalar's value: by its tag if it has one, as text if it is quoted, else by what it looks like."""
    if event.tag is None:
        return event.value if event.style else _plain(event)
    if event.tag in _TEXT_TAGS:
        return event.value
    if event.tag not in _TYPED_TAGS:
        raise _unknown_tag(event)
    value = _plain(event)
    if not isinstance(value, _TYPED_TAGS[event.tag]):
        raise YamlError(event.start_mark, f"{event.value[:40]!r} is no {event.tag.removeprefix(_TAG)}")
    return value


def _plain(event: Any) -> Json:
    text: str = event.value
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _NO_JSON.fullmatch(text):
        raise YamlError(event.start_mark, f"{text} is not a JSON value")
    if len(text) > _MAX_DIGITS or not _FLOAT.fullmatch(text):
        return int(text, 0) if len(text) <= _MAX_DIGITS and _OTHER_BASE.fullmatch(text) else text
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise YamlError(event.start_mark, f"the number {text[:40]} is too large")
    return number
