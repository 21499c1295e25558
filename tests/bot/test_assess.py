"""Recommendations for scripts: what may be given, what comes out, and all that is wrong named at once."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from dialogue_driver import COMPANY, READY, TODAY
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.advice.recommend import recommend
from bot.assess import MAX_FLOWS, Assessor, InvalidAnswers, write_documents
from bot.interview.loader import shipped_interview

INTERVIEW = shipped_interview()
ASSESSOR = Assessor(INTERVIEW, lambda lang: str, "fr")


def plain(answers: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in answers.items()}


KNOWN = plain(COMPANY | READY)
FLOW = plain(READY)


def told(raw: Any) -> dict[str, Any]:
    """What is printed, as a script reads it."""
    read: dict[str, Any] = json.loads(json.dumps(ASSESSOR.as_json(ASSESSOR.assess(raw)), allow_nan=False))
    return read


def refused(raw: Any) -> list[str]:
    with pytest.raises(InvalidAnswers) as caught:
        ASSESSOR.assess(raw)
    assert str(caught.value).count("\n") == len(caught.value.problems) - 1
    return [problem.field for problem in caught.value.problems]


def test_flat_answers_give_one_recommendation_with_the_fields_of_the_contract() -> None:
    result = told(KNOWN)
    assert {
        *("verdict", "target", "location", "confidence", "readiness", "costs", "findings", "flips", "risks", "kpis"),
        *("contract", "governance", "roadmap", "assumptions", "missing", "warnings", "text"),
    } <= set(result)
    assert {"internal_year", "external_year", "tco3_internal", "tco3_external"} <= set(result["costs"])
    assert set(result["costs"]["internal_year"]) == {"low", "central", "high"}
    assert set(result["readiness"]) == {"score", "gates"}
    assert all({"id", "open", "action"} <= set(gate) for gate in result["readiness"]["gates"])
    assert all({"rule", "direction", "because", "decided_by", "cites"} <= set(f) for f in result["findings"])
    assert (result["verdict"], result["target"], result["location"]) == ("full", "full", "nearshore")


def test_it_is_the_advice_of_the_same_facts() -> None:
    [rec] = ASSESSOR.assess(KNOWN).recommendations
    assert rec == recommend(INTERVIEW, COMPANY | READY)


def test_ranges_reach_the_costs() -> None:
    narrow = told({**KNOWN, "agents_fte": 8})["costs"]["internal_year"]
    wide = told({**KNOWN, "agents_fte": {"low": 4, "high": 12}})["costs"]["internal_year"]
    assert wide["low"] < narrow["low"]
    assert wide["high"] > narrow["high"]


@pytest.mark.parametrize(("lang", "word"), [("fr", "Externaliser"), ("en", "Outsource"), (None, "Externaliser")])
def test_the_sentences_are_in_the_language_asked_for(lang: str | None, word: str) -> None:
    assert word in told({**KNOWN, "lang": lang})["text"]


def test_nothing_at_all_is_answered_with_what_is_missing() -> None:
    result = told({})
    assert result["verdict"] == "not_ready"
    assert all(figure is None for name, figure in result["costs"].items() if name in ("internal_year", "tco3_external"))
    assert result["missing"]
    assert result["text"]


def test_a_company_and_its_flows_are_nested() -> None:
    stays = {**FLOW, "flow_name": "Atelier", "unique_knowhow": True}
    result = told({"company": plain(COMPANY), "flows": [FLOW, stays]})
    assert [flow["verdict"] for flow in result["flows"]] == ["full", "in_house"]
    assert result["flows"][0] == told(KNOWN)
    assert "Suivi" in result["portfolio"]["text"]
    assert "Atelier" in result["portfolio"]["text"]
    for flow in result["flows"]:
        assert flow["text"] in result["text"]


def test_one_nested_flow_reads_like_a_flat_one_too() -> None:
    result = told({"company": plain(COMPANY), "flows": [FLOW]})
    assert result["verdict"] == result["flows"][0]["verdict"] == "full"


def test_a_flow_may_say_otherwise_than_the_company() -> None:
    result = told({"company": plain(COMPANY), "flows": [FLOW, {**FLOW, "location_constraint": "france_only"}]})
    assert [flow["location"] for flow in result["flows"]] == ["nearshore", "onshore"]


def test_unknown_keys_are_warned_of_and_passed_over() -> None:
    result = told({**KNOWN, "shoe_size": 42})
    warned = [warning for warning in result["warnings"] if warning["id"] == "unknown-key"]
    assert [warning["fields"] for warning in warned] == [["shoe_size"]]
    assert {**result, "warnings": []} == {**told(KNOWN), "warnings": []}
    english = told({**KNOWN, "shoe_size": 42, "lang": "en"})
    assert "Unknown key" in json.dumps(english["warnings"])


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        ([], ["answers"]),
        ("cost", ["answers"]),
        (None, ["answers"]),
        (3, ["answers"]),
        ({"lang": "de"}, ["lang"]),
        ({"lang": ["fr"]}, ["lang"]),
        ({"lang": 3, "priority": "speed", "monthly_volume": -1}, ["lang", "priority", "monthly_volume"]),
        ({"company": {}}, ["flows"]),
        ({"company": 3, "flows": []}, ["company", "flows"]),
        ({"flows": {}}, ["flows"]),
        ({"flows": [3]}, ["flows"]),
        ({"flows": None}, ["flows"]),
        ({"flows": [{}] * (MAX_FLOWS + 1)}, ["flows"]),
        (
            {"company": {"priority": 1}, "flows": [{"aht_minutes": "x"}, {}, {"complexity": 9}]},
            ["company.priority", "flows[0].aht_minutes", "flows[2].complexity"],
        ),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_all_that_is_wrong_is_named(raw: Any, fields: list[str]) -> None:
    assert refused(raw) == fields


def test_lines_go_on_after_a_bad_one() -> None:
    lines = [
        json.dumps({"id": 1, **KNOWN}),
        "",
        "not JSON",
        '{"id": 2, "monthly_volume": NaN}',
        json.dumps({"id": "three", "monthly_volume": -1, "priority": "speed"}),
        json.dumps({"monthly_volume": 3}),
        "[1]",
        "[" * 100_000,
        '{"id": "\\ud800", "\\ud800": 1}',
        json.dumps({"id": 9}),
    ]
    out, errors = io.StringIO(), io.StringIO()
    assert ASSESSOR.assess_lines(io.BytesIO("\n".join(lines).encode() + b"\n\xff\xfe\n"), out, errors) == 2
    results = [json.loads(line) for line in out.getvalue().encode().splitlines()]
    assert [result["id"] for result in results] == [1, "three", "?", 9]
    assert results[0]["verdict"] == "full"
    assert [error["field"] for error in results[1]["errors"]] == ["monthly_volume", "priority"]
    told_of = [line.partition(":")[0] for line in errors.getvalue().splitlines()]
    assert told_of == [f"line {n}" for n in (3, 4, 5, 6, 7, 8, 11)]


def test_good_lines_end_in_zero() -> None:
    out, errors = io.StringIO(), io.StringIO()
    assert ASSESSOR.assess_lines(io.BytesIO(b'{"id": 1}\n\n'), out, errors) == 0
    assert errors.getvalue() == ""


def test_documents_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    pdf, docx, charts = tmp_path / "report.pdf", tmp_path / "draft.docx", tmp_path / "new" / "charts"
    write_documents(ASSESSOR, ASSESSOR.assess(KNOWN), TODAY, pdf=pdf, docx=docx, charts=None)
    assert pdf.read_bytes().startswith(b"%PDF")
    assert docx.read_bytes().startswith(b"PK")
    two = ASSESSOR.assess({"flows": [FLOW, {}]})
    write_documents(ASSESSOR, two, TODAY, pdf=None, docx=None, charts=charts)
    names = {path.name for path in charts.iterdir()}
    assert {"cost-1.png", "readiness-1.png", "readiness-2.png"} <= names
    assert "cost-2.png" not in names, "nothing is drawn of figures that nothing supports"
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in charts.iterdir())


def test_nothing_is_written_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_documents(ASSESSOR, ASSESSOR.assess({}), TODAY, pdf=None, docx=None, charts=None)
    assert list(tmp_path.iterdir()) == []


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["lang", "company", "flows", "priority", "monthly_volume"]), inner, max_size=3),
    max_leaves=6,
))  # fmt: skip
@settings(max_examples=35)
def test_any_json_is_assessed_or_refused(raw: Any) -> None:
    try:
        result = told(raw)
    except InvalidAnswers:
        result = {"text": refused(raw)}
    assert result["text"]
