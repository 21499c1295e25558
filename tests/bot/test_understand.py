"""The contract of ``understand --jsonl``."""

from __future__ import annotations

import io
import json
from typing import Any

from bot.interview.loader import shipped_interview
from bot.understand import understand_lines

INTERVIEW = shipped_interview()


def run(*lines: Any) -> tuple[int, list[dict[str, Any]], str]:
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    out, errors = io.StringIO(), io.StringIO()
    status = understand_lines(io.BytesIO(b"\n".join(raw)), out, errors, INTERVIEW)
    return status, [json.loads(line) for line in out.getvalue().splitlines()], errors.getvalue()


def test_each_line_gives_one_object() -> None:
    status, told, errors = run(
        {"id": 1, "field": "monthly_volume", "text": "entre 2000 et 3000", "lang": "fr"},
        {"id": 2, "field": "hours_needed", "text": "lun-ven 9h-18h"},
        {"id": "c", "field": "aht_minutes", "text": "go back", "lang": "en"},
        {"id": 4, "field": "aht_minutes", "text": "je ne sais pas"},
        {"id": 5, "field": "languages_needed", "text": "FR + EN"},
        {"id": 6, "field": "already_outsourced", "text": "non"},
        {"id": 7, "field": "complexity", "text": "N2"},
    )
    assert (status, errors) == (0, "")
    assert told == [
        {"id": 1, "kind": "value", "value": 2500, "range": [2000, 3000], "unit": "contacts/month"},
        {"id": 2, "kind": "value", "value": "Mon-Fri 09:00-18:00", "hours_per_week": 45.0},
        {"id": "c", "kind": "command", "command": "back"},
        {"id": 4, "kind": "unknown"},
        {"id": 5, "kind": "value", "value": ["fr", "en"]},
        {"id": 6, "kind": "value", "value": False},
        {"id": 7, "kind": "value", "value": 2},
    ]


def test_an_assumption_and_a_refusal_speak_the_language_asked() -> None:
    _, (assumed, refused), _ = run(
        {"id": 1, "field": "monthly_volume", "text": "150 a day", "lang": "en"},
        {"id": 2, "field": "monthly_volume", "text": "bleu", "lang": "fr"},
    )
    assert assumed["assumption"] == "21 working days a month"
    assert refused["kind"] == "invalid"
    assert "Par exemple" in refused["reason"]


def test_two_readings_are_the_likelier_one_with_its_alternatives() -> None:
    _, (told,), _ = run({"id": 1, "field": "loaded_cost_per_agent_eur_year", "text": "3200", "lang": "en"})
    assert (told["kind"], told["value"]) == ("value", 38_400)
    assert told["alternatives"] == [{"value": 3_200, "label": "€3,200 a year"}]


def test_bad_lines_are_reported_by_number_and_the_rest_goes_on() -> None:
    status, told, errors = run(
        b"{",
        [1],
        {"field": "aht_minutes", "text": "6"},
        {"id": 1, "field": "nope", "text": "6"},
        {"id": 1, "field": "aht_minutes", "text": 6},
        {"id": 1, "field": "aht_minutes", "text": "6", "lang": "de"},
        b"",
        {"id": 9, "field": "aht_minutes", "text": "6"},
    )
    assert status == 1
    assert [t["id"] for t in told] == [9]
    assert [line.split(":")[0] for line in errors.splitlines()] == [f"line {n}" for n in range(1, 7)]
