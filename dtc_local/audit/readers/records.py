"""Our own records in the neutral form, for figures and for what is seen in all conversations together.

No rule on one conversation needs this: records are held against the rules on records, which know more.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from dtc_local.audit.dialogue import Call, Dialogue, Message, ToolSpec, spec_of
from dtc_local.records import Conversation, Turn


def dialogue_of(conversation: Conversation) -> Dialogue:
    """A stored conversation as messages."""
    messages = tuple(message for turn in conversation.turns for message in _messages(turn))
    specs: tuple[ToolSpec, ...] = tuple(spec_of(tool)[-1] for tool in conversation.scenario.offer)
    return Dialogue(
        messages,
        specs,
        today=date.fromisoformat(conversation.scenario.date),
        kinds=tuple(turn.kind for turn in conversation.turns if turn.part != "closing"),
        implicit=sum(len(turn.implicit) for turn in conversation.turns),
    )


def _messages(turn: Turn) -> Iterator[Message]:
    yield Message("user", turn.request)
    for level in turn.levels:
        made = (Call(call.tool, call.arguments, call.id, mistaken=call.fault == "mistake") for call in level)
        yield Message("assistant", calls=tuple(made))
        for call in level:
            text = json.dumps(call.result, ensure_ascii=False)
            yield Message("tool", text, answers=call.id, tool=call.tool, value=call.result)
    yield Message("assistant", turn.reply)
