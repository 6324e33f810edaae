"""Rules that prove a dataset sound, written apart from the code that makes one.

To add a rule on conversations, write `rule(conversation) -> Iterator[Violation]` and name it in `report.RULES`; to add
one on exported rows, name it in `rows.ROW_RULES`. A rule needs a test with a conversation that breaks it and nothing
else.
"""

from dtc_local.audit.base import Rule, Violation
from dtc_local.audit.report import RULES, AuditReport, audit, audit_conversations, summary, violations
from dtc_local.audit.rows import ROW_RULES, audit_rows, row_violations

__all__ = [
    "ROW_RULES",
    "RULES",
    "AuditReport",
    "Rule",
    "Violation",
    "audit",
    "audit_conversations",
    "audit_rows",
    "row_violations",
    "summary",
    "violations",
]
