"""The PDF: three to five pages to bring to a board, typeset by Typst from ``report.typ``."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.advice.model import Recommendation
from bot.interview.model import Interview
from bot.report import fonts
from bot.report.blocks import Titles
from bot.report.document import Document

_TEMPLATE = Path(__file__).parent / "report.typ"
_MOST_PAGES = 5
_SHARED_PAGES = 3
"""Of a document on several flows: the portfolio, the plan and the sources, besides a page a flow."""
_FITS = ((9.4, 99), (9.4, 6), (9.2, 4), (9.0, 4), (9.0, 2), (8.4, 2))
"""Points of the text, and lines of each chapter of the plan, tried in turn until the document is short enough."""


def pdf(recs: Sequence[Recommendation], interview: Interview, lang: str, titles: Titles, date: datetime.date) -> bytes:
    """The document on these flows, in the order in which to move them.

    Every text reaches Typst as a string of data: none of it is ever read as markup. The same input gives the same
    bytes.

    Raises:
        ValueError: there is no flow.
    """
    if not recs:
        raise ValueError("a document needs at least one flow")
    data = Document(interview, lang, titles).of(recs, date)
    most = max(_MOST_PAGES, len(recs) + _SHARED_PAGES)
    compiler = _compiler(data)
    stamp = datetime.datetime.combine(date, datetime.time(12), datetime.UTC)
    for size, lines in _FITS:
        inputs = {"size": str(size), "most": str(lines), "data": json.dumps(data, ensure_ascii=False)}
        document: bytes = compiler.compile(format="pdf", sys_inputs=inputs, timestamp=stamp)
        if int(compiler.query("<pages>", field="value", one=True)) <= most:
            break
    return document


def _compiler(data: dict[str, Any]) -> Any:
    import typst

    folder = fonts.folder()
    return typst.Compiler(
        input=str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        font_paths=[str(folder)] if folder else [],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
