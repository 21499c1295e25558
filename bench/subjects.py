"""``python -m bench.subjects``: what becomes of a question when a conversation changes its subject.

Each labelled question that needs no conversation is asked alone, right after another one, and as if it went on from it.
Prints a table and puts it into ``bench/results.md``. Needs the index: ``make index``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date

from bench.grading import Given, Graded, all_questions, table
from bench.labels import Labelled
from bench.results import put_section
from bot.composition import build_knowledge
from bot.faq.faq import Faq
from bot.faq.outcome import Answer
from bot.settings import Settings
from bot.wording import replies
from index.settings import read_settings

_TITLE = "## Changes of subject"
_SEED = 5
_OPENERS = {"fr": "Et ", "en": "And "}
_ABOUT = (
    "The labelled questions that need no conversation, each asked alone, then right after another one drawn by chance "
    "(in its language, and answered), then the same with « Et » or “And” before it, as a person might who leaves the "
    "subject without saying so."
)


def main() -> None:
    """Ask, print, and put the table into bench/results.md."""
    knowledge = build_knowledge(read_settings(Settings))
    knowledge.warm()
    faq, questions = knowledge.faq(), [q for q in all_questions() if not q.history]
    chance = random.Random(_SEED)
    before = {q.id: (chance.choice(_others(q, questions)).question,) for q in questions}
    ways: dict[str, Callable[[Labelled], tuple[str, tuple[str, ...]]]] = {
        "Alone": lambda q: (q.question, ()),
        "After another": lambda q: (q.question, before[q.id]),
        "After another, with “and”": lambda q: (_going_on(q), before[q.id]),
    }
    told = table({name: _row([_graded(faq, q, *way(q)) for q in questions]) for name, way in ways.items()})
    print(told)
    put_section(
        f"{_TITLE}\n\nWritten by `python -m bench.subjects` on {date.today()}; do not edit.\n\n{_ABOUT}\n\n{told}"
    )


def _others(question: Labelled, questions: Sequence[Labelled]) -> list[Labelled]:
    return [q for q in questions if q.facts and q.lang == question.lang and q.id != question.id]


def _going_on(question: Labelled) -> str:
    return _OPENERS[question.lang] + question.question[0].lower() + question.question[1:]


def _graded(faq: Faq, question: Labelled, asked: str, history: tuple[str, ...]) -> Graded:
    outcome = faq.answer(asked, question.lang, history)
    answered = isinstance(outcome, Answer)
    return Graded(question, Given(answered, replies.of(outcome).plain if answered else "", 0.0, 0.0))


def _row(graded: Sequence[Graded]) -> dict[str, str]:
    facts = [held for g in graded for held in g.found]
    beyond = [g for g in graded if not g.answerable]
    return {
        f"Facts found ({len(facts)})": str(sum(facts)),
        f"Unanswerable, refused ({len(beyond)})": str(sum(not g.given.answered for g in beyond)),
    }


if __name__ == "__main__":
    main()
