"""What the answers are called and how their values read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.advice.model import Recommendation
from bot.interview.model import NUMERIC, Interview, Kind, Value
from bot.interview.understanding.formats import format_value
from bot.report.figures import MINUS, has_euros
from bot.report.phrases import clean, in_language, lower_first, phrase, shorten

_LONGEST_VALUE = 80
_NEGATIVE = re.compile(r"^-(?=[€\d])")


def label(interview: Interview, field: str, lang: str) -> str:
    """What the field is called in a summary."""
    question = interview.by_id.get(field)
    return in_language(question.label, lang) if question else field.replace("_", " ")


def labels(interview: Interview, fields: Iterable[str], lang: str) -> list[str]:
    """Their names, in order, each once."""
    return list(dict.fromkeys(label(interview, field, lang) for field in fields))


def value_of(interview: Interview, field: str, value: Value, lang: str) -> str:
    """The value as the person would say it, cut when very long."""
    question = interview.by_id.get(field)
    if question is None:
        said = str(value)
    elif isinstance(value, tuple) and question.kind is Kind.CHOICES:
        # The name of an option may hold a comma.
        said = " + ".join(format_value(question, (one,), lang) for one in value)
    else:
        said = format_value(question, value, lang)
    if question and question.kind in NUMERIC:
        said = _NEGATIVE.sub(MINUS, said)
    return shorten(clean(said), _LONGEST_VALUE)


def names_of(interview: Interview, fields: Iterable[str], lang: str) -> list[str]:
    """The same for the middle of a sentence."""
    return [lower_first(name) for name in labels(interview, fields, lang)]


def answer_of(rec: Recommendation, interview: Interview, field: str, lang: str) -> str:
    """« volume mensuel (3 000 contacts/mois) »; the amount is left out when no figure in euros may be shown."""
    name = lower_first(label(interview, field, lang))
    if field not in rec.facts or not sayable_amount(interview, field, rec):
        return name
    return phrase(lang, "answered", label=name, value=value_of(interview, field, rec.facts[field], lang))


def sayable_amount(interview: Interview, field: str, *recs: Recommendation) -> bool:
    """Whether the field's value may be shown: an amount in euros only beside costs that can be told."""
    question = interview.by_id.get(field)
    return question is None or question.kind is not Kind.MONEY or any(has_euros(rec.costs) for rec in recs)
