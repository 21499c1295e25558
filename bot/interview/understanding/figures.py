"""What the readers of numbers share: choosing the measure that answers, bounds, and kind refusals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from babel.numbers import format_decimal

from bot.interview.model import Kind, Question, Texts
from bot.interview.understanding import lexicon
from bot.interview.understanding.fields import named_in
from bot.interview.understanding.measures import Measure, measures
from bot.interview.understanding.numbers import Number
from bot.interview.understanding.outcome import Outcome, Understood, invalid, noted
from bot.interview.understanding.said import Said

UNITS = {
    Kind.VOLUME: "contacts/month",
    Kind.DURATION: "minutes",
    Kind.MONTHS: "months",
    Kind.MONEY: "EUR/year",
    Kind.PERCENT: "percent",
    Kind.COUNT: "FTE",
    Kind.FACTOR: "x",
    Kind.SCORE: "points",
}
LIMITS: dict[Kind, tuple[float, float]] = {
    Kind.VOLUME: (0, 100_000_000),
    Kind.DURATION: (0, 1_440),
    Kind.MONTHS: (0, 600),
    Kind.MONEY: (0, 10_000_000_000),
    Kind.PERCENT: (-100, 1_000),
    Kind.COUNT: (0, 100_000_000),
    Kind.FACTOR: (0, 100),
    Kind.SCORE: (-100, 100),
}
"""What no question may exceed, whatever its own bounds."""

MOST_FIGURES = 8
"""A message with more of them answers no single question."""

_NO_FIGURE = re.compile(
    r"\b[0-9]{1,4}([/-])[0-9]{1,2}\1[0-9]{1,4}\b|\b0[0-9](?:[ .][0-9]{2}){4}\b|\b[0-9]+e[+-]?[0-9]+\b|\b0x[0-9a-f]+\b"
    r"|\b[0-9]+(?!(?:h|k|m|mn|mns|mins?|x|ans?|mois|eur|e|s)[0-9])[a-z]+[0-9]|\b[0-9]{1,2}(?:er|ere|eme|nd|rd|th|st)\b"
    r"|[0-9]o+(?![a-z])|[0-9]\s?[*^=]\s?[0-9]|[0-9]{16,}|[0-9]\.[0-9]{1,2}\.[0-9]|\binfini|\binfinity\b"
)
_ROUND = re.compile(r"\b(?:24 ?[/h] ?(?:7|24)|[5-7] ?(?:j|jours|days)? ?/ ?7)\b(?! ?[%0-9])(?: ?j\b)?")
"""Days and hours of opening, which are no figures of an answer."""
_DENIED = re.compile(r"\b(?:pas|not|et non|plutot que|au lieu de|instead of)\s*$")
_ASIDE = re.compile(
    r"\b(?:parfois|sometimes|pic|pics|peak|peaks|avant|before|autrefois|l'an dernier|last year|sauf|except)\b"
)
_USUAL = re.compile(
    r"\b(?:moyenne|moyen|average|normal\w*|habituel\w*|usual\w*|total|totaux|aujourd'hui|today|actuellement|now)\b"
)

Convert = Callable[[Measure], "tuple[Number, Texts] | Understood"]
"""Brings a measure to the unit of the kind, with what was assumed; or says why it cannot be."""


def number(value: float, lang: str) -> str:
    """A number as a person reads it, up to four decimals: « 3 000,5 »."""
    return str(format_decimal(round(value, 4), "#,##0.####", locale=lang)).replace("\u202f", "\u00a0")


def read(
    said: Said, question: Question, accepted: Iterable[str], convert: Convert, *, grouped: bool
) -> Understood | None:
    """The number that answers the question, or None when there is none to read.

    Args:
        accepted: the families of units that suit; the empty one and ``other`` only if listed.
        convert: brings one measure to the unit of the kind.
        grouped: whether ``3.000`` is three thousand.
    """
    if _NO_FIGURE.search(said.folded):
        return invalid_for(question, ("Je ne lis pas de nombre utilisable.", "I cannot read a usable number."))
    if re.fullmatch(r"[0-9]+ ?/ ?[0-9]+", said.digits) and not any(n.number.fraction for n in measures(said.digits)):
        return invalid_for(question, ("Je ne lis pas de nombre utilisable.", "I cannot read a usable number."))
    text = _ROUND.sub(" ", said.digits)
    found = [m for m in measures(text, grouped=grouped) if not _spurious(m, accepted)]
    if not found:
        if text == said.digits:
            return None
        return invalid_for(question, ("Cela ressemble à des horaires.", "That looks like opening hours."))
    if len(found) > MOST_FIGURES:
        return invalid_for(
            question, ("Il y a trop de nombres dans ce message.", "There are too many numbers in this message.")
        )
    chosen = choose(_owned(found, question), frozenset(accepted))
    if not chosen:
        return looks_like(found[0], question)
    readings = [conclude(question, convert(m), m) for m in chosen[:2]]
    first = readings[0]
    if len(readings) == 1 or first.kind is not Outcome.VALUE or readings[1].kind is not Outcome.VALUE:
        return first
    return first if first.value == readings[1].value else ambiguous(question, *readings)


def choose(found: list[Measure], accepted: frozenset[str]) -> list[Measure]:
    """The measures that may answer, best first; one unless it cannot be told."""
    fit = [m for m in found if m.unit in accepted]
    told = [m for m in fit if m.unit not in ("", "other")] or fit
    if any(m.unit in ("", "other") and m.per for m in fit) and not any(m.per for m in told):
        told = [m for m in fit if m.per]
    for better in (
        lambda m: not _DENIED.search(m.head),
        lambda m: bool(m.per),
        lambda m: not _ASIDE.search(m.head + m.tail),
        lambda m: bool(_USUAL.search(m.head + m.tail)),
        lambda m: m.number.bound != "less",
    ):
        told = [m for m in told if better(m)] or told
    return told


def conclude(question: Question, converted: tuple[Number, Texts] | Understood, measure: Measure) -> Understood:
    """The value within bounds, or why not."""
    if isinstance(converted, Understood):
        return converted
    figure, note = converted
    bound: Texts = {}
    if measure.number.bound:
        more = measure.number.bound == "more"
        said = {lang: number(figure.value, lang) for lang in ("fr", "en")}
        bound = {
            "fr": f"« {'plus' if more else 'moins'} de » : je retiens {said['fr']}",
            "en": f"“{'more' if more else 'less'} than”: I keep {said['en']}",
        }
    return value(question, figure.value, figure.low, figure.high, noted(note, bound))


def value(
    question: Question, found: float, low: float | None = None, high: float | None = None, note: Texts | None = None
) -> Understood:
    """A number as the question's value; INVALID out of the bounds of the question or of its kind."""
    least, most = bounds(question)
    ends = [found] if low is None or high is None else [found, low, high]
    if any(not least <= end <= most for end in ends):
        said = {lang: number(found, lang) for lang in ("fr", "en")}
        return invalid_for(
            question,
            (
                f"Je lis {said['fr']} ; ici, j'attends un nombre entre {number(least, 'fr')} et {number(most, 'fr')}.",
                f"I read {said['en']}; here I expect a number from {number(least, 'en')} to {number(most, 'en')}.",
            ),
        )
    return Understood(
        Outcome.VALUE,
        _tidy(found),
        None if low is None else _tidy(low),
        None if high is None else _tidy(high),
        unit=UNITS[question.kind],
        assumption=note or {},
    )


def bounds(question: Question) -> tuple[float, float]:
    """The least and the most that are accepted."""
    least, most = LIMITS[question.kind]
    return (least if question.low is None else question.low, most if question.high is None else question.high)


def ambiguous(question: Question, *readings: Understood) -> Understood:
    """Several readings, each with a label: the number itself when it has none yet."""
    labelled = tuple(
        r if r.label else replace(r, label={lang: number(_float(r), lang) for lang in ("fr", "en")}) for r in readings
    )
    return Understood(Outcome.AMBIGUOUS, unit=UNITS[question.kind], readings=labelled)


def invalid_for(question: Question, why: tuple[str, str]) -> Understood:
    """A refusal that ends with an example of what to type."""
    fr, en = why
    if example := question.examples.get("fr", ()):
        fr += f" Par exemple : « {example[0]} »."
    if example := question.examples.get("en", ()):
        en += f" For instance: “{example[0]}”."
    return invalid(fr, en)


def looks_like(measure: Measure, question: Question) -> Understood:
    """The refusal of a number in a unit that does not suit."""
    looks = lexicon.read("units")["looks"]
    seems = looks.get(measure.unit, looks["other"])
    return invalid_for(
        question,
        (
            f"Cela ressemble à {seems['fr']} ; ce n'est pas ce que je demande ici.",
            f"That looks like {seems['en']}; it is not what I am asking here.",
        ),
    )


def _spurious(measure: Measure, accepted: Iterable[str]) -> bool:
    known = measure.unit not in ("", "other")
    return measure.number.weak and not (known and measure.unit in accepted)


def _owned(found: list[Measure], question: Question) -> list[Measure]:
    """A unit of the question's own counts as none: « 9 dossiers » where its unit is « dossiers »."""
    own = frozenset(w for text in question.unit.values() for w in lexicon_words(text))

    def owns(word: str) -> bool:
        return word in own or any(name == question.id for name, _, _ in named_in(word))

    return [replace(m, unit="") if m.word and m.unit == "other" and owns(m.word) else m for m in found]


def lexicon_words(text: str) -> list[str]:
    """The plain words of a text."""
    return re.findall(r"[a-z]+", lexicon.folded(text))


def _tidy(found: float) -> float | int:
    rounded = round(found, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _float(read: Understood) -> float:
    return float(read.value) if isinstance(read.value, int | float) else 0.0
