"""``python -m bench.generation [MODEL…]``: answers written by language models, beside the extractive ones.

Without a model: how much that is false the verification lets through, over the whole corpus, and how much that is
faithful; then 500 answers from a server that always invents, and the labelled questions to one that condenses what it
is given. With models (``openai:…``, ``ollama:…``; LLM_BASE_URL and LLM_API_KEY as in ``.env.example``): the labelled
questions to each of them. Writes nothing.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from bench.grading import all_questions, table
from bench.labels import Labelled, found_facts
from bench.latency import percentiles
from bench.mutations import mutations
from bot.composition import build_knowledge
from bot.faq.faq import Faq
from bot.faq.generation.reader import Reader
from bot.faq.generation.tokens import Tokenizer
from bot.faq.generation.verify import Verifier
from bot.faq.outcome import Answer, Outcome
from bot.llm.building import model_of
from bot.llm.model import Model
from bot.meter import LLM_COST, LLM_TOKENS, UNMETERED, Counted, Timed
from bot.settings import Settings
from bot.wording import replies
from index import safe_yaml
from index.articles import Corpus, Passage
from index.retriever import HybridRetriever
from index.settings import read_settings

TESTS = Path(__file__).parents[1] / "tests"
"""Where the misbehaving server lives."""

INVENTED = 500


@dataclass
class Totals:
    """A meter that keeps what models spend."""

    kept: Counter[str] = field(default_factory=Counter)

    def count(self, what: Counted, *labels: str, by: float = 1) -> None:
        if what is LLM_COST or (what is LLM_TOKENS and labels):
            self.kept[what.name] += by  # type: ignore[assignment]

    def time(self, what: Timed, seconds: float, *labels: str) -> None:
        """Not needed: answers are timed whole."""


def verification(retriever: HybridRetriever) -> None:
    """How the verification judges the mutations of every passage, and the faithful sentences."""
    tokenizers = {lang: Tokenizer(index.analyzer) for lang, index in retriever.lexical.items()}

    def passes(text: str, passage: Passage) -> bool:
        verifier = Verifier({passage.id: passage}, passage.lang, tokenizers[passage.lang], retriever.lexical)
        verifier.judge(text, [passage.id])
        return not verifier.dropped

    tried, passed = Counter[str](), Counter[str]()
    for passage in retriever.corpus.passages:
        for kind, text in mutations(passage):
            kind = "words swapped" if " for " in kind else "small word dropped" if "dropped" in kind else kind
            tried[kind] += 1
            passed[kind] += passes(text, passage)
    typer.echo(f"\nFalse sentences made from the corpus: {passed.total()} of {tried.total()} pass.\n")
    for kind, number in sorted(tried.items()):
        typer.echo(f"- {kind}: {passed[kind]} of {number}")
    blind, tuned = (
        safe_yaml.load((TESTS / f"bot/faq/generation/{name}.yaml").read_text(encoding="utf-8"))
        for name in ("heldout", "faithful")
    )
    for what, sentences in (
        ("False sentences, written blind", blind["false"]),
        ("Faithful sentences, freely put, written blind", blind["faithful"]),
        ("Faithful sentences that the rules were tuned on", tuned),
    ):
        good = sum(passes(each["text"], _passage(retriever.corpus, each)) for each in sentences)
        typer.echo(f"\n{what}: {good} of {len(sentences)} pass.")


def _passage(corpus: Corpus, each: dict[str, str]) -> Passage:
    found = corpus.get(each["passage"], each["lang"])
    assert found is not None, each
    return found


def inventing(retriever: HybridRetriever, ask: Callable[[Model], Faq], settings: Settings) -> None:
    """Answers from a server that always invents, and marks what it invents: how many reach a person."""
    import openai_behaviours as says
    from openai_server import OpenAIServer

    asked = ((q, p.lang) for n in range(20) for p in retriever.corpus.passages for q in p.questions[n : n + 1])
    written = given = reached = 0
    waits: list[float] = []
    with OpenAIServer(says.inventing()) as server, _modelled(settings, "openai:test", server.url) as model:
        faq = ask(model)
        for question, lang in asked:
            began = time.perf_counter()
            outcome = faq.answer(question, lang, (), Reader.waiting("bench", settings.llm_timeout))
            waits.append((time.perf_counter() - began) * 1_000)
            if not isinstance(outcome, Answer) or outcome.written is None:
                continue
            given += 1
            written += len(outcome.sentences) + len(outcome.written.dropped)
            plain = replies.of(outcome).plain
            reached += says.MARK.lower() in plain.lower() or bool(re.search(r"(?<!\d)\d{6}(?!\d)", plain))
            if given == INVENTED:
                break
    p50, p95 = percentiles(waits)
    typer.echo(
        f"\nA server that always invents: {given} answers, {written} sentences, {reached} answers with anything "
        f"invented (by its own marks); {p50:.0f} ms, p95 {p95:.0f} ms."
    )


@contextmanager
def _modelled(settings: Settings, name: str, url: str = "", meter: Any = UNMETERED) -> Iterator[Model]:
    more: dict[str, Any] = {"llm": name, "llm_daily_budget": 0, "llm_person_budget": 0}
    if url:
        more |= {"llm_base_url": url, "llm_api_key": "bench"}
    chosen = Settings.model_validate({**settings.model_dump(), **more})
    model = model_of(chosen, lambda _: True, (), None, meter)
    assert model is not None
    yield model


def compared(faqs: Sequence[tuple[str, Faq, Totals | None]], questions: Sequence[Labelled], seconds: float) -> str:
    """A table: the extractive answers, then each model's."""
    columns = {}
    for name, faq, totals in faqs:
        outcomes: list[tuple[Labelled, Outcome, float]] = []
        for each in questions:
            began = time.perf_counter()
            reader = (Reader.waiting("bench", seconds),) if totals is not None else ()
            outcome = faq.answer(each.question, each.lang, each.history, *reader)
            outcomes.append((each, outcome, (time.perf_counter() - began) * 1_000))
        columns[name] = _column(outcomes, totals)
    return table(columns)


def _column(outcomes: Iterable[tuple[Labelled, Outcome, float]], totals: Totals | None) -> dict[str, str]:
    rows = list(outcomes)
    answers = [(q, o) for q, o, _ in rows if isinstance(o, Answer)]
    facts = [f for q, o in answers for f in found_facts(replies.of(o).plain, q.facts)]
    needed = sum(len(q.facts) for q, _, _ in rows)
    written = [o.written for _, o in answers if o.written]
    dropped = Counter(str(d.faults[0]) for w in written for d in w.dropped)
    number = sum(len(w.sentences) for w in written) + dropped.total()
    p50, p95 = percentiles([ms for *_, ms in rows])
    lengths = [len(replies.of(o).plain) for _, o in answers]
    asked = [o for q, o, _ in rows if not q.facts]
    return {
        f"Facts found ({needed})": f"{sum(facts)}",
        "Characters of an answer, mean": f"{sum(lengths) / max(len(lengths), 1):.0f}",
        "Answers shown as the model wrote them": f"{sum(bool(w.sentences) for w in written)} of {len(written)}",
        "Sentences unsupported before verification": f"{dropped.total()} of {number}" if number else "–",
        "The commonest reasons": ", ".join(f"{k} {n}" for k, n in dropped.most_common(4)) or "–",
        f"Unanswerable, refused ({len(asked)})": f"{sum(not isinstance(o, Answer) for o in asked)}",
        "An answer, p50 / p95": f"{p50:.0f} / {p95:.0f} ms",
        "Tokens": f"{totals.kept[LLM_TOKENS.name]:.0f}" if totals else "–",
        "Cost": f"{totals.kept[LLM_COST.name]:.4f}" if totals and totals.kept[LLM_COST.name] else "not counted",
    }


def main(
    models: Annotated[list[str] | None, typer.Argument(help="Models to compare, provider:model.")] = None,
    every: Annotated[int, typer.Option(help="Ask one labelled question in so many.")] = 1,
) -> None:
    """Measure the answers that language models write."""
    sys.path.insert(0, str(TESTS))
    settings = read_settings(Settings)
    knowledge = build_knowledge(settings)
    knowledge.warm()
    plain = knowledge.faq()
    retriever = plain._retriever
    questions = list(islice(all_questions(), 0, None, every))

    def ask(model: Model, meter: Any = UNMETERED) -> Faq:
        from bot.faq.generation.fluent import Fluent

        fluent = Fluent(model, retriever.lexical, replies.citation_cost, meter)
        return Faq(retriever, replies.overhead, replies.citation_cost, fluent=fluent)

    faqs: list[tuple[str, Faq, Totals | None]] = [("Extractive", plain, None)]
    if not models:
        from scripted_model import Scripted, condensing

        verification(retriever)
        inventing(retriever, ask, settings)
        faqs.append(("A faithful, condensing model", ask(Scripted(condensing)), Totals()))
    for name in models or ():
        totals = Totals()
        with _modelled(settings, name, meter=totals) as model:
            faqs.append((name, ask(model, totals), totals))
    typer.echo(f"\n{compared(faqs, questions, settings.llm_timeout)}")


if __name__ == "__main__":
    typer.run(main)
