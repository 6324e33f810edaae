"""Everyday words: what a small model may write with, besides the values and the words of the specification.

A model of a few million parameters spells words that do not exist. So for such models (`values = facts`) the free text
of requests and replies is limited to this list, to the words of the tools at hand in their usual forms, and to values.
Larger models write freely.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dtc_local.words import escaped

EVERYDAY = frozenset(
    """
    a about add after afterwards again ago all also am an and any are as ask at available away back be because been
    before between bit both busy but by can careful check clear complete could current currently day did do does
    done down each earlier else every everything exactly few find first for found friend from full get give gives go
    good got grateful had hand has have hello help here hey hi hope hoping how i if in instead into is it its itself
    just kind kindly know last late later let like linked list long look made make many match matching may me mean
    meantime moment more morning most much my named need nervous new next no not note nothing now number of off okay
    old on once one only open or other our out over own please plus possible present putting quickly ready reminded
    result results right safe said same say second see send set should show so some something soon still sure take
    talking tell than thank thanks that the their them then there they thing third this those three time to today
    together too top total two under until up us use used using value values very want was we well were what when
    where whether which while who why will with work worried would written yes yet you your colleague colleagues
    minutes percent degrees i'm i'd i'll i've it's let's don't can't that's called tagged addition advance afterward
    wrong feels forget goes plan priced titled running started
    """.split()  # noqa: SIM905 - a list of words is read as words
)
"""Words of requests and of replies, lower case."""

OUTCOME = frozenset(
    """
    changed closed completed confirmed copied created deleted finished moved opened recorded registered removed
    saved sent stored updated shows showed says said listed holds contains returned there done success successful
    successfully now amounts equals comes
    """.split()  # noqa: SIM905 - a list of words is read as words
)
"""Words in which a reply tells what has happened."""

_IRREGULAR = {
    "begin": "begun", "bring": "brought", "build": "built", "buy": "bought", "choose": "chosen", "cut": "cut",
    "find": "found", "get": "got", "give": "given", "go": "gone", "hide": "hidden", "hold": "held", "keep": "kept",
    "know": "known", "leave": "left", "lend": "lent", "make": "made", "pay": "paid", "put": "put", "read": "read",
    "run": "run", "sell": "sold", "send": "sent", "set": "set", "show": "shown", "shut": "shut", "split": "split",
    "take": "taken", "tell": "told", "think": "thought", "withdraw": "withdrawn", "write": "written",
}  # fmt: skip


def words_of(texts: Iterable[str]) -> set[str]:
    """Lower-case words of the texts, in the forms a speaker would use them in: base form, third person, past."""
    found: set[str] = set()
    for text in texts:
        for word in re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", text):
            found |= forms(word.lower())
    return found


def forms(word: str) -> set[str]:
    """The word, its likely base forms, and the past forms of those. Wrong guesses only widen the choice a little."""
    bases = {word}
    if word.endswith("ies"):
        bases.add(word[:-3] + "y")
    if word.endswith("es"):
        bases.add(word[:-2])
    if word.endswith("s") and not word.endswith("ss"):
        bases.add(word[:-1])
    if word.endswith("ing") and len(word) > 5:
        bases |= {word[:-3], word[:-3] + "e"}
    return bases | {_past(base) for base in bases if len(base) > 2}


def _past(base: str) -> str:
    if base in _IRREGULAR:
        return _IRREGULAR[base]
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2:-1] not in "aeiou":
        return base[:-1] + "ied"
    return base + "ed"


OPENING_WORDS = 20
"""Most words before the first value of a request: a greeting, a reason, and what is to be done."""
LINKING_WORDS = 9
"""Most words between two values, and after the last."""
SENTENCE_WORDS = 24
"""Most words of a sentence of a reply."""


def request_grammar(literals: Sequence[Sequence[str]], words: Iterable[str]) -> str:
    """The Lark grammar of a request in plain words: literals in order, each in one of its spellings, words between.

    No segment can run on: every stretch of words has a budget, so the next literal always comes.
    """
    lower, capital = _alternatives(words)
    unit = f"(,? ({lower})|[.?!] ({capital}))"
    body = rf"({capital}){unit}{{0,{OPENING_WORDS}}}"
    for spellings in literals:
        body += rf"[,:]? #?({'|'.join(map(escaped, spellings))})('s)?{unit}{{0,{LINKING_WORDS}}}"
    return f"start: T\nT: /{body}[.?!]/\n"


def reply_grammar(visible: Iterable[str], words: Iterable[str]) -> str:
    """The Lark grammar of a reply in plain words: one to three sentences of them and of visible words."""
    lower, capital = _alternatives(words)
    shown = "|".join(map(escaped, sorted(visible)))
    word = rf"([$€#]?({lower}{'|' + shown if shown else ''})%?)"
    sentence = rf"({capital}{'|' + shown if shown else ''})([,:]? {word}){{1,{SENTENCE_WORDS}}}[.!]"
    return f"start: T\nT: /{sentence}( {sentence})?( {sentence})?/\n"


def _alternatives(words: Iterable[str]) -> tuple[str, str]:
    """Two alternations: the words inside a sentence, and at its beginning."""
    ordered = sorted(set(words))
    inside = [word[0].upper() + word[1:] if word == "i" or word.startswith("i'") else word for word in ordered]
    return "|".join(map(escaped, inside)), "|".join(escaped(word[0].upper() + word[1:]) for word in ordered)
