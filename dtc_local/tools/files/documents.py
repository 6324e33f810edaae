"""Files from disk to JSON values: JSON, JSON Lines and YAML, sizes bounded, every fault one sentence with its place.

The content decides the format, JSON first; the suffix `.yaml` or `.yml` decides where a text could be either. A key
written twice keeps its last value, as most readers do, and is noted. Bytes, depth and number of values are bounded
before anything else sees them.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dtc_local.errors import UserError
from dtc_local.records import Finding, Json
from dtc_local.tools.findings import finding

MAX_BYTES = 50_000_000
MAX_DEPTH = 100
MAX_NODES = 1_000_000
FORMATS_HINT = "Tool specifications are JSON, JSON Lines or YAML."
FILES_KEY = "x-bundled-files"
"""Where a bundled document keeps the other files it is made of, by their path from its folder."""

_HALF_ESCAPES = re.compile(r"\\\\|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(\\u[dD][89a-fA-F]..)")
_SPLIT_HINT = "Split the file into parts."


@dataclass(frozen=True)
class Document:
    """A parsed file.

    `lines` holds the line number of each item where the file was JSON Lines; `part` says which document of a YAML
    stream this is ("document 2, line 40"); `notes` are faults that did not keep the file from being read; `stream`
    is true while the value is the list of a YAML stream's documents.
    """

    file: str
    value: Json
    lines: tuple[int, ...] = ()
    part: str = ""
    notes: tuple[Finding, ...] = ()
    stream: bool = False

    def place(self, pointer: str) -> str:
        """Where `pointer` is, in words a user can follow: a line for JSON Lines, a JSON pointer otherwise."""
        head, _, rest = pointer.removeprefix("/").partition("/")
        if self.lines and not self.stream and head.isdigit() and int(head) < len(self.lines):
            return f"line {self.lines[int(head)]}" + (f", /{rest}" if rest else "")
        if head == FILES_KEY:
            name, _, rest = rest.partition("/")
            return f"{name.replace('~1', '/').replace('~0', '~')}" + (f", /{rest}" if rest else "")
        return ", ".join(filter(None, (self.part, pointer))) or "top level"

    def split(self) -> tuple[Document, ...]:
        """The documents of a YAML stream, each on its own; any other document alone."""
        if not self.stream:
            return (self,)
        return tuple(
            replace(self, value=value, lines=(), part=f"document {number}, line {line}", notes=(), stream=False)
            for number, (value, line) in enumerate(zip(self.value, self.lines, strict=True), start=1)
        )


def load(path: Path) -> Document:
    """The document in `path`; :class:`UserError` for anything that is no bounded JSON, JSON Lines or YAML file."""
    text = _text(path)
    if not text.strip():
        raise UserError(f"{path}: the file is empty.", FORMATS_HINT)
    is_flow = text.lstrip()[0] in "{["
    is_yaml = path.suffix.lower() in (".yaml", ".yml")
    if is_flow and not is_yaml:
        return _json(path, text)
    if is_yaml and not is_flow:
        return _yaml(path, text)
    try:
        return _json(path, text)
    except UserError:
        return _yaml(path, text)


def load_lines(path: Path, hint: str) -> Document:
    """The values of a JSON Lines file, one a line, with their line numbers; `hint` is the way out of a bad line."""
    text = _text(path)
    _no_half_characters(path, text)
    try:
        return _bounded(_json_lines(path, text, [], hint))
    except RecursionError:
        raise UserError(f"{path}: nested too deeply to be read.", f"At most {MAX_DEPTH} levels are read.") from None


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder, not a file.", "Name the files in it, for example with a wildcard.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"{path}: cannot be read ({reason}).", "Check the path and its permissions.") from None
    if len(data) > MAX_BYTES:
        raise UserError(f"{path}: it has more than the {MAX_BYTES:,} bytes that are read.", _SPLIT_HINT)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        raise UserError(f"{path}: the text is UTF-16 or UTF-32, not UTF-8.", "Save the file as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"byte {error.start} is not UTF-8 ({error.reason})"
        raise UserError(f"{path}: {what}.", "Save the file as UTF-8.") from None


def _json(path: Path, text: str) -> Document:
    _no_half_characters(path, text)
    repeated: list[str] = []
    try:
        try:
            document = Document(str(path), _parsed(text, repeated))
        except json.JSONDecodeError as error:
            if error.msg != "Extra data":
                raise
            document = _json_lines(path, text, repeated)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise UserError(f"{path}: {place}: {error.msg}.", FORMATS_HINT) from None
    except RecursionError:
        raise UserError(f"{path}: nested too deeply to be read.", f"At most {MAX_DEPTH} levels are read.") from None
    except ValueError as error:
        raise UserError(f"{path}: {error}.", FORMATS_HINT) from None
    notes = tuple(_written_twice(name, "") for name in dict.fromkeys(repeated))
    return _bounded(replace(document, notes=notes))


def _parsed(text: str, repeated: list[str]) -> Json:
    return json.loads(
        text,
        parse_constant=_no_constant,
        parse_float=_finite,
        parse_int=_short,
        object_pairs_hook=_noting(repeated),
    )


def _json_lines(path: Path, text: str, repeated: list[str], hint: str = FORMATS_HINT) -> Document:
    values, numbers = [], []
    # Only \n ends a line here: str.splitlines would also cut at U+2028, which JSON allows inside strings.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values.append(_parsed(line, repeated))
        except json.JSONDecodeError as error:
            raise UserError(f"{path}: line {number}, column {error.colno}: {error.msg}.", hint) from None
        except ValueError as error:
            raise UserError(f"{path}: line {number}: {error}.", hint) from None
        numbers.append(number)
    return Document(str(path), values, tuple(numbers))


def _noting(repeated: list[str]) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs):
            repeated.extend(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return value

    return made


def _written_twice(name: str, place: str) -> Finding:
    what = f"the key {name!r} is written twice in one object, the last one is used"
    return finding("warning", "malformed", "", f"{place}{what}", "Keep one of them.")


def _no_half_characters(path: Path, text: str) -> None:
    r"""Half of a `\ud83d\ude00` pair is legal JSON and no text: it could never be stored or shown."""
    if "\\ud" not in text and "\\uD" not in text:
        return
    half = next((found for found in _HALF_ESCAPES.finditer(text) if found.group(1)), None)
    if half:
        line = text.count("\n", 0, half.start()) + 1
        raise UserError(f"{path}: line {line}: {half.group()} is half of a character.", "Write the character itself.")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"the number {digits[:40]} is too large")
    return number


def _short(digits: str) -> int:
    if len(digits) > 400:
        raise ValueError(f"the number {digits[:40]}... is too large")
    return int(digits)


def _yaml(path: Path, text: str) -> Document:
    from dtc_local.tools.files.yaml_text import YamlError, read_yaml

    try:
        stream = read_yaml(text, MAX_DEPTH, MAX_NODES)
    except YamlError as error:
        place = f"line {error.line}, column {error.column}"
        raise UserError(f"{path}: {place}: {error.reason}.", error.way_out or FORMATS_HINT) from None
    notes = tuple(_written_twice(name, f"line {line}: ") for line, name in stream.repeated)
    if not stream.documents:
        raise UserError(f"{path}: the file is empty.", FORMATS_HINT)
    if len(stream.documents) == 1:
        return _bounded(Document(str(path), stream.documents[0], notes=notes))
    return _bounded(Document(str(path), list(stream.documents), lines=stream.lines, notes=notes, stream=True))


def _bounded(document: Document) -> Document:
    """The document itself, unless it is deeper or larger than the rest of the package should have to handle."""
    level, nodes = [document.value], 0
    for _ in range(MAX_DEPTH):
        nodes += len(level)
        if nodes > MAX_NODES:
            raise UserError(f"{document.file}: it has more than {MAX_NODES:,} values.", _SPLIT_HINT)
        level = [
            child
            for value in level
            if isinstance(value, dict | list)
            for child in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return document
    raise UserError(f"{document.file}: nested deeper than {MAX_DEPTH} levels.", "Flatten the schema.")
