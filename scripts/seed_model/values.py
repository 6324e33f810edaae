"""Realistic values by source name: people, places, ids, dates, amounts, short texts.

Drawing from Faker for each value is slow, so pools are drawn once a process and sampled afterwards.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from faker import Faker

from dtc_local.words import spans

Value = Any
POOL = 2000
LOCALES = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "pl_PL", "sv_SE")


def listed(text: str) -> list[str]:
    """Entries between commas."""
    return text.split(",")


LISTS: dict[str, str] = {
    "category": "electronics,garden,clothing,toys,books,sports,kitchen,office,travel,health,music,finance,furniture,"
    "hardware,beauty,groceries,art,outdoor,pets,education",
    "tag": "urgent,draft,finance,summer,follow-up,internal,beta,vip,budget,marketing,bug,frontend,backend,legal,audit,"
    "archive,review,weekly,holiday,external,research,design,fragile,seasonal,training,family",
    "color": "red,dark blue,green,yellow,black,white,silver,orange,purple,teal,brown,light gray,turquoise,crimson",
    "language": "English,German,French,Spanish,Italian,Portuguese,Polish,Dutch,Swedish,Japanese,Turkish,Greek,Czech,"
    "Finnish,Danish,Korean,Arabic,Hindi",
    "currency": "EUR,USD,GBP,CHF,JPY,PLN,SEK,CAD,AUD,NOK,DKK,CZK,INR,BRL",
    "department": "marketing,sales,finance,legal,research,support,logistics,human resources,design,purchasing",
    "medicine": "ibuprofen,amoxicillin,metformin,aspirin,cetirizine,insulin,omeprazole,paracetamol,sertraline,"
    "atorvastatin,lisinopril,prednisone",
    "symptom": "headache,fever,dry cough,back pain,nausea,dizziness,sore throat,rash,fatigue,chest pain,runny nose",
    "product": "wireless mouse,desk lamp,espresso machine,hiking backpack,yoga mat,phone case,garden hose,steel kettle,"
    "noise-canceling headset,picture frame,wool blanket,tool box,travel mug,standing desk,cat tree,rain jacket,"
    "bluetooth speaker,chess set,rice cooker,bike helmet",
    "channel": "general,announcements,design-team,random,help-desk,sales-floor,on-call,book club,release-notes,lunch",
    "lengthunit": "miles,kilometers,meters,feet,inches,yards,centimeters,millimeters,nautical miles",
    "weightunit": "grams,kilograms,pounds,ounces,tons,stones,milligrams",
    "cardoor": "driver side,passenger side,rear left,rear right,tailgate",
    "weekday": "Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday",
    "airline": "Northwind Air,Lumo Airlines,Skyline Atlantic,Blue Heron,Alpine Jet,Pacific Crane,Sunbridge Air",
    "carmodel": "Kestrel GT,Norda Civic Line,Tarvo Van,Velora Coupe,Brisk Hatchback,Omni Wagon,Falke Roadster",
    "genre": "jazz,rock,classical,hip hop,folk,techno,blues,country,reggae,soul,metal,ambient",
    "subject": "physics,history,chemistry,algebra,biology,geography,literature,economics,philosophy,music,geometry",
    "device": "hallway lamp,kitchen sensor,garage door,bedroom fan,office printer,porch camera,living room speaker,"
    "attic heater,garden sprinkler,front door lock,desk light,cellar alarm",
    "houseroom": "kitchen,living room,bedroom,hallway,garage,bathroom,attic,cellar,study,nursery,guest room,porch",
    "dish": "lentil soup,mushroom risotto,chicken curry,apple pie,fish tacos,vegetable lasagna,pad thai,beef stew,"
    "pancakes,greek salad,pumpkin soup,shakshuka",
    "cuisine": "Italian,Thai,Mexican,Indian,Greek,Japanese,Lebanese,Korean,Ethiopian,Vietnamese,French",
    "ingredient": "tomatoes,basil,garlic,rice,chickpeas,butter,lemon,spinach,ginger,cream,onions,flour,mint,salmon",
    "sport": "running,cycling,swimming,rowing,climbing,tennis,boxing,hiking,skiing,dancing,volleyball",
    "newspaper": "Morning Courier,Harbor Times,Daily Ledger,Valley Post,City Observer,Evening Star,The Lantern",
    "region": "Northern Europe,Midwest,Bavaria,Southeast Asia,Scotland,West Coast,Andalusia,Benelux,Ontario",
    "crop": "winter wheat,barley,potatoes,sunflowers,maize,carrots,rapeseed,soybeans,oats,sugar beet",
    "petname": "Biscuit,Luna,Rocky,Pepper,Milo,Daisy,Oscar,Nala,Ziggy,Coco,Shadow,Mochi,Pickles,Juno",
    "breed": "beagle,border collie,dachshund,siamese,poodle,golden retriever,maine coon,whippet,husky,ragdoll",
    "district": "Old Town,Riverside,Northgate,Harbor Quarter,Westfield,Mill Hill,Station District,Lakeside,Eastbrook",
    "machine": "laser cutter,milling machine,packaging robot,drill press,spectrometer,centrifuge,paint booth,"
    "injection molder,band saw,electron microscope,label printer,furnace",
    "material": "steel,aluminum,oak,polypropylene,copper,carbon fiber,glass,rubber,brass,ceramic",
    "substance": "ethanol,sodium chloride,benzene,acetone,copper sulfate,ammonia,glycerol,nitric acid,caffeine",
    "team": "Red Falcons,Night Owls,Iron Foxes,River Kings,Blue Comets,Storm Riders,Golden Lynx,Paper Tigers",
    "venue": "Grand Hall,Lakeside Pavilion,Corner Cafe,Harbor Theater,Community Center,Rooftop Garden,Old Mill,"
    "Green Room,City Library,Arena West",
    "restaurant": "The Copper Pot,Blue Olive,Casa Miranda,Noodle Lane,The Hungry Fox,Saffron House,Pier Nine,La Piazza",
    "state": "open,pending,closed,active,completed,in progress,scheduled,confirmed,on hold,shipped,draft,paid,approved,"
    "ready,waiting for review,delayed,expired,new",
    "outcome": "saved,all good,completed without errors,request accepted,stored,changes applied,queued for processing,"
    "accepted,finished,done",
    "keyword": "solar panels,winter tires,invoices,data privacy,hiking boots,budget cuts,remote work,coffee,elections,"
    "marathon,inflation,batteries,tax reform,gardening,space travel,printer,noise,heating,refunds,wifi,passport,"
    "roof repair,vaccines,robots,cheese,onboarding,electric bikes,flooding,parking,museum,insulation",
    "reason_end": "bad weather,wrong address,low demand,illness,double booking,missing parts,price change,"
    "budget limits,scheduling conflict,customer request,broken part,late delivery,staff shortage,duplicate entry",
}
TITLE_A = listed(
    "Quarterly,Weekly,Broken,Missing,New,Urgent,Final,Customer,Summer,Annual,Team,Office,Garden,Network,"
    "Website,Kitchen,Monthly,Product,Data,Security,Safety,Travel,Holiday,Delayed,Printer,Spring,Night,"
    "Regional,Morning,Roof"
)
TITLE_B = listed(
    "budget review,door handle,login problem,report,kickoff,party,launch plan,feedback,cleanup,outage,"
    "renovation,survey,inventory check,workshop,schedule,migration,training,newsletter,photo shoot,"
    "inspection,recap,upgrade,interview notes,status update,roadmap,checklist,leak,offer,shortlist,handover"
)
NOTE_A = listed(
    "Please call before arrival,Leave it at the front desk,Customer prefers mornings,Handle with care,"
    "Waiting for parts,Check the figures again,Needs a signature,Bring your own laptop,"
    "Discussed with the team,Keep it confidential,Second attempt after a delay,Use the side entrance,"
    "Paid in advance,Ask for a receipt,Do not bend,Replace the filter,Only after lunch,"
    "Send a copy to accounting,Follow up next week,Allergic to nuts"
)
MESSAGE_A = listed(
    "The {} is ready,I will be late for the {},Please send me the {},Thanks for the {},"
    "Can we talk about the {},The {} moved to next week,Do not forget the {},We finished the {},"
    "I have a question about the {},Your {} has arrived,Let us meet after the {},The {} looks great,"
    "Sorry for the delay with the {}"
)
SYLLABLES = listed("bra,lin,tor,vek,mi,zu,pal,dro,nex,fi,gar,sol,wen,ki,lum,ra,quo,sten,plo,ve,har,bix,on,tal,cre,mov")
LABEL_B = listed("Project,Plan,Group,List,Unit,Series,Edition,Line,Suite,Desk,Kit,Circle,Lab,Hub,Trail,Bridge")
JOB_ENDS = ("Manager", "Assistant", "Analyst", "Engineer", "Designer", "Consultant", "Technician", "Coordinator")
JOB_STARTS = ("Sales", "Product", "Data", "Office", "Support", "Research", "Marketing", "Finance", "Quality", "Field")


@cache
def pool(kind: str) -> tuple[str, ...]:
    """Distinct values of one Faker provider, the same in every process."""
    values: dict[str, None] = {}
    share = POOL // len(LOCALES)
    for number, locale in enumerate(LOCALES if kind in ("name", "city") else ("en_US", "en_GB")):
        faker = Faker(locale)
        faker.seed_instance(7919 + number)
        for _ in range(share):
            text = _clean(str(_DRAW[kind](faker)))
            if text:
                values[text] = None
    return tuple(values)


def _clean(text: str) -> str:
    """Drops what reads badly inside a sentence: abbreviation dots, line ends, brackets."""
    text = " ".join(text.replace("\n", " ").split())
    return "" if any(char in text for char in '."\\()[]{}<>$_') and "@" not in text and "/" not in text else text


_DRAW: dict[str, Callable[[Faker], object]] = {
    "name": lambda faker: f"{faker.first_name()} {faker.last_name()}",
    "city": lambda faker: faker.city(),
    "country": lambda faker: faker.country(),
    "street": lambda faker: faker.street_address(),
    "company": lambda faker: faker.company(),
    "email": lambda faker: faker.email(),
    "user": lambda faker: faker.user_name(),
    "url": lambda faker: faker.url() + faker.slug(),
    "word": lambda faker: faker.word(),
    "job": lambda faker: faker.job(),
}


def made_up(rng: random.Random) -> str:
    """A word that exists nowhere, so that copying is the only way to get it right."""
    return "".join(rng.choices(SYLLABLES, k=rng.choice((2, 2, 3))))


def _digits(rng: random.Random, count: int) -> str:
    return str(rng.randint(10 ** (count - 1), 10**count - 1))


def _letters(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(string.ascii_uppercase, k=count))


def _hex(rng: random.Random, count: int) -> str:
    return f"{rng.getrandbits(4 * count):0{count}x}"


def _date(rng: random.Random, first: int = 2025, last: int = 2027) -> str:
    return f"{rng.randint(first, last)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"


def _clock(rng: random.Random) -> str:
    return f"{rng.randint(6, 22):02d}:{rng.choice(('00', '15', '30', '45', f'{rng.randint(1, 59):02d}'))}"


def _person(rng: random.Random) -> str:
    return rng.choice(pool("name"))


def _title(rng: random.Random) -> str:
    if rng.random() < 0.15:
        return f"{made_up(rng).title()} {rng.choice(TITLE_B)}"
    return f"{rng.choice(TITLE_A)} {rng.choice(TITLE_B)}"


def _label(rng: random.Random) -> str:
    first = made_up(rng).title() if rng.random() < 0.4 else rng.choice(TITLE_A)
    return f"{first} {rng.choice(LABEL_B)}"


def _message(rng: random.Random) -> str:
    return rng.choice(MESSAGE_A).format(rng.choice(TITLE_B))


def _email(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return rng.choice(pool("email"))
    first, last = (_person(rng).split() * 2)[:2]
    plain = "".join(char for char in f"{first}.{last}".lower() if char.isascii() and (char.isalpha() or char == "."))
    return f"{plain}@{made_up(rng)}.{rng.choice(('com', 'org', 'net', 'de', 'io'))}"


def _filename(rng: random.Random) -> str:
    stem = rng.choice(
        (rng.choice(pool("word")), made_up(rng), f"{rng.choice(pool('word'))}_{rng.choice(pool('word'))}")
    )
    ending = rng.choice(listed("pdf,txt,csv,png,md,zip,docx"))
    return f"{stem}{rng.choice(('', '', '-' + _digits(rng, 2)))}.{ending}"


def _path(rng: random.Random) -> str:
    folders = "/".join(rng.choices(pool("word"), k=rng.randint(1, 2)))
    return f"{rng.choice(('/home/', '/srv/', '/data/', ''))}{folders}/{_filename(rng)}"


def _amount(rng: random.Random) -> float | int:
    if rng.random() < 0.4:
        return rng.choice((10, 25, 50, 75, 100, 120, 200, 250, 300, 450, 500, 800, 1200, 1500, 2500))
    return round(rng.uniform(5, 3000), rng.choice((1, 2, 2)))


def identifier(rng: random.Random, style: str) -> str | int:
    """An id in one of several styles; one tool keeps to one style."""
    if style == "int":
        return int(_digits(rng, rng.choice((2, 3, 4, 5, 6))))
    if style == "digits":
        return _digits(rng, rng.choice((4, 5, 6)))
    if style == "uuid":
        text = _hex(rng, 32)
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
    prefix, _, shape = style.partition(":")
    return prefix + (_hex(rng, 5) if shape == "hex" else _digits(rng, 4 if shape == "d4" else 5))


SOURCES: dict[str, Callable[[random.Random], Value]] = {
    "title": _title,
    "label": _label,
    "note": lambda rng: rng.choice(NOTE_A),
    "reason": lambda rng: rng.choice(LISTS["reason_end"].split(",")),
    "message": _message,
    "date": _date,
    "birthdate": lambda rng: _date(rng, 1940, 2019),
    "time": _clock,
    "datetime": lambda rng: f"{_date(rng, 2026)}T{_clock(rng)}",
    "city": lambda rng: rng.choice(pool("city")),
    "country": lambda rng: rng.choice(pool("country")),
    "street": lambda rng: rng.choice(pool("street")),
    "company": lambda rng: rng.choice(pool("company")),
    "email": _email,
    "person": _person,
    "doctor": lambda rng: f"Dr {_person(rng).split()[-1]}",
    "handle": lambda rng: rng.choice(pool("user")),
    "url": lambda rng: rng.choice(pool("url")),
    "job": lambda rng: f"{rng.choice(JOB_STARTS)} {rng.choice(JOB_ENDS)}",
    "phone": lambda rng: f"+{rng.randint(1, 99)} {_digits(rng, 3)} {_digits(rng, rng.choice((5, 6, 7)))}",
    "small": lambda rng: rng.randint(2, 20),
    "months": lambda rng: rng.choice((3, 6, 12, 18, 24, 36, 48, 60, 120)),
    "heightcm": lambda rng: rng.randint(140, 205),
    "ticker": lambda rng: _letters(rng, rng.choice((3, 3, 4))),
    "word": lambda rng: rng.choice(pool("word")),
    "stars": lambda rng: rng.randint(1, 5),
    "minutes": lambda rng: rng.choice((5, 10, 15, 20, 25, 30, 40, 45, 50, 60, 75, 90, 120, rng.randint(2, 200))),
    "percent": lambda rng: rng.choice((5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 80, 90, rng.randint(1, 99))),
    "pulse": lambda rng: rng.randint(60, 185),
    "dose": lambda rng: rng.choice((50, 100, 200, 250, 400, 500, 750, rng.randint(30, 2000))),
    "mileage": lambda rng: rng.randint(800, 240000),
    "year": lambda rng: rng.randint(1955, 2026),
    "amount": _amount,
    "bigamount": lambda rng: rng.randint(4, 900) * rng.choice((50, 100, 1000)),
    "price": lambda rng: round(rng.uniform(1, 400), 2),
    "weight": lambda rng: rng.choice((rng.randint(2, 200), round(rng.uniform(0.5, 90), 1))),
    "rate": lambda rng: round(rng.uniform(0.1, 12), rng.choice((1, 2))),
    "hours": lambda rng: rng.choice((1, 2, 3, 4, 6, 8, 1.5, 2.5, 7.5)),
    "temperature": lambda rng: rng.choice((rng.randint(5, 40), round(rng.uniform(5, 40), 1))),
    "latitude": lambda rng: round(rng.uniform(-60, 70), rng.choice((2, 3, 4))),
    "longitude": lambda rng: round(rng.uniform(-170, 170), rng.choice((2, 3, 4))),
    "reading": lambda rng: round(rng.uniform(0, 100), rng.choice((0, 1, 2))),
    "number": lambda rng: rng.choice((rng.randint(2, 999), round(rng.uniform(0.1, 500), rng.choice((1, 2))))),
    "code": lambda rng: _letters(rng, rng.choice((2, 3))) + rng.choice(("", "-")) + _digits(rng, rng.choice((3, 4, 5))),
    "tracking": lambda rng: _letters(rng, 2) + _digits(rng, 9),
    "account": lambda rng: _digits(rng, 8),
    "iban": lambda rng: rng.choice(("DE", "FR", "ES", "NL", "PL")) + _digits(rng, 18),
    "hex": lambda rng: _hex(rng, 7),
    "slug": lambda rng: f"{rng.choice(pool('word'))}-{rng.choice(('api', 'web', 'core', 'tools', 'docs', 'app'))}",
    "branch": lambda rng: (
        f"{rng.choice(('feature', 'fix', 'release', 'dev'))}/{rng.choice(pool('word'))}-{rng.choice(pool('word'))}"
    ),
    "version": lambda rng: f"{rng.randint(0, 9)}.{rng.randint(0, 30)}.{rng.randint(0, 9)}",
    "plate": lambda rng: f"{_letters(rng, 2)} {_digits(rng, 3)} {_letters(rng, 2)}",
    "song": lambda rng: (
        f"{rng.choice(('Midnight', 'Golden', 'Paper', 'Broken', 'Silent', 'Electric', 'Ocean', 'Last'))} "
        f"{rng.choice(('River', 'Hearts', 'Window', 'Train', 'Summer', 'Letters', 'Lights', 'Moon'))}"
    ),
    "semester": lambda rng: f"{rng.choice(('spring', 'fall', 'winter', 'summer'))} {rng.randint(2024, 2027)}",
    "quarter": lambda rng: f"Q{rng.randint(1, 4)} {rng.randint(2024, 2027)}",
    "room": lambda rng: f"{rng.choice('ABCDEFG')}{_digits(rng, 3)}",
    "zip": lambda rng: _digits(rng, 5),
    "ip": lambda rng: ".".join(str(rng.randint(1, 254)) for _ in range(4)),
    "filename": _filename,
    "path": _path,
    "folder": lambda rng: f"{rng.choice(pool('word'))}-{rng.choice(('files', 'reports', 'drafts', 'photos', '2026'))}",
    "port": lambda rng: rng.choice((22, 80, 443, 3000, 5432, 8080, rng.randint(1024, 65000))),
}


@lru_cache(maxsize=100_000)
def _liftable(value: str) -> bool:
    """Whether a reader could take the value out of a sentence whole."""
    return value in spans(f"Use {value} now.")


def draw(source: str, kind: str, rng: random.Random) -> Value:
    """A value from a source, of a kind's type (`ss` and `nn` are lists of two to four distinct values)."""
    if kind == "b":
        return rng.random() < 0.75
    if source.startswith("id "):
        return identifier(rng, source[3:])
    if source.startswith("["):
        return rng.choice(source[1:-1].split(","))
    if kind in ("ss", "nn"):
        return list(dict.fromkeys(one(source, rng) for _ in range(rng.choice((2, 2, 3, 3 if kind == "ss" else 4)))))
    value = one(source, rng)
    while isinstance(value, str) and not _liftable(value):
        value = one(source, rng)
    return int(value) if kind == "i" else value


@cache
def _options(source: str) -> tuple[str, ...]:
    return tuple(LISTS[source].split(","))


def one(source: str, rng: random.Random) -> Value:
    """One scalar from a source; a whole number is an integer, as the grammar writes it."""
    make = SOURCES.get(source)
    value = make(rng) if make else rng.choice(_options(source))
    return int(value) if isinstance(value, float) and value.is_integer() else value
