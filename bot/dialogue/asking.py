"""A question as a message: its words, its buttons, why it is asked, and how far along one is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.advice.flips import probe_values
from bot.advice.model import Verdict
from bot.dialogue.codes import choice
from bot.dialogue.desk import Desk, Titles
from bot.dialogue.state import Dialogue
from bot.interview.answers import Answer
from bot.interview.model import NUMERIC, Kind, Question, Value
from bot.interview.understanding import format_value
from bot.messages import Choice, Part, Reply, Style
from bot.report.phrases import outcome as outcome_name
from bot.wording.catalogue import say
from index.typography import typeset

_SHORT_LABEL = 14
"""Characters up to which three buttons stand in a row; two up to twice that."""


def question(desk: Desk, dialogue: Dialogue, asked: Question, lang: str, before: Sequence[Part] = ()) -> Reply:
    """The question, after what there is to say first."""
    parts = [*before]
    if parts:
        parts.append(Part("\n\n"))
    lead, _, hint = asked.ask[lang].partition("\n")
    parts.append(Part(lead, Style.BOLD))
    if hint:
        parts.append(Part(f"\n{hint}"))
    elif asked.examples.get(lang) and not asked.options:
        shown = f" {say(lang, 'or')} ".join(_quoted(e, lang) for e in asked.examples[lang][:2])
        parts.append(Part("\n" + say(lang, "for_example", examples=shown)))
    if dialogue.pending is None:
        parts.append(Part(f"\n\n{_progress(desk, dialogue, lang)}", Style.ITALIC))
    rows = (*option_rows(dialogue, asked, lang), *_helpers(dialogue, asked, lang))
    return Reply(tuple(parts), rows, typed=asked.kind in NUMERIC)


def option_rows(
    dialogue: Dialogue, asked: Question, lang: str, action: str = "a", mask: int = 0
) -> list[tuple[Choice, ...]]:
    """The options as buttons; those of a multiple choice are ticked one by one, the code holding what is ticked."""
    several = asked.kind is Kind.CHOICES
    buttons = []
    for n, option in enumerate(asked.options):
        label = option.label[lang]
        if several:
            picked = bool(mask >> n & 1)
            label = f"✓ {label}" if picked else label
            code = choice(label, dialogue.nonce, "m", dialogue.flow, asked.id, f"{mask ^ (1 << n):x}", action)
        else:
            code = choice(label, dialogue.nonce, action, dialogue.flow, asked.id, n)
        buttons.append(code)
    rows = rows_of(buttons)
    if several and mask:
        done = choice(say(lang, "button_done"), dialogue.nonce, "ok", dialogue.flow, asked.id, f"{mask:x}", action)
        rows.append((done,))
    return rows


def rows_of(buttons: Sequence[Choice]) -> list[tuple[Choice, ...]]:
    """Buttons in rows of as many as can be read on a phone."""
    longest = max((len(b.label) for b in buttons), default=0)
    width = 3 if longest <= _SHORT_LABEL else 2 if longest <= 2 * _SHORT_LABEL - 8 else 1
    if len(buttons) == 2 and longest <= 2 * _SHORT_LABEL:
        width = 2
    return [tuple(buttons[at : at + width]) for at in range(0, len(buttons), width)]


def why(desk: Desk, dialogue: Dialogue, asked: Question, lang: str, titles: Titles) -> list[Part]:
    """Why a question is asked, where that comes from, and what its answer can change as things stand."""
    parts = [Part(asked.why[lang])]
    if asked.cites:
        sources = ", ".join(titles(passage) for passage in asked.cites)
        parts.append(Part(f"\n{say(lang, 'why_source', sources=sources)}", Style.ITALIC))
    parts.append(Part("\n\n" + stakes(desk, dialogue, asked, lang)))
    return parts


def stakes(desk: Desk, dialogue: Dialogue, asked: Question, lang: str) -> str:
    """What the answer could change, in a sentence or a list."""
    by_outcome: dict[str, list[str]] = {}
    for value in probe_values(asked):
        verdict, target, location = desk.outcome({**dialogue.answers, asked.id: Answer(value)})
        told = outcome_name(verdict, target if verdict is Verdict.NOT_READY else None, location, lang)
        by_outcome.setdefault(told, []).append(answer_text(asked, value, lang))
    if len(by_outcome) > 1:
        lines = [
            say(lang, "why_leads_to", answers=f" {say(lang, 'or')} ".join(answers), outcome=told)
            for told, answers in by_outcome.items()
        ]
        return say(lang, "why_changes") + "\n" + "\n".join(lines)
    if asked.refines:
        return say(lang, "why_figures")
    return say(lang, "why_with_others")


def answer_text(asked: Question, value: Value, lang: str) -> str:
    """A value as the person reads it."""
    option = asked.option(value)
    return option.label[lang] if option else format_value(asked, value, lang)


def noted(asked: Question, answer: Answer, lang: str) -> str:
    """« Volume mensuel : 3 000 contacts/mois (hypothèse : …) »."""
    if answer.value is None:
        return say(lang, "noted_skipped" if answer.skipped else "noted_unknown", label=asked.label[lang])
    told = answer_text(asked, answer.value, lang)
    if answer.low is not None and answer.high is not None and answer.low != answer.high:
        low, high = (format_value(asked, bound, lang) for bound in (answer.low, answer.high))
        told = say(lang, "noted_range", value=told, low=low, high=high)
    line = say(lang, "noted_line", label=asked.label[lang], value=told)
    return f"{line} {say(lang, 'noted_assumption', assumption=answer.assumption)}" if answer.assumption else line


def facts_list(desk: Desk, answers: dict[str, Answer], lang: str, words: Mapping[str, str] | None = None) -> str:
    """Answers, a line each, in the interview's order, with the words they come from where these are given."""

    def line(asked: Question) -> str:
        told = f"• {noted(asked, answers[asked.id], lang)}"
        return f"{told} {say(lang, 'read_from', words=words[asked.id])}" if words and asked.id in words else told

    return "\n".join(line(q) for q in desk.interview.questions if q.id in answers)


def _progress(desk: Desk, dialogue: Dialogue, lang: str) -> str:
    progress = desk.engine.progress(dialogue.answers, refine=dialogue.refines)
    left = max(progress.left, 1)
    key = "progress_last" if left == 1 else "progress_few" if left < 5 else "progress"
    return say(lang, key, number=progress.answered + 1, left=left - 1)


def _helpers(dialogue: Dialogue, asked: Question, lang: str) -> list[tuple[Choice, ...]]:
    nonce, flow = dialogue.nonce, dialogue.flow
    because = choice(say(lang, "button_why"), nonce, "y", flow, asked.id)
    rows: list[tuple[Choice, ...]] = [(because,)]
    if asked.id != "flow_name":
        rows = [(choice(say(lang, "button_unknown"), nonce, "u", flow, asked.id), because)]
    if dialogue.trail:
        rows.append((choice(say(lang, "button_back"), nonce, "b"), choice(say(lang, "button_now"), nonce, "n", flow)))
    return rows


def _quoted(text: str, lang: str) -> str:
    return typeset(f"« {text} »" if lang == "fr" else f"“{text}”", lang)
