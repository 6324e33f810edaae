"""Plausible values to draw from, made once a process: Faker's names and places under a fixed seed, and word lists of our own.

A pool is a tuple, drawing from it is one index: fast, and the same for the same random stream. A person's user name and email are made from
the name, so that they look like somebody's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faker import Faker

SIZE = 400
SEED = 20240229


@cache
def _faker() -> Faker:
    from faker import Faker

    faker = Faker("en_US")
    faker.seed_instance(SEED)
    return faker


def _drawn(make: Callable[[], str], size: int = SIZE) -> tuple[str, ...]:
    """Distinct one-line values without characters that would need escaping in JSON."""
    values: dict[str, None] = {}
    for _ in range(size * 3):
        value = " ".join(make().replace("\n", ", ").split())
        if '"' not in value and "\\" not in value:
            values[value] = None
        if len(values) == size:
            break
    return tuple(values)


@cache
def pool(name: str) -> tuple[str, ...]:
    """The pool of that name; KeyError if there is none. Each is made from a fresh seed, so the order of use does not matter."""
    if name in _WORDS:
        return tuple(word.strip() for word in _WORDS[name].split("|"))
    faker = _faker()
    faker.seed_instance(SEED)
    return _MADE[name](faker)


def _handles(faker: Faker) -> tuple[str, ...]:
    return _drawn(lambda: f"{faker.first_name().lower()}{faker.random_element(('_', '.', ''))}{faker.last_name().lower()}")


def _emails(faker: Faker) -> tuple[str, ...]:
    return _drawn(lambda: f"{faker.first_name()}.{faker.last_name()}@{faker.random_element(_DOMAINS)}".lower())


def _companies(faker: Faker) -> tuple[str, ...]:
    kinds = ("Logistics", "Foods", "Labs", "Energy", "Design", "Supply", "Software", "Health", "Partners", "Works")
    return _drawn(lambda: f"{faker.last_name()} {faker.random_element(kinds)}")


def _phrases(adjectives: str, nouns: str) -> tuple[str, ...]:
    """Every adjective with every noun, in an order that mixes both."""
    left, right = pool(adjectives), pool(nouns)
    return tuple(f"{left[(i + j) % len(left)]} {noun}" for i in range(len(left)) for j, noun in enumerate(right))


_DOMAINS = ("example.com", "example.org", "example.net", "mail.example.com")
_MADE: dict[str, Callable[[Faker], tuple[str, ...]]] = {
    "person": lambda faker: _drawn(lambda: f"{faker.first_name()} {faker.last_name()}"),
    "first": lambda faker: _drawn(faker.first_name),
    "last": lambda faker: _drawn(faker.last_name),
    "handle": _handles,
    "email": _emails,
    "company": _companies,
    "street": lambda faker: _drawn(faker.street_address),
    "address": lambda faker: _drawn(lambda: f"{faker.building_number()} {faker.street_name()}, {faker.random_element(pool('city'))}"),
    "zip": lambda faker: _drawn(lambda: faker.numerify("#####")),
    "phrase": lambda faker: _phrases("adjective", "noun"),
    "file": lambda faker: tuple(f"{phrase.replace(' ', '_')}" for phrase in _phrases("file_word", "file_noun")),
    "subject": lambda faker: _phrases("subject_start", "subject_end"),
}
_WORDS = {
    "city": "London|Paris|Berlin|Madrid|Rome|Vienna|Dublin|Lisbon|Oslo|Zurich|Boston|Chicago|Seattle|Denver|Austin|Toronto|Tokyo|Osaka|Seoul"
    "|Sydney|Mumbai|Cairo|Lima|Prague|Athens|Hamburg|Munich|Lyon|Porto|Geneva|Brussels|Warsaw|Helsinki|Stockholm|Montreal|Miami|Portland"
    "|San Francisco|New York|Los Angeles|Philadelphia|Amsterdam|Copenhagen|Barcelona|Singapore|Nairobi|Auckland|Santiago",
    "country": "Germany|France|Spain|Italy|Portugal|Ireland|Norway|Sweden|Denmark|Finland|Poland|Austria|Switzerland|Belgium|Canada|Japan|India"
    "|Brazil|Mexico|Chile|Kenya|Egypt|Australia|Greece",
    "country_code": "DE|FR|ES|IT|PT|IE|NO|SE|DK|FI|PL|AT|CH|BE|CA|JP|IN|BR|MX|US|GB|AU",
    "state": "California|Texas|Ohio|Oregon|Florida|Nevada|Colorado|Georgia|Virginia|Michigan|Illinois|Arizona|Washington|Maine",
    "region": "north|south|east|west|Bavaria|Tuscany|Normandy|Andalusia|Scotland|Midwest",
    "airport": "JFK|LAX|SFO|ORD|LHR|CDG|FRA|AMS|MAD|ZRH|VIE|SEA|BOS|DEN|HND|SYD",
    "venue": "Central Station|City Library|Harbor Square|Riverside Park|Town Hall|Market Street|Old Mill|North Gate|Museum Quarter|Lake House",
    "language": "English|German|French|Spanish|Italian|Portuguese|Japanese|Korean|Dutch|Polish|Swedish|Arabic",
    "language_code": "en|de|fr|es|it|pt|ja|ko|nl|pl|sv|ar",
    "currency": "USD|EUR|GBP|JPY|CHF|CAD|AUD|SEK|NOK|INR|BRL|MXN",
    "timezone": "Europe/London|Europe/Paris|Europe/Berlin|America/New_York|America/Chicago|America/Denver|America/Los_Angeles|Asia/Tokyo"
    "|Asia/Singapore|Australia/Sydney|America/Sao_Paulo|Africa/Nairobi",
    "color": "red|blue|green|black|white|silver|orange|yellow|purple|navy|teal|gray",
    "size": "small|medium|large|extra large",
    "material": "cotton|leather|steel|oak|glass|wool|aluminum|bamboo",
    "unit": "kilometer|meter|mile|foot|inch|kilogram|gram|pound|liter|gallon|celsius|fahrenheit",
    "product": "desk lamp|office chair|water bottle|running shoes|coffee grinder|phone case|travel mug|wool scarf|bike helmet|garden hose"
    "|wireless mouse|standing desk|rain jacket|notebook|camping tent|table fan|toolbox|yoga mat|backpack|hand drill",
    "category": "electronics|furniture|clothing|books|garden|kitchen|sports|toys|office|travel|music|health|outdoor|hardware",
    "genre": "jazz|rock|classical|pop|folk|blues|comedy|drama|thriller|documentary|fantasy|mystery",
    "food": "pasta|lentil soup|chicken curry|apple pie|rice|tomato salad|pancakes|fish tacos|vegetable stew|mushroom risotto",
    "cuisine": "Italian|Mexican|Thai|Indian|Japanese|Greek|French|Korean|Spanish|Vietnamese",
    "vehicle": "sedan|van|pickup truck|city bike|e-bike|scooter|convertible|minibus",
    "brand": "Norvik|Halden|Orlo|Tamura|Brightway|Kestrel|Fennway|Lumora",
    "job": "nurse|teacher|engineer|accountant|designer|chef|driver|analyst|librarian|electrician|architect|manager",
    "department": "finance|sales|support|marketing|legal|operations|research|human resources|logistics|engineering",
    "team": "Falcons|Tigers|Rovers|Harriers|Lions|Comets|Sharks|Pioneers",
    "stock": "AAPL|MSFT|NVDA|AMZN|IBM|INTC|ORCL|SAP|TSLA|META",
    "animal": "dog|cat|horse|parrot|rabbit|turtle|goldfish|hamster",
    "device": "laptop|printer|router|thermostat|tablet|phone|camera|speaker",
    "room": "living room|kitchen|bedroom|garage|office|hallway|conference room|basement",
    "branch": "main|develop|release-2.1|fix-login|feature-search|hotfix-cache|docs-update|refactor-store",
    "repository": "web-shop|billing-api|mobile-app|data-tools|docs-site|image-service|notes-app|auth-server",
    "commit": "Fix date parsing in reports|Add search to the inbox|Update the install guide|Remove unused settings|Speed up the export"
    "|Correct rounding of prices|Add tests for the parser",
    "tag": "urgent|travel|finance|health|music|news|sports|photography|cooking|design|team|planning|review|ideas|weekend",
    "keyword": "budget|invoice|meeting|deadline|holiday|password|delivery|roadmap|training|contract|parking|survey|warranty|refund|schedule",
    "role": "admin|editor|viewer|manager|guest|member",
    "status": "open|closed|pending|in progress|resolved|active|on hold",
    "weekday": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
    "month": "January|February|March|April|May|June|July|August|September|October|November|December",
    "weather": "sunny|partly cloudy|light rain|windy|foggy|overcast|clear|snow showers",
    "extension": "txt|csv|pdf|md|json|log",
    "folder": "reports|archive|invoices|photos|drafts|backup|projects|documents|notes|exports|contracts|temp|logs|designs",
    "command": "ls|pwd|whoami|uptime|date",
    "payment": "credit card|gift card|bank transfer|cash",
    "level": "low|medium|high",
    "mode": "auto|manual|standard|quick",
    "format": "csv|json|pdf|xml",
    "expression": "12 * 7|45 + 18|(8 + 4) / 3|120 - 35|3.5 * 6|2 * (15 + 9)",
    "message": "The meeting moves to 3 pm.|Please send me the final report.|I will be ten minutes late.|Lunch is at noon in the main hall."
    "|The delivery arrived this morning.|Can we talk about the budget tomorrow?|Thank you for the quick help.|The new version is ready for review."
    "|Please call me when you are free.|The door code has changed.|We need two more chairs for the workshop.|Your order is ready for pickup."
    "|The train leaves at half past six.|I have shared the photos with everyone.|The printer on the second floor is fixed.",
    "description": "The screen stays black after the update.|Two boxes arrived with broken seals.|The page takes a minute to load."
    "|A short list of open questions for the team.|The heater makes a loud noise at night.|Customers ask for a printed receipt."
    "|The door on the left does not close.|Notes from the planning session in spring.|The battery lasts only two hours."
    "|All prices need to be checked again.",
    "reason": "ordered the wrong size|plans have changed|found a better price|no longer needed|arrived damaged|double booking|late delivery",
    "resolution": "Replaced the cable and tested the line.|Reset the account and sent a new link.|Installed the latest update."
    "|Refunded the full amount.|Restarted the service and checked the log.|Changed the filter.",
    "done": "completed|done|saved|accepted|confirmed|processed|updated|success",
    "removed": "removed|deleted|done|completed|success|confirmed",
    "found": "2 entries found|1 match found|4 entries found|all up to date|3 results|no changes since yesterday|ready|complete",
    "adjective": "blue|quiet|early|spring|annual|northern|shared|weekly|bright|local|modern|silver|open|winter|simple|second",
    "noun": "garden|report|market|bridge|workshop|journey|library|project|harbor|festival|collection|schedule|mountain|kitchen|studio|survey",
    "file_word": "budget|meeting|project|sales|travel|draft|team|invoice|summer|annual|client|design|test|release",
    "file_noun": "notes|report|plan|summary|list|data|log|overview|schedule|review",
    "subject_start": "Broken|Missing|New|Delayed|Updated|Weekly|Late|Urgent|Lost|Annual|Shared|Second",
    "subject_end": "printer|invoice|schedule|login|delivery|report|budget|keyboard|booking|contract|heater|projector",
}
