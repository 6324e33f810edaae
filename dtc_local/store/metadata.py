"""What Datasette is told of a store: what tables and columns hold, how to sort and filter them, and ready queries.

The descriptions are of every table and column of :mod:`dtc_local.store.schema`, and a test holds them against it.
A query's parameters stand in it as `:name`, and an empty one means: whatever it is.
"""

from __future__ import annotations

import json
from typing import Literal

from dtc_local.records import Json
from dtc_local.store.queries import QUERIES

TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "runs": (
        "Runs of generate. A run is what its settings, tools, model and prompts make it.",
        {
            "id": "Number of the run in this file",
            "name": "Name of the run",
            "seed": "Seed of every random draw",
            "wanted": "Conversations to keep: the run's output is the first so many kept, by position",
            "identity": "Settings, tools, model and prompts, as JSON",
            "digest": "Digest of the identity",
            "model": "Name of the model",
            "model_sha256": "SHA-256 of the model's file",
            "prompt_version": "Version of the prompts",
            "tools_digest": "Digest of all tools the run could use",
            "created_at": "When it was made, UTC",
        },
    ),
    "sessions": (
        "Each time a process worked on a run and ended in good order: what it took.",
        {
            "id": "Number of the session",
            "run": "The run",
            "ended_at": "When it ended, UTC",
            "seconds": "How long it took",
            "tokens": "Tokens as JSON: prompt, evaluated (the rest of prompt came from the cache), sampled, forced by "
            "the grammar, and stage:NAME for those written in a stage",
        },
    ),
    "conversations": (
        "Every conversation that was kept or dropped.",
        {
            "id": "Run and position",
            "run": "The run",
            "position": "Its index in the run; with the seed it decides the scenario",
            "status": "kept; rescued (kept without a later turn that failed); dropped",
            "reason": "Why it was dropped",
            "stage": "The stage whose failure dropped it",
            "kinds": "Kinds of its turns as planned, with commas between",
            "solve_rate": "Share of blind readers who found the calls of its hardest turn, 0 to 1",
            "record": "The whole conversation as JSON; the other columns repeat parts of it",
        },
    ),
    "turns": (
        "Finished turns: a request, the calls made for it, and the reply.",
        {
            "id": "Number made of run, conversation and turn",
            "conversation": "The conversation",
            "position": "Its place in the conversation, from 0",
            "kind": "The shape of its calls",
            "request": "The user's words",
            "calls": "Calls and results as JSON, level by level: the calls of a level are made at once",
            "implicit": "Ids of the calls that the request leaves unsaid, as JSON",
            "solve_rate": "Share of blind readers who found its calls, 0 to 1",
            "reply": "The assistant's closing words",
        },
    ),
    "candidates": (
        "Everything the model wrote, kept or not.",
        {
            "conversation": "The conversation it was written for",
            "position": "Its place among all that was written for it, from 0",
            "stage": "What it was to be: plan, ask (a request), verify (a blind reading), execute (a result), "
            "respond (a reply), judge (a vote)",
            "turn": "The turn, from 0",
            "attempt": "The attempt at the turn, from 0",
            "text": "What was written",
            "logprob": "Mean log-probability of its sampled tokens",
            "accepted": "Whether it passed its checks",
            "reason": "Why it was refused",
        },
    ),
    "provenance": (
        "Where the value of each argument comes from.",
        {
            "conversation": "The conversation",
            "turn": "The turn of the call, from 0",
            "call": "Id of the call",
            "argument": "The argument, or a dotted path to a value inside it",
            "source": "request, result, schema (a default or the only value), inferred (a boolean or a choice)",
            "from_turn": "Of a request: its turn, from 0",
            "span_start": "Of a request: the first character of the value in it",
            "span_end": "Of a request: the character after the last one",
            "path": "Of a result: $call.field",
        },
    ),
    "tools": (
        "Tools in every version that was ever on offer or used. A changed tool is a new row.",
        {
            "digest": "Digest of the record",
            "namespace": "Namespace",
            "name": "Name",
            "record": "The tool as JSON: normalised schemas, findings, and the source as it was written",
        },
    ),
    "versions": (
        "The history of each tool.",
        {
            "namespace": "Namespace",
            "name": "Name",
            "version": "Number of the version, from 1",
            "tool": "The tool that went on offer",
            "base": "The tool as it was imported, before anything was amended",
            "file": "The file it came from",
            "reason": "imported, or what amended it",
            "made_at": "When, UTC",
        },
    ),
    "offers": (
        "Tools that new runs use, and what lists say of them.",
        {
            "id": "Number of the offer",
            "namespace": "Namespace",
            "name": "Name",
            "version": "The version on offer",
            "tool": "The tool",
            "file": "The file it was last imported from",
            "position": "Its place in that file",
            "description": "What the specification says of it",
            "parameters": "Names of its parameters, as JSON",
            "required": "Names of those that must be given, as JSON",
            "words": "The words in its name and its parameters' names",
            "effect": "read, write or destructive",
            "dialect": "The kind of file it was read from",
            "output": "Where its output schema comes from: declared, inferred, given or none",
            "usable": "Whether a conversation may call it",
            "offerable": "Whether a conversation may offer it",
        },
    ),
    "findings": (
        "What the importer changed or noticed when it last read a tool.",
        {
            "namespace": "Namespace of the tool",
            "name": "Name of the tool",
            "position": "Its place among the tool's findings, from 0",
            "severity": "info, warning or error",
            "kind": "What it is about",
            "pointer": "The place in the specification",
            "what": "What was found",
            "why": "Why it matters",
            "way_out": "What to do about it",
        },
    ),
    "similar": (
        "Pairs of tools on offer that say nearly the same.",
        {
            "namespace": "Namespace of the one",
            "name": "Name of the one",
            "other_namespace": "Namespace of the other",
            "other_name": "Name of the other",
            "score": "How alike they are, 0 to 1",
        },
    ),
    "inferred_outputs": (
        "Output schemas that a model wrote for tools that declare none.",
        {
            "specification": "Digest of the tool's own words",
            "model_sha256": "SHA-256 of the model's file",
            "prompt_version": "Version of the prompts",
            "output": "The schema, as JSON",
        },
    ),
}
"""For each table what it holds, and what each of its columns holds."""

FACETS = {
    "conversations": ("run", "status", "stage", "reason"),
    "turns": ("kind",),
    "candidates": ("stage", "accepted", "reason"),
    "provenance": ("source",),
    "offers": ("namespace", "effect", "dialect", "output", "usable"),
    "findings": ("severity", "kind", "namespace"),
}
"""Columns with few values, by which a table is broken down."""

DESCENDING = {"runs": "id", "sessions": "id", "similar": "score"}
"""Tables that show the last or the greatest first."""

LABELS = {"runs": "name", "tools": "name"}
"""What stands for a row where another table refers to it."""

HIDDEN = ("_sqlite_migrations",)


def datasette_metadata(database: str, title: str = "dtc-local") -> dict[str, Json]:
    """Metadata for `datasette DATABASE.db --metadata FILE`; `database` is the file's name without its suffix."""
    return {
        "title": title,
        "description": "Tools, runs, and synthetic tool-calling conversations with all that was written for them.",
        "databases": {
            database: {
                "tables": {name: _table(name) for name in TABLES} | {name: {"hidden": True} for name in HIDDEN},
                "queries": {
                    query.name: {"title": query.title, "description": query.description, "sql": query.sql}
                    for query in QUERIES
                },
            }
        },
    }


def metadata_text(metadata: dict[str, Json], form: Literal["json", "yaml"]) -> str:
    """The metadata as a file, ending in a line feed; in YAML a query stands as it would be typed."""
    if form == "json":
        return json.dumps(metadata, ensure_ascii=False, indent=2) + "\n"
    import yaml

    class Dumper(yaml.SafeDumper):
        """Texts of several lines as blocks."""

    def block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)

    Dumper.add_representer(str, block)
    return yaml.dump(metadata, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120)


def _table(name: str) -> dict[str, Json]:
    description, columns = TABLES[name]
    table: dict[str, Json] = {"description": description, "columns": columns}
    if name in FACETS:
        table["facets"] = list(FACETS[name])
    if name in DESCENDING:
        table["sort_desc"] = DESCENDING[name]
    if name in LABELS:
        table["label_column"] = LABELS[name]
    return table
