"""Every rule on questions back, refusals, consent, errors and mistakes can fail, and fails alone."""

from __future__ import annotations

from typing import Any

import pytest

from dtc_local.audit import violations
from dtc_local.audit.base import Placed
from dtc_local.audit.consistency import changed_facts, spoken_of_deleted
from dtc_local.audit.exchanges import agrees
from dtc_local.audit.presence import denied
from dtc_local.audit.terms import Terms, terms_of_run
from dtc_local.records import KINDS, SHAPES, ExecutedCall, Tool
from dtc_local.settings import RunConfig
from tests.audit.exchanged import ORD_7, WITHHELD, conversation, failure, focus, made, turn
from tests.audit.sound import ORDER, TEXT, Change, Dumped, put, tool

ALL = Terms(consent=True, kinds=KINDS)


def broken(*changes: Change, terms: Terms | None = None) -> list[str]:
    """The rules that the changed conversation breaks."""
    return sorted({violation.rule for violation in violations(conversation(*changes), terms)})


def claim(number: int, outline: int, **values: Any) -> Change:
    """A change to what a turn and its outline say of it; the turns of a kind with two parts are changed together."""

    def change(whole: Dumped) -> None:
        whole["scenario"]["turns"][outline] |= values
        closes = whole["turns"][number].get("part") == "closing"
        for one in whole["turns"][number - closes : number + 1]:
            one |= values

    return change


def all_of(*changes: Change) -> Change:
    """Several changes as one."""

    def change(whole: Dumped) -> None:
        for one in changes:
            one(whole)

    return change


def attempt(number: int, **values: Any) -> Change:
    """A change to the first call of a turn."""
    return lambda whole: whole["turns"][number]["levels"][0][0].update(values)


def hint(text: Any) -> Change:
    """Another hint."""
    return attempt(9, result={"hint": text})


def no_first_call(number: int) -> Change:
    """The attempt that failed is left out."""
    return lambda whole: whole["turns"][number]["levels"].pop(0)


def failed_twice(whole: Dumped) -> None:
    again = dict(whole["turns"][6]["levels"][0][0], id="$4~2")
    whole["turns"][6]["levels"].insert(0, [again])


def failed_beside(whole: Dumped) -> None:
    levels = whole["turns"][9]["levels"]
    whole["turns"][9]["levels"] = [[one for level in levels for one in level]]


def status_returned_and_read(whole: Dumped) -> None:
    """A write returns a status, and a list shows the one that there was before."""
    whole["turns"][7]["levels"][1][0]["result"] = {"order_id": "ORD-8", "status": "noted"}
    whole["turns"][9]["levels"][1][0]["result"] = {"orders": [ORD_7, {"order_id": "ORD-8", "status": "packed"}]}


LONG = "One two three four five six seven eight nine ten eleven."
WRONG = {"tool": "note_order", "arguments": {"order_id": "ORD-8", "text": "it is fragile"}}
UNKNOWN = {"arguments": {"order_id": "ORD-99"}}
CASES: list[tuple[str, str, Change]] = [
    ("withheld", "a withheld tool on offer", lambda whole: whole["scenario"]["offer"].append(WITHHELD[0])),
    ("verified", "a request that no reader saw", put("turns", 0, "verification", to=None)),
    ("turn_program", "a turn of another outcome", put("turns", 4, "outcome", to="")),
    ("kinds", "a value told before the question", put("turns", 0, "request", to="Find the order of Ada Byron.")),
    ("kinds", "a value told by the question", put("turns", 0, "reply", to="Shall I look for Ada Byron?")),
    ("kinds", "a question for what may be left out", put("scenario", "offer", 0, "parameters", "required", to=[])),
    ("kinds", "a tool that is not withheld", put("scenario", "withheld", to=[])),
    ("kinds", "a recalled value unsaid", put("turns", 3, "reply", to="It was packed.")),
    ("kinds", "a field that no result has", claim(3, 2, focus=focus("$1", "", "weight"))),
    ("kinds", "another value changed than said", claim(5, 4, focus=focus("$1", "status"))),
    ("kinds", "a call of which nothing is corrected", claim(5, 4, focus=focus("$3", "customer"))),
    ("kinds", "nothing done after a yes", all_of(claim(13, 10, outcome="yes"), put("turns", 13, "request", to="Yes."))),
    ("kinds", "an error that never came", no_first_call(6)),
    ("kinds", "a mistake that nobody made", no_first_call(9)),
    ("kinds", "gone, though nothing destroyed it", claim(8, 7, outcome="gone", focus=focus("$6", "order_id"))),
    ("attempts", "two failures", failed_twice),
    ("attempts", "a mistake beside the right call", failed_beside),
    ("attempts", "an attempt at another call", attempt(6, id="$3~1")),
    ("errors", "an error in a shape of its own", attempt(6, result={"error": "late"})),
    ("errors", "not the tool's own shape", attempt(8, result=failure("locked", "somebody has locked it"))),
    ("after_errors", "another call again", attempt(6, arguments={"order_id": "ORD-7"})),
    ("after_errors", "nothing that was lacking", attempt(7, arguments={"order_id": "ORD-8", "text": "it is fragile"})),
    ("after_errors", "another tool again", attempt(6, tool="hold_order", result={"detail": "late"})),
    ("mistakes", "the right call", attempt(9, tool="list_orders", arguments={})),
    ("mistakes", "a right call of an earlier turn", attempt(9, **WRONG)),
    ("hints", "eleven words", hint(LONG)),
    ("hints", "no words", hint("")),
    ("hints", "a name", hint("Call list_orders for that.")),
    ("hints", "a value", hint("This is not about ORD-7.")),
    ("hints", "facts", attempt(9, result={"hint": "Look again.", "status": "open"})),
    ("openings", "nothing asked", put("turns", 0, "reply", to="The customer is missing.")),
    ("consent", "a destructive call unasked", put("scenario", "offer", 0, "effect", to="destructive")),
    ("answers", "neither yes nor no", put("turns", 11, "request", to="Well, who knows.")),
    ("answers", "a no", put("turns", 11, "request", to="No, keep it.")),
    ("answers", "a yes where nothing is done", put("turns", 13, "request", to="Please do.")),
    ("admitted", "a failure passed over", put("turns", 8, "reply", to="Order ORD-8 is on hold.")),
    ("admitted", "a missing tool passed over", put("turns", 2, "reply", to="The parcel is on its way.")),
    ("lists_are_whole", "an empty list", put("turns", 9, "levels", 1, 0, "result", "orders", to=[])),
    ("lists_are_whole", "an order left out", put("turns", 9, "levels", 1, 0, "result", "orders", to=[ORD_7])),
    ("not_found", "what was shown is not there", attempt(6, result=failure("not_found", "there is no such order"))),
    ("facts_stay", "an old value after a write returned a new one", status_returned_and_read),
    ("reply_grounded", "a value of a mistake", all_of(attempt(9, **UNKNOWN), put("turns", 9, "reply", to="ORD-99."))),
    ("arguments_schema", "a mistake without what is required", attempt(9, arguments={})),
]  # fmt: skip


def test_a_sound_conversation_of_all_those_kinds_passes_every_rule() -> None:
    assert broken() == []
    assert broken(terms=ALL) == []
    assert {turn.kind for turn in conversation().turns} == set(KINDS) - set(SHAPES)


@pytest.mark.parametrize(("rule", "case", "change"), CASES, ids=[f"{rule}: {case}" for rule, case, _ in CASES])
def test_what_breaks_one_rule_is_caught_by_that_rule_alone(rule: str, case: str, change: Change) -> None:
    assert broken(change) == [rule]


@pytest.mark.parametrize("wrong", KINDS)
def test_no_turn_can_claim_another_kind(wrong: str) -> None:
    turns = conversation().turns
    closes = [number for number, one in enumerate(turns) if one.part != "opening"]
    for outline, number in enumerate(closes):
        single = bool(turns[number].plan.calls) and wrong in ("single",)
        if turns[number].kind != wrong and not single:
            assert {"kinds", "turn_program"} & set(broken(claim(number, outline, kind=wrong)))


def test_an_opening_that_calls_is_caught() -> None:
    early = turn("confirm", "Delete order ORD-7.", "Shall I?", made("$8", "delete_order", None, order_id="ORD-7"))
    assert "openings" in broken(put("turns", 10, "levels", to=early["levels"]))


def test_a_call_of_a_withheld_tool_is_caught() -> None:
    assert "withheld" in broken(attempt(9, tool="track_parcel"))


def test_an_error_that_is_reported_ends_the_turn() -> None:
    def goes_on(whole: Dumped) -> None:
        whole["turns"][8]["levels"].append([made("$6", "hold_order", {"order_id": "ORD-8"}, order_id="ORD-8")])

    assert {"after_errors", "attempts", "levels"} <= set(broken(goes_on))


def test_a_result_that_failed_is_no_source_of_values() -> None:
    late = {"call": "$5", "argument": "text", "source": "result", "path": "$4~1.error.message"}
    assert "provenance" in broken(put("turns", 7, "provenance", 1, to=late))


@pytest.mark.parametrize(
    ("lifts", "rule", "change"),
    [
        (Terms(verified=False), "verified", put("turns", 0, "verification", to=None)),
        (Terms(consent=False), "consent", put("scenario", "offer", 0, "effect", to="destructive")),
        (Terms(language="de"), "answers", put("turns", 11, "request", to="Ja, bitte.")),
        (Terms(language="de"), "admitted", put("turns", 8, "reply", to="Das geht leider im Moment wohl kaum.")),
    ],
)
def test_rules_hold_where_the_settings_of_the_run_call_for_them(lifts: Terms, rule: str, change: Change) -> None:
    assert broken(change, terms=ALL) == [rule]
    assert broken(change, terms=lifts) == []


def test_the_terms_are_those_of_the_settings() -> None:
    plain = terms_of_run(RunConfig(verify="strict").identity())
    assert (plain.verified, plain.consent, plain.language) == (True, RunConfig().mix["confirm"] > 0, "en")
    other = terms_of_run(RunConfig(verify="off", language="de", mix={"single": 1, "confirm": 2}).identity())
    assert other == Terms(verified=False, consent=True, language="de", kinds=("single", "confirm"))
    assert terms_of_run({}) == Terms(), "a run of before there were such settings"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Yes, go ahead.", "yes"),
        ("Please do.", "yes"),
        ("Sure, go on.", "yes"),
        ("No, please don't.", "no"),
        ("Please don't.", "no"),
        ("On second thought, no.", "no"),
        ("Better not.", "no"),
        ("Which one was it?", ""),
    ],
)
def test_a_yes_and_a_no_are_told_from_other_words(text: str, meant: str) -> None:
    assert agrees(text) == meant


def placed(
    name: str, arguments: Dumped, result: Any, effect: str = "read", fault: str = "", call: str = "$1"
) -> Placed:
    """A call as the rules see it."""
    executed = ExecutedCall.model_validate(made(call, name, result, fault, **arguments))
    properties = dict.fromkeys(arguments, TEXT)
    return Placed(0, 0, executed, None, Tool.model_validate(tool(name, properties, ORDER, effect)))


def test_what_was_made_is_as_it_was_asked_for() -> None:
    makes = placed("create_order", {"customer": "Ada Byron"}, {"order_id": "ORD-5"}, "write")
    for customer, changes in (("Ada Byron", 0), ("Max Planck", 1)):
        reads = placed("get_order", {"order_id": "ORD-5"}, {"order_id": "ORD-5", "customer": customer}, call="$2")
        assert len(list(changed_facts([makes, reads]))) == changes


def test_all_that_one_call_deletes_is_gone() -> None:
    both = placed("delete_orders", {"order_ids": ["ORD-5", "ORD-6"]}, {"deleted": 2}, "destructive")
    for order in ("ORD-5", "ORD-6"):
        reads = placed("get_order", {"order_id": order}, {"order_id": order}, call="$2")
        assert len(list(spoken_of_deleted([both, reads]))) == 1


def test_what_is_overwritten_is_not_gone_though_a_specification_says_that_it_destroys() -> None:
    overwrites = placed("update_order", {"order_id": "ORD-5", "status": "open"}, {"done": True}, "destructive")
    reads = placed("get_order", {"order_id": "ORD-5"}, {"order_id": "ORD-5"}, call="$2")
    assert not list(spoken_of_deleted([overwrites, reads]))


def test_an_error_may_deny_what_was_deleted_never_shown_or_is_not_meant() -> None:
    shown = placed("get_order", {"order_id": "ORD-5"}, {"order_id": "ORD-5"})
    deleted = placed("delete_order", {"order_id": "ORD-5"}, {"done": True}, "destructive", call="$2")
    missing = failure("not_found", "there is no such entry")
    error = placed("get_order", {"order_id": "ORD-5"}, missing, fault="error", call="$3")
    other = placed("send_order", {"order_id": "ORD-5", "carrier": "Ada"}, failure("404", "no such carrier"), "write",
                   "error", "$4")  # fmt: skip
    assert [one.call for one in denied([shown, error])] == ["$3"]
    assert not list(denied([shown, deleted, error]))
    assert not list(denied([error]))
    assert not list(denied([shown, other]))
    two = {"order_id": "ORD-5", "other_order_id": "ORD-6"}
    one_of_two = placed("join_orders", two, failure("404", "order not found"), "write", "error", "$4")
    by_id = placed("join_orders", two, failure("404", "there is no order ORD-5"), "write", "error", "$4")
    assert not list(denied([shown, one_of_two]))
    assert [one.call for one in denied([shown, by_id])] == ["$4"]
    uses = placed("pay_bill", {"order_id": "ORD-5"}, {"paid": True}, "write", call="$2")
    assert [one.call for one in denied([shown, uses, error])] == ["$3"]
    assert not list(denied([shown, uses, error], trusted=False)), "who guesses effects cannot know what a write used up"
