"""Ready questions to a store in plain SQL: yield, drop reasons, refusals, calls left unsaid, origins, coverage, cost.

They ask all runs, or one by its name. They read the columns beside the JSON records, and JSON only where a list stands
in a column; each is meant to be copied and changed.
"""

from __future__ import annotations

from typing import NamedTuple


class Query(NamedTuple):
    """A question: its SQL may hold parameters such as `:run`, which are texts; an empty one means any."""

    name: str
    title: str
    description: str
    sql: str


QUERIES = (
    Query(
        "drop_reasons",
        "Why conversations were dropped",
        "How often each stage failed for each reason, and its share of all conversations settled. "
        "run: name of a run, or empty for all.",
        """\
SELECT r.name AS run, c.stage, c.reason, COUNT(*) AS dropped,
  ROUND(100.0 * COUNT(*) / (SELECT COUNT(*) FROM conversations a WHERE a.run = c.run), 1) AS percent
FROM conversations c JOIN runs r ON r.id = c.run
WHERE c.status = 'dropped' AND :run IN ('', r.name)
GROUP BY c.run, c.stage, c.reason
ORDER BY r.id, dropped DESC, c.stage, c.reason""",
    ),
    Query(
        "yield_by_kind",
        "Yield by kind of turn",
        "Of the conversations that plan a turn of a kind, how many were kept. run: name of a run, or empty for all.",
        """\
SELECT k.value AS kind, COUNT(DISTINCT c.id) AS conversations,
  COUNT(DISTINCT CASE WHEN c.status <> 'dropped' THEN c.id END) AS kept,
  ROUND(100.0 * COUNT(DISTINCT CASE WHEN c.status <> 'dropped' THEN c.id END) / COUNT(DISTINCT c.id), 1) AS percent
FROM conversations c JOIN runs r ON r.id = c.run
  JOIN json_each('["' || REPLACE(c.kinds, ',', '","') || '"]') k
WHERE c.kinds <> '' AND :run IN ('', r.name)
GROUP BY k.value
ORDER BY percent DESC, kind""",
    ),
    Query(
        "implicit_calls",
        "Calls that requests leave unsaid",
        "What the user asked, and the call that the assistant had to work out. run: name of a run, or empty for all.",
        """\
SELECT t.conversation, t.position AS turn,
  JSON_EXTRACT(call.value, '$.id') AS call, JSON_EXTRACT(call.value, '$.tool') AS tool, t.request,
  JSON_EXTRACT(call.value, '$.arguments') AS arguments
FROM turns t JOIN conversations c ON c.id = t.conversation JOIN runs r ON r.id = c.run
  JOIN json_each(t.calls) level JOIN json_each(level.value) call
WHERE c.status <> 'dropped' AND :run IN ('', r.name)
  AND JSON_EXTRACT(call.value, '$.id') IN (SELECT unsaid.value FROM json_each(t.implicit) unsaid)
ORDER BY t.id, call""",
    ),
    Query(
        "origin_of_an_argument",
        "Where an argument came from",
        "The words of the request or the field of the result behind each value. "
        "conversation: its id, or empty for all; argument: its name, or empty for all.",
        """\
SELECT p.conversation, p.turn, p.call, p.argument, p.source,
  CASE p.source
    WHEN 'request' THEN SUBSTR(said.request, p.span_start + 1, p.span_end - p.span_start)
    ELSE p.path
  END AS came_from,
  p.from_turn, said.request
FROM provenance p
  LEFT JOIN turns said ON said.conversation = p.conversation AND said.position = p.from_turn
WHERE :conversation IN ('', p.conversation) AND :argument IN ('', p.argument)
ORDER BY p.conversation, p.turn, p.call, p.argument""",
    ),
    Query(
        "refusals_by_stage",
        "Refused candidates by stage",
        "How many texts each stage wrote, and why some were refused. run: name of a run, or empty for all.",
        """\
SELECT a.stage, COALESCE(NULLIF(a.reason, ''), CASE a.accepted WHEN 1 THEN 'accepted' ELSE 'outdone' END) AS verdict,
  COUNT(*) AS candidates, SUM(LENGTH(a.text)) AS characters,
  ROUND(100.0 * COUNT(*) / SUM(COUNT(*)) OVER (PARTITION BY a.stage), 1) AS percent_of_stage
FROM candidates a JOIN conversations c ON c.id = a.conversation JOIN runs r ON r.id = c.run
WHERE :run IN ('', r.name)
GROUP BY a.stage, verdict
ORDER BY a.stage, candidates DESC""",
    ),
    Query(
        "refused_candidates",
        "What was refused, word for word",
        "The texts themselves, in the order in which they were written. stage and reason: empty for all.",
        """\
SELECT a.conversation, a.turn, a.attempt, a.stage, a.reason, a.text, a.logprob
FROM candidates a
WHERE a.accepted = 0 AND :stage IN ('', a.stage) AND :reason IN ('', a.reason)
ORDER BY a.conversation, a.position""",
    ),
    Query(
        "calls_by_tool",
        "Calls of each tool by kind of turn",
        "What kept conversations cover. run: name of a run, or empty for all.",
        """\
SELECT JSON_EXTRACT(call.value, '$.tool') AS tool, t.kind, COUNT(*) AS calls,
  COUNT(DISTINCT t.conversation) AS conversations
FROM turns t JOIN conversations c ON c.id = t.conversation JOIN runs r ON r.id = c.run
  JOIN json_each(t.calls) level JOIN json_each(level.value) call
WHERE c.status <> 'dropped' AND :run IN ('', r.name)
GROUP BY tool, t.kind
ORDER BY calls DESC, tool, t.kind""",
    ),
    Query(
        "hard_turns",
        "The hardest turns that were kept",
        "Turns whose calls few blind readers found. run: name of a run, or empty for all.",
        """\
SELECT t.conversation, t.position AS turn, t.kind, t.solve_rate, t.request
FROM turns t JOIN conversations c ON c.id = t.conversation JOIN runs r ON r.id = c.run
WHERE c.status <> 'dropped' AND t.solve_rate < 1 AND :run IN ('', r.name)
ORDER BY t.solve_rate, t.id""",
    ),
    Query(
        "cost",
        "What runs cost",
        "Seconds and tokens of all sessions, by what the tokens were spent on.",
        """\
SELECT r.name AS run, spent.key AS spent_on, SUM(spent.value) AS tokens,
  (SELECT ROUND(SUM(b.seconds), 1) FROM sessions b WHERE b.run = r.id) AS seconds,
  SUM(spent.value) / MAX(1, (SELECT COUNT(*) FROM conversations c WHERE c.run = r.id AND c.status <> 'dropped'))
    AS tokens_a_kept_conversation
FROM sessions s JOIN runs r ON r.id = s.run JOIN json_each(s.tokens) spent
GROUP BY r.id, spent.key
ORDER BY r.id, tokens DESC""",
    ),
)
