"""What is established about each entity: state without an environment.

An entity is (kind, id): ("ticket", 4821), found by id-like parameters (`ticket_id`) and result fields (`id` under
`ticket`, `ticket_id`). Its facts are the scalar fields results have shown of it. Three rules, METHOD.md section 4:
a result repeats the arguments it echoes; a known fact stays until a write changes it; a destroyed entity is gone.
A ledger is a value: `after` returns a new one, so a dropped attempt leaves no trace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dtc_local.prompts import compact, worded, written
from dtc_local.records import ExecutedCall, Json, Tool
from dtc_local.validation import is_valid

Entity = tuple[str, str | int]
Facts = dict[str, Json]

_ID_NAME = re.compile(r"(?:(.+) )?(id|number|code|key|uuid)")
_CREATING = frozenset(("create", "add", "new", "make", "book", "send", "post", "register", "schedule", "insert"))
_VERBS = _CREATING.union(
    ("get", "fetch", "show", "read", "find", "view", "load", "check", "retrieve", "open", "close", "update", "edit"),
    ("change", "set", "delete", "remove", "cancel", "resolve", "list", "search", "order", "assign", "start", "stop"),
    ("rename", "move"),
)


def entity_kind(name: str) -> str | None:
    """Kind of entity an id-like name identifies: `ticket_id` and `ticketId` -> "ticket", bare `id` -> ""."""
    match = _ID_NAME.fullmatch(worded(name))
    if not match or (match.group(1) is None and match.group(2) != "id"):
        return None
    return match.group(1) or ""


def tool_kind(tool: Tool) -> str:
    """The noun a tool is about: `create_ticket` -> "ticket", plural made singular."""
    nouns = [word for word in worded(tool.name).split() if word not in _VERBS]
    return singular(nouns[-1]) if nouns else ""


def creates(tool: Tool) -> bool:
    """Whether the tool's name says that it makes something new."""
    return tool.effect == "write" and not _CREATING.isdisjoint(worded(tool.name).split())


def singular(noun: str) -> str:
    """A rough English singular, enough to join `orders` and `order_id`."""
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("sses", "shes", "ches", "xes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun


@dataclass(frozen=True)
class Ledger:
    """Facts by entity, and the entities that are gone."""

    facts: Mapping[Entity, Facts] = field(default_factory=dict)
    gone: frozenset[Entity] = frozenset()

    def targets(self, tool: Tool, arguments: Mapping[str, Json]) -> list[Entity]:
        """Entities named by a call's id-like arguments."""
        found = []
        for name, value in arguments.items():
            kind = entity_kind(name)
            if kind is not None and isinstance(value, str | int) and not isinstance(value, bool):
                found.append((kind or tool_kind(tool), value))
        return found

    def refuses(self, tool: Tool, arguments: Mapping[str, Json]) -> bool:
        """Whether the call names an entity that an earlier call destroyed."""
        return any(entity in self.gone for entity in self.targets(tool, arguments))

    def pinned(self, tool: Tool, arguments: Mapping[str, Json]) -> Facts:
        """Top-level result fields whose value is already decided: known facts and echoed arguments."""
        fields = (tool.output or {}).get("properties", {})
        subject = self.subject(tool, arguments)
        pinned = self.expected(tool, arguments) if subject is not None else {}
        if subject is not None:
            pinned |= {name: subject[1] for name in fields if _names_id(name, subject[0], tool)}
        pinned |= arguments
        return {name: value for name, value in pinned.items() if name in fields and is_valid(value, fields[name])}

    def expected(self, tool: Tool, arguments: Mapping[str, Json]) -> Facts:
        """What is known of the call's subject once the call has had its effect, before its result is seen."""
        subject = self.subject(tool, arguments)
        facts = self.facts.get(subject, {}) if subject is not None else {}
        if tool.effect == "read":
            return dict(facts)
        lasting = {name: value for name, value in facts.items() if not _changes_with_any_write(name, value)}
        return lasting | _scalars(arguments)

    def subject(self, tool: Tool, arguments: Mapping[str, Json]) -> Entity | None:
        """The one entity a call is about: its own kind if named, else its only id-like argument.

        A call that makes something new is about that; what its arguments name is only touched.
        """
        targets = self.targets(tool, arguments)
        own = [entity for entity in targets if entity[0] == tool_kind(tool)]
        if own:
            return own[0]
        return targets[0] if len(targets) == 1 and not creates(tool) else None

    def known(self, tool: Tool, arguments: Mapping[str, Json]) -> tuple[str, ...]:
        """The facts a simulator should be told about the call's entities, one line an entity."""
        lines = []
        for kind, identity in self.targets(tool, arguments):
            facts = self.facts.get((kind, identity))
            if facts:
                words = "; ".join(f"{worded(name)} {written(value)}" for name, value in facts.items())
                lines.append(f"{kind} {identity}: {words}")
        return tuple(lines)

    def contradicts(self, call: ExecutedCall, tool: Tool) -> bool:
        """Whether the result shows another value than the one established or shown before in it.

        So it does if it shows an entity that is gone, or as new one that is known.
        """
        facts = self._with_effect(call, tool)
        subject = self.subject(tool, call.arguments)
        for entity, shown in _observations(call, tool, subject):
            made = _is_made(entity, subject, tool)
            known = facts.setdefault(entity, _scalars(call.arguments) if made else {})
            if entity in self.gone or (made and entity in self.facts):
                return True
            if any(known.get(name, value) != value for name, value in shown.items()):
                return True
            known.update(shown)
        return False

    def after(self, call: ExecutedCall, tool: Tool) -> Ledger:
        """The ledger once the call has been executed."""
        facts = self._with_effect(call, tool)
        subject = self.subject(tool, call.arguments)
        for entity, shown in _observations(call, tool, subject):
            made = _is_made(entity, subject, tool)
            facts.setdefault(entity, _scalars(call.arguments) if made else {}).update(shown)
        gone = self.gone | {subject} if subject is not None and tool.effect == "destructive" else self.gone
        return Ledger(facts, gone)

    def _with_effect(self, call: ExecutedCall, tool: Tool) -> dict[Entity, Facts]:
        """A copy of the facts in which the call has had its effect on its subject; its result is not yet seen."""
        facts = {entity: dict(known) for entity, known in self.facts.items()}
        subject = self.subject(tool, call.arguments)
        if subject is not None:
            facts[subject] = self.expected(tool, call.arguments)
        return facts


_UNSTEADY = frozenset(("status", "state", "phase", "stage", "progress", "balance", "total", "count", "level")).union(
    ("updated", "modified", "amount", "remaining", "available", "last", "current", "version")
)


def _changes_with_any_write(name: str, value: Json) -> bool:
    """Fields that a write may change without naming them: states, sums, counters, flags."""
    return isinstance(value, bool) or not _UNSTEADY.isdisjoint(worded(name).split())


def _scalars(values: Mapping[str, Json]) -> Facts:
    return {
        name: value
        for name, value in values.items()
        if isinstance(value, str | int | float) and entity_kind(name) is None
    }


def _is_made(entity: Entity, subject: Entity | None, tool: Tool) -> bool:
    """Whether an entity in a result is the one the call has made."""
    return subject is None and tool.effect == "write" and entity[0] == tool_kind(tool)


def _observations(call: ExecutedCall, tool: Tool, subject: Entity | None) -> Iterator[tuple[Entity, Facts]]:
    """Every entity a result shows, with its scalar fields."""
    if isinstance(call.result, dict):
        yield from _shown(call.result, tool_kind(tool), subject)


def _shown(node: Mapping[str, Json], kind: str, subject: Entity | None) -> Iterator[tuple[Entity, Facts]]:
    identity = next(
        ((name, value) for name, value in node.items() if _is_identity(name, value, kind)),
        None,
    )
    scalars = {
        name: value
        for name, value in node.items()
        if isinstance(value, str | int | float) and (identity is None or name != identity[0])
    }
    if identity is not None:
        yield (kind, identity[1]), scalars
    elif subject is not None:
        yield subject, scalars
    for name, value in node.items():
        inner = singular(worded(name).split()[-1]) if worded(name) else kind
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from _shown(item, inner, None)


def _is_identity(name: str, value: Json, kind: str) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and entity_kind(name) in ("", kind)


def _names_id(name: str, kind: str, tool: Tool) -> bool:
    own = entity_kind(name)
    return own is not None and (own or tool_kind(tool)) == kind


def show(ledger: Ledger) -> str:
    """The ledger as one JSON line, for traces."""
    return compact({f"{kind} {identity}": facts for (kind, identity), facts in ledger.facts.items()})
