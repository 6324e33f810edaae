"""Audits of whole files: defects by rule with their lines, figures, formats by row, and nothing that makes it fall."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.audit import dataset, readers
from dtc_local.audit.dataset import Asked, DatasetAudit, audit_file, audit_run, read_answers
from dtc_local.audit.dialogue import ToolSpec
from dtc_local.audit.dialogues import DIALOGUE_RULES, FILE_RULES
from dtc_local.audit.promises import promises
from dtc_local.audit.readers import NoDialogue, read
from dtc_local.audit.report import RULES
from dtc_local.audit.table import as_json, lines
from dtc_local.errors import UserError
from dtc_local.records import Json
from dtc_local.settings import RunConfig
from dtc_local.store import Store
from tests.audit import exchanged
from tests.audit.dialogues.sound import Row, arguments, changed, says, sound
from tests.audit.readers.test_readers import hermes, sharegpt
from tests.samples import MODEL, conversation
from tests.tools.specs import material


def written(folder: Path, *rows: Json, name: str = "rows.jsonl") -> Path:
    """A file of JSON Lines; a text stands as it is."""
    path = folder / name
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return path


def counts(made: DatasetAudit) -> dict[str, int]:
    """How often each broken rule is broken."""
    return {rule.rule: rule.count for rule in made.tally.broken}


def other(number: int) -> Row:
    """A sound conversation about something else."""
    text = json.dumps(sound())
    for name in ("Ada Byron", "Grace Hopper", "first of them", "next week", "orders do"):
        text = text.replace(name, f"{name} and friend{number} of theirs{number}")
    return dict(json.loads(text))


def test_sound_conversations_are_sound(tmp_path: Path) -> None:
    made = audit_file(written(tmp_path, sound(), other(1)))
    assert (made.conversations, counts(made)) == (2, {})
    assert dict(made.formats) == {"openai": 2}


def test_defects_are_counted_and_placed_by_line(tmp_path: Path) -> None:
    path = written(tmp_path, sound(), "", changed(arguments(11, copies=13), arguments(2, 1, customer="Max Planck")))
    (rule,) = audit_file(path, Asked(only=("ungrounded_argument",))).tally.broken
    assert (rule.count, rule.conversations) == (2, 1)
    assert [(one.line, one.turn, one.call) for one in rule.examples] == [
        (3, 1, "2 find_order"),
        (3, 3, "4 move_delivery"),
    ]


def test_only_so_many_examples_are_kept(tmp_path: Path) -> None:
    rows = [changed(arguments(11, copies=13))] * 5
    for most in (0, 2, 9):
        made = audit_file(written(tmp_path, *rows), Asked(examples=most, only=("ungrounded_argument",)))
        (rule,) = made.tally.broken
        assert (rule.count, len(rule.examples)) == (5, min(most, 5))


def test_bad_rows_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, sound(), '{"messages": [', '{"messages": NaN}', {"rows": 1}, other(1))
    with path.open("ab") as file:
        file.write('{"messages": "ü"}\n'.encode("latin-1"))
    made = audit_file(path)
    assert made.conversations == 2
    assert counts(made) == {"truncated_json": 1, "unreadable_row": 2, "unknown_shape": 1}
    assert [one.line for one in made.tally.rules["unreadable_row"].examples] == [3, 6]


def test_a_row_nested_too_deeply_for_the_rules_is_one_defect(tmp_path: Path) -> None:
    deep: Json = 1
    for _ in range(950):
        deep = [deep]
    row = json.dumps(changed(says(8, "DEEP"))).replace(
        '"DEEP"', json.dumps(json.dumps({"order_id": "ORD-71", "x": deep}))
    )
    made = audit_file(written(tmp_path, row, other(1)))
    assert counts(made).get("unreadable_row", 0) <= 1
    assert made.conversations >= 1


def test_each_row_is_read_in_its_own_format(tmp_path: Path) -> None:
    made = audit_file(written(tmp_path, sound(), sharegpt(), hermes()), Asked(only=("unknown_shape",)))
    assert dict(made.formats) == {"openai": 1, "sharegpt": 1, "hermes": 1}


def test_a_format_that_was_asked_for_makes_other_rows_strange(tmp_path: Path) -> None:
    asked = Asked(reader=readers.reader_named("openai"))
    made = audit_file(written(tmp_path, sound(), sharegpt()), asked)
    assert counts(made) == {"unknown_shape": 1}


def test_a_file_without_any_conversation_is_refused_with_line_and_reason(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"line 1: 'a' is no conversation known here\. Known are .*OpenAI"):
        audit_file(written(tmp_path, {"a": 1}, {"a": 2}))
    with pytest.raises(UserError, match=r"line 1: .*no messages"):
        audit_file(written(tmp_path, sharegpt()), Asked(reader=readers.reader_named("openai")))


def test_a_long_file_without_any_conversation_is_not_read_to_its_end(tmp_path: Path) -> None:
    seen: list[int] = []
    with pytest.raises(UserError):
        audit_file(written(tmp_path, *[{"a": 1}] * 500), progress=lambda told: seen.append(told.read))
    assert len(seen) <= 20


def test_near_duplicates_and_repeated_ids_name_the_first_line(tmp_path: Path) -> None:
    made = audit_file(written(tmp_path, sound() | {"id": "a"}, other(1) | {"id": "b"}, sound() | {"id": "a"}))
    assert counts(made) == {"near_duplicate": 1, "duplicate_id": 1}
    assert "line 1 (a)" in made.tally.rules["near_duplicate"].examples[0].what
    assert "line 1" in made.tally.rules["duplicate_id"].examples[0].what


def test_rare_kinds_are_told_once_there_are_enough_turns(tmp_path: Path) -> None:
    few = audit_file(written(tmp_path, *map(other, range(5))))
    many = audit_file(written(tmp_path, *map(other, range(20))))
    assert "unbalanced_kinds" not in counts(few)
    whats = [one.what for one in many.tally.rules["unbalanced_kinds"].examples]
    assert "single: 0 of 60 turns (0.0%), less than 2.0%" in whats
    assert not any(what.startswith(("parallel", "chain", "follow_up")) for what in whats)


def test_the_least_share_of_a_kind_can_be_set(tmp_path: Path) -> None:
    path = written(tmp_path, *map(other, range(20)))
    loose, strict = (audit_file(path, Asked(kind_share=share)).tally.rules for share in (0.0, 0.4))
    assert loose["unbalanced_kinds"].count == 0
    assert strict["unbalanced_kinds"].count == 7


def test_tools_beside_the_data_are_used_where_it_states_none(tmp_path: Path) -> None:
    bare = {"messages": sound()["messages"]}
    tools = (ToolSpec("find_order", {"type": "object", "properties": {}}),)
    without = audit_file(written(tmp_path, bare))
    beside = audit_file(written(tmp_path, bare), Asked(tools=tools))
    own = audit_file(written(tmp_path, sound()), Asked(tools=tools))
    assert any("--tools" in reason for reason in without.unlooked)
    assert "unknown_tool" in counts(beside)
    assert counts(own) == {}


def test_answers_from_another_file_are_joined_by_id(tmp_path: Path) -> None:
    task = {"id": "t_1", "question": [[{"role": "user", "content": "Go."}]], "function": []}
    answers = written(tmp_path, {"id": "t_1", "ground_truth": [["go()"]]}, name="answers.jsonl")
    made = audit_file(written(tmp_path, task), Asked(answers=read_answers(answers)))
    assert counts(made) == {"unknown_tool": 1}


@pytest.mark.parametrize("line", ['{"id": 1}', "[1]", "{"])
def test_answers_without_id_or_truth_are_refused_with_their_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(UserError, match=r"line \d"):
        read_answers(written(tmp_path, line))


def test_figures_describe_the_data(tmp_path: Path) -> None:
    figures = audit_file(written(tmp_path, sound(), other(1))).figures.as_json()
    assert (figures["conversations"], figures["calls"], figures["tools_called"], figures["tools_offered"]) == (
        2,
        10,
        3,
        4,
    )
    assert figures["turns"] == {"mean": 3.0, "min": 3, "median": 3, "p95": 3, "max": 3}
    assert figures["kinds"] == {"parallel": 2, "follow_up": 2, "chain": 2}
    assert (figures["edges_used"], figures["edge_uses"]) == (3, 6)
    assert 0 < figures["distinct_1"] < figures["distinct_2"] < figures["distinct_3"] <= 1
    assert figures["implicit_share"] is None


def test_nothing_is_said_of_dataflow_where_there_are_no_results(tmp_path: Path) -> None:
    task = {"id": "t", "question": [[{"role": "user", "content": "Go."}]], "ground_truth": [["go()"]]}
    figures = audit_file(written(tmp_path, task)).figures.as_json()
    assert (figures["edges_used"], figures["longest_chain"]["mean"], figures["calls"]) == (None, None, 1)


def test_words_are_counted_over_the_first_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dtc_local.audit.figures.WORDS", 10)
    made = audit_file(written(tmp_path, *map(other, range(9))))
    assert sum(len(runs) for runs in made.figures._runs.values()) < 100


def test_the_report_shows_rules_examples_figures_and_what_was_not_looked_at(tmp_path: Path) -> None:
    bare = {"messages": changed(arguments(11, copies=13))["messages"]}
    text = "\n".join(lines(audit_file(written(tmp_path, bare))))
    assert "1 conversation (openai); 1 of 30 rules broken; defects: 0 error, 2 warning, 0 info." in text
    assert "line 1, turn 3, call 4 move_delivery: copies is 13" in text
    assert "Not looked at in 1 conversation, because no tools are stated" in text
    assert "turns a conversation" in text


def test_the_report_as_json_has_every_rule(tmp_path: Path) -> None:
    made = as_json(audit_file(written(tmp_path, changed(arguments(11, copies=13)))))
    assert {rule["rule"] for rule in made["rules"]} == {name for name, _ in FILE_RULES} | {
        rule.name for rule in DIALOGUE_RULES
    }
    (broken,) = [rule for rule in made["rules"] if rule["count"]]
    assert broken["rate"] == 1.0
    assert broken["examples"][0]["line"] == 1
    assert json.loads(json.dumps(made)) == made


def test_a_run_is_held_against_the_rules_on_records(tmp_path: Path) -> None:
    with Store(tmp_path / "dtc.db") as store:
        run = store.open_run(RunConfig(count=2), MODEL)
        for index in range(2):
            store.save(run, index, conversation(index), [], True)
        made = audit_run(store, run)
    assert made.conversations == 2
    assert {rule.__name__ for rule in RULES} < set(made.tally.rules)
    assert made.figures.implicit_share is not None
    assert {one.conversation for rule in made.tally.broken for one in rule.examples if one.turn} <= {
        f"{run.name}-0",
        f"{run.name}-1",
    }


def test_rules_that_the_settings_do_not_call_for_are_not_looked_at(tmp_path: Path) -> None:
    with Store(tmp_path / "dtc.db") as store:
        run = store.open_run(RunConfig(count=1, verify="off", language="de", mix={"single": 1}), MODEL)
        store.save(run, 0, exchanged.conversation(), [], True)
        made = audit_run(store, run)
    unlooked = {rule for rules in made.unlooked.values() for rule in rules}
    assert unlooked == {"verified", "consent", "answers", "admitted"}
    told = "\n".join(lines(made))
    assert "Not looked at in 1 conversation, because the run was made without verification: verified." in told
    assert made.tally.count("error") == 0


def test_only_kinds_that_were_asked_for_are_missed_in_a_run(tmp_path: Path) -> None:
    with Store(tmp_path / "dtc.db") as store:
        run = store.open_run(RunConfig(count=9, mix={"clarify": 1, "parallel": 1}), MODEL)
        for index in range(9):
            store.save(run, index, exchanged.conversation(), [], True)
        made = audit_run(store, run, Asked(only=("unbalanced_kinds",)))
    (rule,) = made.tally.broken
    assert [one.what.partition(":")[0] for one in rule.examples] == ["parallel"]


def test_every_rule_promises_something() -> None:
    made = list(promises())
    assert all(one.promise.endswith(".") for one in made)
    assert len(made) == len(DIALOGUE_RULES) + len(FILE_RULES) + len(RULES)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["role", "content", "messages", "tools", "from", "value", "name", "arguments", "function", "parameters", "id",
         "type", "properties", "required", "question", "ground_truth", "steps", "tool_calls", "conversations"]
    ) | st.text(max_size=3), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_no_row_makes_a_reader_fall(row: Json) -> None:
    _look(row)


@given(st.data())
def test_no_change_of_a_sound_row_makes_a_rule_fall(data: st.DataObject) -> None:
    made: Json = data.draw(st.sampled_from([sound, sharegpt, hermes, _fms, _bfcl]))()
    for _ in range(data.draw(st.integers(1, 3))):
        made = _mutated(made, data)
    _look(made)


def _fms() -> Row:
    from tests.audit.readers.test_readers import fms_steps

    return fms_steps()


def _bfcl() -> Row:
    from tests.audit.readers.test_tasks import MOVE, task

    return task(MOVE, initial_config={"disk": ["a.txt"]}, missed_function={"1": ["move"]})


def _look(row: Json) -> None:
    for reader in (None, *readers.READERS):
        try:
            dialogue, _ = read(row, None, reader)
        except NoDialogue:
            continue
        for rule in DIALOGUE_RULES:
            if rule.lacks(dialogue) is None:
                assert all(str(defect) for defect in rule.check(dialogue))
        made = DatasetAudit("", [], Asked())
        assert list(made.about_all(dialogue, "")) == []
        made.close()
        assert "\n".join(lines(made))


def _mutated(value: Json, data: st.DataObject) -> Json:
    """The value with something else, or nothing, at some place inside it."""
    made = copy.deepcopy(value)
    place, key = made, None
    while isinstance(place, dict | list) and place:
        keys: list[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.integers(0, 5)) == 0:
            break
        place = place[key]
    if key is not None:
        if data.draw(st.booleans()):
            del place[key]
        else:
            place[key] = data.draw(JSON)
    return made


def test_public_tasks_hold_no_call_that_cannot_be_read() -> None:
    for path in material("bfcl/multi_turn/*.jsonl"):
        made = audit_file(path)
        assert made.conversations > 0
        assert dict(made.formats) == {"bfcl": made.conversations}
        assert not {"unreadable_arguments", "truncated_json", "unknown_shape"} & counts(made).keys()


def test_progress_is_told_by_bytes(tmp_path: Path) -> None:
    told: list[dataset.Progress] = []
    path = written(tmp_path, sound(), other(1))
    audit_file(path, progress=told.append)
    assert told[-1] == dataset.Progress(path.stat().st_size, path.stat().st_size, 2)
