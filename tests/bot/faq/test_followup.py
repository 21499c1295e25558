"""What a message does with the conversation before it: a table, in both languages, over the shipped lexicon."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.followup import Resolved, Turn, classify, resolve
from index.analyzer import Analyzer, fold

ALONE, FOLLOWS, GOES_ON, PERHAPS = Turn.ALONE, Turn.FOLLOWS, Turn.GOES_ON, Turn.PERHAPS
WHO, MORE, LANGUAGE = Turn.WHO_SAYS, Turn.MORE, Turn.LANGUAGE

BEFORE = {"fr": "Quels sont les avantages de l'onshore ?", "en": "What are the benefits of onshore?"}

CLASSIFIED = [
    # It goes on from the question before.
    ("fr", "et l'offshore ?", GOES_ON),
    ("fr", "et les risques ?", GOES_ON),
    ("fr", "mais pourquoi ?", FOLLOWS),
    ("fr", "donc c'est risqué ?", GOES_ON),
    ("fr", "Du coup, je fais quoi ?", GOES_ON),
    ("fr", "ok et la qualité ?", GOES_ON),
    ("fr", "Merci, et le contrat ?", GOES_ON),
    ("fr", "quid du contrat ?", GOES_ON),
    ("en", "what about offshore?", GOES_ON),
    ("en", "and the risks?", GOES_ON),
    ("en", "but why?", FOLLOWS),
    ("en", "How about the contract?", GOES_ON),
    ("en", "thanks, and the contract?", GOES_ON),
    ("en", "so what should I do?", FOLLOWS),
    # It has no subject of its own.
    ("fr", "pourquoi ?", FOLLOWS),
    ("fr", "comment ?", FOLLOWS),
    ("fr", "combien ?", FOLLOWS),
    ("fr", "combien de temps ?", FOLLOWS),
    ("fr", "un exemple ?", FOLLOWS),
    ("fr", "des exemples ?", FOLLOWS),
    ("fr", "les inconvénients ?", FOLLOWS),
    ("en", "why?", FOLLOWS),
    ("en", "how long?", FOLLOWS),
    ("en", "an example?", FOLLOWS),
    ("en", "really?", FOLLOWS),
    # A word of it stands for something said before.
    ("fr", "et ses inconvénients ?", FOLLOWS),
    ("fr", "lequel choisir ?", FOLLOWS),
    ("fr", "l'autre modèle ?", GOES_ON),
    ("fr", "le premier ?", GOES_ON),
    ("fr", "ils sont fiables ?", GOES_ON),
    ("fr", "comment les éviter ?", GOES_ON),
    ("fr", "ça coûte combien ?", GOES_ON),
    ("fr", "c'est cher ?", GOES_ON),
    ("fr", "faut-il les former ?", GOES_ON),
    ("en", "what are its drawbacks?", FOLLOWS),
    ("en", "which one is cheaper?", GOES_ON),
    ("en", "the other one?", GOES_ON),
    ("en", "are they reliable?", GOES_ON),
    ("en", "how do I avoid it?", GOES_ON),
    ("en", "is that risky?", GOES_ON),
    # It goes on, and says much of its own: either.
    ("fr", "Et pour une PME de dix personnes, dans le bâtiment ?", PERHAPS),
    # It points back, and says enough of its own.
    ("fr", "Faut-il les mêmes indicateurs chez un prestataire offshore, et ça change quoi au contrat ?", ALONE),
    ("en", "Would they put their own agents on our customers’ urgent calls at night?", ALONE),
    # The word stands for what comes after it: nothing said before.
    ("fr", "Combien de temps ça prend d'externaliser un standard ?", ALONE),
    ("fr", "ça coûte cher de changer de prestataire ?", ALONE),
    ("en", "is it risky to outsource a help desk?", ALONE),
    # Short, with a subject: either.
    ("fr", "nearshore ?", PERHAPS),
    ("fr", "Maroc ?", PERHAPS),
    ("fr", "quels risques ?", PERHAPS),
    ("fr", "c'est quoi le FCR ?", PERHAPS),
    ("fr", "définition de l'AHT", PERHAPS),
    ("fr", "quels KPI suivre ?", PERHAPS),
    ("en", "offshore?", PERHAPS),
    ("en", "Morocco?", PERHAPS),
    ("en", "what is FCR?", PERHAPS),
    ("en", "which KPIs should we track?", PERHAPS),
    # Who says so?
    ("fr", "qui dit ça ?", WHO),
    ("fr", "Qui affirme cela ?", WHO),
    ("fr", "d'après qui ?", WHO),
    ("fr", "selon qui ?", WHO),
    ("fr", "source ?", WHO),
    ("fr", "quelles sont tes sources ?", WHO),
    ("fr", "d'où ça vient ?", WHO),
    ("en", "who says so?", WHO),
    ("en", "Says who?", WHO),
    ("en", "what are your sources?", WHO),
    ("en", "where does that come from?", WHO),
    # More of the same.
    ("fr", "plus de détails", MORE),
    ("fr", "plus", MORE),
    ("fr", "détaille", MORE),
    ("fr", "peux-tu développer ?", MORE),
    ("fr", "dis-m'en plus", MORE),
    ("fr", "en savoir plus", MORE),
    ("fr", "et ensuite ?", MORE),
    ("fr", "autre chose ?", MORE),
    ("en", "tell me more", MORE),
    ("en", "more details", MORE),
    ("en", "can you elaborate?", MORE),
    ("en", "what else?", MORE),
    # It needs nothing.
    ("fr", "Quels sont les coûts cachés de l'externalisation du service client ?", ALONE),
    ("fr", "Comment choisir un prestataire de relation client ?", ALONE),
    ("fr", "Quelle est la différence entre onshore et nearshore pour une PME ?", ALONE),
    ("fr", "Je veux externaliser mon support technique, par où commencer ?", ALONE),
    ("fr", "Qui dit que l'offshore dégrade la qualité du service client ?", ALONE),
    ("fr", "Plus de détails sur la sécurité des données chez un prestataire", ALONE),
    ("en", "What are the hidden costs of outsourcing customer service?", ALONE),
    ("en", "How do I choose a customer service provider?", ALONE),
    ("en", "Does outsourcing hurt the brand image of a company?", ALONE),
    ("en", "Which data may be entrusted to a provider?", ALONE),
]

LANGUAGES = [
    ("fr", "en anglais ?", "en"),
    ("fr", "et en anglais ?", "en"),
    ("fr", "En anglais, s'il vous plaît.", "en"),
    ("fr", "tu peux le dire en anglais ?", "en"),
    ("fr", "in english please", "en"),
    ("fr", "la même chose en français ?", "fr"),
    ("en", "in French?", "fr"),
    ("en", "and in French?", "fr"),
    ("en", "can you say that in French?", "fr"),
    ("en", "translate that into French, please", "fr"),
    ("en", "in English?", "en"),
    ("en", "en français ?", "fr"),
]

RESOLVED = [
    # (language, the conversation, the message, words that the full reading holds, words that it has lost)
    ("fr", [BEFORE["fr"]], "et l'offshore ?", ["avantages", "offshore"], ["onshore"]),
    ("fr", [BEFORE["fr"]], "et le nearshore ?", ["avantages", "nearshore"], ["onshore"]),
    ("fr", [BEFORE["fr"]], "et ses inconvénients ?", ["inconvenients", "onshore"], ["avantages"]),
    ("fr", [BEFORE["fr"]], "pour une PME ?", ["avantages", "onshore", "pme"], []),
    ("fr", [BEFORE["fr"]], "et Madagascar ?", ["avantages", "madagascar"], []),
    ("fr", ["Que risque-t-on au Maroc ?"], "et en Tunisie ?", ["risque-t-on", "tunisie"], ["maroc"]),
    ("fr", ["C'est quoi le FCR ?"], "et l'AHT ?", ["aht"], ["fcr"]),
    ("fr", [BEFORE["fr"]], "qui dit ça ?", ["avantages", "onshore"], ["qui", "ca"]),
    ("fr", [BEFORE["fr"]], "en anglais ?", ["avantages", "onshore"], ["anglais"]),
    ("fr", [BEFORE["fr"]], "plus de détails", ["avantages", "onshore"], ["details"]),
    ("fr", [BEFORE["fr"], "et l'offshore ?"], "et ses inconvénients ?", ["offshore", "inconvenients"], []),
    ("fr", [BEFORE["fr"], "et l'offshore ?"], "qui dit ça ?", ["avantages", "offshore"], ["onshore"]),
    ("fr", [BEFORE["fr"], "merci !"], "et l'offshore ?", ["avantages", "offshore"], ["onshore"]),
    ("fr", [BEFORE["fr"], "qui dit ça ?", "en anglais ?"], "et l'offshore ?", ["avantages", "offshore"], ["anglais"]),
    (
        "fr",
        [BEFORE["fr"], "Comment choisir un prestataire de relation client ?"],
        "pourquoi ?",
        ["choisir"],
        ["onshore"],
    ),
    ("en", [BEFORE["en"]], "what about offshore?", ["benefits", "offshore"], ["onshore"]),
    ("en", [BEFORE["en"]], "and its drawbacks?", ["drawbacks", "onshore"], ["benefits"]),
    ("en", [BEFORE["en"]], "for a small company?", ["benefits", "onshore", "small"], []),
    ("en", [BEFORE["en"]], "who says so?", ["benefits", "onshore"], ["says"]),
    ("en", [BEFORE["en"]], "in French?", ["benefits", "onshore"], ["french"]),
    ("en", [BEFORE["en"], "thanks"], "more", ["benefits", "onshore"], ["more"]),
    ("en", [BEFORE["en"], "and nearshore?"], "and the risks?", ["nearshore", "risks"], ["onshore"]),
    ("en", [BEFORE["en"], "How do I choose a customer service provider?"], "why?", ["provider"], ["onshore"]),
]


def test_the_tables_are_long_enough_to_mean_something() -> None:
    assert len({case[:2] for case in CLASSIFIED + LANGUAGES}) + len(RESOLVED) >= 60
    assert {lang for lang, *_ in CLASSIFIED + LANGUAGES + RESOLVED} == {"fr", "en"}


@pytest.mark.parametrize(("lang", "message", "turn"), CLASSIFIED)
def test_what_a_message_does(lang: str, message: str, turn: Turn, analyzers: dict[str, Analyzer]) -> None:
    assert classify(message, analyzers[lang]) == (turn, None)


@pytest.mark.parametrize(("lang", "message", "asked"), LANGUAGES)
def test_a_language_is_asked_for(lang: str, message: str, asked: str, analyzers: dict[str, Analyzer]) -> None:
    assert classify(message, analyzers[lang]) == (LANGUAGE, asked)


@pytest.mark.parametrize(("lang", "history", "message", "held", "lost"), RESOLVED)
def test_a_follow_up_is_completed(
    lang: str, history: list[str], message: str, held: list[str], lost: list[str], analyzers: dict[str, Analyzer]
) -> None:
    full = resolve(history, message, analyzers[lang]).full
    read = fold(full).replace("'", " ").replace("?", " ").split()
    assert not [word for word in held if word not in read], full
    assert not [word for word in lost if word in read], full


@pytest.mark.parametrize(
    "message", ["pourquoi ?", "et l'offshore ?", "qui dit ça ?", "en anglais ?", "plus de détails"]
)
@pytest.mark.parametrize("history", [[], ["Bonjour", "merci !", "👋"]])
def test_without_a_topic_a_message_stands_alone(
    message: str, history: list[str], analyzers: dict[str, Analyzer]
) -> None:
    assert resolve(history, message, analyzers["fr"]) == Resolved(ALONE, message, message)


def test_a_question_of_its_own_borrows_nothing(analyzers: dict[str, Analyzer]) -> None:
    message = "Comment choisir un prestataire de relation client ?"
    assert resolve([BEFORE["fr"]], message, analyzers["fr"]) == Resolved(ALONE, message, message)


def test_only_the_last_six_messages_count(analyzers: dict[str, Analyzer]) -> None:
    forgotten = [BEFORE["fr"], *["merci"] * 6]
    assert resolve(forgotten, "pourquoi ?", analyzers["fr"]).turn is ALONE
    assert resolve(forgotten[:-1], "pourquoi ?", analyzers["fr"]).turn is FOLLOWS


def test_a_long_conversation_stays_short_enough_to_search(analyzers: dict[str, Analyzer]) -> None:
    history = ["Comment choisir un prestataire de relation client ? " * 40, *["et la qualité du service ? " * 40] * 5]
    assert len(resolve(history, "et les risques ? " * 40, analyzers["fr"]).full) <= 2 * 300 + 1


MESSAGES = st.one_of(
    st.text(max_size=80),
    st.sampled_from([message for _, message, *_ in CLASSIFIED + LANGUAGES]),
    st.lists(
        st.sampled_from(["et", "mais", "ses", "l'onshore", "offshore", "?", "ça", "qui", "dit", "en", "anglais"])
    ).map(" ".join),
)


@given(history=st.lists(MESSAGES, max_size=8), message=MESSAGES, lang=st.sampled_from(["fr", "en"]))
def test_whatever_was_said_resolves(
    history: list[str], message: str, lang: str, analyzers: dict[str, Analyzer]
) -> None:
    resolved = resolve(history, message, analyzers[lang])
    assert resolved.alone == message
    assert (resolved.lang is not None) == (resolved.turn is LANGUAGE)
    assert len(resolved.full) <= max(601, len(message))


@pytest.mark.parametrize("message", ["qui a dit ça ?", "c'est quoi ta source ?"])
def test_common_ways_to_ask_for_the_source(message: str, analyzers: dict[str, Analyzer]) -> None:
    assert classify(message, analyzers["fr"])[0] is WHO


@pytest.mark.parametrize(
    "message",
    [
        "Quelles données confier à un prestataire et lesquelles garder en interne ?",
        "Comment les centres d'appels forment-ils leurs conseillers ?",
        "Comment les entreprises choisissent-elles leurs prestataires de relation client ?",
    ],
)
def test_a_word_that_refers_within_its_own_question(message: str, analyzers: dict[str, Analyzer]) -> None:
    assert classify(message, analyzers["fr"])[0] in (ALONE, PERHAPS)
