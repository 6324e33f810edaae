"""Rules that prove a dataset sound, written apart from the code that makes one.

Three sets of rules: on our records (`report.RULES`), on our exported rows (`rows.ROW_RULES`), and on anyone's
conversations in whatever format (`dialogues.DIALOGUE_RULES`), which `dataset` reads from files of any size. To add a
rule, write its function and name it there; it needs a test with a conversation that breaks it and nothing else.
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
