"""Every rule, held against every conversation of a run's output; and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dtc_local.audit import (
    attempts,
    calls,
    consistency,
    dataflow,
    exchanges,
    grounding,
    labels,
    origins,
    presence,
    wording,
)
from dtc_local.audit.base import Rule, Violation
from dtc_local.audit.terms import Terms, terms_of_run, terms_shown
from dtc_local.records import Conversation, Record
from dtc_local.store import Run, Store

RULES: tuple[Rule, ...] = (
    calls.offer,
    calls.known_tool,
    calls.withheld,
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
    presence.lists_are_whole,
    presence.not_found,
    attempts.attempts,
    attempts.errors,
    attempts.after_errors,
    attempts.mistakes,
    attempts.hints,
    exchanges.openings,
    exchanges.consent,
    exchanges.answers,
    exchanges.admitted,
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
    """Hold every rule that the run's settings call for against the conversations that its export holds."""
    kept = ((f"{run.name}-{index}", made) for index, made in store.kept(run))
    return audit_conversations(kept, terms_of_run(run.identity))


def audit_conversations(conversations: Iterable[tuple[str, Conversation]], terms: Terms | None = None) -> AuditReport:
    """Hold the rules against conversations, each given with its id."""
    found: list[Violation] = []
    number = 0
    for conversation_id, conversation in conversations:
        number += 1
        broken = violations(conversation, terms)
        found += (one.model_copy(update={"conversation": conversation_id}) for one in broken)
    return report(number, [rule.__name__ for rule in RULES], found)


def violations(conversation: Conversation, terms: Terms | None = None) -> Iterator[Violation]:
    """All violations in one conversation, rule by rule; without `terms` of what it shows to be wanted."""
    held = terms or terms_shown(conversation)
    for rule in RULES:
        for violation in rule(conversation) if held.lack(rule) is None else ():
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
