"""A phrase book: what a small model chooses from when it words requests and replies.

A model of a few million parameters spells words that do not exist and loses its thread. So where values come from the
scenario's facts (`values = facts`), the free text of a request is made of an opening, what each explicit call is for
in the tool's own words, and each value behind its parameter's name or a preposition; a reply states what was done and
which field has which value. The model decides among them, token by token, by its own probabilities; larger models
write freely.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dtc_local.prompts import worded
from dtc_local.words import escaped

ASKING = (
    "Can you", "Could you", "Could you please", "Would you", "Would you kindly", "Can you please", "Hi, can you",
    "Hello, could you", "Would it be possible to", "May I ask you to", "I'm a bit worried, could you",
    "Something feels off, could you", "Hey there, busy day here, could you",
)  # fmt: skip
"""Openings of a question."""
TELLING = (
    "Please", "I need you to", "I want you to", "I'd like you to", "I need to", "I want to", "I'd like to", "Let's",
    "Now", "Next,", "Okay,", "Just", "Go ahead and", "Help me", "For today,", "Time to", "We need to", "I have to",
    "Make sure to", "Hi, please", "Good morning, please", "Before I forget it, please", "If possible, please",
    "One more thing, please", "To be safe, please", "I would be grateful if you could", "My plan is to", "Quickly,",
    "When you have a moment, please", "It would be great if you could", "I hope it's not too late, please",
    "My colleague reminded me that we need to", "I have been putting this off, so let's",
)  # fmt: skip
"""Openings of a statement or an order."""
JOINTS = (" and", ", and", " and then", ", then", " and also", ", and also", ", plus")
SENTENCES = (". Then", ". After that,", ". Also,", ". And please", ". Next,", ". Once that is done,", ". In addition,")
"""What leads to the next call, inside a sentence and beyond it."""
FIRST = (
    " with {}",
    " with the {}",
    " using {}",
    " using the {}",
    " with the {} of",
    " with {} set to",
    " where the {} is",
)
LATER = (" and {}", " and the {}", ", {}", " with {}", " with the {}", " and {} set to", " and the {} of")
"""How a value is said behind its parameter's name: the first of a call, and those after it."""
COPULAS = (" is", " of", " set to", "")
"""What may stand between a parameter's name and its value in these forms."""
ITEMS = (",", " and", ", and")
FROM_BEFORE = (" with the {} from before", " using the same {}", " with the same {}", " with that {}", " for that {}")
FROM_THAT = (" with the {} from that", " using that {}", " with that {}", " for that {}")
"""How a value is asked for that an earlier turn, or an earlier call of the request, has given."""
BEFORE_AS = (" using the {source} from before as the {name}", " with that {source} as the {name}")
THAT_AS = (" using that {source} as the {name}", " with that {source} as the {name}")
"""The same where the result calls the value by another name than the parameter: "with that user id as the receiver"."""
REPORTING = ("I have", "I've", "Okay, I have")
STATING = ("The", "It worked, the", "Here it is: the")
STATED = 12
"""Most fields a reply chooses from."""
CLOSING = ("All done", "Done", "It is done", "That is done")
"""Beginnings of the sentences of a reply: what was done, what the results say, and that all is well."""
FAREWELLS = ("", ", please", ", thanks", ", thank you", " right away", " now", ", that's all")

_LEAD_IN = re.compile(
    r"^(?:(?:this|the) (?:tool|function|endpoint|api|method|operation)(?: is used to| can be used to| to| will)?"
    r"|use this (?:\w+ )?to|used to|(?:a )?(?:tool|endpoint|function|api|utility|command) (?:for|to|that|which)"
    r"|lets (?:the |you |a )?(?:users? )?|allows (?:the |you |a )?(?:users? )?to"
    r"|call this (?:\w+ )?when somebody wants to|given [^,]*,)\s+",
    re.IGNORECASE,
)
_VERBS = frozenset(
    """
    accept activate add adjust announce append apply approve archive arrange ask assign attach authenticate block
    book build buy calculate call cancel change check choose clear clone close collect combine comment commit
    compare compose compute confirm connect convert copy correct count create deactivate decline decrease define delete
    deliver deposit describe determine disable disconnect dispatch display divide download draft draw drop
    duplicate edit enable end enter erase estimate evaluate execute exchange export extend extract fetch fill
    filter find fix follow forward generate get give grant greet hide highlight hold import increase initialize
    insert inspect install issue join keep label launch leave like list load locate lock log look lookup make
    manage map mark measure merge modify monitor move multiply mute name navigate notify obtain offer open order
    organize pack park pause pay perform pick pin place play post predict prepare press preview print process
    provide publish pull purchase push put query raise rate read rebook recommend record reduce refresh refund
    register release reload remind remove rename renew rent replace reply report request reschedule reserve reset
    resolve restart restock restore resume retrieve return retweet reverse review revoke roll rotate round run
    save scan schedule search see select sell send set share ship show sign simulate sort split stage start stop
    store submit subscribe subtract suggest sum summarize suspend switch sync tag take tell test toggle track
    transfer translate trigger turn unblock unfollow unlock unmute unsubscribe update upgrade upload validate
    verify view void wipe withdraw write
    """.split()  # noqa: SIM905 - a list of words is read as words
)
_LINKS = frozenset(
    """
    a an the of to in on at by for from with and or as into its their your his her my our this that these those
    all any each every one some new specific given certain current existing is are be been which who whose per via
    where under not yet if when whether
    """.split()  # noqa: SIM905 - a list of words is read as words
)
_PARTICLES = frozenset(["up", "out", "in", "on", "off", "back", "away", "down"])
_SUBORDINATE = frozenset(["where", "whether", "if", "what", "how", "that", "which", "who", "when"])
_IRREGULAR = {
    "begin": "begun", "bring": "brought", "build": "built", "buy": "bought", "choose": "chosen", "cut": "cut",
    "draw": "drawn", "find": "found", "get": "looked up", "give": "given", "hide": "hidden", "hold": "held",
    "keep": "kept", "leave": "left", "make": "made", "pay": "paid", "put": "put", "read": "read", "run": "run",
    "see": "seen", "sell": "sold", "send": "sent", "set": "set", "show": "looked up", "split": "split", "take": "taken",
    "tell": "told", "withdraw": "withdrawn", "write": "written", "stop": "stopped", "drop": "dropped", "map": "mapped",
    "pin": "pinned", "tag": "tagged", "log": "logged", "submit": "submitted", "ship": "shipped", "commit": "committed",
    "cancel": "cancelled", "scan": "scanned", "refer": "referred", "do": "done",
}  # fmt: skip
SHOWING = "show me"
"""Verb of a clause made of a description that has none ("Working tree status")."""
CLAUSE_WORDS = 10
"""Longest clause taken from a description."""


@dataclass(frozen=True)
class Clause:
    """What a call is for: an imperative verb and the rest, in a few lengths ("a ticket", "a ticket by its id")."""

    verb: str
    rests: tuple[str, ...]

    @property
    def imperatives(self) -> tuple[str, ...]:
        """The clause as an order, shortest first."""
        return tuple(f"{self.verb} {rest}".strip() for rest in self.rests)

    def apart_from(self, others: Sequence[Clause]) -> Clause:
        """The clause in those lengths only that no other has; in its full length if there is none."""
        taken = {(other.verb, rest) for other in others for rest in other.rests}
        own = tuple(rest for rest in self.rests if (self.verb, rest) not in taken)
        return Clause(self.verb, own or self.rests[-1:])

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The clause as something that has been done: "closed a ticket"."""
        return tuple(f"{past(self.verb)} {rest}".strip() for rest in self.rests)


def clause(brief: str, name: str) -> Clause:
    """The clause in a tool's brief description, or in its worded name where the description does not say one."""
    sentence = re.split(r"[.;:(\"?!]| - ", _LEAD_IN.sub("", brief.strip(), count=1))[0]
    whole = sentence.replace(",", " ,").split()
    words = _plain_prefix(whole) or name.split()
    complete = len(words) >= len(whole)
    verb = _base(words[0], name.split())
    if verb is None and _LEAD_IN.match(brief):
        words = name.split()
        verb = _base(words[0], [])
    if verb is None:
        words = words[1:] if words[0].lower() in ("the", "a", "an") else words
        return Clause(SHOWING, _rests(["the", *words], complete))
    return Clause(verb, _rests(words[1:], complete))


def _plain_prefix(words: Sequence[str]) -> list[str]:
    """The words up to the first that is no ordinary word."""
    kept: list[str] = []
    for word in words[:CLAUSE_WORDS]:
        if not re.fullmatch(r"[^\W\d_]+(?:['-][^\W\d_]+)*", word) or re.search(r"[a-z][A-Z]", word):
            break
        kept.append(word)
    return kept


def _base(word: str, name: Sequence[str]) -> str | None:
    """The imperative of a description's first word ("Closes", "Closing" -> "close"); None if it is no verb."""
    word = word.lower()
    stem = word.removesuffix("ing") if word.endswith("ing") and len(word) > 5 else word
    guesses = [word, word.removesuffix("s"), word.removesuffix("es"), stem, stem + "e", stem[:-1]]
    if word.endswith("ies"):
        guesses.append(word[:-3] + "y")
    return next((guess for guess in guesses if guess in _VERBS), word if name and word == name[0] else None)


def _rests(words: Sequence[str], complete: bool) -> tuple[str, ...]:
    """Prefixes that end in a content word: wherever a phrase ends, but not within a subordinate clause."""
    cuts = [index + 1 for index in range(len(words)) if _ends_phrase(words, index)]
    if not complete and len(cuts) > 1 and cuts[-1] == len(words):
        cuts.pop()  # the description goes on: its end here is no end of a phrase
    return tuple(" ".join(words[:cut]) for cut in cuts) or ("",)


def _ends_phrase(words: Sequence[str], index: int) -> bool:
    word, last = words[index].lower(), index + 1 == len(words)
    if last:
        return word not in _LINKS
    if word in _LINKS or word in _PARTICLES or words[index + 1].lower() not in _LINKS:
        return False
    return not word.endswith(("ed", "ing")) and _SUBORDINATE.isdisjoint(one.lower() for one in words[:index])


def past(verb: str) -> str:
    """Past participle."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("e"):
        return verb + "d"
    return verb[:-1] + "ied" if verb.endswith("y") and verb[-2:-1] not in "aeiou" else verb + "ed"


DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def label(name: str) -> str:
    """A parameter's or field's name as it is said: in words, its digits too, for a digit in a text is a value's."""
    return " ".join(re.sub(r"\d", lambda digit: f" {DIGITS[int(digit.group())]} ", worded(name)).split())


Value = tuple[str, Sequence[str]]
"""A literal to be said: its parameter's name in words, and the spellings of the value."""


@dataclass(frozen=True)
class Phrase:
    """One explicit call as it may be said: its clause, its literals, and the names of what comes from elsewhere."""

    clause: Clause
    values: tuple[Value, ...] = ()
    from_before: tuple[str, ...] = ()
    from_that: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    """For a parameter whose value the result calls by another name, that name in words."""


def request_grammar(phrases: Sequence[Phrase], asides: Sequence[Value]) -> str:
    """The Lark grammar of a request: every explicit call's clause and values, then what implicit calls need."""
    bodies = [_body(phrase) for phrase in phrases]
    tail = _values(asides, later=any(phrase.values for phrase in phrases[-1:]))
    asked = f"{_any(ASKING)} {f'{_any(JOINTS)} '.join(bodies)}{tail}[?]"
    told = f"{_any(TELLING)} {f'{_any((*JOINTS, *SENTENCES))} '.join(bodies)}{tail}{_any(FAREWELLS)}[.]"
    return f"start: T\nT: /{asked}|{told}/\n"


def _body(phrase: Phrase) -> str:
    given = [_taken(name, phrase.sources.get(name), FROM_THAT, THAT_AS) for name in phrase.from_that]
    given += [_taken(name, phrase.sources.get(name), FROM_BEFORE, BEFORE_AS) for name in phrase.from_before]
    return _any(phrase.clause.imperatives) + "".join(given) + _values(phrase.values)


def _taken(name: str, source: str | None, same: Sequence[str], other: Sequence[str]) -> str:
    """How a value is taken over, under one name or under two."""
    if source is None:
        return _any(form.format(name) for form in same)
    return _any(form.format(name=name, source=source) for form in other)


def _values(values: Sequence[Value], later: bool = False) -> str:
    """Each value behind its name; further values of the same name as a list."""
    text, before = "", None
    for name, spellings in values:
        forms = LATER if later or before else FIRST
        lead = ITEMS if name == before else [form.format(name) for form in forms]
        text += f"{_any(lead)} {_any(spellings)}"
        before = name
    return text


def named_values(text: str, names: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Parameter names in what follows a clause, in order, each with the text of its value.

    The value is None where the text says that it comes from an earlier call or turn. `names` are all that may stand
    there, worded.
    """
    found = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    taken = rf"(?: using the [^,.]+? from before| (?:with|using) that [^,.]+?) as the (?P<taken>{found})"
    named = rf"(?P<lead>{_any(_LEADS)[1:-1]}) (?P<name>{found})(?P<after> from that| from before|{_any(COPULAS)[1:-1]})"
    pattern = rf"(?:{taken}|{named})(?![\w-])"
    matches = list(re.finditer(pattern, text, re.IGNORECASE)) if found else []
    ends = [*(match.start() for match in matches[1:]), len(text)]
    for match, end in zip(matches, ends, strict=False):
        if match["taken"]:
            yield match["taken"].lower(), None
            continue
        taken_over = match["lead"].endswith(("that", "same")) or match["after"].startswith(" from ")
        yield match["name"].lower(), None if taken_over else value_text(text[match.end() : end])


def value_text(piece: str) -> str:
    """A value between its parameter's name and what comes next, bare of the phrase book's own words after it."""
    body = re.sub(rf"{_any(sorted(FAREWELLS, key=len, reverse=True))}[.?]$", "", piece.rstrip())
    return re.sub(rf"{_any(_JOINED)}$", "", body).strip()


def items_of(value: str) -> list[str]:
    """The items of a list said as one value."""
    return re.split(rf"{_any(sorted(ITEMS, key=len, reverse=True))} ", value)[::2]


def clauses_in(text: str, said: Clause) -> Iterator[tuple[int, int]]:
    """Where the clause stands in the text, and its length there: the longest of its forms."""
    forms = "|".join(map(re.escape, sorted(said.imperatives, key=len, reverse=True)))
    for match in re.finditer(rf"(?<!\w)(?:{forms})(?!\w)", text, re.IGNORECASE):
        yield match.start(), len(match.group())


def reply_grammar(calls: Sequence[tuple[Clause, Sequence[Value]]]) -> str:
    """The Lark grammar of a reply: one to three sentences, what was done, and which fields of the last call have which
    value: "the result" of several calls is that of the last.

    Fields come with their verb ("total is"). Each is said with its own value only, so a reply cannot say what the
    results do not.
    """
    done = [_any(said.outcomes) for said, _ in calls if said.verb != SHOWING]
    shows = bool(calls) and calls[-1][0].verb == SHOWING
    fields = [f"{escaped(name)} {_any(spellings)}" for name, spellings in (calls[-1][1] if calls else ())]
    earlier = f"(({'|'.join(done[:-1])}) and )?" if len(done) > 1 else ""
    reported = f"{_any(REPORTING)} {earlier}{done[-1]}[.]" if done and not (shows and fields) else ""
    stated = f"{_any(STATING)} ({'|'.join(_pairs(list(dict.fromkeys(fields))[:STATED]))})[.]" if fields else ""
    both = f"({reported}( {stated})?|{stated})" if reported and stated else ""
    body = both or reported or stated or f"{_any(CLOSING)}[.]"
    return f"start: T\nT: /({_any(CLOSING)}[.] )?{body}/\n"


def _pairs(fields: Sequence[str]) -> Iterator[str]:
    """Each field alone, and each with a later one."""
    for index, said in enumerate(fields):
        later = "|".join(fields[index + 1 :])
        yield f"{said}( and the ({later}))?" if later else said


_LEADS = sorted({form.split(" {}")[0] for form in (*FIRST, *LATER, *FROM_BEFORE, *FROM_THAT)}, key=len, reverse=True)
"""What stands before a parameter's name."""
_JOINED = sorted((*JOINTS, *SENTENCES), key=len, reverse=True)


def _any(texts: Iterable[str]) -> str:
    """One of the texts, as a group."""
    return f"({'|'.join(map(escaped, dict.fromkeys(texts)))})"
