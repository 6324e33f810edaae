"""JSON, JSON Lines and YAML give the same values; what is too large, too deep or no data is refused in one sentence."""

from __future__ import annotations

import json
import resource
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dtc_local.errors import UserError
from dtc_local.tools.files import documents, yaml_text
from dtc_local.tools.files.documents import Document, load

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def written(folder: Path, text: str | bytes, name: str = "spec.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def value(folder: Path, text: str | bytes, name: str = "spec.yaml") -> Any:
    return load(written(folder, text, name)).value


def refusal(folder: Path, text: str | bytes, name: str = "spec.yaml") -> str:
    with pytest.raises(UserError) as caught:
        load(written(folder, text, name))
    message = str(caught.value)
    assert message.startswith(str(folder / name))
    assert "\n" not in message
    return message


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, levels)]
    return "\n".join(lines)


@settings(deadline=None)
@given(made=VALUES)
def test_yaml_of_a_json_value_reads_back_as_that_value(made: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("yaml")
    document = {"value": made}
    for flow in (False, True):
        assert value(folder, yaml.safe_dump(document, default_flow_style=flow, allow_unicode=True)) == document
    assert value(folder, json.dumps(document, ensure_ascii=False)) == document


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-01", "2020-01-01"),
        ("2020-01-01T10:00:00Z", "2020-01-01T10:00:00Z"),
        ("12:30:45", "12:30:45"),
        ("yes", "yes"),
        ("off", "off"),
        ("true", True),
        ("~", None),
        ("", None),
        ("007", "007"),
        ("1_000", "1_000"),
        ("0x1F", 31),
        ("0o17", 15),
        ("-1.5e3", -1500.0),
        ("1.", 1.0),
        ("'1'", "1"),
        ("!!str 1", "1"),
        ('!!int "3"', 3),
        ("!!timestamp 2020-01-01", "2020-01-01"),
        ("9" * 500, "9" * 500),
    ],
)
def test_a_plain_value_is_what_yaml_1_2_says_it_is(tmp_path: Path, text: str, expected: Any) -> None:
    found = value(tmp_path, f"key: {text}")["key"]
    assert (found, type(found)) == (expected, type(expected))


def test_every_key_is_a_text_as_it_was_written(tmp_path: Path) -> None:
    text = "200: a\nno: b\non: c\n1.0: d\n~: e\ntrue: f\n'x y': g\n2020-01-01: h\n"
    assert list(value(tmp_path, text)) == ["200", "no", "on", "1.0", "~", "true", "x y", "2020-01-01"]


def test_merge_keys_bring_what_the_mapping_does_not_say_itself(tmp_path: Path) -> None:
    text = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  <<: [*a, *b]\n  x: 9\n"
    assert value(tmp_path, text)["c"] == {"x": 9, "y": 2, "z": 4}


def test_aliases_stand_for_what_they_name_as_key_and_as_value(tmp_path: Path) -> None:
    assert value(tmp_path, "a: &a word\n*a : [*a]\n") == {"a": "word", "word": ["word"]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: !!python/object/apply:os.system [x]", ["line 1", "!!python/object/apply:os.system"]),
        ("a: 1\nb: !include other.yaml", ["line 2", "!include", "$ref"]),
        ("a:\n\t- b", ["line 2", "tab"]),
        ("a: .nan", [".nan is not a JSON value"]),
        ("a: -.inf", ["-.inf is not a JSON value"]),
        ("a: 1e999", ["too large"]),
        ("a: !!int x", ["'x' is no int"]),
        ("[a]: b", ["as a key"]),
        ("? {a: b}\n: c", ["as a key"]),
        ("&a [b]: c", ["as a key"]),
        ("a: [b", ["line 2", "flow sequence"]),
        ("a: *b", ["*b", "nowhere above"]),
        ("a: &a [*a]", ["*a", "inside"]),
        ("<<: 3", ["mapping"]),
        ("a: \x07", ["control characters"]),
        ("[" * 100_000, ["deeper than 100"]),
        ("- " * 3000 + "a", ["deeper than 100"]),
        ("a: &a " + "[" * 60 + "]" * 60 + "\nb: " + "[" * 60 + "*a" + "]" * 60, ["deeper than 100"]),
        ("# nothing but a comment\n---\n...\n", ["empty"]),
    ],
)
def test_yaml_that_is_no_bounded_data_is_refused_with_its_place(tmp_path: Path, text: str, words: list[str]) -> None:
    message = refusal(tmp_path, text)
    assert all(word in message for word in words), message


def test_aliases_that_multiply_are_refused_before_they_are_expanded(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "aliases" in refusal(tmp_path, bomb(10))
    merges = ["a0: &a0 {k: 1}"] + [f"a{i}: &a{i} {{<<: *a{i - 1}, x: *a{i - 1}, y: *a{i - 1}}}" for i in range(1, 60)]
    assert "aliases" in refusal(tmp_path, "\n".join(merges))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kilobytes


def test_aliases_within_the_bounds_are_read(tmp_path: Path) -> None:
    assert value(tmp_path, bomb(3))["a2"] == [[["x"] * 10] * 10] * 10


def test_the_bounds_hold_without_the_fast_parser_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text.yaml, "__with_libyaml__", False)
    assert "aliases" in refusal(tmp_path, bomb(10))
    assert value(tmp_path, "a: 2020-01-01\n200: no\n<<: {b: 1}\n") == {"a": "2020-01-01", "200": "no", "b": 1}


@pytest.mark.parametrize("name", ["spec.yaml", "spec.yml", "spec.json", "spec.txt", "spec"])
def test_the_content_decides_between_json_and_yaml(tmp_path: Path, name: str) -> None:
    assert value(tmp_path, "# a comment\nopenapi: 3.1.0\n", name) == {"openapi": "3.1.0"}
    assert value(tmp_path, '"openapi": 3.1.0\n', name) == {"openapi": "3.1.0"}
    assert value(tmp_path, '{"openapi": "3.1.0"}', name) == {"openapi": "3.1.0"}


def test_only_the_suffix_makes_braces_without_quotes_yaml(tmp_path: Path) -> None:
    assert value(tmp_path, "{a: [b,]}") == {"a": ["b"]}
    assert "line 1, column 2" in refusal(tmp_path, "{a: [b,]}", "spec.json")


def test_a_key_written_twice_keeps_its_last_value_and_is_noted(tmp_path: Path) -> None:
    document = load(written(tmp_path, "a: 1\nb: 2\na: 3\n"))
    assert document.value == {"a": 3, "b": 2}
    assert [note.kind for note in document.notes] == ["malformed"]
    assert "line 3" in document.notes[0].what
    document = load(written(tmp_path, '{"a": 1, "b": {"c": 1, "c": 2}}', "spec.json"))
    assert document.value == {"a": 1, "b": {"c": 2}}
    assert "'c'" in document.notes[0].what


def test_a_yaml_stream_is_split_into_its_documents_with_their_lines(tmp_path: Path) -> None:
    document = load(written(tmp_path, "---\na: 1\n---\n---\nb: 2\n"))
    parts = document.split()
    assert [part.value for part in parts] == [{"a": 1}, {"b": 2}]
    assert [part.place("/b") for part in parts] == ["document 1, line 1, /b", "document 2, line 4, /b"]
    assert load(written(tmp_path, "a: 1\n")).split()[0].part == ""


def test_a_byte_order_mark_is_tolerated_and_utf_16_is_named(tmp_path: Path) -> None:
    assert value(tmp_path, b"\xef\xbb\xbfa: 1") == {"a": 1}
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        assert "UTF-16" in refusal(tmp_path, '{"a": 1}'.encode(encoding), "spec.json")


def test_half_a_character_is_refused_in_a_text_and_not_in_a_pattern_about_them(tmp_path: Path) -> None:
    assert value(tmp_path, r'{"pattern": "[\\ud800-\\udfff]"}', "spec.json") == {"pattern": r"[\ud800-\udfff]"}
    assert value(tmp_path, r'{"smile": "\ud83d\ude00"}', "spec.json") == {"smile": "\N{GRINNING FACE}"}
    for text in (r'{"a": "\ud83d"}', r'{"a": "\ude00\ud83d"}', r'{"a": "\\\ud83d"}'):
        assert "half of a character" in refusal(tmp_path, text, "spec.json")


def test_more_values_than_are_read_are_refused_in_both_formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_NODES", 10)
    for name in ("spec.json", "spec.yaml"):
        assert "more than 10 values" in refusal(tmp_path, json.dumps(list(range(20))), name)


def test_numbers_no_reader_could_hold_are_refused(tmp_path: Path) -> None:
    assert "too large" in refusal(tmp_path, '{"a": ' + "9" * 5000 + "}", "spec.json")


def test_a_place_in_a_bundled_file_is_that_file_and_the_pointer_in_it() -> None:
    document = Document("api.yaml", {})
    assert document.place(f"/{documents.FILES_KEY}/paths~1users.yaml/get") == "paths/users.yaml, /get"
    assert document.place("") == "top level"
