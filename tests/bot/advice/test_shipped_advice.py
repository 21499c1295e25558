"""The advice that ships: complete for every outcome, sourced, in both languages, and honest about its figures."""

import re
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.advice.alerting import sentences
from bot.advice.model import Item
from bot.advice.plan import build_plan, items
from bot.advice.predicates import PREDICATES
from bot.interview.conditions import evaluate
from bot.interview.loader import SHIPPED, load_interview
from bot.interview.model import NUMERIC, Advice, Chapter, Facts, Interview, Kind, Question, Truth
from index.typography import NBSP

CORPUS = Path(__file__).parents[3] / "corpus"
LANGUAGES = ("fr", "en")
OUTSIDE = ("onshore", "nearshore", "offshore")
REASONS = ("regulated", "complex", "mixed", "peaks", "hours", "languages", "identity", "core_skill", "uncertain")
SEVEN = {
    "risk-control",
    "risk-data",
    "risk-language",
    "risk-quality",
    "risk-hidden-costs",
    "risk-compliance",
    "risk-dependency",
}

CONCLUSIONS: list[dict[str, Any]] = [
    {"verdict": "in_house", "target": "in_house", "location": "none"},
    *(
        {"verdict": verdict, "target": target, "location": location}
        for target, location in product(("partial", "full"), OUTSIDE)
        for verdict in (target, "not_ready")
    ),
]


@cache
def interview() -> Interview:
    return load_interview(SHIPPED, PREDICATES)


@cache
def passages(lang: str) -> dict[str, str]:
    """The corpus by passage id, heading included."""
    found = {}
    for path in sorted((CORPUS / lang).glob("*.md")):
        for section in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            if name := re.search(r"\{#([a-z0-9-]+)\}", section):
                found[f"{path.stem}#{name[1]}"] = section
    return found


def told(chapter: Chapter, **facts: Any) -> tuple[Item, ...]:
    return items(interview(), chapter, facts, PREDICATES)


def ids(found: tuple[Item, ...]) -> set[str]:
    return {item.id for item in found}


def named(conclusions: dict[str, Any]) -> str:
    return "-".join(conclusions.values())


def texts(advice: Advice, lang: str) -> list[str]:
    return [advice.title[lang], advice.text[lang], *(raised.why[lang] for raised in advice.raises)]


def everything(lang: str) -> list[tuple[str, str]]:
    """Every sentence of the advice and of the alerts, with the id of its item."""
    advice = [(a.id, text) for a in interview().advice for text in texts(a, lang)]
    return advice + [(alert.id, alert.text[lang]) for alert in sentences().values()]


WITH_FIGURES = [pytest.param(advice, id=advice.id) for advice in interview().advice if not advice.assumed]


@pytest.mark.parametrize("conclusions", CONCLUSIONS, ids=named)
@pytest.mark.parametrize("chapter", [c for c in Chapter if c not in (Chapter.GOES_OUT, Chapter.STAYS)])
def test_no_chapter_is_empty_whatever_is_concluded(chapter: Chapter, conclusions: dict[str, Any]) -> None:
    assert told(chapter, **conclusions)


@pytest.mark.parametrize("conclusions", CONCLUSIONS, ids=named)
def test_something_stays_whatever_is_concluded_and_something_goes_unless_all_is_kept(
    conclusions: dict[str, Any],
) -> None:
    assert told(Chapter.STAYS, **conclusions)
    assert bool(told(Chapter.GOES_OUT, **conclusions)) is (conclusions["target"] != "in_house")


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_for_a_part_tells_what_goes_and_what_stays(reason: str) -> None:
    name = reason.replace("_", "-")
    facts = {"target": "partial", "location": "nearshore", "extent": (reason,)}
    assert ids(told(Chapter.GOES_OUT, **facts)) == {f"out-{name}"}
    assert ids(told(Chapter.STAYS, **facts)) == {f"stays-{name}", "stays-steering"}


def test_the_reasons_that_rules_give_are_all_explained() -> None:
    given_by_rules = {str(r.then[key]) for r in interview().rules for key in ("reason", "partial") if key in r.then}
    assert given_by_rules <= set(REASONS)


@pytest.mark.parametrize("conclusions", CONCLUSIONS[1:], ids=named)
def test_outside_the_seven_risks_are_all_there_with_a_level(conclusions: dict[str, Any]) -> None:
    risks = told(Chapter.RISK, **conclusions)
    assert ids(risks) == SEVEN
    assert {risk.level for risk in risks} <= {1, 2, 3}


def test_kept_in_house_a_flow_is_not_told_of_outsourcing_but_to_reopen_the_question() -> None:
    conclusions = CONCLUSIONS[0]
    for chapter in (Chapter.CONTRACT, Chapter.SLA, Chapter.PARTNER, Chapter.PROVIDER_QUESTION):
        assert [item.id.partition("-")[2] for item in told(chapter, **conclusions)] == ["reopened"]
    assert ids(told(Chapter.RISK, **conclusions)) == {"risk-inhouse-cost", "risk-reopened"}


def test_a_flow_taken_back_is_told_how_to_leave_its_provider() -> None:
    facts = {**CONCLUSIONS[0], "already_outsourced": True, "contract_months_left": 9}
    assert "contract-return" in ids(told(Chapter.CONTRACT, **facts))
    assert "risk-return" in ids(told(Chapter.RISK, **facts))
    assert {"roadmap-dialogue", "roadmap-exit-clauses", "roadmap-return"} <= ids(told(Chapter.ROADMAP, **facts))


def level(risk: str, **facts: Any) -> int:
    return next(item.level for item in told(Chapter.RISK, target="partial", **facts) if item.id == risk)


@pytest.mark.parametrize(
    ("risk", "calm", "worse"),
    [
        ("risk-control", {"pilot_capacity": 1, "location": "onshore"}, {"pilot_capacity": 0, "location": "onshore"}),
        ("risk-control", {"pilot_capacity": 1, "location": "onshore"}, {"location": "onshore"}),
        ("risk-data", {"personal_data": False, "location": "onshore"}, {"location": "onshore"}),
        ("risk-data", {"regulated": "none", "location": "onshore"}, {"regulated": "health", "location": "onshore"}),
        ("risk-language", {"location": "onshore"}, {"location": "nearshore"}),
        ("risk-language", {"location": "nearshore"}, {"location": "offshore"}),
        ("risk-quality", {"baseline_kpis_known": True}, {"baseline_kpis_known": False}),
        ("risk-quality", {"baseline_kpis_known": True}, {}),
        ("risk-hidden-costs", {"volume_certainty": "stable"}, {"volume_certainty": "growing"}),
        ("risk-compliance", {"location": "onshore"}, {"location": "offshore"}),
        ("risk-dependency", {"exit_clause_known": True}, {"exit_clause_known": False, "already_outsourced": True}),
    ],
)
def test_a_risk_is_higher_where_it_is(risk: str, calm: Facts, worse: Facts) -> None:
    assert level(risk, **calm) < level(risk, **worse)


def test_data_come_first_on_a_health_flow_abroad() -> None:
    facts = {"regulated": "health", "personal_data": True, "location": "nearshore", "target": "partial"}
    assert told(Chapter.RISK, **facts)[0].id == "risk-data"


@pytest.mark.parametrize("field", ["current_csat_pct", "current_fcr_pct", "current_nps", "current_answer_rate_pct"])
@given(value=st.floats(0, 100))
def test_a_starting_figure_replaces_the_general_indicator(field: str, value: float) -> None:
    without, with_it = told(Chapter.KPI), told(Chapter.KPI, **{field: value})
    assert len(with_it) == len(without)
    assert len(ids(with_it) - ids(without)) == 1


def test_steps_that_follow_one_another_take_as_long_as_the_source_says() -> None:
    steps = [item.weeks for item in told(Chapter.ROADMAP, target="full", location="onshore") if item.weeks]
    assert (sum(low for low, _ in steps), sum(high for _, high in steps)) == (22, 35)


def test_a_short_horizon_brings_a_smaller_start_and_a_caution() -> None:
    facts = {"target": "full", "location": "nearshore", "time_horizon_months": 4}
    assert "roadmap-horizon" in ids(told(Chapter.ROADMAP, **facts))
    assert "warning-horizon" in ids(told(Chapter.WARNING, **facts))
    assert "warning-horizon" not in ids(told(Chapter.WARNING, **{**facts, "time_horizon_months": 6}))


def test_one_who_is_not_ready_opens_the_gates_before_any_tender() -> None:
    steps = [item.id for item in told(Chapter.ROADMAP, verdict="not_ready", target="full", location="nearshore")]
    assert steps.index("roadmap-gates") < steps.index("roadmap-preparation") < steps.index("roadmap-tender")


def test_between_ten_and_seventeen_questions_are_put_to_a_provider() -> None:
    conditional = {
        "regulated": "health",
        "peak_factor": 3,
        "monthly_volume": 900,
        "languages_needed": ("fr", "de"),
        "languages_covered": ("fr",),
    }
    plain = told(Chapter.PROVIDER_QUESTION, target="full", location="onshore")
    most = told(Chapter.PROVIDER_QUESTION, target="full", location="offshore", **conditional)
    assert 10 <= len(plain) < len(most) <= 17


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_passage_cited_exists(lang: str) -> None:
    cited = {cite for advice in interview().advice for cite in advice.cites}
    cited |= {cite for alert in sentences().values() for cite in alert.cites}
    assert cited <= set(passages(lang))


@pytest.mark.parametrize("advice", [pytest.param(advice, id=advice.id) for advice in interview().advice])
def test_every_line_cites_the_corpus(advice: Advice) -> None:
    assert advice.cites


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("advice", WITH_FIGURES)
def test_a_figure_of_the_sources_stands_in_a_passage_cited(advice: Advice, lang: str) -> None:
    cited = " ".join(passages(lang)[cite] for cite in advice.cites).replace(NBSP, " ")
    said = re.sub(r"\{\w+\}", "", " ".join(texts(advice, lang))).replace(NBSP, " ")
    said = re.sub(r"24/7|article 28|ISO 27001", "", said)
    assert set(re.findall(r"\d+", said)) <= set(re.findall(r"\d+", cited))


OURS = re.compile(r"notre hypothèse|propos(?:é par nous|ition)|vient de nous|est le nôtre|de notre part")


@pytest.mark.parametrize("advice", [pytest.param(advice, id=advice.id) for advice in interview().advice])
def test_what_is_ours_says_so_and_is_marked(advice: Advice) -> None:
    assert bool(OURS.search(advice.text["fr"])) is advice.assumed


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_is_written_and_promises_nothing(lang: str) -> None:
    promised = re.compile(r"garanti|guarantee", re.IGNORECASE)
    assert [name for name, text in everything(lang) if not text or promised.search(text)] == []


ENGLISH = re.compile(
    r"\b(?:feedback|baseline|onboarding|dashboard|backup|back-up|churn|turnover|benchmark|process|call|calls|mail|"
    r"emails?|chat|tickets?|team|workflow|deadline|planning|budgeting|manager|management|provider|partner|"
    r"scripts? de|business|customer|outsourcing|best practices?|kick-?off|steering|roadmap|overflow|check-?list)\b",
    re.IGNORECASE,
)


def test_french_is_french() -> None:
    assert [(name, found) for name, text in everything("fr") if (found := ENGLISH.findall(text))] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_text_reads_at_a_glance_on_a_phone(lang: str) -> None:
    assert [name for name, text in everything(lang) if len(text) > 290] == []


def test_titles_fit_on_one_line() -> None:
    assert not [a.id for a in interview().advice for title in a.title.values() if len(title) > 52]


def answers(question: Question) -> st.SearchStrategy[Any]:
    """Some answer to a question, in its canonical form."""
    if question.kind in NUMERIC:
        return st.integers(int(question.low or 0), int(min(question.high or 1e6, 1e6)))
    values = [option.value for option in question.options]
    match question.kind:
        case Kind.CHOICES:
            return st.lists(st.sampled_from(values), min_size=1, unique=True).map(tuple)
        case Kind.LANGUAGES:
            return st.lists(st.sampled_from(["fr", "en", "de"]), min_size=1, unique=True).map(tuple)
        case Kind.SCHEDULE:
            return st.sampled_from(["24/7", "Mon-Fri 09:00-18:00"])
        case Kind.TEXT:
            return st.sampled_from(["luxe", "assurance", "jouets"])
    return st.sampled_from(values)


EVERY_ANSWER = st.fixed_dictionaries({}, optional={q.id: answers(q) for q in interview().questions})


@settings(deadline=None, max_examples=50)
@given(EVERY_ANSWER, st.sampled_from(CONCLUSIONS), st.lists(st.sampled_from(REASONS), unique=True).map(tuple))
def test_no_advice_is_lost_for_want_of_a_place(
    facts: dict[str, Any], conclusions: dict[str, Any], extent: tuple[str, ...]
) -> None:
    known = {**facts, **conclusions, "push": ("economic",), "extent": extent}
    holding = {a.id for a in interview().advice if evaluate(a.when, known, PREDICATES).truth is Truth.YES}
    plan = build_plan(interview(), facts, {**conclusions, "push": ("economic",), "extent": extent}, PREDICATES)
    planned = {item.id for field in vars(plan).values() for item in field}
    beside = (Chapter.GOES_OUT, Chapter.STAYS, Chapter.AGAINST, Chapter.WARNING)
    assert planned | {item.id for chapter in beside for item in told(chapter, **known)} == holding


@pytest.mark.parametrize("conclusions", CONCLUSIONS[1:], ids=named)
def test_a_second_provider_is_for_large_flows_only(conclusions: dict[str, Any]) -> None:
    said = {item.id: item.text["fr"] for item in told(Chapter.WARNING, **conclusions)}
    said |= {item.id: item.text["fr"] for item in told(Chapter.RISK, **conclusions)}
    assert "gros volume" in said["warning-several-providers"]
    assert "gros volume" in said["risk-dependency"]


WITHIN = [("eu_only", "onshore"), ("eu_only", "nearshore"), ("france_only", "onshore")]


@pytest.mark.parametrize(("constraint", "location"), WITHIN)
@pytest.mark.parametrize("verdict", ["full", "partial", "not_ready"])
def test_no_advice_leads_out_of_the_union_against_the_constraint(constraint: str, location: str, verdict: str) -> None:
    target = "full" if verdict == "not_ready" else verdict
    facts = {"verdict": verdict, "target": target, "location": location, "location_constraint": constraint}
    for chapter in Chapter:
        for item in told(chapter, **facts):
            if item.id != "warning-eu-only":  # says that they are ruled out
                said = f"{item.text['fr']} {item.text['en']}"
                assert not re.search("Maroc|Tunisie|Maghreb|Madagascar|hors de l.Union", said), item.id


@pytest.mark.parametrize("constraint", [{}, {"location_constraint": "none"}])
def test_without_a_constraint_data_that_leave_the_union_are_spoken_of(constraint: dict[str, str]) -> None:
    facts = {"verdict": "full", "target": "full", "location": "nearshore", **constraint}
    assert "contract-outside-eu" in ids(told(Chapter.CONTRACT, **facts))
    assert "warning-outside-eu" in ids(told(Chapter.WARNING, **facts))
    assert "partner-nearshore" in ids(told(Chapter.PARTNER, **facts))


@pytest.mark.parametrize(("documented", "blamed"), [("no", True), ("partial", True), ("yes", False), (None, False)])
def test_a_service_is_called_disorganised_only_where_procedures_are_not_written(
    documented: str | None, blamed: bool
) -> None:
    facts = {"verdict": "not_ready", "target": "full", "location": "onshore"}
    if documented:
        facts["process_documented"] = documented
    found = ids(told(Chapter.WARNING, **facts))
    assert ("warning-not-ready" in found) is blamed
    assert ("warning-not-ready-otherwise" in found) is not blamed
