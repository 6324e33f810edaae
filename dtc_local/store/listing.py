"""What lists and searches say of the tools on offer, by SQL alone: no record is read, however many tools there are.

A search finds the tools that say all its words; where no tool does, those that say any. Words are compared by their
stems and from their beginning ("order" finds `listOrders`), and names weigh more than descriptions. Without FTS5 in
this Python's SQLite each word is looked for as it stands, and the order is that of names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dtc_local.errors import UserError
from dtc_local.records import Finding
from dtc_local.store.database import Connection
from dtc_local.store.rows import parsed
from dtc_local.store.schema import SEARCHED, has_fts5
from dtc_local.store.values import Noted, ToolLabel

IN_ORDER = "namespace, file, position, name"
"""Import order: the order in which sampling sees tools, so that neighbours in a file stay neighbours."""
_LABELS = """
    SELECT offers.namespace, offers.name, offers.version, offers.description, offers.parameters, offers.required,
        offers.effect, offers.dialect, offers.file, offers.output, offers.usable,
        (SELECT json_group_object(severity, n) FROM (
            SELECT severity, COUNT(*) AS n FROM findings f
            WHERE f.namespace = offers.namespace AND f.name = offers.name GROUP BY severity)) AS findings
    FROM offers
"""
_WEIGHTS = (8.0, 4.0, 1.0, 2.0)
"""How much a word counts in each of the columns searched."""
_MOST_WORDS = 32


def marks(values: Sequence[object]) -> str:
    """Placeholders for as many values."""
    return ", ".join("?" * len(values))


def within(namespaces: Sequence[str], table: str = "offers") -> str:
    """A condition that a row is in one of these namespaces; always true where none is given."""
    return f"{table}.namespace IN ({marks(namespaces)})" if namespaces else "TRUE"


def count(file: Connection, namespaces: Sequence[str]) -> int:
    """How many tools are on offer."""
    return int(file.rows(f"SELECT COUNT(*) AS n FROM offers WHERE {within(namespaces)}", namespaces)[0]["n"])


def labels(file: Connection, namespaces: Sequence[str], limit: int | None, offset: int) -> tuple[ToolLabel, ...]:
    """Tools on offer by namespace and name, `limit` of them from the one at `offset` on."""
    page = file.rows(
        f"{_LABELS} WHERE {within(namespaces)} ORDER BY namespace, name LIMIT ? OFFSET ?",
        [*namespaces, -1 if limit is None else limit, offset],
    )
    return tuple(map(_label, page))


def findings(file: Connection, namespaces: Sequence[str], name: str | None = None) -> tuple[Noted, ...]:
    """What the importer noted when it last read each tool on offer (or those of one name), in import order."""
    found = file.rows(
        f"SELECT findings.* FROM findings JOIN offers USING (namespace, name) WHERE {within(namespaces)}"
        " AND (? IS NULL OR offers.name = ?)"
        " ORDER BY offers.namespace, offers.file, offers.position, offers.name, findings.position",
        [*namespaces, name, name],
    )
    names = tuple(Finding.model_fields)
    return tuple(Noted(row["namespace"], row["name"], Finding(**{name: row[name] for name in names})) for row in found)


def search(file: Connection, words: str, namespaces: Sequence[str], limit: int) -> tuple[ToolLabel, ...]:
    """Tools on offer that say these words, the best first; :class:`UserError` where there is no word to look for."""
    wanted = re.findall(r"[^\W_]+", words)[:_MOST_WORDS]
    if not wanted:
        raise UserError(
            f"There is no word to search for in {words!r}.", "Give one or more words, such as order status."
        )
    full_text = has_fts5(file.db) and file.db["offers_fts"].exists()
    ask = _full_text if full_text else _word_by_word
    return ask(file, wanted, " AND ", namespaces, limit) or ask(file, wanted, " OR ", namespaces, limit)


def _full_text(
    file: Connection, words: Sequence[str], join: str, namespaces: Sequence[str], limit: int
) -> tuple[ToolLabel, ...]:
    query = join.join(f'"{word}"*' for word in words)
    found = file.rows(
        f"{_LABELS} JOIN offers_fts ON offers_fts.rowid = offers.id WHERE offers_fts MATCH ? AND {within(namespaces)}"
        f" ORDER BY bm25(offers_fts, {', '.join(map(str, _WEIGHTS))}), offers.namespace, offers.name LIMIT ?",
        [query, *namespaces, limit],
    )
    return tuple(map(_label, found))


def _word_by_word(
    file: Connection, words: Sequence[str], join: str, namespaces: Sequence[str], limit: int
) -> tuple[ToolLabel, ...]:
    text = " || ' ' || ".join(SEARCHED)
    says = join.join(f"instr(lower({text}), lower(?)) > 0" for _ in words)
    found = file.rows(
        f"{_LABELS} WHERE ({says}) AND {within(namespaces)} ORDER BY namespace, name LIMIT ?",
        [*words, *namespaces, limit],
    )
    return tuple(map(_label, found))


def _label(row: dict[str, Any]) -> ToolLabel:
    lists = {name: tuple(parsed(row[name])) for name in ("parameters", "required")}
    return ToolLabel(**{**row, **lists, "usable": bool(row["usable"]), "findings": parsed(row["findings"])})
