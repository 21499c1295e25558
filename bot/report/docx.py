"""The draft of the specifications, as a Word document filled with what is known of the flows."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Sequence

from bot.advice.model import Item, Recommendation, Verdict
from bot.advice.places import VOLUME_MARGIN
from bot.interview.model import Interview
from bot.report.blocks import Titles
from bot.report.figures import day, number, weeks
from bot.report.labels import label, value_of
from bot.report.paper import Paper, Todo
from bot.report.phrases import clean, flow_title, in_language, listed, phrase
from bot.report.several import going, moving_order

_COMPANY = ("sector", "company_size", "country", "objective", "location_constraint", "time_horizon_months")
_SCOPE = (
    "interaction_type",
    "monthly_volume",
    "volume_certainty",
    "peak_factor",
    "peak_months",
    "aht_minutes",
    "complexity",
    "scripted",
    "process_documented",
)
_HOURS = ("hours_needed", "languages_needed", "channels")
_DATA = ("personal_data", "regulated")
_CURRENT = {
    "csat": "current_csat_pct",
    "fcr": "current_fcr_pct",
    "nps": "current_nps",
    "answer": "current_answer_rate_pct",
}
"""The measure of today beside an indicator, by how the indicator's id starts."""


def specifications(
    recs: Sequence[Recommendation], interview: Interview, lang: str, titles: Titles, date: datetime.date
) -> bytes:
    """The DOCX. It goes to candidates: neither in-house costs nor the budget are in it.

    What is not known is highlighted as still to be completed.

    Raises:
        ValueError: there is no flow.
    """
    if not recs:
        raise ValueError("specifications need at least one flow")
    return _Specifications(moving_order(recs), interview, lang, titles).written(date)


class _Specifications:
    def __init__(self, recs: Sequence[Recommendation], interview: Interview, lang: str, titles: Titles) -> None:
        self._recs, self._interview, self._lang, self._titles = recs, interview, lang, titles
        self._plans = [rec.plan for rec in going(recs)]
        self._paper = Paper(lang, self._say("specs_title"))
        self._todo = Todo(self._say("specs_todo"))

    def _say(self, key: str, **values: object) -> str:
        return phrase(self._lang, key, **values)

    def written(self, date: datetime.date) -> bytes:
        paper = self._paper
        paper.cover(self._say("specs_title"), self._say("specs_subtitle"), day(date, self._lang))
        paper.callout(self._say("specs_how"))
        for verdict, key in ((Verdict.NOT_READY, "specs_not_ready"), (Verdict.IN_HOUSE, "specs_in_house")):
            for rec in self._recs:
                if rec.decision.verdict is verdict:
                    paper.callout(f"{flow_title(rec, self._lang)}. {self._say(key)}")
        paper.contents(self._say("specs_toc"))
        self._context()
        self._scope()
        self._hours()
        self._levels()
        self._kpis()
        self._data()
        self._list("specs_contract", [plan.contract for plan in self._plans])
        self._list("specs_governance", [plan.governance for plan in self._plans])
        self._ramp_up()
        self._questions()
        self._prices()
        self._left()
        self._annex()
        data = io.BytesIO()
        paper.save(data)
        return data.getvalue()

    def _context(self) -> None:
        paper = self._paper
        paper.heading(self._say("specs_context"))
        paper.todo(self._say("specs_company"), self._todo)
        paper.todo(self._say("specs_goals"), self._todo)
        paper.table(None, self._rows(_COMPANY, self._recs[:1]))

    def _scope(self) -> None:
        paper = self._paper
        paper.heading(self._say("specs_scope"))
        for rec in self._recs:
            paper.heading(flow_title(rec, self._lang, 100), 2)
            paper.table(None, self._rows(_SCOPE, (rec,)))
            for key, several in (("goes_out", rec.goes_out), ("specs_stays", rec.stays)):
                if several:
                    paper.heading(self._say(key), 3)
                    self._items(several)

    def _hours(self) -> None:
        self._paper.heading(self._say("specs_hours"))
        for rec in self._recs:
            if len(self._recs) > 1:
                self._paper.heading(flow_title(rec, self._lang, 100), 2)
            self._paper.table(None, self._rows(_HOURS, (rec,)))

    def _levels(self) -> None:
        """Results by volume band, then the service levels advised."""
        paper = self._paper
        paper.heading(self._say("specs_levels"))
        paper.paragraph(self._say("specs_levels_intro"))
        for rec in self._recs:
            if len(self._recs) > 1:
                paper.heading(flow_title(rec, self._lang, 100), 2)
            head = [self._say(key) for key in ("specs_band", "specs_band_result", "specs_band_rule")]
            paper.table(head, [(band, self._todo, self._todo) for band in self._bands(rec)])
        paper.note(self._say("specs_band_note", margin=round(100 * VOLUME_MARGIN)))
        self._items(_once(plan.sla for plan in self._plans))

    def _bands(self, rec: Recommendation) -> list[str]:
        volume = rec.facts.get("monthly_volume")
        names = ("specs_band_low", "specs_band_normal", "specs_band_high")
        if isinstance(volume, bool) or not isinstance(volume, int | float):
            return [self._say(f"{name}_unknown") for name in names]
        low, high = (number(volume * (1 + side * VOLUME_MARGIN), self._lang) for side in (-1, 1))
        return [self._say(name, low=low, high=high) for name in names]

    def _kpis(self) -> None:
        paper = self._paper
        paper.heading(self._say("kpis_title"))
        head = [self._say(key) for key in ("specs_kpi", "specs_target", "specs_today")]
        rows = [
            (in_language(kpi.title, self._lang), in_language(kpi.text, self._lang), self._measured(kpi))
            for kpi in _once(plan.kpis for plan in self._plans)
        ]
        paper.table(head, rows or [(self._todo, self._todo, self._todo)])

    def _measured(self, kpi: Item) -> str | Todo:
        for start, field in _CURRENT.items():
            if start in kpi.id.lower():
                known = [rec for rec in self._recs if field in rec.facts]
                said = [value_of(self._interview, field, rec.facts[field], self._lang) for rec in known]
                if said:
                    return listed(dict.fromkeys(said), 4, self._lang)
        return self._todo

    def _data(self) -> None:
        paper = self._paper
        paper.heading(self._say("specs_data"))
        paper.table(None, [row for rec in self._recs for row in self._rows(_DATA, (rec,))])
        paper.todo(self._say("specs_data_text"), self._todo)
        if any(rec.facts.get("regulated", "none") != "none" for rec in self._recs):
            paper.todo(self._say("specs_regulated"), self._todo)

    def _ramp_up(self) -> None:
        paper = self._paper
        paper.heading(self._say("specs_rampup"))
        head = [self._say(key) for key in ("specs_step", "specs_duration", "specs_content")]
        rows: list[tuple[str | Todo, ...]] = [
            (
                in_language(step.title, self._lang),
                weeks(step.weeks, self._lang) if step.weeks else "",
                in_language(step.text, self._lang),
            )
            for step in _once(plan.roadmap for plan in self._plans)
        ]
        paper.table(head, rows or [(self._todo, self._todo, self._todo)])

    def _questions(self) -> None:
        self._paper.heading(self._say("specs_questions"))
        asked = [
            in_language(q.text, self._lang) or in_language(q.title, self._lang)
            for q in _once(plan.provider_questions for plan in self._plans)
        ]
        head = [self._say("specs_question"), self._say("specs_answer")]
        self._paper.table(head, [(question, "") for question in asked] or [(self._todo, "")])

    def _prices(self) -> None:
        self._paper.heading(self._say("specs_prices"))
        head = [self._say(key) for key in ("specs_price_item", "specs_price_unit", "specs_price")]
        rows = [tuple(part.strip() for part in row.split("|")) for row in self._say("specs_price_rows").splitlines()]
        self._paper.table(head, [(item, unit, "") for item, unit in rows])

    def _left(self) -> None:
        """Questions of the interview that are not answered, save what candidates need not know."""
        told = {*_COMPANY, *_SCOPE, *_HOURS, *_DATA, *_CURRENT.values()}
        lacking = dict.fromkeys(field for rec in self._recs for field in rec.missing if field in told)
        if lacking:
            self._paper.heading(self._say("specs_left"))
            self._paper.paragraph(self._say("specs_left_intro"))
            for field in lacking:
                self._paper.bullet("", label(self._interview, field, self._lang), highlighted=True)

    def _annex(self) -> None:
        """What the drafter needs and the candidates must not read."""
        chapters = (
            ("specs_criteria", _once(plan.partner for plan in self._plans)),
            ("specs_people", _once(plan.people for plan in self._plans)),
        )
        if any(several for _, several in chapters):
            self._paper.heading(self._say("specs_annex"))
            self._paper.callout(self._say("specs_annex_note"))
        for key, several in chapters:
            if several:
                self._paper.heading(self._say(key), 2)
                self._items(several)

    def _rows(self, fields: Iterable[str], recs: Iterable[Recommendation]) -> list[tuple[str | Todo, ...]]:
        """A row for each field that the interview knows: its name and its value, or that it is to be completed."""
        return [
            (
                label(self._interview, field, self._lang),
                value_of(self._interview, field, rec.facts[field], self._lang) if field in rec.facts else self._todo,
            )
            for rec in recs
            for field in fields
            if field in self._interview.by_id
        ]

    def _list(self, key: str, chapters: Sequence[tuple[Item, ...]]) -> None:
        self._paper.heading(self._say(key))
        several = _once(chapters)
        if several:
            self._items(several)
        else:
            self._paper.todo(self._say(key), self._todo)

    def _items(self, several: Iterable[Item]) -> None:
        for item in several:
            sources = ", ".join(clean(self._titles(passage)) for passage in item.cites)
            if item.assumed:
                sources = listed(filter(None, (self._say("ours"), sources)), 2, self._lang)
            self._paper.bullet(in_language(item.title, self._lang), in_language(item.text, self._lang), sources)


def _once(chapters: Iterable[tuple[Item, ...]]) -> list[Item]:
    """The items of every flow, each said once."""
    found: dict[str, Item] = {}
    for chapter in chapters:
        for item in chapter:
            found.setdefault(item.id, item)
    return list(found.values())
