"""Answers given as JSON by a script to answers of the interview; every wrong one is named with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel import Locale

from bot.interview.answers import Answer
from bot.interview.model import NUMERIC, Interview, Kind, Question, Value
from bot.interview.schedule import intervals
from bot.interview.understanding import Outcome, understand

MAX_TEXT = 200
"""Characters kept of an answer in words."""

MAX_LISTED = 50
"""Answers kept of a list."""

_LARGEST = 1e15


@dataclass(frozen=True)
class Problem:
    """One value that cannot be taken."""

    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}"


@dataclass(frozen=True)
class Given:
    """What became of a JSON object."""

    answers: Mapping[str, Answer]
    problems: tuple[Problem, ...]
    unknown: tuple[str, ...]
    """Keys that are no field of the interview: reported, and passed over."""


def read_given(interview: Interview, raw: Mapping[str, Any], where: str = "") -> Given:
    """Answers by field id; ``null`` is a field that the person does not know.

    Args:
        raw: field ids to values as ``docs/writing-an-interview.md`` gives them; for a number, ``{"low", "high"}`` too.
        where: what is written before a field in a problem, such as ``flows[1].``.
    """
    answers: dict[str, Answer] = {}
    problems: list[Problem] = []
    unknown: list[str] = []
    for name, value in raw.items():
        question = interview.by_id.get(name)
        if question is None:
            unknown.append(f"{where}{name}"[:MAX_TEXT])
            continue
        if value is None:
            continue
        try:
            answers[name] = _answer(question, value)
        except ValueError as error:
            problems.append(Problem(f"{where}{name}", str(error)))
    return Given(answers, tuple(problems), tuple(unknown))


def _answer(question: Question, raw: Any) -> Answer:
    """One value.

    Raises:
        ValueError: why it cannot be taken, and what would be.
    """
    if question.kind in NUMERIC:
        if isinstance(raw, Mapping):
            return _range(question, raw)
        if question.id == "peak_months" and isinstance(raw, list):
            raw = len(raw)
        return Answer(_number(question, raw))
    return Answer(_value(question, raw))


def _range(question: Question, raw: Mapping[str, Any]) -> Answer:
    if set(raw) != {"low", "high"}:
        raise ValueError('expected a number, or a range {"low": …, "high": …}')
    low, high = _number(question, raw["low"]), _number(question, raw["high"])
    if low > high:
        raise ValueError("the low end is above the high end")
    return Answer((low + high) / 2, low, high)


def _number(question: Question, raw: Any) -> float | int:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ValueError(f"expected a number ({_unit(question)}), got {_shown(raw)}")
    if not -_LARGEST < raw < _LARGEST:  # NaN is neither, nor is an integer that no float holds
        raise ValueError("expected a finite number of a plausible size")
    if question.low is not None and raw < question.low:
        raise ValueError(f"{raw:g} is below {question.low:g}")
    if question.high is not None and raw > question.high:
        raise ValueError(f"{raw:g} is above {question.high:g}")
    return raw


def _value(question: Question, raw: Any) -> Value:
    match question.kind:
        case Kind.BOOLEAN:
            if not isinstance(raw, bool):
                raise ValueError(f"expected true or false, got {_shown(raw)}")
            return raw
        case Kind.CHOICE:
            if isinstance(raw, str | bool | int) and question.option(raw):
                return raw
            if isinstance(raw, str) and question.open:
                return _text(raw)
            raise ValueError(f"expected one of {_options(question)}, got {_shown(raw)}")
        case Kind.CHOICES:
            return _several(question, raw)
        case Kind.LANGUAGES:
            return _languages(raw)
        case Kind.SCHEDULE:
            return _schedule(question, raw)
    if not isinstance(raw, str):
        raise ValueError(f"expected a text, got {_shown(raw)}")
    return _text(raw)


def _several(question: Question, raw: Any) -> tuple[str, ...]:
    items = [raw] if isinstance(raw, str) else raw
    if not isinstance(items, list) or not items or not all(isinstance(item, str) for item in items):
        raise ValueError(f"expected a list out of {_options(question)}, got {_shown(raw)}")
    if len(items) > MAX_LISTED:
        raise ValueError(f"expected at most {MAX_LISTED} answers, got {len(items)}")
    wrong = [item for item in items if not question.option(item)]
    if wrong and not question.open:
        raise ValueError(f"expected a list out of {_options(question)}, got {_shown(wrong[0])}")
    return tuple(dict.fromkeys(item if question.option(item) else _text(item) for item in items))


def _languages(raw: Any) -> tuple[str, ...]:
    items = [raw] if isinstance(raw, str) else raw
    if not isinstance(items, list) or not items:
        raise ValueError('expected a list of ISO 639-1 codes such as ["fr", "en"]')
    for item in items:
        if not isinstance(item, str) or len(item) != 2 or item.lower() not in Locale("en").languages:
            raise ValueError(f'expected ISO 639-1 codes such as "fr", got {_shown(item)}')
    return tuple(dict.fromkeys(item.lower() for item in items))


def _schedule(question: Question, raw: Any) -> str:
    if not isinstance(raw, str):
        raise ValueError(f'expected weekly hours such as "Mon-Fri 09:00-18:00" or "24/7", got {_shown(raw)}')
    try:
        intervals(raw)
    except ValueError:
        read = understand(raw, question, "en")
        if read.kind is Outcome.VALUE and isinstance(read.value, str) and not read.assumption:
            return read.value
        raise ValueError(f'expected weekly hours such as "Mon-Fri 09:00-18:00" or "24/7", got {_shown(raw)}') from None
    return raw


def _text(raw: str) -> str:
    text = " ".join("".join(c if c.isprintable() else " " for c in raw).split())
    if not text:
        raise ValueError("expected a text that is not empty")
    if len(text) > MAX_TEXT:
        raise ValueError(f"expected at most {MAX_TEXT} characters, got {len(text)}")
    return text


def _unit(question: Question) -> str:
    return question.unit.get("en") or question.kind.value


def _options(question: Question) -> str:
    return ", ".join(str(option.value) for option in question.options)


def _shown(raw: Any) -> str:
    text = repr(raw)
    return text if len(text) <= 60 else text[:59] + "…"
