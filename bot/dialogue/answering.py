"""Answers kept, corrected and taken back; what is implausible pointed out once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.advice.plausibility import alerts
from bot.dialogue.asking import facts_list, noted, question
from bot.dialogue.codes import choice, yes_or_no
from bot.dialogue.desk import Desk, Turn
from bot.dialogue.results import offer, result
from bot.dialogue.state import MAX_TRAIL, Dialogue, Pending, Waiting
from bot.interview.answers import Answer
from bot.interview.model import Question
from bot.interview.understanding import Understood
from bot.messages import Part, Reply, Style
from bot.wording.catalogue import say
from index.typography import typeset

_SAID_WITH_THE_RESULT = frozenset(("baseline-not-given",))
"""What later answers may still put right."""


def answer_of(understood: Understood, lang: str) -> Answer:
    """What was understood, as it is kept."""
    return Answer(
        understood.value, understood.low, understood.high, assumption=typeset(understood.assumption.get(lang, ""), lang)
    )


def keep(desk: Desk, dialogue: Dialogue, given: Mapping[str, Answer], lang: str, *, correcting: bool = False) -> Turn:
    """Keep answers, say what was noted, and go on with the next question or the result."""
    was_at_result = desk.next(dialogue) is None
    changed = replace(
        dialogue,
        portfolio=desk.engine.put(dialogue.portfolio, dialogue.flow, given),
        pending=None,
        active=True,
        trail=(*dialogue.trail, *((dialogue.flow, name) for name in given))[-MAX_TRAIL:],
    )
    lines = [say(lang, "corrected" if correcting else "noted")] if correcting or len(given) > 1 else []
    told = "\n".join(noted(desk.interview.question(name), answer, lang) for name, answer in given.items())
    before = [Part(" ".join(lines) + ("\n" if lines else "") + ("" if lines else "✓ ") + told)]
    changed, warnings = _pointed_out(desk, changed, lang)
    if warnings:
        before.append(Part("\n\n" + "\n\n".join(warnings), Style.ITALIC))
    return go_on(desk, changed, lang, before, revised=was_at_result)


def go_on(
    desk: Desk, dialogue: Dialogue, lang: str, before: list[Part] | None = None, *, revised: bool = False
) -> Turn:
    """The next question; else the offer of a result; else the result again, when an answer was revised there.

    Args:
        before: what there is to say first.
        revised: whether the result had been reached before this change.
    """
    asked = desk.next(dialogue)
    if asked is not None:
        there = replace(dialogue, active=True)
        return Turn((question(desk, there, asked, lang, before or ()),), there)
    if dialogue.flow in dialogue.finished or dialogue.refines or revised:
        return result(desk, dialogue, lang, before or ())
    return offer(desk, dialogue, lang, before or ())


def read_back(
    desk: Desk, dialogue: Dialogue, given: Mapping[str, Answer], lang: str, words: Mapping[str, str] | None = None
) -> Turn:
    """Several facts understood in one message: told before they are kept.

    Args:
        words: for those that a model proposed, the person's own words that they come from.
    """
    pending = Pending(Waiting.READ_BACK, given=given, flow=dialogue.flow)
    buttons = yes_or_no(say(lang, "button_keep_all"), say(lang, "button_keep_none"), dialogue.nonce, pending)
    text = f"{say(lang, 'read_back')}\n{facts_list(desk, dict(given), lang, words)}\n\n{say(lang, 'read_back_ask')}"
    return Turn((Reply.of(text, (buttons,)),), dialogue.asking(pending))


def two_readings(dialogue: Dialogue, asked: Question, understood: Understood, lang: str, then: str = "r") -> Reply:
    """A message that can be read in two ways: a button for each, with the value in its code."""
    buttons = tuple(
        (choice(reading.label[lang], dialogue.nonce, "v", dialogue.flow, asked.id, f"{reading.value}", then),)
        for reading in understood.readings
    )
    return Reply.of(say(lang, "two_readings"), buttons)


def back(desk: Desk, dialogue: Dialogue, lang: str) -> Turn:
    """The last answer taken back and asked again."""
    if _leaves_something(dialogue):
        return go_on(desk, dialogue.asking(None), lang)
    dialogue = dialogue.asking(None)
    if not dialogue.trail:
        return go_on(desk, dialogue, lang, [Part(say(lang, "nothing_to_take_back"))])
    flow, name = dialogue.trail[-1]
    trail = dialogue.trail[:-1]
    kept = dialogue.portfolio.flow(flow)
    if kept is None or name not in dialogue.portfolio.answers_of(kept):
        return back(desk, replace(dialogue, trail=trail), lang)
    undone = replace(
        dialogue,
        portfolio=desk.engine.drop(dialogue.portfolio, flow, name),
        flow=flow,
        trail=trail,
        finished=tuple(f for f in dialogue.finished if f != flow),
        active=True,
    )
    label = desk.interview.question(name).label[lang]
    pending = Pending(Waiting.EDIT, name, flow=flow)
    return ask_again(
        desk, undone.asking(pending), desk.interview.question(name), lang, say(lang, "taken_back", label=label)
    )


def _leaves_something(dialogue: Dialogue) -> bool:
    """Whether going back only leaves what was asked beside the interview; an answer taken back leads further back."""
    pending = dialogue.pending
    if pending is None or pending.waiting is Waiting.OFFER:
        return False
    return pending.waiting is not Waiting.EDIT or pending.name in dialogue.answers


def ask_again(desk: Desk, dialogue: Dialogue, asked: Question, lang: str, before: str) -> Turn:
    """One question, whatever its place, after a word."""
    return Turn((question(desk, dialogue, asked, lang, [Part(before)]),), dialogue)


def edit(desk: Desk, dialogue: Dialogue, name: str, lang: str) -> Turn:
    """An earlier answer, to give again."""
    asked = desk.interview.question(name)
    known = dialogue.answers.get(name)
    before = say(lang, "edit_known", answer=noted(asked, known, lang)) if known else say(lang, "edit_new")
    return ask_again(desk, dialogue.asking(Pending(Waiting.EDIT, name, flow=dialogue.flow)), asked, lang, before)


def _pointed_out(desk: Desk, dialogue: Dialogue, lang: str) -> tuple[Dialogue, list[str]]:
    """What has become implausible, said once for each flow."""
    told = list(dialogue.told)
    lines = []
    for alert in alerts(desk.facts(dialogue)):
        mark = f"{dialogue.flow}:{alert.id}"
        if mark not in told and alert.id not in _SAID_WITH_THE_RESULT:
            told.append(mark)
            lines.append(f"⚠️ {alert.text[lang]}")
    return replace(dialogue, told=tuple(told)), lines
