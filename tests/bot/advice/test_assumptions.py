"""Assumptions: every one a labelled range; the items of a cost name passages that exist; mistakes are told."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from bot.advice.assumptions import assumptions, cost_items, read_assumptions
from bot.advice.figures import GIVEN
from bot.interview.errors import InterviewError

CORPUS = Path(__file__).parents[3] / "corpus"


def test_every_assumption_is_a_range_in_both_languages() -> None:
    for one in assumptions().values():
        assert one.range.low < one.range.high
        assert set(one.label) == set(one.unit) == {"fr", "en"}


def test_an_assumption_named_as_a_figure_stands_for_that_answer() -> None:
    for name in set(GIVEN) & set(assumptions()):
        assert assumptions()[name].field == name


def test_the_cost_of_an_agent_is_not_the_american_figure_of_the_sources() -> None:
    assert assumptions()["loaded_cost_per_agent_eur_year"].range.high < 92_000


def test_prices_fall_with_the_distance() -> None:
    prices = [assumptions()[f"price_{place}"].range for place in ("onshore", "nearshore", "offshore")]
    for nearer, farther in pairwise(prices):
        assert nearer.low > farther.low
        assert nearer.central > farther.central
        assert nearer.high > farther.high


def test_every_item_of_a_cost_cites_a_passage_of_both_corpora() -> None:
    items = cost_items()
    for item in (*items.internal, *items.external, *items.once):
        assert item.cites, item.id
        for cite in item.cites:
            article, section = cite.split("#")
            for lang in ("fr", "en"):
                assert f"{{#{section}}}" in (CORPUS / lang / f"{article}.md").read_text(encoding="utf-8"), cite


ONE = "  - {id: price, label: {fr: Prix, en: Price}, unit: {fr: €, en: €}, low: 1, central: 2, high: 3}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ONE.replace("low: 1", "low: 4"), "price: a range goes up, from low to high: 4, 2, 3"),
        (ONE.replace("high: 3", "high: dear"), "price: 'high': expected a number"),
        (ONE.replace("unit: {fr: €, en: €}, ", ""), "price: an assumption lacks 'unit:'"),
        (ONE.replace("label: {fr: Prix, en: Price}", "label: {fr: Prix}"), "price: 'label' lacks 'en:'"),
        (ONE + ONE, "price: the id stands twice"),
    ],
)
def test_a_mistake_is_told_with_its_file_line_and_id(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "assumptions.yaml"
    path.write_text("assumptions:\n" + text, encoding="utf-8")
    with pytest.raises(InterviewError) as caught:
        read_assumptions(path)
    assert str(caught.value).startswith(("assumptions.yaml:2: ", "assumptions.yaml:3: "))
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InterviewError, match=r"none\.yaml: cannot be read"):
        read_assumptions(tmp_path / "none.yaml")
