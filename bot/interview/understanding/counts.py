"""People, in full-time equivalents where it is work that is counted."""

from __future__ import annotations

import re
from itertools import pairwise

from bot.interview.model import Question, Texts
from bot.interview.understanding import figures, lexicon
from bot.interview.understanding.measures import Measure, measures
from bot.interview.understanding.numbers import Number
from bot.interview.understanding.outcome import Understood, noted
from bot.interview.understanding.said import Said

_FTE_FIELDS = ("agents_fte", "pilot_capacity")
_NOBODY = lexicon.expression("counts", "nobody")
_NOBODY_FREE = lexicon.expression("counts", "nobody_free")
_ALONE = re.compile(
    r"\b(?:tout(?:e)? seule?|moi(?:-meme)?|just me|only me|myself|me|je suis seule?|seulement moi|i am alone)\b"
)
_AND = re.compile(r"\b(?:moi|me|myself) (?:et|and|\+|plus) ")
_PART = lexicon.expression("counts", "part")
_PARTIAL = re.compile(r"\bpart-time\b|\bquelques heures|\ba few hours")
_AMONG = re.compile(r"\b(?:(?P<n>[0-9]+) (?:of (?:which|whom|them)|d'entre eux|d'entre elles)|dont|including)\b")
_DAYS = re.compile(r"(?P<n>[0-9]+(?:[.,][0-9]+)?|una_) ?(?:jours?|j|days?) ?(?:par|/|per|a) ?(?:semaine|sem|week)")
_DAYS_IN = re.compile(r"(?P<n>[0-9]|una_) (?:jours?|days?) (?:sur|in|out of) (?P<of>[2-7])\b")
_HALF_DAY = re.compile(r"demi[- ]journee (?:par|/) ?semaine|half a day (?:a|per) week")
_SHARE = lexicon.expression("counts", "share")
_TIME = re.compile(r"\b(?:temps|time|etp|fte|poste)\b")
_NOUN = re.compile(r"(?:eurs?|euses?|iers?|ieres?|ers?|istes?|ants?|ents?|iens?|iennes?|ices?|ors?|ies?)$")


def read(said: Said, question: Question) -> Understood | None:
    """A number of people."""
    fte = question.id in _FTE_FIELDS or "etp" in " ".join(question.unit.values()).lower()
    text = said.digits
    if not re.search(r"[1-9]", said.folded) and _NOBODY.fullmatch(said.bare):
        return figures.value(question, 0)
    if fte and not re.search("[0-9]|una_", text) and _NOBODY_FREE.search(said.folded):
        return figures.value(question, 0)
    if fte and (part := _part_time(said, question)):
        return part
    if fte and not re.search("[0-9]", text) and _ALONE.search(said.folded):
        return figures.value(question, 1)
    if fte and re.search(r"\b(?:moi|me|myself) (?:et|and|\+|plus) (?:ma|mon|una_|my|a) [a-z]+", text):
        return figures.value(question, 2)
    if summed := _sum(text, question):
        return summed
    extra = 1.0 if fte and _AND.search(said.folded) else 0.0

    def convert(measure: Measure) -> tuple[Number, Texts] | Understood:
        if measure.number.sign == "-":
            return figures.invalid_for(
                question, ("Un effectif ne peut pas être négatif.", "A headcount cannot be negative.")
            )
        if measure.unit == "other" and not _NOUN.search(measure.word):
            return figures.looks_like(measure, question)
        figure = measure.number
        return Number(figure.value + extra, figure.start, figure.end, figure.low, figure.high), {}

    accepted = (
        ("", "people", "other", "customer") if question.id in ("customers", "company_size") else ("", "people", "other")
    )
    return figures.read(said, question, accepted, convert, grouped=True)


def _part_time(said: Said, question: Question) -> Understood | None:
    """« 7 temps plein et 2 mi-temps », « une personne 2 jours par semaine », « 9 agents à 80 % »."""
    text = said.digits
    if _HALF_DAY.search(text):
        return figures.value(question, 0.1, note=_note("0,1 ETP", "0.1 FTE"))
    if found := _DAYS.search(text):
        days = 1.0 if found["n"].startswith("un") else float(found["n"].replace(",", "."))
        people = _people(text[: found.start()])
        return figures.value(
            question,
            round(people * days / 5, 2),
            note=_note("5 jours par semaine pour un temps plein", "5 days a week full-time"),
        )
    if found := _DAYS_IN.search(text):
        days = 1.0 if found["n"].startswith("un") else float(found["n"])
        return figures.value(
            question,
            round(_people(text[: found.start()]) * days / int(found["of"]), 2),
            note=_note("une part du temps plein", "a share of full-time"),
        )
    if re.search(r"\bquart[- ](?:de )?temps\b|\bquarter[- ]time\b", said.folded):
        return figures.value(
            question,
            _people(text) / 4,
            note=_note("un quart de temps compte pour 0,25", "quarter-time counts for 0.25"),
        )
    if _half(text):
        note = _note("un mi-temps compte pour 0,5", "half-time counts for 0.5")
        if _PARTIAL.search(text) and not _PART.search(text):
            note = _note("temps partiel compté pour un mi-temps", "part-time counted as half-time")
        if among := _AMONG.search(text):
            part = float(among["n"] or 0) or _people(text[among.end() :])
            if not _half(text[: among.start()]):
                return figures.value(question, _people(text[: among.start()]) - part / 2, note=note)
        text = re.sub(r"\b(moi|me|myself),", r"\1", text)
        total = 0.0
        pieces = [
            p
            for p in re.split(r"\bet\b|\band\b|\+|,|\bplus\b", text)
            if re.search(r"[0-9]|una_|temps|time|demi|half|moi\b|\bme\b", p)
        ]
        for piece in pieces:
            total += _people(piece) * (0.5 if _half(piece) else 1.0)
        return figures.value(question, total, note=note)
    if (
        (found := _SHARE.search(text))
        and (question.id == "pilot_capacity" or _TIME.search(text) or _people_told(text[: found.start()]))
        and 0 < int(found["n"]) <= 100
    ):
        people = _people(text[: found.start()])
        share = _note(f"{found['n']} % d'un temps plein", f"{found['n']}% of full-time")
        return figures.value(question, round(people * int(found["n"]) / 100, 2), note=noted(share))
    return None


def _half(text: str) -> bool:
    return bool(_PART.search(text) or _PARTIAL.search(text))


def _sum(text: str, question: Question) -> Understood | None:
    """« 4 CDI et 2 intérimaires »."""
    found = [m for m in measures(text) if m.unit == "people"]
    between = [text[a.number.end : b.start] for a, b in pairwise(found)]
    if not between or not all(re.fullmatch(r"[a-z'\s-]*?(?:\bet|\band|\+|\bplus|,)\s*", b) for b in between):
        return None
    parts = {lang: " + ".join(figures.number(m.number.value, lang) for m in found) for lang in ("fr", "en")}
    return figures.value(question, sum(m.number.value for m in found), note=parts)


def _people_told(text: str) -> bool:
    return any(m.unit in ("", "people", "other") for m in measures(text))


def _people(text: str) -> float:
    found = [m.number.value for m in measures(text) if m.unit in ("", "people", "other") and not m.number.fraction]
    return found[0] if found else 1.0


def _note(fr: str, en: str) -> Texts:
    return {"fr": fr, "en": en}
