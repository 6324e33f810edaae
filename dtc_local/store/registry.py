"""The tools of a store: what is on offer, every version that ever was, and what lists and sampling ask of them.

Tools are immutable and kept by digest; `offers` says which version of each is on offer now. How a version comes about
is told in :mod:`dtc_local.store.offering`. What needs the importer's packages (they bring the JSON Schema validator,
which takes a second to load) is imported where it is used, so that looking at a store is quick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlite_utils import Database

from dtc_local.errors import UserError
from dtc_local.records import Finding, Tool
from dtc_local.store import listing, rows
from dtc_local.store.database import Connection
from dtc_local.store.digest import digest, record_digest
from dtc_local.store.listing import IN_ORDER, marks, within
from dtc_local.store.values import AddedReport, Noted, ToolLabel, Version

if TYPE_CHECKING:
    from dtc_local.store.catalogue import StoredTools
    from dtc_local.tools.similar import Pair

PARSED = 2048
"""Records of tools kept in memory once they were read."""
NAMED = "(name = :name OR namespace || '/' || name = :name)"


class Registry:
    """The tools in one database file."""

    def __init__(self, path: Path | str, create: bool = True) -> None:
        self.path = Path(path)
        self._file = Connection(self.path, create)
        self._parsed: Callable[[str], Tool] = lru_cache(maxsize=PARSED)(Tool.model_validate_json)

    # Putting tools on offer and taking them off

    def add_tools(self, tools: Iterable[Tool]) -> AddedReport:
        """Put imported tools on offer, in one transaction.

        A changed tool becomes the next version of its namespace and name; one that did not change stays as it is, with
        its amendments and without a write. Tools of the same files that are missing now are reported and stay on offer.
        """
        from dtc_local.store import offering

        with self._file.transaction() as db:
            return offering.add(db, tuple(tools), now())

    def amend_tool(self, tool: Tool, reason: str) -> None:
        """Put a changed version of a tool on offer, as the next version with that reason.

        For what is learnt of a tool after its import: an output schema inferred or given, kinds of entities, recorded
        calls, its effect, and findings about them. The tool's own words stay; where they are others (the file was
        imported anew meanwhile) nothing is written and :class:`UserError` raised, as for a tool that is not on offer.

        An amendment holds until the specification changes: importing an unchanged file leaves it alone. Of a changed
        one, entities, given output schemas and recordings that still fit carry over, and inferred output schemas are
        dropped. The whole rule stands in :mod:`dtc_local.tools.amend`.
        """
        self.amend_tools((tool,), reason)

    def amend_tools(self, tools: Iterable[Tool], reason: str) -> tuple[str, ...]:
        """:meth:`amend_tool` for many, all or nothing; the names of those that changed."""
        from dtc_local.store import offering

        with self._file.transaction() as db:
            return offering.amend(db, tuple(tools), reason, now())

    def remove_tools(
        self, name: str | None = None, namespace: str | None = None, file: str | None = None
    ) -> tuple[str, ...]:
        """Take off offer the tools that match all that is given; their versions stay. Returns their names.

        `name` is a name or namespace/name. :class:`UserError` where no tool matches; at least one must be given.
        """
        asked = {"name": name, "namespace": namespace, "file": file}
        given = {key: value for key, value in asked.items() if value is not None}
        if not given:
            raise ValueError("which tools are to be removed?")
        matches = {key: NAMED if key == "name" else f"{key} = :{key}" for key in given}
        with self._file.transaction() as db:
            condition = " AND ".join(matches.values())
            found = list(db.query(f"SELECT namespace, name FROM offers WHERE {condition} ORDER BY 1, 2", given))
            if not found:
                said = " and ".join(f"{key} {value!r}" for key, value in given.items())
                raise UserError(f"No tool on offer has {said}.", "dtc-local tools list shows names and files.")
            db.execute(f"DELETE FROM offers WHERE {condition}", given)
        return tuple(f"{row['namespace']}/{row['name']}" for row in found)

    # Tools on offer

    def tools(self, *namespaces: str) -> tuple[Tool, ...]:
        """Tools on offer, by namespace and name; of all namespaces if none is given."""
        found = self._file.rows(
            f"SELECT record FROM offers JOIN tools ON digest = tool WHERE {within(namespaces)}"
            " ORDER BY offers.namespace, offers.name",
            namespaces,
        )
        return tuple(self._parsed(row["record"]) for row in found)

    def require_tools(self, *namespaces: str) -> tuple[Tool, ...]:
        """The same, where there must be some."""
        self.require_some(*namespaces)
        return self.tools(*namespaces)

    def require_some(self, *namespaces: str) -> int:
        """How many tools are on offer; :class:`UserError` where there are none."""
        number = listing.count(self._file, namespaces)
        if not number:
            self._refuse_none(namespaces)
        return number

    def _refuse_none(self, namespaces: Sequence[str]) -> None:
        known = [
            row["namespace"] for row in self._file.rows("SELECT DISTINCT namespace FROM offers ORDER BY namespace")
        ]
        if not known:
            raise UserError(f"There are no tools in {self.path}.", "Add some with dtc-local tools import FILE.")
        raise UserError(f"There are no tools in namespace {', '.join(namespaces)}.", f"There are: {', '.join(known)}.")

    def tools_named(self, name: str, namespace: str | None = None) -> tuple[Tool, ...]:
        """Tools on offer of that name, or namespace/name; :class:`UserError` where there is none."""
        found = self._file.rows(
            f"SELECT record FROM tools JOIN (SELECT tool, namespace AS space FROM offers WHERE {NAMED}"
            " AND (:namespace IS NULL OR namespace = :namespace)) ON digest = tool ORDER BY space",
            {"name": name, "namespace": namespace},
        )
        if not found:
            raise UserError(f"There is no tool {name!r}.", "dtc-local tools list shows all names.")
        return tuple(self._parsed(row["record"]) for row in found)

    def labels(self, *namespaces: str, limit: int | None = None, offset: int = 0) -> tuple[ToolLabel, ...]:
        """What lists show of the tools on offer, by namespace and name, a page at a time."""
        return listing.labels(self._file, namespaces, limit, offset)

    def search(self, words: str, *namespaces: str, limit: int = 20) -> tuple[ToolLabel, ...]:
        """Tools on offer that say these words, the best first; :class:`UserError` where there is no word."""
        return listing.search(self._file, words, namespaces, limit)

    def findings(self, *namespaces: str) -> tuple[Noted, ...]:
        """What the importer noted when it last read each tool on offer, in import order, near-duplicates at the end."""
        alike = (Noted(pair.namespace, pair.name, pair.finding) for pair in self.similar(*namespaces))
        return (*listing.findings(self._file, namespaces), *alike)

    def findings_on(self, tool: Tool) -> tuple[Finding, ...]:
        """The same for one tool on offer."""
        noted = listing.findings(self._file, (tool.namespace,), tool.name)
        alike = (pair for pair in self.similar(tool.namespace) if (pair.namespace, pair.name) == _key(tool))
        return (*(one.finding for one in noted), *(pair.finding for pair in alike))

    def catalogue(self, *namespaces: str) -> StoredTools:
        """The tools now on offer in import order, for sampling: nothing is loaded until a shelf is drawn."""
        from dtc_local.store.catalogue import StoredTools
        from dtc_local.tools.dataflow.index import Entry

        found = self._file.rows(
            f"SELECT namespace, tool, usable, offerable FROM offers WHERE {within(namespaces)} ORDER BY {IN_ORDER}",
            namespaces,
        )
        return StoredTools(
            self._file,
            digests=tuple(row["tool"] for row in found),
            entries=tuple(Entry(row["namespace"], bool(row["usable"]), bool(row["offerable"])) for row in found),
        )

    def tools_digest(self, *namespaces: str) -> str:
        """One digest for all tools on offer and their order: what a run's identity says of its tools."""
        found = self._file.rows(f"SELECT tool FROM offers WHERE {within(namespaces)} ORDER BY {IN_ORDER}", namespaces)
        return digest([row["tool"] for row in found])

    # Versions

    def history(self, namespace: str, name: str) -> tuple[Version, ...]:
        """All versions of a tool, oldest first; none if there never was one."""
        found = self._file.rows(
            "SELECT v.*, v.version IS o.version AS on_offer FROM versions v LEFT JOIN offers o USING (namespace, name)"
            " WHERE v.namespace = ? AND v.name = ? ORDER BY v.version",
            [namespace, name],
        )
        return tuple(Version(digest=row.pop("tool"), on_offer=bool(row.pop("on_offer")), **row) for row in found)

    def ever_named(self, name: str, namespace: str | None = None) -> tuple[tuple[str, str], ...]:
        """(namespace, name) of all tools, on offer or not, of that name or namespace/name; UserError if none."""
        found = self._file.rows(
            f"SELECT DISTINCT namespace, name FROM versions WHERE {NAMED}"
            " AND (:namespace IS NULL OR namespace = :namespace) ORDER BY namespace",
            {"name": name, "namespace": namespace},
        )
        if not found:
            raise UserError(f"There never was a tool {name!r} in {self.path}.", "See dtc-local tools list.")
        return tuple((row["namespace"], row["name"]) for row in found)

    def two_versions(
        self, name: str, namespace: str | None = None, before: int | None = None, after: int | None = None
    ) -> tuple[Version, Version]:
        """Two versions of one tool by number: the last one, and the one before `after`, unless others are named."""
        keys = self.ever_named(name, namespace)
        if len(keys) > 1:
            raise UserError(f"There are several tools {name!r}: {', '.join(map('/'.join, keys))}.", "Name one of them.")
        versions = {version.version: version for version in self.history(*keys[0])}
        last = max(versions) if after is None else after
        first = max(1, last - 1) if before is None else before
        for number in (last, first):
            if number not in versions:
                raise UserError(
                    f"{'/'.join(keys[0])} has no version {number}; its versions are 1 to {max(versions)}.",
                    "See dtc-local tools history.",
                )
        return versions[first], versions[last]

    def tool_version(self, version: Version) -> Tool:
        """The tool as it was on offer in that version."""
        return self._parsed(self._record(version.digest))

    def _record(self, key: str) -> str:
        return str(self._file.rows("SELECT record FROM tools WHERE digest = ?", [key])[0]["record"])

    def similar(self, *namespaces: str) -> tuple[Pair, ...]:
        """Pairs of tools on offer that say nearly the same, the most similar first; one of them in these namespaces."""
        from dtc_local.tools.similar import Pair

        either = (
            f"{within(namespaces, 'similar')} OR other_namespace IN ({marks(namespaces)})" if namespaces else "TRUE"
        )
        found = self._file.rows(
            f"SELECT * FROM similar WHERE {either} ORDER BY score DESC, namespace, name, other_namespace, other_name",
            (*namespaces, *namespaces),
        )
        return tuple(Pair(**row) for row in found)


def add_offered(db: Database, tools: Iterable[Tool]) -> None:
    """Keep the tools a conversation was made with, whether or not they are on offer."""
    for tool in tools:
        key = record_digest(tool)
        if not db.table("tools").count_where("digest = ?", [key]):
            db.table("tools").insert(rows.tool_row(tool, key))


def _key(tool: Tool) -> tuple[str, str]:
    return tool.namespace, tool.name


def now() -> str:
    """This moment in UTC, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
