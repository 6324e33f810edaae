"""Files from disk to JSON values: sizes and depth bounded, every fault one sentence with file and place."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

from dtc_local.errors import UserError
from dtc_local.records import Json

MAX_BYTES = 50_000_000
MAX_DEPTH = 100
JSON_HINT = "Tool specifications are JSON or JSON Lines."


@dataclass(frozen=True)
class Document:
    """A parsed file. `lines` holds the line number of each item where the file was JSON Lines."""

    file: str
    value: Json
    lines: tuple[int, ...] = ()

    def place(self, pointer: str) -> str:
        """Where `pointer` is, in words a user can follow: a line for JSON Lines, a JSON pointer otherwise."""
        head, _, rest = pointer.removeprefix("/").partition("/")
        if self.lines and head.isdigit() and int(head) < len(self.lines):
            return f"line {self.lines[int(head)]}" + (f", /{rest}" if rest else "")
        return pointer or "top level"


def load(path: Path) -> Document:
    """The document in `path`; :class:`UserError` for anything that is not a bounded JSON or JSON Lines file."""
    text = _text(path)
    if re.search(r"\\u[dD][89a-fA-F]", text):
        _no_lone_surrogates(path, text)
    if not text.strip():
        raise UserError(f"{path}: the file is empty.", JSON_HINT)
    try:
        return _bounded(Document(str(path), json.loads(text, parse_constant=_no_constant, parse_float=_finite)))
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            return _bounded(_json_lines(path, text))
        raise UserError(f"{path}: line {error.lineno}, column {error.colno}: {error.msg}.", JSON_HINT) from None
    except RecursionError:
        raise UserError(f"{path}: nested too deeply to be read.", f"At most {MAX_DEPTH} levels are read.") from None
    except ValueError as error:
        raise UserError(f"{path}: {error}.", JSON_HINT) from None


def _text(path: Path) -> str:
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder, not a file.", "Name the files in it, for example with a wildcard.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UserError(
                f"{path}: {size:,} bytes are more than the {MAX_BYTES:,} that are read.", "Split the file into parts."
            )
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{path}: byte {error.start} is not UTF-8 ({error.reason}).", "Save the file as UTF-8."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"{path}: cannot be read ({reason}).", "Check the path and its permissions.") from None


def _json_lines(path: Path, text: str) -> Document:
    values, numbers = [], []
    # Only \n ends a line here: str.splitlines would also cut at U+2028, which JSON allows inside strings.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values.append(json.loads(line, parse_constant=_no_constant, parse_float=_finite))
        except json.JSONDecodeError as error:
            raise UserError(f"{path}: line {number}, column {error.colno}: {error.msg}.", JSON_HINT) from None
        except ValueError as error:
            raise UserError(f"{path}: line {number}: {error}.", JSON_HINT) from None
        numbers.append(number)
    return Document(str(path), values, tuple(numbers))


def _no_lone_surrogates(path: Path, text: str) -> None:
    r"""Half of a `\ud83d\ude00` pair is legal JSON and no text: it could never be stored or shown."""
    half = re.search(r"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]", text)
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


def _bounded(document: Document) -> Document:
    """The document itself, unless it is nested deeper than the rest of the package should have to handle."""
    level = [document.value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for value in level
            if isinstance(value, dict | list)
            for child in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return document
    raise UserError(f"{document.file}: nested deeper than {MAX_DEPTH} levels.", "Flatten the schema.")
