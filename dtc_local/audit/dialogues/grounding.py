"""Rules on where arguments come from: no reference left in the data, no value that nobody said and nothing showed.

A value may come from the user's words, from the system text, from an earlier result, or from the tool's own words
(default, const, enum, description). Booleans, empty texts, 0 and 1 need no saying. Where the data holds no results,
whatever comes after the first call may come from one, unless the data holds the state that results would show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dtc_local.audit.defects import Defect
from dtc_local.audit.dialogue import Dialogue, Step
from dtc_local.audit.dialogues.base import at
from dtc_local.audit.dialogues.said import Said
from dtc_local.audit.readers.base import shown
from dtc_local.audit.values import Path, given_by_schema, leaves, schemas_at
from dtc_local.records import Json, Schema

REFERENCE = re.compile(r"\$(?P<call>\d+|var_?\d+|call_?\d+)(?:\.[A-Za-z_][\w.]*|\[\d+\]|\[['\"])|\$var_?\d+\b")
"""How plans refer to results: `$1.order_id`, `$2[0]`, `$var_1.total$`."""
_PART_OF_DATE = re.compile("day|month|year|hour|minute", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{\{\s*[\w.$\[\]]+\s*\}\}|<[A-Za-z]+(?:[_ ][A-Za-z]+)+>|\[(?:[A-Z]+_)+[A-Z]+\]")
"""A whole value that only stands for one: `{{order_id}}`, `<order id>`, `[ORDER_ID]`."""


def unresolved_reference(dialogue: Dialogue) -> Iterator[Defect]:
    """No reference and no placeholder stands where a value belongs, in arguments, results or words of the assistant."""
    requests = " ".join(text for _, text in dialogue.requests)
    ids = {step.call.id.lstrip("$") for step in dialogue.steps}
    for step in dialogue.steps:
        for path, leaf in leaves(dict(step.call.arguments)):
            left = _reference(leaf)
            if left and left not in requests and not (dialogue.symbolic and _refers(left, ids)):
                yield at(step, f"{dotted(path)} is {shown(leaf)}, a reference that nothing replaced")
        for path, leaf in leaves(step.answer.value) if step.answer else ():
            if (left := _reference(leaf)) and left not in requests:
                yield at(step, f"the result holds {shown(leaf)} at {dotted(path) or 'its top'}, which nothing replaced")
    for turn, message in zip(dialogue.turns, dialogue.messages, strict=True):
        found = REFERENCE.search(message.text) if message.role == "assistant" else None
        if found and found[0] not in requests:
            yield Defect(f"the assistant says {found[0]}, a reference that nothing replaced", turn)


def _reference(leaf: Json) -> str | None:
    """The reference in a scalar, or the scalar itself if it is a placeholder."""
    if not isinstance(leaf, str):
        return None
    found = REFERENCE.search(leaf)
    return found[0] if found else leaf if PLACEHOLDER.fullmatch(leaf.strip()) else None


def _refers(reference: str, ids: set[str]) -> bool:
    found = REFERENCE.match(reference)
    return found is not None and found["call"] in ids


def ungrounded_argument(dialogue: Dialogue) -> Iterator[Defect]:
    """Every scalar of an argument stands in a request, an earlier result, the system text, or the tool's own words."""
    said, taken, reported = Said(), 0, set[str]()
    for state in dialogue.background:
        said.add_value(state)
    blind = not dialogue.results and not dialogue.background
    for step in dialogue.steps:
        for kind, shown_before in list(dialogue.visible_before(step.position))[taken:]:
            said.add(shown_before) if kind == "text" else said.add_value(shown_before)
            taken += 1
        unknown = dialogue.tools is not None and not dialogue.offered(step.call.tool, step.turn)
        if step.mistaken or unknown or (blind and step.number > 1):
            continue
        for path, leaf in leaves(dict(step.call.arguments)):
            known = _reference(leaf) or said.holds(leaf) or _is_part_of_date(path, leaf, said)
            if known or str(leaf) in reported or _told_by_tool(dialogue, step, path, leaf):
                continue
            reported.add(str(leaf))
            shows = "nor a result" if dialogue.results else "nor the stated state"
            yield at(step, f"{dotted(path)} is {shown(leaf)}, which neither a request {shows} nor the tool says")


def _is_part_of_date(path: Path, leaf: Json, said: Said) -> bool:
    """Whether a number is called a part of a date or time, and one was said that has it."""
    return isinstance(leaf, int) and leaf in said.digits and _PART_OF_DATE.search(str(path[-1])) is not None


def _told_by_tool(dialogue: Dialogue, step: Step, path: Path, leaf: Json) -> bool:
    """Whether the tool's own words have the value: default, const, enum or a description."""
    for tool in dialogue.offered(step.call.tool, step.turn):
        parameters = tool.parameters if isinstance(tool.parameters, dict) else None
        places = [schemas_at(parameters, path[:length]) for length in range(1, len(path) + 1)]
        found: list[Schema] = [schema for place in places for schema in place]
        if given_by_schema(leaf, found) or any(leaf in schema["enum"] for schema in found if _has_enum(schema)):
            return True
        words = Said()
        for schema in found:
            words.add(f"{schema.get('description', '')} {schema.get('examples', '')}")
        if words.words and words.holds(leaf) and not isinstance(leaf, int | float):
            return True
    return False


def _has_enum(schema: Schema) -> bool:
    return isinstance(schema.get("enum"), list)


def dotted(path: Path) -> str:
    """A path as people write it."""
    return ".".join(map(str, path))
