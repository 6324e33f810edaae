"""Words the user's request: every literal verbatim in the plan's order, implicit calls left unsaid."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from dtc_local.prompts import worded, written
from dtc_local.records import Json
from seed_model.describe import joined
from seed_model.drafts import RECIPIENTS, TARGETS, Draft, Slot
from seed_model.turns import Step
from seed_model.vocabulary import Vocabulary, article

OPENERS: dict[str, tuple[str, ...]] = {
    "plain": (
        "{C}.", "{C}.", "{C}.", "Please {c}.", "Please {c}.", "Can you {c}?", "Could you {c}?", "I need you to {c}.",
        "I want you to {c}.", "{C}, please.", "I need to {c}.", "I would like you to {c}.", "Could you please {c}?",
        "Help me {c}.", "I have to {c}.", "Let's {c}.", "Now {c}.", "I want to {c}.", "Go ahead and {c}.", "Just {c}.",
        "You should {c}.", "Time to {c}.", "I was hoping to {c}.", "We need to {c}.", "Next, {c}.",
        "Make sure to {c}.", "It is time to {c}.", "I'd like to {c}.", "Would you {c}?", "My plan is to {c}.",
        "For today, {c}.", "Okay, {c}.", "Hi, {c}.", "Hello, can you {c}?", "Can we {c}?",
    ),
    "polite": (
        "Could you please {c}?", "Would you kindly {c}?", "Please {c}, thank you.", "If possible, please {c}.",
        "Would you be so kind and {c}?", "Thanks in advance, could you {c}?", "I would be grateful if you could {c}.",
        "May I ask you to {c}?", "When you have a moment, please {c}.", "It would be great if you could {c}.",
    ),
    "brief": ("{C}.", "{C}.", "{C} now.", "{C}, please.", "Quickly {c}.", "{C}, that's all.", "Just {c}.", "{C}."),
    "worried": (
        "I'm a bit worried, so please {c}.", "Something feels off, could you {c}?",
        "I hope it's not too late, please {c}.",
        "Please be careful and {c}.", "I'm nervous about this, can you {c}?", "To be safe, {c}.",
        "Before anything goes wrong, {c}.", "I can't find my notes, please {c}.",
    ),
    "talkative": (
        "Hey there, busy day here, could you {c}?", "So, here is the thing, I need you to {c}.",
        "Good morning, I hope you are well, please {c}.", "Before I forget it again, {c}.",
        "My colleague reminded me that we need to {c}.", "I have been putting this off, so let's {c}.",
        "Okay, one more thing on my list, please {c}.", "I was just talking about this with a friend, so {c}.",
    ),
    "blunt": ("{C}.", "{C}, and don't take long.", "I said it before, {c}.", "Don't ask, just {c}.", "{C} right away."),
}  # fmt: skip
TWO = (
    "{a} and {b}", "{a}, and also {b}", "{a}, then {b}", "{a} and then {b}", "{a}, and after that {b}",
    "first {a} and then {b}", "{a} and at the same time {b}", "{a}, plus {b}", "{a} as well as {b}",
)  # fmt: skip
NEXT = (
    "Then {c}.", "After that, {c}.", "Also {c}.", "And then {c}.", "Once that is done, {c}.", "Afterwards, {c}.",
    "And please {c} too.", "In addition, {c}.", "Next, {c}.",
)  # fmt: skip
ALSO = ("Also {c}.", "In addition, {c}.", "And please {c}.", "On top of that, {c}.", "Besides that, {c}.", "And {c}.")
FOR_ME = re.compile(r" (let )?me\b")
OWN_DOING = (
    "Help me",
    "I want to",
    "I need to",
    "My plan",
    "Let's",
    "We need",
    "Can we",
    "I have to",
    "I'd like to",
    "I was",
    "Before I",
)
"""Openers in which the user acts; "give me" does not go with them."""
UNITS = {
    "minutes": "minutes", "km": "kilometers", "kg": "kilos", "mg": "milligrams", "mb": "megabytes", "mm": "millimeters",
    "percent": "percent", "sqm": "square meters",
}  # fmt: skip
PARTICLES = frozenset(["up", "on", "off", "out", "in", "down", "back", "away", "over", "together"])
FIRM = ("look", "have", "go", "sign", "subscribe", "search", "hand in")
FROM_THAT = ("with the {w} from that", "using that {w}", "with that {w}", "for that {w}", "with the {w} you get")
FROM_BEFORE = (
    "with the {w} from before",
    "using the same {w}",
    "with the same {w}",
    "with that {w}",
    "with the {w} from earlier",
)


class Speech:
    """Everything that shapes one turn's request: who speaks, which calls are said."""

    def __init__(self, words: Vocabulary, own: Sequence[Step], shown: Sequence[Step], tone: str, rng: random.Random):
        self.words = words
        self.own = {step.id for step in own}
        self.shown = {step.id for step in shown}
        self.listed = {step.id for step in shown if step.draft.verb.deed == "list"}
        self.tone = tone
        self.rng = rng

    def request(self, explicit: Sequence[Step], implicit: Sequence[Step]) -> str:
        """The whole request."""
        clauses = [self.clause(step) for step in explicit]
        if len(clauses) > 1:  # a question cannot be joined with an order
            clauses = [(re.sub(r"^what is ", "tell me ", main), details) for main, details in clauses]
        chained = any(link.call in self.shown for step in explicit for link in step.links.values())
        sentences = self._sentences(clauses, chained)
        sentences += [hint for step in implicit if (hint := self.hint(step, explicit))]
        return " ".join(sentences)

    def _sentences(self, clauses: Sequence[tuple[str, str]], chained: bool) -> list[str]:
        rng = self.rng
        simple = not any(details for _, details in clauses) and sum(len(main) for main, _ in clauses) < 170
        if len(clauses) == 2 and simple and rng.random() < 0.7:
            pattern = rng.choice(TWO[2:6] if chained else TWO[:2] + TWO[6:8])
            return [self.opened(pattern.format(a=clauses[0][0], b=clauses[1][0]))]
        if len(clauses) == 3 and simple and rng.random() < 0.5:
            a, b, c = (main for main, _ in clauses)
            return [self.opened(f"{a}, {b}, and {'then ' if chained else ''}{c}")]
        found = [self.opened(clauses[0][0]), clauses[0][1]]
        links = rng.sample(NEXT if chained else ALSO, len(clauses) - 1)
        for (main, details), link in zip(clauses[1:], links, strict=True):
            found += [capital(link.format(c=main)), details]
        return [sentence for sentence in found if sentence]

    def opened(self, clause: str) -> str:
        """The clause as a sentence in the speaker's tone."""
        tone = self.tone if self.tone in OPENERS and self.rng.random() < 0.6 else "plain"
        if clause.startswith(("what ", "how ", "when ", "who ")):
            return capital(clause) + "?"
        pattern = self.words.pick(OPENERS[tone], self.rng)
        while FOR_ME.search(f" {clause}") and pattern.startswith(OWN_DOING):
            pattern = self.rng.choice(OPENERS["plain"])
        return capital(pattern.format(c=clause, C=capital(clause)))

    def clause(self, step: Step) -> tuple[str, str]:
        """An explicit call as an imperative clause, and maybe a sentence of details after it."""
        draft, rng = step.draft, self.rng
        own = draft.own_id
        slots = step.filled()
        thing, rest = self._object(step, own, slots)
        head = self._head(draft, thing, rest)
        if (
            len(rest) >= 2
            and not draft.heads
            and rng.random() < 0.3
            and all(_plain(slot, step) and not slot.children for slot in rest)
        ):
            return head, self._details(rest, step)
        return f"{head} {self.phrases(rest, step)}".strip(), ""

    def _head(self, draft: Draft, thing: str, rest: Sequence[Slot]) -> str:
        rng = self.rng
        if draft.heads:
            return rng.choice(draft.heads)
        fields = [worded(slot.name) for slot in draft.fields if slot.kind.type in "sin" and not slot.noun]
        if draft.verb.deed == "read" and not rest and fields and thing != "it" and rng.random() < 0.3:
            asked = rng.choice(fields)
            return rng.choice(
                (
                    f"tell me the {asked} of {thing}",
                    f"find out the {asked} of {thing}",
                    f"check the {asked} of {thing}",
                    f"what is the {asked} of {thing}",
                )
            )
        if draft.verb.deed == "compute" and rng.random() < 0.35:
            return f"{rng.choice(('tell me', 'tell me', 'what is', 'let me know'))} {thing}"
        if draft.verb.deed == "list" and rng.random() < 0.18:
            return rng.choice(
                (
                    f"tell me which {draft.things} there are",
                    f"check if there are any {draft.things}",
                    f"see which {draft.things} we have",
                )
            )
        verb = (
            draft.verb.base if rng.random() < 0.6 else self.words.pick(draft.verb.synonyms or (draft.verb.base,), rng)
        )
        return attach(verb, thing)

    def _object(self, step: Step, own: Slot | None, slots: list[Slot]) -> tuple[str, list[Slot]]:
        """Words for the thing acted on, and the slots still to be said."""
        draft, rng = step.draft, self.rng
        if own is not None and own.name in step.links:
            rest = [slot for slot in slots if slot.name != own.name]
            call = step.links[own.name].call
            if call in self.listed:
                return rng.choice(
                    ("the first one", f"the first {draft.noun.one}", f"the {draft.noun.one} you find")
                ), rest
            if call in self.shown:
                return rng.choice(("it", f"that {draft.noun.one}", "it", f"the {draft.noun.one}")), rest
            if call in self.own:
                return rng.choice((f"the {draft.thing}", f"my {draft.noun.one}", f"the {draft.noun.one}")), rest
            return rng.choice(
                (f"that {draft.noun.one}", f"the same {draft.noun.one}", f"the {draft.noun.one} from before", "it")
            ), rest
        if own is not None and own.name in step.literals and slots[0] is own:
            return self._identified(draft, own, written(step.literals[own.name])), slots[1:]
        return self._plain_object(draft), slots

    def _identified(self, draft: Draft, own: Slot, value: str) -> str:
        noun, word = draft.noun.one, own.kind.name.split(" ")[-1]
        return self.rng.choice(
            (f"{noun} {value}", f"{noun} {value}", f"the {draft.thing} {value}", f"{noun} {word} {value}",
             f"the {noun} with {word} {value}", f"my {noun} {value}", f"the {draft.thing} with the {word} {value}")
        )  # fmt: skip

    def _plain_object(self, draft: Draft) -> str:
        rng, deed = self.rng, draft.verb.deed
        if deed == "list":
            return rng.choice(
                (
                    draft.things,
                    f"all {draft.things}",
                    f"the {draft.things}",
                    f"our {draft.things}",
                    f"my {draft.things}",
                )
            )
        if deed == "create":
            fresh = not draft.adjective and rng.random() < 0.4
            return article(f"new {draft.thing}" if fresh else draft.thing)
        return f"the {draft.thing}" if deed == "compute" or rng.random() < 0.7 else f"my {draft.thing}"

    def phrases(self, slots: Sequence[Slot], step: Step) -> str:
        """The arguments in order; neighbours that are said by name share one "with"."""
        said: list[str] = []
        group: list[str] = []
        for slot in slots:
            if (
                _plain(slot, step)
                and not step.draft.heads
                and (self.rng.random() < 0.25 or slot.children or not slot.kind.phrases)
                and not slot.noun
            ):
                group.append(self.attribute(slot, step.literals[slot.name]))
                continue
            if group:
                said.append(_after(said, f"with {joined(group)}"))
                group = []
            said.append(_after(said, self.phrase(slot, step)))
        if group:
            said.append(_after(said, f"with {joined(group)}"))
        return " ".join(part for part in said if part)

    def phrase(self, slot: Slot, step: Step) -> str:
        """One argument as people say it."""
        rng = self.rng
        if slot.name in step.links:
            call = step.links[slot.name].call
            if call in self.own and call not in self.shown:
                return ""
            if slot.noun is not None:
                second = "linked to that {n}" if call in self.own else "for the same {n}"
                return rng.choice(("for that {n}", second)).format(n=slot.noun.one)
            if step.draft.heads and slot.kind.phrases:
                made = rng.choice(("that", "that result", "the result") if call in self.own else ("that", "that value"))
                return rng.choice(slot.kind.phrases).format(
                    made if slot.kind.type in "in" else f"that {worded(slot.name)}"
                )
            options = FROM_THAT if call in self.own else FROM_BEFORE
            return self.words.pick(options, rng).format(w=worded(slot.name))
        value = step.literals[slot.name]
        if slot.noun is not None:
            word = slot.kind.name.split(" ")[-1]
            return rng.choice(("for {n} {v}", "with {n} {w} {v}", "for the {n} {v}")).format(
                n=slot.noun.one, w=word, v=written(value)
            )
        if step.draft.verb.deed in ("send", "move") and slot.kind.name in (*RECIPIENTS, *TARGETS):
            return f"to {spoken(value)}"
        if slot.kind.type == "b":
            return rng.choice(slot.kind.phrases[:2] if value else slot.kind.phrases[2:])
        return rng.choice(slot.kind.phrases).format(spoken(value))

    def attribute(self, slot: Slot, value: Json) -> str:
        """One argument by its name: priority high."""
        if slot.children:
            return joined([self.attribute(child, value[child.name]) for child in slot.children])
        if slot.kind.type == "b":
            return slot.kind.phrases[0 if value else 2].removeprefix("with ").removeprefix("but ").removeprefix("and ")
        return " ".join(labeled(worded(slot.name), spoken(value)))

    def _details(self, slots: Sequence[Slot], step: Step) -> str:
        """A sentence of its own: The title is X and the city is Y."""
        rng = self.rng
        if rng.random() < 0.3:
            return f"Details: {joined([self.attribute(slot, step.literals[slot.name]) for slot in slots])}."
        words = [(worded(slot.name), step.literals[slot.name]) for slot in slots]
        verb = rng.choice(("is", "is", "should be"))
        parts = []
        for name, value in words:
            label, text = labeled(name, spoken(value))
            parts.append(f"the {label} {be(label, value) if verb == 'is' else verb} {text}")
        return capital(joined(parts)) + "."

    def hint(self, step: Step, explicit: Sequence[Step]) -> str:
        """What the user drops about an implicit call: only its literals."""
        slots = [slot for slot in step.filled() if slot.name in step.literals]
        if not slots:
            return ""
        rng, draft = self.rng, step.draft
        own = draft.own_id
        if own is not None and slots[0] is own and len(slots) == 1:
            value = self._identified(draft, own, written(step.literals[own.name]))
            return rng.choice(("It's {v}.", "It's about {v}.", "I mean {v}.", "This is about {v}.")).format(v=value)
        thing = draft.noun.one
        if draft.verb.deed in ("list", "read") and not slots[0].noun and all(slot.kind.phrases for slot in slots):
            words = " ".join(self.phrase(slot, step) for slot in slots)
            pattern = rng.choice(
                ("It's the {t} {p}.", "I mean the {t} {p}.", "It's about the {t} {p}.", "The {t} is the one {p}.")
            )
            return capital(pattern.format(t=thing, p=words))
        words = joined([self.attribute(slot, step.literals[slot.name]) for slot in slots])
        pattern = rng.choice(
            ("For the {t}, use {p}.", "The {t} has {p}.", "For the {t} take {p}.", "Details of the {t}: {p}.")
        )
        return pattern.format(t=draft.noun.one, p=words)


def _after(said: Sequence[str], phrase: str) -> str:
    """A second "with" in a row becomes "and"."""
    return (
        f"and {phrase.removeprefix('with ')}"
        if said and said[-1].startswith("with ") and phrase.startswith("with ")
        else phrase
    )


def labeled(name: str, value: str) -> tuple[str, str]:
    """Name and value with the unit where people say it: duration, 5 minutes."""
    first, _, unit = name.rpartition(" ")
    return (
        (first, f"{value} {UNITS[unit]}")
        if unit in UNITS and first and (unit != "minutes" or first == "duration")
        else (name, value)
    )


def be(label: str, value: Json) -> str:
    """Is or are: the tags are, the status is."""
    return "are" if isinstance(value, list) or re.search(r"[^sui]s$", label) else "is"


def _plain(slot: Slot, step: Step) -> bool:
    """A literal that can be said as "name value"."""
    return slot.name in step.literals and slot.kind.type != "b"


def spoken(value: Json) -> str:
    """A value inside a sentence: lists end with "and"."""
    return joined([written(item) for item in value]) if isinstance(value, list) else written(value)


def attach(verb: str, thing: str) -> str:
    """Verb and object; a pronoun goes before the particle: turn it on."""
    first, _, last = verb.rpartition(" ")
    if thing == "it" and first and last in PARTICLES and not verb.startswith(FIRM):
        return f"{first} it {last}"
    if thing == "it" and verb.endswith(" me"):
        return f"{first} it to me"
    return f"{verb} {thing}"


def capital(text: str) -> str:
    """First letter in upper case."""
    return text[:1].upper() + text[1:]
