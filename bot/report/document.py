"""What the PDF holds, as plain data: every text is a string, laid out by ``report.typ``."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from bot.advice.model import CostLine, Costs, Item, Range, Recommendation, Verdict
from bot.interview.model import Interview
from bot.report.blocks import Block, Line, Titles, cited
from bot.report.canvas import HALF_PAGE
from bot.report.charts import cost_chart, readiness_chart, tornado_chart
from bot.report.costing import costing_notes, hours_fte, is_unpriced, meeting_point, staffing, too_close, totals_rows
from bot.report.figures import assumed, day, euro_ends, euros, sayable
from bot.report.phrases import clean, counted, flow_title, in_language, listed, lower_first, phrase, upper_first
from bot.report.planning import first_actions, gate_action, readiness_left, risk_level, risk_reason, roadmap, split
from bot.report.reasons import (
    confidence_level,
    decided,
    flips,
    holding,
    items,
    missing,
    not_established,
    top_reasons,
    warnings,
)
from bot.report.several import going, moving_order, portfolio_blocks
from bot.report.summary import headline
from index.typography import NBSP

_MOST_FLIPS, _MOST_WARNINGS = 4, 6
_SMALL_PCT = 2.0
"""Per cent of its table under which an item of cost is told with the others like it."""
_MOST_LINES = 2
"""Of one list of a flow, when several share the document: each then keeps to about a page."""


class Document:
    """Gathers the passages cited while the parts are put together, so that numbers run through."""

    def __init__(self, interview: Interview, lang: str, titles: Titles) -> None:
        self._interview, self._lang, self._titles = interview, lang, titles
        self._numbers: dict[str, int] = {}

    def of(self, recs: Sequence[Recommendation], date: datetime.date) -> dict[str, Any]:
        """The whole document: a page of portfolio when there are several flows, each flow, the plan, the sources."""
        lang = self._lang
        ordered = moving_order(recs)
        alone = len(ordered) == 1
        data = {
            "lang": lang,
            "title": phrase(lang, "document_title") if alone else counted(lang, "document_title", len(ordered)),
            "prepared": phrase(lang, "document_prepared", date=day(date, lang)),
            "page": phrase(lang, "document_page"),
            "colon": f"{NBSP}: " if lang == "fr" else ": ",
            "detail": phrase(lang, "document_detail"),
            "practice": phrase(lang, "document_plan"),
            "rest": phrase(lang, "document_also"),
            "portfolio": None if alone else self._portfolio(ordered),
            "flows": [self._flow(rec, alone) for rec in ordered],
            "risks": self._risks(_worst(ordered)),
            "plan": self._plan(ordered),
            "roadmap": self._blocks(roadmap(ordered[0], self._interview, lang)),
            "assumptions": self._blocks(self._assumptions(ordered)),
            "notice": phrase(lang, "report_notice"),
        }
        data["sources"] = self._sources()
        return data

    def _portfolio(self, recs: Sequence[Recommendation]) -> dict[str, Any]:
        lang = self._lang
        return {
            "blocks": self._blocks(portfolio_blocks(recs, self._interview, lang)),
            "chart": {"title": phrase(lang, "chart_cost_title"), "svg": _svg(recs, lang)},
        }

    def _flow(self, rec: Recommendation, alone: bool) -> dict[str, Any]:
        lang, interview = self._lang, self._interview
        kept = rec.decision.verdict is Verdict.IN_HOUSE
        return {
            "name": flow_title(rec, lang, 110),
            "verdict": headline(rec, lang),
            "tiles": self._tiles(rec),
            "reasons": self._block(Block(phrase(lang, "document_why"), tuple(self._reasons(rec, alone)))),
            "beside": self._blocks(self._beside(rec, alone)),
            "charts": {
                "cost": {"title": phrase(lang, "chart_cost_title"), "svg": _svg(rec, lang)},
                "readiness": {
                    "title": phrase(lang, "readiness_title"),
                    "svg": "" if kept else readiness_chart(rec, lang, HALF_PAGE).decode(),
                },
                "tornado": {
                    "title": phrase(lang, "chart_tornado_title"),
                    "svg": (tornado_chart(rec, lang, HALF_PAGE) or b"").decode() if alone else "",
                },
            },
            "why": self._blocks(holding(rec, interview, lang, top_reasons(rec.decision)) if alone else ()),
            "asides": self._asides(rec, alone),
            "readiness": self._block(
                Block(
                    phrase(lang, "readiness_title"),
                    readiness_left(rec, interview, lang, stopped=rec.decision.verdict is not Verdict.NOT_READY),
                )
            ),
            "opposite": self._blocks(
                _held(
                    (
                        *items(phrase(lang, "against_title"), rec.against, lang),
                        *_first(flips(rec, interview, lang), _MOST_FLIPS),
                        *_first(warnings(rec, lang), _MOST_WARNINGS),
                    ),
                    alone,
                )
            ),
            "costs": self._costs(rec, alone),
        }

    def _tiles(self, rec: Recommendation) -> list[dict[str, str]]:
        lang, decision = self._lang, rec.decision
        name, _, aside = phrase(lang, f"document_where_{decision.location.value}").partition(" | ")
        tiles = [_tile(phrase(lang, "document_location"), name, aside)]
        if decision.verdict is not Verdict.IN_HOUSE:
            tiles.append(_tile(phrase(lang, "document_score"), f"{decision.readiness.score}/100"))
        level = upper_first(confidence_level(rec, lang))
        tiles.append(_tile(phrase(lang, "document_confidence"), level, phrase(lang, "document_confidence_of")))
        return [*tiles, self._money_tile(rec)]

    def _money_tile(self, rec: Recommendation) -> dict[str, str]:
        lang, costs = self._lang, rec.costs
        gain = costs.gain3
        if is_unpriced(rec) and costs.internal_year:
            ends = [euros(end, lang) for end in (costs.internal_year.low, costs.internal_year.high)]
            note = phrase(lang, "from_to", low=ends[0], high=ends[1])
            title = phrase(lang, "internal_year" if hours_fte(rec) is None else "document_internal_hours")
            return _tile(title, euros(costs.internal_year.central, lang), note)
        title = phrase(lang, "document_gain")
        if gain is None:
            return _tile(title, "–", phrase(lang, "document_untold"))
        if too_close(gain):
            ends = [euros(-gain.low, lang), euros(gain.high, lang)]
            note = phrase(lang, "document_close_ends", low=ends[0], high=ends[1])
            return _tile(title, phrase(lang, "document_close"), note)
        note = phrase(lang, "document_less" if gain.central >= 0 else "document_more")
        return _tile(title, euros(abs(gain.central), lang), note)

    def _reasons(self, rec: Recommendation, alone: bool) -> Iterable[Line]:
        lang = self._lang
        for finding in top_reasons(rec.decision):
            answers = decided(finding.decided_by, rec, self._interview, lang) if alone else ""
            yield Line(in_language(finding.because, lang), in_language(finding.title, lang), answers, finding.cites)

    def _beside(self, rec: Recommendation, alone: bool) -> tuple[Block, ...]:
        lang = self._lang
        shares = split(rec, lang) if alone else [_titles_of(block) for block in split(rec, lang)]
        stopped = tuple(Line(gate_action(gate, lang), cites=gate.cites) for gate in first_actions(rec))
        if rec.decision.verdict is Verdict.NOT_READY and stopped:
            return (Block(phrase(lang, "summary_first"), stopped), *shares)
        return tuple(shares)

    def _asides(self, rec: Recommendation, alone: bool) -> list[dict[str, str]]:
        """Long lists of names, each told in one run: what could not be told, and what is missing."""
        lang = self._lang
        lacking = [line.text for block in missing(rec, self._interview, lang) for line in block.lines]
        runs = (("why_unknown", not_established(rec, lang) if alone else []), ("missing_title", lacking))
        return [{"heading": phrase(lang, key), "text": listed(names, len(names), lang)} for key, names in runs if names]

    def _costs(self, rec: Recommendation, alone: bool) -> dict[str, Any]:
        lang = self._lang
        rows = [
            {"kind": "total", "label": label, "ends": euro_ends(span, lang), "marks": []}
            for label, span, _ in totals_rows(rec, lang)
            if span is not None
        ]
        detailed = bool(rows) and alone
        notes = costing_notes(rec, self._interview, lang)
        facts = (*meeting_point(rec.costs, lang), *staffing(rec.costs, lang)) if detailed else ()
        return {
            "heading": phrase(lang, "costs_title"),
            "columns": [phrase(lang, f"document_{name}") for name in ("item", "low", "central", "high")],
            "rows": [*rows, *(self._cost_lines(rec.costs) if detailed else ())],
            "notes": [self._line(line) for line in (notes[1:] if rows else notes)],  # its columns say how to read it
            "facts": self._blocks(facts),
        }

    def _cost_lines(self, costs: Costs) -> Iterable[dict[str, Any]]:
        lang = self._lang
        for key, lines in (
            ("costs_internal_lines", costs.internal_lines),
            ("costs_external_lines", costs.external_lines),
            ("costs_once_lines", costs.once_lines),
        ):
            if lines:
                yield {"kind": "head", "label": phrase(lang, key), "ends": [], "marks": []}
            large, small = _by_size(lines)
            for line in large:
                yield self._cost_line(in_language(line.label, lang), line.range, line.assumed, line.cites)
            if small:
                names = ", ".join(lower_first(in_language(line.label, lang)) for line in small)
                total = sum((line.range for line in small), Range.exactly(0.0))
                cites = dict.fromkeys(passage for line in small for passage in line.cites)
                label = phrase(lang, "document_small", names=names)
                yield self._cost_line(label, total, any(line.assumed for line in small), cites)

    def _cost_line(self, label: str, span: Range, assumed: bool, cites: Iterable[str]) -> dict[str, Any]:
        return {
            "kind": "line",
            "label": phrase(self._lang, "with_assumption", text=label) if assumed else label,
            "ends": euro_ends(span, self._lang),
            "marks": self._marks(cites),
        }

    def _risks(self, risks: Iterable[Item]) -> dict[str, Any]:
        """Each risk with its level, 1 to 3, drawn apart from its name."""
        lang = self._lang
        lines = [
            {
                **self._line(Line(in_language(risk.text, lang), in_language(risk.title, lang), cites=risk.cites)),
                "detail": risk_reason(risk, lang),
                "level": risk_level(risk),
                "name": phrase(lang, f"risk_{risk_level(risk)}"),
            }
            for risk in risks
        ]
        return {"heading": phrase(lang, "risks_title"), "lines": lines}

    def _plan(self, recs: Sequence[Recommendation]) -> list[dict[str, Any]]:
        lang = self._lang
        plans = [rec.plan for rec in going(recs)]
        chapters = (
            ("kpis_title", [plan.kpis for plan in plans]),
            ("sla_title", [plan.sla for plan in plans]),
            ("contract_title", [plan.contract for plan in plans]),
            ("partner_title", [plan.partner for plan in plans]),
            ("governance_title", [plan.governance for plan in plans]),
            ("people_title", [plan.people for plan in plans]),
        )
        return [
            block for key, several in chapters for block in self._blocks(items(phrase(lang, key), _once(several), lang))
        ]

    def _assumptions(self, recs: Sequence[Recommendation]) -> tuple[Block, ...]:
        """Those of every flow, each said once, under a heading that says for all of them that they are to confirm."""
        lang = self._lang
        shown = [a for rec in recs for a in (*rec.costs.assumptions, *rec.notes) if sayable(a, rec.costs)]
        said = [(in_language(a.label, lang), assumed(a, lang)) for a in shown]
        lines = [Line(phrase(lang, "labelled", label=label, value=value)) for label, value in dict.fromkeys(said)]
        if not lines:
            return ()
        intro = Line(phrase(lang, "assumptions_intro"), bullet=False)
        return (Block(phrase(lang, "document_assumptions"), (intro, *lines)),)

    def _sources(self) -> dict[str, Any]:
        """The passages by article, in two columns of about the same length."""
        articles: dict[str, list[dict[str, Any]]] = {}
        for passage, n in self._numbers.items():
            article, _, heading = clean(self._titles(passage)).partition(" › ")
            articles.setdefault(article, []).append({"n": n, "title": heading or article})
        entries = [{"title": title, "sections": sections} for title, sections in articles.items()]
        sizes = [len(title) + sum(len(each["title"]) + 4 for each in sections) for title, sections in articles.items()]
        columns: tuple[list[dict[str, Any]], ...] = ([], [])
        for n, entry in enumerate(entries):
            columns[sum(sizes[:n]) + sizes[n] / 2 > sum(sizes) / 2].append(entry)
        return {
            "heading": phrase(self._lang, "document_sources"),
            "note": phrase(self._lang, "document_sources_note"),
            "columns": [column for column in columns if column],
        }

    def _blocks(self, blocks: Iterable[Block]) -> list[dict[str, Any]]:
        return [self._block(block) for block in blocks]

    def _block(self, block: Block) -> dict[str, Any]:
        for passage in cited((block,)):
            self._numbers.setdefault(passage, len(self._numbers) + 1)
        return {"heading": block.heading, "lines": [self._line(line) for line in block.lines]}

    def _line(self, line: Line) -> dict[str, Any]:
        return {
            "title": clean(line.title),
            "text": clean(line.text),
            "detail": clean(line.detail),
            "bullet": line.bullet,
            "marks": self._marks(line.cites),
        }

    def _marks(self, cites: Iterable[str]) -> list[int]:
        return [self._numbers.setdefault(passage, len(self._numbers) + 1) for passage in dict.fromkeys(cites)]


def _tile(label: str, value: str, note: str = "") -> dict[str, str]:
    return {"label": label, "value": value, "note": note}


def _svg(recs: Recommendation | Sequence[Recommendation], lang: str) -> str:
    return (cost_chart(recs, lang, HALF_PAGE) or b"").decode()


def _by_size(lines: Sequence[CostLine]) -> tuple[list[CostLine], list[CostLine]]:
    """Those that weigh, and the small ones when there are several."""
    least = sum(line.range.central for line in lines) * _SMALL_PCT / 100
    small = [line for line in lines if line.range.central < least]
    if len(small) < 2:
        return list(lines), []
    return [line for line in lines if line not in small], small


def _titles_of(block: Block) -> Block:
    return Block(block.heading, tuple(Line(line.title, cites=line.cites) for line in block.lines))


def _first(blocks: Iterable[Block], most: int) -> list[Block]:
    return [Block(block.heading, block.lines[:most]) for block in blocks]


def _held(blocks: Iterable[Block], alone: bool) -> list[Block]:
    """Each list whole for one flow; for several, its first lines."""
    return list(blocks) if alone else _first(blocks, _MOST_LINES)


def _worst(recs: Sequence[Recommendation]) -> list[Item]:
    """Each risk once, as it stands on the flow where it is highest, of those that go out when some do."""
    worst: dict[str, Item] = {}
    for risk in (risk for rec in going(recs) for risk in rec.plan.risks):
        if risk.id not in worst or risk_level(risk) > risk_level(worst[risk.id]):
            worst[risk.id] = risk
    return sorted(worst.values(), key=lambda risk: -risk_level(risk))


def _once(chapters: Iterable[tuple[Item, ...]]) -> list[Item]:
    """The items of every flow, each said once."""
    found: dict[str, Item] = {}
    for chapter in chapters:
        for item in chapter:
            found.setdefault(item.id, item)
    return list(found.values())
