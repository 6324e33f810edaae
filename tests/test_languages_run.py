"""Whole conversations in every language: every kind of turn, every label proved, nothing taken for what it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from dtc_local import pipeline
from dtc_local.ability import require_able
from dtc_local.audit.report import audit_conversations
from dtc_local.audit.terms import Terms
from dtc_local.engine.base import ModelInfo
from dtc_local.errors import UserError
from dtc_local.records import SHAPES, Kind
from dtc_local.settings import RunConfig
from dtc_local.store import Store
from dtc_local.words import find
from tests.polyglot import WORDS, Polyglot
from tests.scripted import Scripted
from tests.shop import SHOP

SMALL = ModelInfo(name="seed", sha256="cd" * 32, parameters=10**6, context_length=4096)
TALKING: tuple[Kind, ...] = (
    *("clarify", "missing_tool", "no_tool", "correction", "confirm", "tool_error", "mistake_hint"),
)
MIX: dict[Kind, float] = {**dict.fromkeys(SHAPES, 0.3), **dict.fromkeys(TALKING, 1.0)}
LARGE = ModelInfo(name="large", sha256="ef" * 32, parameters=10**9, context_length=4096)


@pytest.mark.parametrize("language", list(WORDS))
def test_conversations_of_every_kind_are_made_in_every_language(tmp_path: Path, language: str) -> None:
    config = RunConfig(run="r", count=8, limit=40, seed=3, distractors=1, language=language, mix=MIX)
    engine = Scripted(Polyglot(language))
    with Store(tmp_path / "a.db") as store:
        store.add_tools(SHOP)
        result = pipeline.run(engine, store, config)
        kept = [made for _, made in store.kept(store.run("r"))]
    assert result.kept == 8, result
    kinds = {turn.kind for made in kept for turn in made.turns}
    assert len(kinds & set(TALKING)) >= 6, kinds
    for made in kept:
        assert made.scenario.language == language
        for turn in made.turns:
            assert all(find(turn.request, value) for value in turn.required)
    audited = audit_conversations([(str(made.scenario.index), made) for made in kept], Terms(language=language))
    assert audited.sound, audited.violations
    systems = {request.messages[0].parts[0].splitlines()[2] for request in engine.requests}
    assert len(systems) == 1
    assert systems.pop().startswith("The user and the assistant speak ")


def test_english_prompts_say_nothing_of_a_language() -> None:
    from dtc_local import prompts

    assert prompts.system(SHOP, "2026-03-02", "Be kind.") == prompts.system(SHOP, "2026-03-02", "Be kind.", "")
    assert "speak" not in prompts.system((), "2026-03-02")


@pytest.mark.parametrize(
    ("model", "settings", "words"),
    [
        (SMALL, {"language": "de"}, "The model seed is too small to speak German."),
        (SMALL, {"language": "de", "values": "free"}, "The model seed is too small to speak German."),
        (SMALL, {"reasoning": True}, "The model seed is too small to think in words of its own."),
        (
            LARGE,
            {"language": "fr", "values": "facts"},
            "With --values facts the model chooses among English phrases and cannot speak French.",
        ),
    ],
)
def test_what_a_model_cannot_do_is_refused_in_one_sentence(
    tmp_path: Path, model: ModelInfo, settings: dict[str, object], words: str
) -> None:
    config = RunConfig.model_validate({"run": "r", **settings})
    with Store(tmp_path / "a.db") as store:
        store.add_tools(SHOP)
        with pytest.raises(UserError, match=words.replace("(", r"\(")):
            pipeline.run(Scripted(Polyglot("de"), model=model), store, config)
        assert store.runs() == ()


@pytest.mark.parametrize(
    "settings", [{}, {"language": "ja"}, {"reasoning": True}, {"language": "de", "reasoning": True}]
)
def test_a_large_model_may_do_it_all(settings: dict[str, object]) -> None:
    require_able(LARGE, RunConfig.model_validate(settings))
