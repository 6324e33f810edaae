"""What an operation is called, what is said about it, and what it does to the world."""

from __future__ import annotations

import re

from dtc_local.records import Effect
from dtc_local.tools.effect import DESTRUCTIVE, WRITE
from dtc_local.tools.findings import Log
from dtc_local.tools.readers.openapi.api import Operation, words_of
from dtc_local.tools.words import bag, tokens

DESCRIPTION_CHARS = 600
_CLEARLY_READS = bag("search list query get find fetch lookup read count")
_EFFECTS: dict[str, Effect] = {
    **dict.fromkeys(("get", "head", "options", "query", "trace"), "read"),
    **dict.fromkeys(("put", "patch"), "write"),
    "delete": "destructive",
}


class Names:
    """The names of a document's operations: their ids, and method and path where an id is missing or used again."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, operation: Operation, log: Log) -> str:
        """A name no earlier operation of the document has."""
        own = words_of(operation.value.get("operationId"))
        name = own or spoken(operation)
        if own and own in self._taken:
            name = spoken(operation)
            what = f"operationId {own!r} is used before, the operation is called {name}"
            log.warning("name", f"{operation.pointer}/operationId", what, "Give each operation an id of its own.")
        number, first = 1, name
        while name in self._taken:
            number += 1
            name = f"{first}_{number}"
        self._taken.add(name)
        return name


def spoken(operation: Operation) -> str:
    """Method and path in words: `get /users/{id}/posts` is get_users_by_id_posts."""
    words = [operation.method]
    for segment in operation.path.split("/"):
        for text, variable in re.findall(r"([^{}]+)|\{([^{}]*)\}", segment):
            words += re.findall(r"[A-Za-z0-9]+", text) or (
                ["by", *re.findall(r"[A-Za-z0-9]+", variable)] if variable else []
            )
    return "_".join(words)


def description(operation: Operation, log: Log) -> str:
    """Summary and description, cut after the last paragraph, sentence or word within `DESCRIPTION_CHARS`."""
    summary, more = (words_of(operation.value.get(key)) for key in ("summary", "description"))
    summary = summary or words_of(operation.item.get("summary"))
    more = more or words_of(operation.item.get("description"))
    if not summary or not more or more.lower().startswith(summary.lower().rstrip(".")):
        whole = more or summary
    else:
        whole = f"{summary}{'' if summary[-1] in '.!?:' else '.'}\n\n{more}"
    if len(whole) <= DESCRIPTION_CHARS:
        return whole
    what = f"description of {len(whole):,} characters cut to the first {DESCRIPTION_CHARS}"
    log.info("too_large", f"{operation.pointer}/description", what)
    return _beginning(whole)


def _beginning(text: str) -> str:
    head = text[:DESCRIPTION_CHARS]
    for mark, least in (("\n\n", 80), (". ", 80), (" ", 1)):
        cut = head.rfind(mark)
        if cut >= least:
            return head[: cut + 1].strip()
    return head


def effect(operation: Operation, name: str) -> Effect | None:
    """By the method; a POST whose name begins or ends with a verb that reads or destroys does that.

    None for a method that says nothing.
    """
    if operation.method != "post":
        return _EFFECTS.get(operation.method)
    words = tokens(words_of(operation.value.get("operationId")) or operation.path)
    ends = {*words[:1], *words[-1:]}
    if ends & DESTRUCTIVE:
        return "destructive"
    if ends & _CLEARLY_READS and not set(words) & WRITE:
        return "read"
    return "write"
