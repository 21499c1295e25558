"""Several flows together, and two sets of answers side by side."""

from __future__ import annotations

from dataclasses import replace

from report_samples import EVERY, FULL, IN_HOUSE, INTERVIEW, NOT_READY, PARTIAL, UNKNOWN, titles

from bot.advice.model import Recommendation
from bot.messages import Table
from bot.report.blocks import MAX_CHARS, plain
from bot.report.sections import comparison, portfolio_summary
from bot.report.several import moving_order, portfolio_totals
from index.typography import NBSP


def told(recs: list[Recommendation], lang: str = "fr") -> str:
    return plain(portfolio_summary(recs, INTERVIEW, lang, titles)).replace(NBSP, " ")


def compared(before: Recommendation, after: Recommendation) -> str:
    return plain(comparison(before, after, INTERVIEW, "fr")).replace(NBSP, " ")


def test_what_is_ready_simple_and_large_moves_first_and_what_stays_comes_last() -> None:
    order = moving_order([IN_HOUSE, NOT_READY, PARTIAL, FULL])
    assert [rec.flow_name for rec in order] == [
        "Suivi de commande",
        "SAV téléphone et e-mail",
        "Support technique",
        "Grands comptes",
    ]


def test_what_stays_counts_the_same_on_both_sides_of_the_total() -> None:
    staying = replace(IN_HOUSE, costs=PARTIAL.costs)
    totals = portfolio_totals([PARTIAL, staying])
    assert totals is not None
    inside, outside = PARTIAL.costs.tco3_internal, PARTIAL.costs.tco3_external
    assert inside is not None
    assert outside is not None
    assert totals.today == inside + inside
    assert totals.followed == outside + inside


def test_the_total_says_how_many_flows_it_holds() -> None:
    text = told([PARTIAL, UNKNOWN])
    assert "Total sur 1 flux chiffrables parmi 2." in text
    assert "Estimations, à confirmer" in text


def test_no_total_without_figures() -> None:
    assert portfolio_totals([UNKNOWN, IN_HOUSE]) is None
    assert "€" not in told([UNKNOWN, IN_HOUSE])


def test_the_order_cites_its_passage_when_it_can() -> None:
    assert "[1] Preparation and timeline › First interactions" in told([PARTIAL, FULL])
    assert "#" not in plain(portfolio_summary([PARTIAL, FULL], INTERVIEW, "fr"))


def test_many_flows_fit_a_message() -> None:
    assert len(told(list(EVERY.values()) * 8)) <= MAX_CHARS


def test_what_moves_and_what_does_not() -> None:
    text = compared(NOT_READY, PARTIAL)
    assert "Volume mensuel\n6 000 contacts/mois → 12 000 contacts/mois" in text
    assert "Préparation\n48/100 → 90/100" in text
    assert "Processus documentés : non → en partie" in text
    assert "Ne bouge pas\nEn interne, par an" in text


def test_reasons_that_come_and_go() -> None:
    text = compared(PARTIAL, IN_HOUSE)
    assert "Compte désormais : Savoir-faire unique" in text
    assert "Ne compte plus : Pics récurrents et coûteux" in text
    assert "Volume mensuel\n12 000 contacts/mois → sans réponse" in text


def test_the_same_answers_move_nothing() -> None:
    assert "Rien : l’avis, la préparation et les coûts restent les mêmes." in compared(PARTIAL, PARTIAL)


def test_no_euro_between_two_without_figures() -> None:
    assert "€" not in compared(UNKNOWN, IN_HOUSE)


def test_scenarios_stand_side_by_side_where_there_are_tables() -> None:
    tables = [part for part in comparison(PARTIAL, FULL, INTERVIEW, "fr") if isinstance(part, Table)]
    assert {table.head for table in tables} == {("", "Avant", "Après")}
    for table in tables:
        for name, old, new in table.rows:
            assert old != new
            assert f"• {name}\n" in table.text
            assert table.text.index(old) < table.text.rindex(new)
