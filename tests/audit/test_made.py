"""Conversations as the pipeline makes them without a model: the audit finds nothing, until a fault is put in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dtc_local import examples, pipeline
from dtc_local.audit import audit, audit_conversations, audit_rows, summary
from dtc_local.audit.dataset import audit_file
from dtc_local.export import export_lines
from dtc_local.records import KINDS, Conversation, ExecutedCall
from dtc_local.settings import RunConfig
from dtc_local.store import Run, Store
from dtc_local.tools import read_files
from tests.perfect_model import PerfectModel
from tests.samples import MODEL
from tests.scripted import Scripted

COUNT = 40
SOME = 14


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Run]:
    """A run over the example specifications, with a script in the model's place."""
    store = Store(tmp_path_factory.mktemp("made") / "dtc.db")
    store.add_tools(read_files(examples.paths()).tools)
    result = pipeline.run(Scripted(PerfectModel()), store, RunConfig(run="made", count=COUNT, seed=3, turns_max=4))
    return store, store.run(result.run)


def test_no_rule_is_broken_by_what_the_pipeline_makes(made: tuple[Store, Run]) -> None:
    audited = audit(*made)
    assert audited.conversations == COUNT
    assert audited.sound, summary(audited)


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Run]:
    """A run with turns of all kinds, worded with the phrase book as small models do."""
    store = Store(tmp_path_factory.mktemp("every") / "dtc.db")
    store.add_tools(read_files(examples.paths()).tools)
    config = RunConfig(run="every", count=SOME, seed=8, turns_min=4, turns_max=6, mix=dict.fromkeys(KINDS, 1.0))
    small = replace(MODEL, parameters=10**6)
    return store, store.run(pipeline.run(Scripted(PerfectModel(small=True), model=small), store, config).run)


def test_no_rule_is_broken_by_turns_of_any_kind(every: tuple[Store, Run], tmp_path: Path) -> None:
    store, run = every
    kinds = {turn.kind for _, one in store.kept(run) for turn in one.turns}
    assert kinds == set(KINDS)
    audited = audit(store, run)
    assert audited.conversations == SOME
    assert audited.sound, summary(audited)
    path = tmp_path / "out.jsonl"
    lines = export_lines((one for _, one in store.kept(run)), "openai", run.policy)
    path.write_text("".join(f"{line}\n" for line in lines))
    rows = audit_rows(path)
    assert rows.sound, summary(rows)
    broken = {rule.rule: rule.examples for rule in audit_file(path).tally.broken if rule.severity == "error"}
    assert not broken


def test_no_rule_is_broken_by_what_is_exported(made: tuple[Store, Run], tmp_path: Path) -> None:
    store, run = made
    path = tmp_path / "out.jsonl"
    path.write_text("".join(f"{line}\n" for line in export_lines((one for _, one in store.kept(run)), "openai")))
    audited = audit_rows(path)
    assert audited.conversations == COUNT
    assert audited.sound, summary(audited)


def test_a_result_changed_afterwards_is_noticed(made: tuple[Store, Run]) -> None:
    """In every conversation with a reference: the value that was carried on is no longer the one found."""
    store, run = made
    changed = [with_results_emptied(one) for _, one in store.kept(run) if refers(one)]
    assert len(changed) > COUNT // 4
    audited = audit_conversations((str(number), one) for number, one in enumerate(changed))
    assert len({one.conversation for one in audited.violations if one.rule == "references"}) == len(changed)


def refers(conversation: Conversation) -> list[str]:
    """Every argument that is a reference."""
    return [name for turn in conversation.turns for call in turn.plan.calls for name, _ in call.references()]


def with_results_emptied(conversation: Conversation) -> Conversation:
    """The conversation as if no call had found anything."""

    def emptied(call: ExecutedCall) -> ExecutedCall:
        return call.model_copy(update={"result": {}})

    turns = tuple(
        turn.model_copy(update={"levels": tuple(tuple(map(emptied, level)) for level in turn.levels)})
        for turn in conversation.turns
    )
    return conversation.model_copy(update={"turns": turns})
