"""A message read as the answer to one question: the order in which meanings are tried."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bot.interview.model import Kind, Question
from bot.interview.understanding import (
    booleans,
    choices,
    counts,
    durations,
    figures,
    intents,
    languages,
    lexicon,
    money,
    ratios,
    schedules,
    texts,
    volumes,
)
from bot.interview.understanding.fields import edited_field, spoken_of
from bot.interview.understanding.measures import measures
from bot.interview.understanding.outcome import Outcome, Understood, invalid
from bot.interview.understanding.said import Said, readable, say

_READERS: dict[Kind, Callable[[Said, Question], Understood | None]] = {
    Kind.VOLUME: volumes.read,
    Kind.DURATION: durations.read_minutes,
    Kind.MONTHS: durations.read_months,
    Kind.MONEY: money.read,
    Kind.PERCENT: ratios.read_percent,
    Kind.COUNT: counts.read,
    Kind.FACTOR: ratios.read_factor,
    Kind.SCORE: ratios.read_score,
    Kind.CHOICE: choices.read_choice,
    Kind.CHOICES: choices.read_choices,
    Kind.BOOLEAN: booleans.read,
    Kind.SCHEDULE: schedules.read,
    Kind.LANGUAGES: languages.read,
    Kind.TEXT: texts.read,
}
_HEDGE = re.compile(r"[,;.:!]+\s|\b(?:mais|but|disons|let's say|donc|so)\b", re.IGNORECASE)
_NAMING = re.compile(r"\b(?:disons|appelons|let's say|call it|on va dire|je dirais)\b", re.IGNORECASE)
_YEAR = re.compile(
    r"\b(?:en|depuis|since|in|ne en|born in) (?:19|20)[0-9]{2}\b(?!\s?(?:appels|contacts|calls|€|euros|tickets))"
)


def understand(text: str, question: Question, lang: str) -> Understood:
    """What a message means as an answer to a question.

    Args:
        text: any text at all.
        question: what was asked.
        lang: ``fr`` or ``en``, the language that number words are first read in; the rest is understood in both.
    """
    if not readable(text):
        return invalid(
            "Je ne peux pas lire ce message : écrivez une réponse courte.",
            "I cannot read this message: write a short answer.",
        )
    said = say(text, "en" if lang == "en" else "fr")
    if not said.raw:
        return _not_understood(question)
    if intents.hostile(said):
        return _not_understood(question)
    if option := choices.exact(said, question, labels=True):
        return _as_kind(question, option.value)
    read = _by_intent(said, question) or _by_value(said, question)
    if read is None or read.kind is Outcome.INVALID:
        return _by_cue(said, question, refused=read is not None) or read or _neither(said, question)
    return read


def _by_intent(said: Said, question: Question) -> Understood | None:
    if command := intents.command(said):
        return Understood(Outcome.COMMAND, command=command)
    option = choices.exact(said, question)
    if option is None and intents.skips(said):
        return Understood(Outcome.SKIP)
    if intents.thanks(said) or (intents.inverted(said) and not intents.asks_about_asking(said)):
        return Understood(Outcome.DIGRESSION)
    if option:
        return _as_kind(question, option.value)
    if question.kind is Kind.BOOLEAN and said.bare in ("je crois", "je pense"):
        return None
    if intents.unknown(said, question):
        return Understood(Outcome.UNKNOWN)
    edit = edited_field(said, question)
    if edit is not None:
        return Understood(Outcome.COMMAND, command="edit", field=edit)
    if meant := intents.near(said, question):
        if meant == "unknown":
            return Understood(Outcome.UNKNOWN)
        return Understood(Outcome.SKIP) if meant == "skip" else Understood(Outcome.COMMAND, command=meant)
    if loose := intents.loosely_commands(said) or intents.command_in_any_order(said):
        return Understood(Outcome.COMMAND, command=loose)
    if intents.asks(said) and (aside := intents.asks_about_asking(said)):
        return Understood(Outcome.COMMAND, command=aside)
    if intents.asks(said) or (said.asks and not _plain(said, question)):
        return Understood(Outcome.DIGRESSION)
    skips = intents.loosely_skips(said, question)
    if skips or intents.loosely_unknown(said, question):
        return _after_hedge(said, question) or Understood(Outcome.SKIP if skips else Outcome.UNKNOWN)
    return None


def _after_hedge(said: Said, question: Question) -> Understood | None:
    """The answer that follows « je ne sais pas trop » after all: « … mais plutôt simple »."""
    *_, last = _HEDGE.split(said.raw)
    if len(last) == len(said.raw) or (question.kind is Kind.TEXT and not _NAMING.search(said.raw)):
        return None
    part = say(last.strip(), said.lang)
    if not part.bare or intents.loosely_unknown(part, question) or part.asks:
        return None
    read = _by_intent(part, question) or _by_value(part, question)
    return read if read and read.kind in (Outcome.VALUE, Outcome.AMBIGUOUS) else None


def _by_value(said: Said, question: Question) -> Understood | None:
    if question.kind in figures.UNITS and _YEAR.search(said.digits):
        said = replace(said, digits=_YEAR.sub(" ", said.digits), folded=_YEAR.sub(" ", said.folded))
        if not re.search("[0-9]", said.digits):
            return _not_understood(question)
    if question.kind in figures.UNITS and spoken_of(said, question):
        return _not_understood(question)
    if (question.kind is Kind.TEXT or question.open) and (intents.small_talk(said) or intents.about_oneself(said)):
        return None
    if {o.value for o in question.options} >= {"yes", "no", "partial"} and (shade := booleans.shade_of(said)):
        named = choices.named(said, question)[0]
        return _as_kind(
            question, named[0] if len(named) == 1 and shade != "partial" and named[0] == "partial" else shade
        )
    read = _READERS[question.kind](said, question)
    if read is None and question.kind is Kind.CHOICE:
        return _answered_by_yes_or_no(said, question) or _denied(said, question)
    if read is None and question.kind is Kind.CHOICES and question.open and not intents.beside_the_point(said):
        read = texts.read(said, question)
        if read and isinstance(read.value, str):
            return Understood(Outcome.VALUE, (read.value,))
    return read


def _answered_by_yes_or_no(said: Said, question: Question) -> Understood | None:
    """A choice that has an option worded yes or no: « ouais » for « Oui, stable »."""
    told = booleans.yes_or_no(said)
    if told is None:
        return None
    words = {"oui", "yes"} if told else {"non", "no"}
    found = {o.value for o in question.options if words & {choices.flat(w) for ws in o.words.values() for w in ws}}
    return _as_kind(question, found.pop()) if len(found) == 1 else None


def _denied(said: Said, question: Question) -> Understood | None:
    """« Nous ne sommes soumis à aucune réglementation », where one option is none."""
    if question.option("none") and booleans.denies_topic(said, question):
        return Understood(Outcome.VALUE, "none")
    return None


def _as_kind(question: Question, value: str | bool | int) -> Understood:
    return Understood(Outcome.VALUE, (str(value),) if question.kind is Kind.CHOICES else value)


def _plain(said: Said, question: Question) -> bool:
    """Whether a message that ends with a question mark is a bare value all the same."""
    words = said.bare.split()
    if question.kind in figures.UNITS:
        found = [m for m in measures(said.digits) if not m.number.weak or m.unit]
        if not found:
            return len(words) <= 2
        rest = said.digits
        for measure in reversed(found):
            rest = rest[: measure.number.start] + " " + rest[measure.number.end :]
        left = re.findall(r"[a-z]{2,}", rest)
        return all(lexicon.unit_of(w) is not None or lexicon.period_of(w) for w in left) and len(left) <= 8
    if question.kind in (Kind.BOOLEAN, Kind.CHOICE, Kind.CHOICES):
        return len(words) <= 4 and not re.search(r"\b(?:c'est|est|sont|is|are|ca|ou|or)\b", said.folded)
    if question.kind is Kind.TEXT:
        return (
            len(words) <= 4
            and not re.match(r"(?:c'est|ca|cela|it's|il|je|on)\b", said.folded)
            and " ou " not in said.folded
        )
    return len(words) <= (6 if question.kind in (Kind.SCHEDULE, Kind.LANGUAGES) else 4)


def _by_cue(said: Said, question: Question, *, refused: bool) -> Understood | None:
    """What words that answer nothing are about, by their cues; fewer count where an answer was read and refused."""
    found = "" if intents.small_talk(said) else intents.cue(said)
    if not found or (refused and found in ("skip", "digression")):
        return None
    if found == "unknown" and question.kind is Kind.BOOLEAN:  # « personne ne le sait aussi bien » answers, if unclearly
        return None
    if found in ("unknown", "skip", "digression"):
        return Understood(Outcome(found))
    return Understood(Outcome.COMMAND, command=found)


def _neither(said: Said, question: Question) -> Understood:
    figured = question.kind in (*figures.UNITS, Kind.SCHEDULE) and re.search("[0-9]", said.digits) and not said.asks
    if intents.beside_the_point(said) and not figured:
        return Understood(Outcome.DIGRESSION)
    return _not_understood(question)


def _not_understood(question: Question) -> Understood:
    if question.options and question.kind in choices.CHOOSING:
        listed = choices.labels(question)
        return invalid(
            f"Je n'ai pas reconnu de réponse. Choisissez parmi : {listed['fr']}.",
            f"I did not recognise an answer. Choose from: {listed['en']}.",
        )
    if question.kind is Kind.BOOLEAN:
        return invalid("Je n'ai pas compris : est-ce oui ou non ?", "I did not understand: is it yes or no?")
    return figures.invalid_for(question, ("Je n'ai pas compris cette réponse.", "I did not understand this answer."))
