"""Ask: the user's words for one turn, written back from the explicit calls of the plan.

True by construction: every required literal stands in the request, verbatim and on its own, explicit calls' values
first; no digit, bracket, quote or code-like name stands there besides. One regular terminal does it: free text,
literal, free text, literal ... intersected with the complement of what is forbidden. A small model's free text
comes from the phrase book.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dtc_local import prompts
from dtc_local.engine.base import Segments, Stretch
from dtc_local.errors import StageFailure
from dtc_local.records import Json, Plan, PlannedCall, Reference
from dtc_local.stages.base import Desk, Steps, lark
from dtc_local.stages.phrasebook import Phrase, Value, label, request_grammar
from dtc_local.stages.speech import ENGLISH, Speech
from dtc_local.words import code_names, escaped, find, leaves, shows_call_id, shows_name, spellings, without

FREE = r"[^\x00-\x1f\"\\0-9{}\[\]<>$_|=*`~^]*"
"""Free text: no digits (they come with literals only), nothing that looks like code."""
FREE_UNSPACED = r"[^\x00-\x1f\"\\\p{Nd}{}\[\]<>$_|=*`~^]*"
BESIDE = r"[^\x00-\x1f\"\\\p{Nd}A-Za-z{}\[\]<>$_|=*`~^]"
"""The same where words are not parted by spaces, and one character of it that may touch a literal."""
OPEN = r"[('#]?"
CLOSE = r"('s|')?\)?"
"""What may touch a literal: it stands on its own, as `words.find` and the blind reader want it."""
FREE_TOKENS = 80
"""What a request may say besides its literals: equal shares before each of them and at the end."""
BARE = frozenset(("id", "name", "value", "key", "data", "output", "item", "items", "text", "code", "number"))
"""Names of result fields that say nothing outside their result."""
UGLY = (r"  ", r" [.,;:!?]", r"[,;:][,;:.!?]", r"[.!?][.!?]", r"[(] ", r" [)]", r"[.!?,;:][a-z]")
UGLY_PARTED = (r"  ", r" [.,]", *UGLY[2:])
UGLY_UNSPACED = (r"  ", r"[。、，！？][。、，！？]")
"""What no request looks like: in most languages, where marks stand apart, and where words do not."""


@dataclass(frozen=True)
class Wording:
    """What the request must say: goals in words, mentions, and the literals in the order they are to be said."""

    goals: tuple[str, ...]
    mentions: tuple[str, ...]
    literals: tuple[Json, ...]
    phrases: tuple[Phrase, ...] = ()
    """What each explicit call is for, and its literals under their names: what a small model is held to."""
    asides: tuple[Value, ...] = ()
    """Literals of the mentions under their names."""
    closed: str = ""
    """Another grammar for a small model, where the phrase book of exchanges has the words."""
    proof: Callable[[str], bool] = lambda text: True
    """Whether a request is what its kind of turn needs, by rule."""

    @property
    def required(self) -> tuple[str, ...]:
        """The literals as written."""
        return tuple(prompts.written(value) for value in self.literals)


def wording(desk: Desk, plan: Plan, implicit: Sequence[str]) -> Wording:
    """Goals of the explicit calls, then what only implicit calls need. A literal is required once."""
    own = [call.id for call in plan.calls]
    shown = [call for call in plan.calls if call.id not in implicit]
    hidden = [pair for call in plan.calls if call.id in implicit for pair in call.literals()]
    goals = tuple(prompts.goal(desk.briefs[call.tool], call, own, [one.id for one in shown]) for call in shown)
    literals = {prompts.written(leaf): leaf for call in shown for _, value in call.literals() for leaf in leaves(value)}
    mentions = []
    for name, value in hidden:
        fresh = {prompts.written(leaf): leaf for leaf in leaves(value) if prompts.written(leaf) not in literals}
        if fresh:
            mentions.append(prompts.mention(name, value))
            literals |= fresh
    return Wording(
        goals,
        tuple(mentions),
        tuple(literals.values()),
        tuple(_phrase(desk, call, own, [one.id for one in shown]) for call in shown),
        tuple(named for pair in hidden for named in _values(*pair)),
    )


def _phrase(desk: Desk, call: PlannedCall, own: Sequence[str], shown: Sequence[str]) -> Phrase:
    references = [(label(name), reference.call) for name, reference in call.references()]
    return Phrase(
        clause=desk.clauses[call.tool],
        values=tuple(value for pair in call.literals() for value in _values(*pair)),
        from_before=tuple(name for name, source in references if source not in own),
        from_that=tuple(name for name, source in references if source in own and source in shown),
        sources={
            label(name): source for name, reference in call.references() if (source := _other_name(name, reference))
        },
    )


def _other_name(name: str, reference: Reference) -> str | None:
    """What the result calls the value, if that is another name than the parameter's and says something."""
    field = label(next((step for step in reversed(reference.path) if isinstance(step, str)), name))
    return None if field == label(name) or field in BARE or not re.fullmatch(r"[^\W\d]+( [^\W\d]+)*", field) else field


def _values(name: str, literal: Json) -> list[Value]:
    """Leaves of a literal under their parameter's name."""
    return [(label(name), (prompts.written(leaf),)) for leaf in leaves(literal)]


def ask(desk: Desk, words: Wording, hint: str = "", lacks: Sequence[Json] = ()) -> Steps[tuple[str, ...]]:
    """Requests that say all that is required, nothing of what they shall lack, and leak no name, best first.

    Raises StageFailure("length") if every candidate rambled to its budget, else with the fault of the best one.
    """
    task = prompts.ask(desk.persona, words.goals, words.mentions, hint)
    names = desk.names

    def fault_of(text: str) -> str | None:
        fault = find_fault(text, words.literals, names)
        if fault is None and (not words.proof(text) or any(find(text, one) for one in lacks)):
            return "label_unproved"
        return fault

    request = desk.request(
        "ask",
        prompts.history(desk.turns),
        task,
        lark(_grammar(desk, words, names)),
        n=desk.candidates_for("ask", desk.config.ask_candidates),
        budget=FREE_TOKENS + 16 + sum(map(len, words.required)),
        good=lambda text: fault_of(text) is None,
    )
    if not desk.facts_only and desk.speech.spaced:  # the engine knows where a word ends by its space
        request = replace(request, segments=segments(words.literals))
    (completions,) = yield (request,)
    good, reason = [], ""
    for completion in desk.accepted("ask", completions):
        fault = fault_of(completion.text)
        desk.note("ask", completion, fault or "")
        if fault is None and completion.text not in good:
            good.append(completion.text)
        reason = reason or fault or ""
    if not good:
        raise StageFailure("ask", reason or "length", "Say it shorter.")
    return tuple(good)


def _grammar(desk: Desk, words: Wording, names: Sequence[str]) -> str:
    if not desk.facts_only:
        return grammar(words.literals, names, desk.speech)
    return words.closed or request_grammar(words.phrases, words.asides)


def find_fault(text: str, literals: Sequence[Json], names: Sequence[str]) -> str | None:
    """Drop reason of a request, or None: the rules once more, apart from the grammar."""
    if any(find(text, value) is None for value in literals):
        return "missing_literal"
    bare = without(text, literals)
    return "leaked_name" if shows_name(bare, names) or shows_call_id(bare) else None


def grammar(literals: Sequence[Json], names: Sequence[str], speech: Speech = ENGLISH) -> str:
    """The Lark grammar of a request; regular, so one token costs microseconds.

    What a required literal itself contains is not forbidden: the request could not be said otherwise.
    """
    said = f" {' '.join(prompts.written(value) for value in literals)} "
    ugly = UGLY_UNSPACED if not speech.spaced else (UGLY_PARTED if speech.parted_marks else UGLY)
    forbidden = [pattern for pattern in (*map(escaped, code_names(names)), *ugly) if not re.search(pattern, said)]
    but = f" & ~/(?s:.*)({'|'.join(forbidden)})(?s:.*)/" if forbidden else ""
    sequence = _sequence(literals, speech) if speech.spaced else _unspaced(literals)
    return f"start: T\nT: /{sequence}/{but}\n"


def segments(literals: Sequence[Json]) -> Segments:
    """A share of the free words before each literal, so that no model rambles past them."""
    share = FREE_TOKENS // (len(literals) + 1)
    return Segments(tuple(Stretch(tuple(spellings(value)), share) for value in literals), tail=share)


def _sequence(literals: Sequence[Json], speech: Speech) -> str:
    """Free text, literal, free text, literal ... to a sentence's end."""
    if not literals:
        return rf"{speech.first}{FREE}[.?!]"
    forms = [f"({'|'.join(map(escaped, spellings(value)))})" for value in literals]
    between = rf"{CLOSE}[,;:.!?]? ({FREE} )?{OPEN}"
    ended = prompts.written(literals[-1]).endswith((".", "!", "?"))
    closing = rf"{CLOSE}[,;:.!?]? {FREE}[.?!]|{'' if ended else CLOSE + '[.?!]'}"
    return rf"{speech.first}{FREE} {OPEN}{between.join(forms)}({closing})"


def _unspaced(literals: Sequence[Json]) -> str:
    """The same without spaces between words: no Latin letter touches a literal."""
    forms = [f"({'|'.join(map(escaped, spellings(value)))})" for value in literals]
    if not forms:
        return rf"\p{{L}}{FREE_UNSPACED}[。？！]"
    between = rf"{BESIDE}({FREE_UNSPACED}{BESIDE})?"
    return rf"({FREE_UNSPACED}{BESIDE})?{between.join(forms)}({BESIDE}{FREE_UNSPACED})?[。？！]"
