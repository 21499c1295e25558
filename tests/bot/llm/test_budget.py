"""What calls cost and may cost."""

from __future__ import annotations

from datetime import date

import pytest

from bot.llm.budget import EVERYBODY, Budget, MemorySpending, Price, Usage, estimated

DAY = date(2026, 3, 1)


@pytest.mark.parametrize("text", ["", "1", "a/b", "1/", "-1/2", "1/2/3", "nan/1", "1/inf", "1e9/1"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="two prices"):
        Price.parse(text)


def test_a_price_is_by_the_million() -> None:
    assert Price.parse("0.15/0.60").of(Usage(1_000_000, 500_000)) == pytest.approx(0.45)


def test_an_estimate_is_never_nothing_for_something() -> None:
    assert [estimated(text) for text in ("", "a", "abc", "abcd")] == [0, 1, 1, 2]


def test_a_new_day_begins_anew() -> None:
    days = [DAY]
    spending = MemorySpending(lambda: days[-1])
    budget = Budget(everybody=100, person=50)
    spending.add("a", Usage(40, 10))
    assert not budget.allows(spending, "a")
    assert budget.allows(spending, "b")
    spending.add("b", Usage(0, 50))
    assert not budget.allows(spending, "c")
    assert budget.left(spending) == 0
    days.append(date(2026, 3, 2))
    assert budget.allows(spending, "a")
    assert budget.left(spending) == 100


def test_no_limit_is_none() -> None:
    spending = MemorySpending(lambda: DAY)
    spending.add("a", Usage(10**9))
    assert Budget().allows(spending, "a")
    assert Budget().left(spending) is None
    assert spending.today(EVERYBODY).tokens == 10**9
