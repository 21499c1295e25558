"""Several contact flows: each with its own answers under the company's, added, copied, renamed and removed."""

from __future__ import annotations

import pytest
from dialogue_driver import COMPANY, INTERVIEW, READY, STALE, Talk
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.flows import MOST_FLOWS
from bot.interview.answers import Answer
from bot.report.phrases import outcome as outcome_name


def two_flows() -> Talk:
    talk = Talk.begun(**COMPANY, flow_name="SAV", monthly_volume=3_000)
    talk.types("ajouter un flux")
    talk.types("Ventes")
    return talk


def test_one_more_flow_asks_nothing_about_the_company_again() -> None:
    talk = two_flows()
    assert talk.dialogue.flow == 2
    assert talk.answers(2) == COMPANY | {"flow_name": "Ventes"}
    assert talk.answers(1) == COMPANY | {"flow_name": "SAV", "monthly_volume": 3_000}
    assert talk.asked is not None
    assert talk.asked.scope == "flow"


def test_an_answer_goes_to_the_flow_that_is_talked_about() -> None:
    talk = two_flows()
    talk.press("i:0001:e:1:monthly_volume")
    talk.types("900")
    assert talk.answers(1)["monthly_volume"] == 900
    assert "monthly_volume" not in talk.answers(2)


def test_an_answer_about_the_company_holds_for_all() -> None:
    talk = two_flows()
    talk.press("i:0001:a:2:priority:0")
    assert talk.answers(1)["priority"] == talk.answers(2)["priority"] == "cost"


def test_the_list_shows_each_and_leads_into_it() -> None:
    talk = two_flows()
    told = talk.command("flux")
    assert "SAV" in told
    assert "Ventes" in told
    talk.presses("SAV")
    talk.presses("Ouvrir")
    assert talk.dialogue.flow == 1


def test_a_copy_has_the_answers_under_a_name_of_its_own() -> None:
    talk = two_flows()
    talk.press("i:0001:copy:1")
    talk.types("SAV du dimanche")
    assert talk.answers(3) == talk.answers(1) | {"flow_name": "SAV du dimanche"}
    talk.press("i:0001:e:3:monthly_volume")
    talk.types("40")
    assert talk.answers(1)["monthly_volume"] == 3_000


def test_another_name_changes_nothing_else() -> None:
    talk = two_flows()
    before = talk.answers(1)
    talk.press("i:0001:ren:1")
    talk.types("Après-vente")
    assert talk.answers(1) == before | {"flow_name": "Après-vente"}


@pytest.mark.parametrize(("answer", "left"), [("Oui, le retirer", {2}), ("Non", {1, 2})])
def test_removing_asks_first_and_leaves_the_others(answer: str, left: set[int]) -> None:
    talk = two_flows()
    ventes = talk.answers(2)
    talk.press("i:0001:del:1")
    assert len(talk.dialogue.portfolio.flows) == 2
    talk.presses(answer)
    assert {flow.id for flow in talk.dialogue.portfolio.flows} == left
    assert talk.answers(2) == ventes


def test_the_only_flow_stays() -> None:
    talk = Talk.begun(**COMPANY, flow_name="SAV")
    talk.press("i:0001:del:1")
    talk.types("oui")
    assert talk.answers() == COMPANY | {"flow_name": "SAV"}


def test_the_buttons_of_a_removed_flow_do_nothing_even_once_another_is_added() -> None:
    talk = two_flows()
    talk.press("i:0001:del:1")
    talk.types("oui")
    assert STALE["fr"] in talk.press("i:0001:a:1:complexity:0")
    assert "complexity" not in talk.answers(2)
    talk.press("i:0001:add")
    assert talk.dialogue.flow == 3, "an id is never given twice"


def test_going_back_skips_the_answers_of_a_removed_flow() -> None:
    talk = two_flows()
    talk.press("i:0001:del:2")
    talk.types("oui")
    before = talk.answers()
    talk.types("retour")
    assert talk.answers() == before


def test_there_is_a_most() -> None:
    talk = Talk.begun(**COMPANY)
    for _ in range(MOST_FLOWS + 2):
        talk.press("i:0001:add")
    assert len(talk.dialogue.portfolio.flows) == MOST_FLOWS
    assert str(MOST_FLOWS) in talk.told
    talk.press("i:0001:copy:1")
    assert len(talk.dialogue.portfolio.flows) == MOST_FLOWS
    talk.command("flux")


def test_where_a_flow_stands_takes_ranges_into_account() -> None:
    """The list of flows says what the result says, also of a quote given as a range."""
    told: dict[str, tuple[str, str]] = {}
    for low, high in ((12, 28), (-30, 70)):
        talk = Talk.begun(**(COMPANY | READY), external_quote_vs_internal_pct=Answer(20, low, high))
        talk.command("resultat")
        rec = talk.recommendation
        stands = outcome_name(rec.decision.verdict, None, rec.decision.location, "fr")
        told[f"{low}"] = stands, talk.command("flux")
    assert all(stands in listed for stands, listed in told.values())


FLOW_FIELDS = [q.id for q in INTERVIEW.questions if q.scope == "flow" and q.options and q.kind != "choices"]


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(FLOW_FIELDS), st.integers(0, 1)), max_size=20))
@settings(max_examples=25)
def test_flows_are_independent(presses: list[tuple[int, str, int]]) -> None:
    """Interleaved, each ends with what it would have alone."""
    together = Talk.begun(flow_name="1")
    for _ in range(2):
        together.press("i:0001:add")
    for flow, name, option in presses:
        together.press(f"i:0001:a:{flow}:{name}:{option}")
    for alone in (1, 2, 3):
        talk = Talk.begun(flow_name="1")
        for _ in range(2):
            talk.press("i:0001:add")
        for flow, name, option in presses:
            if flow == alone:
                talk.press(f"i:0001:a:{flow}:{name}:{option}")
        assert talk.answers(alone) == together.answers(alone)
