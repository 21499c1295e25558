"""``python -m bench.evaluate``: every labelled question through the assistant and its peers, side by side.

With the peers (the default), writes ``bench/results.md`` and ``bench/risk-coverage.png``; without, prints only.
"""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from bench import curve, results
from bench.grading import PARTS, Given, Graded, all_questions, failures, part_of, quality, speed, table
from bench.labels import Labelled
from bench.latency import launch, machine, resident_mb
from bench.peers import NAMES, SOURCES
from bot.composition import build_knowledge
from bot.faq.faq import Faq, shipped_judges
from bot.faq.outcome import Answer, NoAnswer, Outcome
from bot.knowledge import Knowledge
from bot.script import Answerer
from bot.settings import Settings
from bot.wording import replies
from index.opening import Library
from index.retriever import HybridRetriever, Search
from index.settings import read_settings

OURS = "Curseur"
TITLES = {"tutorial": "LangChain tutorial", "bm25": "BM25", "fused": "both fused"}
EDITED = "Report half, the peers reading our corpus"
HERE = Path(__file__).parent
_STEPS = 40
"""Thresholds tried for our curve."""


class Recorder:
    """A ``Knowledge`` that also keeps every outcome: the JSON does not say how sure an answer is."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.heard: list[tuple[str, Outcome]] = []
        """For each question, the language it was taken for, and what came of it."""

    @property
    def vocabularies(self) -> Any:
        return self._knowledge.vocabularies

    def faq(self) -> Recorder:
        return self

    def answer(self, question: str, lang: str, history: Sequence[str] = ()) -> Outcome:
        outcome = self._knowledge.faq().answer(question, lang, history)
        self.heard.append((lang, outcome))
        return outcome


class Remembering:
    """A retriever that searches each text once, so that many thresholds can be tried."""

    def __init__(self, retriever: HybridRetriever) -> None:
        self._retriever = retriever
        self._searches: dict[tuple[str, str], Search] = {}
        self.lexical = retriever.lexical
        self.corpus = retriever.corpus

    def search(self, question: str, lang: str) -> Search:
        if (question, lang) not in self._searches:
            self._searches[question, lang] = self._retriever.search(question, lang)
        return self._searches[question, lang]


@dataclass(frozen=True)
class System:
    """One system's answers to all questions, and its process's memory in MB."""

    graded: list[Graded]
    memory: float | None
    material: str = ""
    """What a peer read."""


def ask_ours(knowledge: Knowledge, questions: Sequence[Labelled], default_language: str = "fr") -> System:
    """The answers of ``python -m bot ask --jsonl`` to questions whose language it is not told."""
    recorder = Recorder(knowledge)
    answerer = Answerer(recorder, default_language, None)  # type: ignore[arg-type]
    lines = [json.dumps({"id": q.id, "question": q.question, "history": q.history}).encode() for q in questions]
    out, errors = io.StringIO(), io.StringIO()
    answerer.answer_lines(io.BytesIO(b"\n".join(lines[:3])), io.StringIO(), errors)
    recorder.heard.clear()
    answerer.answer_lines(io.BytesIO(b"\n".join(lines)), out, errors)
    if errors.getvalue():
        raise SystemExit(errors.getvalue())
    memory = resident_mb()
    asked = zip(questions, out.getvalue().splitlines(), recorder.heard, strict=True)
    return System([Graded(q, _given(json.loads(line), *heard)) for q, line, heard in asked], memory)


def _given(result: dict[str, Any], lang: str, outcome: Outcome) -> Given:
    return Given(
        answered=result["status"] == "answered",
        text=result["answer"],
        score=outcome.probability if isinstance(outcome, Answer | NoAnswer) else 0.0,
        ms=result["ms"],
        lang=lang,
        result=result,
        quoted="\n".join(q.text for q in outcome.quotes) if isinstance(outcome, Answer) else "",
    )


def ask_peer(name: str, questions: Sequence[Labelled], *, own_corpus: bool = False) -> System:
    """A peer's answers, from a process of its own; over our corpus even where the sources are at hand, if asked."""
    environment = {key: value for key, value in os.environ.items() if not (own_corpus and key == SOURCES)}
    lines = "\n".join(
        json.dumps({"id": q.id, "question": q.question, "history": q.history, "lang": q.lang}) for q in questions
    )
    done = subprocess.run(
        [sys.executable, "-m", "bench.peers", name],
        input=lines,
        env=environment,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"the peer {name} failed; what it said is above")
    *answers, process = map(json.loads, done.stdout.splitlines())
    graded = [Graded(q, Given(True, a["text"], a["score"], a["ms"])) for q, a in zip(questions, answers, strict=True)]
    return System(graded, process["memory"], process["material"])


def sweep(retriever: HybridRetriever, ours: Sequence[Graded]) -> list[curve.Point]:
    """Our curve: the same questions, answered anew at each threshold, since the threshold also settles readings."""
    remembering = Remembering(retriever)
    scores = [g.given.score for g in ours if g.given.score > 0]
    points = []
    for threshold in [*np.unique(np.quantile(scores, np.linspace(0.98, 0, _STEPS)))[::-1], 0.0]:
        judges = {name: replace(judge, threshold=float(threshold)) for name, judge in shipped_judges().items()}
        faq = Faq(remembering, replies.overhead, replies.citation_cost, judges)  # type: ignore[arg-type]
        again = [Graded(g.asked, _again(faq, g)) for g in ours]
        if sum(g.given.answered for g in again) >= min(curve.LEAST_ANSWERS, len(again)):
            points.append(curve.point(again))
    return sorted(set(points))


def _again(faq: Faq, before: Graded) -> Given:
    outcome = faq.answer(before.asked.question, before.given.lang, before.asked.history)
    answered = isinstance(outcome, Answer)
    return Given(answered, replies.of(outcome).plain if answered else "", getattr(outcome, "probability", 0.0), 0.0)


def report(systems: Mapping[str, System]) -> dict[str, str]:
    """The tables in Markdown, by their titles."""
    tables = {}
    for part in PARTS:
        columns = {name: quality(part_of(s.graded, part)) for name, s in systems.items()}
        tables["All questions" if part == "all" else f"{part.capitalize()} half"] = table(columns)
    tables["Time and size"] = table({name: speed(s.graded, s.memory) for name, s in systems.items()})
    return tables


def _over_our_corpus(ours: System, questions: Sequence[Labelled]) -> str:
    """The report half again, all systems reading the same articles: what is left is the engine's."""
    typer.echo("the same, over our corpus…", err=True)
    systems = {TITLES[name]: ask_peer(name, questions, own_corpus=True) for name in NAMES}
    return report({OURS: ours, **systems})["Report half"]


def main(
    peers: Annotated[bool, typer.Option(help="Run the peers too, and write results.md and the chart.")] = True,
    show_failures: Annotated[
        bool, typer.Option("--failures", help="List the tuning half's failing questions.")
    ] = False,
) -> None:
    """Evaluate the assistant, and its peers."""
    logging.basicConfig(level="WARNING")
    logging.getLogger("bm25s").setLevel("WARNING")
    on = machine()
    settings = read_settings(Settings)
    questions = all_questions()
    library = Library(settings)
    if reason := library.stale():
        raise SystemExit(f"{reason}: run 'python -m index' first, so that building does not count as answering")
    knowledge = build_knowledge(settings)
    knowledge.warm()
    typer.echo(f"{len(questions)} questions to {OURS}…", err=True)
    systems = {OURS: ask_ours(knowledge, questions, settings.default_language)}
    ours = systems[OURS].graded
    if peers:
        for name in NAMES:
            typer.echo(f"{len(questions)} questions to the peer {name}…", err=True)
            systems[TITLES[name]] = ask_peer(name, questions)
    tables = report(systems)
    if peers and SOURCES in os.environ:
        tables[EDITED] = _over_our_corpus(systems[OURS], questions)
    for title, text in tables.items():
        typer.echo(f"\n{title}\n\n{text}")
    if show_failures:
        typer.echo("\nFailures of the tuning half\n")
        typer.echo("\n".join(failures(ours)))
    if not peers:
        return
    typer.echo("Trying thresholds…", err=True)
    half = {name: part_of(s.graded, "report") for name, s in systems.items()}
    curves = {name: curve.by_score(graded) for name, graded in half.items()}
    curves[OURS] = sweep(knowledge.faq()._retriever, half[OURS])
    shipped = curve.point(half[OURS])
    answerable = sum(g.answerable for g in half[OURS]) / len(half[OURS])
    curve.draw(curves, shipped, answerable, HERE / "risk-coverage.png")
    run = results.Run(
        machine=on,
        encoder=library.encoder.fingerprint,
        corpus=library.corpus,
        material=systems[TITLES["tutorial"]].material,
        first_seconds=launch(()).first_seconds,
        misheard=sum(g.given.lang != g.asked.lang for g in ours if not g.asked.history),
        shipped=shipped,
    )
    (HERE / "results.md").write_text(results.page(run, tables, questions), encoding="utf-8")
    typer.echo("written: bench/results.md, bench/risk-coverage.png", err=True)


if __name__ == "__main__":
    typer.run(main)
