"""Tokens by day in SQL: shared, erased, forgotten; the consent beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.llm.budget import EVERYBODY, Usage
from bot.storage import checkup
from bot.storage.database import Database
from bot.storage.sessions import SqlSessions
from bot.storage.spending import PERSONS_KEPT, SqlSpending, forget

DAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def opened(url: str) -> Iterator[Database]:
    database = Database.open(url)
    yield database
    database.close()


def written(database: Database, *usages: tuple[str, Usage], day: date = DAY) -> None:
    spending = SqlSpending(database, lambda: day)
    for chat, usage in usages:
        spending.add(chat, usage)
    spending.close()


def test_processes_share_what_is_spent(opened: Database) -> None:
    written(opened, ("a", Usage(10, 1)), ("a", Usage(5, 2)))
    written(opened, ("b", Usage(100, 0)))
    other = SqlSpending(opened, lambda: DAY)
    assert other.today("a") == Usage(15, 3)
    assert other.today(EVERYBODY) == Usage(115, 3)
    assert SqlSpending(opened, lambda: DAY + timedelta(1)).today(EVERYBODY) == Usage()


def test_counting_waits_for_no_turn_and_is_seen_at_once(opened: Database) -> None:
    spending = SqlSpending(opened, lambda: DAY)
    with opened.writing():
        spending.add("a", Usage(7, 3))
        assert spending.today("a") == Usage(7, 3)
    spending.close()
    assert spending.today("a") == SqlSpending(opened, lambda: DAY).today("a") == Usage(7, 3)


def test_a_person_erased_is_counted_no_more_but_the_day_is(opened: Database) -> None:
    written(opened, ("a", Usage(10, 1)), ("b", Usage(1, 1)))
    sessions = SqlSessions(opened)
    assert sessions.export("a")["spending"] == [{"day": "2026-03-01", "sent": 10, "received": 1}]
    assert sessions.erase("a") == {"spending": 1}
    assert not sessions.holds("a")
    left = SqlSpending(opened, lambda: DAY)
    assert (left.today("a"), left.today("b"), left.today(EVERYBODY)) == (Usage(), Usage(1, 1), Usage(11, 2))


def test_persons_are_forgotten_before_days(opened: Database) -> None:
    written(opened, ("a", Usage(10, 1)))
    later = SqlSpending(opened, lambda: DAY)
    with opened.writing() as connection:
        forget(connection, DAY + PERSONS_KEPT + timedelta(1), timedelta(90))
    assert (later.today("a"), later.today(EVERYBODY)) == (Usage(), Usage(10, 1))
    with opened.writing() as connection:
        forget(connection, DAY + timedelta(91), timedelta(90))
    assert later.today(EVERYBODY) == Usage()


def test_the_doctor_reads_the_day(url: str) -> None:
    database = Database.open(url)
    written(database, ("a", Usage(10, 1)))
    database.close()
    assert checkup.spent(url, DAY) == Usage(10, 1)
    assert checkup.spent(url, DAY + timedelta(1)) == Usage()


def test_a_consent_is_kept_with_its_date_and_goes_with_the_conversation(opened: Database) -> None:
    clock = [NOW]
    sessions = SqlSessions(opened, lambda: clock[-1])
    sessions.put("a", replace(sessions.get("a"), lang="fr", consent="yes"))
    clock.append(NOW + timedelta(days=2))
    sessions.put("a", sessions.get("a").after("Bonjour", "fr"))
    assert SqlSessions(opened).get("a").consent == "yes"
    [told] = sessions.export("a")["preferences"]
    assert (told["consent"], told["consented_at"]) == ("yes", NOW.isoformat(timespec="seconds"))
    assert sessions.purge(NOW + timedelta(days=1)) == 0
    assert sessions.get("a").consent == "yes"
    assert sessions.purge(NOW + timedelta(days=30)) == 1
    assert not sessions.holds("a")


def test_a_consent_alone_is_kept(opened: Database) -> None:
    sessions = SqlSessions(opened)
    sessions.put("a", replace(sessions.get("a"), consent="no", rich=True))
    assert (sessions.get("a").consent, sessions.get("a").rich) == ("no", True)
    sessions.put("a", replace(sessions.get("a"), consent="yes"))
    assert (sessions.get("a").consent, sessions.get("a").rich) == ("yes", True)
    assert sessions.erase("a")
    assert sessions.get("a").consent is None
