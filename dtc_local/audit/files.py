"""Rows of a file, one at a time: JSON Lines, a JSON list, or JSON values one after the other.

No more than one row is in memory, whatever the size of the file. In JSON Lines every line stands for itself: one that
is no UTF-8 or no JSON is a `BadRow` with its number, and the next is read. In a list a fault ends the reading, since
nobody can say where the next entry begins. A file that is not text, or not UTF-8 throughout, is refused at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dtc_local.errors import UserError
from dtc_local.records import Json

CHUNK = 1 << 20
MAX_ROW = 1 << 28
"""Characters of one entry of a list; a longer one is a fault."""
PEEKED_LINES = 20
_SPACE = re.compile(r"[\s,]*")
_HALF = re.compile("[\ud800-\udfff]")
_WRAPPERS = ("data", "rows", "conversations", "simulations", "examples", "items", "results", "tasks")
"""Keys under which a file of one JSON object may carry its rows."""
_HINT = "Conversations are read from JSON or JSON Lines in UTF-8."


@dataclass(frozen=True)
class Row:
    """A JSON value, the line of the file where it begins, and the bytes read so far."""

    value: Json
    line: int
    read: int


@dataclass(frozen=True)
class BadRow:
    """What stands where a row should be; `truncated` if it ends in the middle, `last` if no row can follow it."""

    why: str
    line: int
    read: int
    truncated: bool = False
    last: bool = False


def rows(path: Path) -> Iterator[Row | BadRow]:
    """The rows of a file; :class:`UserError` for one that cannot be read, is empty, or is no UTF-8 text."""
    try:
        with path.open("rb") as file:
            start = _checked(path, file)
            if _is_lines(file, start):
                yield from _lines(file, start)
            else:
                yield from _unwrapped(_values(file, start))
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"{path}: cannot be read ({reason}).", "Check the path and its permissions.") from None


def _checked(path: Path, file: BinaryIO) -> int:
    """The offset of the first byte after a UTF-8 mark."""
    head = file.read(4096)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or (b"\0" in head[:4] and head.count(b"\0") > 1):
        raise UserError(f"{path}: the text is UTF-16 or UTF-32, not UTF-8.", "Save the file as UTF-8.")
    if b"\0" in head:
        raise UserError(f"{path}: the file is binary, not text.", _HINT)
    start = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    text = head[start:].lstrip()
    if not text and len(head) < 4096:
        raise UserError(f"{path}: the file is empty.", _HINT)
    if text and text[:1] not in (b"{", b"["):
        # A bad first line does not spoil a file of lines, but a file without any bracket is something else.
        file.seek(start)
        if not any(line.lstrip()[:1] == b"{" for _, line in _peeked(file)):
            raise UserError(f"{path}: line 1: {text[:30].decode('utf-8', 'replace')!r} begins no JSON value.", _HINT)
    return start


def _peeked(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    for number in range(PEEKED_LINES):
        line = file.readline(CHUNK)
        if not line:
            return
        if line.strip():
            yield number, line


def _is_lines(file: BinaryIO, start: int) -> bool:
    """Whether each line is a value of its own."""
    file.seek(start)
    lines = _peeked(file)
    first = next((line.strip() for _, line in lines), b"")
    later = [line.lstrip()[:2] for _, line in lines]
    if first[:1] == b"[":
        return bool(later) and len(first) < CHUNK - 1 and _complete(first)
    if first[:1] == b"{" and len(first) > 1:
        return _complete(first) or not later or b'{"' in later
    return first[:1] != b"{"


def _complete(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return len(line) >= CHUNK - 1  # longer than was peeked at
    return True


def _lines(file: BinaryIO, start: int) -> Iterator[Row | BadRow]:
    file.seek(start)
    read = start
    for number, line in enumerate(file, start=1):
        read += len(line)
        if not line.strip():
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            yield BadRow(f"byte {error.start + 1} of the line is not UTF-8", number, read)
            continue
        yield _row(text, number, read)


def _row(text: str, line: int, read: int) -> Row | BadRow:
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        return BadRow(f"no JSON: {error.msg} at column {error.colno}", line, read, truncated(text, error))
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        return BadRow(f"no JSON: {why}", line, read)
    return (
        BadRow("half of a character (a lone surrogate)", line, read)
        if _has_half(text, value)
        else Row(value, line, read)
    )


def truncated(text: str, error: json.JSONDecodeError) -> bool:
    """Whether a JSON text is sound as far as it goes."""
    return error.msg.startswith("Unterminated string") or error.pos >= len(text.rstrip())


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


def _has_half(text: str, value: Json) -> bool:
    """Half of a pair of surrogates is legal JSON and no text: it can be neither stored nor shown."""
    return "\\ud" in text.lower() and _HALF.search(json.dumps(value, ensure_ascii=False)) is not None


def _values(file: BinaryIO, start: int) -> Iterator[Row | BadRow]:
    """The entries of a list, or values that stand one after the other."""
    buffer = _Buffer(file, start)
    buffer.skip()
    if buffer.text[buffer.at : buffer.at + 1] == "[":
        buffer.at += 1
    while buffer.skip() and buffer.text[buffer.at] != "]":
        found = buffer.value()
        yield found
        if isinstance(found, BadRow) and found.last:
            return


class _Buffer:
    """Text read so far and not yet used up."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        import codecs

        file.seek(start)
        self.file = file
        self.decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
        self.json = json.JSONDecoder(parse_constant=_no_constant)
        self.text, self.at, self.line, self.read = "", 0, 1, start
        self.ended = False

    def more(self, size: int = CHUNK) -> None:
        """Read on; what was used up is let go."""
        data = self.file.read(size)
        self.ended = len(data) < size
        self.read += len(data)
        self.line += self.text.count("\n", 0, self.at)
        self.text, self.at = self.text[self.at :] + self.decoder.decode(data, self.ended), 0

    def skip(self) -> bool:
        """Go on to the next value; False at the end of the file."""
        while True:
            found = _SPACE.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text) or self.ended:
                return self.at < len(self.text)
            self.more()

    def value(self) -> Row | BadRow:
        """The value that begins here."""
        while True:
            line = self.line + self.text.count("\n", 0, self.at)
            try:
                value, end = self.json.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                rest = len(self.text) - self.at
                if not self.ended and rest < MAX_ROW and _may_go_on(self.text, error):
                    self.more(max(CHUNK, rest))
                    continue
                place = line + self.text.count("\n", self.at, error.pos)
                why = f"no JSON: {error.msg}; nothing after it can be read"
                return BadRow(why, place, self.read, truncated(self.text, error), last=True)
            except (ValueError, RecursionError) as error:
                why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
                return BadRow(f"no JSON: {why}; nothing after it can be read", line, self.read, last=True)
            text, self.at = self.text[self.at : end], end
            if _HALF.search(text) or _has_half(text, value):
                return BadRow("bytes that are not UTF-8, or half of a character", line, self.read)
            return Row(value, line, self.read)


def _may_go_on(text: str, error: json.JSONDecodeError) -> bool:
    """Whether the fault may be only that the text was read no further; a literal cut in two is near the end too."""
    return truncated(text, error) or error.pos > len(text) - 16


def _unwrapped(found: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
    """The rows inside a file's only object, where it carries a list of them."""
    first = next(found, None)
    if first is None:
        return
    key = _wrapping(first.value) if isinstance(first, Row) else None
    if isinstance(first, Row) and key is not None:
        yield from (Row(value, first.line, first.read) for value in first.value[key])
    else:
        yield first
    yield from found


def _wrapping(value: Json) -> str | None:
    if not isinstance(value, dict):
        return None
    return next((key for key in _WRAPPERS if _holds_rows(value.get(key))), None)


def _holds_rows(value: Json) -> bool:
    """A list of objects that are rows; the turns of one conversation, each with a speaker, are not."""
    if not isinstance(value, list) or not value or not isinstance(value[0], dict):
        return False
    return not {"from", "role", "value", "content"} & value[0].keys()
