"""What a run's settings demand of its conversations: some rules hold only where they do.

A conversation by itself shows no settings; then everything is demanded that it shows to be wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dtc_local.audit import exchanges, labels
from dtc_local.audit.base import Rule
from dtc_local.records import SHAPES, Conversation, Json


@dataclass(frozen=True)
class Terms:
    """The demands of one run."""

    verified: bool = True
    """Whether a blind reader had to give the calls back."""
    consent: bool = False
    """Whether the policy wants a yes before what destroys."""
    language: str = "en"
    kinds: tuple[str, ...] = SHAPES
    """The kinds of turns that are wanted."""

    def lack(self, rule: Rule) -> str | None:
        """Why a rule says nothing of this run, or None."""
        if rule is labels.verified and not self.verified:
            return "the run was made without verification"
        if rule is exchanges.consent and not self.consent:
            return "the run's policy demands no consent"
        if rule in (exchanges.answers, exchanges.admitted) and self.language not in exchanges.LANGUAGES:
            return f"the words of agreement and refusal are not known in the language {self.language!r}"
        return None


def terms_of_run(identity: Mapping[str, Json]) -> Terms:
    """The demands of a run with these settings; of settings that it does not have the default."""
    mix = identity.get("mix") or {}
    return Terms(
        verified=identity.get("verify") != "off",
        consent=mix.get("confirm", 0) > 0,
        language=str(identity.get("language") or Terms.language),
        kinds=tuple(kind for kind, weight in mix.items() if weight > 0) or Terms.kinds,
    )


def terms_shown(conversation: Conversation) -> Terms:
    """What a conversation itself shows to be wanted."""
    return Terms(consent=any(outline.kind == "confirm" for outline in conversation.scenario.turns))
