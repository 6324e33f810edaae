"""The audit of a whole data set, a file of anyone's or a run of ours: rows in, counts, examples and figures out.

Rows are read, audited and let go one by one; nothing that is kept grows with the length of the file, but for one hash
for each id. Conversations of a run are records, which are held against the rules on records; figures, near-duplicates
and kinds are those of every data set.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from dtc_local.audit.defects import Defect, Severity, Tally
from dtc_local.audit.dialogue import Dialogue, ToolSpec
from dtc_local.audit.dialogues import DIALOGUE_RULES, FILE_RULES
from dtc_local.audit.dialogues.flow import COUNTS, SHAPES, edges
from dtc_local.audit.dialogues.near import NearDuplicates
from dtc_local.audit.figures import Figures
from dtc_local.audit.files import BadRow, Row, rows
from dtc_local.audit.readers import READERS, NoDialogue, Reader, read
from dtc_local.audit.readers.records import dialogue_of
from dtc_local.audit.report import RULES, violations
from dtc_local.audit.terms import terms_of_run
from dtc_local.errors import UserError
from dtc_local.records import Json
from dtc_local.store import Run, Store

KIND_SHARE = 0.02
FEWEST_TURNS = 50
"""Turns below which shares of kinds say nothing."""
STRANGE_ROWS = 20
"""After so many rows in no known format, and none in one, the file is refused."""
Found = Iterator[tuple[str, Defect]]


class Progress(NamedTuple):
    """How far the audit of a file is."""

    read: int
    size: int
    conversations: int


@dataclass(frozen=True)
class Asked:
    """What an audit is asked for."""

    examples: int = 3
    only: tuple[str, ...] = ()
    kind_share: float = KIND_SHARE
    reader: Reader | None = None
    """The format to read; None to recognise it by content, row by row."""
    tools: tuple[ToolSpec, ...] | None = None
    """Tools for data that states none."""
    answers: Mapping[str, Json] = field(default_factory=dict)
    """Ground truth by id, for tasks whose answers stand in another file."""


class DatasetAudit:
    """What came of an audit so far."""

    def __init__(self, source: str, rules: Iterable[tuple[str, Severity]], asked: Asked) -> None:
        self.source = source
        self.asked = asked
        self.tally = Tally([*rules, *FILE_RULES], asked.examples, asked.only)
        self.figures = Figures()
        self.formats: Counter[str] = Counter()
        self.unlooked: dict[str, Counter[str]] = defaultdict(Counter)
        """For each reason the rules that had nothing to look at for it, with the number of conversations."""
        self.wanted: Sequence[str] = ()
        """The kinds of turns that a run was asked for."""
        self._near = NearDuplicates()
        self._ids: dict[int, int] = {}

    @property
    def conversations(self) -> int:
        """How many conversations were looked at."""
        return self.figures.conversations

    def about_all(self, dialogue: Dialogue, place: str) -> Found:
        """Count a conversation in the figures; what it repeats of earlier ones."""
        self.figures.add(dialogue, edges(dialogue))
        yield from self._near.add(dialogue, place)

    def id_again(self, name: str, line: int) -> Found:
        """The defect of a conversation's id that an earlier line has."""
        first = self._ids.setdefault(hash(name), line) if name else line
        if first != line:
            yield "duplicate_id", Defect(f"the conversation has the id of line {first}")

    def close(self) -> None:
        """Look at all conversations together."""
        self.tally.add(self._rare_kinds())

    def _rare_kinds(self) -> Found:
        counts, turns = self.figures.kinds, sum(self.figures.kinds.values())
        for kind in self._expected() if turns >= FEWEST_TURNS else ():
            if counts[kind] < self.asked.kind_share * turns:
                share = f"{counts[kind]} of {turns} turns ({counts[kind] / turns:.1%})"
                yield "unbalanced_kinds", Defect(f"{kind}: {share}, less than {self.asked.kind_share:.1%}")

    def _expected(self) -> Sequence[str]:
        """The kinds of turns that could have been seen."""
        return self.wanted or self._seen()

    def _seen(self) -> Sequence[str]:
        return COUNTS if "several" in self.figures.kinds else SHAPES


def audit_file(
    path: Path, asked: Asked | None = None, progress: Callable[[Progress], None] | None = None
) -> DatasetAudit:
    """Audit a file of conversations in any known format.

    Raises :class:`UserError` for a file that cannot be read, and for one that holds no conversation at all.
    """
    asked = asked or Asked()
    made = DatasetAudit(str(path), ((rule.name, rule.severity) for rule in DIALOGUE_RULES), asked)
    size = path.stat().st_size if path.exists() else 0
    first_strange: tuple[int, str] | None = None
    strange = 0
    for row in rows(path):
        if isinstance(row, BadRow):
            made.tally.add(_unreadable(row), row.line)
            continue
        try:
            _audit_row(made, row)
        except NoDialogue as error:
            strange += 1
            first_strange = first_strange or (row.line, str(error))
            made.tally.add([("unknown_shape", Defect(str(error)))], row.line)
            if strange >= STRANGE_ROWS and not made.conversations:
                break
        except RecursionError:
            made.tally.add([("unreadable_row", Defect("the row is nested too deeply"))], row.line)
        if progress:
            progress(Progress(row.read, size, made.conversations))
    if first_strange and not made.conversations:
        line, why = first_strange
        raise UserError(f"{path}: line {line}: {why}.", known())
    made.close()
    return made


def known() -> str:
    """The formats in one sentence."""
    return f"Known are {'; '.join(reader.WORDS.partition(':')[0] for reader in READERS)}."


def _unreadable(row: BadRow) -> Found:
    yield (
        ("truncated_json", Defect(f"the row ends in the middle: {row.why}"))
        if row.truncated
        else (
            "unreadable_row",
            Defect(row.why),
        )
    )


def _audit_row(made: DatasetAudit, row: Row) -> None:
    value = row.value
    if isinstance(value, dict) and "ground_truth" not in value and str(value.get("id")) in made.asked.answers:
        value = value | {"ground_truth": made.asked.answers[str(value["id"])]}
    dialogue, format_name = read(value, made.asked.tools, made.asked.reader)
    found = [*_broken(made, dialogue), *made.id_again(dialogue.id, row.line)]
    found += made.about_all(dialogue, f"line {row.line}" + (f" ({dialogue.id})" if dialogue.id else ""))
    made.formats[format_name] += 1
    made.tally.add(found, row.line, dialogue.id)


def _broken(made: DatasetAudit, dialogue: Dialogue) -> Found:
    """Everything that the rules on one conversation find."""
    for rule in DIALOGUE_RULES:
        if rule.name not in made.tally.rules:
            continue
        lack = rule.lacks(dialogue)
        if lack is not None:
            made.unlooked[lack][rule.name] += 1
        else:
            yield from ((rule.name, defect) for defect in rule.check(dialogue))


def audit_run(store: Store, run: Run, asked: Asked | None = None) -> DatasetAudit:
    """Audit the conversations that a run's export holds, by the rules on records."""
    made = DatasetAudit(f"run {run.name}", ((rule.__name__, "error") for rule in RULES), asked or Asked())
    terms = terms_of_run(run.identity)
    made.wanted = terms.kinds
    for index, conversation in store.kept(run):
        name = f"{run.name}-{index}"
        made.formats["run"] += 1
        found = [
            (one.rule, Defect(one.what, None if one.turn is None else one.turn + 1, one.call or ""))
            for one in violations(conversation, terms)
        ]
        for rule in RULES:
            lack = terms.lack(rule) if rule.__name__ in made.tally.rules else None
            if lack is not None:
                made.unlooked[lack][rule.__name__] += 1
        found += made.about_all(dialogue_of(conversation), name)
        made.tally.add(found, conversation=name)
    made.close()
    return made


def read_answers(path: Path) -> dict[str, Json]:
    """Ground truth by id, from a file of objects with `id` and `ground_truth`; :class:`UserError` for any other."""
    answers: dict[str, Json] = {}
    for row in rows(path):
        if isinstance(row, BadRow):
            raise UserError(f"{path}: line {row.line}: {row.why}.", "Correct it.")
        if not isinstance(row.value, dict) or not {"id", "ground_truth"} <= row.value.keys():
            raise UserError(f"{path}: line {row.line}: no id, or no ground_truth.", "An answer has both.")
        answers[str(row.value["id"])] = row.value["ground_truth"]
    return answers
