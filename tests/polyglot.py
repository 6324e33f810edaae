"""The perfect model in other languages: what it says in English, said in each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dtc_local.engine.base import Request
from dtc_local.stages.speech import SPEECH
from tests.perfect_model import PerfectModel


@dataclass(frozen=True)
class Words:
    """What somebody says in one language; `{}` is a value."""

    ask: str
    joint: str
    all: str
    yes: str
    no: str
    chat: str
    recall: str
    question: str
    refusal: str
    consent: str
    left: str
    recalled: str
    kind: str
    done: str
    failed: str
    thought: str


WORDS = {
    "de": Words(
        *("Bitte mach das mit {} für mich.", " und dann mit ", "allem", "Ja, mach das bitte.", "Nein, lass es lieber."),
        *("Heute ist ein schöner Tag.", "Wie war das noch einmal?", "Welchen Wert meinst du?"),
        *("Das kann ich mit diesen Werkzeugen leider nicht tun.", "Soll ich das wirklich tun?"),
        *("Gut, es wurde nichts getan.", "Es war {}.", "Dabei kann ich nur zuhören.", "Die Sache ist erledigt."),
        *("Das konnte ich nicht tun.", "Erst suche ich die Daten, dann nutze ich sie."),
    ),
    "fr": Words(
        *("Faites-le avec {} pour moi, d'accord ?", " et puis avec ", "tout", "Oui, faites-le.", "Non, laissez cela."),
        *("Quelle belle journée !", "C'était quoi déjà ?", "Quelle valeur voulez-vous ?"),
        *("Je ne peux pas le faire avec ces outils.", "Dois-je vraiment le faire ?"),
        *("Bien, rien n'a été fait.", "C'était {}.", "Je peux seulement écouter.", "Tout est fait !"),
        *("Je n'ai pas pu le faire.", "Je cherche d'abord les données ; puis je les utilise."),
    ),
    "es": Words(
        *("¿Puedes hacerlo con {} para mí?", " y luego con ", "todo", "Sí, hazlo.", "No, déjalo así."),
        *("¡Qué buen día hace hoy!", "¿Qué era eso?", "¿Qué valor quieres?"),
        *("No puedo hacerlo con estas herramientas.", "¿De verdad debo hacerlo?"),
        *("Bien, no se hizo nada.", "Era {}.", "En eso solo puedo escuchar.", "Todo está hecho."),
        *("No pude hacerlo.", "Primero busco los datos y después los uso."),
    ),
    "it": Words(
        *("Fallo con {} per me.", " e poi con ", "tutto", "Sì, procedi.", "No, lascia stare."),
        *("Oggi è una bella giornata.", "Che cosa era?", "Quale valore vuole?"),
        *("Non posso farlo con questi strumenti.", "Devo davvero farlo?"),
        *("Bene, non è stato fatto niente.", "Era {}.", "Qui posso solo ascoltare.", "Tutto è fatto."),
        *("Non ho potuto farlo.", "Prima cerco i dati, poi li uso."),
    ),
    "pt": Words(
        *("Faz isso com {} para mim.", " e depois com ", "tudo", "Sim, faz isso.", "Não, deixa assim."),
        *("Hoje está um belo dia.", "O que era mesmo?", "Qual valor queres?"),
        *("Não consigo fazer isso com estas ferramentas.", "Devo mesmo fazer isso?"),
        *("Bem, nada foi feito.", "Era {}.", "Nisso só posso ouvir.", "Tudo está feito."),
        *("Não foi possível fazer isso.", "Primeiro procuro os dados, depois uso-os."),
    ),
    "nl": Words(
        *("Doe dat met {} voor mij.", " en dan met ", "alles", "Ja, doe maar.", "Nee, laat maar."),
        *("Wat een mooie dag is het.", "Wat was dat ook weer?", "Welke waarde bedoel je?"),
        *("Dat kan ik met deze hulpmiddelen niet doen.", "Moet ik dat echt doen?"),
        *("Goed, er is niets gedaan.", "Het was {}.", "Daar kan ik alleen luisteren.", "Alles is klaar."),
        *("Dat is helaas mislukt.", "Eerst zoek ik de gegevens, dan gebruik ik ze."),
    ),
    "pl": Words(
        *("Zrób to z {} dla mnie.", " a potem z ", "wszystkim", "Tak, zrób to.", "Nie, zostaw to."),
        *("Jaki dziś piękny dzień.", "Co to było?", "Jaką wartość ma Pan na myśli?"),
        *("Niestety nie mogę tego zrobić.", "Czy naprawdę mam to zrobić?"),
        *("Dobrze, nic nie zrobiono.", "To było {}.", "Tu mogę tylko słuchać.", "Wszystko gotowe."),
        *("Nie udało się tego zrobić.", "Najpierw szukam danych, potem ich używam."),
    ),
    "ja": Words(
        *("{}でお願いします。", "と、次に", "全部", "はい、お願いします。", "いいえ、やめてください。"),
        *("今日はいい天気ですね。", "それは何でしたか？", "どれにしますか？"),
        *("申し訳ありませんが、できません。", "本当に実行してもよろしいですか？"),
        *("承知しました。何も変更していません。", "それは{}でした。", "それは聞くだけです。", "すべて完了しました。"),
        *("申し訳ありません、できませんでした。", "まず情報を探し、次にそれを使う。"),
    ),
    "zh": Words(
        *("请用{}帮我处理。", "，然后用", "全部", "是的，请继续。", "不用了，保持原样。"),
        *("今天天气真好。", "那是什么来着？", "您要哪一个？"),
        *("抱歉，我无法完成。", "真的要这样做吗？"),
        *("好的，什么都没有改动。", "那是{}。", "这个我只能听听。", "全部完成了。"),
        *("抱歉，没能完成，操作失败了。", "先查找信息，然后使用它。"),
    ),
}


class Polyglot(PerfectModel):
    """The perfect model speaking one of these languages."""

    def __init__(self, language: str) -> None:
        super().__init__(speech=SPEECH[language])
        self.words = WORDS[language]

    def ask(self, request: Request, candidate: int) -> str:
        """The same values, in other words."""
        english, words = super().ask(request, candidate), self.words
        said = {"Yes, ": words.yes, "No, b": words.no, "What a": words.chat, "What w": words.recall}
        for beginning, own in said.items():
            if english.startswith(beginning):
                return own
        values = re.findall(r"do it with (.*) for me\.$", english)[0].split(" and then ")
        return words.ask.format(words.joint.join(values).replace("everything", words.all))

    def talk(self, request: Request, candidate: int) -> str:
        """The same aims, in other words."""
        task, words = request.messages[-1].parts[-1], self.words
        aims = {
            "It needs the": words.question,
            "None of its tools": words.refusal,
            "It has not done anything yet": words.consent,
            "The user has said no": words.left,
            "This is no matter": words.kind,
        }
        if "It answers from the conversation" in task:
            return words.recalled.format(re.findall(" was (.*)[.]", task)[0])
        return next(own for aim, own in aims.items() if aim in task)

    def respond(self, request: Request, candidate: int) -> str:
        """The same, in other words."""
        failed = "The last call failed" in request.messages[-1].parts[-1]
        return self.words.failed if failed else self.words.done

    def think(self, request: Request, candidate: int) -> str:
        """A thought without values."""
        return self.words.thought
