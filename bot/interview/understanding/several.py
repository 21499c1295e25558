"""Several facts in one message, each for the field that its unit or its words point to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from bot.interview.model import NUMERIC, Kind, Question
from bot.interview.schedule import hours_per_week
from bot.interview.understanding import choices, fields, intents, languages, lexicon, schedules
from bot.interview.understanding.measures import Measure, measures
from bot.interview.understanding.outcome import Mention, Outcome, Understood, noted
from bot.interview.understanding.reading import understand
from bot.interview.understanding.said import Said, readable, say

_Keep = Callable[[str, int, Understood, str], None]
"""Keeps a mention: its field, where it stands, what was understood, the words."""

_ALONE = (
    "interaction_type",
    "channels",
    "location_constraint",
    "regulated",
    "process_documented",
    "already_outsourced",
)
"""Choices whose wordings tell by themselves what they are about."""
_TELLING = 5
"""The least letters of a wording that may tell so."""
_ACCEPTED = {
    Kind.VOLUME: {"contact", ""},
    Kind.DURATION: {"minute", "second", "hour", ""},
    Kind.MONEY: {"euro", "pay", ""},
    Kind.MONTHS: {"month", "year", "week", "quarter", "half_year", "day", ""},
    Kind.PERCENT: {"percent", "fraction", "point", ""},
    Kind.COUNT: {"people", "customer", ""},
    Kind.FACTOR: {"times", "percent", "fraction", ""},
    Kind.SCORE: {"point", ""},
}
_AGENTS = re.compile(r"\b(?:agents?|(?:tele)?conseillers?|advisors?|headcount|team of|equipe de)\b")
"""Words that name those who handle the contacts; « ETP » counts anybody."""
_CLAUSE = re.compile(r"[,;\n]|\.(?!\d)|\b(?:et|and|avec|with|puis)\b")
_COUNTED = lexicon.expression("several", "counted")
_ENDING = lexicon.expression("several", "ending")


def mentions(text: str, questions: Sequence[Question], lang: str, current: str | None = None) -> tuple[Mention, ...]:
    """The facts that a message tells, at most one a field, in the order told.

    A bare number goes to no field but the current one.

    Args:
        questions: those that may be answered, the current one among them.
        current: the field that was asked, if any.
    """
    if not readable(text):
        return ()
    said = say(text, "en" if lang == "en" else "fr")
    if not said.raw or intents.hostile(said) or intents.command(said) or intents.asks(said) or said.asks:
        return ()
    by_id = {q.id: q for q in questions}
    found: dict[str, tuple[int, Mention]] = {}

    def keep(field: str, at: int, understood: Understood, words: str) -> None:
        if field in by_id and field not in found and understood.kind in (Outcome.VALUE, Outcome.AMBIGUOUS):
            found[field] = at, Mention(field, understood, _ENDING.sub("", words.strip(" ,;.:-")))

    rest = _schedule(said, current, keep)
    assigned = _assigned(rest, by_id, current)
    for field, measure, words in assigned:
        keep(field, measure.start, understand(words, by_id[field], said.lang), words)
    asked = by_id.get(current or "")
    _languages(said, asked, keep, among=len(assigned))
    _choices(said, by_id, asked, keep)
    if asked and asked.id not in found and not (asked.kind in NUMERIC and _all_elsewhere(said, assigned)):
        _current(said, asked, keep)
    return tuple(mention for _, mention in sorted(found.values(), key=lambda pair: pair[0]))


def _schedule(said: Said, current: str | None, keep: _Keep) -> str:
    """Hours are taken first, so that their figures are no other's; the text left, as long as before."""
    text = said.digits
    found = schedules.find(text, strict=True)
    if not found:
        return text
    before = text[max(0, found.start - 40) : found.start]
    named = [n for n, _, _ in fields.named_in(before) if n in ("hours_needed", "hours_covered_today")]
    field = named[-1] if named else current if current in ("hours_needed", "hours_covered_today") else "hours_needed"
    words = text[found.start : found.end]
    understood = Understood(
        Outcome.VALUE,
        found.canonical,
        hours_per_week=round(hours_per_week(found.canonical), 2),
        assumption=noted(found.assumption),
    )
    keep(field, found.start, understood, words)
    return text[: found.start] + "," + " " * (found.end - found.start - 1) + text[found.end :]


def _assigned(text: str, by_id: Mapping[str, Question], current: str | None) -> list[tuple[str, Measure, str]]:
    """Each measure with its field and the words that hold it."""
    taken: list[tuple[str, Measure, str]] = []
    for measure in measures(text):
        if measure.number.weak and measure.unit in ("", "other"):
            continue
        head = _CLAUSE.split(measure.head)[-1]
        field = _field_of(measure, head, by_id, current)
        if measure.unit in ("month", "week") and taken and taken[-1][0] == "peak_factor" and "peak_months" in by_id:
            field = "peak_months"
        if field:
            words = f"{head.strip()} {text[measure.number.start : measure.end]}".strip()
            taken.append((field, measure, words))
    return taken


def _field_of(measure: Measure, head: str, by_id: Mapping[str, Question], current: str | None) -> str | None:
    def fits(name: str) -> bool:
        return name in by_id and measure.unit in _ACCEPTED.get(by_id[name].kind, set())

    near = [n for n, _, _ in reversed(fields.named_in(head))] + [n for n, _, _ in fields.named_in(measure.tail)]
    told = [n for n in near if fits(n) and (n != current)]
    by_unit = fields.unit_fields().get(measure.unit)
    own = current is not None and fits(current)
    if (
        own
        and (not told or current in near)
        and (measure.unit == "" or by_unit in (None, current) or not fits(by_unit or ""))
    ):
        return current
    plain = [n for n in told if n != "agents_fte" or _AGENTS.search(f"{head} {measure.tail}")]
    if own and current in ("pilot_capacity", "company_size") and measure.unit == "people" and not plain:
        return current
    if told:
        return told[0]
    return by_unit if by_unit and fits(by_unit) else current if own else None


def _all_elsewhere(said: Said, assigned: Sequence[tuple[str, Measure, str]]) -> bool:
    """Whether every figure of the message is another field's."""
    return bool(assigned) and len(assigned) == len([m for m in measures(said.digits) if not m.number.weak])


def _languages(said: Said, asked: Question | None, keep: _Keep, *, among: int) -> None:
    """Languages; one named in passing in an answer in words is not the list of those needed."""
    codes, some = languages.find(said, alone=False)
    if not codes:
        return
    current = asked.id if asked else None
    if asked and asked.kind in (*choices.CHOOSING, Kind.TEXT) and len(codes) == 1 and not among:
        return
    named = [n for n, _, _ in fields.named_in(said.folded) if n in ("languages_needed", "languages_covered")]
    field = (
        current if current in ("languages_needed", "languages_covered") else named[0] if named else "languages_needed"
    )
    at = min((said.folded.find(n) for n in languages.names() if re.search(rf"\b{n}\b", said.folded)), default=0)
    note = (
        noted(
            {"fr": "« un peu » compté comme une langue à part entière", "en": "“a little” counted as a whole language"}
        )
        if some
        else {}
    )
    words = ", ".join(languages.name_of(c, said.lang) for c in codes)
    keep(field, at, Understood(Outcome.VALUE, tuple(codes), assumption=note), words)


def _choices(said: Said, by_id: Mapping[str, Question], asked: Question | None, keep: _Keep) -> None:
    """What the wordings of some options tell by themselves, besides the words that answer what was asked."""
    plain = _COUNTED.sub(" ", said.folded)
    current = asked.id if asked else None
    left = _without_answer(plain, said, asked) if asked and asked.options else plain
    for field in (*_ALONE, *((current,) if current else ())):
        question = by_id.get(field)
        if not question or question.kind not in choices.CHOOSING or (field == current and field not in _ALONE):
            continue
        part = say(plain if field == current else left, said.lang)
        kept, out = choices.named(part, question)
        told = [v for v in kept if field == current or _tells(part, question, v)]
        told = [v for v in told if v not in ("other", "none", "yes", "no")] if field != current else told
        if not told or (out and field != current):
            continue
        if question.kind is Kind.CHOICES:
            value = tuple(str(o.value) for o in question.options if o.value in told)
            keep(
                field,
                _at(part, question, told[0]),
                Understood(Outcome.VALUE, value),
                ", ".join(choices.label_of(question, v, said.lang) for v in told),
            )
        elif len(told) == 1:
            keep(
                field,
                _at(part, question, told[0]),
                Understood(Outcome.VALUE, told[0]),
                choices.label_of(question, told[0], said.lang),
            )


def _without_answer(plain: str, said: Said, asked: Question) -> str:
    text = f" {choices.flat(plain)} "
    for value in choices.named(said, asked)[0]:
        for wording in _wordings(said, asked, value):
            text = text.replace(f" {wording} ", " , ")
    return text.strip()


def _wordings(said: Said, question: Question, value: str | bool | int) -> list[str]:
    text = f" {choices.flat(said.folded)} "
    return [p.text for p in choices.phrases(question) if p.value == value and f" {p.text} " in text]


def _tells(said: Said, question: Question, value: str | bool | int) -> bool:
    told = _wordings(said, question, value)
    if question.id in ("regulated", "process_documented", "location_constraint", "already_outsourced"):
        return any(len(w.split()) >= 2 and len(w) >= 9 for w in told)
    least = 4 if question.id == "channels" else _TELLING
    return any(len(w) >= least or w == "sav" for w in told)


def _at(said: Said, question: Question, value: str | bool | int) -> int:
    told = _wordings(said, question, value)
    return said.folded.find(told[0].split()[0]) if told else 0


def _current(said: Said, question: Question, keep: _Keep) -> None:
    """The field asked: the first part of the message that answers it by itself, else the whole."""
    parts = [p for p in re.split(r"[;\n]|,(?!\d)|\.(?=\s)", said.raw) if p.strip()]
    if question.kind is Kind.TEXT:
        first = parts[0] if parts else ""
        if measures(say(first, said.lang).digits):
            return
        parts = [first]
    elif question.kind not in choices.CHOOSING:
        parts = [*parts, said.raw]
    for part in parts:
        understood = understand(part, question, said.lang)
        if understood.kind in (Outcome.VALUE, Outcome.AMBIGUOUS):
            keep(question.id, max(said.raw.find(part), 0), understood, _ENDING.sub("", part))
            return
