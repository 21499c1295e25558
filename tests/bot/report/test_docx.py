"""The draft of the specifications, opened and read."""

from __future__ import annotations

import datetime
import io
from typing import Any

import docx
import pytest
from report_samples import EVERY, FULL, IN_HOUSE, INTERVIEW, NOT_READY, PARTIAL, UNKNOWN, titles

from bot.advice.model import Recommendation
from bot.report.docx import specifications
from index.typography import NBSP

DAY = datetime.date(2026, 11, 25)


def opened(*recs: Recommendation, lang: str = "fr") -> Any:
    return docx.Document(io.BytesIO(specifications(recs, INTERVIEW, lang, titles, DAY)))


def headings(document: Any) -> list[str]:
    return [p.text for p in document.paragraphs if p.style.name == "Heading 1"]


def rows(document: Any) -> list[tuple[str, ...]]:
    return [tuple(c.text.replace(NBSP, " ") for c in row.cells) for table in document.tables for row in table.rows]


def whole(document: Any) -> str:
    text = "\n".join([*(p.text for p in document.paragraphs), *(" | ".join(row) for row in rows(document))])
    return text.replace(NBSP, " ")


def highlighted(document: Any) -> list[str]:
    cells = [c for table in document.tables for row in table.rows for c in row.cells]
    paragraphs = [*document.paragraphs, *(p for cell in cells for p in cell.paragraphs)]
    return [run.text for p in paragraphs for run in p.runs if run.font.highlight_color is not None]


def test_it_holds_the_parts_of_specifications_in_order() -> None:
    assert headings(opened(PARTIAL)) == [
        "Contexte et objectifs",
        "Périmètre et volumes",
        "Horaires, langues et canaux",
        "Niveaux de service",
        "Indicateurs à suivre",
        "Données et conformité",
        "Clauses attendues",
        "Pilotage et gouvernance",
        "Calendrier et montée en charge",
        "Questions aux candidats",
        "Grille de prix à remplir par le candidat",
        "Annexe interne",
    ]


def test_it_is_filled_with_the_data_of_the_flow() -> None:
    told = rows(opened(PARTIAL))
    assert ("Volume mensuel", "12 000 contacts/mois") in told
    assert ("Canaux", "Téléphone + E-mail") in told
    assert ("De 10 200 à 13 800 contacts par mois", "[À compléter]", "[À compléter]") in told
    assert ("CSAT : 85 %", "Satisfaction après contact, suivie chaque mois.", "81 %") in told
    assert ("Contact traité, bande normale", "par contact", "") in told
    assert "Article 28 du RGPD" in whole(opened(PARTIAL))


def test_candidates_learn_neither_costs_nor_budget() -> None:
    text = whole(opened(PARTIAL))
    assert "€" not in text
    assert "400 000" not in text
    assert "36 000" not in text


def test_what_is_not_known_is_highlighted() -> None:
    marked = highlighted(opened(UNKNOWN))
    assert marked.count("[À compléter]") > 10
    assert "Volume mensuel" in marked
    assert len(marked) > len(highlighted(opened(PARTIAL)))


@pytest.mark.parametrize(("rec", "words"), [(NOT_READY, "ne lancez pas encore"), (IN_HOUSE, "vérifier l’alternative")])
def test_advice_against_a_tender_now_is_said_at_the_top(rec: Recommendation, words: str) -> None:
    assert words in rows(opened(rec))[1][0]
    assert words not in whole(opened(PARTIAL))


def test_names_are_kept_as_they_are() -> None:
    assert '<b>#import "x"</b> $x$ @a *b* _c_' in whole(opened(EVERY["hostile"]))


def test_several_flows_each_have_their_own_scope() -> None:
    document = opened(PARTIAL, FULL)
    names = [p.text for p in document.paragraphs if p.style.name == "Heading 2"]
    assert names.count("Suivi de commande") == 3
    assert whole(document).count("Article 28 du RGPD") == 1


def test_english() -> None:
    document = opened(PARTIAL, lang="en")
    assert headings(document)[0] == "Context and objectives"
    assert ("Monthly volume", "12,000 contacts/month") in rows(document)
    assert document.core_properties.language == "en-GB"


def test_specifications_are_about_something() -> None:
    with pytest.raises(ValueError, match="at least one flow"):
        specifications([], INTERVIEW, "fr", titles, DAY)
