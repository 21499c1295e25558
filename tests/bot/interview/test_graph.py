"""The diagrams of an interview are drawn from its data, and the documentation holds the present ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.advice.predicates import PREDICATES
from bot.interview import graph, model
from bot.interview.conditions import Trace
from bot.interview.loader import shipped_interview
from bot.interview.model import (
    All,
    Any_,
    Condition,
    Facts,
    Interview,
    Kind,
    Known,
    Named,
    Not,
    Question,
    Rule,
    Stage,
    Truth,
)

PAGE = Path(__file__).parents[3] / "docs" / "interview.md"


def question(field: str, *, scope: str = "flow", refines: bool = False, ask_if: Condition | None = None) -> Question:
    label = {"fr": f"le {field}", "en": f"the {field}"}
    return Question(field, scope, Kind.VOLUME, {}, label, {}, (), refines=refines, ask_if=ask_if)  # type: ignore[arg-type]


def rule(name: str, when: Condition) -> Rule:
    title = {"fr": f"Motif « {name} »", "en": f'Reason "{name}"'}
    return Rule(name, Stage.KEEP, when, {"verdict": "in_house"}, {}, (), (), title)


def heavy(facts: Facts) -> Trace:
    weight = facts.get("weight")
    return Trace(Truth.YES, ("weight",)) if weight else Trace(Truth.UNKNOWN, missing=("weight",))


@pytest.fixture
def interview() -> Interview:
    questions = (
        question("home", scope="company"),
        question("distance"),
        question("weight"),
        question("lights", ask_if=model.Test("distance", "above", 5)),
        question("price", refines=True),
    )
    far = rule("too-far", All((model.Test("distance", "above", 50), Not(Known(("home",))))))
    return Interview("bicycles", 1, questions, (far, rule("too-heavy", Named("heavy"))), ())


def test_questions_stand_in_order_in_their_scope(interview: Interview) -> None:
    lines = [line.strip() for line in graph.diagram(interview).splitlines()]
    assert lines[0] == "flowchart LR"
    assert "q_distance --> q_weight --> q_lights" in lines
    company, flow, refines = (lines.index(f'subgraph {name}["{heading}"]') for name, heading in (
        ("company", "Once, about the company"),
        ("flow", "For each contact flow"),
        ("refines", "Only to refine the figures"),
    ))  # fmt: skip
    assert company < lines.index('q_home["the home"]') < flow < lines.index('q_lights["the lights"]') < refines
    assert refines < lines.index('q_price["the price"]')


def test_what_conditions_a_question_is_drawn(interview: Interview) -> None:
    assert '  q_distance -. "distance above 5" .-> q_lights' in graph.diagram(interview).splitlines()


def test_it_is_drawn_in_french_too(interview: Interview) -> None:
    assert 'q_home["le home"]' in graph.diagram(interview, "fr")
    assert "Une fois, sur l'entreprise" in graph.diagram(interview, "fr")


def test_rules_are_fed_by_the_fields_they_look_at(interview: Interview) -> None:
    chart = graph.fed_diagram(interview, Stage.KEEP, predicates={"heavy": heavy})
    edges = {line.strip() for line in chart.splitlines() if "-->" in line}
    assert edges == {
        "q_distance --> r_too_far",
        "q_home --> r_too_far",
        "q_weight --> r_too_heavy",
    }
    assert "([" + '"Reason #quot;too-far#quot; (in_house)"' + "])" in chart


def test_a_stage_without_rules_has_no_diagram(interview: Interview) -> None:
    assert graph.fed_diagram(interview, Stage.PUSH) == graph.fed_diagram(interview, "gates") == ""


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (None, ""),
        (model.Test("a", "is", True), "a: true"),
        (model.Test("a", "at_least", 3), "a at least 3"),
        (model.Test("a", "has", ("x", "y")), "a has x, y"),
        (Not(Known(("a", "b"))), "not (known: a, b)"),
        (All((Named("p"), Any_((model.Test("a", "is", 1), model.Test("b", "is", 2))))), "check: p and (a: 1 or b: 2)"),
    ],
)
def test_conditions_are_described_in_the_words_of_their_files(condition: Condition | None, words: str) -> None:
    assert graph.describe(condition) == words


def test_the_diagrams_of_the_shipped_interview_name_only_what_they_draw() -> None:
    text = graph.page(shipped_interview(), predicates=PREDICATES)
    charts = re.findall(r"```mermaid\n(.*?)\n```", text, re.DOTALL)
    assert len(charts) > 3
    for chart in charts:
        drawn = set(re.findall(r"^ +([qr]_\w+)[\[(]", chart, re.MULTILINE))
        joined = set(re.findall(r"\b[qr]_\w+", re.sub(r'"[^"]*"', "", chart)))
        assert joined == drawn


def test_the_documentation_holds_the_present_diagrams() -> None:
    """When it does not: ``python -m bot.interview.graph > docs/interview.md``."""
    assert PAGE.read_text(encoding="utf-8") == graph.page(shipped_interview(), predicates=PREDICATES)
