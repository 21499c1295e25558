"""A model over a loopback server, loaded once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from openai_server import Behaviour, OpenAIServer, Says
from pydantic import BaseModel, Field

from bot.llm.guarded import GuardedModel, Guards
from bot.llm.provider import Choice

CHAT = "test:1"


class Sentence(BaseModel):
    """One sentence."""

    text: str = Field(description="What it says.")
    passages: list[str] = Field(description="The ids of the passages that it rests on.")


class Written(BaseModel):
    """An answer."""

    sentences: list[Sentence] = Field(description="In order.")


@dataclass
class Bench:
    """A server, and models of it."""

    server: OpenAIServer

    def model(self, behaviour: Behaviour, guards: Guards | None = None, **choice: Any) -> GuardedModel:
        """A model of the server, which from now on behaves so; 5 s and 200 tokens unless told otherwise."""
        self.server.behaviour = behaviour
        self.server.asked.clear()
        chosen = {"base_url": self.server.url, "timeout": 5.0, "max_tokens": 200, **choice}
        made = GuardedModel(Choice("openai:test", **chosen), guards or Guards())
        made.warm()
        return made


@pytest.fixture(scope="session")
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(Says("…")) as running:
        yield running


@pytest.fixture
def bench(server: OpenAIServer) -> Bench:
    return Bench(server)
