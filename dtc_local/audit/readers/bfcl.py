"""BFCL tasks with their ground truth: `question` by turns, calls as Python, or as possible answers by argument.

A task holds no results and no words of the assistant. Where it holds the state that its tools start from
(`initial_config`), results could have shown what is in it. Tools stand in the row (`function`) or in the function
documents; those under `excluded_function` are not on offer, those under `missed_function` only from their turn on. Of
possible answers that counts which the question says, or else the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from dtc_local.audit.dialogue import Call, Dialogue, Message, ToolSpec
from dtc_local.audit.readers.base import NoDialogue, object_row, shown, tools_of
from dtc_local.audit.readers.openai import message_of
from dtc_local.audit.readers.python_calls import call_from
from dtc_local.records import Json

NAME = "bfcl"
WORDS = (
    "BFCL tasks: question by turns, ground_truth as Python calls or possible answers; function documents beside them"
)


def matches(row: Json) -> bool:
    """True for questions by turns."""
    questions = row.get("question") if isinstance(row, dict) else None
    if not isinstance(questions, list) or not questions:
        return False
    return all(isinstance(turn, list) for turn in questions) or all(_is_message(one) for one in questions)


def _is_message(value: Json) -> bool:
    return isinstance(value, dict) and "role" in value


def read(row: Json, tools: tuple[ToolSpec, ...] | None) -> Dialogue:
    """The conversation of a task: each turn's request and calls."""
    found = object_row(row)
    questions, truth = found.get("question"), found.get("ground_truth", [])
    truth = [] if isinstance(truth, str) else truth  # the expected answer of a service, not a call
    if not isinstance(questions, list) or not isinstance(truth, list):
        raise NoDialogue("question or ground_truth is no list")
    questions = [questions] if all(map(_is_message, questions)) else questions
    by_turn = truth if any(isinstance(turn, list) for turn in truth) or not truth else [truth]
    offered = _offered(found, tools)
    messages: list[Message] = []
    for number, question in enumerate(questions):
        messages += _asked(question, silent=_added(found, number))
        words = " ".join(message.text for message in messages)
        calls = tuple(_calls(by_turn[number] if number < len(by_turn) else [], offered, words))
        messages += [Message("assistant", calls=calls)] if calls else []
    state = found.get("initial_config")
    return Dialogue(
        tuple(messages),
        offered,
        str(found.get("id", "")),
        results=False,
        replies=False,
        background=(state,) if state else (),
    )


def _asked(question: Json, silent: bool) -> Iterator[Message]:
    """The messages of a turn. One without any is a request without words, meant so if tools are added then."""
    if not isinstance(question, list):
        raise NoDialogue(f"a turn of question is a list, not {shown(question)}")
    messages = [message for one in question for message in message_of(one)]
    if not any(message.role == "user" for message in messages):
        messages.append(Message("user", silent=silent))
    yield from messages


def _calls(truth: Json, tools: Sequence[ToolSpec] | None, words: str) -> Iterator[Call]:
    for one in truth if isinstance(truth, list) else [truth]:
        if isinstance(one, str):
            yield call_from(one, tools)
        elif isinstance(one, dict):
            for name, arguments in one.items():
                yield _possible(str(name), arguments, words)
        else:
            yield Call("", fault=f"{shown(one)} is no call")


def _possible(name: str, arguments: Json, words: str) -> Call:
    """One of the possible calls."""
    if not isinstance(arguments, dict):
        return Call(name, fault=f"{shown(arguments)} is no object")
    return Call(name, _fields(arguments, words))


def _fields(options: Mapping[str, Json], words: str) -> dict[str, Json]:
    """A value for each name; what may be left out is."""
    needed = {name: one for name, one in options.items() if not (isinstance(one, list) and "" in one)}
    return {name: _chosen(one, words) for name, one in needed.items()}


def _chosen(options: Json, words: str) -> Json:
    """The possible value that stands in the words, or else the first; the fields of objects have options again."""
    if not isinstance(options, list) or not options:
        return options
    value = next((one for one in options if isinstance(one, str) and one.casefold() in words.casefold()), options[0])
    if isinstance(value, dict):
        return _fields(value, words)
    return (
        [_fields(one, words) if isinstance(one, dict) else one for one in value] if isinstance(value, list) else value
    )


def _offered(row: Mapping[str, Json], tools: tuple[ToolSpec, ...] | None) -> tuple[ToolSpec, ...] | None:
    own = tools_of(row["function"]) if row.get("function") is not None else tools
    if own is None:
        return None
    excluded = row.get("excluded_function")
    gone = set(excluded) if isinstance(excluded, list) else set()
    late = {name: turn + 1 for turn, names in _missed(row) for name in names}
    return tuple(replace(tool, from_turn=late.get(tool.name, 0)) for tool in own if tool.name not in gone)


def _missed(row: Mapping[str, Json]) -> Iterator[tuple[int, list[str]]]:
    missed = row.get("missed_function")
    for turn, names in missed.items() if isinstance(missed, dict) else ():
        if str(turn).isdecimal() and isinstance(names, list):
            yield int(turn), [name for name in names if isinstance(name, str)]


def _added(row: Mapping[str, Json], turn: int) -> bool:
    return any(number == turn for number, _ in _missed(row))
