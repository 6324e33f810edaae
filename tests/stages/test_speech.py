"""Yes, no and "I could not" are told apart in every language that is spoken; what is neither is neither."""

from __future__ import annotations

import pytest

from dtc_local.languages import LANGUAGES
from dtc_local.stages.speech import SPEECH
from dtc_local.world.locales import LOCALES

YES = {
    "en": ["Yes, go ahead.", "Sure, please do it."],
    "de": ["Ja, bitte.", "Klar, mach das.", "Ja, lösche die Bestellung.", "Natürlich, in Ordnung."],
    "fr": ["Oui, allez-y.", "D’accord, faites-le.", "Bien sûr !", "Oui, je confirme."],
    "es": ["Sí, adelante.", "¡Claro que sí!", "De acuerdo, hazlo.", "Confirmo."],
    "it": ["Sì, procedi pure.", "Certo, vai.", "Va bene, confermo."],
    "pt": ["Sim, pode apagar.", "Claro, vá em frente.", "Confirmo."],
    "nl": ["Ja, ga je gang.", "Natuurlijk, doe maar.", "Prima."],
    "pl": ["Tak, proszę.", "Oczywiście, zrób to.", "Potwierdzam."],
    "ja": ["はい、お願いします。", "「はい」", "もちろんです。"],
    "zh": ["是的，请继续。", "好的。", "可以，没问题。"],
}
NO = {
    "en": ["No, leave it.", "Please don't."],
    "de": ["Nein, lass es.", "Bitte nicht.", "Lieber nicht, danke.", "Mach das bitte nicht."],
    "fr": ["Non, laissez.", "Ne le faites pas.", "N'annulez rien.", "Surtout pas !"],
    "es": ["No, mejor no.", "Déjalo así.", "¡No!"],
    "it": ["No, lascia stare.", "Meglio di no.", "Non farlo."],
    "pt": ["Não, deixe estar.", "Melhor não."],
    "nl": ["Nee, laat maar.", "Doe het maar niet.", "Liever niet."],
    "pl": ["Nie, zostaw.", "Lepiej nie."],
    "ja": ["いいえ、やめてください。", "やっぱりやめます。"],
    "zh": ["不用了。", "请不要删除。", "算了吧。"],
}
NEITHER = {
    "en": ["It rains.", "Yes, but wait."],
    "de": ["Es regnet.", "Ja, aber warte noch.", "Januar ist kalt."],
    "fr": ["Il pleut.", "Oui, mais attendez.", "Nous verrons."],
    "es": ["Llueve.", "Sí, pero espera.", "Noviembre es frío."],
    "it": ["Piove.", "Sì, ma aspetta.", "Novembre arriva."],
    "pt": ["Chove.", "Sim, mas espera."],
    "nl": ["Het regent.", "Ja, maar wacht even.", "Januari is koud."],
    "pl": ["Pada deszcz.", "Tak, ale poczekaj."],
    "ja": ["雨です。", "はい、でも待ってください。"],
    "zh": ["下雨了。", "好的，但等一下。"],
}
REFUSALS = {
    "en": ["I'm sorry, I cannot do that.", "There was an error."],
    "de": [
        "Das kann ich leider nicht tun.",
        "Die Stornierung ist fehlgeschlagen.",
        "Ich habe kein passendes Werkzeug.",
    ],
    "fr": ["Je ne peux pas le faire.", "Je n’ai pas pu annuler la commande.", "Désolé, le service est indisponible."],
    "es": ["Lo siento, no puedo hacerlo.", "No se pudo cancelar el pedido.", "No fue posible."],
    "it": ["Purtroppo non è possibile.", "Non posso farlo.", "Non sono riuscita ad annullarlo."],
    "pt": ["Infelizmente não consigo.", "Não foi possível cancelar.", "A chamada falhou."],
    "nl": ["Dat kan ik helaas niet doen.", "De bestelling kon niet worden geannuleerd.", "Het is mislukt."],
    "pl": ["Niestety nie mogę tego zrobić.", "Nie udało się.", "Wystąpił błąd."],
    "ja": ["申し訳ありませんが、できません。", "キャンセルに失敗しました。"],
    "zh": ["抱歉，我无法完成。", "取消失败了。"],
}
DONE = {
    "en": ["The order is cancelled.", "No problem, it is done."],
    "de": ["Die Bestellung ist storniert.", "Kein Problem, das ist erledigt.", "Das kann ich gern tun."],
    "fr": ["La commande est annulée.", "Pas de problème, c'est fait.", "Ce n'est pas loin de Lyon."],
    "es": ["El pedido está cancelado.", "Sin problema, ya está hecho.", "No es lejos."],
    "it": ["L'ordine è annullato.", "Nessun problema, è fatto.", "Non è lontano."],
    "pt": ["O pedido foi cancelado.", "Sem problema, está feito.", "Não é longe."],
    "nl": ["De bestelling is geannuleerd.", "Geen probleem, het is klaar.", "Dat kan ik doen."],
    "pl": ["Zamówienie zostało anulowane.", "Nie ma problemu, gotowe.", "To nie jest daleko."],
    "ja": ["注文をキャンセルしました。", "問題ありません、完了しました。"],
    "zh": ["订单已取消。", "没问题，已经完成。"],
}
EVERY = pytest.mark.parametrize("language", list(SPEECH))


@EVERY
def test_a_yes_is_a_yes_and_a_no_a_no(language: str) -> None:
    speech = SPEECH[language]
    assert [text for text in YES[language] if speech.consents(text) is not True] == []
    assert [text for text in NO[language] if speech.consents(text) is not False] == []
    assert [text for text in NEITHER[language] if speech.consents(text) is not None] == []


@EVERY
def test_what_could_not_be_done_is_admitted_and_what_was_done_is_not(language: str) -> None:
    speech = SPEECH[language]
    assert [text for text in REFUSALS[language] if not speech.refuses(text)] == []
    assert [text for text in DONE[language] if speech.refuses(text)] == []


def test_every_language_that_is_spoken_has_a_name_and_a_world() -> None:
    assert set(SPEECH) == {"en", *LOCALES} == set(LANGUAGES)
