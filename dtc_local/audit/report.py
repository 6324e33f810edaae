"""Every rule, held against every conversation of a run's output; and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dtc_local.audit import calls, consistency, dataflow, grounding, labels, origins, wording
from dtc_local.audit.base import Rule, Violation
from dtc_local.records import Conversation, Record
from dtc_local.store import Run, Store

RULES: tuple[Rule, ...] = (
    calls.offer,
    calls.known_tool,
    calls.call_ids,
    calls.arguments_schema,
    calls.argument_names,
    calls.result_schema,
    dataflow.references,
    dataflow.literals,
    dataflow.levels,
    grounding.grounded,
    grounding.required_carried,
    grounding.no_other_digits,
    origins.provenance,
    wording.requests_said,
    wording.no_names,
    wording.no_call_ids,
    wording.no_json,
    wording.reply_length,
    wording.reply_grounded,
    consistency.echo,
    consistency.same_read_same_result,
    consistency.facts_stay,
    consistency.deleted_stays_deleted,
    labels.kinds,
    labels.turn_program,
    labels.implicit,
    labels.verified,
    labels.judged,
)
"""All rules on stored conversations; the first line of a rule's docstring is what it promises."""
SHOWN = 20


class AuditReport(Record):
    """How many conversations were looked at, how often each rule was broken, and where."""

    conversations: int
    counts: dict[str, int]
    """Violations by rule; every rule has its entry."""
    violations: tuple[Violation, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether there was something to look at, and nothing wrong with it."""
        return self.conversations > 0 and not self.violations


def audit(store: Store, run: Run) -> AuditReport:
    """Hold every rule against the conversations that a run's export holds."""
    return audit_conversations((f"{run.name}-{index}", made) for index, made in store.kept(run))


def audit_conversations(conversations: Iterable[tuple[str, Conversation]]) -> AuditReport:
    """Hold every rule against conversations, each given with its id."""
    found: list[Violation] = []
    number = 0
    for conversation_id, conversation in conversations:
        number += 1
        found += (one.model_copy(update={"conversation": conversation_id}) for one in violations(conversation))
    return report(number, [rule.__name__ for rule in RULES], found)


def violations(conversation: Conversation) -> Iterator[Violation]:
    """All violations in one conversation, rule by rule."""
    for rule in RULES:
        for violation in rule(conversation):
            yield violation.model_copy(update={"rule": rule.__name__, "conversation": str(conversation.scenario.index)})


def report(number: int, rules: Iterable[str], found: Iterable[Violation]) -> AuditReport:
    """The report on `number` conversations, from what was found in them."""
    counts, found = dict.fromkeys(rules, 0), tuple(found)
    for violation in found:
        counts[violation.rule] += 1
    return AuditReport(conversations=number, counts=counts, violations=found)


def summary(audited: AuditReport) -> str:
    """The report in words: one line for the whole, one for each rule that was broken, then the first violations."""
    broken = {rule: count for rule, count in audited.counts.items() if count}
    lines = [
        f"{audited.conversations} conversations, {len(audited.counts)} rules, {len(audited.violations)} violations."
    ]
    lines += [f"  {rule}: {count}" for rule, count in broken.items()]
    lines += [f"  {violation}" for violation in audited.violations[:SHOWN]]
    if len(audited.violations) > SHOWN:
        lines.append(f"  ... and {len(audited.violations) - SHOWN} more")
    return "\n".join(lines)
