"""The result as a first message, its sections, pictures and documents on demand, and « what if »."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.advice.model import Recommendation
from bot.dialogue.asking import answer_text, option_rows, rows_of
from bot.dialogue.codes import choice, yes_or_no
from bot.dialogue.desk import Desk, Surroundings, Titles, Turn
from bot.dialogue.state import Dialogue, Pending, Waiting
from bot.interview.answers import Answer
from bot.interview.model import NUMERIC, Question
from bot.messages import Attachment, Choice, Part, Reply, Style
from bot.report.sections import Section, comparison, portfolio_summary, section, summary
from bot.wording.catalogue import say
from bot.wording.opinions import advice_row

_MENU: tuple[tuple[str, ...], ...] = (
    ("why", "costs"),
    ("risks", "roadmap"),
    ("readiness", "flips"),
    ("contract", "against"),
)
_MORE: tuple[tuple[str, ...], ...] = (
    ("indicators", "partner"),
    ("steering", "questions"),
    ("warnings", "assumptions"),
    ("missing", "sources"),
)
MOST_TRIED = 8
"""Answers offered to change in a « what if »."""


def offer(desk: Desk, dialogue: Dialogue, lang: str, before: Sequence[Part]) -> Turn:
    """Nothing left can change the outcome: it is said, and the result offered now or after refining the figures."""
    left = len(desk.engine.pending(dialogue.answers, refine=True))
    parts = [*before, *([Part("\n\n")] if before else []), Part(say(lang, "settled"), Style.BOLD)]
    rows = [(choice(say(lang, "button_result"), dialogue.nonce, "r", dialogue.flow),)]
    if left:
        parts.append(Part("\n" + say(lang, "settled_refine", left=left)))
        rows.append((choice(say(lang, "button_refine"), dialogue.nonce, "f", dialogue.flow),))
    pending = Pending(Waiting.OFFER, flow=dialogue.flow)
    return Turn((Reply(tuple(parts), tuple(rows)),), dialogue.asking(pending))


def result(desk: Desk, dialogue: Dialogue, lang: str, before: Sequence[Part] = ()) -> Turn:
    """Verdict, location, readiness and three reasons, with what else there is behind buttons."""
    rec = desk.recommendation(dialogue)
    done = replace(dialogue, finished=tuple(dict.fromkeys((*dialogue.finished, dialogue.flow))), pending=None)
    text = (
        (*before, Part("\n\n"), *summary(rec, desk.interview, lang)) if before else summary(rec, desk.interview, lang)
    )
    rows = (*menu(desk, done, lang), advice_row(done.nonce, done.flow, lang))
    return Turn((Reply(tuple(text), rows),), done)


def provisional(desk: Desk, dialogue: Dialogue, lang: str) -> Turn:
    """Where things stand, with what is still open; the interview goes on after it."""
    rec = desk.recommendation(dialogue)
    parts = [Part(say(lang, "provisional"), Style.BOLD), Part("\n\n"), *summary(rec, desk.interview, lang)]
    pending = desk.engine.pending(dialogue.answers, refine=dialogue.refines)
    if pending:
        labels = ", ".join(q.label[lang] for q in pending[:6])
        key = "still_open_more" if len(pending) > 6 else "still_open"
        parts.append(Part("\n\n" + say(lang, key, fields=labels, more=len(pending) - 6), Style.ITALIC))
        rows: tuple[tuple[Choice, ...], ...] = ((choice(say(lang, "button_continue"), dialogue.nonce, "g"),),)
    else:
        rows = menu(desk, dialogue, lang)
    return Turn((Reply(tuple(parts), rows),), dialogue)


def menu(desk: Desk, dialogue: Dialogue, lang: str) -> tuple[tuple[Choice, ...], ...]:
    """What can be opened from a result."""
    nonce, flow = dialogue.nonce, dialogue.flow
    rows = [tuple(_section_choice(name, dialogue, lang) for name in row) for row in _MENU]
    rows.append(
        (
            choice(say(lang, "button_what_if"), nonce, "w", flow),
            choice(say(lang, "button_documents"), nonce, "d", flow),
        )
    )
    if desk.engine.pending(dialogue.answers, refine=True):
        rows.append((choice(say(lang, "button_refine"), nonce, "f", flow),))
    rows.append(
        (
            choice(say(lang, "button_more"), nonce, "more", flow),
            choice(say(lang, "button_flows"), nonce, "p"),
        )
    )
    return tuple(rows)


def more(dialogue: Dialogue, lang: str) -> Turn:
    """The sections opened less often."""
    rows = tuple(tuple(_section_choice(name, dialogue, lang) for name in row) for row in _MORE)
    return Turn((Reply.of(say(lang, "more_ask"), rows),), dialogue)


def open_section(desk: Desk, dialogue: Dialogue, name: str, lang: str, titles: Titles) -> Turn | None:
    """A section of the result, with its picture; None when there is no such section."""
    if name not in {each.value for each in Section}:
        return None
    rec = desk.recommendation(dialogue)
    said = section(rec, desk.interview, Section(name), lang, titles)
    back = choice(say(lang, "button_back_to_result"), dialogue.nonce, "r", dialogue.flow)
    return Turn((Reply(said, ((back,),), _pictures(rec, name, lang)),), dialogue)


def documents(dialogue: Dialogue, lang: str) -> Turn:
    """Which document to make."""
    row = tuple(
        choice(say(lang, f"button_{kind}"), dialogue.nonce, "d", dialogue.flow, kind)
        for kind in ("pdf", "docx", "json")
    )
    return Turn((Reply.of(say(lang, "documents_ask"), ((row[0],), (row[1],), (row[2],))),), dialogue)


def document(desk: Desk, dialogue: Dialogue, kind: str, lang: str, around: Surroundings) -> Turn | None:
    """One document, over the flows that have a result; None when there is no such kind."""
    flows = [f for f in dialogue.portfolio.flows if f.id in dialogue.finished] or [dialogue.current]
    recs = [desk.recommendation(dialogue, flow) for flow in flows]
    titles, today = around.titles(lang), around.today()
    name = say(lang, "document_name", date=today.isoformat())
    match kind:
        case "pdf":
            from bot.report.pdf import pdf

            content, mime = pdf(recs, desk.interview, lang, titles, today), "application/pdf"
        case "docx":
            from bot.report.docx import specifications

            content = specifications(recs, desk.interview, lang, titles, today)
            mime = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            name = say(lang, "specifications_name", date=today.isoformat())
        case "json":
            from bot.report.as_json import as_json

            told = [as_json(rec, desk.interview, lang, titles) for rec in recs]
            whole = told[0] if len(told) == 1 else {"flows": told}
            content, mime = json.dumps(whole, ensure_ascii=False, indent=2).encode(), "application/json"
        case _:
            return None
    made = Attachment(f"{name}.{kind}", mime, content)
    back = choice(say(lang, "button_back_to_result"), dialogue.nonce, "r", dialogue.flow)
    return Turn((Reply((Part(say(lang, f"document_{kind}")),), ((back,),), (made,)),), dialogue)


def what_if(desk: Desk, dialogue: Dialogue, lang: str) -> Turn:
    """Which answer to change: those that would flip the result first, then those that decided it."""
    rec = desk.recommendation(dialogue)
    names = [name for change in rec.flips for name in change.answers]
    names += [name for finding in rec.decision.findings if finding.decisive for name in finding.decided_by]
    names += [a for a in ("monthly_volume", "external_quote_vs_internal_pct", "location_constraint") if a]
    offered = [name for name in dict.fromkeys(names) if name in desk.interview.by_id][:MOST_TRIED]
    buttons = [
        choice(desk.interview.question(name).label[lang], dialogue.nonce, "w", dialogue.flow, name) for name in offered
    ]
    return Turn((Reply.of(say(lang, "what_if_ask"), rows_of(buttons)),), dialogue)


def what_if_value(dialogue: Dialogue, asked: Question, lang: str) -> Turn:
    """Which value to try."""
    known = dialogue.answers.get(asked.id)
    now = answer_text(asked, known.value, lang) if known and known.value is not None else say(lang, "not_known")
    text = say(lang, "what_if_value", label=asked.label[lang], now=now)
    pending = Pending(Waiting.WHAT_IF, asked.id, flow=dialogue.flow)
    reply = Reply((Part(text),), tuple(option_rows(dialogue, asked, lang, "x")), typed=asked.kind in NUMERIC)
    return Turn((reply,), dialogue.asking(pending))


def tried(desk: Desk, dialogue: Dialogue, changes: Mapping[str, Answer], lang: str) -> Turn:
    """Both scenarios side by side: nothing is changed until the person keeps it."""
    before, after = desk.recommendation(dialogue), desk.recommendation(dialogue, changes=changes)
    pending = Pending(Waiting.TRIED, given=dict(changes), flow=dialogue.flow)
    buttons = yes_or_no(say(lang, "button_keep_change"), say(lang, "button_drop_change"), dialogue.nonce, pending)
    again = choice(say(lang, "button_what_if_again"), dialogue.nonce, "w", dialogue.flow)
    said = comparison(before, after, desk.interview, lang)
    return Turn((Reply(said, (buttons, (again,))),), dialogue.asking(pending))


def portfolio(desk: Desk, dialogue: Dialogue, lang: str) -> tuple[Part, ...]:
    """All flows: in which order to move them, and the total."""
    finished = [f for f in dialogue.portfolio.flows if f.id in dialogue.finished]
    recs = [desk.recommendation(dialogue, flow) for flow in finished]
    return portfolio_summary(recs, desk.interview, lang) if recs else ()


def _section_choice(name: str, dialogue: Dialogue, lang: str) -> Choice:
    return choice(say(lang, f"button_{name}"), dialogue.nonce, "t", dialogue.flow, name)


def _pictures(rec: Recommendation, name: str, lang: str) -> tuple[Attachment, ...]:
    drawn: Mapping[str, Sequence[Callable[[Recommendation, str], bytes | None]]]
    if name not in ("costs", "readiness"):
        return ()
    from bot.report.charts import cost_chart, readiness_chart, tornado_chart

    drawn = {"costs": (cost_chart, tornado_chart), "readiness": (readiness_chart,)}
    made = []
    for draw in drawn[name]:
        content = draw(rec, lang)
        if content is not None:
            made.append(Attachment(f"{draw.__name__.removesuffix('_chart')}.png", "image/png", content))
    return tuple(made)
