"""What a string field holds, read from its format, name, description and surroundings.

The first rule that fits decides. Rules look at the words of the name (`customer_emails` is "customer email"); where
the name is just "name" or "id", the words around it do; where it says nothing, the opening of the description does.
"""

from __future__ import annotations

import re
from functools import lru_cache

from dtc_local.tools.words import tokens

FORMATS = {
    "date": "date",
    "time": "clock",
    "date-time": "datetime",
    "email": "email",
    "uri": "url",
    "uuid": "uuid",
    "ipv4": "ip",
    "ipv6": "ipv6",
    "hostname": "host",
    "duration": "iso_duration",
}

_RULES: tuple[tuple[str, str], ...] = (
    (r"\bemail\b(?! (body|subject|content|text|id))", "email"),
    (r"\bpassword|\bpasscode|\bpin$|\bsecret", "password"),
    (r"\b(token|api key|access key)$", "token"),
    (r"\bphone\b|\bfax\b|\bcontact number", "phone"),
    (r"\bfirst name|\bgiven name", "first"),
    (r"\blast name|\bsurname|\bfamily name", "last"),
    (
        r"\bfull name|\b(person|customer|guest|patient|employee|contact|passenger|author|owner|driver|student|agent"
        r"|assignee|manager|nurse|doctor|teacher|speaker) name",
        "person",
    ),
    (
        r"\b(passenger|guest|patient|attendee|participant|author|artist|actor|director|player|assignee|organizer|doctor|person)$",
        "person",
    ),
    (r"\buser name|\bhandle$|\blogin$|\bnick name|\bscreen name|\buser$|\bmention(?! status)", "handle"),
    (r"\bcommit message", "commit"),
    (r"\b(sha|hash|digest|checksum|revision|commit)( id)?$", "sha"),
    (r"\bip( address)?$", "ip"),
    (r"\b(url|uri|link|website|webpage|endpoint|webhook|homepage)$", "url"),
    (r"\b(cursor|after|before)$", "token"),
    (r"\bfolder content", "file"),
    (r"\b(line|log|output)$", "message"),
    (r"\b(usage|file size|disk)", "bytes"),
    (r"\bkey$", "key"),
    (r"\b(message|body|text|comment|note|feedback|review|caption|announcement|observation|content)$", "message"),
    (r"\b(description|detail|summary|bio|instruction|abstract|overview|problem|issue description)$", "description"),
    (r"\breason", "reason"),
    (r"\b(resolution|solution|fix)$", "resolution"),
    (r"\b(title|subject|headline|topic)$", "subject"),
    (r"\btime zone|^tz$", "timezone"),
    (
        r"\bdate time|\btime stamp|\bdatetime|_at$|\b(created|updated|modified|due|sent|posted|started|scheduled) at$",
        "datetime",
    ),
    (r"\bweekday|\bday of( the)? week", "weekday"),
    (r"\bdate\b|\bday$|\bsince$|\buntil$|\bdeadline|\bcheck (in|out)|\bbirthday|\bdob$|\bas of$|\bexpir", "date"),
    (r"\bmonth$", "month"),
    (r"\byear$", "year"),
    (r"\bduration$", "duration"),
    (r"\btime\b", "clock"),
    (r"\bzip\b|\bpostal", "zip"),
    (r"\bcountry code", "country_code"),
    (r"\bcountry|\bnationality", "country"),
    (r"\bairport|\biata", "airport"),
    (r"\bstreet|\baddress", "address"),
    (r"\bcity|\btown\b|\bhometown", "city"),
    (r"\bprovince", "state"),
    (r"\bregion|\barea$", "region"),
    (r"\b(path|file path|filepath)$", "path"),
    (r"\b(folder|dir)\b", "folder"),
    (r"\b(file|attachment|document|image|video|archive|script|spreadsheet)( name)?( \d+)?$|\bfile\b", "file"),
    (r"\b(extension|file type)$", "extension"),
    (r"\blanguage|\blocale|\blang\b", "language"),
    (r"\bcurrency", "currency"),
    (r"\bcolor", "color"),
    (r"\b(product|item|article|merchandise)( name)?$", "product"),
    (r"\b(category|section|classification)$", "category"),
    (r"\bgenre", "genre"),
    (r"\bcuisine", "cuisine"),
    (r"\b(ingredient|dish|recipe|food|meal|menu item)( name)?$", "food"),
    (r"\b(vehicle|car|bike)( type| model)?$", "vehicle"),
    (r"\b(brand|make|manufacturer)$", "brand"),
    (r"\b(job|occupation|position|profession|job title)$", "job"),
    (r"\bdepartment", "department"),
    (r"\bteam( name)?$", "team"),
    (r"\b(stock|symbol|ticker)$", "stock"),
    (r"\b(animal|pet|breed|species)$", "animal"),
    (r"\b(device|appliance)( name)?$", "device"),
    (r"\broom( name)?$", "room"),
    (r"\b(branch|base|ref)( name)?$|\bbranch\b", "branch"),
    (r"\brepository( name)?$", "repository"),
    (r"\b(owner)$", "handle"),
    (r"\b(organization|company|employer|vendor|supplier|firm|carrier|airline|business)( name)?$", "company"),
    (
        r"\b(location|destination|origin|place|departure|arrival|venue|from|to|stop|station|pickup|dropoff|start|end|source|target)$",
        "place",
    ),
    (r"\b(tag|label|hashtag)( name)?$", "tag"),
    (r"\b(keyword|query|search|term|pattern|phrase|q)$", "keyword"),
    (r"\brole$", "role"),
    (r"\b(status|state)$", "status"),
    (r"\bunit\b", "unit"),
    (r"\b(weather|condition|forecast)$", "weather"),
    (r"\b(payment method|payment type|payment)$", "payment"),
    (r"\bversion", "version"),
    (r"\b(expression|formula|equation|function)$", "expression"),
    (r"\b(host|domain|server)( name)?$", "host"),
    (r"\bcommand$", "command"),
    (r"\b(size)$", "size"),
    (r"\bmaterial$", "material"),
    (r"\b(level|priority|severity|urgency|importance|difficulty)$", "level"),
    (r"\b(mode)$", "mode"),
    (r"\b(format)$", "format"),
    (r"\b(price|cost|amount|total|fare|fee)$", "money"),
    (r"\b(id|number|code|reference|key|sku|serial|tracking|barcode|isbn|vin|confirmation)$", "id"),
)
_COMPILED = tuple((re.compile(pattern), kind) for pattern, kind in _RULES)
_NAMED: tuple[tuple[str, str], ...] = (
    (r"\b(file|document|image)\b", "file"),
    (r"\bfolder\b", "folder"),
    (r"\b(repository)\b", "repository"),
    (r"\bbranch\b", "branch"),
    (r"\b(company|organization|supplier|vendor|business|brand|airline)\b", "company"),
    (r"\b(product|item|article|inventory|stock|catalog)\b", "product"),
    (r"\b(city|town)\b", "city"),
    (r"\b(country)\b", "country"),
    (r"\b(station|hotel|restaurant|shop|store|venue|warehouse|location|place|park)\b", "venue"),
    (r"\b(label|tag)\b", "tag"),
    (r"\b(device|appliance)\b", "device"),
    (r"\b(team|club)\b", "team"),
    (r"\b(animal|pet)\b", "animal"),
    (r"\b(recipe|dish|ingredient)\b", "food"),
    (r"\b(project|playlist|list|event|task|campaign|course|book|movie|song|album)\b", "phrase"),
    (
        r"\b(user|customer|guest|employee|person|patient|contact|member|author|player|passenger|driver|student|account|client)\b",
        "person",
    ),
)
_NAMED_COMPILED = tuple((re.compile(pattern), kind) for pattern, kind in _NAMED)
_FILE_WORDS = re.compile(r"\b(file|folder)\b")
_STREET_WORDS = re.compile(r"\b(street|address)\b")
_VAGUE = re.compile(r"\b(from|to|start|end|source|target|stop)$")
_TRAVEL = re.compile(
    r"\b(city|location|place|airport|station|trip|travel|route|flight|train|bus|ride|drive|direction|distance)\b"
)
_WHO_DOES = re.compile(
    r"\b(?!folder|server|order|printer|container|filter|header|character|trigger|sensor|monitor|cluster|router|computer"
    r"|layer|parameter|paper|center|letter|chapter|tower|river|color)\w+(er|or|ist|ee|agent) name$"
)
"""Names of whoever does something: rider, sender, attendee, support agent."""
_WEAK = frozenset({"id", "phrase", "status", "mode", "level", "size", "place", "message", "clock", "date"})
"""Kinds a description's opening is not trusted to tell: these words are said of everything."""


@lru_cache(maxsize=16384)
def kind_of(name: str, form: str, description: str, context: str) -> str:
    """The kind of a string field; "phrase" if nothing tells."""
    if form in FORMATS:
        return FORMATS[form]
    words = " ".join(tokens(name))
    about = " ".join(tokens(description)[:12])
    around = " ".join(tokens(context))
    found = _by_name(words)
    if found == "place":
        return _place(words, about, around)
    if found == "path" and "file" in f"{words} {around}" and "folder" not in f"{words} {about}":
        return "file_path"
    if (
        found == "status"
        and words.endswith("state")
        and re.search(r"\b(us|province|address|city)\b", f"{about} {around}")
    ):
        return "state"
    if found is not None:
        return found
    if words.endswith("name"):
        return _named(words, about, around)
    described = _by_name(about) or next((kind for kind in map(_by_name, _phrases(about)) if kind), None)
    return described if described is not None and described not in _WEAK else "phrase"


def _by_name(words: str) -> str | None:
    return next((kind for pattern, kind in _COMPILED if pattern.search(words)), None)


def _phrases(about: str) -> tuple[str, ...]:
    """Growing beginnings of a description, for rules that look at the end of a name: "the city", "the city to" ..."""
    words = about.split()
    return tuple(" ".join(words[: end + 1]) for end in range(min(len(words), 8)))


def _place(words: str, about: str, around: str) -> str:
    if _FILE_WORDS.search(about) or re.search(r"\b(copy|move|cp|mv)\b", around):
        return "path" if "path" in about else "file"
    if _STREET_WORDS.search(about) or re.search(r"\b(shop|store|restaurant|hotel|hospital|bank)\b", about):
        return "address"
    if re.search(r"\b(git|branch|commit|repository)\b", f"{about} {around}"):
        return "branch"
    if "airport" in about:
        return "airport"
    return "city" if not _VAGUE.search(words) or _TRAVEL.search(f"{about} {around}") else "phrase"


def _named(words: str, about: str, around: str) -> str:
    """Whose name it is: said by the name itself, else by its description, else by what surrounds it."""
    for text in (words, about, around):
        for pattern, kind in _NAMED_COMPILED:
            if pattern.search(text):
                return kind
    return "person" if _WHO_DOES.search(words) else "phrase"
