"""How much may be sent: what holds for any times at which messages come, and what a person is told."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_assistant import Person, assistant_over

from bot.quotas import PAUSE, Bucket, Heed, Moment, Quota, Quotas, per_minute, per_second, weigh
from bot.sessions import MemorySessions
from bot.wording.catalogue import say

gaps = st.lists(st.floats(0, 90), min_size=1, max_size=80)
quotas = st.builds(Quota, st.integers(1, 30), st.floats(0.05, 60))
QUESTION = "Combien coûte un téléconseiller ?"


def heeded(times: list[float], quota: Quota) -> list[Heed]:
    """What becomes of messages that come at these times."""
    bucket: Bucket | None = None
    heeds = []
    for time in times:
        bucket = weigh(bucket, quota, Moment(time))
        heeds.append(bucket.heed)
    return heeds


@given(gaps, quotas)
def test_in_any_stretch_of_time_no_more_is_handled_than_the_quota_allows(waits: list[float], quota: Quota) -> None:
    times = list(accumulate(waits))
    handled = [t for t, heed in zip(times, heeded(times, quota), strict=True) if heed is Heed.HANDLED]
    for first, start in enumerate(handled):
        for last in range(first, len(handled)):
            assert last - first + 1 <= quota.burst + (handled[last] - start) / quota.every + 1e-6


@given(gaps, quotas)
def test_whoever_is_not_handled_was_told_within_the_pause(waits: list[float], quota: Quota) -> None:
    times = list(accumulate(waits))
    told: float | None = None
    for time, heed in zip(times, heeded(times, quota), strict=True):
        if heed is Heed.REFUSED:
            assert told is None or time - told >= quota.pause - 1e-6, "told twice in one pause"
            told = time
        elif heed is Heed.UNREAD:
            assert told is not None
            assert time < told + quota.pause
        else:
            assert told is None or time >= told + quota.pause - 1e-6, "handled though told that it would not be"


@given(st.integers(1, 60), quotas)
def test_who_keeps_to_the_pace_is_never_refused(number: int, quota: Quota) -> None:
    times = [turn * quota.every * 1.001 for turn in range(number)]
    assert set(heeded(times, quota)) == {Heed.HANDLED}


@given(quotas)
def test_after_the_pause_there_is_room_again(quota: Quota) -> None:
    times = [0.0] * (quota.burst + 1)
    heeds = heeded([*times, quota.pause * 1.001], quota)
    assert heeds == [Heed.HANDLED] * quota.burst + [Heed.REFUSED, Heed.HANDLED]


@given(gaps, quotas)
def test_a_message_looked_at_again_has_the_same_fate_and_is_counted_once(waits: list[float], quota: Quota) -> None:
    times = list(accumulate(waits))
    bucket: Bucket | None = None
    heeds = []
    for number, (time, later) in enumerate(pairwise([*times, times[-1] + 1])):
        bucket = weigh(bucket, quota, Moment(time, id=str(number)))
        again = weigh(bucket, quota, Moment((time + later) / 2, id=str(number)))
        assert again == bucket
        heeds.append(again.heed)
    assert heeds == heeded(times, quota)


def test_what_was_sent_at_leisure_while_the_bot_was_away_is_not_too_much() -> None:
    quota = per_minute(20)
    bucket: Bucket | None = None
    for number in range(100):
        bucket = weigh(bucket, quota, Moment(5.0 + number / 50, sent=1e9 + 10 * number))
        assert bucket.heed is Heed.HANDLED
    for number in range(40):
        bucket = weigh(bucket, quota, Moment(7.0 + number / 50, sent=1e9 + 1_000))
    assert bucket is not None
    assert bucket.heed is Heed.UNREAD


def test_a_clock_set_back_harms_nobody() -> None:
    bucket = weigh(None, per_minute(2), Moment(100.0, sent=1e9))
    bucket = weigh(bucket, per_minute(2), Moment(100.0, sent=1e9 - 5_000))
    assert (bucket.heed, bucket.left) == (Heed.HANDLED, 0)


class Clock:
    """Seconds, set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class TestChats:
    def test_one_chat_takes_nothing_from_another_nor_questions_from_gestures(self) -> None:
        quotas = Quotas(per_minute(1), per_minute(2), per_second(10), Clock())
        heeds = [quotas.heed(chat, "", None, question=q) for q in (True, False) for chat in "aab"]
        assert heeds == [Heed.HANDLED, Heed.REFUSED, Heed.HANDLED, Heed.HANDLED, Heed.HANDLED, Heed.HANDLED]

    def test_all_chats_together(self) -> None:
        clock = Clock()
        quotas = Quotas(per_minute(1), per_minute(1), per_second(10), clock)
        assert [quotas.room() for _ in range(22)] == [True] * 20 + [False] * 2
        clock.now += 0.5
        assert [quotas.room() for _ in range(6)] == [True] * 5 + [False]

    @pytest.mark.parametrize(("number", "wait"), [(20, 30), (1, 60)])
    def test_the_pause_leaves_room_for_one_at_least(self, number: int, wait: int) -> None:
        assert Quotas(per_minute(number), per_minute(120), per_second(9)).pause(question=True) == wait


class TestPerson:
    """What somebody is told, through the assistant."""

    def assistant(self, clock: Clock, questions: int = 2, gestures: int = 10, everyone: int = 50) -> Person:
        quotas = Quotas(per_minute(questions), per_minute(gestures), per_second(everyone), clock)
        self.sessions = MemorySessions()
        return Person(assistant_over(self.sessions, quotas=quotas))

    def test_too_many_questions_are_refused_once_in_words_and_taken_up_again_after_the_pause(self) -> None:
        person = self.assistant(clock := Clock())
        for _ in range(2):
            assert "25 €" in person.says(QUESTION)[0].plain
        assert [reply.plain for reply in person.says(QUESTION)] == [say("fr", "quota_person", seconds=30)]
        assert [person.says(QUESTION) for _ in range(5)] == [[]] * 5
        clock.now += PAUSE
        assert "25 €" in person.says(QUESTION)[0].plain
        assert [reply.plain for reply in person.says(QUESTION)] == [say("fr", "quota_person", seconds=30)]

    def test_what_was_refused_leaves_no_trace(self) -> None:
        person = self.assistant(Clock(), questions=1)
        for text in (QUESTION, "La nuit ?", "La nuit ?"):
            person.says(text)
        assert self.sessions.get(person.chat).history == (QUESTION,)

    def test_buttons_and_commands_go_on_meanwhile_and_erasing_always_does(self) -> None:
        person = self.assistant(Clock())
        for _ in range(4):
            person.says(QUESTION)
        assert person.presses("l:en")[0].plain == say("en", "language_set")
        for _ in range(20):
            person.commands("help")
        assert person.commands("help") == []
        assert person.commands("erase")[0].plain.startswith(say("en", "erased"))

    def test_the_answers_of_an_interview_have_room_of_their_own(self) -> None:
        person = self.assistant(Clock(), gestures=120)
        person.commands("entretien")
        assert all(person.says("je ne sais pas") for _ in range(110))

    def test_when_all_ask_at_once_who_is_too_many_is_asked_to_come_back(self) -> None:
        person = self.assistant(clock := Clock(), questions=100, everyone=1)
        told = [person.says(QUESTION)[0].plain for _ in range(3)]
        assert "25 €" in told[1]
        assert told[2] == say("fr", "quota_everyone")
        assert person.presses("x:fr:0")[0].plain == say("fr", "quota_everyone")
        assert person.commands("aide")[0].plain == say("fr", "help")
        clock.now += 1
        assert "25 €" in person.says(QUESTION)[0].plain

    def test_so_is_a_question_in_the_middle_of_an_interview_which_goes_on(self) -> None:
        person = self.assistant(Clock(), gestures=120, everyone=1)
        [asked] = person.commands("entretien")
        replies = [person.says("c'est quoi le nearshore ?") for _ in range(3)][-1]
        assert replies[0].plain == say("fr", "quota_everyone")
        assert len(replies) == 2
        assert asked.plain
