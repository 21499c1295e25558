"""The model as the rest of the bot has it: consent, budgets and the circuit first, and personal data masked."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock, Thread
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from bot.blind import blind, fault
from bot.llm.budget import Budget, MemorySpending, Price, Spending, Usage
from bot.llm.circuit import Circuit
from bot.llm.exchange import Exchange
from bot.llm.failures import Failed
from bot.llm.masking import Masker
from bot.llm.model import Prompt, Reason, Unanswered
from bot.llm.payloads import Payload, memory
from bot.llm.provider import Choice, ModelProblem, json_schema, plain, shaped
from bot.meter import LLM_CALLS, LLM_COST, LLM_SECONDS, LLM_TOKENS, UNMETERED, Meter
from bot.queues import Unavailable
from bot.sessions import Memory

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from bot.llm.exchange import Message
    from bot.llm.provider import Talker

S = TypeVar("S", bound=BaseModel)

_FORM = "Answer with one JSON object of this form, and nothing else:\n"
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_SERVERS_FAULT: frozenset[Reason] = frozenset({"timeout", "refused", "rate", "broken", "cut"})
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Guards:
    """What stands between the bot and the model."""

    consented: Callable[[str], bool] = lambda _: False
    """Whether the words of that chat may leave; not asked for a local model."""
    spending: Spending = field(default_factory=MemorySpending)
    budget: Budget = field(default_factory=Budget)
    price: Price | None = None
    masker: Masker = field(default_factory=Masker)
    payloads: Memory[Payload] = field(default_factory=memory)
    circuit: Circuit = field(default_factory=Circuit)
    meter: Meter = UNMETERED


class GuardedModel:
    """As in ``Model``."""

    def __init__(self, choice: Choice, guards: Guards) -> None:
        self._choice = choice
        self._guards = guards
        self._lock = Lock()
        self._chat: BaseChatModel | None = None
        self._shaped: dict[type[BaseModel], Talker] = {}

    @property
    def name(self) -> str:
        """As in ``Model``."""
        return self._choice.name

    @property
    def local(self) -> bool:
        """As in ``Model``."""
        return self._choice.local

    @property
    def payloads(self) -> Memory[Payload]:
        """What was last sent for each chat."""
        return self._guards.payloads

    def warm(self) -> None:
        """Load what the first call needs, which takes seconds.

        Raises:
            ModelProblem: the model cannot be used as it is configured.
        """
        with self._lock:
            self._loaded()
        self._guards.masker.mask("")

    def warm_in_background(self) -> None:
        """The same, without waiting; what is wrong is logged."""

        def warm() -> None:
            try:
                self.warm()
            except Exception as error:
                _LOG.error("%s", error if isinstance(error, ModelProblem) else fault(error))

        Thread(target=warm, name="llm-warm", daemon=True).start()

    def complete(self, prompt: Prompt, schema: type[S], chat: str) -> S:
        """As in ``Model``."""
        with self._call(chat) as call:
            talker = self._talker(schema, call)
            form = json.dumps(json_schema(schema), ensure_ascii=False)
            messages = self._messages(Prompt(f"{prompt.system}\n\n{_FORM}{form}", prompt.user), chat)
            for last in (False, True):
                with self._counted(chat, self._exchange(talker, messages, call)) as exchange:
                    answer = "".join(exchange)
                try:
                    return schema.model_validate_json(_json_in(answer))
                except ValidationError:
                    if last or call.left() <= 0:
                        raise Failed("broken", detail="not of the form asked for") from None
            raise AssertionError("unreachable")

    def stream(self, prompt: Prompt, chat: str) -> Iterator[str]:
        """As in ``Model``."""
        with self._call(chat) as call:
            talker = self._talker(None, call)
            messages = self._messages(prompt, chat)
            with self._counted(chat, self._exchange(talker, messages, call)) as exchange:
                yield from exchange

    @contextmanager
    def _call(self, chat: str) -> Iterator[_Call]:
        """One call, let through or not; what became of it is told to the circuit, the meter and the log."""
        call = _Call(time.monotonic(), self._choice.timeout)
        outcome = "answered"
        try:
            self._admit(chat)
            try:
                yield call
            except Failed as failed:
                self._guards.circuit.failed() if failed.reason in _SERVERS_FAULT else self._guards.circuit.left()
                outcome, call.detail = failed.reason, failed.detail
                raise Unanswered(failed.reason) from None
            except BaseException:
                self._guards.circuit.left()
                outcome = "left"
                raise
            self._guards.circuit.succeeded()
        except Unanswered as unanswered:
            outcome = unanswered.reason
            raise
        finally:
            self._tell(chat, outcome, call)

    def _admit(self, chat: str) -> None:
        """Raises ``Unanswered`` unless the call may go; the circuit last, which holds a place for it."""
        if not self.local and not self._guards.consented(chat):
            raise Unanswered("no consent")
        try:
            within = self._guards.budget.allows(self._guards.spending, chat)
        except Unavailable:
            within = False
        if not within:
            raise Unanswered("budget")
        if not self._guards.circuit.enter():
            raise Unanswered("open circuit")

    def _messages(self, prompt: Prompt, chat: str) -> tuple[Message, ...]:
        """What is sent, remembered for the person who asks."""
        masked = self._guards.masker.mask(prompt.user)
        messages = (("system", prompt.system), ("user", masked.text))
        self._guards.payloads.put(chat, Payload(datetime.now(UTC), self.name, messages, masked.counts))
        return messages

    def _exchange(self, talker: Talker, messages: tuple[Message, ...], call: _Call) -> Exchange:
        return Exchange(talker, messages, call.left(), self._choice.max_tokens)

    @contextmanager
    def _counted(self, chat: str, exchange: Exchange) -> Iterator[Exchange]:
        try:
            yield exchange
        finally:
            self._count(chat, exchange.usage)

    def _count(self, chat: str, usage: Usage) -> None:
        if usage.tokens:
            self._guards.spending.add(chat, usage)
            self._guards.meter.count(LLM_TOKENS, "sent", by=usage.sent)
            self._guards.meter.count(LLM_TOKENS, "received", by=usage.received)
        if self._guards.price:
            self._guards.meter.count(LLM_COST, by=self._guards.price.of(usage))

    def _talker(self, schema: type[BaseModel] | None, call: _Call) -> Talker:
        if not self._lock.acquire(timeout=max(call.left(), 0)):
            raise Failed("timeout", detail="still loading")
        try:
            chat = self._loaded()
            if schema is None:
                return plain(chat)
            if schema not in self._shaped:
                self._shaped[schema] = shaped(chat, self._choice.provider, schema)
            return self._shaped[schema]
        finally:
            self._lock.release()

    def _loaded(self) -> BaseChatModel:
        if self._chat is None:
            import langsmith  # noqa: F401 (needed by the first call, and slow to load)
            import tenacity  # noqa: F401

            self._chat = self._choice.talker()
        return self._chat

    def _tell(self, chat: str, outcome: str, call: _Call) -> None:
        seconds = time.monotonic() - call.begun
        self._guards.meter.count(LLM_CALLS, outcome)
        self._guards.meter.time(LLM_SECONDS, seconds, outcome)
        level = logging.WARNING if outcome in _SERVERS_FAULT else logging.INFO
        words = f"{outcome} ({call.detail})" if call.detail else outcome
        _LOG.log(level, "conversation %s: %s %s in %.2f s", blind(chat), self.name, words, seconds)


@dataclass
class _Call:
    begun: float
    timeout: float
    detail: str = ""

    def left(self) -> float:
        """Seconds."""
        return self.begun + self.timeout - time.monotonic()


def _json_in(answer: str) -> str:
    """The object in an answer that may be fenced, or thought about aloud first."""
    answer = _THOUGHT.sub("", answer)
    start, end = answer.find("{"), answer.rfind("}")
    return answer[start : end + 1] if start >= 0 else answer
