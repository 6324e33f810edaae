"""The phrase book of exchanges without a call: questions back, answers, corrections, consent, refusals, small talk.

As in the phrase book of requests, a small model chooses among these forms token by token, and a small reader reads by
them; larger models write freely. Whatever a form says, :func:`answered`, :func:`corrected` and :func:`consent` read
back from the text alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dtc_local.stages.phrasebook import Clause
from dtc_local.stages.speech import ENGLISH
from dtc_local.words import escaped

QUESTIONS = (
    "Which {} should I use?", "Sure, which {} should I use?", "What {} should I take?", "Could you tell me the {}?",
    "I can do that. What is the {}?", "May I ask for the {}?", "I need the {} for that. What is it?",
    "Of course, what is the {}?",
)  # fmt: skip
"""How the assistant asks for a value it was not told."""
ANSWERS = (
    "It's {}.", "It is {}.", "Use {}.", "Please use {}.", "Take {}, please.", "That would be {}.", "{}, please.",
    "Sorry, I forgot that. It's {}.", "Let's take {}.", "The answer is {}, thanks.",
)  # fmt: skip
CORRECTIONS = (
    "Sorry, the {name} should be {value}, please do it again.", "Wait, I meant {value} as the {name}.",
    "I made a mistake, the {name} is {value}.", "Oh, the {name} should have been {value}. Please try that again.",
    "Actually, use {value} as the {name} instead.", "No, I got that wrong, the {name} is {value}.",
    "Can you redo that with {value} as the {name}?", "Hmm, please change the {name} to {value}.",
)  # fmt: skip
CONSENT = (
    "This cannot be undone. Shall I really {}?", "Just to be sure: shall I {}?", "Do you want me to {}?",
    "Before I do that, may I really {}?", "Are you sure that I should {}?", "Please confirm: should I {}?",
)  # fmt: skip
YES = (
    "Yes, go ahead.", "Yes, please.", "Yes, do it.", "Yes, I'm sure.", "Yes, that's right.", "Please do.", "Go ahead.",
    "Sure, go on.", "Yes, thanks for asking.",
)  # fmt: skip
NO = (
    "No, leave it.", "No, please don't.", "No, I changed my mind.", "Better not.", "No, keep it as it is.",
    "On second thought, no.", "Stop, don't do that.",
)  # fmt: skip
LEFT_ALONE = (
    "All right, I have left everything as it is.", "Okay, nothing was changed.", "Understood, I have not done it.",
    "Fine, everything stays as it is.",
)  # fmt: skip
DECLINES = (
    "I'm sorry, but none of my tools can {}.", "I can't {} with the tools I have.", "Sorry, I am not able to {}.",
    "There is no tool here with which I could {}.", "Unfortunately I cannot {}.",
)  # fmt: skip
RECALLING = (
    "What was the {} again?", "Can you remind me of the {}?", "Sorry, what was the {}?", "Which {} was it again?",
    "Tell me the {} once more, please.", "I forgot the {}, what was it?",
)  # fmt: skip
RECALLED = ("The {name} is {value}.", "The {name} was {value}.", "It is {value}.", "As I said, the {name} is {value}.")
OUTSIDE = (
    "Thanks, you are a great help.", "Do you ever get tired of this?", "What a day, it will not stop raining.",
    "Can you tell me a joke?", "What do you think about modern art?", "I am going to lunch soon.",
    "Could you write a poem about autumn for me?", "How are you today?", "Who do you think will win the match tonight?",
    "I had a terrible night, I hardly slept.", "Can you help my daughter with her homework in history?",
    "What is the meaning of life?", "You work fast, thank you.", "Is it true that cats always land on their feet?",
    "Can you recommend a good novel?", "I wonder what my neighbours are celebrating.", "Do you like music?",
    "Let me think about the rest for a moment.",
)  # fmt: skip
"""What a user says that no tool is for."""
CHATTING = (
    "That is nothing my tools are for, but I am glad to help with anything they can do.", "You're welcome.",
    "I can't help with that here, but tell me if you need anything else.", "I'm only here for what my tools can do.",
    "Thank you, just tell me what comes next.", "I have no answer to that, but I am here for your other requests.",
)  # fmt: skip
FAILED = (
    "I'm sorry, I could not {}: {}.", "I tried to {}, but it did not work: {}.", "Unfortunately I couldn't {}: {}.",
    "It was not possible to {}: {}.",
)  # fmt: skip
"""An honest report of a call that failed, with what the error says."""
FAILED_MUTELY = (
    "I'm sorry, I could not {}.", "I tried to {}, but it did not work.", "Unfortunately I couldn't {}.",
    "It was not possible to {}.",
)  # fmt: skip
"""The same where the error says nothing in words."""
HINTS = {
    "tool": ("Another tool fits this better.", "Look at what was really asked for.", "That is not what was asked."),
    "value": ("Check the values again.", "One of the values is not what was said.", "Read the request once more."),
    "missing": ("Something that was said is missing.", "Not everything that was asked is there."),
    "extra": ("That is more than was asked for.", "Leave out what nobody said."),
}
"""What an environment says to a wrong call: it names neither the tool nor a value."""


def one_of(texts: Iterable[str]) -> str:
    """A Lark grammar of exactly these texts."""
    return f"start: T\nT: /({'|'.join(map(escaped, dict.fromkeys(texts)))})/\n"


def question(name: str) -> str:
    """The grammar of a question back for a value, by its parameter's name in words."""
    return one_of(form.format(name) for form in QUESTIONS)


def answer(spellings: Sequence[str]) -> str:
    """The grammar of the user's answer to such a question: the forms from which the value is read back.

    "Use {}." is none for the value "it, please": it would be read as "{}, please." with the value "Use it".
    """
    texts = [(form.format(value), value) for form in ANSWERS for value in spellings]
    return one_of(text for text, value in texts if answered(text) == value)


def correction(name: str, spellings: Sequence[str], names: Sequence[str]) -> str:
    """The grammar of a correction: one argument should have another value; the forms from which it is read back.

    `names` are all that a reader may know, in words.
    """
    texts = [(form.format(name=name, value=value), value) for form in CORRECTIONS for value in spellings]
    return one_of(text for text, value in texts if corrected(text, names) == (name, value))


def recall(name: str) -> str:
    """The grammar of a question for what a result has shown."""
    return one_of(form.format(name) for form in RECALLING)


def recalled(name: str, value: str) -> str:
    """The grammar of its answer."""
    return one_of(form.format(name=name, value=value) for form in RECALLED)


def about(forms: Sequence[str], clause: Clause) -> str:
    """The grammar of forms with what a call is for in their gap."""
    return one_of(form.format(said) for form in forms for said in clause.imperatives)


def failure(clause: Clause, message: str) -> str:
    """The grammar of an honest report; `message` is what the error says, in one line, or empty."""
    forms = FAILED if message else FAILED_MUTELY
    return one_of(form.format(said, message.rstrip(".!?")) for form in forms for said in clause.imperatives)


def asked_for(text: str, names: Sequence[str]) -> str | None:
    """The name, in words, that a question back asks for; None if it asks for none of `names`."""
    for name in sorted(names, key=len, reverse=True):
        if text.endswith("?") and any(text.lower() == form.format(name).lower() for form in QUESTIONS):
            return name
    return None


def answered(text: str) -> str | None:
    """The value in an answer; None if the text is no answer."""
    return _gap(text, ANSWERS, "{}")


def corrected(text: str, names: Sequence[str]) -> tuple[str, str] | None:
    """Name and value of a correction; None if the text is none."""
    for name in sorted(names, key=len, reverse=True):
        forms = [form.replace("{name}", name) for form in CORRECTIONS]
        value = _gap(text, forms, "{value}")
        if value is not None:
            return name, value
    return None


def consent(text: str) -> bool | None:
    """Whether an English answer to a question for consent says yes; None if it says neither, or both."""
    return ENGLISH.consents(text)


def refuses(text: str) -> bool:
    """Whether English words admit that something was not, or cannot be, done."""
    return ENGLISH.refuses(text)


def _gap(text: str, forms: Sequence[str], gap: str) -> str | None:
    """What stands in the gap of the form that says most besides; None if no form fits."""
    found = []
    for form in forms:
        before, after = form.split(gap)
        fits = text.startswith(before) and text.endswith(after) and len(text) > len(before) + len(after)
        if fits:
            found.append((len(before) + len(after), text[len(before) : len(text) - len(after)]))
    return max(found)[1] if found else None
