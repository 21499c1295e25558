"""Recommendations for scripts: answers as JSON in, recommendations as JSON out. Its fields are a contract."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from bot.advice.model import Recommendation
from bot.advice.recommend import recommend
from bot.interview.answers import bounds_of
from bot.interview.given import Problem, read_given
from bot.interview.model import Facts, Interview
from bot.report.as_json import as_json
from bot.report.blocks import plain
from bot.report.sections import portfolio_summary
from bot.strict_json import parse

MAX_FLOWS = 100


class InvalidAnswers(Exception):
    """The answers cannot be taken; the message names every problem, a line each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Assessed:
    """The recommendations of one set of answers."""

    lang: str
    recommendations: tuple[Recommendation, ...]
    unknown: tuple[str, ...]
    """Keys that are no field: reported, and passed over."""
    nested: bool
    """Whether the answers came as a company and its flows."""


class Assessor:
    """Assesses answers given as JSON."""

    def __init__(self, interview: Interview, titles: Callable[[str], Callable[[str], str]], default_lang: str) -> None:
        """Nothing is read yet.

        Args:
            interview: its questions, rules and advice.
            titles: how a passage is cited, by language.
            default_lang: the language when the answers do not say.
        """
        self._interview = interview
        self._titles = titles
        self._default_lang = default_lang

    @property
    def interview(self) -> Interview:
        """What is asked and advised."""
        return self._interview

    def titles(self, lang: str) -> Callable[[str], str]:
        """How a passage is cited in that language."""
        return self._titles(lang)

    def assess(self, raw: Any) -> Assessed:
        """The recommendations for a flat object of fields and ``lang``, or for ``company`` and ``flows``.

        Raises:
            InvalidAnswers: some values cannot be taken; all are named.
        """
        if not isinstance(raw, Mapping):
            raise InvalidAnswers([Problem("answers", "expected a JSON object of field ids")])
        raw = dict(raw)
        problems: list[Problem] = []
        lang = raw.pop("lang", None) or self._default_lang
        if lang not in ("fr", "en"):
            problems.append(Problem("lang", 'expected "fr" or "en"'))
        nested = "flows" in raw or "company" in raw
        company, flows = self._split(raw, problems) if nested else ({}, [raw])
        shared = read_given(self._interview, company, "company.")
        problems += shared.problems
        unknown = list(shared.unknown)
        known: list[tuple[Facts, dict[str, tuple[float, float]]]] = []
        for n, flow in enumerate(flows):
            given = read_given(self._interview, flow, f"flows[{n}]." if nested else "")
            problems += given.problems
            unknown += given.unknown
            answers = {**shared.answers, **given.answers}
            facts = {name: answer.value for name, answer in answers.items() if answer.value is not None}
            known.append((facts, bounds_of(answers)))
        if problems:
            raise InvalidAnswers(problems)
        recs = tuple(recommend(self._interview, facts, bounds) for facts, bounds in known)
        return Assessed(lang, recs, tuple(unknown), nested)

    def as_json(self, assessed: Assessed) -> dict[str, Any]:
        """The contract: one recommendation, or several under ``flows`` with the ``portfolio``."""
        titles = self._titles(assessed.lang)
        told = [as_json(rec, self._interview, assessed.lang, titles) for rec in assessed.recommendations]
        extra = [_passed_over(key, assessed.lang) for key in assessed.unknown]
        for each in told:
            each["warnings"] = [*each["warnings"], *extra]
        if not assessed.nested:
            return told[0]
        whole = plain(portfolio_summary(assessed.recommendations, self._interview, assessed.lang))
        text = "\n\n".join([whole, *(str(each["text"]) for each in told)]) if len(told) > 1 else told[0]["text"]
        return {**(told[0] if len(told) == 1 else {}), "flows": told, "portfolio": {"text": whole}, "text": text}

    def assess_lines(self, lines: BinaryIO, out: IO[str], errors: IO[str]) -> int:
        """Each line one set of answers with an ``id``; a bad one is reported by its number and the rest go on.

        Returns:
            The exit status: 2 when some line was bad.
        """
        status = 0
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                raw = parse(line)
                if not isinstance(raw, dict) or "id" not in raw:
                    raise ValueError('expected an object with an "id"')
                name = raw.pop("id")
                told = {"id": name, **self.as_json(self.assess(raw))}
            except InvalidAnswers as error:
                status = 2
                told = {"id": name, "errors": [{"field": p.field, "reason": p.reason} for p in error.problems]}
                print(f"line {number}: {str(error).replace(chr(10), '; ')}", file=errors, flush=True)
            except (ValueError, RecursionError) as error:
                status = 2
                print(f"line {number}: {error}", file=errors, flush=True)
                continue
            print(json.dumps(told, ensure_ascii=False).encode("utf-8", "replace").decode(), file=out, flush=True)
        return status

    def _split(self, raw: dict[str, Any], problems: list[Problem]) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
        company, flows = raw.pop("company", {}) or {}, raw.pop("flows", [])
        if not isinstance(company, Mapping):
            problems.append(Problem("company", "expected an object of field ids"))
            company = {}
        if not isinstance(flows, list) or not flows or not all(isinstance(flow, Mapping) for flow in flows):
            problems.append(Problem("flows", "expected a list of at least one object of field ids"))
            flows = [{}]
        if len(flows) > MAX_FLOWS:
            problems.append(Problem("flows", f"expected at most {MAX_FLOWS} flows"))
            flows = flows[:1]
        return {**raw, **company}, list(flows)


def _passed_over(key: str, lang: str) -> dict[str, Any]:
    text = f"Clé inconnue, ignorée\u00a0: {key}" if lang == "fr" else f"Unknown key, passed over: {key}"
    return {"id": "unknown-key", "text": text, "fields": [key]}


def write_documents(
    assessor: Assessor, assessed: Assessed, today: Any, *, pdf: Path | None, docx: Path | None, charts: Path | None
) -> None:
    """Write the documents asked for.

    Raises:
        OSError: a file cannot be written.
    """
    recs, lang, interview = assessed.recommendations, assessed.lang, assessor.interview
    titles = assessor.titles(lang)
    if pdf:
        from bot.report.pdf import pdf as as_pdf

        pdf.write_bytes(as_pdf(recs, interview, lang, titles, today))
    if docx:
        from bot.report.docx import specifications

        docx.write_bytes(specifications(recs, interview, lang, titles, today))
    if charts:
        from bot.report.charts import cost_chart, readiness_chart, tornado_chart

        charts.mkdir(parents=True, exist_ok=True)
        for n, rec in enumerate(recs, 1):
            for draw in (cost_chart, tornado_chart, readiness_chart):
                name = draw.__name__.removesuffix("_chart") + (f"-{n}" if len(recs) > 1 else "")
                if content := draw(rec, lang):
                    (charts / f"{name}.png").write_bytes(content)
