"""What results usually hold, as words: fields of common things, the types that names tell, what verbs make.

A field is written `name:type`, without a type for text: n number, i integer, b boolean, d date, t date and time,
e email, u URL, l list of texts. The first fields of a thing are its commonest.
"""

from __future__ import annotations

import re
from functools import cache

from dtc_local.tools.effect import DESTRUCTIVE, WRITE
from dtc_local.tools.words import bag, tokens

_THINGS = """
user customer contact member employee guest patient student driver author player passenger subscriber lead candidate \
doctor agent person friend owner seller profile me \
rider visitor attendee participant tenant buyer teacher resident: name email:e phone city member_since:d
account wallet card: balance:n currency account_type status opened_on:d
order purchase: status total_price:n order_date:d delivery_date:d item_count:i
booking reservation appointment rental: status date:d start_time total_price:n location
flight: airline price:n departure_time arrival_time departure_date:d seats_available:i
hotel room apartment property accommodation stay: name price_per_night:n rating:n address available:b
train bus trip ride journey cruise: departure_time arrival_time price:n duration_minutes:i
car vehicle bike scooter: model brand price_per_day:n year:i color
restaurant cafe venue place shop store bar attraction museum park station hospital clinic pharmacy: name address \
rating:n phone city
product item merchandise listing inventory catalog: name price:n category stock:i brand
cart basket: item_count:i total_price:n currency
payment transaction transfer refund charge deposit withdrawal: amount:n currency status date:d reference
invoice bill receipt: amount:n currency due_date:d status
loan mortgage credit: monthly_payment:n total_interest:n interest_rate:n term_months:i
stock share quote asset crypto cryptocurrency coin market fund: symbol price:n change_percent:n volume:i company_name
currency rate exchange: rate:n currency date:d
weather forecast climate: temperature:n condition humidity:i wind_speed:n date:d
quality pollution: index:i level main_pollutant
news headline blog article: title author published_at:t summary url:u
post tweet comment review feedback story: text author posted_at:t like_count:i title
message email mail chat notification sms thread conversation: sender subject text sent_at:t
file document attachment: file_name size_kb:i modified_at:t owner
report: title summary author created_at:t
folder directory: name path file_count:i modified_at:t
repository repo: name owner description star_count:i language
branch commit: name author message committed_at:t
issue ticket task bug incident todo request: title status priority assignee created_at:t
case lawsuit: title court status filed_on:d
project campaign sprint milestone: name status owner start_date:d end_date:d
event meeting calendar concert conference webinar: title date:d start_time location organizer
match game fixture tournament: home_team away_team score date:d venue
team club league: name city rank:i wins:i
movie film show series video episode: title genre release_year:i rating:n director
song track album playlist podcast music: title artist genre duration_seconds:i release_year:i
book novel publication paper: title author published_year:i genre page_count:i
recipe meal dish food ingredient menu: name calories:i cuisine preparation_minutes:i ingredients:l
workout exercise activity: name duration_minutes:i calories_burned:i distance_km:n
course class lesson program: title instructor start_date:d price:n duration_weeks:i
job vacancy: title company location salary:n posted_on:d
company organization business supplier vendor brand institution: name industry city employee_count:i website:u
university school college: name city ranking:i student_count:i
device sensor appliance light lamp thermostat camera lock printer: name status room battery_percent:i last_seen:t
server instance host deployment container machine service cluster: name status region cpu_percent:n started_at:t
log entry record: message level logged_at:t
location address city country coordinate geocode: address city country latitude:n longitude:n
direction route distance map: distance_km:n duration_minutes:i summary
package shipment parcel delivery tracking: status carrier location estimated_delivery:d weight_kg:n
translation: translated_text source_language target_language
sentiment: sentiment score:n confidence:n
summary: summary word_count:i
word definition synonym: definition part_of_speech synonyms:l
image photo picture: title url:u width:i height:i
url link domain website page: url:u title visit_count:i
timezone: timezone local_time date:d
prescription medication drug medicine: name dosage frequency refills:i
policy insurance claim: status premium:n coverage_amount:n start_date:d
subscription plan membership license: plan_name price:n renewal_date:d status
coupon discount offer deal promotion voucher: code discount_percent:i expires_on:d
pet animal plant: name species age:i breed
note list reminder alarm memo: title text due_date:d created_at:t
survey poll form: title status response_count:i created_at:t
group channel community: name description member_count:i created_at:t
category tag label genre: name description item_count:i
setting preference configuration: name value updated_at:t
"""
_NUMBERS = bag(
    "price cost amount total balance fee fare tax subtotal discount rate temperature humidity speed distance weight "
    "height width length area volume pressure percentage percent score rating latitude longitude interest revenue "
    "profit average mean median sum ratio bmi energy power voltage density mass force velocity acceleration "
    "salary income payment yield probability variance deviation perimeter circumference radius diameter "
    "quotient remainder root factorial integral derivative frequency elevation altitude depth angle tip emission "
    "emissions return payoff"
)
_INTEGERS = bag(
    "count quantity age year minute hour day week month floor page size point seat stock rank level view like "
    "population capacity mileage calorie player star follower visit"
)
_FLAGS = bag(
    "available active enabled valid success exist open confirmed verified completed approved allowed eligible paid "
    "availability existence validity eligibility permission"
)
_FLAG_OF = {"availability": "available", "existence": "exists", "validity": "valid", "eligibility": "eligible"}
_TYPES = {
    "n": ("number", ""),
    "i": ("integer", ""),
    "b": ("boolean", ""),
    "d": ("string", "date"),
    "t": ("string", "date-time"),
    "e": ("string", "email"),
    "u": ("string", "uri"),
    "l": ("array of string", ""),
}
_DONE = {
    **dict.fromkeys(("set", "put", "write", "change", "modify", "edit", "adjust", "correct", "manage"), "updated"),
    "send": "sent",
    "buy": "bought",
    "pay": "paid",
    "make": "made",
    "submit": "submitted",
    "cancel": "cancelled",
    "stop": "stopped",
    "transfer": "transferred",
    "ship": "shipped",
    "commit": "committed",
    "checkout": "checked_out",
    "unstar": "unstarred",
    "star": "starred",
    "run": "run",
    "rm": "removed",
    "cp": "copied",
    "mv": "moved",
    "mkdir": "created",
    "withdraw": "withdrawn",
    "log": "logged",
    "login": "logged_in",
    "logout": "logged_out",
    "drop": "dropped",
    "ban": "banned",
    "forget": "forgotten",
    "undo": "undone",
    "reset": "reset",
    "sync": "synced",
    "hide": "hidden",
    "give": "given",
    "take": "taken",
    "begin": "begun",
}
MAKES = {
    "book": "booking",
    "reserve": "reservation",
    "buy": "order",
    "purchase": "order",
    "order": "order",
    "pay": "payment",
    "transfer": "transfer",
    "refund": "refund",
    "ship": "shipment",
    "rent": "rental",
    "subscribe": "subscription",
    "deposit": "transaction",
    "withdraw": "transaction",
}
"""What a verb makes besides what it is done to: a flight that is booked gives a booking."""


@cache
def things() -> dict[str, tuple[str, ...]]:
    """Fields of a thing, by its noun; the commonest first."""
    found: dict[str, tuple[str, ...]] = {}
    for line in _THINGS.replace("\\\n", "").strip().splitlines():
        nouns, _, fields = line.partition(": ")
        found.update(dict.fromkeys(nouns.split(), tuple(fields.split())))
    return found


def typed(field: str) -> tuple[str, str, str]:
    """Name, type and format of a field written `name:type`."""
    name, _, letter = field.partition(":")
    return (name, *_TYPES.get(letter, ("string", "")))


def type_told(name: str) -> tuple[str, str]:
    """The type and format that a name tells; text if it tells nothing."""
    words = tokens(name)
    head, first = (words[-1], words[0]) if words else ("", "")
    if first in ("is", "has", "can") or head in _FLAGS:
        return _TYPES["b"]
    if re.search(r"_at$|stamp$", name):
        return _TYPES["t"]
    if head in ("date", "birthday", "deadline") or name.endswith(("_on", "_date")):
        return _TYPES["d"]
    if head in ("email", "url", "link", "website"):
        return _TYPES["e" if head == "email" else "u"]
    if head in _INTEGERS or (first == "number" and len(words) > 1) or re.search(r"_(count|minutes|days|hours)$", name):
        return _TYPES["i"]
    return _TYPES["n"] if head in _NUMBERS else ("string", "")


def is_measure(noun: str) -> bool:
    """Whether a noun is a number that is computed or looked up: an area, a price."""
    return noun in _NUMBERS or noun in ("count", "number", "quantity", "age")


def flag_of(noun: str) -> str:
    """The yes-or-no field that a check of this noun answers: availability gives `available`; "" if none."""
    return _FLAG_OF.get(noun, noun if noun in _FLAGS else "")


def participle(verb: str) -> str:
    """`create` -> `created`, for the field that says when it was done; "updated" for what is no verb known here."""
    if verb not in WRITE | DESTRUCTIVE | _DONE.keys():
        return "updated"
    if verb in _DONE:
        return _DONE[verb]
    if verb.endswith("e"):
        return verb + "d"
    return verb[:-1] + "ied" if verb.endswith("y") and verb[-2] not in "aeiou" else verb + "ed"


def plural(noun: str) -> str:
    """`city` -> `cities`, `match` -> `matches`."""
    if noun.endswith("s") or noun in ("news", "weather", "music", "feedback", "information"):
        return noun
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("x", "z", "ch", "sh")) else "s")
