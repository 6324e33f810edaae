"""Rules on turns in which the assistant asks back, refuses or is told no: what it may do then, and what is said.

That somebody asks is seen in any language; that he agrees or admits something only in those whose words stand here
(:data:`LANGUAGES`), and no rule of words is held against others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dtc_local.audit.base import Violation, episodes, placed_calls
from dtc_local.records import Conversation, Turn

LANGUAGES = ("en",)
"""Languages in which the rules on words can be held."""
QUESTION = ("?", "\uff1f", "\u061f")
YES = re.compile(
    r"\W*(?:yes|yeah|yep|sure|ok|okay|alright|all right|fine|please|go|do|confirm\w*|absolutely|definitely|of course"
    r"|certainly|correct|right|agreed|that's right|i'm sure|i am sure|i confirm|i agree)\b",
    re.IGNORECASE,
)
NO = re.compile(
    r"\W*(?:no|nope|never|stop|wait|don['\u2019]t|do not|not|better not|rather not|leave|keep"
    r"|please (?:don['\u2019]t|do not)|forget|hold on|on second thought|i changed my mind|actually,? no)\b",
    re.IGNORECASE,
)
ADMITS = re.compile(
    r"\b(?:no|not|none|nothing|never|\w+n['\u2019]t|cannot|unable|impossible|sorry|apolog\w+|afraid|unfortunately"
    r"|fail\w*|error|lack\w*|problem|trouble|issue|unavailable|refused|denied|blocked|locked)\b",
    re.IGNORECASE,
)


def openings(conversation: Conversation) -> Iterator[Violation]:
    """An opening asks something, and nothing is planned or called in it."""
    for number, turn in enumerate(conversation.turns):
        if turn.part != "opening":
            continue
        if not turn.reply.rstrip().endswith(QUESTION):
            yield Violation(what=f"the opening does not end in a question: {turn.reply!r}", turn=number)
        if turn.plan.calls or turn.levels:
            yield Violation(what="something is called before the answer", turn=number)


def consent(conversation: Conversation) -> Iterator[Violation]:
    """Where the policy demands consent, nothing is deleted or cancelled without a yes to a question just before."""
    for place in placed_calls(conversation):
        turn = conversation.turns[place.turn]
        asked = turn.kind == "confirm" and turn.part == "closing" and turn.outcome == "yes"
        if place.tool and place.tool.effect == "destructive" and not asked:
            yield place.violation(f"{place.executed.tool} is called without consent")


def answers(conversation: Conversation) -> Iterator[Violation]:
    """After a question for consent the user says yes where the call follows, and no where it does not."""
    for episode in episodes(conversation):
        closing = episode.last
        if closing.kind == "confirm" and closing.part == "closing" and agrees(closing.request) != closing.outcome:
            what = f"the answer that means {closing.outcome} is {closing.request!r}"
            yield Violation(what=what, turn=episode.first + len(episode.turns) - 1)


def agrees(text: str) -> str:
    """`yes` or `no` for words that say so, and nothing for others."""
    return "no" if NO.match(text) else "yes" if YES.match(text) else ""


def admitted(conversation: Conversation) -> Iterator[Violation]:
    """Where the last call failed and where the tool is missing, the reply admits that something was not done."""
    for number, turn in enumerate(conversation.turns):
        if _left_undone(turn) and not ADMITS.search(turn.reply):
            yield Violation(what=f"the reply does not admit it: {turn.reply!r}", turn=number)


def _left_undone(turn: Turn) -> bool:
    """Whether what was asked for is not done in the end, against the user's will."""
    attempts = turn.attempted()
    return turn.kind == "missing_tool" or (bool(attempts) and attempts[-1].fault == "error")
