"""The tables, as a history of numbered migrations; a released migration is never edited.

Two rules decide where a column goes. What a run writes is a function of its settings, so no wall-clock time stands in
`conversations`, `turns`, `candidates` or `provenance`; times live in `sessions`, `versions` and `runs`. And the JSON
`record` has the last word: the other columns repeat parts of it, so that plain SQL can ask for them.
"""

from __future__ import annotations

import json

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
    """What a finding is about, and why it matters. Records written before say so in one word: malformed."""
    for row in list(db.query("SELECT digest, record FROM tools")):
        record = json.loads(row["record"])
        for finding in record["findings"]:
            finding.setdefault("kind", "malformed")
        db.table("tools").update(row["digest"], {"record": json.dumps(record, ensure_ascii=False)})
    db.executescript(
        """
        ALTER TABLE findings ADD COLUMN kind TEXT NOT NULL DEFAULT 'malformed';
        ALTER TABLE findings ADD COLUMN why TEXT NOT NULL DEFAULT '';
        """
    )


SEARCHED = ("name", "words", "description", "parameters")
"""Columns of `offers` in its full-text index `offers_fts`, in this order; triggers keep it in step."""

REGISTRY = """
CREATE TABLE versions (             -- every version of every tool that was ever on offer; rows are only added
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    tool TEXT NOT NULL REFERENCES tools (digest),   -- what went on offer
    base TEXT NOT NULL REFERENCES tools (digest),   -- what the importer had read, before anything was amended
    file TEXT NOT NULL,
    reason TEXT NOT NULL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (namespace, name, version)
) STRICT;

ALTER TABLE offers RENAME TO offers_before;
ALTER TABLE findings RENAME TO findings_before;

CREATE TABLE offers (               -- the version of each tool that new runs use, and what lists say of it
    id INTEGER PRIMARY KEY,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    tool TEXT NOT NULL REFERENCES tools (digest),
    file TEXT NOT NULL,             -- where it was last imported from
    position INTEGER NOT NULL,      -- its place among the tools of that file
    description TEXT NOT NULL,
    parameters TEXT NOT NULL CHECK (json_valid(parameters)),
    required TEXT NOT NULL CHECK (json_valid(required)),
    words TEXT NOT NULL,            -- its name and its parameters' names, split into words
    effect TEXT NOT NULL,
    dialect TEXT NOT NULL,
    output TEXT NOT NULL,           -- declared, inferred, given or none
    usable INTEGER NOT NULL,        -- whether a person could give it values
    offerable INTEGER NOT NULL,     -- whether every parameter has a value at all
    UNIQUE (namespace, name),
    FOREIGN KEY (namespace, name, version) REFERENCES versions
) STRICT;
CREATE INDEX offers_in_order ON offers (namespace, file, position, name);
CREATE INDEX offers_by_name ON offers (name);

CREATE TABLE findings (             -- what the importer changed or noticed when it last read the tool
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    severity TEXT NOT NULL,
    kind TEXT NOT NULL,
    pointer TEXT NOT NULL,
    what TEXT NOT NULL,
    why TEXT NOT NULL,
    way_out TEXT NOT NULL,
    PRIMARY KEY (namespace, name, position),
    FOREIGN KEY (namespace, name) REFERENCES offers (namespace, name) ON DELETE CASCADE
) STRICT;

CREATE TABLE similar (              -- tools on offer that say nearly the same, each pair once
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    other_namespace TEXT NOT NULL,
    other_name TEXT NOT NULL,
    score REAL NOT NULL,
    PRIMARY KEY (namespace, name, other_namespace, other_name),
    FOREIGN KEY (namespace, name) REFERENCES offers (namespace, name) ON DELETE CASCADE,
    FOREIGN KEY (other_namespace, other_name) REFERENCES offers (namespace, name) ON DELETE CASCADE
) STRICT;
CREATE INDEX similar_by_other ON similar (other_namespace, other_name);

INSERT INTO versions
    SELECT t.namespace, t.name, 1, digest, digest, json_extract(record, '$.source.file'), 'imported', imported_at
    FROM offers_before JOIN tools t ON digest = tool;
"""


@migrations()
def m003_registry(db: Database) -> None:
    """Versions of tools, what lists and searches say of them, findings of the last import, tools that are alike.

    What was on offer becomes version 1, in the order in which it was listed.
    """
    from dtc_local.records import Tool
    from dtc_local.store.rows import finding_rows, offer_row

    db.executescript(REGISTRY)
    offered = (
        "SELECT digest, record FROM offers_before JOIN tools ON digest = tool ORDER BY tools.namespace, tools.name"
    )
    tools = {row["digest"]: Tool.model_validate_json(row["record"]) for row in db.query(offered)}
    db.table("offers").insert_all(
        offer_row(tool, digest, 1, tool.source.file, position) for position, (digest, tool) in enumerate(tools.items())
    )
    db.table("findings").insert_all(row for tool in tools.values() for row in finding_rows(tool))
    db.executescript("DROP TABLE findings_before; DROP TABLE offers_before;")
    if has_fts5(db):
        db.table("offers").enable_fts(SEARCHED, create_triggers=True, tokenize="porter")


INFERRED_OUTPUTS = """
CREATE TABLE inferred_outputs (     -- what models wrote for tools without an output schema: none is asked twice
    specification TEXT NOT NULL,    -- digest of the tool's own words
    model_sha256 TEXT NOT NULL,
    prompt_version TEXT NOT NULL,
    output TEXT NOT NULL CHECK (json_valid(output)),
    PRIMARY KEY (specification, model_sha256, prompt_version)
) STRICT;
"""


@migrations()
def m004_inferred_outputs(db: Database) -> None:
    """Output schemas that models inferred, so that a tool imported anew gets its own back."""
    db.executescript(INFERRED_OUTPUTS)


SAID = ("request", "reply")
"""Columns of `turns` in its full-text index `turns_fts`; triggers keep it in step."""

TURNS = """
ALTER TABLE turns RENAME TO turns_before;
CREATE TABLE turns (
    id INTEGER PRIMARY KEY,         -- for the full-text index: made of run, conversation and turn, so always the same
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    request TEXT NOT NULL,
    calls TEXT NOT NULL CHECK (json_valid(calls)),
    implicit TEXT NOT NULL CHECK (json_valid(implicit)),
    solve_rate REAL,
    reply TEXT NOT NULL,
    UNIQUE (conversation, position)
) STRICT;
INSERT INTO turns
    SELECT c.run * 10000000000 + c.position * 100 + t.position,
        t.conversation, t.position, t.kind, t.request, t.calls, t.implicit, t.solve_rate, t.reply
    FROM turns_before t JOIN conversations c ON c.id = t.conversation;
DROP TABLE turns_before;
"""


@migrations()
def m005_search_in_turns(db: Database) -> None:
    """Full-text search over requests and replies."""
    db.executescript(TURNS)
    if has_fts5(db):
        db.table("turns").enable_fts(SAID, create_triggers=True, tokenize="porter")


STAGES_OF_DROPS = """
ALTER TABLE conversations ADD COLUMN stage TEXT;    -- whose failure dropped it; NULL: not recorded
UPDATE conversations SET stage = CASE reason
    WHEN 'judged' THEN 'judge'
    WHEN 'no_topology' THEN 'scenario'
    ELSE (SELECT a.stage FROM candidates a WHERE a.conversation = conversations.id AND a.accepted = 0
        AND a.reason = conversations.reason ORDER BY a.position DESC LIMIT 1)
    END
    WHERE status = 'dropped';
"""


@migrations()
def m006_stages_of_drops(db: Database) -> None:
    """The stage whose failure dropped a conversation; of older ones, where the last refused candidate tells."""
    db.executescript(STAGES_OF_DROPS)


def has_fts5(db: Database) -> bool:
    """Whether this Python's SQLite has full-text search; without it, searches look for each word by itself."""
    return bool(db.execute("SELECT COUNT(*) FROM pragma_module_list WHERE name = 'fts5'").fetchone()[0])
