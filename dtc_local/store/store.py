"""Runs and conversations of a store: records go in and come out; SQL stays behind it. Tools are its registry's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from dtc_local.engine.base import ModelInfo
from dtc_local.errors import UserError
from dtc_local.prompts import PROMPT_VERSION
from dtc_local.records import Candidate, Conversation, Json, Schema, Tool
from dtc_local.settings import RunConfig
from dtc_local.store import rows
from dtc_local.store.digest import canonical, digest
from dtc_local.store.listing import marks
from dtc_local.store.lock import run_lock
from dtc_local.store.registry import Registry, add_offered, now
from dtc_local.store.values import Counts, Run, Session, Stored, Summary


class Store(Registry):
    """One database file: its tools, runs and conversations. Close it, or use it in a `with` block."""

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    # Inferred output schemas

    def inferred_output(self, tool: Tool, model: ModelInfo) -> Schema | None:
        """The output schema that this model once inferred for a tool of the same words; None if it was never asked."""
        found = self._file.rows(
            "SELECT output FROM inferred_outputs WHERE specification = ? AND model_sha256 = ? AND prompt_version = ?",
            [_specification(tool), model.sha256, PROMPT_VERSION],
        )
        return json.loads(found[0]["output"]) if found else None

    def add_inferred_output(self, tool: Tool, model: ModelInfo, output: Schema) -> None:
        """Remember it, in a transaction of its own."""
        row = {
            "specification": _specification(tool),
            "model_sha256": model.sha256,
            "prompt_version": PROMPT_VERSION,
            "output": rows.compact(output),
        }
        with self._file.transaction() as db:
            db.table("inferred_outputs").insert(row, replace=True)

    # Runs

    def open_run(self, config: RunConfig, model: ModelInfo) -> Run:
        """The run of that name, made if there is none; without a name, the run that has exactly these settings.

        A run that exists under other settings, tools, prompts or another model is refused: its conversations would
        not be those of one run.
        """
        identity = config.identity() | {
            "model": model.sha256,
            "prompts": PROMPT_VERSION,
            "tools": self.tools_digest(*config.namespaces),
        }
        name = config.run or f"seed-{config.seed}-{digest(identity)[:6]}"
        existing = self._file.rows("SELECT * FROM runs WHERE name = ?", [name])
        if not existing:
            self._insert_run(name, config, model, identity)
        else:
            _refuse_other_identity(name, json.loads(existing[0]["identity"]), identity)
            with self._file.transaction() as db:
                db.table("runs").update(existing[0]["id"], {"wanted": config.count})
        return self.run(name)

    def _insert_run(self, name: str, config: RunConfig, model: ModelInfo, identity: dict[str, Json]) -> None:
        with self._file.transaction() as db:
            db.table("runs").insert(
                {
                    "name": name,
                    "seed": config.seed,
                    "wanted": config.count,
                    "identity": canonical(identity),
                    "digest": digest(identity),
                    "model": model.name,
                    "model_sha256": model.sha256,
                    "prompt_version": PROMPT_VERSION,
                    "tools_digest": identity["tools"],
                    "created_at": now(),
                }
            )

    def lock(self, run: Run) -> AbstractContextManager[None]:
        """Hold the run for this process while the block runs; refused while another process holds it."""
        return run_lock(self.path, run.name)

    def run(self, name: str) -> Run:
        """The run of that name."""
        for run in self.runs():
            if run.name == name:
                return run
        known = ", ".join(run.name for run in self.runs()) or "none"
        raise UserError(f"There is no run {name!r} in {self.path}; its runs: {known}.", "See dtc-local runs list.")

    def latest_run(self) -> Run:
        """The run that was made last."""
        runs = self.runs()
        if not runs:
            raise UserError(f"There is no run in {self.path} yet.", "Make one with dtc-local generate.")
        return runs[-1]

    def runs(self) -> tuple[Run, ...]:
        """All runs, oldest first."""
        return tuple(
            Run(
                id=row["id"],
                name=row["name"],
                seed=row["seed"],
                wanted=row["wanted"],
                identity=json.loads(row["identity"]),
                model=row["model"],
                model_sha256=row["model_sha256"],
                prompt_version=row["prompt_version"],
                created_at=row["created_at"],
            )
            for row in self._file.rows("SELECT * FROM runs ORDER BY id")
        )

    def end_session(self, run: Run, seconds: float, tokens: Mapping[str, int]) -> None:
        """Note how long a process worked on the run and what it spent."""
        with self._file.transaction() as db:
            db.table("sessions").insert(
                {"run": run.id, "ended_at": now(), "seconds": seconds, "tokens": rows.compact(dict(tokens))}
            )

    def spent(self, run: Run) -> tuple[float, dict[str, int]]:
        """Seconds and tokens of all sessions that ended in good order."""
        seconds, tokens = 0.0, dict[str, int]()
        for session in self.sessions(run):
            seconds += session.seconds
            for name, count in session.tokens.items():
                tokens[name] = tokens.get(name, 0) + count
        return seconds, tokens

    def sessions(self, run: Run) -> tuple[Session, ...]:
        """The times a process worked on the run and ended in good order, oldest first."""
        found = self._file.rows("SELECT ended_at, seconds, tokens FROM sessions WHERE run = ? ORDER BY id", [run.id])
        return tuple(Session(row["ended_at"], row["seconds"], json.loads(row["tokens"])) for row in found)

    # Conversations

    def done(self, run: Run) -> set[int]:
        """Indices that are settled, kept or dropped."""
        return {row["position"] for row in self._positions(run)}

    def kept_indices(self, run: Run) -> list[int]:
        """Indices of kept conversations, in order."""
        return [row["position"] for row in self._positions(run) if row["status"] != "dropped"]

    def save(
        self,
        run: Run,
        index: int,
        conversation: Conversation | None,
        candidates: Sequence[Candidate],
        kept: bool,
        reason: str | None = None,
        stage: str | None = None,
    ) -> str:
        """Settle one index in one transaction and return the conversation's id.

        A dropped one has a `reason`, the `stage` that failed, and as much of the conversation as there was; saving an
        index twice is an error.
        """
        conversation_id = f"{run.name}-{index}"
        status = ("rescued" if conversation and conversation.rescued else "kept") if kept else "dropped"
        with self._file.transaction() as db:
            if conversation:
                add_offered(db, conversation.scenario.offer)
            db.table("conversations").insert(
                {
                    "id": conversation_id,
                    "run": run.id,
                    "position": index,
                    "status": status,
                    "reason": None if kept else reason,
                    "stage": None if kept else stage,
                    "kinds": rows.kinds(conversation),
                    "solve_rate": rows.solve_rate(conversation),
                    "record": rows.conversation_record(conversation) if conversation else None,
                }
            )
            if conversation:
                db.table("turns").insert_all(rows.turn_rows(conversation_id, run.id, index, conversation))
                db.table("provenance").insert_all(rows.provenance_rows(conversation_id, conversation))
            db.table("candidates").insert_all(rows.candidate_rows(conversation_id, candidates))
        return conversation_id

    def kept(self, run: Run, limit: int | None = None) -> Iterator[tuple[int, Conversation]]:
        """The run's output: its first kept conversations in index order, as many as are wanted (or `limit`)."""
        wanted = run.wanted if limit is None else min(limit, run.wanted)
        for index in self.kept_indices(run)[:wanted]:
            stored = self.conversation(f"{run.name}-{index}")
            if stored.conversation is not None:
                yield index, stored.conversation

    def counts(self, run: Run) -> Counts:
        """Kept, and dropped by reason, up to the last conversation wanted."""
        settled = self._positions(run)
        kept = [row["position"] for row in settled if row["status"] != "dropped"][: run.wanted]
        enough = len(kept) == run.wanted
        counted = [row for row in settled if not enough or row["position"] <= kept[-1]]
        dropped: dict[str, int] = {}
        for row in counted:
            if row["status"] == "dropped":
                dropped[row["reason"]] = dropped.get(row["reason"], 0) + 1
        return Counts(
            wanted=run.wanted,
            kept=len(kept),
            dropped=dict(sorted(dropped.items(), key=lambda item: (-item[1], item[0]))),
            rescued=sum(row["status"] == "rescued" for row in counted),
            complete=enough and len(counted) == kept[-1] + 1,
        )

    def summaries(self, run: Run) -> tuple[Summary, ...]:
        """All settled conversations of a run, by index."""
        found = self._file.rows(
            "SELECT id, position, status, reason, stage, kinds, solve_rate FROM conversations WHERE run = ?"
            " ORDER BY position",
            [run.id],
        )
        return tuple(
            Summary(
                id=row["id"],
                index=row["position"],
                status=row["status"],
                reason=row["reason"],
                stage=row["stage"],
                kinds=tuple(filter(None, row["kinds"].split(","))),
                solve_rate=row["solve_rate"],
            )
            for row in found
        )

    def counted(self, run: Run) -> tuple[Summary, ...]:
        """The settled conversations that the run's counts cover, by index."""
        return self.summaries(run)[: self.counts(run).finished]

    def written(self, run: Run, last: int) -> Iterator[tuple[str, str | None, int]]:
        """What the model wrote for the conversations up to index `last`: stage, why it was refused ("" for what another
        outdid, None for what was accepted), and how many such candidates there are."""
        for row in self._file.rows(
            "SELECT a.stage, CASE a.accepted WHEN 0 THEN a.reason END AS reason, COUNT(*) AS n FROM candidates a"
            " JOIN conversations c ON c.id = a.conversation WHERE c.run = ? AND c.position <= ? GROUP BY 1, 2",
            [run.id, last],
        ):
            yield row["stage"], row["reason"], row["n"]

    def _positions(self, run: Run) -> list[dict[str, Any]]:
        return self._file.rows(
            "SELECT position, status, reason FROM conversations WHERE run = ? ORDER BY position", [run.id]
        )

    def conversation(self, conversation_id: str) -> Stored:
        """The conversation of that id, kept or dropped."""
        found = self._file.rows("SELECT * FROM conversations WHERE id = ?", [conversation_id])
        if not found:
            raise UserError(
                f"There is no conversation {conversation_id!r} in {self.path}.",
                "dtc-local runs show RUN lists the ids of a run.",
            )
        row = found[0]
        conversation = self._hydrate(row["record"]) if row["record"] else None
        return Stored(row["id"], row["position"], row["status"], row["reason"], conversation, row["stage"])

    def _hydrate(self, record: str) -> Conversation:
        offered = rows.offered_digests(record)
        found = self._file.rows(f"SELECT digest, record FROM tools WHERE digest IN ({marks(offered)})", offered)
        return rows.conversation_from(record, {row["digest"]: self._parsed(row["record"]) for row in found})

    def candidates(self, conversation_id: str) -> tuple[Candidate, ...]:
        """Everything the model wrote for a conversation, kept or not."""
        found = self._file.rows(
            "SELECT stage, turn, attempt, text, logprob, accepted, reason FROM candidates"
            " WHERE conversation = ? ORDER BY position",
            [conversation_id],
        )
        return tuple(Candidate(**row | {"accepted": bool(row["accepted"])}) for row in found)


def _specification(tool: Tool) -> str:
    """Digest of a tool's own words: what its result may be inferred from."""
    return digest([tool.name, tool.description, tool.effect, tool.parameters])


def _refuse_other_identity(name: str, before: dict[str, Json], now: dict[str, Json]) -> None:
    words = {
        "tools": "the tools on offer have changed",
        "model": "the model is another",
        "prompts": "the prompts have changed",
    }
    differing = [
        words.get(key, f"{key} was {canonical(before.get(key))} and is now {canonical(now.get(key))}")
        for key in sorted(before.keys() | now.keys())
        if before.get(key) != now.get(key)
    ]
    if differing:
        raise UserError(
            f"Run {name!r} was made with other settings: {', '.join(differing)}.", "Give another name with --run."
        )
