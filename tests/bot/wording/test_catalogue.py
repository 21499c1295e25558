"""The sentences of both languages, held side by side."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest

from bot.messages import MAX_CODE_BYTES
from bot.wording import catalogue
from bot.wording.catalogue import commands, examples, keys, named, say
from index.typography import NBSP

LANGUAGES = ("fr", "en")


def texts(value: Any) -> list[str]:
    """Every text in a value of the catalogue."""
    if isinstance(value, str):
        return [value]
    return [text for item in (value.values() if isinstance(value, dict) else value) for text in texts(item)]


def said(lang: str) -> dict[str, list[str]]:
    return {key: texts(catalogue._catalogue(lang)[key]) for key in keys(lang)}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_both_languages_say_the_same_things() -> None:
    assert keys("fr") == keys("en")


@pytest.mark.parametrize("key", sorted(keys("fr")))
def test_a_sentence_has_the_same_places_in_both_languages(key: str) -> None:
    french, english = (texts(catalogue._catalogue(lang)[key]) for lang in LANGUAGES)
    if key != "commands":
        assert len(french) == len(english)
    assert set.union(*map(places, french)) == set.union(*map(places, english))
    assert all(text.strip() for text in french + english)


def test_a_place_left_empty_is_an_error() -> None:
    assert say("fr", "citation_speaker", speaker="Armatis") == " (Armatis)"
    with pytest.raises(KeyError):
        say("fr", "citation_speaker", author="Armatis")
    with pytest.raises(KeyError):
        say("fr", "no_such_sentence")


def test_what_is_filled_in_is_not_read_as_a_place() -> None:
    assert say("en", "who_says", speaker="{0} {lang} %s").count("{0} {lang} %s") == 1


def test_french_typography() -> None:
    for key, sentences in said("fr").items():
        for text in sentences:
            assert not re.search(r"\w'\w", text), f"{key}: a straight apostrophe in {text!r}"
            assert not re.search(r"[ \w][?!;»%€]", text.replace(NBSP, "\0")), f"{key}: no fixed space in {text!r}"
            assert not re.search(r"(?<!https)[ \w]:(?= |$)", text.replace(NBSP, "\0")), f"{key}: before ':' in {text!r}"
            assert not re.search(r"« ", text), f"{key}: after « in {text!r}"


def test_english_typography() -> None:
    for key, sentences in said("en").items():
        for text in sentences:
            assert not re.search(r"\w'\w", text), f"{key}: a straight apostrophe in {text!r}"
            assert not re.search(rf"[ {NBSP}][?!;:]", text), f"{key}: a space before a mark in {text!r}"
            assert '"' not in text, f"{key}: straight quotes in {text!r}"


def test_nothing_is_said_twice_or_left_with_stray_spaces() -> None:
    for lang in LANGUAGES:
        for key, sentences in said(lang).items():
            for text in sentences:
                assert text == text.strip() or key in ("citation_speaker",), f"{lang}.{key}"
                assert "  " not in text, f"{lang}.{key}"


def test_messages_fit_a_phone() -> None:
    for lang in LANGUAGES:
        for key, sentences in said(lang).items():
            assert max(map(len, sentences)) <= 800, f"{lang}.{key}"


def test_commands_are_what_telegram_accepts() -> None:
    for lang in LANGUAGES:
        assert commands(lang)[0][0] == "start"
        for name, description in commands(lang):
            assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
            assert 3 <= len(description) <= 256


def test_sentences_name_only_commands_that_exist() -> None:
    for lang in LANGUAGES:
        known = {name for name, _ in commands(lang)} | set(named(lang, "model_commands"))
        for key, sentences in said(lang).items():
            for text in sentences:
                assert set(re.findall(r"(?<!\w)/([a-z]+)", text)) <= known, f"{lang}.{key}: {text!r}"


def test_examples_fit_on_buttons() -> None:
    for lang in LANGUAGES:
        assert len(examples(lang)) >= 3
        assert all(len(text) <= 40 and text.endswith("?") for text in examples(lang))
        assert all(len(f"x:{lang}:{n}") <= MAX_CODE_BYTES for n in range(len(examples(lang))))
