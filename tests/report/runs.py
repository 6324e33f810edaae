"""Stored runs for the tests of reports: sound conversations, dropped ones, candidates, and other people's text."""

from __future__ import annotations

from typing import Any

from dtc_local.records import Candidate, Conversation
from dtc_local.settings import RunConfig
from dtc_local.store import Run, Store
from tests.audit import exchanged, sound
from tests.audit.sound import put
from tests.samples import MODEL, candidates

HOSTILE = (
    "</script><script>document.title = 'owned'</script><!-- <img src=x onerror=alert(1)> \" ' & \\ \u2028 "
    "\u202egnp.exe\u202c \x1b[31m \x00 {{ 7 * 7 }} \N{SNOWMAN} 😀"
)


STATUS = {"type": "string", "enum": ["on_hold", "shipped"]}
NORMAL = put("scenario", "offer", 2, "parameters", "properties", "status", to=STATUS)
"""Imported tools are normalised: every schema of theirs has a type."""


def refused(stage: str, reason: str, turn: int = 0, attempt: int = 0, text: str = "no good") -> Candidate:
    """A candidate that did not pass."""
    return Candidate(stage=stage, turn=turn, attempt=attempt, text=text, logprob=-2.0, accepted=False, reason=reason)


def mixed_run(store: Store) -> Run:
    """Three kept of three wanted, one of them rescued, three dropped before them, and two beyond the last one."""
    run = store.open_run(RunConfig(run="mixed", count=3), MODEL)
    whole = sound.conversation(NORMAL)
    store.save(run, 0, whole, candidates(), kept=True)
    store.save(run, 1, None, (), kept=False, reason="no_topology")
    unfinished = whole.model_copy(update={"turns": whole.turns[:1], "verdict": None})
    tries = (*candidates(), refused("verify", "not_verified", 1), refused("ask", "length", 1, 1))
    store.save(run, 2, unfinished, tries, kept=False, reason="length")
    store.save(run, 3, whole.model_copy(update={"turns": whole.turns[:4], "rescued": True}), candidates(), kept=True)
    store.save(run, 4, whole, (*candidates(), refused("judge", "judged", 5)), kept=False, reason="judged")
    store.save(run, 5, whole, candidates(), kept=True)
    store.save(run, 6, whole, (), kept=True)
    store.save(run, 7, whole, (), kept=False, reason="judged")
    store.end_session(run, 12.5, {"prompt": 900, "evaluated": 300, "sampled": 60, "forced": 40, "stage:ask": 100})
    return run


def every_kind_run(store: Store) -> Run:
    """One conversation of each of the two sound ones: together they have all kinds of turns."""
    run = store.open_run(RunConfig(run="every", count=2), MODEL)
    store.save(run, 0, sound.conversation(NORMAL), (), kept=True)
    store.save(run, 1, exchanged.conversation(), (), kept=True)
    return run


def hostile_conversation() -> Conversation:
    """The sound conversation with hostile text in every place that other people fill."""

    def everywhere(made: dict[str, Any]) -> None:
        for number, turn in enumerate(made["turns"]):
            turn["request"] += HOSTILE
            turn["reply"] += HOSTILE
            for level in turn["levels"]:
                for call in level:
                    call["result"] = {**call["result"], HOSTILE: [HOSTILE, number]}
        for tool in made["scenario"]["offer"]:
            tool["description"] = tool["namespace"] = HOSTILE

    return sound.conversation(NORMAL, everywhere, put("scenario", "persona", "name", to=HOSTILE))


def hostile_run(store: Store) -> Run:
    """One kept and one dropped conversation of hostile text, tried with hostile candidates."""
    run = store.open_run(RunConfig(run="hostile", count=1, policy="</style>" + HOSTILE), MODEL)
    made, tries = hostile_conversation(), [refused("ask", "leaked_name", text=HOSTILE)]
    store.save(run, 0, made, tries, kept=False, reason="judged")
    store.save(run, 1, made, tries, kept=True)
    return run
