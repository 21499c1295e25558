"""``python -m bench.turns``: how long a turn of the interview takes, a result, its pictures and its documents.

Prints a table and puts it into ``bench/results.md``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from bench.grading import table
from bench.latency import machine
from bench.personas import Persona, given_by, read_personas
from bench.results import put_section
from bot.citations import Citations
from bot.dialogue.asking import answer_text
from bot.dialogue.desk import Surroundings, Turn
from bot.dialogue.interviewer import Interviewer
from bot.interview.answers import Answer
from bot.interview.loader import shipped_interview
from bot.interview.model import Question
from bot.interview.understanding import format_value
from bot.messages import Reply
from index.articles import read_corpus
from index.settings import IndexSettings

_TITLE = "## Turns of the interview"
_KINDS = {
    "an answer in words to the next question": "turn",
    "the result": "result",
    "costs, with two charts": "costs",
    "the report (PDF)": "pdf",
    "the specifications (Word)": "docx",
}


@dataclass
class Clock:
    """Milliseconds by kind of turn."""

    taken: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in _KINDS.values()})

    def time(self, kind: str, act: Callable[[], Turn | None]) -> Turn:
        """Do something and note how long it took."""
        started = time.perf_counter()
        turn = act()
        self.taken[kind].append(1_000 * (time.perf_counter() - started))
        assert turn is not None
        return turn


def main() -> None:
    """Every persona's interview in words, then what is opened of its result."""
    interviewer = Interviewer(shipped_interview())
    citations = Citations(lambda: read_corpus(IndexSettings().corpus_dir))
    around = Surroundings(lambda _: Reply.of(""), citations.titles, date.today, lambda: "test")
    citations.titles("fr")("")
    clock = Clock()
    for number, persona in enumerate(read_personas()):
        _talk(interviewer, around, persona, clock, documents=number % 8 == 0)
    section = _section(clock)
    put_section(section)
    print(section)


def _talk(interviewer: Interviewer, around: Surroundings, persona: Persona, clock: Clock, *, documents: bool) -> None:
    lang, desk = persona.lang, interviewer.desk
    known = given_by(persona, desk.interview).answers
    turn = interviewer.command("interview", None, lang, around)
    assert turn is not None
    dialogue = turn.dialogue
    assert dialogue is not None
    while (question := desk.next(dialogue)) is not None:
        words = _words(question, known.get(question.id, Answer()), lang)
        turn = clock.time("turn", lambda: interviewer.text(words, dialogue, lang, around))  # noqa: B023
        if question.id not in (turn.dialogue or dialogue).answers:
            turn = interviewer.press(f"i:{dialogue.nonce}:u:{dialogue.flow}:{question.id}", dialogue, lang, around)
        assert turn is not None
        assert turn.dialogue is not None
        dialogue = turn.dialogue
    for kind, code in (("result", "r:1"), ("costs", "t:1:costs"), ("pdf", "d:1:pdf"), ("docx", "d:1:docx")):
        if documents or kind == "result":
            press = f"i:{dialogue.nonce}:{code}"
            clock.time(kind, lambda: interviewer.press(press, dialogue, lang, around))  # noqa: B023


def _words(question: Question, answer: Answer, lang: str) -> str:
    if answer.value is None:
        return "je ne sais pas" if lang == "fr" else "I don't know"
    several = isinstance(answer.value, tuple)
    return (format_value if several else answer_text)(question, answer.value, lang)


def _section(clock: Clock) -> str:
    rows = {}
    for name, kind in _KINDS.items():
        taken = clock.taken[kind]
        p50, p95, most = np.percentile(taken, 50), np.percentile(taken, 95), max(taken)
        rows[f"{name} ({len(taken)})"] = f"{p50:.0f} / {p95:.0f} / {most:.0f} ms"
    told = table({"median / 95 % under / longest": rows})
    return (
        f"{_TITLE}\n\nWritten by `python -m bench.turns` on {date.today()}, {machine()}; do not edit.\n\n{told}\n\n"
        "Each persona's interview in words, in one process, Telegram and the database aside. The longest hold what is "
        "loaded the first time."
    )


if __name__ == "__main__":
    main()
