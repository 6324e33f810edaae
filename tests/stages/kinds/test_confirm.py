"""confirm: what destroys is done after a yes and never after a no; what is neither is no answer."""

from __future__ import annotations

import pytest

from dtc_local.engine.base import Request
from dtc_local.errors import StageFailure
from dtc_local.records import CallOutline, Focus
from dtc_local.settings import CONSENT_RULE, RunConfig
from dtc_local.stages.exchanges import consent
from tests.stages.desks import outline
from tests.stages.playing import EVERY_KIND, both_modes, but, played, scene, staged, table


@both_modes
def test_the_call_comes_only_after_the_yes(small: bool) -> None:
    _, _, (opening, closing), here = staged("confirm, yes", small)
    assert (opening.levels, opening.reply[-1]) == ((), "?")
    assert consent(closing.request) is True
    assert [call.tool for call in closing.executed()] == ["cancel_order"]
    assert here.scenario.tool("cancel_order").effect == "destructive"


@both_modes
def test_after_a_no_nothing_is_called(small: bool) -> None:
    _, _, (opening, closing), _ = staged("confirm, no", small)
    assert consent(closing.request) is False
    assert (opening.levels, closing.levels, closing.plan.calls) == ((), (), ())
    assert not closing.reply.endswith("?")


@both_modes
def test_the_yes_alone_does_not_say_what_is_to_be_done(small: bool) -> None:
    _, _, (opening, closing), _ = staged("confirm, yes", small)
    (value,) = opening.required
    assert value in opening.request
    assert value not in closing.request
    assert closing.provenance[0].turn == 0


def test_the_rule_of_consent_stands_in_the_system_message_of_a_run_with_such_turns() -> None:
    assert CONSENT_RULE in scene("confirm, yes").system
    assert RunConfig(policy="Be brief.", mix=EVERY_KIND).rules == f"Be brief. {CONSENT_RULE}"
    assert RunConfig(policy="Be brief.", mix={"single": 1}).rules == "Be brief."
    assert RunConfig(mix={"single": 1}).rules == ""


@pytest.mark.parametrize("words", ["Perhaps we could wait and see.", "Yes, but not today.", "Please do not do that."])
def test_an_answer_that_is_no_yes_is_refused(words: str) -> None:
    def answer(request: Request) -> str:
        return words if "Say yes" in request.messages[-1].parts[-1] else ""

    with pytest.raises(StageFailure, match="label_unproved"):
        played(scene("confirm, yes", retries=0), script=but(ask=answer))


@pytest.mark.parametrize("words", ["Perhaps we could see.", "Now go ahead and do it.", "No problem, go ahead."])
def test_an_answer_that_is_no_no_is_refused(words: str) -> None:
    def answer(request: Request) -> str:
        return words if "Say no" in request.messages[-1].parts[-1] else ""

    with pytest.raises(StageFailure, match="label_unproved"):
        played(scene("confirm, no", retries=0), script=but(ask=answer))


def test_a_reader_who_calls_after_a_no_does_not_prove_it() -> None:
    def call_all_the_same(request: Request) -> str:
        return '[{"id":"$1","name":"get_ticket","arguments":{"ticket_id":5}}]'

    with pytest.raises(StageFailure):
        played(scene("confirm, no", retries=0), script=but(verify=call_all_the_same))


def test_what_does_not_destroy_needs_no_consent() -> None:
    read = CallOutline(id="$1", tool="get_order", literals=("order_id",))
    with pytest.raises(StageFailure, match="label_unproved"):
        played(table(outline("confirm", read, focus=Focus(call="$1"), outcome="yes"), retries=0))
