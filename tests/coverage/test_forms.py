"""What a kind cannot do without is known from the tools."""

from __future__ import annotations

import pytest

from dtc_local.coverage.forms import formable, require_formable, unformable
from dtc_local.errors import UserError
from dtc_local.records import KINDS, Kind, Tool
from dtc_local.tools.dataflow.index import Shelf, ToolIndex
from tests.shop import CANCEL_ORDER, FIND_CUSTOMER, GET_ORDER, SHOP, tool

PING = tool("ping", {})


def test_the_shop_can_form_every_kind() -> None:
    assert unformable(ToolIndex(SHOP), KINDS, consent=True) == {}


@pytest.mark.parametrize(
    ("kind", "tools"),
    [
        ("confirm", (FIND_CUSTOMER, GET_ORDER)),
        ("chain", (FIND_CUSTOMER,)),
        ("follow_up", (FIND_CUSTOMER,)),
        ("fan_in", (FIND_CUSTOMER, GET_ORDER)),
        ("fan_out", (FIND_CUSTOMER, GET_ORDER)),
        ("clarify", (PING,)),
        ("correction", (CANCEL_ORDER, PING)),
        ("parallel", (PING,)),
        ("missing_tool", (GET_ORDER,)),
    ],
)
def test_a_kind_without_what_it_needs_cannot_be_formed(kind: Kind, tools: tuple[Tool, ...]) -> None:
    assert not formable(Shelf("shop", tools), kind, consent=False)
    assert formable(Shelf("shop", SHOP), kind, consent=False)


def test_where_consent_is_asked_for_what_destroys_serves_no_other_kind() -> None:
    assert formable(Shelf("shop", [CANCEL_ORDER]), "single", consent=False)
    assert not formable(Shelf("shop", [CANCEL_ORDER]), "single", consent=True)
    assert formable(Shelf("shop", [CANCEL_ORDER]), "confirm", consent=True)


def test_a_mix_is_refused_only_if_none_of_its_kinds_can_be_formed() -> None:
    tools = ToolIndex([FIND_CUSTOMER])
    require_formable(tools, {"confirm": 1.0, "single": 1.0}, 3)
    with pytest.raises(UserError, match=r"cannot form the mix confirm=1: no usable tool deletes or cancels anything\."):
        require_formable(tools, {"confirm": 1.0, "single": 0.0}, 3)


def test_kinds_that_follow_others_are_refused_in_conversations_of_one_turn() -> None:
    with pytest.raises(UserError, match="correction=2 cannot be made with one turn each"):
        require_formable(ToolIndex(SHOP), {"correction": 2.0}, 1)
    require_formable(ToolIndex(SHOP), {"correction": 2.0}, 2)


def test_tools_none_of_which_can_be_used_are_refused() -> None:
    with pytest.raises(UserError, match="None of the tools can be used"):
        require_formable(ToolIndex(()), {"single": 1.0}, 3)
