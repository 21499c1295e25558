"""A Word document in our colours: headings, tables, bullets, and passages highlighted as to be completed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any

from bot.report.phrases import clean

_INK, _TEAL, _SOFT = "14213D", "0F766E", "55607A"
_HEAD_FILL, _LABEL_FILL, _CALLOUT_FILL = "14213D", "F2F5F9", "E3F1EF"
_FONT = "Calibri"
_WIDTH = 16.6
"""Centimetres between the margins."""


@dataclass(frozen=True)
class Todo:
    """A place still to be completed."""

    text: str


class Paper:
    """The document being written. What is given as text is kept as text, whatever it holds."""

    def __init__(self, lang: str, title: str) -> None:
        from docx import Document
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt, RGBColor

        self._document: Any = Document()
        self._contents: Any = None
        properties = self._document.core_properties
        properties.title, properties.author = title, "Curseur"
        properties.language = "fr-FR" if lang == "fr" else "en-GB"
        for section in self._document.sections:
            section.page_width, section.page_height = Cm(21), Cm(29.7)
            section.left_margin = section.right_margin = Cm(2.2)
            section.top_margin = section.bottom_margin = Cm(2)
        sizes = {"Normal": 10.5, "Title": 28, "Subtitle": 14, "Heading 1": 16, "Heading 2": 13, "Heading 3": 11}
        for name, size in sizes.items():
            style = self._document.styles[name]
            style.font.name, style.font.size = _FONT, Pt(size)
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            fonts.set(qn("w:eastAsia"), _FONT)
            if name != "Normal":
                style.font.color.rgb = RGBColor.from_string(_TEAL if name in ("Subtitle", "Heading 2") else _INK)
        normal = self._document.styles["Normal"]
        normal.paragraph_format.space_after = Pt(6)
        _language(normal.element.get_or_add_rPr(), "fr-FR" if lang == "fr" else "en-GB")

    def cover(self, title: str, subtitle: str, date: str) -> None:
        """Title, subtitle and date."""
        self._document.add_paragraph(clean(title), style="Title")
        self._document.add_paragraph(clean(subtitle), style="Subtitle")
        self.note(date)

    def heading(self, text: str, level: int = 1) -> None:
        """A heading, numbered by Word's own outline."""
        self._document.add_heading(clean(text), level)

    def paragraph(self, text: str) -> None:
        """Ordinary text."""
        self._document.add_paragraph(clean(text))

    def note(self, text: str) -> None:
        """Small grey text."""
        _soften(self._document.add_paragraph().add_run(clean(text)))

    def callout(self, text: str) -> None:
        """A framed remark to whoever completes the document."""
        table = self._document.add_table(1, 1)
        cell = table.cell(0, 0)
        cell.text = clean(text)
        _fill(cell, _CALLOUT_FILL)
        self._document.add_paragraph().paragraph_format.space_after = 0

    def todo(self, what: str, todo: Todo) -> None:
        """Something to be completed, highlighted."""
        paragraph = self._document.add_paragraph()
        paragraph.add_run(f"{clean(what)} ")
        _highlight(paragraph.add_run(f"[{todo.text}]"))

    def bullet(self, title: str, text: str, note: str = "", *, highlighted: bool = False) -> None:
        """A bullet: its title in bold, its text, a note in grey."""
        paragraph = self._document.add_paragraph(style="List Bullet")
        if title:
            paragraph.add_run(clean(title)).bold = True
            paragraph.add_run("" if not text else " " if title.rstrip().endswith((".", "?", "!", "…")) else ". ")
        run = paragraph.add_run(clean(text))
        if highlighted:
            _highlight(run)
        if note:
            _soften(paragraph.add_run(f" [{clean(note)}]"))

    def table(self, head: Sequence[str] | None, rows: Sequence[Sequence[str | Todo]]) -> None:
        """A table; without a head, the first column names what the second holds."""
        if not rows:
            return
        from docx.enum.table import WD_TABLE_ALIGNMENT
        from docx.oxml import OxmlElement
        from docx.shared import Cm, Pt

        table = self._document.add_table(0, len(rows[0]), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        if head:
            cells = table.add_row().cells
            for cell, text in zip(cells, head, strict=True):
                _white(cell.paragraphs[0].add_run(clean(text)))
                _fill(cell, _HEAD_FILL)
            _repeat(table.rows[0])
        for row in rows:
            for n, (cell, value) in enumerate(zip(table.add_row().cells, row, strict=True)):
                paragraph = cell.paragraphs[0]
                if isinstance(value, Todo):
                    _highlight(paragraph.add_run(f"[{value.text}]"))
                else:
                    paragraph.add_run(clean(value)).bold = (n == 0 and head is None) or None
                if n == 0 and head is None:
                    _fill(cell, _LABEL_FILL)
        table.autofit = False
        widths = [Cm(_WIDTH * share) for share in _shares([*([head] if head else []), *rows])]
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = width
                cell.paragraphs[0].paragraph_format.space_after = Pt(2)
        self._document.add_paragraph().paragraph_format.space_after = Pt(2)

    def contents(self, title: str) -> None:
        """A table of contents: the headings as they stand, until Word updates it with page numbers."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        heading = self._document.add_paragraph()
        heading.add_run(clean(title)).bold = True
        paragraph = self._document.add_paragraph()
        for kind in ("begin", "instruction", "separate", "text", "end"):
            run = paragraph.add_run()
            if kind == "text":
                self._contents = run
            elif kind == "instruction":
                instruction = OxmlElement("w:instrText")
                instruction.set(qn("xml:space"), "preserve")
                instruction.text = 'TOC \\o "1-2" \\h \\z \\u'
                run._r.append(instruction)
            else:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
                run._r.append(mark)

    def save(self, stream: IO[bytes]) -> None:
        """Write the document."""
        if self._contents is not None:
            headings = (p.text for p in self._document.paragraphs if p.style.name == "Heading 1")
            self._contents.text = "\n".join(headings)
        self._document.save(stream)


def _shares(rows: Sequence[Sequence[str | Todo]]) -> list[float]:
    """The part of the width that each column takes, by its longest text, none too narrow to be read."""
    columns = zip(*rows, strict=True)
    longest = [max(len(v.text if isinstance(v, Todo) else v) for v in column) for column in columns]
    weights = [min(max(length, 18), 70) for length in longest]
    return [weight / sum(weights) for weight in weights]


def _highlight(run: Any) -> None:
    from docx.enum.text import WD_COLOR_INDEX

    run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _soften(run: Any) -> None:
    from docx.shared import Pt, RGBColor

    run.font.size, run.font.color.rgb = Pt(8.5), RGBColor.from_string(_SOFT)


def _white(run: Any) -> None:
    from docx.shared import RGBColor

    run.bold, run.font.color.rgb = True, RGBColor(255, 255, 255)


def _fill(cell: Any, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    shade.set(qn("w:val"), "clear")
    shade.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(shade)


def _repeat(row: Any) -> None:
    """The row comes again at the top of each page."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _language(properties: Any, code: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    language = OxmlElement("w:lang")
    language.set(qn("w:val"), code)
    properties.append(language)
