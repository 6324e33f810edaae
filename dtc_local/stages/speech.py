"""What the rules must know of a language: how its words stand in a text, and the words of yes, no and "I could not".

Grammars and rules are made for English. Another language changes them only as far as is said here: where capitals mark
more than names (German) the rule on capitals steps aside; where words are not parted by spaces (Japanese, Chinese) a
text is not taken apart into words. A language that does not stand here is refused before a run begins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_BROKEN = re.compile(r"(?!)")


@dataclass(frozen=True)
class Speech:
    """One language. The patterns are matched against texts in lower case with straight apostrophes."""

    no: re.Pattern[str] = _BROKEN
    """Beginnings of a no; looked at before those of a yes."""
    yes: re.Pattern[str] = _BROKEN
    """Beginnings of a yes."""
    doubt: re.Pattern[str] = _BROKEN
    """What takes a yes back."""
    refusal: re.Pattern[str] = _BROKEN
    """What admits that something was not, or cannot be, done; searched for anywhere."""
    spaced: bool = True
    """Whether spaces part the words."""
    names_alone_are_capital: bool = True
    """Whether a capital inside a sentence marks a name; if not, capitals prove nothing."""
    addresses: frozenset[str] = field(default_factory=frozenset)
    """Words with a capital inside a sentence that are no names: I, and polite words for "you"."""
    opening: str = ""
    """Marks that may stand before the first letter of a sentence."""
    parted_marks: bool = False
    """Whether a space may stand before a question mark, an exclamation mark, a colon and a semicolon."""

    @property
    def first(self) -> str:
        """What a sentence begins with, as an expression for a grammar."""
        return rf"[{self.opening}]?\p{{Lu}}" if self.opening else r"\p{Lu}"

    def consents(self, text: str) -> bool | None:
        """Whether an answer to a question for consent says yes; None if it says neither, or both ("Yes, but wait")."""
        words = _plain(text)
        if self.no.match(words):
            return False
        return True if self.yes.match(words) and not self.doubt.search(words) else None

    def refuses(self, text: str) -> bool:
        """Whether the words admit that something was not, or cannot be, done."""
        return self.refusal.search(_plain(text)) is not None


def _plain(text: str) -> str:
    return text.lower().replace("\u2019", "'").lstrip("'\" \u00a1\u00bf\u201e\u201c\u00ab\u300c\u300e")


def _words(text: str) -> re.Pattern[str]:
    """A pattern of whole words, alternatives parted by bars."""
    return re.compile(rf"(?<!\w)(?:{text})(?!\w)")


ENGLISH = Speech(
    no=re.compile(
        r"(?:please,? )?(?:(?:no|nope)\b(?! (?:problem|worries|objections?|doubt|need))|(?:don't|do not|stop|better not"
        r"|not|leave|never|wait|i'd rather not|i changed my mind|on second thought,? (?:no|don't|better not))\b)"
    ),
    yes=re.compile(r"(?:yes|please do|go ahead|sure|ok|okay|confirmed|i confirm|do it|absolutely|of course)\b"),
    doubt=re.compile(r"\b(?:no|not|don't|never|stop|wait|but|only if|unless|leave)\b"),
    refusal=re.compile(
        r"\b(?:can't|cannot|can not|could not|couldn't|unable to|(?:not|wasn't|isn't) (?:able|possible)|impossible"
        r"|none of (?:my|the|these) tools|no tool|i (?:do not|don't) have|(?:did not|didn't|does not|doesn't) work"
        r"|not available|unavailable|fail(?:s|ed)(?=[.,:;!]|$| (?:to|because|with|as|due|since|and)\b)"
        r"|(?:there (?:was|is|were)|ran into|returned|gave|got|had|because of|due to) (?:an? |some |the )?(?:\w+ )?"
        r"(?:error|problem|trouble)s?)\b"
    ),
    addresses=frozenset(("I", "I'll", "I've")),
)
SPEECH: dict[str, Speech] = {
    "en": ENGLISH,
    "de": Speech(
        no=_words(
            r"nein|nee|nö|nicht|bitte nicht|lieber nicht|besser nicht|doch nicht|niemals|nie|auf keinen fall"
            r"|stopp?|halt"
            r"|warte[nt]?|lass|lassen sie|(?:mach|tu|tun sie|machen sie) (?:das|es) (?:\w+ )?nicht|keinesfalls"
        ),
        yes=_words(
            r"ja|jawohl|jep|gerne?|klar|sicher|natürlich|selbstverständlich|einverstanden|okay|ok|genau"
            r"|richtig|unbedingt"
            r"|auf jeden fall|in ordnung|(?:ich )?bestätigt?e?|bitte (?:mach|tu|lösch|stornier)\w*|mach das"
            r"|mach es|nur zu"
        ),
        doubt=_words(r"nein|nicht|kein\w*|nie|niemals|stopp?|warte\w*|aber|nur wenn|außer|doch lieber|lass\w*"),
        refusal=_words(
            r"leider|nicht möglich|unmöglich|tut mir leid|bedauer\w*|entschuldig\w*|nicht gelungen|nicht geklappt"
            r"|nicht verfügbar|nicht in der lage|fehlgeschlagen|gescheitert|fehler|geht (?:\w+ )?nicht"
            r"|(?:kann|konnte|können|konnten)\b[^.!?]*\bnicht"
            r"|kein\w* (?:\w+ )?(?:werkzeug|tool|funktion|möglichkeit)\w*"
        ),
        names_alone_are_capital=False,
    ),
    "fr": Speech(
        no=_words(
            r"non|ne|n'\w+|surtout pas|plutôt pas|pas|jamais|arrête[zr]?|stop|laisse[zr]?|attends|attendez"
            r"|finalement,? non"
        ),
        yes=_words(
            r"oui|ouais|d'accord|bien sûr|vas-y|allez-y|(?:je )?(?:le |la )?confirme|absolument|certainement|volontiers"
            r"|tout à fait|exactement|ok|okay|faites|fais-le|s'il (?:vous|te) plaît|entendu"
        ),
        doubt=_words(r"non|ne|n'\w+|pas|jamais|mais|attend\w*|sauf|arrête\w*|seulement si"),
        refusal=_words(
            r"désolée?s?|malheureusement|hélas|regrette|impossible|incapables?|pas en mesure|échec|échoué\w*|erreur"
            r"|indisponibles?|aucun\w* (?:de mes |\w+ )?(?:outil|fonction)\w*"
            r"|(?:ne |n')\w+ pas (?:pu|possible|disponible|en mesure|réussi|parvenue?|capable|fonctionné|abouti)"
            r"|ne (?:peux|peut|pouvons|pouvais|puis|parviens|dispose)\b[^.!?]*\bpas"
        ),
        parted_marks=True,
    ),
    "es": Speech(
        no=_words(
            r"no|mejor no|déjalo|déjelo|deja|deje|para|pare|detente|espera|espere|nunca|de ninguna manera|tampoco"
        ),
        yes=_words(
            r"sí|si|claro|adelante|por supuesto|de acuerdo|vale|hazlo|hágalo|(?:lo )?confirmo|confirmado|desde luego|ok"
            r"|exacto|correcto|por favor|procede|proceda"
        ),
        doubt=_words(r"no|nunca|pero|espera|espere|salvo|solo si|sólo si|para|mejor no"),
        refusal=_words(
            r"lo siento|lamento|lamentablemente|desafortunadamente|desgraciadamente|por desgracia|imposible|error|falló"
            r"|fallado|fallo|no disponible|(?:hubo|hay|surgió|tuve) (?:un|algún) problema|incapaz"
            r"|ninguna (?:de mis )?(?:herramienta|función)\w*"
            r"|no (?:es|fue|ha sido|será) posible"
            r"|no (?:se |lo |la )?(?:puedo|puede|pude|pudo|podemos|he podido|ha podido"
            r"|logré|está disponible|tengo|dispongo|funcionó)"
        ),
        addresses=frozenset(("Ud", "Uds", "Usted", "Ustedes")),
        opening="\u00bf\u00a1",
    ),
    "it": Speech(
        no=_words(
            r"no|non|meglio di no|preferisco di no|lascia|lasci|fermo|fermati|ferma|aspetta|aspetti|mai|ripensandoci"
            r"|assolutamente no"
        ),
        yes=_words(
            r"sì|si|certo|certamente|va bene|procedi|proceda|fallo|faccia|(?:lo |la )?confermo|confermato|d'accordo|ok"
            r"|prego|esatto|vai|assolutamente|naturalmente|per favore"
        ),
        doubt=_words(r"no|non|mai|ma|però|aspett\w+|tranne|solo se|ferm\w+"),
        refusal=_words(
            r"mi dispiace|dispiace|spiacente|purtroppo|impossibile|errore|fallit\w+|non disponibile"
            r"|nessun\w* (?:\w+ )?(?:strumento|funzione)"
            r"|non (?:posso|può|possiamo|riesco|dispongo|ho potuto|è (?:stato )?possibile|sono riuscit\w+|sono in grado"
            r"|ha funzionato|ho strumenti)"
        ),
        addresses=frozenset(("Lei", "La", "Le", "Suo", "Sua", "Suoi", "Sue", "Ella")),
    ),
    "pt": Speech(
        no=_words(r"não|nao|melhor não|deixe|deixa|pare|para|espere|espera|nunca|nem|de jeito nenhum|de modo nenhum"),
        yes=_words(
            r"sim|claro|pode|podes|faça|faz|com certeza|(?:eu )?confirmo|confirmado|ok|certo|tudo bem|isso mesmo|exato"
            r"|vá em frente|avance|está bem|por favor|sem dúvida"
        ),
        doubt=_words(r"não|nao|nunca|mas|esper[ea]|exceto|só se|pare"),
        refusal=_words(
            r"desculp\w+|lamento|lamentavelmente|infelizmente|impossível|erro|falh\w+|indisponível"
            r"|nenhum\w* (?:das minhas )?(?:ferramenta|função)\w*|não (?:foi|é|será) possível"
            r"|não (?:o |a )?(?:posso|pode|consigo|consegui|conseguimos|pude|pôde|está disponível|disponho|funcionou)"
        ),
    ),
    "nl": Speech(
        no=_words(
            r"nee|neen|niet|liever niet|beter niet|toch niet|laat|stop|wacht|nooit|in geen geval"
            r"|doe (?:het|dat|maar) (?:\w+ )?niet"
        ),
        yes=_words(
            r"ja|jazeker|jawel|zeker|graag|natuurlijk|prima|akkoord|doe maar|doe het|doe dat|ga je gang|ga maar|ok|oké"
            r"|okay|inderdaad|klopt|(?:ik )?bevestigd?|absoluut|goed"
        ),
        doubt=_words(r"nee|niet|geen|nooit|maar (?:wacht|eerst|niet|alleen)|wacht|behalve|alleen als|stop|laat"),
        refusal=_words(
            r"sorry|helaas|spijt|spijtig|onmogelijk|fout|mislukt|niet (?:mogelijk|gelukt|beschikbaar|in staat)"
            r"|lukte? (?:\w+ )?niet|(?:kan|kon|kunnen|konden)\b[^.!?]*\bniet"
            r"|geen (?:\w+ )?(?:tool|hulpmiddel|gereedschap|functie|mogelijkheid)\w*"
        ),
        addresses=frozenset(("U", "Uw")),
    ),
    "pl": Speech(
        no=_words(r"nie|lepiej nie|jednak nie|zostaw|zostawmy|stop|poczekaj|zaczekaj|czekaj|nigdy|proszę nie"),
        yes=_words(
            r"tak|oczywiście|jasne|zgoda|zgadzam się|dobrze|pewnie|zrób|śmiało|potwierdzam|ok|okej|dokładnie|proszę"
            r"|naturalnie|kontynuuj"
        ),
        doubt=_words(r"nie|nigdy|ale|poczekaj|zaczekaj|chyba że|tylko jeśli|zostaw"),
        refusal=_words(
            r"przykro|niestety|przepraszam|niemożliw\w+|błąd|błędu|niedostępn\w+"
            r"|żadn\w+ (?:\w+ )?(?:narzędz|funkcj)\w+|nie (?:mogę|możemy|mogłem|mogłam|mogło|można|udało|powiodł\w*"
            r"|jest możliwe|jest dostępn\w+|jestem w stanie|mam (?:narzędz|możliwoś)\w+|działa\w*)"
        ),
        addresses=frozenset(("Pan", "Pana", "Panu", "Panem", "Pani", "Panią", "Państwo", "Państwa", "Państwu")),
    ),
    "ja": Speech(
        no=re.compile("いいえ|いや|やめ|止め|結構です|いりません|不要|しないで|待って|中止|やっぱり|だめ|今は|まだ"),
        yes=re.compile(
            "はい|ええ|うん|お願い|どうぞ|もちろん|了解|承知|ぜひ|そうして|進めて|問題ありません|その通り|いいです"
        ),
        doubt=re.compile("ないで|待って|でも|しかし|やめ|ただし|いいえ"),
        refusal=re.compile(
            "できません|できない|できず|できなかった|出来ません|申し訳|すみません|残念|失敗|エラー|不可能|利用できない"
            "|見つかりません|ツールがありません|問題が発生|対応していません|いたしかねます"
        ),
        spaced=False,
        names_alone_are_capital=False,
    ),
    "zh": Speech(
        no=re.compile("不|别|否|算了|停|先不|没必要|等|还是不|取消吧|请不|请别|请勿|先别"),
        yes=re.compile("是|好|可以|确定|确认|请|对|行|没问题|当然|继续|嗯|同意"),
        doubt=re.compile("不|别|但|等等|等一下|除非|先"),
        refusal=re.compile(
            "抱歉|对不起|无法|不能|没办法|失败|错误|不支持|没有(?:\\w{0,6})?工具|遗憾|未能|不可用|出错|做不到|不可以"
        ),
        spaced=False,
        names_alone_are_capital=False,
    ),
}
"""What is known of each language in which conversations can be written."""
