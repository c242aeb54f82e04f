"""The glossary of a page: every word of the file, once in each language."""

import re

import pytest

from reports.dictionary.glossary import glossary


def test_both_languages_have_the_same_words_in_the_same_order() -> None:
    english, japanese = glossary("en"), glossary("ja")
    assert [len(topic.words) for topic in english] == [len(topic.words) for topic in japanese]
    assert english[0].words[0] == ("account", "a customer company")
    assert japanese[0].words[0] == ("顧客", "契約している顧客企業")
    assert sum(len(topic.words) for topic in english) > 40


@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_word_is_without_meaning_and_none_in_the_other_language(language: str) -> None:
    words = [text for topic in glossary(language) for pair in topic.words for text in pair]
    assert all(words)
    kana = re.compile(r"[ぁ-んァ-ン一-龥]")
    strange = {word for word in words if bool(kana.search(word)) is (language == "en")}
    assert strange <= {"AUC", "IPA"}
