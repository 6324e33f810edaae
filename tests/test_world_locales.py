"""Facts of another language's world: its names and places, nothing in English words, and English as it was."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dtc_local.examples import paths
from dtc_local.randomness import stream
from dtc_local.tools import read_files
from dtc_local.words import sayable
from dtc_local.world import candidates, outcomes, persona, spoken
from dtc_local.world.locales import LOCALES
from dtc_local.world.pools import pool

TEXT = {"type": "string"}
EVERYWHERE = pytest.mark.parametrize("language", list(LOCALES))


def drawn(name: str, schema: dict[str, Any] | None = None, context: str = "", n: int = 6) -> tuple[Any, ...]:
    return candidates(name, schema or TEXT, context, stream(3, 1, "test"), n)


@EVERYWHERE
@pytest.mark.parametrize("kind", ["person", "street", "city", "company", "address", "zip", "phone", "email", "handle"])
def test_every_language_has_enough_values_of_its_own_that_can_be_said(language: str, kind: str) -> None:
    with spoken(language):
        values = pool(kind)
    assert len(set(values)) >= 20
    assert values != (pool(kind) if kind != "phone" else ())
    assert all(value == value.strip() and not set('"\\\n') & set(value) for value in values)
    assert sum(map(sayable, values)) >= 0.9 * len(values)
    if kind in ("email", "handle"):
        assert all(value.isascii() for value in values)


@EVERYWHERE
@pytest.mark.parametrize("name", ["message", "product_name", "reason", "status", "title", "weekday", "duration"])
def test_what_we_can_say_in_english_only_is_left_to_the_model(language: str, name: str) -> None:
    assert drawn(name)
    with spoken(language):
        assert drawn(name) == ()
        assert drawn("notes", {"type": "object", "properties": {name: TEXT}, "required": [name]}) == ()
        assert outcomes("write", stream(1, 1, "test"), 3) == ()


@EVERYWHERE
def test_codes_numbers_listed_values_and_examples_are_the_same_everywhere(language: str) -> None:
    same: list[tuple[str, dict[str, Any]]] = [
        ("order_id", TEXT),
        ("currency", TEXT),
        ("total", {"type": "number"}),
        ("unit", {"type": "string", "enum": ["celsius", "kelvin"]}),
        ("booked_on", {"type": "string", "format": "date"}),
        ("quiet", {"type": "boolean"}),
    ]
    expected = [drawn(name, schema) for name, schema in same]
    with spoken(language):
        assert [drawn(name, schema) for name, schema in same] == expected


@EVERYWHERE
def test_values_obey_their_schemas_in_every_language(language: str) -> None:
    with spoken(language):
        for tool in read_files(paths()).tools:
            for name, schema in tool.parameters["properties"].items():
                for value in drawn(name, schema, tool.name, 3):
                    Draft202012Validator(schema).validate(value)


def test_what_was_spoken_before_is_spoken_again() -> None:
    english = persona(stream(5, 2, "test"))
    with spoken("de"):
        german = persona(stream(5, 2, "test"))
        with spoken("ja"):
            assert persona(stream(5, 2, "test")).name not in (english.name, german.name)
        assert persona(stream(5, 2, "test")) == german
    assert persona(stream(5, 2, "test")) == english
    assert english.name != german.name


def test_a_language_without_a_world_is_refused() -> None:
    with pytest.raises(KeyError), spoken("tlh"):
        pass
