"""Percentages, factors and scores."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.interview.model import Question, Texts
from bot.interview.understanding import figures, lexicon
from bot.interview.understanding.measures import Measure
from bot.interview.understanding.numbers import Number
from bot.interview.understanding.outcome import Outcome, Understood
from bot.interview.understanding.said import Said

_QUOTE = "external_quote_vs_internal_pct"
_CHEAPER = lexicon.expression("ratios", "cheaper")
_DEARER = lexicon.expression("ratios", "dearer")
_SAME = lexicon.expression("ratios", "same")
_NIL = lexicon.expression("ratios", "nil")
_OUT_OF = re.compile(
    r"(?P<part>[0-9]+(?:[.,][0-9]+)?|una_) ?(?:[a-z]+ ){0,2}?(?:sur|out of|in|/) ?(?P<whole>[0-9]{1,3})\b(?!\s?%)"
)
_STEADY = lexicon.expression("ratios", "steady")
_WORDS = (
    (re.compile(r"\bquadrupl\w*|\bfourfold|\bquatre fois"), 4.0),
    (re.compile(r"\btripl\w*|\bthreefold|\bthrice"), 3.0),
    (re.compile(r"\bdoubl\w*|\btwice|\btwofold|\bdeux fois"), 2.0),
    (re.compile(r"\bquintupl\w*"), 5.0),
    (re.compile(r"\bdecupl\w*"), 10.0),
    (re.compile(r"\bmoitie (?:de )?plus|\bhalf as much again"), 1.5),
)
_MORE = lexicon.expression("ratios", "more")
_FROM_TO = re.compile(r"\b(?:passe|passons|monte|montons|go|goes|grimpe|from|de)\b")


def read_percent(said: Said, question: Question) -> Understood | None:
    """Per cent; against today's cost, cheaper is negative."""
    quote = question.id == _QUOTE
    if quote and _SAME.fullmatch(said.bare):
        return figures.value(question, 0)
    if quote and (words := _price_words(said, question)):
        return words
    if not quote and (said.bare == "0" or not re.search("[1-9]", said.digits)) and _NIL.fullmatch(said.bare):
        return figures.value(question, 0)
    if not quote and re.fullmatch(r"(?:about |around |roughly )?(?:a |one )?quarter", said.bare):
        return figures.value(question, 25)
    if not quote and (share := _out_of(said, question)):
        return share

    def convert(measure: Measure) -> tuple[Number, Texts] | Understood:
        figure = measure.number.times(100) if measure.number.fraction else measure.number
        figure = replace(figure, value=round(figure.value, 1)) if measure.number.fraction else figure
        return (_signed(figure, said.folded) if quote else figure), {}

    got = figures.read(said, question, ("", "percent", "fraction", "point"), convert, grouped=False)
    if not got or got.kind is not Outcome.VALUE or not isinstance(got.value, int | float):
        return got
    marked = re.search(r"%|\bpct\b|\bpoints?\b|/", said.digits)
    if not marked and 0 < abs(got.value) < 1:
        return _either(question, got.value * 100, got.value)
    told = (
        _CHEAPER.search(said.folded)
        or _DEARER.search(said.folded)
        or re.search(r"[-+]\s?[0-9]|\b(?:moins|plus|minus) [0-9]", said.digits)
    )
    if quote and not told and got.value > 0:
        return _either(question, got.value, -got.value)
    return got


def _either(question: Question, first: float, second: float) -> Understood:
    readings = []
    for found in (first, second):
        reading = figures.value(question, round(found, 4))
        if reading.kind is Outcome.VALUE:
            sign = "+" if question.id == _QUOTE and found > 0 else ""
            label = {"fr": f"{sign}{figures.number(found, 'fr')} %", "en": f"{sign}{figures.number(found, 'en')}%"}
            readings.append(replace(reading, label=label))
    return (
        figures.ambiguous(question, *readings)
        if len(readings) > 1
        else readings[0]
        if readings
        else figures.value(question, first)
    )


def _signed(figure: Number, folded: str) -> Number:
    if figure.value <= 0 or figure.sign:
        return figure
    if _CHEAPER.search(folded):
        low, high = (None if n is None else -n for n in (figure.high, figure.low))
        return replace(figure, value=-figure.value, low=low, high=high)
    return figure


def _price_words(said: Said, question: Question) -> Understood | None:
    if re.search(
        r"\b(?:moitie prix|moitie moins|half (?:the )?price|(?:deux|2|two) fois moins|half as expensive|half the cost)",
        said.folded,
    ):
        return figures.value(question, -50)
    if found := re.search(r"(?P<n>[0-9]+(?:[.,][0-9]+)?) (?:fois|times|x) (?:plus|more|as|the)", said.digits):
        return figures.value(question, round((float(found["n"].replace(",", ".")) - 1) * 100, 1))
    if re.search(r"\bdouble|\btwice", said.folded):
        return figures.value(question, 100)
    return None


def _out_of(said: Said, question: Question) -> Understood | None:
    found = _OUT_OF.search(said.digits)
    if not found or said.digits[found.end() :].lstrip().startswith(("mois", "months", "ans", "years")):
        return None
    part = 1.0 if found["part"].startswith("un") else float(found["part"].replace(",", "."))
    whole = float(found["whole"])
    if whole == 0 or part > whole:
        return None
    return figures.value(question, round(part / whole * 100, 1))


def read_factor(said: Said, question: Question) -> Understood | None:
    """Times a normal month; a percentage on top is brought to a factor."""
    if not re.search("[0-9]", said.digits) and _STEADY.search(said.folded):
        return figures.value(question, 1)
    more = _MORE.search(said.folded) is not None

    def convert(measure: Measure) -> tuple[Number, Texts] | Understood:
        figure = measure.number
        if (
            figure.low is not None
            and figure.low >= 50
            and measure.unit in ("", "contact")
            and _FROM_TO.search(said.folded)
        ):
            return Number(round((figure.high or 0) / figure.low, 2), figure.start, figure.end), {}
        if measure.unit not in ("percent", "fraction"):
            if figure.sign == "-":
                return figures.invalid_for(
                    question, ("Un pic est au moins égal à un mois normal.", "A peak is at least a normal month.")
                )
            return figure, {}
        share = figure if figure.fraction else figure.times(0.01)
        if figure.sign == "-":
            return figures.invalid_for(
                question, ("Un pic est au moins égal à un mois normal.", "A peak is at least a normal month.")
            )
        if more or figure.sign == "+" or share.value < 1:
            low, high = (None if n is None else round(n + 1, 4) for n in (share.low, share.high))
            note = {} if more or figure.sign else {"fr": "en plus d'un mois normal", "en": "on top of a normal month"}
            return replace(share, value=round(share.value + 1, 4), low=low, high=high), note
        return share, {"fr": "en pourcentage d'un mois normal", "en": "as a percentage of a normal month"}

    accepted = ("", "times", "percent", "fraction") + (("contact",) if _FROM_TO.search(said.folded) else ())
    word = next((factor for found, factor in _WORDS if found.search(said.folded)), None)
    figured = re.search(r"[0-9]", re.sub(r"\b(?:una_|[0-9]+) ?(?:fois|times)", "", said.digits))
    if word and not figured and not re.search("et dem|and a half", said.folded):
        return figures.value(question, word)
    return figures.read(said, question, accepted, convert, grouped=False)


def read_score(said: Said, question: Question) -> Understood | None:
    """A Net Promoter Score."""

    def convert(measure: Measure) -> tuple[Number, Texts] | Understood:
        return measure.number, {}

    return figures.read(said, question, ("", "point"), convert, grouped=False)
