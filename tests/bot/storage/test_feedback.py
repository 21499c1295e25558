"""Opinions in SQL, over both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.feedback import MOST_DISLIKED, MOST_OPINIONS, FeedbackSummary, Opinion, Reason, Verdict
from bot.storage.database import Database
from bot.storage.feedback import SqlFeedback
from bot.storage.sessions import SqlSessions
from bot.storage.upkeep import SqlUpkeep

START = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)


class Kept:
    """The opinions in one database, and the date, set by hand."""

    def __init__(self, database: Database) -> None:
        self.now = START
        self.sessions = SqlSessions(database, lambda: self.now)
        self.feedback = SqlFeedback(database, lambda: self.now)
        self.upkeep = SqlUpkeep(database, self.sessions, None, 90 * DAY, lambda: self.now)  # type: ignore[arg-type]

    def thinks(self, chat: str, about: str, reason: Reason | None = None, *, good: bool = False) -> None:
        verdict = Verdict.UP if good else Verdict.DOWN
        passages = () if about.startswith("=") else (f"a#{about}", "a#both")
        self.feedback.put(chat, Opinion(about, verdict, reason, "fr", passages))

    def summary(self) -> FeedbackSummary:
        return self.feedback.summary(START)


@pytest.fixture
def kept(url: str) -> Iterator[Kept]:
    opened = Database.open(url)
    yield Kept(opened)
    opened.close()


def test_nothing_yet(kept: Kept) -> None:
    assert kept.summary() == FeedbackSummary(0, 0, 0, 0, {}, ())


def test_a_summary_counts_verdicts_reasons_and_the_passages_most_disliked(kept: Kept) -> None:
    kept.thinks("a", "one", Reason.WRONG)
    kept.thinks("a", "two", Reason.WRONG)
    kept.thinks("b", "two")
    kept.thinks("c", "one", good=True)
    kept.thinks("c", "=0af3.1", Reason.HARD)
    kept.thinks("d", "=0af4.1", good=True)
    assert kept.summary() == FeedbackSummary(
        liked=1,
        disliked=3,
        advice_liked=1,
        advice_disliked=1,
        reasons={"wrong": 2, "": 1, "hard": 1},
        passages=(("a#both", 3), ("a#two", 2), ("a#one", 1)),
    )


def test_only_the_worst_passages_are_named(kept: Kept) -> None:
    for number in range(2 * MOST_DISLIKED):
        kept.thinks("a", f"p{number:02}")
    named = kept.summary().passages
    assert len(named) == MOST_DISLIKED
    assert named[0] == ("a#both", 2 * MOST_DISLIKED)


def test_an_opinion_takes_the_place_of_the_one_before(kept: Kept) -> None:
    kept.thinks("a", "one", Reason.WRONG)
    kept.now += DAY
    kept.thinks("a", "one", good=True)
    assert kept.summary() == FeedbackSummary(1, 0, 0, 0, {}, ())
    assert kept.feedback.summary(START + DAY).liked == 1
    assert kept.feedback.summary(START + 2 * DAY).liked == 0


def test_of_one_chat_the_latest_are_kept_and_of_the_others_all(kept: Kept) -> None:
    kept.thinks("b", "one", good=True)
    with kept.sessions.transaction() as sessions:
        for number in range(MOST_OPINIONS + 5):
            kept.now += timedelta(seconds=1)
            sessions.rate("a", Opinion(f"p{number}", Verdict.DOWN, None, "fr", ("a#b",)))
    summary = kept.summary()
    assert (summary.liked, summary.disliked) == (1, MOST_OPINIONS)
    left = [row["about"] for row in kept.sessions.export("a")["feedback"]]
    assert "p4" not in left
    assert {"p5", f"p{MOST_OPINIONS + 4}"} <= set(left)


def test_they_are_exported_and_erased_with_their_chat(kept: Kept) -> None:
    kept.thinks("a", "one", Reason.SOURCE)
    kept.thinks("b", "one")
    assert kept.sessions.export("a") == {
        "chat": "a",
        "feedback": [
            {
                "about": "one",
                "verdict": "down",
                "reason": "source",
                "passages": ["a#one", "a#both"],
                "lang": "fr",
                "at": START.isoformat(),
            }
        ],
    }
    assert kept.sessions.holds("a")
    assert kept.sessions.erase("a") == {"feedback": 1}
    assert not kept.sessions.holds("a")
    assert kept.sessions.export("a") == {}
    assert kept.summary().disliked == 1


def test_they_go_when_they_are_too_old(kept: Kept) -> None:
    kept.thinks("a", "one")
    kept.now += 80 * DAY
    kept.thinks("a", "two")
    kept.now += 11 * DAY
    assert kept.upkeep.tidy() == 1
    assert [row["about"] for row in kept.sessions.export("a")["feedback"]] == ["two"]


def test_an_opinion_is_kept_with_its_turn_or_not_at_all(kept: Kept) -> None:
    opinion = Opinion("one", Verdict.UP, None, "fr", ("a#one",))

    def breaks() -> None:
        with kept.sessions.transaction() as sessions:
            sessions.rate("a", opinion)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        breaks()
    assert not kept.sessions.holds("a")
    with kept.sessions.transaction() as sessions:
        sessions.rate("a", opinion)
    assert kept.summary().liked == 1
