"""The page of results: what was run, the tables, and how far to trust them."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.curve import Point
from bench.labels import HERE, Labelled, normalise
from index.articles import Corpus


@dataclass(frozen=True)
class Run:
    """What the figures depend on besides the questions."""

    machine: str
    encoder: str
    """Its fingerprint."""
    corpus: Corpus
    material: str
    """What the peers read."""
    first_seconds: float
    """From process launch to our first answer."""
    misheard: int
    """Questions without a conversation whose language we took for the other one."""
    shipped: Point


def verbatim(corpus: Corpus, questions: Sequence[Labelled]) -> list[str]:
    """Ids of the questions that the corpus holds word for word, as a sample question or as one beyond it."""
    held = {normalise(q) for p in corpus.passages for q in p.questions}
    held |= {normalise(example) for theme in corpus.themes for own in theme.examples.values() for example in own}
    return [q.id for q in questions if not q.history and normalise(q.question) in held]


def page(run: Run, tables: Mapping[str, str], questions: Sequence[Labelled]) -> str:
    """The whole page, in Markdown."""
    kinds = Counter("unanswerable" if not q.facts else "follow-ups" if q.history else q.lang for q in questions)
    coverage, risk = run.shipped
    sections = "\n\n".join(f"### {title}\n\n{text}" for title, text in tables.items())
    known = verbatim(run.corpus, questions)
    return f"""# Results

Written by `python -m bench.evaluate` on {date.today().isoformat()}; do not edit.

- Machine: {run.machine}; Python {platform.python_version()}.
- Encoder: `{run.encoder}`, the same for the tutorial peer. Corpus: `{run.corpus.digest}`, \
{len(run.corpus.passages)} passages.
- The peers read {run.material}.
- {len(questions)} questions: {kinds["fr"]} in French, {kinds["en"]} in English, {kinds["follow-ups"]} follow-ups with \
their conversation, {kinds["unanswerable"]} that the sources do not answer.

An answer counts when its first {1_200:,} characters hold *every* fact that its question needs. Ours are those of \
`python -m bot ask --jsonl`, list of sources included, told nothing of the language: it took {run.misheard} questions \
for the other one. A peer's answer is its four best chunks, joined and cut; it never abstains, so it answers every \
unanswerable question; a follow-up reaches it joined to the earlier questions.

The **report half** is the one to read: nothing is fitted on it, though `bench.calibrate` prints its refusals.

## Tables

{sections}

From process launch to our first answer, index and encoder loaded: {run.first_seconds:.1f} s (the bot greets \
meanwhile). Each system was measured in a process of its own.

## Risk and coverage

![Share of answers that are wrong against share of questions answered](risk-coverage.png)

Report half. Wrong: an answer to an unanswerable question, or one that lacks a needed fact. As shipped, {coverage:.0%} \
of the questions are answered, and {risk:.0%} of those answers are wrong in this sense. Our curve asks every question \
anew at each threshold on the probability; a peer's keeps its best-scored answers (negated distance, BM25, reciprocal \
ranks).

## How the labels were made

The questions and the facts they need were written from the five source documents alone, never from the corpus, in \
varied registers (formal, terse, mistyped, beginner's and expert's); the facts are regular expressions over the answer \
in lower case without accents, and accept either language. The unanswerable ones are partly near the subject, in its \
own words, partly far from it. Odd ids tune, even ids report: `bench.calibrate` fits on the odd ones, and \
`--failures` shows no other. The refusal threshold is fitted on the odd answerable questions and on \
`calibration.yaml`, a separate set; no half of `unanswerable.yaml` is fitted on. \
{_known(known, len(questions))}

## What the figures do not show

- **Real people.** Every question was written for this bench, by the project that also wrote the corpus. Share of \
unanswerable questions, registers and subjects are choices: expect other figures in use.
- **Style.** A regular expression finds a fact; it does not tell a clear answer from a page torn out of its context, \
nor see a false sentence beside the fact. "Correct citations" means word for word in the cited passage of our \
corpus; whether that passage says what the source says is not checked here.
- **What the engine alone is worth**, in the first tables: the corpus is written and cut to be quoted, and the peers \
read raw pages, so most of the difference may be editing. The table where the peers read our corpus tells the two apart.
- **Peers with a language model.** One would write better sentences from the same chunks, and could abstain; none was \
tried.
- **Small differences.** With a hundred questions, ten points between two systems may be chance; with the follow-ups \
of one half, twenty.
- **Other machines.** Latency and memory are of this run, on a machine as busy as the first line says; Telegram's own \
delay comes on top.

To reproduce: `BENCH_SOURCES=<folder of the five texts> python -m bench.evaluate`.
"""


def _known(ids: Sequence[str], total: int) -> str:
    if not ids:
        return f"None of the {total} stands word for word among the corpus's own sample questions."
    return (
        f"{len(ids)} of the {total} stand word for word among the corpus's own sample questions, "
        f"written apart: {', '.join(ids)}."
    )


def put_section(text: str, path: Path = HERE / "results.md") -> None:
    """Put a section into the page of results, in the place of the one with its title, else at the end.

    Args:
        text: Markdown that begins with its title, such as ``## Personas``.
    """
    page = path.read_text(encoding="utf-8")
    title = text.partition("\n")[0]
    head, found, rest = page.partition(f"\n{title}\n")
    tail = f"\n## {rest.partition(f'{chr(10)}## ')[2]}" if found and "\n## " in rest else ""
    path.write_text(f"{head.rstrip()}\n\n{text.strip()}\n{tail}".rstrip() + "\n", encoding="utf-8")
