"""A request carries every required literal, verbatim, once its turn has come, and nothing that looks like code."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dtc_local.errors import StageFailure
from dtc_local.prompts import written
from dtc_local.stages.ask import Wording, ask, find_fault, grammar, wording
from dtc_local.stages.exchanges import one_of
from dtc_local.words import find, sayable
from tests.scripted import constraint_of
from tests.shop import SHOP, STRING, tool
from tests.stages.desks import answered, asked, call, completion, desk, plan_of, ref
from tests.stages.grammars import accepts, compiled

NAMES = ["create_ticket", "ticketId", "weather", "cd", "check-in", "sha1", "status"]
LITERALS = ["Lisbon", 3, "report v2.txt", -1.5]
GOOD = "Please go to Lisbon with 3 friends, open (report v2.txt), then add -1.5 to it."
TEXTS = st.text("abcXYZ é北…€ 019.,;:!'#()/-_%$&~^<>|*+?\\", min_size=1, max_size=12)
VALUES = st.one_of(TEXTS, st.integers(-999, 999), st.floats(-99, 99, allow_nan=False)).filter(
    lambda value: sayable(value, lifted=False) and not written(value).startswith(" ") and written(value).strip()
)


@given(st.lists(VALUES, min_size=1, max_size=5))
def test_a_sentence_that_carries_the_literals_in_order_is_accepted_and_faultless(literals: list[Any]) -> None:
    distinct = list({written(value): value for value in literals}.values())
    middle = " and then ".join(map(written, distinct))
    constraint = compiled(grammar(distinct, NAMES))
    text = f"Please take {middle} from me."
    assert accepts(constraint, text)
    for missing in range(len(distinct)):
        rest = " and then ".join(written(value) for value in distinct[:missing] + distinct[missing + 1 :])
        if written(distinct[missing]) not in rest:
            assert not accepts(constraint, f"Please take {rest} from me.")


@given(st.lists(VALUES, min_size=1, max_size=4), st.data())
def test_whatever_the_grammar_accepts_has_no_fault(literals: list[Any], data: st.DataObject) -> None:
    distinct = list({written(value): value for value in literals}.values())
    joints = st.sampled_from([" ", ", ", "'s ", " (", ") ", " and '", "' #", ". Then ", "? ", " getting_it ", ": "])
    text = "Get " + "".join(written(value) + data.draw(joints) for value in distinct[:-1])
    text += written(distinct[-1]) + data.draw(st.sampled_from([".", "", "?", ", ok.", "'s.", ")!"]))
    if accepts(grammar(distinct, NAMES), text):
        assert find_fault(text, distinct, NAMES) is None


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "Go to Lisbon, 3, report v2.txt, -1.5.",
        "Use Lisbon 3 report v2.txt -1.5!",
    ],
)
def test_these_are_requests(text: str) -> None:
    assert accepts(grammar(LITERALS, NAMES), text)
    assert find_fault(text, LITERALS, NAMES) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Please go to Lisbon with 3 friends, then add -1.5 to it.", "one is missing"),
        ("Please go with 3 to Lisbon, open report v2.txt, then add -1.5 to it.", "the order is another"),
        (GOOD.replace("friends", "friends of 7"), "a digit of its own"),
        (GOOD.replace("-1.5", "1.5"), "another sign"),
        (GOOD.replace(" 3 ", " 33 "), "another number"),
        (GOOD.replace("Lisbon", "Lisbonne"), "the literal goes on"),
        (GOOD.replace("friends", "create_ticket"), "a tool name"),
        (GOOD.replace("friends", "ticketId"), "a parameter name"),
        (GOOD.replace("friends", "check-in"), "a hyphenated name"),
        (GOOD.replace("friends", "$1"), "a call id"),
        (GOOD.replace("friends", "$"), "a dollar sign"),
        (GOOD.replace("friends", '"friends"'), "quotes"),
        (GOOD.replace("friends", "{friends}"), "braces"),
        (GOOD.replace(" friends", "  friends"), "double spaces"),
        (GOOD.replace("friends,", "friends ,"), "a space before a comma"),
        (GOOD.replace("friends", "friends\nand"), "a new line"),
        (GOOD.lower(), "no capital"),
        (GOOD.rstrip("."), "no end"),
        ("", "nothing"),
    ],
)
def test_these_are_none(text: str, why: str) -> None:
    assert not accepts(grammar(LITERALS, NAMES), text), why


def test_a_one_word_tool_name_is_an_ordinary_word() -> None:
    assert accepts(grammar(["Lisbon"], NAMES), "Check the weather and status in Lisbon, then cd there.")


@pytest.mark.parametrize(
    "literal",
    ["create_ticket", "a  b", "wait...", ".txt", "Hello , you", "etc.", "x,", "ticketId is", "sha1", "?!", "( a )"],
)
def test_a_literal_with_something_forbidden_in_it_can_still_be_said(literal: str) -> None:
    assert accepts(grammar([literal], NAMES), f"Please use {literal} today.")
    assert accepts(grammar(["Lisbon", literal, 4], NAMES), f"From Lisbon use {literal} and 4.")


def test_what_a_literal_contains_is_forbidden_elsewhere_all_the_same() -> None:
    assert find_fault("Use sha1 and sha1 of create_ticket now.", ["sha1"], NAMES) == "leaked_name"
    assert find_fault("Use sha1 now.", ["sha1"], NAMES) is None
    assert find_fault("Use $1 with 5.", [5], NAMES) == "leaked_name"
    assert find_fault("Use it.", [5], NAMES) == "missing_literal"


def test_an_enum_value_may_be_said_with_spaces() -> None:
    both = grammar(["in_progress"], NAMES)
    assert accepts(both, "Mark it in progress.")
    assert accepts(both, "Mark it in_progress.")
    assert not accepts(both, "Mark it progress in.")


def test_a_request_without_literals_is_a_plain_sentence() -> None:
    assert accepts(grammar([], NAMES), "What do I have to do today?")
    assert not accepts(grammar([], NAMES), "What do I have to do in 5 days?")


def test_eight_literals_and_many_names_compile() -> None:
    literals = ["Lisbon", 3, "Ada Byron", "2026-03-02", "report.txt", -5, 2.5, "a…b €5"]
    names = [
        f"{verb}_{noun}" for verb in ("get", "set", "create", "delete") for noun in ("room", "bill", "user", "file")
    ]
    text = f"Now {', or '.join(map(written, literals))}."
    assert accepts(grammar(literals, names), text)
    assert all(find(text, literal) for literal in literals)


def test_goals_come_first_and_values_of_unsaid_calls_after_them() -> None:
    chain = plan_of(
        call("$1", "find_customer", name="Ada Byron"),
        call("$2", "book_table", city=ref("$1.city"), guests=4, date="2026-05-01", quiet=True),
    )
    said = wording(desk(), chain, ["$1"])
    assert said.required == ("4", "2026-05-01", "Ada Byron")
    assert said.mentions == ("name: Ada Byron",)
    assert said.goals == ("Book table. guests: 4; date: 2026-05-01; quiet: true",)


def test_a_value_needed_twice_is_required_once() -> None:
    both = plan_of(call("$1", "weather", city="Lisbon"), call("$2", "create_ticket", title="Lisbon", priority=3))
    assert wording(desk(), both, []).required == ("Lisbon", "3")


def test_free_words_have_budgets_and_a_phrase_book_needs_none() -> None:
    words = Wording((), (), ("in_progress", 4))
    free, closed = (next(ask(desk(facts_only=facts_only), words))[0] for facts_only in (False, True))
    assert closed.segments is None
    assert free.segments is not None
    assert [stretch.literals for stretch in free.segments.stretches] == [("in_progress", "in progress"), ("4",)]
    shares = [stretch.budget for stretch in free.segments.stretches] + [free.segments.tail]
    assert len(set(shares)) == 1
    assert 70 < sum(shares) < free.max_tokens - sum(map(len, words.required))


def test_requests_come_best_first_and_every_candidate_is_noted() -> None:
    here = desk()
    candidates = [
        completion("Go to Lisbon.", -0.9),
        completion("Go to Porto.", -0.1),
        completion("See Lisbon.", -0.2),
        completion("See", -0.1, "length"),
    ]
    assert answered(ask(here, Wording((), (), ("Lisbon",))), candidates) == ("See Lisbon.", "Go to Lisbon.")
    noted = [(one.text, one.accepted, one.reason) for one in here.candidates]
    assert noted == [
        ("See", False, "length"),
        ("Go to Porto.", False, "missing_literal"),
        ("See Lisbon.", True, ""),
        ("Go to Lisbon.", True, ""),
    ]


@pytest.mark.parametrize(
    ("text", "finish", "reason"), [("See", "length", "length"), ("See.", "accepted", "missing_literal")]
)
def test_without_a_good_request_the_fault_of_the_best_is_the_reason(text: str, finish: str, reason: str) -> None:
    with pytest.raises(StageFailure) as failure:
        answered(ask(desk(), Wording((), (), ("Lisbon",))), [completion(text, finish=finish)])
    assert failure.value.reason == reason


def test_a_request_says_nothing_of_what_it_shall_lack() -> None:
    here = desk()
    candidates = [
        completion("See Lisbon in 5 days.", -0.1),
        completion("See Lisbon on Monday.", -0.2),
        completion("See Lisbon soon.", -0.3),
    ]
    assert answered(ask(here, Wording((), (), ("Lisbon",)), lacks=["Monday", 5]), candidates) == ("See Lisbon soon.",)
    assert [one.reason for one in here.candidates] == ["label_unproved", "label_unproved", ""]
    with pytest.raises(StageFailure, match="label_unproved"):
        answered(ask(here, Wording((), (), ("Lisbon",)), lacks=["Monday"]), candidates[1:2])


def test_a_request_is_what_its_kind_of_turn_needs() -> None:
    yes = Wording((), (), (), proof=lambda text: text.startswith("Yes"))
    assert answered(ask(desk(), yes), [completion("Maybe.", -0.1), completion("Yes, do.", -0.2)]) == ("Yes, do.",)
    with pytest.raises(StageFailure, match="label_unproved"):
        answered(ask(desk(), yes), [completion("Maybe.")])


@pytest.mark.parametrize("facts_only", [False, True])
def test_only_a_small_model_is_held_to_the_exchange_it_takes_part_in(facts_only: bool) -> None:
    words = Wording(("Say yes.",), (), (), closed=one_of(["Yes, please."]))
    (request,) = asked(ask(desk(facts_only=facts_only), words))
    assert accepts(constraint_of(request), "Yes, please.")
    assert accepts(constraint_of(request), "Fine by me.") is not facts_only


def test_withheld_tools_are_named_by_nobody() -> None:
    secret = tool("get_secret", {"secretCode": STRING})
    here = desk(offer=[*SHOP, secret], withheld=[secret])
    texts = ["Please get_secret of Lisbon.", "Use the secretCode of Lisbon.", "Use the secret of Lisbon."]
    candidates = [completion(text, -0.1 * place) for place, text in enumerate(texts)]
    assert answered(ask(here, Wording((), (), ("Lisbon",))), candidates) == (texts[2],)
    assert [one.reason for one in here.candidates] == ["leaked_name", "leaked_name", ""]
