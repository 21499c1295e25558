"""The PDF, opened and read."""

from __future__ import annotations

import datetime
import io
from collections import Counter
from dataclasses import replace

import pytest
from pypdf import PdfReader
from report_samples import EVERY, FULL, IN_HOUSE, INTERVIEW, NOT_READY, PARTIAL, titles

from bot.advice.model import Costs, Range, Recommendation, Staffing
from bot.report.pdf import pdf

DAY = datetime.date(2026, 11, 25)


def pages(*recs: Recommendation, lang: str = "fr") -> list[str]:
    data = pdf(recs, INTERVIEW, lang, titles, DAY)
    assert data.startswith(b"%PDF-")
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages]


@pytest.fixture(scope="module")
def partial() -> list[str]:
    return pages(PARTIAL)


def test_three_to_five_pages_that_open_with_the_verdict(partial: list[str]) -> None:
    assert 3 <= len(partial) <= 5
    assert "Externaliser une partie de ce flux, dans un pays proche (nearshore)" in partial[0]
    assert "25 novembre 2026" in partial[0]
    assert "90/100" in partial[0]
    assert "Moyenne" in partial[0]


def test_everything_a_director_asks_is_in_it(partial: list[str]) -> None:
    text = " ".join(partial)
    for words in (
        "Ce qui mène à cet avis",
        "Pics récurrents et coûteux",
        "Basse Centrale Haute",
        "498 000 € 612 000 € 760 000 €",
        "Provision de sortie",
        "Sécurité des données risque élevé",
        "Feuille de route",
        "Article 28 du RGPD",
        "Ce qui changerait l’avis",
        "L’avis contraire",
        "Hypothèses, toutes à confirmer",
        "Heures productives par agent",
        "Sources",
        "Economic candidates",
    ):
        assert words in text, words


def test_letters_are_large_enough_to_read() -> None:
    sizes: Counter[float] = Counter()

    def note(text: str, _: object, matrix: list[float], __: object, size: float) -> None:
        sizes[round(size * abs(matrix[3] or 1), 1)] += len(text.strip())

    for page in PdfReader(io.BytesIO(pdf([PARTIAL], INTERVIEW, "fr", titles, DAY))).pages:
        page.extract_text(visitor_text=note)
    assert sizes.most_common(1)[0][0] >= 9


def test_a_flow_that_stays_shows_no_readiness_and_no_price_that_nobody_would_quote() -> None:
    people = Staffing(Range(0.05, 0.06, 0.08), None, 5.43, Range(5.2, 5.4, 6), Range(5.2, 5.4, 6))
    costs = Costs(people, Range(1e5, 2e5, 3e5), None, Range(3e5, 6e5, 9e5), None)
    text = " ".join(pages(replace(IN_HOUSE, costs=costs)))
    assert "Par an, à ces horaires 200 000 €" in text
    assert "Avec un prestataire" not in text
    assert "/100" not in text


def test_a_difference_of_unknown_sign_is_no_figure_to_remember(partial: list[str]) -> None:
    assert "Écart sur 3 ans Trop serré de 248 000 € de plus à 640 000 € de moins" in partial[0]


def test_names_are_never_read_as_markup() -> None:
    text = " ".join(pages(EVERY["hostile"]))
    assert '<b>#import "x"</b> $x$ @a *b* _c_ \\frac{1}{2} {lang} %s' in text


def test_very_long_names_are_cut() -> None:
    shown = pages(EVERY["long"])
    assert 3 <= len(shown) <= 5
    assert "Réclamations de facturation" in shown[0]


@pytest.mark.parametrize("name", ["in_house", "unknown"])
def test_no_euro_without_a_cost(name: str) -> None:
    assert "€" not in " ".join(pages(EVERY[name]))


def test_english() -> None:
    text = " ".join(pages(NOT_READY, lang="en"))
    assert "Prepare first, then outsource part of this flow, in a nearby country (nearshore)" in text
    assert "Do this first" in text
    assert "Low Central High" in text


def test_several_flows_open_with_the_portfolio() -> None:
    shown = pages(IN_HOUSE, NOT_READY, FULL)
    assert "vos 3 flux" in shown[0]
    assert shown[0].index("1. Suivi de commande") < shown[0].index("2. Support technique")
    assert len(shown) <= 6


def test_the_same_answers_on_the_same_day_give_the_same_file() -> None:
    assert pdf([FULL], INTERVIEW, "fr", titles, DAY) == pdf([FULL], INTERVIEW, "fr", titles, DAY)


def test_a_document_is_about_something() -> None:
    with pytest.raises(ValueError, match="at least one flow"):
        pdf([], INTERVIEW, "fr", titles, DAY)
