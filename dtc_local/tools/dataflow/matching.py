"""How well a result field can fill a parameter: a score from 0 to 1 with its reason, from names, types and kinds.

First what must hold (types fit), then what makes an edge pointless (paging, secrets, searching words, reports on the
call), then the meaning: two identities, an identity and a plain field, or two plain fields. Last, whether the call
would make sense. Scores of one pair of tools are compared, so what matters is their order: 1.0 the same identifier of
the same entity, 0.95 the same attribute, 0.6 words of one family, 0.42 a bare number for a bare number.
"""

from __future__ import annotations

from dtc_local.tools.dataflow.entities import CODES, FILLER, IDS, ROLES, Identity
from dtc_local.tools.dataflow.slots import PROSE, SETTINGS, STATUS, Slot
from dtc_local.tools.words import bag, tokens

THRESHOLD = 0.4
PLACES = bag("location destination origin place departure arrival")
_NAMED_PLACES = bag("city station airport address town location place destination origin country region")
_FILES = bag("file folder path source")
WHO = bag("user customer member contact employee person guest account agent")
_PERSONS = bag("receiver recipient sender author owner creator assignee follower friend reporter reviewer member user")
"""Parts a person plays: an id of one can be the id of any kind of person."""
FAMILIES = (PLACES | _NAMED_PLACES, _FILES, WHO | _PERSONS)
"""Words near enough in meaning to be looked at together."""
_SECRETS = bag("token password passwd secret credential auth authorization otp pin cvv bearer apikey")
_PAGING = bag("page cursor offset limit pagination per skip")
_SEARCH = bag("query search keyword term prompt question filter pattern regex expression q fields field sort")
_RECORD = bag("created updated modified deleted")
_VAGUE = bag(
    "type version kind category mode level value url link label title tag color format size role group language unit "
    "time ts start end state region zone timestamp stamp text option setting method class index data source color theme"
)
"""Heads that mean something else wherever they stand: two of them are the same only where their owners are."""
_SUFFIXES = bag("code number address name date value amount string")
"""Last words that add nothing: an `email_address` is an `email`, a `zip_code` a `zip`."""
_OWN_SUBJECT = bag("create add post register insert new mkdir touch make open")
_TELLING_FORMATS = bag("email uri date date-time time ipv4 ipv6 hostname")
Score = tuple[float, str]
_NONE: Score = (0.0, "")


def match(field: Slot, parameter: Slot) -> Score:
    """How well a result field can fill a parameter, 0 to 1, and why."""
    score, reason = likeness(field, parameter)
    return score * sense(field, parameter), reason


def likeness(field: Slot, parameter: Slot) -> Score:
    """The same without asking whether the call would make sense: whether both say the same thing."""
    if not types_fit(field, parameter) or is_pointless(field, parameter):
        return _NONE
    score, reason = _meaning(field, parameter)
    if "pattern" in parameter.schema and parameter.schema["pattern"] != field.schema.get("pattern"):
        score -= 0.3
    wanted, given = parameter.schema.get("format"), field.schema.get("format")
    if wanted in _TELLING_FORMATS and wanted == given:
        if score < THRESHOLD and wanted == "email" and parameter.head in ROLES | FILLER:
            score, reason = 0.5, "both an email address"
        elif score >= THRESHOLD:
            score, reason = min(1.0, score + 0.1), f"{reason}, format {wanted}"
    return max(0.0, score), reason


def types_fit(field: Slot, parameter: Slot) -> bool:
    """Whether every value of the field's type is one of the parameter's: enums and formats included."""
    given, wanted = field.schema, parameter.schema
    if field.type == "array" or parameter.type == "array":
        if field.type != parameter.type:
            return False
        given, wanted = given["items"], wanted["items"]
    if given["type"] != wanted["type"] and (given["type"], wanted["type"]) != ("integer", "number"):
        return False
    if "enum" in wanted and not set(map(str, given.get("enum", ("?",)))) <= set(map(str, wanted["enum"])):
        return False
    formats = given.get("format"), wanted.get("format")
    return None in formats or formats[0] == formats[1]


def is_pointless(field: Slot, parameter: Slot) -> bool:
    """Whether no similarity makes an edge of the two: what the user has set aside, secrets, paging, searches, reports.

    Nobody signs in as whom a result happens to mention, either.
    """
    if {"set"} & {one.identity.by for one in (field, parameter) if one.identity}:
        return parameter.signs_in
    if parameter.signs_in or STATUS & set(parameter.words):
        return True
    if _PAGING & (parameter.raw | field.raw | field.owners) and not (field.identity or parameter.identity):
        return True
    secret = (_SECRETS & parameter.raw) or (_SECRETS & field.raw)
    return bool((secret and field.words != parameter.words) or parameter.head in _SEARCH)


def _meaning(field: Slot, parameter: Slot) -> Score:
    if field.generic or parameter.generic:
        return _bare_numbers(field, parameter)
    if field.identity and parameter.identity:
        return _identities(field, field.identity, parameter, parameter.identity)
    if parameter.identity:
        return _for_identity(field, parameter, parameter.identity)
    if field.identity:
        return _from_identity(field, field.identity, parameter)
    return _attributes(field, parameter)


def _bare_numbers(field: Slot, parameter: Slot) -> Score:
    if not (field.generic and parameter.generic) or SETTINGS & set(tokens(str(parameter.path[0]))):
        return _NONE
    return 0.42, "a bare number for a bare number"


def _identities(field: Slot, given: Identity, parameter: Slot, wanted: Identity) -> Score:
    if given.kind != wanted.kind:
        return _other_kinds(field, given, parameter, wanted)
    if not given.kind:
        near = field.surroundings & parameter.surroundings - IDS - CODES
        return (0.6, f"{field.head}, both about {min(near)}") if near and field.head == parameter.head else _NONE
    if "set" in (given.by, wanted.by) and given.is_key and wanted.is_key:
        return 0.9, f"both set to identify a {given.kind}"
    if given.by != wanted.by:
        return (0.45, f"both identify a {given.kind}") if {given.by, wanted.by} == {"id", "code"} else _NONE
    what = f"{field.head} of the same {given.kind}"
    if given.by != "handle" and field.head != parameter.head:
        return (0.45, f"both identify a {given.kind}") if given.is_key else _NONE
    own, other = (one.qualifiers - {given.kind} - ROLES for one in (field, parameter))
    if own and other and own.isdisjoint(other):
        return 0.5, f"{field.head} of some {given.kind}"
    return (1.0 if field.words == parameter.words else 0.9), what


def _other_kinds(field: Slot, given: Identity, parameter: Slot, wanted: Identity) -> Score:
    """Different words for the kind: the same only where one is a part that the other can play."""
    if "set" in (given.by, wanted.by):
        return _NONE
    if given.kind == "folder" and wanted.kind == "file" and parameter.head == "path":
        return 0.6, "a folder as path"
    if field.head != parameter.head or not (given.is_key and wanted.is_key):
        return _NONE
    kinds = {given.kind, wanted.kind}
    if kinds & _PERSONS - {"user"} and kinds <= WHO | _PERSONS:
        return 0.6, f"{field.head} of {given.kind} and {wanted.kind}"
    return _NONE


def _for_identity(field: Slot, parameter: Slot, wanted: Identity) -> Score:
    """A plain field for an id: a list's elements said to be such, or a field named after the kind."""
    if wanted.by == "set":
        return _NONE
    named = field.elements & {wanted.kind, *parameter.words} - IDS - PROSE
    if named and wanted.kind in field.elements:
        return 0.5, f"an element of a list of {min(named)}"
    if field.head == wanted.kind and field.type == parameter.type == "string" and wanted.by != "name":
        return 0.6, f"a {field.head} for its {parameter.head}"
    if wanted.by == "name" and field.words == (wanted.kind,):
        return 0.6, f"a {field.head} for its name"
    return _family(field, parameter) if wanted.by == "handle" else _NONE


def _from_identity(field: Slot, given: Identity, parameter: Slot) -> Score:
    """An id or a name for a parameter called after the kind: `user.id` for `user`, `city.name` for `city`."""
    if given.by == "set":
        return _NONE
    said = _telling_kinds(parameter)
    if parameter.head == given.kind and not (parameter.qualifiers - ROLES):
        if given.is_key:
            if "name" in said and field.head != "name":
                return _NONE
            return (0.75 if said & IDS or field.head in said else 0.45), f"{field.head} of the {given.kind}"
        return (0.4 if said & IDS else 0.6), f"name of the {given.kind}"
    if parameter.head in _PERSONS and given.is_key and given.kind in said and said & (IDS | {field.head}):
        return 0.6, f"{field.head} of a {given.kind} as {parameter.head}"
    return _family(field, parameter) if given.by == "handle" else _NONE


def _telling_kinds(parameter: Slot) -> frozenset[str]:
    return frozenset(tokens(parameter.schema.get("description", "")))


def _attributes(field: Slot, parameter: Slot) -> Score:
    if field.head == parameter.head and field.words and parameter.words:
        return _same_attribute(field, parameter)
    short, long = sorted((field.words, parameter.words), key=len)
    if short and long[:-1] == short and long[-1] in _SUFFIXES and not set(short) <= PROSE | _VAGUE | SETTINGS:
        return 0.75, f"{' '.join(field.words)} as {' '.join(parameter.words)}"
    if field.elements & {*parameter.words} - PROSE - _VAGUE and parameter.head in field.elements:
        return 0.5, f"an element of a list of {parameter.head}"
    return _described(field, parameter)


def _same_attribute(field: Slot, parameter: Slot) -> Score:
    head, vague = field.head, field.head in _VAGUE
    if head in PROSE:
        if field.words == parameter.words and len(field.words) > 1:
            return 0.5, f"the same {' '.join(field.words)}"
        return (0.45, f"a {head}") if parameter.words == (head,) and field.path[-1] != 0 else _NONE
    if head in SETTINGS or (_RECORD & field.raw and field.raw != parameter.raw):
        return _NONE  # how many there are is not how many are wanted; when a record was made is not when to begin
    if _numbered(field) and _numbered(parameter) and _numbered(field) != _numbered(parameter):
        return _NONE  # the second line of an address is not its first
    near = field.owners & parameter.nouns or parameter.owners & field.nouns or field.owners & parameter.about
    if field.words == parameter.words:
        what = f"the same {' '.join(field.words)}"
        if len(field.words) == 1 and near and field.owners - parameter.nouns and parameter.nouns - field.owners:
            return 0.5, what  # of things that are alike and not the same
        if len(field.words) > 1 or near:
            return 0.95, what
        return (0.3, "") if vague else (0.8, what)
    if not field.qualifiers or not parameter.qualifiers:
        extra = field.qualifiers | parameter.qualifiers
        bare = parameter if field.qualifiers else field
        if extra & bare.surroundings:
            return 0.8, f"both a {head}"
        return (0.2, "") if vague else (0.55, f"both a {head}")
    shared = field.qualifiers & parameter.qualifiers - ROLES
    return (0.7, f"both a {min(shared)} {head}") if shared and not vague else (0.3, "")


def _numbered(slot: Slot) -> frozenset[str]:
    return frozenset(word for word in slot.raw if word.isdigit())


def _described(field: Slot, parameter: Slot) -> Score:
    """A number's unit told by a description, a role filled by what its description asks for, else words of a family."""
    if field.type in ("integer", "number"):
        units = ({field.head} & parameter.about if len(field.words) == 1 else set()) | (
            {parameter.head} & field.about if len(parameter.words) == 1 else set()
        )
        units -= _VAGUE | SETTINGS
        return (0.45, f"described as {min(units)}") if units and not SETTINGS & set(parameter.words) else _NONE
    if parameter.head in ROLES and field.head in parameter.lead and field.head not in _VAGUE | PROSE:
        return 0.6, f"a {field.head} as {parameter.head}"
    return _family(field, parameter)


def _family(field: Slot, parameter: Slot) -> Score:
    """Words of one family: a city as a destination, a folder as a path; not a city as an address."""
    if field.type not in ("string", "array"):
        return _NONE
    one, other = field.head, parameter.head
    if {one, other} & PLACES and {one, other} <= PLACES | _NAMED_PLACES:
        if {"code", "iata", "id"} & _telling_kinds(parameter) - set(field.words):
            return _NONE
        asked = _NAMED_PLACES & parameter.about - {other}
        return (0.6, f"{one} as {other}") if not asked or one in asked | PLACES else _NONE
    if one in _FILES and other in _FILES:
        return 0.6, f"{one} as {other}"
    if field.elements & _FILES and other in _FILES | {"destination"}:
        return 0.5, f"an element of a list of {min(field.elements & _FILES)}"
    return _NONE


def sense(field: Slot, parameter: Slot) -> float:
    """Less than 1 where names match but the call would make little sense."""
    consumer, identity = parameter.tool, parameter.identity
    if consumer.effect == "read" or field.generic:
        return 1.0
    subject = parameter.nouns and identity is not None and identity.kind in parameter.nouns
    if _OWN_SUBJECT & set(tokens(consumer.name)):
        if subject or parameter.head in ("key", "name", "title"):
            return 0.3  # a new thing is not given the id or the name of an old one
    elif subject and identity is not None and identity.by == "name" and _has_key(parameter):
        return 0.35  # what is known by its id is given a new name here
    same_subject = bool(field.nouns & parameter.nouns)
    return 0.35 if same_subject and not field.identity else 1.0


def _has_key(parameter: Slot) -> bool:
    return any("id" in tokens(name) for name in parameter.tool.parameters["properties"])


def words_of(slot: Slot) -> set[str]:
    """The words that could make a slot match: two slots that share none of them never do."""
    if slot.generic:
        return {"#number"}
    words = {*slot.words, *slot.elements, *slot.lead[:3]}
    if slot.identity:
        words.add(f"#{slot.identity.kind}")
        words.add(slot.identity.kind)
    else:
        words.add(f"#{slot.head}")
    words |= {f"#family {index}" for index, family in enumerate(FAMILIES) if family & words}
    if slot.type in ("integer", "number"):
        words |= slot.about
    if slot.schema.get("format") == "email":
        words.add("#email")
    return words - PROSE | ({slot.head} if slot.head in PROSE else set())
