"""The phrase book: clauses taken from descriptions, and what the grammars of requests and replies let through."""

from __future__ import annotations

import pytest
from llguidance import LLMatcher, LLTokenizer

from dtc_local.stages.phrasebook import (
    Phrase,
    clause,
    clauses_in,
    items_of,
    label,
    named_values,
    reply_grammar,
    request_grammar,
)

TOKENIZER = LLTokenizer("byte")
CLOSE = clause("Closes a ticket for good.", "close ticket")
NOTIFY = clause("Notify the customer by mail.", "notify customer")


def accepts(grammar: str, text: str) -> bool:
    matcher = LLMatcher(TOKENIZER, LLMatcher.grammar_from_lark(grammar))
    assert not matcher.get_error()
    tokens = TOKENIZER.tokenize_str(text)
    return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()


@pytest.mark.parametrize(
    ("name", "said"), [("file_name2", "file name two"), ("lineNo10", "line no one zero"), ("order_id", "order id")]
)
def test_a_name_is_said_without_digits(name: str, said: str) -> None:
    """A digit in a request is a value's, so that no reader takes a name's for one."""
    assert label(name) == said


@pytest.mark.parametrize(
    ("description", "name", "shortest", "outcome"),
    [
        ("Closes a ticket for good.", "close ticket", "close a ticket", "closed a ticket"),
        ("Copies one file to another place", "cp", "copy one file", "copied one file"),
        ("Returning the details of an order", "order details", "return the details", "returned the details"),
        ("Use this to restart a server.", "server restart", "restart a server", "restarted a server"),
        ("This tool sends a message to a user", "send", "send a message", "sent a message"),
        ("Look up one ticket.", "get ticket", "look up one ticket", "looked up one ticket"),
        (
            "Find out where an order is now.",
            "track",
            "find out where an order is now",
            "found out where an order is now",
        ),
        ("", "book room", "book room", "booked room"),
    ],
)
def test_a_description_becomes_an_order_and_an_outcome(
    description: str, name: str, shortest: str, outcome: str
) -> None:
    said = clause(description, name)
    assert said.imperatives[0] == shortest
    assert said.outcomes[0] == outcome


def test_a_description_without_a_verb_is_asked_to_be_shown() -> None:
    assert clause("Current weather of a city", "weather").imperatives[0] == "show me the Current weather"


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("Please close a ticket with ticket id 4821, and notify the customer with the name Karen Ford.", True),
        (
            "Could you close a ticket for good using ticket id 4821 and then notify the customer with name Karen Ford?",
            True,
        ),
        ("Please notify the customer with the name Karen Ford and close a ticket with ticket id 4821.", False),
        ("Please close a ticket with ticket id 4821 and notify the customer.", False),
        ("Please close a ticket with 4821 and notify the customer with the name Karen Ford.", False),
        ("Please zorb a ticket with ticket id 4821, and notify the customer with the name Karen Ford.", False),
        ("Please close a ticket with ticket id 4822, and notify the customer with the name Karen Ford.", False),
        ("close a ticket with ticket id 4821, and notify the customer with the name Karen Ford.", False),
    ],
)
def test_a_request_says_every_clause_and_every_value_behind_its_name_in_order(text: str, accepted: bool) -> None:
    grammar = request_grammar(
        [Phrase(CLOSE, (("ticket id", ("4821",)),)), Phrase(NOTIFY, (("name", ("Karen Ford",)),))], ()
    )
    assert accepts(grammar, text) is accepted


def test_values_that_come_from_elsewhere_are_asked_for_as_such() -> None:
    grammar = request_grammar([Phrase(CLOSE, (), from_before=("ticket id",))], [("city", ("Lisbon",))])
    assert accepts(grammar, "Please close a ticket with the ticket id from before with city Lisbon.")
    assert not accepts(grammar, "Please close a ticket with city Lisbon.")


def test_what_a_result_calls_by_another_name_is_asked_for_by_both_names() -> None:
    phrase = Phrase(CLOSE, (), from_before=("ticket id",), sources={"ticket id": "case"})
    grammar = request_grammar([phrase], [("city", ("Lisbon",))])
    for taken in (" using the case from before as the ticket id", " with that case as the ticket id"):
        text = f"Please close a ticket{taken} with city Lisbon."
        assert accepts(grammar, text)
        assert list(named_values(text, ["city", "ticket id", "case"])) == [("ticket id", None), ("city", "Lisbon")]


def test_several_values_of_one_name_are_said_as_a_list() -> None:
    grammar = request_grammar([Phrase(CLOSE, (("tags", ("red",)), ("tags", ("blue",))))], ())
    assert accepts(grammar, "Please close a ticket with the tags red and blue.")


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("I have closed a ticket. The status is solved and the total is 17.5.", True),
        ("Done. The total is 17.5.", True),
        ("The total is solved.", False),
        ("I have notified the customer.", False),
        ("Is the total 17.5?", False),
    ],
)
def test_a_reply_says_what_was_done_and_each_field_with_its_own_value(text: str, accepted: bool) -> None:
    grammar = reply_grammar([(CLOSE, [("status is", ("solved",)), ("total is", ("17.5",))])])
    assert accepts(grammar, text) is accepted


def test_a_reply_to_several_calls_states_the_fields_of_the_last_one() -> None:
    grammar = reply_grammar([(CLOSE, [("total is", ("17.5",))]), (NOTIFY, [("total is", ("3",))])])
    assert accepts(grammar, "I have closed a ticket and notified the customer. The total is 3.")
    assert accepts(grammar, "I have notified the customer.")
    assert not accepts(grammar, "I have closed a ticket. The total is 3.")
    assert not accepts(grammar, "I have notified the customer. The total is 17.5.")


def test_what_the_grammar_writes_is_found_again() -> None:
    text = " with the ticket id of 4821, tags red, and blue for that city and the note Call me at noon right away."
    found = [("ticket id", "4821"), ("tags", "red, and blue"), ("city", None), ("note", "Call me at noon")]
    assert list(named_values(text, ["id", "ticket id", "tags", "city", "note"])) == found
    assert items_of("red, and blue") == ["red", "blue"]
    assert list(clauses_in("Please close a ticket for good.", CLOSE)) == [(7, len("close a ticket for good"))]


def test_a_clause_keeps_the_forms_that_no_other_tool_has() -> None:
    short = clause("Add a key to the short list.", "add")
    long = clause("Add a key to the long list.", "add")
    assert short.apart_from([long]).imperatives == ("add a key to the short list",)
    assert short.apart_from([short]).imperatives == short.imperatives[-1:]
