"""Every rule can fail: a change that breaks one rule is caught by that rule and by no other."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import dtc_local.audit
from dtc_local.audit import RULES, audit_conversations, summary, violations
from tests.audit.sound import Change, Dumped, conversation, origin, put, said, tool
from tests.audit.test_exchanged import CASES as EXCHANGED


def broken(*changes: Change) -> list[str]:
    """The rules that the changed conversation breaks."""
    return sorted({violation.rule for violation in violations(conversation(*changes))})


def call(turn: int, level: int, position: int, *path: str, to: Any) -> Change:
    """A change to an executed call."""
    return put("turns", turn, "levels", level, position, *path, to=to)


def planned(turn: int, position: int, argument: str, to: Any) -> Change:
    """A change to a planned literal."""
    return put("turns", turn, "plan", "calls", position, "arguments", argument, "value", to=to)


def all_of(*changes: Change) -> Change:
    """Several changes as one."""

    def change(made: Dumped) -> None:
        for one in changes:
            one(made)

    return change


def original(position: int, *path: str, to: Any) -> Change:
    """A change to the original parameters of an offered tool."""
    return put("scenario", "offer", position, "source", "parameters", "properties", *path, to=to)


def offered_twice(made: Dumped) -> None:
    made["scenario"]["offer"].append(tool("ls", {"path": {"type": "string"}}))


def unlisted_tool(made: Dumped) -> None:
    made["scenario"]["offer"] = [one for one in made["scenario"]["offer"] if one["name"] != "compare"]


def undeclared_argument(made: Dumped) -> None:
    made["turns"][5]["plan"]["calls"][0]["arguments"]["force"] = {"kind": "literal", "value": True}
    made["turns"][5]["levels"][0][0]["arguments"]["force"] = True
    made["turns"][5]["provenance"].append(origin("$12", "force", "inferred"))


def renumbered(made: Dumped) -> None:
    made["turns"][5]["plan"]["calls"][0]["id"] = "$13"
    made["turns"][5]["levels"][0][0]["id"] = "$13"
    made["turns"][5]["provenance"][0]["call"] = "$13"


def call_left_out(made: Dumped) -> None:
    made["turns"][2]["levels"][0].pop()
    made["turns"][2]["reply"] = "Grace Hopper has ORD-21."


def one_call_a_level(made: Dumped) -> None:
    made["turns"][2]["levels"] = [[one] for one in made["turns"][2]["levels"][0]]


def all_calls_at_once(made: Dumped) -> None:
    levels = made["turns"][4]["levels"]
    made["turns"][4]["levels"] = [[one for level in levels for one in level]]


elsewhere = origin("$12", "order_id", "result", path="$4.order_id")


def no_origin(made: Dumped) -> None:
    made["turns"][0]["provenance"].pop(0)


def no_origin_inside(made: Dumped) -> None:
    made["turns"][4]["provenance"].pop(5)


def origin_in_no_call(made: Dumped) -> None:
    made["turns"][0]["provenance"].append(origin("$7", "customer", "inferred"))


def two_origins(made: Dumped) -> None:
    made["turns"][0]["provenance"].append(origin("$2", "notify", "inferred"))


def foreign_origin(made: Dumped) -> None:
    made["turns"][0]["provenance"].append(origin("$2", "colour", "inferred"))


def looked_twice(made: Dumped) -> None:
    """The same look at the order again, in the place of the deletion; its status has changed by itself."""
    made["turns"][5] = made["turns"][1] | {
        "plan": {"calls": [made["turns"][1]["plan"]["calls"][0] | {"id": "$12"}]},
        "levels": [[made["turns"][1]["levels"][0][0] | {"id": "$12"}]],
        "provenance": [origin("$12", "order_id", "result", path="$1.order_id")],
    }
    made["scenario"]["turns"][5]["kind"] = "follow_up"
    # Rating is the only write in between; as a read, it leaves both looks comparable.
    made["scenario"]["offer"][4]["effect"] = "read"


def seen_otherwise(made: Dumped) -> None:
    """Another read tells another total of the same order."""
    looked_twice(made)
    other = tool("order_details", {"order_id": {"type": "string"}}, made["scenario"]["offer"][1]["output"])
    made["scenario"]["offer"].append(other)
    made["turns"][5]["plan"]["calls"][0]["tool"] = "order_details"
    made["turns"][5]["levels"][0][0]["tool"] = "order_details"


def path_to_nowhere(made: Dumped) -> None:
    made["turns"][1]["plan"]["calls"][0]["arguments"]["order_id"]["path"] = ["id"]
    made["turns"][1]["provenance"][0]["path"] = "$1.id"


def five_inside_fifteen(made: Dumped) -> None:
    compare = made["turns"][3]
    compare["request"] = compare["request"].replace("5", "15")
    compare["required"][0] = "15"
    compare["levels"][0][0]["result"]["total"] = 5
    compare["provenance"] = [
        *compare["provenance"][2:4],
        said(compare["request"], "$6", "customer", "Alan Turing", 3),
        said(compare["request"], "$7", "customer", "Mary Shelley", 3),
        origin("$8", "top", "result", path="$6.total"),
    ]


def unsaid_choice(made: Dumped) -> None:
    hold = made["turns"][0]
    hold["request"] = hold["request"].replace("on hold", "far away")
    hold["required"] = ["Ada Byron"]
    hold["provenance"][2] = origin("$2", "status", "inferred")


def less_told(made: Dumped) -> None:
    looked_twice(made)
    made["turns"][5]["levels"][0][0]["result"] = {"order_id": "ORD-7"}
    made["turns"][5]["reply"] = "Here it is."


def new_total(turn: int) -> Change:
    def change(made: Dumped) -> None:
        made["turns"][turn]["levels"][0][0]["result"] = made["turns"][turn]["levels"][0][0]["result"] | {"total": 99}
        made["turns"][turn]["reply"] = "It comes to 99."

    return change


def looked_after_deletion(made: Dumped) -> None:
    """The order is looked at in the place of the rating, and had been deleted when it was put on hold."""
    made["scenario"]["offer"][2]["effect"] = "destructive"


REQUEST = ("turns", 5, "request")
REPLY = ("turns", 1, "reply")
BACK = ("turns", 1, "plan", "calls", 0, "arguments", "order_id")
ORIGIN = ("turns", 5, "provenance", 0)

CASES: list[tuple[str, str, Change]] = [
    ("offer", "two tools of one name", offered_twice),
    ("offer", "a name with a blank", put("scenario", "offer", 6, "name", to="list all")),
    ("known_tool", "a tool that is not on offer", unlisted_tool),
    ("call_ids", "an id left out", renumbered),
    ("arguments_schema", "a number above the maximum", original(3, "top", "maximum", to=4)),
    ("arguments_schema", "a date where a time must be", original(4, "day", "format", to="time")),
    ("argument_names", "an argument that no parameter has", undeclared_argument),
    ("result_schema", "a total that is text", call(1, 0, 0, "result", "total", to="120.5")),
    ("references", "another value than the result's", call(3, 1, 0, "arguments", "firstOrder", to="ORD-32")),
    ("references", "a path that leads nowhere", path_to_nowhere),
    ("references", "a value of another type", put(*BACK, "type", to="integer")),
    ("literals", "a float for an integer", call(3, 1, 0, "arguments", "top", to=5.0)),
    ("literals", "another value than planned", planned(0, 1, "notify", False)),
    ("levels", "a call that was not made", call_left_out),
    ("levels", "independent calls one after the other", one_call_a_level),
    ("levels", "a call beside the one it needs", all_calls_at_once),
    ("grounded", "5 inside 15", five_inside_fifteen),
    ("grounded", "a choice that nobody said", unsaid_choice),
    ("required_carried", "literals in another order", put("turns", 2, "required", to=["Zoë Müller", "Grace Hopper"])),
    ("no_other_digits", "a date nobody asked for", put(*REQUEST, to="Now delete order ORD-7, it is from 2024.")),
    ("provenance", "an argument without origin", no_origin),
    ("provenance", "a scalar without origin", no_origin_inside),
    ("provenance", "an origin in another turn's call", origin_in_no_call),
    ("provenance", "an argument with two origins", two_origins),
    ("provenance", "an origin without argument", foreign_origin),
    ("provenance", "a span beside the value", put(*ORIGIN, "span", to=[16, 22])),
    ("provenance", "a span in a later turn", put("turns", 0, "provenance", 0, "turn", to=2)),
    ("provenance", "another path than the plan's", put("turns", 0, "provenance", 1, "path", to="$1.status")),
    ("provenance", "a schema that fixes nothing", put(*ORIGIN, to=origin("$12", "order_id", "schema"))),
    ("provenance", "a text said to be inferred", put(*ORIGIN, to=origin("$12", "order_id", "inferred"))),
    ("provenance", "a result that holds another value", put(*ORIGIN, to=elsewhere)),
    ("requests_said", "two lines", put(*REQUEST, to="Now delete\norder ORD-7.")),
    ("no_names", "a tool's name", put("turns", 1, "request", to="Call get_order on it.")),
    ("no_names", "a parameter's name", put(*REPLY, to="Its order_id is ORD-7.")),
    ("no_names", "a name in camel case", put("turns", 1, "request", to="What is the firstOrder?")),
    ("no_call_ids", "a call id", put("turns", 3, "reply", to="See the result of $1.")),
    ("no_json", "an object", put(*REPLY, to='It is {"status": on hold}.')),
    ("no_json", "a list", put("turns", 1, "request", to='Look at ["them"] again.')),
    ("reply_length", "four sentences", put(*REPLY, to="It is. It was. It will be. So there.")),
    ("reply_length", "a question", put(*REPLY, to="Shall I go on?")),
    ("reply_length", "no reply", put(*REPLY, to="")),
    ("reply_grounded", "a number that nothing holds", put(*REPLY, to="It comes to $120.55.")),
    ("reply_grounded", "an id of a later turn", put(*REPLY, to="It is ORD-21.")),
    ("reply_grounded", "part of an id", put(*REPLY, to="It is number 7.")),
    ("echo", "another order in the result", call(4, 1, 1, "result", "day", to="2026-03-06")),
    ("same_read_same_result", "another result of the same read", less_told),
    ("facts_stay", "another total of the same order", all_of(seen_otherwise, new_total(5))),
    ("facts_stay", "the old status after a write", call(1, 0, 0, "result", "status", to="paid")),
    ("deleted_stays_deleted", "a look at what was deleted", looked_after_deletion),
    ("turn_program", "a turn less, and not rescued", lambda made: made["turns"].pop()),
    ("turn_program", "rescued with all its turns", put("rescued", to=True)),
    ("implicit", "an unsaid sink", put("turns", 4, "implicit", to=["$9", "$11"])),
    ("implicit", "a call of another turn", put("turns", 5, "implicit", to=["$1"])),
    ("verified", "no right prediction", put("turns", 2, "verification", "equal", to=0)),
    ("verified", "no verification", put("turns", 2, "verification", to=None)),
    ("judged", "a verdict to drop", put("verdict", to={"keep": False, "reason": "contradiction"})),
    ("judged", "no verdict", put("verdict", to=None)),
]  # fmt: skip


def test_a_sound_conversation_passes_every_rule() -> None:
    assert not list(violations(conversation()))


@pytest.mark.parametrize(("rule", "case", "change"), CASES, ids=[f"{rule}: {case}" for rule, case, _ in CASES])
def test_what_breaks_one_rule_is_caught_by_that_rule_alone(rule: str, case: str, change: Change) -> None:
    assert broken(change) == [rule]


@pytest.mark.parametrize("wrong", ["single", "parallel", "chain", "fan_in", "fan_out", "follow_up"])
def test_no_turn_can_claim_another_kind(wrong: str) -> None:
    for number, turn in enumerate(conversation().turns):
        # A look back is one call, too: `single` says no more than that.
        if wrong in (turn.kind, "single" if turn.kind == "follow_up" else ""):
            continue
        claim = all_of(put("turns", number, "kind", to=wrong), put("scenario", "turns", number, "kind", to=wrong))
        assert broken(claim) == ["kinds"]


def test_a_reference_in_a_reply_is_caught() -> None:
    assert "no_call_ids" in broken(put(*REPLY, to="The order is $1.order"))


def test_an_amount_of_money_is_no_call_id() -> None:
    assert not broken(call(1, 0, 0, "result", "total", to=2), put(*REPLY, to="It comes to $2."))


def test_an_implicit_call_with_a_said_ancestor_is_caught() -> None:
    deeper = conversation(put("turns", 3, "implicit", to=["$6", "$8"]))
    whats = [violation.what for violation in violations(deeper) if violation.rule == "implicit"]
    assert any("$7" in what for what in whats)


def test_every_rule_has_a_case_that_breaks_it() -> None:
    caught = {rule for rule, _, _ in (*CASES, *EXCHANGED)}
    assert {rule.__name__ for rule in RULES} == caught


def test_the_summary_says_where_and_what() -> None:
    audited = audit_conversations([("r-3", conversation(put("verdict", to=None))), ("r-4", conversation())])
    assert not audited.sound
    assert audited.conversations == 2
    assert audited.counts["judged"] == 1
    assert "judged: r-3: there is no verdict" in summary(audited)


def test_nothing_to_look_at_is_not_sound() -> None:
    assert not audit_conversations([]).sound


def test_rules_import_nothing_that_makes_conversations() -> None:
    allowed = ("dtc_local.audit", "dtc_local.records", "dtc_local.store", "dtc_local.errors")
    for path in Path(dtc_local.audit.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dtc_local"):
                assert (node.module or "").startswith(allowed), f"{path.name} imports {node.module}"
