"""What a rule on dialogues is: a function from a dialogue to defects, its severity, and what it needs to say anything.

`error` is wrong whatever one thinks of the data: it does not parse, breaks the tool's own schema, cannot be trained
on. `warning` is inferred from words and values, and a person should look. `info` is worth knowing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dtc_local.audit.defects import Defect, Severity
from dtc_local.audit.dialogue import Dialogue, Step

Check = Callable[[Dialogue], Iterator[Defect]]
NEEDS: dict[str, tuple[Callable[[Dialogue], bool], str]] = {
    "results": (lambda dialogue: dialogue.results, "the data holds no results of calls"),
    "replies": (lambda dialogue: dialogue.replies, "the data holds no words of the assistant"),
    "calls": (lambda dialogue: dialogue.all_calls, "the data leaves out calls that only read"),
    "tools": (lambda dialogue: dialogue.tools is not None, "no tools are stated; name them with --tools"),
    "today": (lambda dialogue: dialogue.today is not None, "no date is stated"),
}
"""What a rule may need, how it is seen, and what is said where it is missing."""


@dataclass(frozen=True)
class DialogueRule:
    """A rule; the first line of the check's docstring is what it promises."""

    check: Check
    severity: Severity
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the rule: that of its check."""
        return self.check.__name__

    def lacks(self, dialogue: Dialogue) -> str | None:
        """What is missing for the rule to say anything of a dialogue."""
        return next((NEEDS[need][1] for need in self.needs if not NEEDS[need][0](dialogue)), None)


def at(step: Step, what: str) -> Defect:
    """A defect at a call."""
    return Defect(what, turn=step.turn, call=step.place)
