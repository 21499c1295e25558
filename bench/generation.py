"""``python -m bench.generation [MODEL…]``: answers written by language models, beside the extractive ones.

Without a model: how much that is false the verification lets through, and how much that is faithful; servers that
invent, fail and stall; and the labelled questions to a stand-in that condenses what it is given. With models
(``openai:…``, ``ollama:…``; LLM_BASE_URL and LLM_API_KEY as in ``.env.example``): the labelled questions to each of
them. Each of the two writes its section of ``bench/results.md``.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Annotated, Any

import typer

from bench.grading import all_questions, table
from bench.labels import Labelled, found_facts
from bench.latency import machine, percentiles
from bench.results import put_section
from bench.unreliable import SECONDS, failing, inventing, modelled
from bench.verification import judged
from bot.composition import build_knowledge
from bot.faq.faq import Faq
from bot.faq.generation.reader import Reader
from bot.faq.outcome import Answer, Outcome
from bot.meter import LLM_COST, LLM_TOKENS, UNMETERED, Counted, Timed
from bot.settings import Settings
from bot.wording import replies
from index.settings import read_settings

_ALONE = "## Answers of a language model"
_COMPARED = "## Language models compared"
_FEW = 8
"""One labelled question in so many is asked of servers that fail each time."""


@dataclass
class Totals:
    """A meter that keeps what models spend."""

    kept: Counter[str] = field(default_factory=Counter)

    def count(self, what: Counted, *labels: str, by: float = 1) -> None:
        if what is LLM_COST or (what is LLM_TOKENS and labels):
            self.kept[what.name] += by  # type: ignore[assignment]

    def time(self, what: Timed, seconds: float, *labels: str) -> None:
        """Not needed: answers are timed whole."""


def answers(faq: Faq, questions: Sequence[Labelled], totals: Totals | None, seconds: float) -> dict[str, str]:
    """A column: what one model, or none, makes of the questions."""
    rows: list[tuple[Labelled, Outcome, float]] = []
    for each in questions:
        began = time.perf_counter()
        reader = (Reader.waiting("bench", seconds),) if totals is not None else ()
        outcome = faq.answer(each.question, each.lang, each.history, *reader)
        rows.append((each, outcome, (time.perf_counter() - began) * 1_000))
    answered = [(q, o) for q, o, _ in rows if isinstance(o, Answer)]
    facts = [f for q, o in answered for f in found_facts(replies.of(o).plain, q.facts)]
    needed = sum(len(q.facts) for q, _, _ in rows)
    written = [o.written for _, o in answered if o.written]
    dropped = Counter(str(d.faults[0]) for w in written for d in w.dropped)
    number = sum(len(w.sentences) for w in written) + dropped.total()
    unwritten = Counter(w.unwritten for w in written if w.unwritten)
    p50, p95 = percentiles([ms for *_, ms in rows])
    lengths = [len(replies.of(o).plain) for _, o in answered]
    asked = [o for q, o, _ in rows if not q.facts]
    return {
        f"Facts found ({needed})": f"{sum(facts)}",
        "Characters of an answer, mean": f"{sum(lengths) / max(len(lengths), 1):.0f}",
        "Answers shown as the model wrote them": f"{sum(bool(w.sentences) for w in written)} of {len(written)}",
        "The others, why": ", ".join(f"{k} {n}" for k, n in unwritten.most_common()) or "–",
        "Sentences unsupported before verification": f"{dropped.total()} of {number}" if number else "–",
        "The commonest reasons": ", ".join(f"{k} {n}" for k, n in dropped.most_common(4)) or "–",
        f"Unanswerable, refused ({len(asked)})": f"{sum(not isinstance(o, Answer) for o in asked)}",
        "An answer, p50 / p95": f"{p50:.0f} / {p95:.0f} ms",
        "Tokens": f"{totals.kept[LLM_TOKENS.name]:.0f}" if totals else "–",
        "Cost": f"{totals.kept[LLM_COST.name]:.4f}" if totals and totals.kept[LLM_COST.name] else "not counted",
    }


def main(
    models: Annotated[list[str] | None, typer.Argument(help="Models to compare, provider:model.")] = None,
    every: Annotated[
        int, typer.Option(help="Ask one labelled question in so many; above 1, only a comparison is written.")
    ] = 1,
) -> None:
    """Measure the answers that language models write."""
    busy, settings = machine(), read_settings(Settings)
    knowledge = build_knowledge(settings)
    knowledge.warm()
    plain = knowledge.faq()
    retriever = plain._retriever
    questions = list(islice(all_questions(), 0, None, every))

    def ask(model: Any, meter: Any = UNMETERED) -> Faq:
        from bot.faq.generation.fluent import Fluent

        fluent = Fluent(model, retriever.lexical, replies.citation_cost, meter)
        return Faq(retriever, replies.overhead, replies.citation_cost, fluent=fluent)

    columns = {"Extractive": answers(plain, questions, None, settings.llm_timeout)}
    for name in models or ():
        totals = Totals()
        with modelled(settings, name, meter=totals) as model:
            columns[name] = answers(ask(model, totals), questions, totals, settings.llm_timeout)
    if models:
        sample = f"One labelled question in {every}. " if every > 1 else ""
        about = f"{sample}`LLM_TIMEOUT={settings.llm_timeout:g}`, `LLM_MAX_TOKENS={settings.llm_max_tokens}`."
        command = f"python -m bench.generation {' '.join(models)}" + (f" --every {every}" if every > 1 else "")
        parts = [_COMPARED, _written(command, busy), about, table(columns)]
    else:
        from scripted_model import Scripted, condensing

        columns["A faithful stand-in"] = answers(ask(Scripted(condensing)), questions, Totals(), settings.llm_timeout)
        parts = [
            _ALONE,
            _written("python -m bench.generation", busy),
            "The stand-in is no model: it says each statement that it is given, without its examples and asides, so "
            "that what is measured is what stands around a model.",
            table(columns),
            "**Verification**, sentence by sentence, each against the passage that it cites. What is written blind was "
            "written by people who knew the passages and not the rules.",
            judged(retriever),
            f"**Servers that invent or fail**, spoken to over HTTP with `LLM_TIMEOUT={SECONDS:g}`, every other answer "
            "streamed. First the circuit is held closed, so that each answer waits for the server; then it is left to "
            "open, after five failures.",
            inventing(retriever.corpus, ask, settings),
            failing(plain, ask, settings, questions, _FEW),
        ]
    text = "\n\n".join(parts)
    typer.echo(text)
    if every == 1 or models:
        put_section(text)


def _written(command: str, busy: str) -> str:
    return f"Written by `{command}` on {date.today()}, {busy}; do not edit."


if __name__ == "__main__":
    typer.run(main)
