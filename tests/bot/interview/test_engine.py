"""What to ask next: never too little for the outcome, never a question that no longer matters."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interview_answers import facts, interviewed, values

from bot.advice.decision import decide
from bot.advice.model import Verdict
from bot.dialogue.desk import Desk
from bot.interview.answers import Answer, ContactFlow, Portfolio
from bot.interview.engine import ALWAYS
from bot.interview.loader import shipped_interview
from bot.interview.model import Facts

INTERVIEW = shipped_interview()
ENGINE = Desk(INTERVIEW).engine


def _outcome(known: Facts) -> tuple[object, ...]:
    decision = decide(INTERVIEW, known)
    gates = () if decision.target is Verdict.IN_HOUSE else tuple((g.id, g.open) for g in decision.readiness.gates)
    return decision.verdict, decision.target, decision.location, gates


@given(facts(INTERVIEW))
@settings(max_examples=40)
def test_the_questions_asked_are_enough_for_the_outcome(known: Facts) -> None:
    """Whatever people know: the same verdict, target, location and gates as when every question is asked."""
    applicable = ENGINE.facts(interviewed(ENGINE, known, refine=True))
    asked = ENGINE.facts(interviewed(ENGINE, known))
    assert _outcome(asked) == _outcome(applicable)


@given(facts(INTERVIEW), st.data())
@settings(max_examples=30)
def test_a_question_no_longer_pending_cannot_change_the_outcome(known: Facts, data: st.DataObject) -> None:
    asked = interviewed(ENGINE, known)
    left = [q for q in ENGINE.pending(asked, refine=True) if not q.refines and q.id not in ("agents_fte",)]
    if not left:
        return
    question = data.draw(st.sampled_from(left))
    before = _outcome(ENGINE.facts(asked))
    value = data.draw(st.sampled_from(values(question)))
    assert _outcome(ENGINE.facts({**asked, question.id: Answer(value)})) == before


def test_a_reason_to_stay_ends_the_interview() -> None:
    answers = {name: Answer() for name in ALWAYS} | {"unique_knowhow": Answer(True)}
    assert ENGINE.next(answers) is None
    assert ENGINE.next(answers, refine=True) is not None


def test_a_dont_know_is_not_asked_again() -> None:
    first = ENGINE.next({})
    assert first is not None
    assert ENGINE.next({first.id: Answer()}) not in (None, first)


def test_company_answers_serve_every_flow() -> None:
    portfolio = Portfolio(flows=(ContactFlow(1), ContactFlow(2)))
    portfolio = ENGINE.put(portfolio, 1, {"objective": Answer(("cost",)), "monthly_volume": Answer(3_000)})
    assert portfolio.company == {"objective": Answer(("cost",))}
    assert portfolio.answers_of(portfolio.flows[1]) == {"objective": Answer(("cost",))}
    assert portfolio.flows[0].answers == {"monthly_volume": Answer(3_000)}


def test_a_changed_answer_takes_its_dependants_with_it_and_nothing_else() -> None:
    given_ = {
        "already_outsourced": Answer(True),
        "contract_months_left": Answer(12),
        "exit_clause_known": Answer(True),
        "monthly_volume": Answer(3_000),
    }
    portfolio = ENGINE.put(Portfolio(flows=(ContactFlow(1),)), 1, given_)
    changed = ENGINE.put(portfolio, 1, {"already_outsourced": Answer(False)})
    assert set(changed.flows[0].answers) == {"already_outsourced", "monthly_volume"}
    same = ENGINE.put(portfolio, 1, {"already_outsourced": Answer(True)})
    assert set(same.flows[0].answers) == set(given_)


def test_answers_for_no_question_or_no_flow_are_refused() -> None:
    with pytest.raises(KeyError):
        ENGINE.put(Portfolio(flows=(ContactFlow(1),)), 1, {"shoe_size": Answer(42)})
    with pytest.raises(KeyError):
        ENGINE.put(Portfolio(flows=(ContactFlow(1),)), 2, {"monthly_volume": Answer(42)})


def test_what_is_dropped_is_asked_again() -> None:
    portfolio = ENGINE.put(Portfolio(flows=(ContactFlow(1),)), 1, {"priority": Answer("cost")})
    assert ENGINE.drop(portfolio, 1, "priority").company == {}


@given(facts(INTERVIEW))
@settings(max_examples=50)
def test_a_portfolio_reads_back_as_written(known: Facts) -> None:
    portfolio = ENGINE.put(Portfolio(flows=(ContactFlow(1),)), 1, {f: Answer(v) for f, v in known.items()})
    portfolio = portfolio.with_flow(replace(portfolio.flows[0], id=portfolio.next_id()))
    assert Portfolio.from_json(portfolio.to_json()) == portfolio
