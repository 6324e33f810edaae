"""The tables, as a history of numbered migrations; a released migration is never edited.

Two rules decide where a column goes. What a run writes is a function of its settings, so no wall-clock time stands in
`conversations`, `turns`, `candidates` or `provenance`; times live in `sessions`, `offers` and `runs`. And the JSON
`record` has the last word: the other columns repeat parts of it, so that plain SQL can ask for them.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("dtc_local")


INITIAL = """
CREATE TABLE tools (                -- immutable: a changed tool is a new row
    digest TEXT PRIMARY KEY,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    record TEXT NOT NULL CHECK (json_valid(record))
) STRICT;

CREATE TABLE findings (             -- what the importer changed or noticed
    tool TEXT NOT NULL REFERENCES tools (digest) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    severity TEXT NOT NULL,
    pointer TEXT NOT NULL,
    what TEXT NOT NULL,
    way_out TEXT NOT NULL,
    PRIMARY KEY (tool, position)
) STRICT;

CREATE TABLE offers (               -- the version of each tool that new runs use
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    tool TEXT NOT NULL REFERENCES tools (digest),
    imported_at TEXT NOT NULL,
    PRIMARY KEY (namespace, name)
) STRICT;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seed INTEGER NOT NULL,
    wanted INTEGER NOT NULL,        -- conversations to keep: the run's output is the first so many kept
    identity TEXT NOT NULL CHECK (json_valid(identity)),
    digest TEXT NOT NULL,
    model TEXT NOT NULL,
    model_sha256 TEXT NOT NULL,
    prompt_version TEXT NOT NULL,
    tools_digest TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE sessions (             -- one row for each time a process worked on a run
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    ended_at TEXT NOT NULL,
    seconds REAL NOT NULL,
    tokens TEXT NOT NULL CHECK (json_valid(tokens))
) STRICT;

CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('kept', 'rescued', 'dropped')),
    reason TEXT CHECK ((reason IS NULL) = (status <> 'dropped')),
    kinds TEXT NOT NULL,
    solve_rate REAL,
    record TEXT CHECK (record IS NULL OR json_valid(record)),
    UNIQUE (run, position)
) STRICT;

CREATE TABLE turns (
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    request TEXT NOT NULL,
    calls TEXT NOT NULL CHECK (json_valid(calls)),
    implicit TEXT NOT NULL CHECK (json_valid(implicit)),
    solve_rate REAL,
    reply TEXT NOT NULL,
    PRIMARY KEY (conversation, position)
) STRICT;

CREATE TABLE candidates (           -- everything the model wrote, kept or not
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    stage TEXT NOT NULL,
    turn INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    text TEXT NOT NULL,
    logprob REAL NOT NULL,
    accepted INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (conversation, position)
) STRICT;

CREATE TABLE provenance (           -- where each argument's value comes from
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    turn INTEGER NOT NULL,
    call TEXT NOT NULL,
    argument TEXT NOT NULL,
    source TEXT NOT NULL,
    from_turn INTEGER,
    span_start INTEGER,
    span_end INTEGER,
    path TEXT,
    PRIMARY KEY (conversation, turn, call, argument)
) STRICT;
"""


@migrations()
def m001_initial(db: Database) -> None:
    """Tables by content, what is on offer, runs, conversations and all that belongs to one."""
    db.executescript(INITIAL)


@migrations()
def m002_kinds_of_findings(db: Database) -> None:
    """What a finding is about, and why it matters."""
    db.executescript(
        """
        ALTER TABLE findings ADD COLUMN kind TEXT NOT NULL DEFAULT 'malformed';
        ALTER TABLE findings ADD COLUMN why TEXT NOT NULL DEFAULT '';
        """
    )
