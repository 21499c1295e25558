"""The contract of ``assess``."""

from __future__ import annotations

import json

import pytest
from report_samples import EVERY, INTERVIEW, PARTIAL, UNKNOWN, titles

from bot.report.as_json import as_json

KEYS = {
    "verdict", "target", "location", "confidence", "readiness", "costs", "findings", "flips", "risks", "kpis",
    "contract", "governance", "roadmap", "assumptions", "missing", "warnings", "text",
}  # fmt: skip


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("name", EVERY)
def test_it_is_json_with_every_key_of_the_contract(name: str, lang: str) -> None:
    told = as_json(EVERY[name], INTERVIEW, lang, titles)
    assert told.keys() >= KEYS
    assert json.loads(json.dumps(told)) == told


def test_ranges_go_up_and_unknown_ones_are_null() -> None:
    costs = as_json(PARTIAL, INTERVIEW, "fr", titles)["costs"]
    assert costs["internal_year"] == {"low": 498312, "central": 611544, "high": 760021}
    unknown = as_json(UNKNOWN, INTERVIEW, "fr", titles)["costs"]
    for name in ("internal_year", "external_year", "tco3_internal", "tco3_external", "gain3"):
        assert costs[name]["low"] <= costs[name]["central"] <= costs[name]["high"]
        assert unknown[name] is None


def test_findings_are_the_rules_that_count_and_the_others_are_told_apart() -> None:
    told = as_json(PARTIAL, INTERVIEW, "en", titles)
    findings = told["findings"]
    assert all(finding["truth"] == "yes" or finding["decisive"] for finding in findings)
    assert {f["truth"] for f in told["not_fired"]} <= {"no", "unknown"}
    assert len(findings) + len(told["not_fired"]) == len(PARTIAL.decision.findings)
    assert findings[0]["rule"] == "peaks"
    assert findings[0]["because"].startswith("Your peaks triple")
    assert findings[0]["decided_by"] == ["peak_factor", "monthly_volume"]
    assert findings[0]["cites"] == ["sharing-flows#economic-candidates", "company-scenarios#seasonality"]


def test_gates_say_whether_they_are_open_and_what_opens_them() -> None:
    gates = as_json(EVERY["not_ready"], INTERVIEW, "fr", titles)["readiness"]["gates"]
    by_id = {gate["id"]: gate for gate in gates}
    assert (by_id["process"]["open"], by_id["baseline"]["open"], by_id["pilot"]["open"]) == (False, False, True)
    assert by_id["baseline"]["state"] == "unknown"
    assert by_id["process"]["action"] == "Complétez la documentation des procédures."
    assert by_id["process"]["weeks"] == [4, 8]


def test_what_is_missing_is_told_by_field_and_by_label() -> None:
    told = as_json(PARTIAL, INTERVIEW, "fr", titles)
    assert told["missing"] == ["brand_criticality", "agents_fte"]
    assert told["missing_labels"]["agents_fte"] == "Agents en poste"
    assert told["open_fields"] == ["brand_criticality"]


def test_no_assumption_in_euros_without_a_cost() -> None:
    assert "€" not in json.dumps(as_json(UNKNOWN, INTERVIEW, "fr", titles), ensure_ascii=False)


def test_every_passage_cited_has_its_title() -> None:
    told = as_json(PARTIAL, INTERVIEW, "fr", titles)
    assert set(told["findings"][0]["cites"]) <= told["sources"].keys()
    assert told["sources"]["seven-risks#compliance"] == "Seven risks › Compliance"
