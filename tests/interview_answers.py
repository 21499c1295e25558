"""Answers at random, for whole interviews: any of what may be said to each question, or that it is not known."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from bot.interview.answers import Answer
from bot.interview.engine import Engine
from bot.interview.model import NUMERIC, Facts, Interview, Kind, Question, Value

SCHEDULES = ("Mon-Fri 09:00-18:00", "Mon-Sat 08:00-20:00", "24/7", "Mon-Sun 22:00-06:00", "Mon-Fri 09:00-12:00")
LANGUAGES = (("fr",), ("fr", "en"), ("en",), ("fr", "de", "es", "en"), ("de", "nl"))
TEXTS = ("SAV", "joaillerie de luxe", "Recouvrement des impayés", "assurance")
NUMBERS: dict[Kind, tuple[float, ...]] = {
    Kind.VOLUME: (0, 50, 300, 1_200, 6_000, 40_000),
    Kind.DURATION: (1, 4, 6.5, 20),
    Kind.MONTHS: (1, 3, 6, 12, 24),
    Kind.MONEY: (0, 20_000, 38_000, 60_000, 400_000),
    Kind.PERCENT: (0, 15, 40, 80),
    Kind.COUNT: (0, 0.3, 1, 5, 40),
    Kind.FACTOR: (1, 1.4, 1.5, 4),
    Kind.SCORE: (-20, 30, 60),
}


def values(question: Question) -> tuple[Value, ...]:
    """What may be answered, in canonical form and within the question's bounds."""
    if question.kind in NUMERIC:
        low, high = question.low, question.high
        numbers = NUMBERS[question.kind]
        return tuple(n for n in numbers if (low is None or n >= low) and (high is None or n <= high))
    match question.kind:
        case Kind.SCHEDULE:
            return SCHEDULES
        case Kind.LANGUAGES:
            return LANGUAGES
        case Kind.TEXT:
            return TEXTS
        case Kind.CHOICES:
            options = tuple(str(o.value) for o in question.options)
            return (*((o,) for o in options), options[:2], options)
    return tuple(o.value for o in question.options)


def facts(interview: Interview, *, unknown: bool = True) -> st.SearchStrategy[Facts]:
    """Facts by field; with ``unknown``, some are absent."""
    fields: dict[str, Any] = {q.id: st.sampled_from(values(q)) for q in interview.questions}
    if unknown:
        return st.fixed_dictionaries({}, optional=fields)
    return st.fixed_dictionaries(fields)


def interviewed(engine: Engine, known: Facts, *, refine: bool = False) -> dict[str, Answer]:
    """Every question that the engine asks, answered from what is known, else with « I don't know »."""
    answers: dict[str, Answer] = {}
    while (question := engine.next(answers, refine=refine)) is not None:
        answers[question.id] = Answer(known.get(question.id))
    return answers
