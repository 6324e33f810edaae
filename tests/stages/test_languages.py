"""Requests and replies in other languages: what their grammars take, what they refuse, and what is grounded."""

from __future__ import annotations

import pytest

from dtc_local.stages.ask import find_fault
from dtc_local.stages.ask import grammar as request_grammar
from dtc_local.stages.grounded import grammar, is_grounded, visible_words
from dtc_local.stages.speech import SPEECH
from tests.stages.desks import done
from tests.stages.grammars import accepts

LITERALS = ["Lyon", 4, "Ada Byron"]
NAMES = ["book_table", "maxPrice", "city"]
REQUESTS = {
    "de": ["Bitte buche in Lyon für 4 Personen einen Tisch auf den Namen Ada Byron."],
    "fr": [
        "Pouvez-vous réserver à Lyon pour 4 personnes au nom de Ada Byron ?",
        "Réservez à Lyon, pour 4 personnes : Ada Byron !",
        "Il me faut une table à Lyon pour 4 personnes (Ada Byron).",
    ],
    "es": [
        "¿Puedes reservar en Lyon para 4 personas a nombre de Ada Byron?",
        "Reserva en Lyon, 4, Ada Byron.",
    ],
    "it": ["Può prenotare a Lyon per 4 persone a nome Ada Byron?"],
    "pt": ["Podes reservar em Lyon para 4 pessoas em nome de Ada Byron?"],
    "nl": ["Kun je in Lyon voor 4 personen reserveren op naam van Ada Byron?"],
    "pl": ["Proszę zarezerwować w Lyon stolik dla 4 osób na nazwisko Ada Byron."],
    "ja": ["Lyonで4人分の席をAda Byronの名前で予約してください。", "Lyon、4名、Ada Byronで予約できますか？"],
    "zh": ["请在Lyon预订4人的座位，姓名Ada Byron。", "能帮我订Lyon的餐厅吗，4位，Ada Byron？"],
}
BAD_REQUESTS = {
    "de": ["Bitte buche in Lyon für 4 Personen.", "Lyon 4 Ada Byron", "Nimm book_table in Lyon für 4, Ada Byron."],
    "fr": ["Réservez à Lyon pour 4 personnes .", "Réservez à Lyon pour 14 personnes au nom de Ada Byron ?"],
    "es": ["¿Puedes reservar en Lyon para 4 personas?", "¿puedes ir a Lyon con 4 y Ada Byron?"],
    "ja": [
        "Lyonで4人分の席を予約してください。",
        "Lyonで14人分の席をAda Byronの名前で予約してください。",
        "Lyonで４人分の席をAda Byronの名前で予約してください。",
        "book_tableでLyonの4人分をAda Byronで予約。",
        "xLyonで4人分の席をAda Byronで予約。",
        "Lyonで4人分の席をAda Byronで予約",
    ],
    "zh": [
        "请在Lyon预订4人的座位。",
        "请在Lyon预订4人的座位，，姓名Ada Byron。",
        "在Lyon订maxPrice，4人，Ada Byron。",
    ],
}


def cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(language, text) for language, texts in table.items() for text in texts]


@pytest.mark.parametrize(("language", "text"), cases(REQUESTS))
def test_a_request_can_be_worded_as_it_is_said(language: str, text: str) -> None:
    assert accepts(request_grammar(LITERALS, NAMES, SPEECH[language]), text)
    assert find_fault(text, LITERALS, NAMES) is None


@pytest.mark.parametrize(("language", "text"), cases(BAD_REQUESTS))
def test_a_request_that_lacks_a_value_or_shows_code_cannot_be_written(language: str, text: str) -> None:
    assert not accepts(request_grammar(LITERALS, NAMES, SPEECH[language]), text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Was steht heute an?"),
        ("es", "¿Qué hay hoy?"),
        ("fr", "Quoi de neuf ?"),
        ("ja", "今日は何ですか？"),
    ],
)
def test_a_request_without_values_can_be_said(language: str, text: str) -> None:
    assert accepts(request_grammar([], NAMES, SPEECH[language]), text)


REQUEST = "Ada Byron, 2026-03-02, 東京"
LEVELS = ((done("$1", "get_order", {"order_id": "O-9", "total": 12.5, "city": "Lyon"}, name="Ada Byron"),),)
VISIBLE = visible_words(REQUEST, LEVELS)
REPLIES = {
    "de": ["Die Bestellung O-9 geht nach Lyon. Sie kostet 12.5 Euro.", "Das ist für Ada Byron erledigt!"],
    "fr": ["La commande O-9 est pour Ada Byron : elle coûte 12.5 euros.", "C'est fait ! Elle part de Lyon."],
    "es": ["El pedido O-9 de Ada Byron cuesta 12.5 euros.", "Para Usted está en Lyon."],
    "it": ["L'ordine O-9 di Ada Byron costa 12.5 euro.", "Per Lei parte da Lyon."],
    "pt": ["O pedido O-9 de Ada Byron custa 12.5 euros."],
    "nl": ["De bestelling O-9 van Ada Byron kost 12.5 euro.", "Voor U gaat die naar Lyon."],
    "pl": ["Zamówienie O-9 dla Ada Byron kosztuje 12.5 euro.", "Dla Pani jest w Lyon."],
    "ja": ["注文O-9はAda Byronさんの分で、12.5ユーロです。", "東京への発送は2026-03-02です。完了しました。"],
    "zh": ["订单O-9属于Ada Byron，共12.5欧元。", "已发往Lyon！"],
}
UNGROUNDED = {
    "de": ["Die Bestellung O-8 geht nach Lyon.", "Sie kostet 13 Euro."],
    "fr": ["La commande est pour Grace Hopper.", "Elle part de l'Espagne.", "Elle coûte 13 euros."],
    "es": ["El pedido es de Grace Hopper.", "Cuesta 13 euros."],
    "it": ["L'ordine è dell'Italia.", "Costa 13 euro."],
    "pt": ["O pedido vai para Lisboa."],
    "nl": ["De bestelling gaat naar Utrecht."],
    "pl": ["Zamówienie jest w Krakowie."],
    "ja": ["注文O-8です。", "Grace Hopperさんの分です。", "13ユーロです。", "12.51ユーロです。"],
    "zh": ["订单O-8已发出。", "共13欧元。", "属于Grace。"],
}


@pytest.mark.parametrize(("language", "text"), cases(REPLIES))
def test_a_grounded_reply_can_be_written(language: str, text: str) -> None:
    assert accepts(grammar(VISIBLE, speech=SPEECH[language]), text)
    assert is_grounded(text, VISIBLE, SPEECH[language])


@pytest.mark.parametrize(("language", "text"), cases(UNGROUNDED))
def test_an_invented_name_or_number_is_not_grounded(language: str, text: str) -> None:
    assert not is_grounded(text, VISIBLE, SPEECH[language])


@pytest.mark.parametrize(
    "text", ["注文O-8です。", "Grace Hopperさんの分です。", "13ユーロです。", "12.51ユーロです。", "完了"]
)
def test_without_spaces_no_invented_latin_word_or_number_can_be_written(text: str) -> None:
    assert not accepts(grammar(VISIBLE, speech=SPEECH["ja"]), text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Welche Stadt?"),
        ("es", "¿Qué ciudad?"),
        ("fr", "Quelle ville ?"),
        ("ja", "どの都市ですか？"),
        ("zh", "哪个城市？"),
    ],
)
def test_a_question_is_written_where_one_is_wanted_and_only_there(language: str, text: str) -> None:
    speech = SPEECH[language]
    assert accepts(grammar(VISIBLE, asks=True, speech=speech), text)
    assert not accepts(grammar(VISIBLE, speech=speech), text)
    assert not accepts(grammar(VISIBLE, asks=True, speech=speech), REPLIES[language][0])


def test_where_nothing_latin_is_visible_a_reply_is_plain() -> None:
    empty = grammar(frozenset(), speech=SPEECH["zh"])
    assert accepts(empty, "已经完成了。")
    assert not accepts(empty, "已经完成O-9了。")


def test_english_is_held_to_what_it_was_held_to_before() -> None:
    assert grammar(VISIBLE) == grammar(VISIBLE, speech=SPEECH["en"])
    assert not accepts(grammar(VISIBLE), "It is done !")
    assert not accepts(request_grammar(LITERALS, NAMES), "¿Go to Lyon with 4 and Ada Byron?")
    assert not is_grounded("It goes to Paris.", VISIBLE)
