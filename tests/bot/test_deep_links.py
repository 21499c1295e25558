"""Links that ask: what a start parameter may say, and what a person sees who follows one."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import passage
from small_assistant import Person, assistant_over

from bot.deep_links import Asked, is_question, question, slug
from bot.sessions import MemorySessions, Session
from bot.wording.catalogue import examples, say

SECTIONS = {
    each.id: each
    for each in (
        passage("seven-risks#overview", "Sept.", questions=("Quels sont les sept risques ?", "Lesquels ?")),
        passage("a#b_c", "Underscored.", lang="en", heading="With an underscore"),
    )
}


FRENCH, ENGLISH = examples("fr")[1], examples("en")[1]


def read(payload: str) -> Asked | None:
    return question(payload, "fr", SECTIONS.get)


def encoded(text: str) -> str:
    return "askb_" + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("payload", "asked"),
    [
        ("ask_seven-risks_overview", Asked("Quels sont les sept risques ?", "fr")),
        ("ask_a_b_c", Asked("With an underscore", "en")),
        ("ask_quels-couts-caches", Asked(FRENCH, "fr")),
        ("ask_what-are-the-hidden-costs", Asked(ENGLISH, "en")),
        ("ask_WHAT-are-the-hidden-costs-", Asked(ENGLISH, "en")),
        ("ask_sla", Asked("sla")),
        ("ask_combien-de-temps_prevoir", Asked("combien de temps prevoir")),
        (encoded("Où ? Près d’ici…"), Asked("Où ? Près d’ici…")),
        (encoded("deux\nlignes"), Asked("deux lignes")),
    ],
)
def test_a_link_that_can_be_read(payload: str, asked: Asked) -> None:
    assert is_question(payload)
    assert read(payload) == asked


@pytest.mark.parametrize(
    "payload",
    ["ask_", "ask_-", "ask_42", "ask__", "ask_é", "ask_a b", "ask_" + "a" * 61, "askb_", "askb_A", "askb_!!", "askb_gA",
     "askb_////", encoded("42"), encoded("\u202ehidden"), encoded("a\x00b"), encoded("\U0001f600")],
)  # fmt: skip
def test_a_link_that_cannot(payload: str) -> None:
    assert read(payload) is None


@given(
    st.text(max_size=70)
    | st.text("ask_b-AZ09=", max_size=70).map("ask_".__add__)
    | st.binary(max_size=45).map(lambda raw: "askb_" + base64.urlsafe_b64encode(raw).decode().rstrip("="))
)
def test_whatever_a_link_holds_it_is_a_printable_question_or_none(payload: str) -> None:
    asked = read(payload)
    if asked is not None:
        assert asked.text.isprintable()
        assert any(letter.isalpha() for letter in asked.text)


@given(st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable() and any(c.isalpha() for c in text)))
def test_any_short_question_fits_a_coded_link(text: str) -> None:
    payload = encoded(text)
    if len(payload) <= 64:
        asked = read(payload)
        assert asked is not None
        assert asked.text.split() == text.split()


@pytest.mark.parametrize("text", ["voir t.me/x", "https://x", "@somebody ?", "a@b", "x.com"])
def test_what_could_lead_elsewhere_is_not_repeated(text: str) -> None:
    asked = read(encoded(text))
    assert asked is not None
    assert not asked.repeatable


def test_the_examples_can_all_be_linked_to() -> None:
    for lang in ("fr", "en"):
        for text in examples(lang):
            assert len("ask_" + slug(text)) <= 64
            assert slug(text)


class TestPerson:
    def test_a_newcomer_is_told_what_it_is_then_what_was_asked_then_the_answer(self) -> None:
        opening, answer = Person(assistant_over()).commands("start", "ask_prices_rate")
        asked = say("fr", "link_question", question="Combien coûte une heure ?")
        assert opening.plain == f"{say('fr', 'link_newcomer')}\n\n{asked}"
        assert "25 €" in answer.plain

    def test_whoever_is_known_is_not_greeted_again(self) -> None:
        person = Person(assistant_over())
        person.says("Combien coûte un téléconseiller ?")
        opening, answer = person.commands("start", "ask_la-nuit-du-teleconseiller")
        assert opening.plain == say("fr", "link_question", question="la nuit du teleconseiller")
        assert "La nuit majore" in answer.plain

    def test_words_that_could_lead_elsewhere_are_answered_and_not_repeated(self) -> None:
        person = Person(assistant_over())
        person.says("Bonjour")
        [answer] = person.commands("start", encoded("tarif téléconseiller t.me/x"))
        assert "t.me" not in answer.plain

    def test_it_is_remembered_as_a_question_like_any_other(self) -> None:
        person = Person(assistant_over(sessions := MemorySessions()), locale="en")
        person.commands("start", "ask_prices_rate")
        assert sessions.get(person.chat) == Session("en", ("The rate",))

    @pytest.mark.parametrize("payload", ["ask_", "askb_!", "ask_" + "a" * 200])
    def test_one_that_cannot_be_read_is_said_so_and_greeted(self, payload: str) -> None:
        sorry, welcome = Person(assistant_over()).commands("start", payload)
        assert sorry.plain == say("fr", "link_unknown")
        assert welcome.plain.startswith(say("fr", "welcome"))

    @pytest.mark.parametrize("payload", ["", "friend", "ASK_x", "interviews"])
    def test_any_other_parameter_is_a_plain_start(self, payload: str) -> None:
        [welcome] = Person(assistant_over()).commands("start", payload)
        assert welcome.plain.startswith(say("fr", "welcome"))

    def test_an_interview_under_way_is_left_where_it_was_and_asks_again(self) -> None:
        person = Person(assistant_over(sessions := MemorySessions()))
        person.commands("start", "interview")
        before = sessions.get(person.chat).interview
        [_, answer, again] = person.commands("start", "ask_prices_rate")
        assert "25 €" in answer.plain
        assert "Question 1" in again.plain
        assert before is not None
        assert sessions.get(person.chat).interview == before
