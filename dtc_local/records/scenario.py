"""What is fixed before any model runs: who talks, when, about what, with which tools, in which turns."""

from __future__ import annotations

from dtc_local.records.base import Json, Record
from dtc_local.records.plan import TurnOutline
from dtc_local.records.tool import Tool


class Persona(Record):
    """The simulated user. Big Five traits run from -1 to 1."""

    name: str
    role: str
    expertise: str
    traits: dict[str, float] = {}

    def words(self) -> str:
        """One line for prompts; a trait is worth a word from |0.4| on (openness, extraversion ...)."""
        notable = [TRAIT_WORDS[trait][value > 0] for trait, value in self.traits.items() if abs(value) >= 0.4]
        return ", ".join([f"{self.name}, {self.role}", self.expertise, *notable])


TRAIT_WORDS = {
    "openness": ("down to earth", "curious"),
    "conscientiousness": ("casual", "precise"),
    "extraversion": ("brief", "talkative"),
    "agreeableness": ("blunt", "polite"),
    "neuroticism": ("calm", "worried"),
}
"""For each Big Five trait, the word for a low and for a high value."""


class Scenario(Record):
    """One conversation's frame. Equal (run seed, index) give an equal scenario."""

    index: int
    date: str
    """ISO 8601 calendar date, shown in every prompt and in the exported system message."""
    language: str = "en"
    """ISO 639-1 code of the language of requests and replies."""
    persona: Persona
    offer: tuple[Tool, ...]
    """All tools the assistant sees: needed ones and distractors, shuffled."""
    turns: tuple[TurnOutline, ...]
    facts: dict[str, dict[str, tuple[Json, ...]]] = {}
    """Candidate values by call id, then by argument or output path ("city", "items.0.price")."""
    withheld: tuple[Tool, ...] = ()
    """Tools that a request asks for although they are not on offer (missing_tool)."""

    def tool(self, name: str) -> Tool:
        """The tool of that name, offered or withheld; KeyError if there is none."""
        for tool in (*self.offer, *self.withheld):
            if tool.name == name:
                return tool
        raise KeyError(name)
