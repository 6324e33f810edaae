"""How a tool goes on offer: versions are added, never changed, and what did not change is not written.

The rule. A version holds two records: `base`, the tool as the importer read it, and `tool`, what went on offer, which
differs where it was amended (an output schema inferred or given, entities, recordings). An import is compared with the
last version's **base**, so reading an unchanged file again leaves amendments alone. A tool whose base did change
becomes the next version, with those amendments that still fit it (:mod:`dtc_local.tools.amend`). Where only the file's
path, the place in the file or the findings are others, the tool is unchanged: these are noted beside it, no version is
made, and runs go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from dtc_local.errors import UserError
from dtc_local.records import Tool
from dtc_local.store import rows
from dtc_local.store.digest import record_digest
from dtc_local.store.listing import IN_ORDER
from dtc_local.store.values import AddedReport, Gone, ToolChanges
from dtc_local.tools.amend import carried
from dtc_local.tools.diff import Change, diff
from dtc_local.tools.similar import Pair, Profile, similar_pairs

IMPORTED = "imported"
AMENDABLE = ("output", "output_origin", "error", "effect", "entities", "recorded", "findings")
"""Fields of a tool that an amendment may change, beside the original schemas of result and error."""
Key = tuple[str, str]
"""Namespace and name."""


def add(db: Database, tools: Sequence[Tool], now: str) -> AddedReport:
    """Put imported tools on offer; `now` is the time that new versions get."""
    offering = Offering(db, now)
    offering.add(tools)
    offering.write()
    touched = {*offering.verdicts["new"], *offering.verdicts["changed"]}
    pairs = _find_similar(db) if touched else ()
    return AddedReport(
        **{verdict: tuple(map("/".join, keys)) for verdict, keys in offering.verdicts.items()},
        changes=tuple(ToolChanges("/".join(key), changes) for key, changes in offering.changes.items()),
        gone=_gone(db, tools),
        similar=tuple(pair for pair in pairs if not touched.isdisjoint(_keys(pair))),
    )


def amend(db: Database, tools: Sequence[Tool], reason: str, now: str) -> tuple[str, ...]:
    """Put amended versions of tools on offer; the names of those that changed. Refuses what is no amendment."""
    known = last_versions(db, {tool.namespace for tool in tools})
    offering = Offering(db, now)
    for tool in tools:
        offering.amend(tool, reason, known.get((tool.namespace, tool.name)))
    offering.write()
    return tuple(map("/".join, offering.verdicts["changed"]))


@dataclass(frozen=True)
class Last:
    """The newest version of a tool, and where it stands on offer (None for one taken off)."""

    version: int
    tool: str
    base: str
    base_file: str
    file: str | None
    position: int | None


@dataclass
class Offering:
    """Changes of what is on offer, gathered and then written at once; `now` is the time all of them get."""

    db: Database
    now: str
    verdicts: dict[str, list[Key]] = field(default_factory=lambda: {"new": [], "changed": [], "unchanged": []})
    changes: dict[Key, tuple[Change, ...]] = field(default_factory=dict)
    _tools: dict[str, rows.Row] = field(default_factory=dict)
    _versions: list[rows.Row] = field(default_factory=list)
    _offers: list[rows.Row] = field(default_factory=list)
    _moves: list[tuple[str, int, str, str]] = field(default_factory=list)
    _findings: dict[Key, list[rows.Row]] = field(default_factory=dict)

    def add(self, tools: Sequence[Tool]) -> None:
        """Gather what importing these tools changes. Of two tools of one name the later counts."""
        latest = {(tool.namespace, tool.name): tool for tool in tools}
        known = last_versions(self.db, {namespace for namespace, _ in latest})
        noted = self._noted({namespace for namespace, _ in latest})
        places: dict[str, int] = {}
        for key, tool in latest.items():
            position = places[tool.source.file] = places.get(tool.source.file, -1) + 1
            self._import(tool, position, known.get(key), noted.get(key, []))

    def amend(self, tool: Tool, reason: str, last: Last | None) -> None:
        """Gather a new version of a tool on offer, made otherwise than by importing."""
        key = (tool.namespace, tool.name)
        if last is None or last.file is None or last.position is None:
            raise UserError(f"There is no tool {'/'.join(key)} on offer.", "See dtc-local tools list.")
        if not _amends(tool, self._load(last.tool)):
            raise UserError(
                f"The specification of {'/'.join(key)} has changed meanwhile.", "Do it again with the new one."
            )
        digest = record_digest(tool)
        self.verdicts["unchanged" if digest == last.tool else "changed"].append(key)
        if digest != last.tool:
            self._version(tool, digest, last.base, last.version + 1, last.base_file, reason)
            self._put(tool, digest, last.version + 1, last.file, last.position)

    def write(self) -> None:
        """Write everything gathered, inside the caller's transaction."""
        db = self.db
        db.table("tools").insert_all(self._tools.values(), ignore=True, pk="digest")
        db.table("versions").insert_all(self._versions)
        if self._offers:
            columns = list(self._offers[0])
            values = ", ".join(f":{column}" for column in columns)
            updates = ", ".join(f"{column} = excluded.{column}" for column in columns)
            db.conn.executemany(
                f"INSERT INTO offers ({', '.join(columns)}) VALUES ({values})"
                f" ON CONFLICT (namespace, name) DO UPDATE SET {updates}",
                self._offers,
            )
        db.conn.executemany("UPDATE offers SET file = ?, position = ? WHERE namespace = ? AND name = ?", self._moves)
        db.conn.executemany("DELETE FROM findings WHERE namespace = ? AND name = ?", list(self._findings))
        db.table("findings").insert_all(row for found in self._findings.values() for row in found)

    def _import(self, tool: Tool, position: int, last: Last | None, noted: list[rows.Row]) -> None:
        key, file = (tool.namespace, tool.name), tool.source.file
        if last is None:
            self.verdicts["new"].append(key)
            self._next(tool, tool, file, position, 1)
        elif not self._is_unchanged(tool, last):
            before, base = self._load(last.tool), self._load(last.base)
            offered = carried(tool, base, before)
            self.changes[key] = diff(before, offered) or diff(base, tool)
            self.verdicts["new" if last.file is None else "changed"].append(key)
            self._next(tool, offered, file, position, last.version + 1)
        elif last.file is None:
            self.verdicts["new"].append(key)
            self._put(self._load(last.tool), last.tool, last.version, file, position)
        else:
            self.verdicts["unchanged"].append(key)
            if (last.file, last.position) != (file, position):
                self._moves.append((file, position, *key))
            self._note(tool, last, noted)

    def _next(self, base: Tool, offered: Tool, file: str, position: int, version: int) -> None:
        """The next version, of a tool just imported."""
        base_digest = self._keep(base)
        digest = base_digest if offered is base else record_digest(offered)
        self._version(offered, digest, base_digest, version, file, IMPORTED)
        self._put(offered, digest, version, file, position)

    def _version(self, tool: Tool, digest: str, base: str, version: int, file: str, reason: str) -> None:
        self._tools.setdefault(digest, rows.tool_row(tool, digest))
        self._versions.append(
            {
                "namespace": tool.namespace,
                "name": tool.name,
                "version": version,
                "tool": digest,
                "base": base,
                "file": file,
                "reason": reason,
                "made_at": self.now,
            }
        )

    def _put(self, tool: Tool, digest: str, version: int, file: str, position: int) -> None:
        self._offers.append(rows.offer_row(tool, digest, version, file, position))
        self._findings[tool.namespace, tool.name] = rows.finding_rows(tool)

    def _keep(self, tool: Tool) -> str:
        digest = record_digest(tool)
        self._tools.setdefault(digest, rows.tool_row(tool, digest))
        return digest

    def _is_unchanged(self, tool: Tool, last: Last) -> bool:
        """Whether the importer read the same tool as for the last version, wherever it read it and whatever it noted.

        A digest that differs is no proof: an older version of this program may have written the record.
        """
        source = tool.source.model_copy(update={"file": last.base_file})
        same_file = tool.model_copy(update={"source": source})
        if record_digest(same_file) == last.base:
            return True
        base = self._load(last.base)
        if _errors(base) == _errors(tool):  # an error decides whether a tool can be used at all
            same_file = same_file.model_copy(update={"findings": base.findings})
        return not diff(base, same_file)

    def _note(self, tool: Tool, last: Last, noted: list[rows.Row]) -> None:
        """Replace the findings of an unchanged tool where its file now gives others, or in another place."""
        if last.tool != last.base:
            tool = carried(tool, self._load(last.base), self._load(last.tool))
        found = rows.finding_rows(tool)
        if found != noted:
            self._findings[tool.namespace, tool.name] = found

    def _noted(self, namespaces: Iterable[str]) -> dict[Key, list[rows.Row]]:
        found: dict[Key, list[rows.Row]] = {}
        for row in _in_namespaces(self.db, "SELECT * FROM findings WHERE namespace = ?", namespaces):
            found.setdefault((row["namespace"], row["name"]), []).append(row)
        return found

    def _load(self, digest: str) -> Tool:
        return Tool.model_validate_json(str(self.db.table("tools").get(digest)["record"]))


def _amends(tool: Tool, offered: Tool) -> bool:
    """Whether the two differ in nothing but what an amendment may change."""
    originals = {name: getattr(offered.source, name) for name in ("output", "error", "file")}
    source = tool.source.model_copy(update=originals)
    kept = {name: getattr(offered, name) for name in AMENDABLE}
    return tool.model_copy(update={**kept, "source": source}) == offered


def _errors(tool: Tool) -> list[str]:
    return [finding.what for finding in tool.findings if finding.severity == "error"]


def last_versions(db: Database, namespaces: Iterable[str]) -> dict[Key, Last]:
    """The newest version of every tool that ever was in these namespaces."""
    found = _in_namespaces(
        db,
        "SELECT v.namespace, v.name, v.version, v.tool, v.base, v.file AS base_file, o.file, o.position"
        " FROM versions v LEFT JOIN offers o USING (namespace, name) WHERE v.namespace = ?"
        " ORDER BY v.version",
        namespaces,
    )
    return {(row.pop("namespace"), row.pop("name")): Last(**row) for row in found}


def _in_namespaces(db: Database, sql: str, namespaces: Iterable[str]) -> Iterator[dict[str, Any]]:
    for namespace in sorted(namespaces):
        yield from db.query(sql, [namespace])


def _gone(db: Database, tools: Sequence[Tool]) -> tuple[Gone, ...]:
    names: dict[Key, set[str]] = {}
    for tool in tools:
        names.setdefault((tool.namespace, tool.source.file), set()).add(tool.name)
    return tuple(
        Gone(f"{namespace}/{row['name']}", file)
        for (namespace, file), kept in names.items()
        for row in db.query("SELECT name FROM offers WHERE namespace = ? AND file = ? ORDER BY name", [namespace, file])
        if row["name"] not in kept
    )


def _find_similar(db: Database) -> tuple[Pair, ...]:
    """All pairs among the tools on offer, written anew."""
    offered = db.query(f"SELECT namespace, name, description, parameters, effect FROM offers ORDER BY {IN_ORDER}")
    pairs = similar_pairs([_profile(row) for row in offered])
    db.execute("DELETE FROM similar")
    db.table("similar").insert_all(vars(pair) for pair in pairs)
    return pairs


def _profile(row: Mapping[str, Any]) -> Profile:
    return Profile(**{**row, "parameters": tuple(rows.parsed(row["parameters"]))})


def _keys(pair: Pair) -> set[Key]:
    return {(pair.namespace, pair.name), (pair.other_namespace, pair.other_name)}
