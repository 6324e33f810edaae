"""The commands about what is on offer: pages, searches, versions, differences, removal; products apart from talk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import SPEC, Invoke

YEAR = {"year": {"type": "integer"}}


def changed(**changes: Any) -> dict[str, Any]:
    """The tool of the file with another description or further parameters."""
    made: dict[str, Any] = json.loads(json.dumps(SPEC[0]))
    made["parameters"]["properties"] |= changes.pop("properties", {})
    return made | changes


def write(path: Path, *tools: dict[str, Any]) -> None:
    """A file of these tools."""
    path.write_text(json.dumps(tools))


@pytest.fixture
def two_versions(invoke: Invoke, spec: Path) -> Path:
    """A store in which find_order got a parameter."""
    invoke("tools", "import", spec)
    write(spec, changed(properties=YEAR))
    assert invoke("tools", "import", spec).exit_code == 0
    return spec


def test_importing_again_changes_nothing_and_says_so(invoke: Invoke, spec: Path) -> None:
    invoke("tools", "import", spec)
    again = invoke("tools", "import", spec)
    assert again.stdout.startswith("0 new, 0 changed, 1 unchanged tools in dtc.db;")
    assert again.stderr == ""


def test_an_import_tells_people_and_scripts_what_changed(invoke: Invoke, spec: Path) -> None:
    invoke("tools", "import", spec)
    write(spec, changed(properties=YEAR))
    said = invoke("tools", "import", spec).stderr
    assert said == "shop/find_order: parameter year added (optional, integer)  [/parameters/properties/year]\n"
    write(spec, changed(description="Find it."))
    report = json.loads(invoke("tools", "import", spec, "--json").stdout)
    assert [change["kind"] for change in report["changes"]["shop/find_order"]] == ["description", "removed"]


def test_a_long_list_of_changes_is_cut_for_people(invoke: Invoke, spec: Path) -> None:
    write(spec, *({**SPEC[0], "name": f"find_{number}"} for number in range(50)))
    invoke("tools", "import", spec)
    write(spec, *(changed(name=f"find_{number}", properties=YEAR) for number in range(50)))
    said = invoke("tools", "import", spec).stderr.splitlines()
    assert said[40].startswith("... and 10 more changes; dtc-local tools diff NAME")


def test_a_tool_that_left_its_file_is_told_and_can_be_removed(invoke: Invoke, spec: Path) -> None:
    write(spec, SPEC[0], {**SPEC[0], "name": "lose_order", "description": "Drop an order somewhere."})
    invoke("tools", "import", spec)
    write(spec, SPEC[0])
    assert f"shop/lose_order is no longer in {spec}; it stays on offer" in invoke("tools", "import", spec).stderr
    removed = invoke("tools", "remove", "lose_order")
    assert removed.stdout == "shop/lose_order\n"
    assert removed.stderr == "1 tools taken off offer; their history stays.\n"
    assert "There is no tool 'lose_order'" in invoke("tools", "show", "lose_order").stderr
    assert json.loads(invoke("tools", "history", "lose_order", "--json").stdout)[0]["on_offer"] is False


def test_a_history_lists_versions_and_what_changed(invoke: Invoke, two_versions: Path) -> None:
    first, second, change = invoke("tools", "history", "find_order").stdout.splitlines()
    assert first.startswith("shop/find_order 1  ")
    assert first.endswith("(imported)")
    assert second.endswith("(imported, on offer)")
    assert change == "  parameter year added (optional, integer)  [/parameters/properties/year]"
    listed = json.loads(invoke("tools", "history", "shop/find_order", "--json").stdout)
    assert [(one["version"], len(one["changes"])) for one in listed] == [(1, 0), (2, 1)]


def test_a_diff_goes_either_way(invoke: Invoke, two_versions: Path) -> None:
    forth = invoke("tools", "diff", "find_order")
    assert forth.stdout == "parameter year added (optional, integer)  [/parameters/properties/year]\n"
    assert forth.stderr == "1 changes from version 1 to 2 of shop/find_order.\n"
    back = json.loads(invoke("tools", "diff", "find_order", "--from", "2", "--to", "1", "--json").stdout)
    assert [change["what"] for change in back["changes"]] == ["parameter year removed"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("diff", "find_order", "--to", "9"), "has no version 9; its versions are 1 to 2."),
        (("diff", "lose_order"), "There never was a tool 'lose_order' in dtc.db."),
        (("history", "lose_order"), "There never was a tool 'lose_order' in dtc.db."),
        (("remove", "lose_order"), "No tool on offer has name 'lose_order'."),
        (("remove", "--file", "other.json"), "No tool on offer has file 'other.json'."),
        (("search", "???"), "There is no word to search for in '???'."),
        (("list", "--namespace", "bank"), "There are no tools in namespace bank."),
    ],
)
def test_what_is_not_there_is_one_sentence(
    invoke: Invoke, two_versions: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = invoke("tools", *arguments)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stdout == ""


def test_removing_without_saying_which_is_a_usage_error(invoke: Invoke, two_versions: Path) -> None:
    result = invoke("tools", "remove")
    assert result.exit_code == 2
    assert "Say which" in result.stderr


def test_lists_come_in_pages(invoke: Invoke, spec: Path) -> None:
    write(spec, *({**SPEC[0], "name": f"find_{number}"} for number in range(5)))
    invoke("tools", "import", spec)
    first = invoke("tools", "list", "--limit", "2")
    assert first.stdout == "shop/find_0(customer)  read\nshop/find_1(customer)  read\n"
    assert first.stderr == "2 of 5 tools; --offset 2 shows more.\n"
    last = invoke("tools", "list", "--limit", "2", "--offset", "4", "--json")
    assert [tool["name"] for tool in json.loads(last.stdout)] == ["find_4"]
    assert last.stderr == "1 of 5 tools.\n"
    assert len(json.loads(invoke("tools", "list", "--limit", "0", "--json").stdout)) == 5


def test_a_search_prints_what_it_finds(invoke: Invoke, two_versions: Path) -> None:
    assert invoke("tools", "search", "orders").stdout == "shop/find_order(customer, year?)  read\n"
    (tool,) = json.loads(invoke("tools", "search", "order", "customer", "--json").stdout)
    assert (tool["name"], tool["version"], tool["usable"]) == ("find_order", 2, True)
    assert invoke("tools", "search", "lighthouse").stderr == "0 tools.\n"


def test_lint_shows_near_duplicates_of_the_store_and_of_files(invoke: Invoke, spec: Path) -> None:
    write(spec, SPEC[0], {**SPEC[0], "name": "get_order", "description": "Get an order."})
    said = invoke("tools", "import", spec).stderr
    assert "1 pairs of tools say nearly the same (dtc-local tools lint --kind near_duplicate)" in said
    for arguments in ((), (spec,)):
        linted = invoke("tools", "lint", *arguments, "--kind", "near_duplicate").stdout
        assert "says nearly the same as shop/find_order (similarity 1.00)" in linted
