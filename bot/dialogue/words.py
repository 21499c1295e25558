"""A message in words to its turn: an answer, several facts, a correction, a command, a question."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.dialogue.actions import TO_YES_OR_NO, again, asked_now, confirmed, do, kept, skip
from bot.dialogue.answering import answer_of, ask_again, edit, keep, read_back, two_readings
from bot.dialogue.asking import question
from bot.dialogue.desk import Desk, Surroundings, Turn
from bot.dialogue.proposals import proposals
from bot.dialogue.state import Dialogue, Pending, Waiting
from bot.interview.answers import Answer
from bot.interview.model import NUMERIC, Kind, Question
from bot.interview.understanding import Mention, Outcome, Understood, correction, mentions, understand
from bot.messages import Part, Style
from bot.wording.catalogue import say
from index.analyzer import fold
from index.typography import typeset

_CHOSEN = frozenset((Kind.CHOICE, Kind.CHOICES, Kind.BOOLEAN))
_CLAUSES = re.compile(r"[;\n+]|[,.](?!\d)|\b(?:et|and|mais|but)\b", re.IGNORECASE)


def heard(desk: Desk, text: str, dialogue: Dialogue, lang: str, around: Surroundings) -> Turn | None:
    """What a message says; None when it is a question for the corpus and no interview waits for an answer."""
    pending = dialogue.pending
    if not dialogue.active:
        return None
    if pending and pending.waiting is Waiting.READ_BACK:
        return _at_read_back(desk, text, pending, dialogue, lang, around)
    if pending and pending.waiting in TO_YES_OR_NO:
        if (said := _yes_or_no(text, lang)) is not None:
            return confirmed(desk, said, dialogue, lang, around)
        dialogue = dialogue.asking(None)
    asked = asked_now(desk, dialogue)
    trying = pending is not None and pending.waiting is Waiting.WHAT_IF
    if asked is None:
        return _at_result(desk, text, dialogue, lang, around)
    return _answered(desk, text, asked, dialogue, lang, around, trying=trying)


def _answered(
    desk: Desk, text: str, asked: Question, dialogue: Dialogue, lang: str, around: Surroundings, *, trying: bool
) -> Turn:
    questions = desk.interview.questions
    understood = understand(text, asked, lang)
    is_edit = understood.kind is Outcome.COMMAND and understood.command == "edit"
    if understood.kind is Outcome.COMMAND and not is_edit:
        return do(desk, understood.command, understood.field, dialogue, lang, around)
    if not trying:
        if taken_back := correction(text, questions, lang):
            return _corrected(desk, taken_back.field, taken_back.understood, dialogue, lang)
        several = _several(desk, text, asked, understood, lang)
        if proposed := _proposed(desk, text, dialogue, several, lang, around):
            given = {**{m.field: answer_of(m.understood, lang) for m in proposed}, **several}
            return read_back(
                desk, dialogue, given, lang, {m.field: m.words for m in proposed if m.field not in several}
            )
        beside = set(several) - {asked.id}
        if beside and (understood.kind is not Outcome.VALUE or (len(several) > 1 and asked.kind is not Kind.TEXT)):
            return read_back(desk, dialogue, several, lang)
    match understood.kind:
        case Outcome.COMMAND:
            return do(desk, understood.command, understood.field, dialogue, lang, around)
        case Outcome.VALUE:
            return kept(desk, {asked.id: answer_of(understood, lang)}, dialogue, lang, trying=trying)
        case Outcome.UNKNOWN:
            return kept(desk, {asked.id: Answer()}, dialogue, lang, trying=trying)
        case Outcome.SKIP:
            return skip(desk, dialogue, lang)
        case Outcome.AMBIGUOUS:
            then = "x" if trying else "a"
            return Turn((two_readings(dialogue, asked, understood, lang, then),), dialogue)
        case Outcome.DIGRESSION:
            return _digression(desk, text, asked, dialogue, lang, around)
    return ask_again(desk, dialogue, asked, lang, _why_not(understood, lang))


def _at_read_back(
    desk: Desk, text: str, pending: Pending, dialogue: Dialogue, lang: str, around: Surroundings
) -> Turn | None:
    """Facts are read back: a message changes or adds some, « non, plutôt 7 min », confirms them, or leaves them."""
    free = dialogue.asking(None)
    asked = asked_now(desk, free)
    said = _yes_or_no(text, lang)
    figure = asked.id if asked and asked.id in pending.given and asked.kind in NUMERIC else None
    told = {
        m.field: answer_of(m.understood, lang)
        for m in mentions(text, desk.interview.questions, lang, figure)
        if m.understood.kind is Outcome.VALUE
    }
    if any(pending.given.get(name) != answer for name, answer in told.items()):
        return read_back(desk, free, {**pending.given, **told}, lang)
    if said is not None and (told or not any(map(str.isdigit, text))):
        return confirmed(desk, said, dialogue, lang, around)
    if asked is None:
        return _at_result(desk, text, free, lang, around)
    understood = understand(text, asked, lang)
    match understood.kind:
        case Outcome.COMMAND:
            return do(desk, understood.command, understood.field, dialogue, lang, around)
        case Outcome.SKIP:
            return confirmed(desk, False, dialogue, lang, around)
        case Outcome.DIGRESSION:
            return Turn((around.answer(text), *again(desk, dialogue, lang).replies), dialogue)
    return again(desk, dialogue, lang)


def _proposed(
    desk: Desk, text: str, dialogue: Dialogue, several: Mapping[str, Answer], lang: str, around: Surroundings
) -> tuple[Mention, ...]:
    """What a model finds in a paragraph besides what the parsers found, of questions not answered yet."""
    if around.model is None:
        return ()
    left = [q for q in desk.interview.questions if q.id not in several and q.id not in dialogue.answers]
    return proposals(text, left, lang, around.model)


def _several(desk: Desk, text: str, asked: Question, understood: Understood, lang: str) -> dict[str, Answer]:
    """The facts of a message; a single clause that answers the question asked tells another only by another figure."""
    if fold(text.strip()) in {fold(option.label[lang]) for option in asked.options}:
        return {asked.id: answer_of(understood, lang)}  # a button's words, typed
    single = understood.kind is Outcome.VALUE and not _CLAUSES.search(text.strip(" \n.,;"))

    def aside(m: Mention) -> bool:
        chosen = desk.interview.question(m.field).kind in _CHOSEN
        return single and (chosen or m.understood.value == understood.value or not any(map(str.isdigit, m.words)))

    told = {
        m.field: answer_of(m.understood, lang)
        for m in mentions(text, desk.interview.questions, lang, asked.id)
        if m.understood.kind is Outcome.VALUE and (m.field == asked.id or not aside(m))
    }
    if asked.id in told and isinstance(understood.value, tuple):
        told[asked.id] = answer_of(understood, lang)  # of a list, the whole message tells more than its first clause
    return told


def _at_result(desk: Desk, text: str, dialogue: Dialogue, lang: str, around: Surroundings) -> Turn | None:
    """Once there is a result, a message may correct an answer or ask for something; else it is a question."""
    if taken_back := correction(text, desk.interview.questions, lang):
        return _corrected(desk, taken_back.field, taken_back.understood, dialogue, lang)
    name = desk.interview.question("flow_name")
    understood = understand(text, name, lang)
    if understood.kind is Outcome.COMMAND and understood.command not in ("help", "why", "pause"):
        return do(desk, understood.command, understood.field, dialogue, lang, around)
    return None


def _digression(desk: Desk, text: str, asked: Question, dialogue: Dialogue, lang: str, around: Surroundings) -> Turn:
    answer = around.answer(text)
    again = question(desk, dialogue, asked, lang, [Part(say(lang, "back_to_interview"), Style.ITALIC)])
    return Turn((answer, again), dialogue)


def _corrected(desk: Desk, name: str, understood: Understood, dialogue: Dialogue, lang: str) -> Turn:
    asked = desk.interview.question(name)
    match understood.kind:
        case Outcome.VALUE:
            return keep(desk, dialogue, {name: answer_of(understood, lang)}, lang, correcting=True)
        case Outcome.UNKNOWN:
            return keep(desk, dialogue, {name: Answer()}, lang, correcting=True)
        case Outcome.AMBIGUOUS:
            return Turn((two_readings(dialogue, asked, understood, lang, "a"),), dialogue)
        case Outcome.INVALID:
            pending = Pending(Waiting.EDIT, name, flow=dialogue.flow)
            return ask_again(desk, dialogue.asking(pending), asked, lang, _why_not(understood, lang))
    return edit(desk, dialogue, name, lang)


def _why_not(understood: Understood, lang: str) -> str:
    return typeset(understood.reason.get(lang, ""), lang) or say(lang, "not_understood")


def _yes_or_no(text: str, lang: str) -> bool | None:
    """Whether a message says yes or no, in all their shades; None when neither."""
    said = understand(text, _YES_NO, lang)
    return said.value if said.kind is Outcome.VALUE and isinstance(said.value, bool) else None


_YES_NO = Question(
    id="confirmed",
    scope="flow",
    kind=Kind.BOOLEAN,
    ask={"fr": "Oui ou non ?", "en": "Yes or no?"},
    label={"fr": "Confirmation", "en": "Confirmation"},
    why={"fr": "", "en": ""},
    cites=(),
)
