"""A language has one code, however it is named."""

from __future__ import annotations

import re
import unicodedata

import pytest

from dtc_local.languages import LANGUAGES, language_code


@pytest.mark.parametrize("code", LANGUAGES)
def test_code_english_name_and_own_name_mean_the_same_language(code: str) -> None:
    for said in (
        code,
        *LANGUAGES[code],
        LANGUAGES[code].english.upper(),
        unicodedata.normalize("NFD", LANGUAGES[code].own),
    ):
        assert language_code(said) == code
    assert re.fullmatch("[a-z]{2}", code)


@pytest.mark.parametrize("said", ["", "xx", "d", "deu", "Ger man", "en-GB"])
def test_what_is_no_language_is_answered_with_those_there_are(said: str) -> None:
    with pytest.raises(ValueError, match=r"is no language we know; there are de \(German\), .*zh \(Chinese\)$"):
        language_code(said)
