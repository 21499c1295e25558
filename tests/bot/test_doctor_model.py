"""What the doctor says of the language model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openai_server import Behaviour, OpenAIServer, Says, Stalls, Status

from bot.doctor_model import model
from bot.settings import Settings


def settings(tmp_path: Path, **given: Any) -> Settings:
    return Settings(data_dir=tmp_path, **given, _env_file=None)  # type: ignore[call-arg]


def test_no_model_is_well(tmp_path: Path) -> None:
    assert model(settings(tmp_path)).well


@pytest.mark.parametrize(
    ("behaviour", "well", "told"),
    [
        (Says("yes"), True, "words stay here; 0 of 2000000 tokens spent today, or 0.00"),
        (Status(401), False, "LLM_API_KEY"),
        (Status(429, "60"), False, "too much"),
        (Status(500), False, "LLM_BASE_URL"),
        (Stalls(), False, "LLM_TIMEOUT"),
    ],
)
def test_the_model_is_asked_something(tmp_path: Path, behaviour: Behaviour, well: bool, told: str) -> None:
    with OpenAIServer(behaviour) as server:
        chosen = {"llm": "openai:test", "llm_base_url": server.url, "llm_api_key": "sk-secret"}
        found = model(settings(tmp_path, **chosen, llm_timeout=2, llm_price="1/2"))
    assert found.well is well
    assert told in found.detail
    assert "sk-secret" not in found.detail


def test_where_words_leave_it_says_so(tmp_path: Path) -> None:
    with OpenAIServer(Says("yes")) as server:
        chosen = {"llm": "openai:test", "llm_base_url": server.url, "llm_local": False}
        assert "words leave, with each person's consent" in model(settings(tmp_path, **chosen)).detail


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    found = model(settings(tmp_path, llm="openai:gpt"))
    assert (found.well, "LLM_API_KEY" in found.detail) == (False, True)
