"""confirm: the policy demands consent before a call that destroys; the call comes after a yes, or never.

Proved by rule: the call is destructive, the assistant asks and calls nothing, and it calls if and only if the user says
yes. The blind reader must see the same.
"""

from __future__ import annotations

from dtc_local.records import Plan, TurnOutline
from dtc_local.stages import exchanges
from dtc_local.stages.ask import Wording, ask, wording
from dtc_local.stages.base import Desk, Steps
from dtc_local.stages.kinds.common import Hints, Said, carried_out, planned, talked, understood
from dtc_local.stages.talk import Aim, talk

LEFT = Aim(
    "The user has said no. It says that nothing was done.",
    exchanges.one_of(exchanges.LEFT_ALONE),
    proof=lambda text: len(text.split()) > 1 or not text.isascii(),
)


def confirm(desk: Desk, outline: TurnOutline, hints: Hints) -> Steps[None]:
    """Two messages of the user: the request, then yes or no."""
    chosen = yield from planned(desk, outline, hints)
    words = wording(desk, chosen, ())
    requests = yield from ask(desk, words, hints.get("ask", ""))
    asked = Said(requests[0], words.required, None)
    clause = desk.clauses[chosen.calls[-1].tool]
    task = f"It has not done anything yet and must ask for consent: may it really {clause.imperatives[-1]}?"
    question = yield from talk(desk, asked.request, Aim(task, exchanges.about(exchanges.CONSENT, clause), asks=True))
    desk.turns.append(talked(outline, asked, question, "opening"))
    if outline.outcome == "no":
        refusal = yield from understood(
            desk, Plan(calls=()), _answer(desk, "Say no: it is not to be done.", exchanges.NO), hints
        )
        reply = yield from talk(desk, refusal.request, LEFT)
        desk.turns.append(talked(outline, refusal, reply, "closing"))
        return
    consent = yield from understood(desk, chosen, _answer(desk, "Say yes, it is to be done.", exchanges.YES), hints)
    yield from carried_out(desk, outline, chosen, consent, hints, part="closing")


def _answer(desk: Desk, goal: str, forms: tuple[str, ...]) -> Wording:
    said_yes = forms is exchanges.YES
    return Wording(
        goals=(goal,),
        mentions=(),
        literals=(),
        closed=exchanges.one_of(forms),
        proof=lambda text: desk.speech.consents(text) is said_yes,
    )
