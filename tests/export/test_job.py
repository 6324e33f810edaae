"""A whole export: all files or none, counts that add up, and nothing that depends on the clock or on neighbours."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from dtc_local.errors import UserError
from dtc_local.export import FORMATS
from dtc_local.export.dialogue import Faults
from dtc_local.export.gate import Template
from dtc_local.export.job import Options, export_run, stream_run
from dtc_local.export.select import Selection
from dtc_local.settings import CONSENT_RULE, RunConfig
from dtc_local.store import Run, Store
from tests.export import kinds
from tests.export.rows import CHATML
from tests.samples import MODEL, PING, candidates, conversation

RAISES_FOR_ONE = CHATML.replace(
    "{% for m",
    "{% if 'ORD-001' in messages | map(attribute='content') | join %}{{ raise_exception('One.') }}{% endif %}{% for m",
    1,
)


@pytest.fixture
def run(store: Store) -> Run:
    """Four conversations; the third calls another set of tools."""
    run = store.open_run(RunConfig(run="night", count=4, mix={"chain": 1, "parallel": 1}), MODEL)
    for index in range(4):
        made = conversation(index)
        if index == 2:
            made = made.model_copy(update={"turns": made.turns[1:]})
        store.save(run, index, made, candidates(), kept=True)
    return run


def lines(path: Path) -> list[dict[str, Any]]:
    """All rows of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_card_and_the_stack_s_configuration_stand_beside_the_rows(store: Store, run: Run, tmp_path: Path) -> None:
    report = export_run(store, run, FORMATS["axolotl"], Options(licence="Apache-2.0"), tmp_path / "data.jsonl")
    assert len(lines(tmp_path / "data.jsonl")) == report.rows == 4
    assert {Path(path).name for path in report.beside} == {"data.card.md", "data.axolotl.yaml"}
    card = (tmp_path / "data.card.md").read_text()
    header = yaml.safe_load(card.split("---\n")[1])
    assert header["configs"][0]["data_files"] == [{"split": "train", "path": "data.jsonl"}]
    digest = hashlib.sha256((tmp_path / "data.jsonl").read_bytes()).hexdigest()
    for words in (
        digest,
        MODEL.sha256,
        "`shop/find_order` | 4 | 4",
        "`shop/ping` | 0 | 4",
        "Apache-2.0",
        "| parallel | 4 |",
    ):
        assert words in card


def test_equal_exports_are_equal_in_every_byte(store: Store, run: Run, tmp_path: Path) -> None:
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        options = Options(template=Template("t", CHATML), provenance=True)
        export_run(store, run, FORMATS["trl"], options, tmp_path / name / "data.jsonl")
        written.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert written[0] == written[1]
    assert len(written[0]) == 3


def test_the_seed_decides_about_the_order_of_tools(store: Store, run: Run) -> None:
    def orders(options: Options) -> list[list[str]]:
        out = io.BytesIO()
        stream_run(store, run, FORMATS["openai"], options, out)
        rows = [json.loads(line) for line in out.getvalue().splitlines()]
        return [[tool["function"]["name"] for tool in row["tools"]] for row in rows]

    plain = orders(Options(shuffle_tools=False))
    assert plain == [["find_order", "cancel_order", "ping"]] * 4
    assert orders(Options(seed=1)) == orders(Options(seed=1)) != orders(Options(seed=2))
    assert [sorted(order) for order in orders(Options(seed=1))] == [sorted(order) for order in plain]


def test_what_the_gate_refuses_is_counted_and_what_survives_is_written(store: Store, run: Run, tmp_path: Path) -> None:
    options = Options(template=Template("t", RAISES_FOR_ONE))
    report = export_run(store, run, FORMATS["openai"], options, tmp_path / "data.jsonl")
    assert report.rows == 3
    assert report.missing == {"template_raised": 1}
    assert report.reasons() == ["1 template_raised: the chat template refuses the conversation (One.)"]
    assert "`template_raised` | 1 |" in (tmp_path / "data.card.md").read_text()


def test_an_export_of_which_nothing_is_left_writes_nothing(store: Store, run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for name, options in (
        ("openai", Options(template=Template("t", "{{ raise_exception('No.') }}"))),
        ("openai", Options(selection=Selection(kinds=("chain",)))),
        ("trl-preference", Options()),
    ):
        with pytest.raises(UserError, match="None of the 4 conversations of run night is left") as refused:
            export_run(store, run, FORMATS[name], options, tmp_path / "out" / "data.jsonl")
        assert "\n" not in str(refused.value)
    assert not list((tmp_path / "out").iterdir())


def test_splits_are_files_of_their_own_and_share_no_tool_set(store: Store, run: Run, tmp_path: Path) -> None:
    other = conversation(9)
    ping = other.turns[0].levels[0][0].model_copy(update={"tool": PING.name, "arguments": {}})
    turn = other.turns[0].model_copy(
        update={"levels": ((ping,),), "request": "Is the machine in the cellar up at all?"}
    )
    run = store.open_run(RunConfig(run="other", count=2), MODEL)
    store.save(run, 0, conversation(0), (), kept=True)
    store.save(run, 1, other.model_copy(update={"turns": (turn,)}), (), kept=True)
    options = Options(split={"train": 0.5, "test": 0.5})
    report = export_run(store, run, FORMATS["llama-factory"], options, tmp_path / "data.jsonl")
    assert [(file.split, file.rows) for file in report.files] == [("train", 1), ("test", 1)]
    assert len(lines(tmp_path / "data.train.jsonl")) == len(lines(tmp_path / "data.test.jsonl")) == 1
    assert json.loads((tmp_path / "dataset_info.json").read_text()).keys() == {"data.train", "data.test"}


def test_answers_stand_in_a_file_beside_the_questions(store: Store, run: Run, tmp_path: Path) -> None:
    report = export_run(store, run, FORMATS["bfcl"], Options(), tmp_path / "bfcl.jsonl")
    questions, answers = lines(tmp_path / "bfcl.jsonl"), lines(tmp_path / "bfcl.answers.jsonl")
    assert [row["id"] for row in questions] == [row["id"] for row in answers] == ["parallel_multiple_2"]
    assert report.missing == {"not_single_turn": 3}


def test_provenance_says_where_each_argument_comes_from(store: Store, run: Run, tmp_path: Path) -> None:
    export_run(store, run, FORMATS["openai"], Options(provenance=True), tmp_path / "data.jsonl")
    row = lines(tmp_path / "data.jsonl")[0]
    ids = [call["id"] for message in row["messages"] for call in message.get("tool_calls", ())]
    found = row["provenance"]
    assert (found["conversation"], found["model_sha256"], found["solve_rate"]) == ("night-0", MODEL.sha256, 0.75)
    assert [(one["call"], one["source"]) for one in found["arguments"]] == [
        (ids[0], "request"), (ids[1], "result"), (ids[1], "inferred")
    ]  # fmt: skip
    assert found["implicit_calls"] == [ids[0]]


def test_a_failure_at_the_last_file_leaves_no_file(store: Store, run: Run, tmp_path: Path) -> None:
    (tmp_path / "data.card.md").mkdir()
    with pytest.raises(UserError, match=r"data\.card\.md is a folder"):
        export_run(store, run, FORMATS["openai"], Options(), tmp_path / "data.jsonl")
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("dtc.db")] == ["data.card.md"]


def test_nothing_is_written_beside_a_device(store: Store, run: Run) -> None:
    report = export_run(store, run, FORMATS["openai"], Options(), Path("/dev/null"))
    assert (report.rows, report.beside) == (4, [])


def test_formats_of_several_files_do_not_go_to_standard_output(store: Store, run: Run) -> None:
    for name, options in (("bfcl", Options()), ("parquet", Options()), ("openai", Options(split={"a": 0.5, "b": 0.5}))):
        with pytest.raises(UserError, match="needs files"):
            stream_run(store, run, FORMATS[name], options, io.BytesIO())


def test_rendered_text_needs_a_template(store: Store, run: Run) -> None:
    with pytest.raises(UserError, match="needs a chat template"):
        stream_run(store, run, FORMATS["text"], Options(), io.BytesIO())


def test_an_empty_run_is_an_empty_export(store: Store, tmp_path: Path) -> None:
    empty = store.open_run(RunConfig(run="empty", count=4), MODEL)
    assert export_run(store, empty, FORMATS["openai"], Options(), tmp_path / "data.jsonl").rows == 0
    assert (tmp_path / "data.jsonl").read_bytes() == b""


@pytest.fixture
def every_kind(store: Store) -> Run:
    """Two conversations that hold all kinds of turns; the assistant needs consent."""
    run = store.open_run(RunConfig(run="kinds", count=2, policy="Be kind.", mix={"single": 1, "confirm": 1}), MODEL)
    for index in range(2):
        store.save(run, index, kinds.talk(*kinds.EVERY, index=index), (), kept=True)
    return run


def test_the_system_message_holds_the_policy_and_asks_for_consent_where_it_is_wanted(
    store: Store, run: Run, every_kind: Run, tmp_path: Path
) -> None:
    assert run.policy == ""
    assert every_kind.policy == f"Be kind. {CONSENT_RULE}"
    export_run(store, every_kind, FORMATS["openai"], Options(), tmp_path / "data.jsonl")
    system = lines(tmp_path / "data.jsonl")[0]["messages"][0]
    assert system["content"].endswith(f" Be kind. {CONSENT_RULE}")


def test_the_card_counts_turns_by_kind_and_a_question_and_its_answer_as_one(
    store: Store, every_kind: Run, tmp_path: Path
) -> None:
    export_run(store, every_kind, FORMATS["openai"], Options(), tmp_path / "data.jsonl")
    card = (tmp_path / "data.card.md").read_text()
    for words in (
        "26 turns in 32 messages of the user, with 22 calls; 2 of 3 offered tools are called.",
        "4 wrong attempts stand in the rows and are not learned.",
        "| clarify | 2 | 2 |",
        "| confirm | 4 | 2 |",
        "| tool_error | 6 | 2 |",
        "| export: faults | `mask` |",
    ):
        assert words in card


@pytest.mark.parametrize(
    ("name", "faults", "done"),
    [
        ("openai", "mask", "stand in the rows and are not learned"),
        ("openai", "keep", "stand in the rows like all other calls"),
        ("openai", "drop", "are left out of the rows"),
        ("trl", "mask", "are left out of the rows"),
        ("trl", "keep", "stand in the rows like all other calls"),
    ],
)
def test_the_report_says_what_became_of_wrong_attempts(
    name: str, faults: Faults, done: str, store: Store, every_kind: Run, tmp_path: Path
) -> None:
    report = export_run(store, every_kind, FORMATS[name], Options(faults=faults), tmp_path / "data.jsonl")
    assert report.attempts() == f"4 wrong attempts {done}."
    hints = (tmp_path / "data.jsonl").read_text().count("Read the request once more.")
    assert hints == (0 if "left out" in done else 2)


def test_provenance_names_failed_attempts_and_the_answer_that_a_value_was_asked_for(
    store: Store, every_kind: Run, tmp_path: Path
) -> None:
    options = Options(provenance=True)
    export_run(store, every_kind, FORMATS["openai"], options, tmp_path / "data.jsonl")
    row = lines(tmp_path / "data.jsonl")[0]
    found = row["provenance"]
    requests = [message["content"] for message in row["messages"] if message["role"] == "user"]
    (asked_back,) = found["arguments"]
    start, end = asked_back["span"]
    assert (found["kinds"][asked_back["turn"]], found["parts"][asked_back["turn"]]) == ("clarify", "closing")
    assert requests[asked_back["turn"]][start:end] == "ORD-24"
    shown = {call["id"]: one for one in row["messages"] for call in one.get("tool_calls", ())}
    assert [(one["fault"], one["learned"], found["outcomes"][one["turn"]]) for one in found["failed"]] == [
        ("error", True, "retry"), ("error", False, "repair"), ("error", True, "report"), ("mistake", False, "")
    ]  # fmt: skip
    assert all(("weight" in shown[one["call"]]) is not one["learned"] for one in found["failed"])


def test_provenance_of_a_row_without_wrong_attempts_names_none(store: Store, every_kind: Run, tmp_path: Path) -> None:
    export_run(store, every_kind, FORMATS["trl"], Options(provenance=True), tmp_path / "data.jsonl")
    found = lines(tmp_path / "data.jsonl")[0]["provenance"]
    assert [found["outcomes"][one["turn"]] for one in found["failed"]] == ["retry", "report"]


def test_a_conversation_of_any_kind_is_chosen_by_its_kinds(store: Store, tmp_path: Path) -> None:
    run = store.open_run(RunConfig(run="some", count=3), MODEL)
    for index, made in enumerate((kinds.talk(kinds.single), kinds.talk(kinds.single, kinds.clarify), conversation())):
        store.save(run, index, made, (), kept=True)
    asked = Options(selection=Selection(kinds=("single", "clarify")))
    report = export_run(store, run, FORMATS["openai"], asked, tmp_path / "data.jsonl")
    assert (report.rows, report.missing) == (2, {"kind": 1})
    assert report.as_json()["kinds"] == {"single": 2, "clarify": 1}
