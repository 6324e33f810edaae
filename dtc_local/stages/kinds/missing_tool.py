"""missing_tool: the tool that the request needs is not on offer; the assistant says so and calls nothing.

Proved by rule: the tool is withheld, the words admit it, and the blind reader finds nothing to call.
"""

from __future__ import annotations

from dtc_local.records import Plan, TurnOutline
from dtc_local.stages import exchanges
from dtc_local.stages.ask import wording
from dtc_local.stages.base import Desk, Steps
from dtc_local.stages.kinds.common import Hints, planned, talked, understood
from dtc_local.stages.talk import Aim, talk


def missing_tool(desk: Desk, outline: TurnOutline, hints: Hints) -> Steps[None]:
    """One turn: a request for a tool that is withheld, and an honest refusal."""
    wanted = yield from planned(desk, outline, hints)
    said = yield from understood(desk, Plan(calls=()), wording(desk, wanted, ()), hints)
    clause = desk.clauses[wanted.calls[0].tool]
    task = "None of its tools can do what was asked. It says what it cannot do, and does nothing."
    aim = Aim(task, exchanges.about(exchanges.DECLINES, clause), proof=desk.speech.refuses)
    reply = yield from talk(desk, said.request, aim)
    desk.turns.append(talked(outline, said, reply))
