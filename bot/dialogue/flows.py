"""Several contact flows: the list, and what can be done with each."""

from __future__ import annotations

from dataclasses import replace

from bot.advice.model import Verdict
from bot.dialogue.answering import edit, go_on
from bot.dialogue.asking import rows_of
from bot.dialogue.codes import choice, yes_or_no
from bot.dialogue.desk import Desk, Turn
from bot.dialogue.results import portfolio
from bot.dialogue.state import Dialogue, Pending, Waiting
from bot.interview.answers import Answer, ContactFlow
from bot.messages import Part, Reply, Style
from bot.report.phrases import outcome as outcome_name
from bot.report.phrases import upper_first
from bot.wording.catalogue import say

MOST_FLOWS = 30


def listing(desk: Desk, dialogue: Dialogue, lang: str) -> Turn:
    """The flows with where each stands, and the whole once some have a result."""
    lines = [
        f"• {flow_name(flow, lang)}\u00a0: {_standing(desk, dialogue, flow, lang)}" for flow in dialogue.portfolio.flows
    ]
    parts = [Part(say(lang, "flows_title"), Style.BOLD), Part("\n" + "\n".join(lines))]
    if len(dialogue.portfolio.flows) > 1 and (whole := portfolio(desk, dialogue, lang)):
        parts += [Part("\n\n"), *whole]
    nonce = dialogue.nonce
    buttons = [choice(_short(flow_name(f, lang)), nonce, "p", f.id) for f in dialogue.portfolio.flows]
    rows = [*rows_of(buttons), (choice(say(lang, "button_add_flow"), nonce, "add"),)]
    return Turn((Reply(tuple(parts), tuple(rows)),), dialogue)


def flow_menu(desk: Desk, dialogue: Dialogue, flow: ContactFlow, lang: str) -> Turn:
    """One flow: open, rename, copy, remove."""
    nonce = dialogue.nonce
    parts = (Part(flow_name(flow, lang), Style.BOLD), Part("\n" + upper_first(_standing(desk, dialogue, flow, lang))))
    rows = [
        (
            choice(say(lang, "button_open_flow"), nonce, "go", flow.id),
            choice(say(lang, "button_rename"), nonce, "ren", flow.id),
        ),
        (choice(say(lang, "button_copy"), nonce, "copy", flow.id),),
    ]
    if len(dialogue.portfolio.flows) > 1:
        rows[1] = (*rows[1], choice(say(lang, "button_remove"), nonce, "del", flow.id))
    return Turn((Reply(parts, tuple(rows)),), dialogue)


def open_flow(desk: Desk, dialogue: Dialogue, flow: ContactFlow, lang: str) -> Turn:
    """Go on with a flow: its next question, or its result."""
    there = replace(dialogue, flow=flow.id, pending=None, active=True)
    return go_on(desk, there, lang)


def add(desk: Desk, dialogue: Dialogue, lang: str) -> Turn:
    """One more flow; the company's answers serve again."""
    if len(dialogue.portfolio.flows) >= MOST_FLOWS:
        return Turn((Reply.of(say(lang, "flows_full", most=MOST_FLOWS)),), dialogue)
    flow = ContactFlow(dialogue.portfolio.next_id())
    added = replace(dialogue, portfolio=dialogue.portfolio.with_flow(flow), flow=flow.id, pending=None, active=True)
    return go_on(desk, added, lang, [Part(say(lang, "flow_added"))])


def copy(desk: Desk, dialogue: Dialogue, flow: ContactFlow, lang: str) -> Turn:
    """A flow with the same answers under another name, asked at once."""
    if len(dialogue.portfolio.flows) >= MOST_FLOWS:
        return Turn((Reply.of(say(lang, "flows_full", most=MOST_FLOWS)),), dialogue)
    name = say(lang, "copy_name", name=flow_name(flow, lang))[:200]
    twin = ContactFlow(dialogue.portfolio.next_id(), {**flow.answers, "flow_name": Answer(name)})
    told = tuple(f"{twin.id}:{mark.partition(':')[2]}" for mark in dialogue.told if mark.startswith(f"{flow.id}:"))
    copied = replace(
        dialogue,
        portfolio=dialogue.portfolio.with_flow(twin),
        flow=twin.id,
        pending=None,
        active=True,
        told=dialogue.told + told,
    )
    return rename(desk, copied, twin, lang)


def rename(desk: Desk, dialogue: Dialogue, flow: ContactFlow, lang: str) -> Turn:
    """Ask for another name."""
    return edit(desk, replace(dialogue, flow=flow.id, active=True), "flow_name", lang)


def ask_to_remove(dialogue: Dialogue, flow: ContactFlow, lang: str) -> Turn:
    """Removing asks first."""
    pending = Pending(Waiting.REMOVE, flow=flow.id)
    buttons = yes_or_no(say(lang, "button_remove_yes"), say(lang, "button_no"), dialogue.nonce, pending)
    text = say(lang, "remove_ask", name=flow_name(flow, lang))
    return Turn((Reply.of(text, (buttons,)),), dialogue.asking(pending))


def remove(desk: Desk, dialogue: Dialogue, flow_id: int, lang: str) -> Turn:
    """A flow less; the last one stays."""
    left = dialogue.portfolio.without_flow(flow_id)
    if not left.flows:
        return listing(desk, dialogue.asking(None), lang)
    here = dialogue.flow if left.flow(dialogue.flow) else left.flows[0].id
    removed = replace(dialogue, portfolio=left, flow=here, pending=None)
    return listing(desk, removed, lang)


def flow_name(flow: ContactFlow, lang: str) -> str:
    """What the person calls it, else « Flux 2 »."""
    return flow.name or say(lang, "unnamed_flow", number=flow.id)


def _standing(desk: Desk, dialogue: Dialogue, flow: ContactFlow, lang: str) -> str:
    answers = dialogue.portfolio.answers_of(flow)
    progress = desk.engine.progress(answers)
    if progress.left and flow.id not in dialogue.finished:
        return say(lang, "flow_under_way", answered=progress.answered, left=progress.left)
    verdict, target, location = desk.outcome(answers)
    return outcome_name(verdict, target if verdict is Verdict.NOT_READY else None, location, lang)


def _short(name: str) -> str:
    return name if len(name) <= 28 else name[:27].rstrip() + "…"
