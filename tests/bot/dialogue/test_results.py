"""The result, what opens from it, its documents, and « what if »."""

from __future__ import annotations

import io
import json
from typing import Any

import pypdf
import pytest
from dialogue_driver import COMPANY, READY, STALE, TODAY, Talk
from docx import Document

from bot.dialogue.codes import read
from bot.messages import Attachment
from bot.report.phrases import outcome as outcome_name
from bot.report.sections import Section

KNOWN: dict[str, Any] = COMPANY | READY | {"external_quote_vs_internal_pct": -20}


def at_result(lang: str = "fr", **answers: Any) -> Talk:
    talk = Talk.begun(lang, **(KNOWN | answers))
    talk.command("result")
    return talk


def named(talk: Talk) -> str:
    decision = talk.recommendation.decision
    target = decision.target if decision.verdict.value == "not_ready" else None
    return outcome_name(decision.verdict, target, decision.location, talk.lang)


def attached(talk: Talk) -> list[Attachment]:
    return [attachment for reply in talk.replies for attachment in reply.attachments]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(
    "answers", [{}, {"unique_knowhow": True}, {"process_documented": "no"}, {"complexity": 3}], ids=str
)
def test_the_result_names_the_outcome_in_the_persons_language(lang: str, answers: dict[str, Any]) -> None:
    talk = at_result(lang, **answers)
    assert named(talk).lower() in talk.told.lower()


def test_nothing_left_to_ask_offers_the_result_or_finer_figures() -> None:
    talk = Talk.begun(**{name: answer for name, answer in KNOWN.items() if name != "unique_knowhow"})
    talk.press("i:0001:a:1:unique_knowhow:0")
    assert "conclure" in talk.told
    offer = talk.buttons
    talk.presses("Affiner")
    assert talk.asked is not None
    assert talk.asked.refines
    talk.press(offer[0].code)
    assert named(talk).lower() in talk.told.lower()


def test_before_the_end_the_result_is_provisional_and_names_what_is_open() -> None:
    talk = Talk.begun(**COMPANY)
    before = talk.answers()
    told = talk.types("et pour l'instant ?")
    assert "Avis provisoire" in told
    assert "Encore ouvert" in told
    assert talk.answers() == before
    talk.presses("Continuer")
    talk.types("SAV")
    assert talk.answers()["flow_name"] == "SAV"


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_section_opens_and_leads_back(lang: str) -> None:
    talk = at_result(lang)
    result = talk.told
    for section in Section:
        told = talk.press(f"i:0001:t:1:{section.value}")
        assert STALE[lang] not in told
        assert (told == result) is (section is Section.SUMMARY)
    talk.press(talk.buttons[0].code)
    assert talk.told == result


def test_every_section_has_its_button() -> None:
    talk = at_result()
    talk.presses("Tout le reste")
    opened = {parts[2][1] for b in talk.shown if (parts := read(b.code)) and parts[1] == "t"}
    assert opened >= {section.value for section in Section} - {"summary", "plan", "split"}


def test_costs_and_readiness_come_with_pictures() -> None:
    talk = at_result()
    talk.presses("Coûts")
    assert all(picture.picture and picture.content.startswith(b"\x89PNG") for picture in attached(talk))
    assert len(attached(talk)) == 2
    talk.press("i:0001:t:1:readiness")
    assert len(attached(talk)) == 1


def test_the_data_are_those_of_the_recommendation() -> None:
    talk = at_result()
    talk.presses("Documents")
    talk.presses("Les données")
    [file] = attached(talk)
    assert file.name.endswith(".json")
    assert TODAY.isoformat() in file.name
    told = json.loads(file.content)
    decision = talk.recommendation.decision
    assert (told["verdict"], told["target"], told["location"]) == (decision.verdict, decision.target, decision.location)


def test_the_report_and_the_specifications_open() -> None:
    talk = at_result()
    talk.press("i:0001:d:1:pdf")
    [file] = attached(talk)
    assert "Suivi" in "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file.content)).pages)
    talk.press("i:0001:d:1:docx")
    [file] = attached(talk)
    assert Document(io.BytesIO(file.content)).paragraphs


def test_a_correction_after_the_result_gives_the_result_again() -> None:
    talk = at_result()
    before = named(talk)
    told = talk.types("en fait le volume c'est 40")
    assert talk.answers() == KNOWN | {"monthly_volume": 40}
    assert named(talk) != before
    assert named(talk).lower() in told.lower()


def test_a_question_after_the_result_is_for_the_corpus() -> None:
    talk = at_result()
    before = talk.answers()
    assert talk.types("C'est quoi l'offshore ?") == ""
    assert talk.answers() == before


@pytest.mark.parametrize(("answer", "kept"), [("Garder", True), ("Ne rien changer", False)])
def test_what_if_changes_nothing_until_it_is_kept(answer: str, kept: bool) -> None:
    talk = at_result()
    before = talk.dialogue
    talk.presses("Et si")
    talk.press("i:0001:w:1:complexity")
    talk.press("i:0001:x:1:complexity:2")
    assert talk.dialogue.portfolio == before.portfolio
    told = talk.told
    after = at_result(complexity=3)
    assert named(talk).lower() in told.lower()
    assert named(after).lower() in told.lower()
    talk.presses(answer)
    assert talk.answers() == (KNOWN | {"complexity": 3} if kept else KNOWN)


def test_what_if_may_be_typed_and_tried_again() -> None:
    talk = at_result()
    talk.press("i:0001:w:1:monthly_volume")
    talk.types("40")
    assert talk.answers() == KNOWN
    talk.presses("Essayer autre chose")
    talk.press("i:0001:w:1:monthly_volume")
    talk.types("9 000")
    assert talk.answers() == KNOWN
    talk.types("oui")
    assert talk.answers() == KNOWN | {"monthly_volume": 9_000}


def test_what_if_left_for_something_else_changes_nothing() -> None:
    talk = at_result()
    talk.press("i:0001:w:1:monthly_volume")
    talk.types("40")
    [keep, *_] = talk.buttons
    talk.command("result")
    talk.press(keep.code)
    assert talk.answers() == KNOWN
    talk.press("i:0001:w:1:monthly_volume")
    talk.types("résultat")
    assert talk.answers() == KNOWN


def test_what_is_offered_to_try_is_what_could_change_the_outcome() -> None:
    talk = at_result()
    talk.presses("Et si")
    offered = {parts[2][1] for b in talk.buttons if (parts := read(b.code)) and parts[1] == "w"}
    assert {name for change in talk.recommendation.flips for name in change.answers} <= offered


def test_several_results_make_one_portfolio() -> None:
    talk = at_result()
    talk.press("i:0001:copy:1")
    talk.types("Ventes")
    told = talk.command("flux")
    assert "Suivi" in told
    assert "Ventes" in told
    talk.press("i:0001:go:2")
    talk.press("i:0001:r:2")
    talk.press("i:0001:d:2:json")
    [file] = attached(talk)
    assert [flow["flow"] for flow in json.loads(file.content)["flows"]] == ["Suivi", "Ventes"]
