"""What a person can ask of the interview besides answering: back, why, summary, result, cancel…"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.dialogue import flows, results
from bot.dialogue.answering import back, edit, go_on, keep, read_back
from bot.dialogue.asking import facts_list, question, why
from bot.dialogue.codes import choice, yes_or_no
from bot.dialogue.desk import Desk, Surroundings, Turn
from bot.dialogue.opening import invitation, restarted
from bot.dialogue.state import Dialogue, Pending, Waiting
from bot.interview.answers import Answer
from bot.interview.model import Question
from bot.messages import Choice, Part, Reply, Style
from bot.wording.catalogue import say

TO_YES_OR_NO = frozenset((Waiting.READ_BACK, Waiting.TRIED, Waiting.CANCEL, Waiting.RESTART, Waiting.REMOVE))
"""What is confirmed or not before anything else."""


def do(desk: Desk, action: str, name: str, dialogue: Dialogue, lang: str, around: Surroundings) -> Turn:
    """One action, by its name; help for one that does not exist.

    Args:
        name: the field that ``edit`` is about, else empty.
    """
    match action:
        case "back":
            return back(desk, dialogue, lang)
        case "cancel":
            return _ask_first(Waiting.CANCEL, "cancel_ask", dialogue, lang)
        case "restart":
            return _ask_first(Waiting.RESTART, "restart_ask", dialogue, lang)
        case "pause":
            paused = replace(dialogue, active=False, pending=None)
            resume = ((invitation(dialogue, lang),),)
            return Turn((Reply.of(say(lang, "paused"), resume),), paused)
        case "why":
            return why_asked(desk, dialogue, asked_now(desk, dialogue), lang, around)
        case "summary":
            return _summary(desk, dialogue, lang)
        case "result":
            if desk.next(dialogue) is None:
                return results.result(desk, dialogue.asking(None), lang)
            return results.provisional(desk, dialogue, lang)
        case "portfolio":
            return flows.listing(desk, dialogue, lang)
        case "add_flow":
            return flows.add(desk, dialogue, lang)
        case "edit" if name in desk.interview.by_id:
            return edit(desk, dialogue, name, lang)
        case "edit":
            return what_to_edit(desk, dialogue, lang)
    return _help(desk, dialogue, lang)


def asked_now(desk: Desk, dialogue: Dialogue) -> Question | None:
    """The question that the next message answers: one to give again or to try, else the interview's next."""
    pending = dialogue.pending
    if pending and pending.waiting in (Waiting.EDIT, Waiting.WHAT_IF) and pending.name:
        return desk.interview.by_id.get(pending.name)
    return desk.next(dialogue)


def kept(desk: Desk, given: Mapping[str, Answer], dialogue: Dialogue, lang: str, *, trying: bool) -> Turn:
    """Answers kept, or tried when that is what they are for."""
    if trying:
        return results.tried(desk, dialogue, given, lang)
    correcting = any(name in dialogue.answers for name in given)
    return keep(desk, dialogue, given, lang, correcting=correcting)


def skip(desk: Desk, dialogue: Dialogue, lang: str) -> Turn:
    """The question passed over."""
    asked = asked_now(desk, dialogue)
    if asked is None or (dialogue.pending and dialogue.pending.waiting in (Waiting.EDIT, Waiting.WHAT_IF)):
        return go_on(desk, dialogue.asking(None), lang)
    return keep(desk, dialogue, {asked.id: Answer(skipped=True)}, lang)


def confirmed(desk: Desk, yes: bool, dialogue: Dialogue, lang: str, around: Surroundings) -> Turn:
    """Yes or no to what was asked first."""
    pending = dialogue.pending
    assert pending is not None
    free = dialogue.asking(None)
    match pending.waiting:
        case Waiting.READ_BACK if yes:
            return keep(desk, replace(free, flow=pending.flow), pending.given, lang)
        case Waiting.READ_BACK:
            return go_on(desk, free, lang, [Part(say(lang, "not_kept"))])
        case Waiting.TRIED if yes:
            return keep(desk, free, pending.given, lang, correcting=True)
        case Waiting.CANCEL if yes:
            return Turn((Reply.of(say(lang, "cancelled"), ((invitation(None, lang),),)),), None)
        case Waiting.RESTART if yes:
            return restarted(desk, lang, around)
        case Waiting.REMOVE if yes:
            return flows.remove(desk, free, pending.flow, lang)
        case Waiting.REMOVE:
            return flows.listing(desk, free, lang)
    return go_on(desk, free, lang)


def again(desk: Desk, dialogue: Dialogue, lang: str) -> Turn:
    """Where the person is: what waits for an answer is asked again, else the next question or the result."""
    pending = dialogue.pending
    flow = dialogue.portfolio.flow(pending.flow) if pending else None
    if pending is None or flow is None:
        return go_on(desk, dialogue.asking(None), lang)
    match pending.waiting:
        case Waiting.READ_BACK:
            return read_back(desk, dialogue, pending.given, lang)
        case Waiting.TRIED:
            return results.tried(desk, dialogue, pending.given, lang)
        case Waiting.CANCEL:
            return _ask_first(Waiting.CANCEL, "cancel_ask", dialogue, lang)
        case Waiting.RESTART:
            return _ask_first(Waiting.RESTART, "restart_ask", dialogue, lang)
        case Waiting.REMOVE:
            return flows.ask_to_remove(dialogue, flow, lang)
        case Waiting.EDIT if pending.name:
            return edit(desk, dialogue, pending.name, lang)
        case Waiting.WHAT_IF if pending.name:
            return results.what_if_value(dialogue, desk.interview.question(pending.name), lang)
    return go_on(desk, dialogue.asking(None), lang)


def what_to_edit(desk: Desk, dialogue: Dialogue, lang: str) -> Turn:
    """Which answer to give again."""
    answered = [q for q in desk.interview.questions if q.id in dialogue.answers]
    if not answered:
        return go_on(desk, dialogue, lang, [Part(say(lang, "nothing_yet"))])
    rows = [(choice(q.label[lang], dialogue.nonce, "e", dialogue.flow, q.id),) for q in answered]
    return Turn((Reply.of(say(lang, "edit_ask"), rows),), dialogue)


def why_asked(desk: Desk, dialogue: Dialogue, asked: Question | None, lang: str, around: Surroundings) -> Turn:
    """Why the question, or once there is a result, why that result."""
    if asked is None:
        return results.open_section(desk, dialogue, "why", lang, around.titles(lang)) or _help(desk, dialogue, lang)
    reasons = why(desk, dialogue, asked, lang, around.titles(lang))
    return Turn((question(desk, dialogue, asked, lang, reasons),), dialogue)


def _help(desk: Desk, dialogue: Dialogue, lang: str) -> Turn:
    asked = asked_now(desk, dialogue)
    text = say(lang, "interview_help")
    if asked is None:
        return Turn((Reply.of(text),), dialogue)
    return Turn((Reply.of(text), question(desk, dialogue, asked, lang)), dialogue)


def _summary(desk: Desk, dialogue: Dialogue, lang: str) -> Turn:
    told = facts_list(desk, dialogue.answers, lang) or say(lang, "nothing_yet")
    title = say(lang, "summary_title", name=flows.flow_name(dialogue.current, lang))
    rows: list[tuple[Choice, ...]] = [(choice(say(lang, "button_edit"), dialogue.nonce, "e", dialogue.flow),)]
    rows.append(
        (
            choice(say(lang, "button_continue"), dialogue.nonce, "g"),
            choice(say(lang, "button_flows"), dialogue.nonce, "p"),
        )
    )
    return Turn((Reply((Part(title, Style.BOLD), Part(f"\n{told}")), tuple(rows)),), dialogue)


def _ask_first(waiting: Waiting, key: str, dialogue: Dialogue, lang: str) -> Turn:
    pending = Pending(waiting, flow=dialogue.flow)
    labels = say(lang, f"button_{waiting.value}_yes"), say(lang, "button_continue")
    buttons = yes_or_no(*labels, dialogue.nonce, pending)
    return Turn((Reply.of(say(lang, key), (buttons,)),), dialogue.asking(pending))
