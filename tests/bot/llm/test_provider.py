"""Which model, where words go, and what the operator is told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, Field, SecretStr

from bot.llm import provider
from bot.llm.provider import EXTRAS, Choice, ModelProblem, json_schema


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "MISTRAL_API_KEY", "OLLAMA_HOST"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("name", "base_url", "local"),
    [
        ("openai:gpt", "", False),
        ("openai:gpt", "http://127.0.0.1:8000/v1", True),
        ("openai:gpt", "http://localhost:8000/v1", True),
        ("openai:gpt", "http://[::1]:8000/v1", True),
        ("openai:gpt", "http://10.0.3.4:8000/v1", True),
        ("openai:gpt", "https://192.168.1.9/v1", True),
        ("openai:gpt", "https://api.example.org/v1", False),
        ("openai:gpt", "https://127.0.0.1.example.org/v1", False),
        ("openai:gpt", "https://localhost.example.org/v1", False),
        ("openai:gpt", "https://8.8.8.8/v1", False),
        ("openai:gpt", "https://localhost@example.org/v1", False),
        ("openai:gpt", "https://llm/v1", False),
        ("anthropic:claude", "", False),
        ("mistralai:small", "", False),
        ("ollama:mistral", "", True),
        ("ollama:mistral", "https://ollama.example.org", False),
        ("ollama:gpt-oss:120b-cloud", "", False),
        ("ollama:kimi:cloud", "http://127.0.0.1:11434", False),
    ],
)
def test_where_words_go_is_told_from_the_address(name: str, base_url: str, local: bool) -> None:
    assert Choice(name, base_url).local is local
    assert Choice(name, base_url, declared_local=not local).local is not local


def test_ollama_elsewhere_by_its_own_variable_is_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "ollama.example.org:11434")
    assert not Choice("ollama:mistral").local
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:11434")
    assert Choice("ollama:mistral").local


@pytest.mark.parametrize("name", ["openai:gpt", "anthropic:claude", "mistralai:small"])
def test_a_missing_key_is_named(name: str) -> None:
    with pytest.raises(ModelProblem, match="LLM_API_KEY"):
        Choice(name).check()
    Choice(name, key=SecretStr("k")).check()
    Choice(name, "http://127.0.0.1:1/v1").check()


def test_a_missing_package_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXTRAS, "openai", "langchain_nowhere")
    with pytest.raises(ModelProblem, match=r"pip install 'curseur\[openai\]'"):
        Choice("openai:gpt", "http://127.0.0.1:1/v1").check()


def test_a_provider_known_to_langchain_alone_names_its_package_too() -> None:
    with pytest.raises(ModelProblem, match="pip install langchain-groq"):
        Choice("groq:llama").talker()


def test_no_provider_at_all_is_the_operators_mistake() -> None:
    with pytest.raises(ModelProblem, match="LLM=nobody:knows"):
        Choice("nobody:knows").talker()
    with pytest.raises(ModelProblem, match="provider:model"):
        Choice("mistral").check()


@pytest.mark.parametrize("name", sorted(EXTRAS))
def test_each_extra_makes_a_model_that_gives_json_in_its_own_way(name: str) -> None:
    class Yes(BaseModel):
        """Whether."""

        yes: bool = Field(description="It is.")

    choice = Choice(f"{name}:m", "http://127.0.0.1:1/v1", SecretStr("k"))
    assert hasattr(provider.shaped(choice.talker(), name, Yes), "astream")


@pytest.mark.parametrize("name", sorted(EXTRAS))
def test_the_key_is_shown_nowhere(name: str) -> None:
    choice = Choice(f"{name}:m", "http://127.0.0.1:1/v1", SecretStr("sk-secret"))
    assert "sk-secret" not in repr(choice)


def test_every_field_is_demanded_and_none_is_by_reference() -> None:
    class Part(BaseModel):
        """One."""

        text: str = Field(description="Words.")
        note: str = ""

    class Whole(BaseModel):
        """All."""

        parts: list[Part] = Field(description="Each.")
        best: Part | None = None

    schema = json_schema(Whole)
    assert schema["title"] == "Whole"
    assert schema["required"] == ["parts", "best"]
    assert schema["additionalProperties"] is False
    item: Any = schema["properties"]["parts"]["items"]
    assert item["required"] == ["text", "note"]
    assert "$ref" not in str(schema)
