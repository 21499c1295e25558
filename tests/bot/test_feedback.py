"""Opinions on answers: the buttons' codes, and what a press does, whatever the code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shipped import passage
from small_assistant import NIGHT, RATE, Person, assistant_over, code_of

from bot.feedback import Opinion, Reason, Verdict, about_advice, about_passages, code, read
from bot.messages import MAX_CODE_BYTES, Reply
from bot.sessions import MemorySessions
from bot.wording.catalogue import say

QUESTION = "Combien coûte un téléconseiller la nuit ?"
"""Answered by both passages, the night's first."""

shorts = st.text("abcXYZ019-_", min_size=6, max_size=6)
abouts = st.lists(shorts, min_size=1, max_size=20).map(about_passages) | st.builds(
    about_advice, st.text("0123456789abcdef", min_size=4, max_size=4), st.integers(1, 99)
)


@given(lang=st.sampled_from(["fr", "en"]), about=abouts, reason=st.none() | st.sampled_from(Reason))
def test_a_code_fits_a_button_and_says_again_what_it_was_made_of(lang: str, about: str, reason: Reason | None) -> None:
    written = code(lang, about, Verdict.DOWN, reason)
    assert len(written.encode()) <= MAX_CODE_BYTES
    pressed = read(written)
    assert pressed is not None
    assert (pressed.lang, pressed.about, pressed.verdict, pressed.reason) == (lang, about, Verdict.DOWN, reason)
    assert "".join(pressed.shorts) == ("" if pressed.on_advice else about)


@given(st.text(max_size=80) | st.text(":fudw=.enr-_09aé", max_size=64).map("f:fr:".__add__))
def test_any_other_code_is_none_or_is_what_would_be_made(text: str) -> None:
    pressed = read(text)
    assert pressed is None or code(pressed.lang, pressed.about, pressed.verdict, pressed.reason) == text


@pytest.mark.parametrize(
    "forged",
    [
        "f",
        "f:",
        "f:fr:u:",
        "f:de:u:abcdef",
        "f:fr:x:abcdef",
        "f:fr:u:abcde",
        "f:fr:u:abcdef\n",
        "f:fr:u:=0",
        "f:fr:u:éééééé",
    ],
)
def test_a_forged_code_leads_nowhere_and_keeps_nothing(forged: str) -> None:
    sessions = MemorySessions()
    person = Person(assistant_over(sessions))
    assert [reply.plain for reply in person.presses(forged)] == [say("fr", "stale")]
    assert not sessions.holds(person.chat)


def test_a_passage_is_called_the_same_in_both_languages() -> None:
    assert passage("a#b", "Oui.").short == passage("a#b", "Yes.", lang="en").short
    assert passage("a#b", "Oui.").short != passage("a#c", "Oui.").short


class TestPresses:
    def test_a_thumb_up_is_kept_with_the_passages_and_no_word(self) -> None:
        person = Person(assistant_over(sessions := MemorySessions()))
        assert plain(person.presses(code_of(asked(person), "👍"))) == say("fr", "feedback_up_noted")
        assert kept(sessions) == [Opinion(NIGHT.short + RATE.short, Verdict.UP, None, "fr", (NIGHT.id, RATE.id))]

    def test_a_thumb_down_asks_why_and_the_answer_stays_as_it_is(self) -> None:
        person = Person(assistant_over(sessions := MemorySessions()))
        [why] = person.presses(code_of(asked(person), "👎"))
        assert why.plain == say("fr", "feedback_ask")
        assert not why.replaces
        assert [[choice.label for choice in row] for row in why.choices] == [
            ["Incomplet", "Faux ou périmé"],
            ["Hors sujet", "Source peu claire"],
            ["Difficile à comprendre"],
        ]
        assert kept(sessions)[0].reason is None
        said = plain(person.presses(code_of(why, "Faux ou périmé")))
        assert said == say("fr", "feedback_reason_noted", reason="faux ou périmé")
        assert [(opinion.verdict, opinion.reason) for opinion in kept(sessions)] == [(Verdict.DOWN, Reason.WRONG)]

    def test_pressed_again_it_changes_the_opinion_and_adds_none(self) -> None:
        person = Person(assistant_over(sessions := MemorySessions()))
        answer = asked(person)
        for label in ("👍", "👎", "👎", "👍", "👍"):
            assert person.presses(code_of(answer, label))
        assert [opinion.verdict for opinion in kept(sessions)] == [Verdict.UP]

    def test_the_same_answer_given_twice_has_one_opinion_and_another_its_own(self) -> None:
        person = Person(assistant_over(sessions := MemorySessions()))
        for _ in range(2):
            person.presses(code_of(asked(person), "👍"))
        person.presses(code_of(asked(person, "Combien coûte un téléconseiller ?"), "👍"))
        assert len(kept(sessions)) == 2

    def test_on_a_message_of_another_language_or_of_before_an_erasure_it_still_counts(self) -> None:
        person = Person(assistant_over(sessions := MemorySessions()))
        pressed = code_of(asked(person), "👎")
        person.commands("effacer")
        assert not sessions.holds(person.chat)
        person.presses("l:en")
        assert plain(person.presses(pressed)) == say("en", "feedback_ask")
        assert kept(sessions)[0].lang == "fr"

    def test_when_some_passages_are_gone_the_others_are_kept(self) -> None:
        pressed = code_of(asked(Person(assistant_over())), "👎")
        person = Person(assistant_over(sessions := MemorySessions(), (NIGHT,)))
        person.presses(pressed)
        assert kept(sessions)[0].passages == (NIGHT.id,)

    def test_when_all_are_gone_the_person_is_told(self) -> None:
        pressed = code_of(asked(Person(assistant_over())), "👎")
        person = Person(assistant_over(sessions := MemorySessions(), (passage("x#y", "Autre chose."),)))
        assert plain(person.presses(pressed)) == say("fr", "feedback_gone")
        assert not sessions.holds(person.chat)

    def test_on_an_advice_no_passage_is_kept_and_off_topic_is_no_reason(self) -> None:
        person = Person(assistant_over(sessions := MemorySessions()))
        [why] = person.presses(code("fr", about_advice("0af3", 2), Verdict.DOWN))
        assert "Hors sujet" not in [choice.label for row in why.choices for choice in row]
        assert kept(sessions) == [Opinion("=0af3.2", Verdict.DOWN, None, "fr")]


def test_no_answer_and_small_talk_have_no_thumbs() -> None:
    person = Person(assistant_over())
    for text in ("Quel temps fait-il à Lyon ?", "Bonjour"):
        [reply] = person.says(text)
        assert "👍" not in [choice.label for row in reply.choices for choice in row]


def asked(person: Person, question: str = QUESTION) -> Reply:
    [answer] = person.says(question)
    return answer


def plain(replies: object) -> str:
    [reply] = replies  # type: ignore[misc]
    text: str = reply.plain
    return text


def kept(sessions: MemorySessions, chat: str = "test:1") -> list[Opinion]:
    return [
        Opinion(**{**told, "verdict": Verdict(told["verdict"]), "reason": told["reason"] and Reason(told["reason"])})
        for told in sessions.export(chat)["feedback"]
    ]
