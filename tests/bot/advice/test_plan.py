from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.advice.model import Item
from bot.advice.plan import build_plan, items
from bot.interview.conditions import Trace
from bot.interview.model import Advice, Chapter, Condition, Facts, Interview, Known, Named, Not, Raise, Truth
from bot.interview.model import Test as Compared

PARTIAL = {"verdict": "partial", "target": "partial", "location": "nearshore"}


def texts(words: str) -> dict[str, str]:
    return {"fr": f"{words} (fr)", "en": f"{words} (en)"}


def advice(name: str, chapter: Chapter = Chapter.KPI, text: str = "Do it", **more: Any) -> Advice:
    return Advice(name, chapter, texts(name), texts(text), ("article#section",), **more)


def raised(field: str, by: int = 1) -> Raise:
    return Raise(Compared(field, "is", True), by, texts(f"Because of {field}."))


def interview(*lines: Advice) -> Interview:
    return Interview("small", 1, (), (), (), lines)


def said(*lines: Advice, chapter: Chapter = Chapter.KPI, **facts: Any) -> list[Item]:
    return list(items(interview(*lines), chapter, facts, {}))


def ids(found: list[Item]) -> list[str]:
    return [item.id for item in found]


def test_advice_without_a_condition_always_holds() -> None:
    assert ids(said(advice("always"))) == ["always"]


def test_advice_is_said_only_when_its_condition_is_known_to_hold() -> None:
    line = advice("urgent", when=Compared("channels", "has", ("phone",)))
    assert ids(said(line, channels=("phone", "email"))) == ["urgent"]
    assert said(line, channels=("email",)) == []
    assert said(line) == []


def test_only_the_chapter_asked_for_is_told_in_the_order_of_its_file() -> None:
    lines = (advice("b"), advice("risk", Chapter.RISK), advice("a"))
    assert ids(said(*lines)) == ["b", "a"]


def test_conditions_see_what_was_concluded() -> None:
    line = advice("outside", Chapter.CONTRACT, when=Compared("target", "in", ("partial", "full")))
    assert ids(list(build_plan(interview(line), {}, PARTIAL, {}).contract)) == ["outside"]
    assert build_plan(interview(line), {}, {"target": "in_house"}, {}).contract == ()


def test_no_reason_concluded_is_none_rather_than_unknown() -> None:
    line = advice("fallback", Chapter.GOES_OUT, when=Not(Compared("extent", "has", ("peaks",))))
    assert ids(said(line, chapter=Chapter.GOES_OUT, target="partial")) == ["fallback"]
    assert said(line, chapter=Chapter.GOES_OUT, target="partial", extent=("peaks",)) == []


def test_named_predicates_are_called() -> None:
    line = advice("check", when=Named("busy"))
    found = items(interview(line), Chapter.KPI, {}, {"busy": lambda _: Trace(Truth.YES)})
    assert ids(list(found)) == ["check"]


def test_answers_fill_the_places_in_title_text_and_reasons() -> None:
    line = Advice(
        "volume",
        Chapter.RISK,
        {"fr": "{monthly_volume} contacts", "en": "{monthly_volume} contacts"},
        {"fr": "De {volume_low} à {volume_high}, soit {margin} %", "en": "{volume_low} to {volume_high}: {margin}%"},
        (),
        raises=(Raise(Known(("monthly_volume",)), 1, {"fr": "{monthly_volume} !", "en": "{monthly_volume}!"}),),
    )
    places = {"margin": {"fr": "15", "en": "15"}}
    (item,) = items(interview(line), Chapter.RISK, {"monthly_volume": 12_000}, {}, places)
    assert item.title == {"fr": "12\u00a0000 contacts", "en": "12,000 contacts"}
    assert item.text == {"fr": "De 10\u00a0200 à 13\u00a0800, soit 15\u00a0%", "en": "10,200 to 13,800: 15%"}
    assert item.why["fr"] == "12\u00a0000\u00a0!"


def test_advice_with_a_place_that_nothing_fills_is_left_out() -> None:
    assert ids(said(advice("known"), advice("gap", text="From {current_csat_pct}%"))) == ["known"]


def test_a_risk_starts_low_and_every_reason_that_holds_lifts_it() -> None:
    line = advice("data", Chapter.RISK, raises=(raised("regulated"), raised("far"), raised("unheard")))
    levels = [
        said(line, chapter=Chapter.RISK, **facts)[0].level
        for facts in ({}, {"regulated": True}, {"regulated": True, "far": True}, {"regulated": False})
    ]
    assert levels == [1, 2, 3, 1]


def test_a_risk_is_never_above_high() -> None:
    line = advice("data", Chapter.RISK, raises=(raised("regulated", by=2), raised("far", by=2)))
    assert said(line, chapter=Chapter.RISK, regulated=True, far=True)[0].level == 3


def test_a_risk_says_what_lifted_it() -> None:
    line = advice("data", Chapter.RISK, raises=(raised("regulated"), raised("far"), raised("unheard")))
    (item,) = said(line, chapter=Chapter.RISK, regulated=True, far=True)
    assert item.why["en"] == "Because of regulated. (en) Because of far. (en)"
    assert said(replace(line, raises=()), chapter=Chapter.RISK)[0].why == {}


def test_risks_come_highest_first_and_else_in_their_order() -> None:
    lines = (
        advice("a", Chapter.RISK),
        advice("b", Chapter.RISK, raises=(raised("x"),)),
        advice("c", Chapter.RISK),
        advice("d", Chapter.RISK, raises=(raised("x"),)),
    )
    assert ids(said(*lines, chapter=Chapter.RISK, x=True)) == ["b", "d", "a", "c"]


def test_other_advice_has_no_level() -> None:
    assert said(advice("kpi"))[0].level == 0


def test_what_the_author_wrote_is_kept() -> None:
    (item,) = said(advice("step", Chapter.ROADMAP, assumed=True, weeks=(4, 8)), chapter=Chapter.ROADMAP)
    assert (item.assumed, item.weeks, item.cites) == (True, (4, 8), ("article#section",))


def test_every_chapter_of_the_plan_is_filled_from_its_own_advice() -> None:
    told = build_plan(interview(*(advice(c.value, c) for c in Chapter)), {}, PARTIAL, {})
    named = {
        "risks": "risk",
        "kpis": "kpi",
        "sla": "sla",
        "contract": "contract",
        "partner": "partner",
        "governance": "governance",
        "people": "people",
        "roadmap": "roadmap",
        "provider_questions": "provider_question",
    }
    assert {field: ids(list(getattr(told, field))) for field in named} == {f: [c] for f, c in named.items()}


@given(
    st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 3)), max_size=3), max_size=6),
    st.dictionaries(st.sampled_from("abc"), st.booleans()),
)
def test_levels_go_down_and_one_more_reason_never_lowers_a_risk(
    spec: list[list[tuple[str, int]]], facts: dict[str, bool]
) -> None:
    lines = [
        advice(f"r{i}", Chapter.RISK, raises=tuple(raised(f, by) for f, by in raises)) for i, raises in enumerate(spec)
    ]
    before = said(*lines, chapter=Chapter.RISK, **facts)
    after = {item.id: item.level for item in said(*lines, chapter=Chapter.RISK, **{**facts, "a": True})}
    levels = [item.level for item in before]
    assert levels == sorted(levels, reverse=True)
    assert set(levels) <= {1, 2, 3}
    assert all(after[item.id] >= item.level for item in before)


def test_conclusions_win_over_an_answer_of_the_same_name() -> None:
    condition: Condition = Compared("target", "is", "partial")
    facts: Facts = {"target": "full"}
    plan = build_plan(interview(advice("x", Chapter.SLA, when=condition)), facts, PARTIAL, {})
    assert ids(list(plan.sla)) == ["x"]
