"""A press to its turn: all it needs stands in the button's code, which may be old, foreign or forged."""

from __future__ import annotations

import math
from dataclasses import replace

from bot.dialogue import flows, results
from bot.dialogue.actions import TO_YES_OR_NO, confirmed, do, kept, what_to_edit, why_asked
from bot.dialogue.answering import back, edit, go_on
from bot.dialogue.asking import option_rows
from bot.dialogue.codes import NO_NONCE, RESTART_ASK, RESUME, START, read
from bot.dialogue.desk import Desk, Surroundings, Turn
from bot.dialogue.opening import open_, restarted, stale
from bot.dialogue.state import Dialogue
from bot.interview.answers import Answer
from bot.interview.model import NUMERIC, Kind, Question
from bot.messages import Part, Reply, Style
from bot.wording.catalogue import say


def pressed(desk: Desk, code: str, dialogue: Dialogue | None, lang: str, around: Surroundings) -> Turn | None:
    """What a button does; None when its code is not the interview's. One of an earlier interview is refused."""
    parts = read(code)
    if parts is None:
        return None
    nonce, action, arguments = parts
    if nonce == NO_NONCE and action in (START, RESUME):
        return open_(desk, dialogue, lang, around)
    if nonce == NO_NONCE and action == RESTART_ASK:
        return do(desk, "restart", "", dialogue, lang, around) if dialogue else restarted(desk, lang, around)
    if dialogue is None or nonce != dialogue.nonce:
        return stale(desk, dialogue, lang)
    return _pressed(desk, action, arguments, dialogue, lang, around) or stale(desk, dialogue, lang)


def _pressed(
    desk: Desk, action: str, arguments: tuple[str, ...], dialogue: Dialogue, lang: str, around: Surroundings
) -> Turn | None:
    """One press of this interview's buttons; None when it means nothing, any more or ever."""
    match action, arguments:
        case "yes" | "no", (token,):
            if dialogue.pending and dialogue.pending.waiting in TO_YES_OR_NO and token == dialogue.pending.token:
                return confirmed(desk, action == "yes", dialogue, lang, around)
            return None
        case "b", ():
            return back(desk, dialogue, lang)
        case "g", ():
            return go_on(desk, replace(dialogue, pending=None, active=True), lang)
        case "p", ():
            return flows.listing(desk, dialogue, lang)
        case "add", ():
            return flows.add(desk, dialogue, lang)
    flow = dialogue.portfolio.flow(int(arguments[0])) if arguments and _is_number(arguments[0]) else None
    if flow is None:
        return None
    here = replace(dialogue, flow=flow.id, active=True)
    if flow.id != dialogue.flow:
        here = here.asking(None)
    match action, arguments[1:]:
        case "n" | "r", ():
            return do(desk, "result", "", here, lang, around)
        case "f", ():
            refining = tuple(dict.fromkeys((*here.refining, flow.id)))
            return go_on(desk, replace(here, refining=refining, pending=None), lang)
        case "t", (name,):
            return results.open_section(desk, here, name, lang, around.titles(lang))
        case "more", ():
            return results.more(here, lang)
        case "d", ():
            return results.documents(here, lang)
        case "d", (kind,):
            return results.document(desk, here, kind, lang, around)
        case "w", ():
            return results.what_if(desk, here.asking(None), lang)
        case "p", ():
            return flows.flow_menu(desk, here, flow, lang)
        case "go", ():
            return flows.open_flow(desk, here, flow, lang)
        case "ren", ():
            return flows.rename(desk, here, flow, lang)
        case "copy", ():
            return flows.copy(desk, here, flow, lang)
        case "del", ():
            return flows.ask_to_remove(here, flow, lang)
        case "e", ():
            return what_to_edit(desk, here, lang)
        case _, (name, *rest) if name in desk.interview.by_id:
            return _pressed_answer(desk, action, desk.interview.question(name), tuple(rest), here, lang, around)
    return None


def _pressed_answer(
    desk: Desk,
    action: str,
    asked: Question,
    arguments: tuple[str, ...],
    dialogue: Dialogue,
    lang: str,
    around: Surroundings,
) -> Turn | None:
    match action, arguments:
        case "e", ():
            return edit(desk, dialogue, asked.id, lang)
        case "w", ():
            return results.what_if_value(dialogue, asked, lang)
        case "y", ():
            return why_asked(desk, dialogue, asked, lang, around)
        case "u", ():
            return kept(desk, {asked.id: Answer()}, dialogue, lang, trying=False)
        case (("a" | "x"), (number,)) if _is_option(number, asked):
            answer = Answer(asked.options[int(number)].value)
            return kept(desk, {asked.id: answer}, dialogue, lang, trying=action == "x")
        case "m", (mask, ("a" | "x") as then) if (ticked := _mask(mask, asked)) is not None:
            return _ticked(asked, ticked, then, dialogue, lang)
        case "ok", (mask, then) if ticked := _mask(mask, asked):
            values = tuple(str(o.value) for n, o in enumerate(asked.options) if ticked >> n & 1)
            return kept(desk, {asked.id: Answer(values)}, dialogue, lang, trying=then == "x")
        case "v", (value, then):
            reading = _number(value)
            if asked.kind not in NUMERIC or reading is None or not _within(asked, reading):
                return None
            return kept(desk, {asked.id: Answer(reading)}, dialogue, lang, trying=then == "x")
    return None


def _ticked(asked: Question, mask: int, then: str, dialogue: Dialogue, lang: str) -> Turn:
    """A multiple choice so far, with its buttons again; the message that was pressed is replaced where it can be."""
    chosen = ", ".join(o.label[lang] for n, o in enumerate(asked.options) if mask >> n & 1)
    lead = asked.ask[lang].partition("\n")[0]
    parts = (Part(lead, Style.BOLD), Part("\n" + (say(lang, "ticked", chosen=chosen) if mask else "")))
    reply = Reply(parts, tuple(option_rows(dialogue, asked, lang, then, mask)), replaces=True)
    return Turn((reply,), dialogue)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6


def _is_option(text: str, asked: Question) -> bool:
    return asked.kind is not Kind.CHOICES and _is_number(text) and int(text) < len(asked.options)


def _mask(text: str, asked: Question) -> int | None:
    try:
        mask = int(text, 16) if len(text) <= 8 else -1
    except ValueError:
        return None
    return mask if asked.kind is Kind.CHOICES and 0 <= mask < 1 << len(asked.options) else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _within(asked: Question, value: float) -> bool:
    low, high = asked.low, asked.high
    return math.isfinite(value) and (low is None or value >= low) and (high is None or value <= high)
