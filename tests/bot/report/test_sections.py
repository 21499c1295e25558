"""The recommendation in words: what each kind of verdict must say, and what must never be said."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from report_samples import EVERY, FULL, HOSTILE, IN_HOUSE, INTERVIEW, NOT_READY, PARTIAL, UNKNOWN, titles

from bot.advice.model import Costs, Direction, Range, Recommendation, Staffing, Verdict
from bot.interview.model import Truth
from bot.messages import Style, Table
from bot.report.blocks import MAX_CHARS, plain
from bot.report.costing import totals_rows
from bot.report.labels import value_of
from bot.report.sections import Section, full_text, section, sources_of, summary
from bot.report.summary import MAX_SUMMARY_CHARS
from index.typography import NBSP

LANGUAGES = ("fr", "en")
CASES = [(name, lang) for name in EVERY for lang in LANGUAGES]


def said(rec: Recommendation, part: Section, lang: str = "fr") -> str:
    return plain(section(rec, INTERVIEW, part, lang, titles)).replace(NBSP, " ")


def opened(rec: Recommendation, lang: str = "fr") -> str:
    return plain(summary(rec, INTERVIEW, lang)).replace(NBSP, " ")


def whole(rec: Recommendation, lang: str = "fr") -> str:
    return full_text(rec, INTERVIEW, lang, titles).replace(NBSP, " ")


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_the_first_message_fits_a_phone(name: str, lang: str) -> None:
    text = opened(EVERY[name], lang)
    assert len(text) <= MAX_SUMMARY_CHARS
    score = f"{EVERY[name].decision.readiness.score}/100"
    assert (score in text) is (EVERY[name].decision.verdict is not Verdict.IN_HOUSE)


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_every_section_fits_a_message_and_says_something(name: str, lang: str) -> None:
    for part in Section:
        text = said(EVERY[name], part, lang)
        assert 0 < len(text) <= MAX_CHARS, part


def test_the_first_message_holds_verdict_place_readiness_and_three_reasons() -> None:
    text = opened(PARTIAL)
    assert "Externaliser une partie de ce flux, dans un pays proche (nearshore)" in text
    assert "Préparation : 90/100" in text
    assert text.partition("Pourquoi\n")[2].count("• ") == 3
    assert "Sort : Niveau 1 et pics" in text
    assert "Reste chez vous : Litiges et cas complexes" in text


def test_decisive_reasons_come_first() -> None:
    reasons = opened(PARTIAL).partition("Pourquoi\n")[2].splitlines()
    assert [line.partition(" :")[0] for line in reasons] == [
        "• Pics récurrents et coûteux",
        "• Complexité mixte",
        "• Gros volume standardisé",
    ]


def test_not_ready_names_the_target_and_what_to_do_first_with_durations() -> None:
    text = opened(NOT_READY)
    assert "Se préparer d’abord, puis externaliser une partie de ce flux, dans un pays proche" in text
    first = text.partition("À faire d’abord\n")[2].partition("\n\n")[0].splitlines()
    assert first == [
        "• Complétez la documentation des procédures (4 à 8 semaines)",
        "• Mesurez satisfaction, résolution et délais (4 à 8 semaines)",
    ]
    assert "Prepare first, then outsource part of this flow" in opened(NOT_READY, "en")


def test_in_house_says_why_and_what_would_reopen_the_question() -> None:
    text = whole(IN_HOUSE)
    assert text.splitlines()[1] == "Garder ce flux en interne"
    assert "Savoir-faire unique (décisif)" in text
    reopened = text.partition("Ce qui rouvrirait la question\n")[2]
    assert reopened.startswith("• Savoir-faire unique : non (aujourd’hui : oui)\n→ externaliser une partie de ce flux")


def test_why_tells_the_answers_that_decided_and_the_passages() -> None:
    text = said(PARTIAL, Section.WHY)
    assert "Vos réponses : ampleur des pics (× 3) ; volume mensuel (12 000 contacts/mois)" in text
    assert "Ce que je n’ai pas pu établir\n• Image de marque sensible. Il manque : enjeu d’image" in text
    assert "Règles écartées par vos réponses\n• Savoir-faire unique : savoir-faire unique (non)" in text
    assert "[1] Sharing flows › Economic candidates" in text


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_every_number_cited_is_listed_and_the_other_way_round(name: str, lang: str) -> None:
    text = whole(EVERY[name], lang)
    body, _, listed = text.rpartition("\nSources\n")
    cited = set(re.findall(r"\[(\d+)\]", body.replace("[link]", "")))
    assert cited == set(re.findall(r"^\[(\d+)\] .+ › ", listed, re.MULTILINE))
    assert len(cited) == len(set(sources_of(EVERY[name], INTERVIEW, lang)))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("rec", [IN_HOUSE, UNKNOWN], ids=["in_house", "unknown"])
def test_no_euro_when_no_cost_can_be_told(rec: Recommendation, lang: str) -> None:
    texts = [whole(rec, lang), opened(rec, lang), *(said(rec, part, lang) for part in Section)]
    assert [text for text in texts if "€" in text] == []
    assert ("inventé" if lang == "fr" else "made up") in said(rec, Section.COSTS, lang)


def test_what_is_lacking_for_the_costs_is_named_as_the_questions_are() -> None:
    assert "• Volume mensuel\n• Durée de traitement\n• Agents en poste" in said(UNKNOWN, Section.COSTS)


def test_costs_read_low_central_high_to_three_digits() -> None:
    text = said(PARTIAL, Section.COSTS)
    assert "En interne, par an\n498 000 € – 612 000 € – 760 000 €" in text
    assert "Avec un prestataire, sur 3 ans\n1,22 M€ – 1,59 M€ – 2,08 M€" in text
    assert "y compris la part que vous gardez" in text
    assert "estimation" in text
    assert "€498,000 – €612,000 – €760,000" in said(PARTIAL, Section.COSTS, "en")


def test_a_gain_is_never_certain_and_one_above_every_source_is_flagged() -> None:
    assert "de 248 000 € de plus à 640 000 € de moins" in opened(PARTIAL)
    assert "au-dessus de tous les chiffres français" not in opened(PARTIAL)
    assert "au-dessus de tous les chiffres français" in opened(FULL)
    assert "Un gain de 38 % dépasse tous les chiffres français" in said(FULL, Section.COSTS)


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        (Range(-300, -200, -100), "environ 200 € de plus en externalisant ; selon les hypothèses, de 100 € à 300 €"),
        (Range(100, 200, 300), "environ 200 € de moins en externalisant ; selon les hypothèses, de 100 € à 300 €"),
        (Range(-100, 200, 300), "trop serré pour trancher, de 100 € de plus à 300 € de moins en externalisant"),
        (Range(-300, -200, 100), "trop serré pour trancher, de 300 € de plus à 100 € de moins en externalisant"),
        (Range(200, 200, 200), "environ 200 € de moins en externalisant"),
    ],
)
def test_a_difference_is_told_on_the_right_side(gain: Range, words: str) -> None:
    rec = replace(PARTIAL, costs=replace(PARTIAL.costs, gain3=gain, gain3_pct=None))
    assert words in opened(rec)


def test_the_outsourced_cost_of_what_stays_is_called_an_alternative() -> None:
    rec = replace(IN_HOUSE, costs=PARTIAL.costs)
    assert "L’avis reste de garder en interne" in said(rec, Section.COSTS)
    assert "Si vous externalisiez, sur 3 ans (estimation)" in opened(rec)


@pytest.mark.parametrize(("pct", "told"), [(-99.0, True), (-779.0, False)])
def test_a_share_beyond_the_whole_cost_says_nothing(pct: float, told: bool) -> None:
    rec = replace(PARTIAL, costs=replace(PARTIAL.costs, gain3=Range(-300, -200, -100), gain3_pct=pct))
    assert ("%" in opened(rec).partition("Sur 3 ans")[2].partition("\n")[0]) is told
    assert "200 € de plus" in opened(rec)


def unpriced() -> Recommendation:
    people = Staffing(Range(0.05, 0.06, 0.08), None, 5.43, Range(5.2, 5.4, 6), Range(5.2, 5.4, 6))
    costs = Costs(people, Range(1e5, 2e5, 3e5), None, Range(3e5, 6e5, 9e5), None, PARTIAL.costs.internal_lines)
    return replace(IN_HOUSE, costs=costs, facts={**IN_HOUSE.facts, "hours_needed": "24/7", "monthly_volume": 50})


def test_without_a_price_worth_showing_only_the_inside_is_told_and_why() -> None:
    rec = unpriced()
    told = said(rec, Section.COSTS)
    assert "peu en proposeraient un" in told
    assert "Horaires nécessaires (24 h/24, 7 j/7) : les tenir demande environ 5 ETP" in told
    assert "prestataire, " not in told
    assert "pas assez d’éléments" not in told
    assert "Tenir ces horaires : environ 5 ETP, soit par an 100 000 € – 200 000 € – 300 000 €" in opened(rec)
    assert not re.search("externalis(er|ant|iez)", opened(rec))


@pytest.mark.parametrize("hours", [None, "Mon-Fri 09:00-18:00"])
def test_hours_are_not_blamed_for_a_team_that_the_work_needs(hours: str | None) -> None:
    people = Staffing(Range(4, 5, 6), None, 1.46, Range(4, 5, 6), Range(4, 5, 6))
    rec = replace(unpriced(), costs=replace(unpriced().costs, staffing=people))
    facts = {name: value for name, value in {**rec.facts, "hours_needed": hours}.items() if value is not None}
    assert "les tenir demande" not in said(replace(rec, facts=facts), Section.COSTS)


def test_nothing_is_called_ruled_out_by_answers_that_were_not_given() -> None:
    silent = tuple(replace(f, truth=Truth.NO, decided_by=()) for f in PARTIAL.decision.findings)
    rec = replace(PARTIAL, decision=replace(PARTIAL.decision, findings=silent))
    assert "Règles écartées" in whole(PARTIAL)
    assert "Règles écartées" not in whole(rec)


def test_several_choices_are_told_apart_whatever_their_names_hold() -> None:
    assert value_of(INTERVIEW, "channels", ("phone", "email"), "fr") == "Téléphone + E-mail"
    assert value_of(INTERVIEW, "current_csat_pct", -3, "fr") == "−3\u00a0%"


def test_readiness_of_a_flow_that_stays_is_for_another_day() -> None:
    first, *rest = said(IN_HOUSE, Section.READINESS).splitlines()[1:]
    assert first == "Ce flux reste en interne : ces conditions ne compteraient que si vous rouvriez la question."
    assert any(line.startswith("✓") for line in rest)
    assert "/100" not in said(IN_HOUSE, Section.READINESS)


@pytest.mark.parametrize(
    ("push", "quoted", "words"),
    [
        (("economic",), False, "demandez un devis avant de décider"),
        (("specialisation",), False, "qui tient à d’autres raisons : confirmez par un devis"),
        (("economic", "specialisation"), True, "à vous de juger si elles valent ce surcoût"),
    ],
)
def test_advice_that_costs_more_says_so_at_once(push: tuple[str, ...], quoted: bool, words: str) -> None:
    costs = replace(PARTIAL.costs, gain3=Range(-300, -200, -100), quote_based=quoted)
    rec = replace(PARTIAL, costs=costs, decision=replace(PARTIAL.decision, extent={"push": push}))
    assert words in opened(rec)
    assert words in said(rec, Section.COSTS)
    unsure = replace(rec, costs=replace(costs, gain3=Range(-300, -200, 1)))
    assert words not in whole(unsure)


def test_a_flow_that_nothing_keeps_or_pushes_is_told_why_it_stays() -> None:
    rec = replace(IN_HOUSE, decision=replace(IN_HOUSE.decision, findings=()))
    assert "Rien ne pousse ce flux vers un prestataire" in opened(rec)
    assert "Rien ne pousse ce flux vers un prestataire" in whole(rec).partition("Ce qui mène à cet avis")[2]
    assert "Rien ne pousse" not in whole(IN_HOUSE)


def test_a_flow_that_stays_hears_nothing_of_what_a_provider_would_have_to_do() -> None:
    asked = tuple(replace(f, direction=Direction.CAUTION, truth=Truth.YES) for f in IN_HOUSE.decision.findings)
    assert "À surveiller" in said(replace(PARTIAL, decision=replace(PARTIAL.decision, findings=asked)), Section.WHY)
    assert "À surveiller" not in said(
        replace(IN_HOUSE, decision=replace(IN_HOUSE.decision, findings=asked)), Section.WHY
    )


def test_every_assumption_is_listed_and_labelled() -> None:
    text = said(PARTIAL, Section.ASSUMPTIONS)
    lines = [line for line in text.splitlines() if line.startswith("• ")]
    assert len(lines) == 4
    assert all(line.endswith("(hypothèse, à confirmer)") for line in lines)
    assert "Prix d’un contact, nearshore : 2,2 – 2,9 – 3,8 €/contact" in text
    assert "Remplacée si vous répondez à « Agents en poste »" in text
    assert "€2.2 – €2.9 – €3.8/contact" in said(PARTIAL, Section.ASSUMPTIONS, "en")


@pytest.mark.parametrize(("name", "lang"), CASES)
def test_nothing_is_promised(name: str, lang: str) -> None:
    assert not re.search(r"garanti|guarantee|certain(?!s|e)", whole(EVERY[name], lang), re.IGNORECASE)


def test_readiness_marks_each_gate_and_tells_what_is_left() -> None:
    text = said(NOT_READY, Section.READINESS)
    order = [line[0] for line in text.splitlines() if line[:1] in "✗○◐✓" and line]
    assert order == ["✗", "○", "✓", "✓", "✓"]
    assert "bloque le lancement" in text
    assert "◐ Processus documentés (en partie)" in said(PARTIAL, Section.READINESS)


def test_confidence_is_told_in_words_with_the_reason() -> None:
    assert "Confiance dans l’avis : moyenne ; il manque : enjeu d’image" in opened(PARTIAL)
    assert "Confiance dans l’avis : élevée (les réponses qui pèsent sont connues)" in opened(FULL)
    assert "Confiance dans l’avis : faible ; il manque : savoir-faire unique" in opened(UNKNOWN)


def test_a_missing_answer_that_may_change_the_advice_is_marked() -> None:
    assert "• Enjeu d’image (peut encore changer l’avis)\n• Agents en poste" in said(PARTIAL, Section.MISSING)
    assert "peut encore le changer" in said(UNKNOWN, Section.FLIPS)


def test_the_name_given_is_said_as_it_is_and_only_without_what_cannot_be_seen() -> None:
    text = whole(EVERY["hostile"])
    assert '<b>#import "x"</b> $x$ @a *b* _c_ \\frac{1}{2} {lang} %s 🛒' in text
    assert HOSTILE.count("\x00") == 1
    assert "\x00" not in text


def test_only_headings_and_titles_are_bold() -> None:
    parts = section(PARTIAL, INTERVIEW, Section.RISKS, "fr", titles)
    assert parts[0].style is Style.BOLD
    assert {part.style for part in parts} == {Style.BOLD, Style.PLAIN, Style.ITALIC, Style.DETAIL}
    assert [part.text.splitlines()[1][:4] for part in parts if part.style is Style.DETAIL] == ["[1] "]


def test_costs_are_a_table_where_there_are_tables() -> None:
    [table] = [part for part in section(PARTIAL, INTERVIEW, Section.COSTS, "fr", titles) if isinstance(part, Table)]
    assert table.head == ("Poste", "Basse", "Centrale", "Haute")
    assert [row[0].partition(" (")[0] for row in table.rows] == [name for name, *_ in totals_rows(PARTIAL, "fr")]
    for row in table.rows:
        assert all(figure in table.text for figure in row[1:])


def test_a_list_too_long_for_a_message_says_how_much_is_left_out() -> None:
    risks = tuple(replace(PARTIAL.plan.risks[n % 7], id=str(n)) for n in range(60))
    rec = replace(PARTIAL, plan=replace(PARTIAL.plan, risks=risks))
    text = said(rec, Section.RISKS)
    shown = text.count(": risque ")
    assert 10 < shown < 60
    assert f"Et {60 - shown} autres points, dans le document PDF." in text


def test_a_single_line_too_long_for_a_message_is_cut() -> None:
    endless = replace(PARTIAL.against[0], text={"fr": "mot " * 3000, "en": "word " * 3000})
    assert len(said(replace(PARTIAL, against=(endless,)), Section.AGAINST)) <= MAX_CHARS


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_words(verdict: Verdict) -> None:
    rec = replace(PARTIAL, decision=replace(PARTIAL.decision, verdict=verdict))
    assert opened(rec).splitlines()[1]


def test_french_keeps_its_spaces_together() -> None:
    text = full_text(PARTIAL, INTERVIEW, "fr", titles)
    assert not re.search(r" [:;?!%€»]|« ", text)
    assert not re.search(r"\d \d{3}", text)
