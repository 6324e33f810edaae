"""Rules on anyone's conversations in the neutral form. To add one, write its check and name it below with a severity.

A rule needs a test with a conversation that breaks it, and nothing else that is not broken with it.
"""

from __future__ import annotations

from dtc_local.audit.defects import Severity
from dtc_local.audit.dialogues import form, grounding, results, schemas, wording
from dtc_local.audit.dialogues.base import DialogueRule

DIALOGUE_RULES: tuple[DialogueRule, ...] = (
    DialogueRule(form.truncated_json, "error"),
    DialogueRule(form.unreadable_arguments, "error"),
    DialogueRule(form.unparsed_call, "error"),
    DialogueRule(form.no_request, "error"),
    DialogueRule(form.role_order, "warning"),
    DialogueRule(form.empty_message, "warning"),
    DialogueRule(form.repeated_turn, "warning"),
    DialogueRule(form.repeated_call, "warning", ("results",)),
    DialogueRule(form.call_without_result, "error", ("results",)),
    DialogueRule(form.result_without_call, "error", ("results",)),
    DialogueRule(form.duplicate_id, "error"),
    DialogueRule(form.ends_without_reply, "info", ("replies",)),
    DialogueRule(schemas.tool_spec, "error", ("tools",)),
    DialogueRule(schemas.illegal_name, "info", ("tools",)),
    DialogueRule(schemas.unknown_tool, "error", ("tools",)),
    DialogueRule(schemas.missing_argument, "error", ("tools",)),
    DialogueRule(schemas.unknown_argument, "error", ("tools",)),
    DialogueRule(schemas.schema, "error", ("tools",)),
    DialogueRule(schemas.result_schema, "warning", ("tools", "results")),
    DialogueRule(grounding.unresolved_reference, "error"),
    DialogueRule(grounding.ungrounded_argument, "warning", ("calls",)),
    DialogueRule(results.contradiction, "warning", ("results",)),
    DialogueRule(results.broken_echo, "warning", ("results",)),
    DialogueRule(wording.leaked_name, "warning"),
    DialogueRule(wording.ungrounded_reply, "warning", ("results", "replies")),
    DialogueRule(wording.past_date, "warning", ("today",)),
)
"""Rules on one conversation."""
FILE_RULES: tuple[tuple[str, Severity], ...] = (
    ("unreadable_row", "error"),
    ("unknown_shape", "error"),
    ("near_duplicate", "warning"),
    ("unbalanced_kinds", "info"),
)
"""Rules on rows that are no conversations, and on all conversations of a file together."""
FILE_PROMISES = {
    "unreadable_row": "Every row is UTF-8 and JSON.",
    "unknown_shape": "Every row is a conversation in a known format.",
    "near_duplicate": "No conversation repeats the requests of another in nearly the same words.",
    "unbalanced_kinds": "No kind of turn is rarer than a share of all turns.",
}
"""What those promise."""

__all__ = ["DIALOGUE_RULES", "FILE_PROMISES", "FILE_RULES", "DialogueRule"]
