"""What names, cities, addresses and phone numbers look like where a language is spoken.

First and last names and streets come from Faker's locale; the rest stands here. English has its own lists (`pools.py`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Locale:
    """One language's world. In templates `#` is a digit, `@` a capital letter."""

    faker: str
    """Name of Faker's locale."""
    cities: tuple[str, ...]
    trades: tuple[str, ...]
    """What follows a family name in the name of a company, or `{}` with words around it."""
    phone: str
    postcode: str
    address: str = "{street} {number}, {city}"
    person: str = "{first} {last}"
    street: str = "street_name"
    """Faker's provider of streets."""
    romanised: bool = False
    """Whether logins and mail addresses are spelled in letters other than the names'."""


def _cities(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


LOCALES: dict[str, Locale] = {
    "de": Locale(
        "de_DE",
        _cities(
            "Berlin, Hamburg, München, Köln, Frankfurt, Stuttgart, Leipzig, Dresden, Nürnberg, Hannover, Bremen, Wien,"
            " Graz, Salzburg, Zürich, Basel, Bern, Freiburg, Mainz, Lübeck, Rostock, Kassel, Erfurt, Innsbruck"
        ),
        ("Logistik", "Energie", "Technik", "Handel", "Software", "Gartenbau", "Medien", "Reisen"),
        "+49-30-#######",
        "#####",
    ),
    "fr": Locale(
        "fr_FR",
        _cities(
            "Paris, Lyon, Marseille, Toulouse, Nice, Nantes, Strasbourg, Montpellier, Bordeaux, Lille, Rennes, Reims,"
            " Grenoble, Dijon, Angers, Bruxelles, Genève, Lausanne, Namur, Metz, Tours, Rouen, Caen, Brest"
        ),
        ("Transports", "Conseil", "Distribution", "Services", "Bâtiment", "Voyages", "Médias", "Textiles"),
        "+33-1-##-##-##-##",
        "#####",
        address="{number} {street}, {city}",
    ),
    "es": Locale(
        "es_ES",
        _cities(
            "Madrid, Barcelona, Valencia, Sevilla, Zaragoza, Málaga, Bilbao, Granada, Salamanca, Toledo, Oviedo,"
            " Santander, Lima, Bogotá, Quito, Santiago, Montevideo, Córdoba, Rosario, Guadalajara, Mérida, Cádiz, León"
        ),
        ("Logística", "Energía", "Consultores", "Alimentación", "Viajes", "Textiles", "Servicios", "Hermanos"),
        "+34-91-###-##-##",
        "#####",
    ),
    "it": Locale(
        "it_IT",
        _cities(
            "Roma, Milano, Torino, Napoli, Palermo, Genova, Bologna, Firenze, Venezia, Verona, Trieste, Padova, Parma,"
            " Modena, Pisa, Siena, Perugia, Bari, Lecce, Catania, Cagliari, Lugano, Trento, Ravenna"
        ),
        ("Trasporti", "Energia", "Consulenza", "Alimentari", "Viaggi", "Tessuti", "Servizi", "Costruzioni"),
        "+39-06-#######",
        "#####",
    ),
    "pt": Locale(
        "pt_PT",
        _cities(
            "Lisboa, Porto, Braga, Coimbra, Aveiro, Faro, Évora, Setúbal, Funchal, Guimarães, Viseu, Leiria, São Paulo,"
            " Salvador, Recife, Fortaleza, Curitiba, Manaus, Belém, Campinas, Santos, Brasília, Natal, Maceió"
        ),
        ("Transportes", "Energia", "Consultores", "Alimentar", "Viagens", "Têxteis", "Serviços", "Irmãos"),
        "+351-21-###-####",
        "####-###",
    ),
    "nl": Locale(
        "nl_NL",
        _cities(
            "Amsterdam, Rotterdam, Utrecht, Eindhoven, Groningen, Tilburg, Breda, Nijmegen, Haarlem, Arnhem, Zwolle,"
            " Leiden, Maastricht, Delft, Antwerpen, Gent, Brugge, Leuven, Mechelen, Alkmaar, Middelburg, Assen, Gouda"
        ),
        ("Logistiek", "Energie", "Advies", "Handel", "Techniek", "Reizen", "Media", "Bouw"),
        "+31-20-#######",
        "#### @@",
    ),
    "pl": Locale(
        "pl_PL",
        _cities(
            "Warszawa, Kraków, Łódź, Wrocław, Poznań, Gdańsk, Szczecin, Bydgoszcz, Lublin, Katowice, Białystok, Gdynia,"
            " Toruń, Kielce, Rzeszów, Gliwice, Olsztyn, Opole, Zakopane, Sopot, Płock, Tarnów, Elbląg, Kalisz"
        ),
        ("Logistyka", "Energia", "Doradztwo", "Handel", "Technika", "Podróże", "Media", "Budowa"),
        "+48-22-###-##-##",
        "##-###",
    ),
    "ja": Locale(
        "ja_JP",
        _cities(
            "東京, 大阪, 京都, 横浜, 名古屋, 札幌, 福岡, 神戸, 仙台, 広島, 金沢, 奈良, 那覇, 長崎, 熊本, 静岡, 新潟,"
            " 岡山, 松山, 鹿児島, 千葉, 高松, 盛岡, 松本"
        ),
        ("{}運輸", "{}電気", "{}食品", "{}建設", "{}商事", "{}印刷", "株式会社{}"),
        "+81-3-####-####",
        "###-####",
        address="{city}{street}{number}番地",
        person="{last}{first}",
        street="town",
        romanised=True,
    ),
    "zh": Locale(
        "zh_CN",
        _cities(
            "北京, 上海, 广州, 深圳, 杭州, 南京, 苏州, 成都, 重庆, 武汉, 西安, 天津, 青岛, 厦门, 长沙, 昆明, 大连,"
            " 沈阳, 郑州, 合肥, 福州, 济南, 宁波, 桂林"
        ),
        ("{}物流", "{}电子", "{}食品", "{}建筑", "{}贸易", "{}科技", "{}印刷"),
        "+86-10-####-####",
        "######",
        address="{city}市{street}{number}号",
        person="{last}{first}",
        romanised=True,
    ),
}
"""Worlds by language code, English aside."""
