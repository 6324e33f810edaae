"""What a format is: a function from a sample to rows, and what to tell the stack that reads them.

A sample is one kept conversation on its way out, in the shape that a model's chat template takes. A format may make no
row of it, one, or several, and raises `Unfit` for what it cannot hold, so that nothing is lost in silence. What stands
beside the rows (a snippet of configuration, an index) is text, made once for a whole export.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from dtc_local.errors import DtcError
from dtc_local.export.dialogue import Dialogue, Faults, Spelling
from dtc_local.export.shape import Shape
from dtc_local.export.writing import JsonLines, Sink
from dtc_local.records import Candidate, Conversation, Json

Row = dict[str, Json]


class Unfit(DtcError):
    """A format or a template cannot hold this conversation; the message is a reason from `REASONS`."""


REASONS = {
    "template_raised": "the chat template refuses the conversation",
    "call_not_found": "the rendered text does not hold the calls",
    "arguments_differ": "the arguments read back from the rendered text are others",
    "tool_result_lost": "a tool result is not in the rendered text",
    "assistant_text_lost": "a reply of the assistant is not in the rendered text",
    "request_lost": "the system text or a request is not in the rendered text",
    "tool_lost": "a tool on offer is not in the rendered text",
    "unstable_text": "what is trained on cannot be located in the rendered text",
    "not_single_turn": "the format holds single requests, and none of its turns stands alone and needs no result",
    "no_pair": "nothing that the model wrote was refused at a place where both ways can be shown",
    "near_duplicate": "its requests nearly repeat those of an earlier conversation",
    "kind": "a turn is of a kind that was not asked for",
    "solve_rate": "the blind reader solved too few samples of its hardest turn",
    "max_per_tool": "a tool it calls is in enough conversations already",
    "where": "the condition of --where does not hold",
}
"""Closed set of reasons for which a kept conversation is no row, each with its meaning."""


def unfit(reason: str) -> Unfit:
    """The exception for a reason of the closed set."""
    if reason not in REASONS:
        raise ValueError(f"unknown reason {reason!r}")
    return Unfit(reason)


class Rendered(NamedTuple):
    """A sample in the words of a chat template; `spans` are the characters to train on."""

    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Sample:
    """One kept conversation, ready to be written."""

    id: str
    conversation: Conversation
    dialogue: Dialogue
    policy: str = ""
    """The run's rules for the assistant."""
    faults: Faults = "mask"
    """What became of wrong attempts."""
    shape: Shape | None = None
    """The shape of the dialogue, which is its template's; None where no template was given."""
    arguments: Spelling | None = None
    """How arguments are to be spelled where no template was given; None leaves it to the format."""
    rendered: Rendered | None = None
    candidates: Callable[[], Sequence[Candidate]] = tuple
    """Everything the model wrote for the conversation."""

    def spelling(self, usual: Spelling) -> Spelling:
        """How arguments are spelled: as the template wants them, else as the format usually does."""
        return self.shape.spelling if self.shape else self.arguments or usual


class Written(NamedTuple):
    """A file of rows that an export makes, and the split that it holds."""

    path: Path
    split: str


Beside = Mapping[Path, str]
"""Texts to be written beside the rows, by file."""


def nothing_beside(files: Sequence[Written]) -> Beside:
    """For formats whose stack looks for no other file."""
    return {}


@dataclass(frozen=True)
class Format:
    """A format: how it makes rows, and what it tells the reader."""

    name: str
    about: str
    rows: Callable[[Sample], Iterator[Row]]
    snippet: Callable[[Sequence[Written]], str]
    """The configuration that the stack needs, or the code that loads the files."""
    snippet_suffix: str = ".md"
    masks: bool = False
    """Whether a row can show a message of the assistant that is not trained on."""
    rendered: bool = False
    """Whether rows are made of rendered text, so that a template must be given."""
    sink: Callable[[BinaryIO], Sink] = JsonLines
    """What rows are written through; anything but lines of JSON needs a file."""
    answers: Callable[[Row], tuple[Row, Row]] | None = None
    """Parts a row into what goes into the file of rows and into the file of answers beside it."""
    index: Callable[[Sequence[Written]], Beside] = nothing_beside
    """Other files that the stack looks for."""

    def faults(self, asked: Faults) -> Faults:
        """What becomes of wrong attempts: a format that cannot show them unlearned leaves them out."""
        return "drop" if asked == "mask" and not self.masks else asked
