"""Rows of files: lines, lists and values, bad ones counted with their place, and never more than a row in memory."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.audit import files
from dtc_local.audit.files import BadRow, Row, rows
from dtc_local.errors import UserError


def read(folder: Path, data: bytes | str) -> list[Row | BadRow]:
    """The rows of a file with this content."""
    path = folder / "rows.json"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(rows(path))


def values(found: list[Row | BadRow]) -> list[object]:
    """The values of rows; a bad one is its reason."""
    return [one.value if isinstance(one, Row) else one.why for one in found]


SHAPES = {
    "lines": '{"a": 1}\n{"a": 2}\n',
    "lines without an end": '{"a": 1}\n{"a": 2}',
    "lines with gaps": '\n{"a": 1}\n\n\r\n{"a": 2}\r\n',
    "a list": '[{"a": 1}, {"a": 2}]',
    "a list by lines": '[\n{"a": 1},\n{"a": 2}\n]\n',
    "an indented list": json.dumps([{"a": 1}, {"a": 2}], indent=2),
    "values one after the other": json.dumps({"a": 1}, indent=1) + "\n" + json.dumps({"a": 2}, indent=1),
    "an object around a list": json.dumps({"data": [{"a": 1}, {"a": 2}]}, indent=1),
    "a mark at the beginning": '\ufeff{"a": 1}\n{"a": 2}\n',
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_rows_are_found_in_every_shape_of_file(tmp_path: Path, text: str) -> None:
    assert values(read(tmp_path, text)) == [{"a": 1}, {"a": 2}]


def test_a_single_object_is_one_row(tmp_path: Path) -> None:
    row = {"messages": [{"role": "user", "content": "x"}]}
    assert values(read(tmp_path, json.dumps(row))) == [row]
    assert values(read(tmp_path, json.dumps(row, indent=1))) == [row]


def test_the_turns_of_one_conversation_are_no_rows(tmp_path: Path) -> None:
    row = {"conversations": [{"from": "human", "value": "x"}]}
    assert values(read(tmp_path, json.dumps(row, indent=1))) == [row]


BAD_LINES = {
    "no JSON": (b"{'a': 1}", False),
    "truncated": (b'{"a": [1, ', True),
    "truncated text": (b'{"a": "on', True),
    "Latin-1": '{"a": "Zürich"}'.encode("latin-1"),
    "not a number": b'{"a": NaN}',
    "half a character": b'{"a": "\\ud83d"}',
    "too deep": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "too many digits": b'{"a": ' + b"1" * 5000 + b"}",
    "words": b"and so on",
}


@pytest.mark.parametrize("bad", BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_bad_line_is_told_with_its_number_and_the_next_is_read(
    tmp_path: Path, bad: bytes | tuple[bytes, bool]
) -> None:
    line, cut = bad if isinstance(bad, tuple) else (bad, False)
    first, second, third = read(tmp_path, b'{"a": 1}\n' + line + b'\n{"a": 2}\n')
    assert isinstance(first, Row)
    assert isinstance(second, BadRow)
    assert (second.line, second.truncated, second.last) == (2, cut, False)
    assert isinstance(third, Row)
    assert third.line == 3


def test_a_bad_first_line_does_not_hide_the_others(tmp_path: Path) -> None:
    found = read(tmp_path, '{"a": 1\n{"a": 2}\n{"a": 3}\n')
    assert [type(one) for one in found] == [BadRow, Row, Row]


def test_other_encodings_in_some_lines_leave_the_rest(tmp_path: Path) -> None:
    found = read(tmp_path, '{"a": "ü"}\n'.encode() + '{"a": "ü"}\n'.encode("latin-1") + '{"a": "ü"}\n'.encode())
    assert [one.line for one in found if isinstance(one, BadRow)] == [2]


def test_entries_of_a_list_know_their_lines(tmp_path: Path) -> None:
    assert [one.line for one in read(tmp_path, '[\n{"a": 1},\n\n{"a": 2}]')] == [2, 4]


def test_a_fault_in_a_list_ends_the_reading_and_says_where(tmp_path: Path) -> None:
    first, second = read(tmp_path, '[\n{"a": 1},\n{"a" 2},\n{"a": 3}]')
    assert isinstance(first, Row)
    assert isinstance(second, BadRow)
    assert (second.line, second.last, second.truncated) == (3, True, False)


def test_a_list_that_ends_in_the_middle_gives_the_entries_before(tmp_path: Path) -> None:
    first, second = read(tmp_path, '[\n{"a": 1},\n{"a": "tw')
    assert isinstance(first, Row)
    assert isinstance(second, BadRow)
    assert second.truncated


def test_a_list_of_two_encodings_gives_the_entries_that_can_be_read(tmp_path: Path) -> None:
    found = read(tmp_path, b'[\n{"a": "\xfc"},\n{"a": 2}]')
    assert [type(one) for one in found] == [BadRow, Row]


REFUSED = {
    "UTF-16": ('{"a": 1}\n'.encode("utf-16"), "UTF-16"),
    "UTF-16 without a mark": ('{"a": 1}\n'.encode("utf-16-le"), "UTF-16"),
    "UTF-32": ('{"a": 1}\n'.encode("utf-32"), "UTF-16 or UTF-32"),
    "binary": (b"PAR1\x15\x04\x15" + b"\0" * 40, "binary"),
    "empty": (b"", "is empty"),
    "blank": (b" \n\n", "is empty"),
    "words": (b"role,content\nuser,hello\n", "begins no JSON"),
}


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_utf_8_text_of_json_is_refused_in_one_sentence(tmp_path: Path, data: bytes, words: str) -> None:
    with pytest.raises(UserError, match=words):
        read(tmp_path, data)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(UserError, match="cannot be read"):
            list(rows(path))


@given(st.lists(st.dictionaries(st.text(max_size=4), st.text() | st.integers() | st.lists(st.none())), min_size=1))
def test_a_list_and_lines_hold_the_same_rows_whatever_the_chunk(
    tmp_path_factory: pytest.TempPathFactory, made: list[dict[str, object]]
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "CHUNK", 7)
        assert values(read(folder, json.dumps(made, ensure_ascii=False, indent=1))) == made
    assert values(read(folder, "".join(f"{json.dumps(one)}\n" for one in made))) == made


@pytest.mark.parametrize(("begin", "between", "end"), [("", "\n", "\n"), ("[", ",\n", "]"), ("[", ", ", "]")])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, begin: str, between: str, end: str) -> None:
    path = tmp_path / "rows.json"
    row = json.dumps({"text": "x" * 10_000})
    with path.open("w") as file:
        file.write(begin + row)
        for _ in range(2_999):
            file.write(between + row)
        file.write(end)
    tracemalloc.start()
    try:
        count = sum(isinstance(one, Row) for one in rows(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 3_000
    assert peak < path.stat().st_size / 3
