"""What the rest of the bot knows of a language model: a prompt in, words out, or the reason why there are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel

Reason = Literal["timeout", "refused", "rate", "broken", "budget", "no consent", "open circuit", "cut"]
"""Why a model did not answer.

- ``timeout``: not within LLM_TIMEOUT.
- ``refused``: the server cannot be reached, or refuses the key, the model or the request.
- ``rate``: the server asks to slow down for longer than there is time.
- ``broken``: what came is no answer of the form asked for, or the server failed.
- ``budget``: the day's budget, or the person's, is spent; nothing was sent.
- ``no consent``: the person has not agreed that their words leave; nothing was sent.
- ``open circuit``: the server has just failed several times; nothing was sent.
- ``cut``: the answer stopped before its end, or went on for ever.
"""

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True)
class Prompt:
    """What a model is asked. Whoever makes it fences the data in it: passages, a person's words."""

    system: str
    """What the model must do: ours alone, never a word of a person or of the corpus."""
    user: str
    """What it is to be done with; personal data in it are masked before it leaves."""


class Unanswered(Exception):
    """The model gave nothing that can be used; its text never quotes the prompt, the answer or the key."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Model(Protocol):
    """A language model within its limits. Safe to share between threads."""

    @property
    def name(self) -> str:
        """As configured, such as ``openai:gpt-…``: for logs and reports."""
        ...

    @property
    def local(self) -> bool:
        """Whether words stay on this machine or its private network; otherwise they leave, with consent alone."""
        ...

    def complete(self, prompt: Prompt, schema: type[S], chat: str) -> S:
        """The answer in that form, within LLM_TIMEOUT of the call, retries included.

        Args:
            prompt: what is asked.
            schema: the form of the answer; its docstring and its fields' descriptions are told to the model.
            chat: whose turn it is: consent, the person's budget and the last payload are kept by it.

        Raises:
            Unanswered: nothing usable came in time.
        """
        ...

    def stream(self, prompt: Prompt, chat: str) -> Iterator[str]:
        """The answer as plain text, piece by piece, the last within LLM_TIMEOUT of the first ``next``.

        Raises:
            Unanswered: nothing more comes; what came before it is not the whole answer.
        """
        ...
