"""What is established about each entity: state without an environment.

An entity is (kind, id): ("ticket", 4821), found by the parameters and result fields that name one, as
`tools/dataflow/entities.py` tells: ids, codes, user names, paths, and what the user has set. Its facts are the scalar
fields results have shown of it. Four rules, METHOD.md section 4: a result repeats the arguments it echoes; a known
fact stays until a write changes it; a list holds the entities that are known to belong in it; a destroyed entity is
gone. A ledger is a value: `after` returns a new one, so a dropped attempt leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeGuard

from dtc_local.prompts import compact, worded, written
from dtc_local.records import ExecutedCall, Json, Schema, Tool
from dtc_local.tools.dataflow import entities
from dtc_local.tools.effect import DESTRUCTIVE, READ, WRITE
from dtc_local.tools.words import tokens
from dtc_local.validation import is_valid
from dtc_local.world.wholes import at, list_places

Entity = tuple[str, str | int]
Facts = dict[str, Json]
Path = tuple[str | int, ...]

MEMBERS = 3
"""Most known entities that a list must hold: longer lists come in pages."""
_CREATING = frozenset(("create", "add", "new", "make", "book", "send", "post", "register", "schedule", "insert"))


def creates(tool: Tool) -> bool:
    """Whether the tool's name says that it makes something new."""
    return tool.effect == "write" and not _CREATING.isdisjoint(worded(tool.name).split())


def ends(tool: Tool) -> bool:
    """Whether a call of the tool ends what it is about; what only its specification calls destructive may overwrite."""
    words = set(tokens(tool.name))
    return tool.effect == "destructive" and (bool(words & DESTRUCTIVE) or not words & (READ | WRITE))


class _Named(NamedTuple):
    """An entity that an argument names, and which argument."""

    entity: Entity
    by: entities.By
    argument: str


@dataclass(frozen=True)
class Ledger:
    """Facts by entity, and the entities that are gone."""

    facts: Mapping[Entity, Facts] = field(default_factory=dict)
    gone: frozenset[Entity] = frozenset()

    def targets(self, tool: Tool, arguments: Mapping[str, Json]) -> list[Entity]:
        """Entities named by a call's arguments, lists of ids included."""
        return [named.entity for named in _named(tool, arguments)]

    def refuses(self, tool: Tool, arguments: Mapping[str, Json]) -> bool:
        """Whether the call names an entity that an earlier call destroyed. A path or a user name may be taken anew."""
        return any(
            named.entity in self.gone and not (named.by == "handle" and tool.effect == "write")
            for named in _named(tool, arguments)
        )

    def pinned(self, tool: Tool, arguments: Mapping[str, Json]) -> Facts:
        """Top-level result fields whose value is already decided: known facts and echoed arguments."""
        fields = (tool.output or {}).get("properties", {})
        subject = _subject(tool, arguments)
        pinned = self.expected(tool, arguments) if subject else {}
        if subject:
            pinned |= {name: subject.entity[1] for name in fields if _names_alike(tool, name, subject)}
        pinned |= arguments
        return {name: value for name, value in pinned.items() if name in fields and is_valid(value, fields[name])}

    def expected(self, tool: Tool, arguments: Mapping[str, Json]) -> Facts:
        """What is known of the call's subject once the call has had its effect, before its result is seen."""
        named = _subject(tool, arguments)
        facts = self.facts.get(named.entity, {}) if named else {}
        if tool.effect == "read":
            return dict(facts)
        given = {name: value for name, value in _scalars(arguments).items() if not named or name != named.argument}
        lasting = {
            name: value
            for name, value in facts.items()
            if not _changes_with_any_write(name, value) and not any(_rewrites(one, name) for one in given)
        }
        return lasting | given

    def subject(self, tool: Tool, arguments: Mapping[str, Json]) -> Entity | None:
        """The one entity a call is about: its own kind if named, else the only one its arguments name.

        A call that makes something new is about that; what its arguments name is only touched. What a path or a user
        name stands for is only told about by calls that ask for nothing else.
        """
        named = _subject(tool, arguments)
        return named.entity if named else None

    def known(self, tool: Tool, arguments: Mapping[str, Json]) -> tuple[str, ...]:
        """The facts a simulator should be told about the call's entities, one line an entity."""
        lines = []
        for kind, identity in self.targets(tool, arguments):
            facts = self.facts.get((kind, identity))
            if facts:
                words = "; ".join(f"{worded(name)} {written(value)}" for name, value in facts.items())
                lines.append(f"{kind} {identity}: {words}")
        return tuple(lines)

    def members(self, tool: Tool, arguments: Mapping[str, Json]) -> dict[Path, tuple[Facts, ...]]:
        """For each list of records in a read's result, the known entities that belong in it, as records.

        Only what certainly belongs: entities of the kind that the tool lists whole, whose facts agree with every
        argument. "list_overdue_invoices" and a search by words may leave out what is known. The latest ones come first.
        """
        if tool.effect != "read" or tool.output is None or not _lists_whole(tool):
            return {}
        found: dict[Path, tuple[Facts, ...]] = {}
        for path, schema in list_places(tool.output):
            key = _key_of_items(tool, path, schema["items"]["properties"])
            if key is None:
                continue
            name, kind = key
            belonging = [
                {name: entity[1], **_fitting(facts, schema["items"]["properties"])}
                for entity, facts in reversed(list(self.facts.items()))
                if entity[0] == kind
                and entity not in self.gone
                and is_valid(entity[1], schema["items"]["properties"][name])
                and all(facts.get(argument) == value for argument, value in arguments.items())
            ]
            if belonging:
                found[path] = tuple(belonging[:MEMBERS])
        return found

    def _lacks_members(self, call: ExecutedCall, tool: Tool) -> bool:
        for path, records in self.members(tool, call.arguments).items():
            shown = at(call.result, path)
            rows = shown if isinstance(shown, list) else []
            if not all(
                any(record.items() <= row.items() for row in rows if isinstance(row, dict)) for record in records
            ):
                return True
        return False

    def contradicts(self, call: ExecutedCall, tool: Tool) -> bool:
        """Whether the result shows another value than the one established or shown before in it.

        So it does if it shows an entity that is gone, or as new one that is known, or a list without what is known
        to belong in it.
        """
        if self._lacks_members(call, tool):
            return True
        facts = self._with_effect(call, tool)
        subject = self.subject(tool, call.arguments)
        for entity, shown in _observations(call, tool, subject):
            made = _is_made(entity, subject, tool)
            known = facts.setdefault(entity, _plain(tool, call.arguments) if made else {})
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
            facts.setdefault(entity, _plain(tool, call.arguments) if made else {}).update(shown)
        return Ledger(facts, self.gone.union(_destroyed(tool, call.arguments)))

    def _with_effect(self, call: ExecutedCall, tool: Tool) -> dict[Entity, Facts]:
        """A copy of the facts in which the call has had its effect on its subject; its result is not yet seen."""
        facts = {entity: dict(known) for entity, known in self.facts.items()}
        subject = self.subject(tool, call.arguments)
        if subject is not None:
            facts[subject] = self.expected(tool, call.arguments)
        return facts


def _lists_whole(tool: Tool) -> bool:
    """Whether the tool's name says only that it lists things of a kind: `list_tickets`, not `get_my_tickets`."""
    said = [word for word in tokens(tool.name) if word not in READ and word not in entities.FILLER]
    return set(said) <= {entities.subject(tool)}


def _key_of_items(tool: Tool, path: Path, properties: Mapping[str, Schema]) -> tuple[str, str] | None:
    """The field that names each record of a list, and the kind it is of; the surest way of naming."""
    found: list[tuple[int, str, str]] = []
    for name in properties:
        identity = entities.result_identity(tool, (*path, 0, name))
        if identity and identity.is_key and entities.is_own(tool, (*path, 0, name), identity):
            found.append((identity.rank, name, identity.kind))
    best = min(found, default=None)
    return best and (best[1], best[2])


def _fitting(facts: Facts, properties: Mapping[str, Schema]) -> Facts:
    return {name: value for name, value in facts.items() if name in properties and is_valid(value, properties[name])}


_UNSTEADY = frozenset(("status", "state", "phase", "stage", "progress", "balance", "total", "count", "level")).union(
    ("updated", "modified", "amount", "remaining", "available", "last", "current", "version")
)


def _changes_with_any_write(name: str, value: Json) -> bool:
    """Fields that a write may change without naming them: states, sums, counters, flags."""
    return isinstance(value, bool) or not _UNSTEADY.isdisjoint(worded(name).split())


def _rewrites(argument: str, fact: str) -> bool:
    """Whether writing an argument changes a fact of another name: `content` changes `file_content`."""
    return argument != fact and worded(argument).split()[-1:] == worded(fact).split()[-1:]


def _scalars(values: Mapping[str, Json]) -> Facts:
    return {name: value for name, value in values.items() if isinstance(value, str | int | float)}


def _plain(tool: Tool, arguments: Mapping[str, Json]) -> Facts:
    """Arguments that name nothing else: facts of what a call makes."""
    return {name: value for name, value in _scalars(arguments).items() if not _is_key(tool, name)}


def _is_key(tool: Tool, name: str) -> bool:
    identity = entities.argument_identity(tool, name)
    return identity is not None and identity.is_key


def _named(tool: Tool, arguments: Mapping[str, Json]) -> Iterator[_Named]:
    for name, value in arguments.items():
        identity = entities.argument_identity(tool, name)
        if identity is None or not identity.is_key:
            continue
        for one in value if isinstance(value, list) else [value]:
            if _can_identify(one):
                yield _Named((identity.kind, one), identity.by, name)


def _can_identify(value: Json) -> TypeGuard[str | int]:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _subject(tool: Tool, arguments: Mapping[str, Json]) -> _Named | None:
    """The entity a call is about, with the argument that names it; see :meth:`Ledger.subject`."""
    single = {name: value for name, value in arguments.items() if not isinstance(value, list)}
    targets = list(_named(tool, single))
    kind, makes = entities.subject(tool), creates(tool)
    own = sorted(
        (named for named in targets if named.entity[0] == kind and not (makes and named.by == "handle")),
        key=lambda named: entities.Identity(kind, named.by).rank,
    )
    found = own[0] if own else targets[0] if len(targets) == 1 and not makes else None
    if found and found.by == "handle" and tool.effect == "read" and len(arguments) > 1:
        return None
    return found


def _destroyed(tool: Tool, arguments: Mapping[str, Json]) -> list[Entity]:
    """What a destructive call ends: entities of its own kind; "remove a user from a group" ends neither."""
    words = tokens(tool.name)
    if not ends(tool) or "from" in words:
        return []
    kind = entities.subject(tool)
    targets = [named.entity for named in _named(tool, arguments)]
    own = [entity for entity in targets if entity[0] == kind]
    if own or len(targets) != 1:
        return own
    return targets if not kind or targets[0][0] in words else []


def _is_made(entity: Entity, subject: Entity | None, tool: Tool) -> bool:
    """Whether an entity in a result is the one the call has made."""
    return subject is None and tool.effect == "write" and entity[0] == entities.subject(tool)


def _observations(call: ExecutedCall, tool: Tool, subject: Entity | None) -> Iterator[tuple[Entity, Facts]]:
    """Every entity a result shows, with its scalar fields."""
    if isinstance(call.result, dict):
        yield from _shown(tool, call.result, (), subject)
    for item in call.result if isinstance(call.result, list) else ():
        if isinstance(item, dict):
            yield from _shown(tool, item, (0,), None)


def _shown(tool: Tool, node: Mapping[str, Json], path: Path, subject: Entity | None) -> Iterator[tuple[Entity, Facts]]:
    identity = _own_identity(tool, node, path)
    if identity and subject and identity[1] != subject and identity[1][0] == subject[0]:
        yield subject, _scalars(node)  # asked for by one key, shown with another: the facts are of both
    scalars = {name: value for name, value in _scalars(node).items() if identity is None or name != identity[0]}
    if identity is not None:
        yield identity[1], scalars
    elif subject is not None:
        yield subject, scalars
    for name, value in node.items():
        inner = (*path, name, 0) if isinstance(value, list) else (*path, name)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                yield from _shown(tool, item, inner, None)


def _own_identity(tool: Tool, node: Mapping[str, Json], path: Path) -> tuple[str, Entity] | None:
    """The field that names the object it stands in, and the entity: of several the surest way of naming."""
    found: list[tuple[int, str, Entity]] = []
    for name, value in node.items():
        identity = entities.result_identity(tool, (*path, name))
        own = identity and identity.is_key and entities.is_own(tool, (*path, name), identity)
        if identity and own and _can_identify(value):
            found.append((identity.rank, name, (identity.kind, value)))
    best = min(found, key=lambda one: one[0], default=None)
    return best and (best[1], best[2])


def _names_alike(tool: Tool, field_name: str, subject: _Named) -> bool:
    """Whether a result field names the call's subject in the way the argument does: no user name for a user id."""
    identity = entities.result_identity(tool, (field_name,))
    if identity is None or identity.kind != subject.entity[0] or not identity.is_key:
        return False
    return identity.by == subject.by or "set" in (identity.by, subject.by)


def show(ledger: Ledger) -> str:
    """The ledger as one JSON line, for traces."""
    return compact({f"{kind} {identity}": facts for (kind, identity), facts in ledger.facts.items()})
