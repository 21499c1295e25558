"""Language models that invent, fail or stall: what reaches a person, and when. Through the real client, over HTTP."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count, cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.grading import table
from bench.labels import Labelled, found_facts
from bench.latency import percentiles
from bot.faq.faq import Faq
from bot.faq.generation.reader import Reader
from bot.faq.outcome import Answer
from bot.llm.building import model_of
from bot.llm.guarded import GuardedModel
from bot.meter import UNMETERED, Meter
from bot.settings import Settings
from bot.wording import replies
from index.articles import Corpus

if TYPE_CHECKING:
    from openai_server import Asked, Behaviour, Deed

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))  # where the servers live

SECONDS = 2.0
"""``LLM_TIMEOUT`` here."""

INVENTED = 500
"""Answers."""

_NOBODY = "http://127.0.0.1:9/v1"
"""Where no server is."""

Asking = Callable[[Any], Faq]
"""From a model to the pipeline that has it."""


@contextmanager
def modelled(settings: Settings, name: str, url: str = "", meter: Meter = UNMETERED) -> Iterator[GuardedModel]:
    """The model of that name as the settings reach it, or at an address; without budgets, its consent given."""
    more: dict[str, Any] = {"llm": name, "llm_daily_budget": 0, "llm_person_budget": 0}
    if url:
        more |= {"llm_base_url": url, "llm_api_key": "bench", "llm_timeout": SECONDS}
    chosen = Settings.model_validate({**settings.model_dump(), **more})
    model = model_of(chosen, lambda _: True, (), None, meter)
    assert model is not None
    model.warm()
    yield model


def inventing(corpus: Corpus, ask: Asking, settings: Settings) -> str:
    """Answers from a server that always invents, and marks what it invents: how many reach a person, in a sentence."""
    import openai_behaviours as says
    from openai_server import OpenAIServer

    asked = ((q, p.lang) for n in range(20) for p in corpus.passages for q in p.questions[n : n + 1])
    shown: list[str] = []
    given = written = 0
    waits: list[float] = []
    server = OpenAIServer(says.streaming(says.inventing()))
    with server, modelled(settings, "openai:test", server.url) as model:
        faq = ask(model)
        while given < INVENTED:
            question, lang = next(asked)
            began = time.perf_counter()
            reader = Reader.waiting("bench", SECONDS, shown.append if given % 2 else None)
            outcome = faq.answer(question, lang, (), reader)
            waits.append((time.perf_counter() - began) * 1_000)
            if isinstance(outcome, Answer) and outcome.written is not None:
                given += 1
                written += len(outcome.sentences) + len(outcome.written.dropped)
                shown.append(replies.of(outcome).plain)
    reached = sum(says.MARK.lower() in t.lower() or bool(re.search(r"(?<!\d)\d{6}(?!\d)", t)) for t in shown)
    p50, p95 = percentiles(waits)
    return (
        f"A server that always invents, and marks what it invents: {given} answers, half of them streamed, {written} "
        f"sentences judged, {reached} texts shown with anything invented; p50 {p50:.0f} ms, p95 {p95:.0f} ms, "
        f"longest {max(waits):.0f} ms."
    )


def behaviours() -> dict[str, Behaviour | None]:
    """What servers do, from refusing to be there to never ending; None: nobody listens."""
    import openai_behaviours as says
    from openai_server import Says, Stalls, Status

    def changed(**how: Any) -> Callable[[Asked], Deed]:
        faithful = says.streaming(says.faithful())

        def answer(asked: Asked) -> Deed:
            deed = faithful(asked)
            assert isinstance(deed, Says)
            return replace(deed, **how)

        return answer

    return {
        "down": None,
        "silent": Stalls(),
        "slow": changed(pause=0.1),
        "cut mid-stream": changed(hangs_up_after=25),
        "answers 500": Status(500),
        "answers 429": Status(429, retry_after="30"),
        "half an object": says.bad_json,
        "endless": says.endless,
    }


def failing(faq: Faq, ask: Asking, settings: Settings, questions: Sequence[Labelled], every: int) -> str:
    """A table: without a model, then with each that fails.

    Args:
        every: while the circuit is held closed, one question in so many is asked.
    """
    from openai_server import OpenAIServer

    def column(faq: Faq, asked: Sequence[Labelled], before: Callable[[], None]) -> tuple[int, list[float]]:
        facts, waits, show = 0, [], cycle([None, lambda _: None])
        for each in asked:
            before()
            began = time.perf_counter()
            outcome = faq.answer(each.question, each.lang, each.history, Reader.waiting("bench", SECONDS, next(show)))
            waits.append((time.perf_counter() - began) * 1_000)
            if isinstance(outcome, Answer):
                facts += sum(found_facts(replies.of(outcome).plain, each.facts))
        return facts, waits

    def cells(some: tuple[int, list[float]], all_: tuple[int, list[float]], calls: int | None) -> dict[str, str]:
        p95s = [percentiles(waits)[1] for waits in (some[1], all_[1])]
        return {
            f"Tried each time, {len(some[1])} questions: facts": f"{some[0]}",
            "p95 / longest": f"{p95s[0]:.0f} / {max(some[1]):.0f} ms",
            f"Circuit open, {len(all_[1])} questions: facts": f"{all_[0]}",
            "p95": f"{p95s[1]:.0f} ms",
            "calls that went out meanwhile": "–" if calls is None else f"{calls}",
        }

    some = questions[::every]
    columns = {"no model": cells(column(faq, some, _nothing), column(faq, questions, _nothing), None)}
    for name, behaviour in behaviours().items():
        server = OpenAIServer(behaviour or ())
        with server, modelled(settings, "openai:test", server.url if behaviour else _NOBODY) as model:
            circuit = model._guards.circuit
            faq = ask(model)
            tried = column(faq, some, circuit.succeeded)
            for _ in count():
                if circuit.open:
                    break
                column(faq, questions[:1], _nothing)
                time.sleep(SECONDS / 10)  # a call that was given up ends by itself, a little later
            calls = len(server.asked)
            columns[name] = cells(tried, column(faq, questions, _nothing), len(server.asked) - calls)
        print(name, columns[name], flush=True)
    return table(columns)


def _nothing() -> None:
    """Leaves the circuit as it is."""
