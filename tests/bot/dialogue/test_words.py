"""Messages in words: answers, ranges, several facts, corrections, commands, and questions asked in the middle."""

from __future__ import annotations

from typing import Any

import pytest
from dialogue_driver import COMPANY, INTERVIEW, Talk
from hypothesis import given, settings
from hypothesis import strategies as st
from interview_answers import values

from bot.dialogue.asking import answer_text
from bot.dialogue.state import Waiting
from bot.interview.answers import Answer
from bot.interview.model import Kind, Value

FLOW: dict[str, Any] = {"flow_name": "SAV", "interaction_type": ("after_sales",), "channels": ("phone",)}


def at_volume(lang: str = "fr") -> Talk:
    """Where the volume is asked."""
    talk = Talk.begun(lang, **COMPANY, **FLOW)
    assert talk.asked is not None
    assert talk.asked.id == "monthly_volume"
    return talk


def test_an_answer_is_kept_told_and_the_next_question_asked() -> None:
    talk = at_volume()
    told = talk.types("environ 3 000 appels par mois")
    assert talk.answers()["monthly_volume"] == 3_000
    assert "3\u202f000" in told or "3\u00a0000" in told
    assert talk.asked is not None
    assert talk.asked.ask["fr"].partition("\n")[0] in told


def test_a_range_keeps_its_ends_and_says_them() -> None:
    talk = at_volume()
    told = talk.types("entre 2 000 et 4 000")
    assert talk.dialogue.answers["monthly_volume"] == Answer(3_000, 2_000, 4_000)
    assert "entre 2" in told


def test_what_was_assumed_is_told_and_kept() -> None:
    talk = at_volume()
    told = talk.types("36 000 par an")
    kept = talk.dialogue.answers["monthly_volume"]
    assert kept.value == 3_000
    assert not kept.assumption or kept.assumption in told


@pytest.mark.parametrize(
    ("text", "skipped"), [("je ne sais pas", False), ("aucune idée", False), ("passer", True), ("on saute", True)]
)
def test_not_knowing_and_passing_are_answers(text: str, skipped: bool) -> None:
    talk = at_volume()
    talk.types(text)
    assert talk.dialogue.answers["monthly_volume"] == Answer(skipped=skipped)
    assert "monthly_volume" not in talk.facts


@pytest.mark.parametrize("text", ["-5", "99 999 999 999", "beaucoup d'éléphants verts dans le jardin"])
def test_what_is_no_answer_is_asked_again_and_nothing_kept(text: str) -> None:
    talk = at_volume()
    before = talk.answers()
    told = talk.types(text)
    assert talk.answers() == before
    assert talk.asked is not None
    assert talk.asked.ask["fr"].partition("\n")[0] in told


def test_a_question_in_the_middle_is_answered_and_the_interview_goes_on() -> None:
    talk = at_volume()
    before = talk.answers()
    told = talk.types("C'est quoi l'offshore ?")
    assert talk.asked_corpus == ["C'est quoi l'offshore ?"]
    assert talk.answers() == before
    assert len(talk.replies) == 2
    assert told.startswith("[C'est quoi l'offshore ?]")
    talk.types("3000")
    assert talk.answers()["monthly_volume"] == 3_000


def test_several_facts_are_told_before_they_are_kept() -> None:
    talk = at_volume()
    before = talk.answers()
    told = talk.types("3 000 appels par mois, 6 min, français et anglais")
    assert talk.answers() == before
    assert "6 min" in told
    talk.types("oui")
    said = {"monthly_volume": 3_000, "aht_minutes": 6, "languages_needed": ("fr", "en")}
    assert talk.answers() == before | said


@pytest.mark.parametrize("no", ["non", "Non"])
def test_several_facts_misread_are_dropped(no: str) -> None:
    talk = at_volume()
    before = talk.answers()
    talk.types("3 000 appels par mois, 6 min, français et anglais")
    talk.types(no) if no == "non" else talk.presses(no)
    assert talk.answers() == before
    assert talk.asked is not None
    assert talk.asked.id == "monthly_volume"


@pytest.mark.parametrize(
    ("lang", "text", "changed"),
    [
        ("fr", "non, plutôt 7 min", {"aht_minutes": 7}),
        ("fr", "oui mais 4 000 par mois", {"monthly_volume": 4_000}),
        ("fr", "4 000", {"monthly_volume": 4_000}),
        ("fr", "français et anglais", {"languages_needed": ("fr", "en")}),
        ("fr", "et 5 agents", {"agents_fte": 5}),
        ("en", "no, 7 min", {"aht_minutes": 7}),
        ("en", "yes but 4,000 a month", {"monthly_volume": 4_000}),
    ],
)
def test_facts_read_back_are_put_right_without_losing_the_others(
    lang: str, text: str, changed: dict[str, Value]
) -> None:
    talk = at_volume(lang)
    before = talk.answers()
    talk.types({"fr": "3 000 appels par mois, 6 min, français", "en": "3,000 calls a month, 6 min, French"}[lang])
    talk.types(text)
    assert talk.answers() == before, "until confirmed"
    talk.types({"fr": "oui", "en": "yes"}[lang])
    facts = {"monthly_volume": 3_000, "aht_minutes": 6, "languages_needed": ("fr",)}
    assert talk.answers() == before | facts | changed


@pytest.mark.parametrize("text", ["abracadabra", "je ne sais pas", "c'est quoi la DMT ?", "oui 12 34", "🙂"])
def test_facts_read_back_wait_for_a_yes_or_a_no(text: str) -> None:
    talk = at_volume()
    before = talk.answers()
    talk.types("3 000 appels par mois, 6 min, français")
    told = talk.types(text)
    assert "6 min" in told
    assert talk.answers() == before
    talk.types("oui")
    assert talk.answers().keys() > {"monthly_volume", "aht_minutes", "languages_needed"}


@pytest.mark.parametrize("text", ["passer", "retour"])
def test_facts_read_back_can_be_left(text: str) -> None:
    talk = at_volume()
    before = talk.answers()
    talk.types("3 000 appels par mois, 6 min, français")
    talk.types(text)
    assert talk.answers() == before
    assert talk.asked is not None
    assert talk.asked.id == "monthly_volume"


@pytest.mark.parametrize("text", ["en fait le volume c'est 4 500", "je me suis trompé, le volume c'est plutôt 4500"])
def test_a_correction_changes_one_answer_and_nothing_else(text: str) -> None:
    talk = Talk.begun(**COMPANY, **FLOW, monthly_volume=3_000)
    before, asked = talk.answers(), talk.asked
    told = talk.types(text)
    assert talk.answers() == before | {"monthly_volume": 4_500}
    assert talk.asked == asked
    assert "Corrigé" in told


def test_a_correction_without_a_value_asks_for_it() -> None:
    talk = Talk.begun(**COMPANY, **FLOW, monthly_volume=3_000)
    talk.types("corriger le volume")
    pending = talk.dialogue.pending
    assert pending is not None
    assert (pending.waiting, pending.name) == (Waiting.EDIT, "monthly_volume")
    assert talk.answers()["monthly_volume"] == 3_000, "kept until there is another"
    talk.types("5 000")
    assert talk.answers()["monthly_volume"] == 5_000


def test_a_correction_takes_with_it_what_depended_on_the_answer() -> None:
    talk = Talk.begun(**COMPANY, **FLOW, already_outsourced=True, contract_months_left=14, exit_clause_known=True)
    before = talk.answers()
    talk.press("i:0001:e:1:already_outsourced")
    talk.types("non")
    gone = ("contract_months_left", "exit_clause_known")
    assert talk.answers() == {f: v for f, v in before.items() if f not in gone} | {"already_outsourced": False}


def test_going_back_takes_back_one_answer_at_a_time() -> None:
    talk = Talk.begun(**COMPANY)
    for text in ("SAV", "le sav", "téléphone", "3 000"):
        talk.types(text)
    for gone in ("monthly_volume", "channels", "interaction_type", "flow_name"):
        told = talk.types("retour")
        assert gone not in talk.answers()
        assert INTERVIEW.question(gone).ask["fr"].partition("\n")[0] in told
    assert talk.answers() == COMPANY
    assert "rien à reprendre" in talk.types("retour")
    assert talk.answers() == COMPANY


def test_going_back_then_answering_again_goes_on() -> None:
    talk = Talk.begun(**COMPANY)
    talk.types("SAV")
    talk.types("retour")
    talk.types("Ventes")
    assert talk.answers()["flow_name"] == "Ventes"
    assert talk.asked is not None
    assert talk.asked.id == "interaction_type"


def test_going_back_leads_out_of_the_offer_of_a_result() -> None:
    talk = Talk.begun(**COMPANY, **FLOW, monthly_volume=3_000)
    talk.press("i:0001:a:1:unique_knowhow:0")
    assert talk.asked is None
    talk.types("retour")
    assert "unique_knowhow" not in talk.answers()


def test_going_back_skips_what_is_not_answered_any_more() -> None:
    talk = Talk.begun(**COMPANY, **FLOW)
    for code in (
        "i:0001:a:1:already_outsourced:0",
        "i:0001:a:1:exit_clause_known:0",
        "i:0001:a:1:already_outsourced:1",
    ):
        talk.press(code)
    talk.types("retour")
    assert "already_outsourced" not in talk.answers()
    assert "rien à reprendre" in talk.types("retour")


def test_going_back_from_a_correction_only_leaves_it() -> None:
    talk = Talk.begun(**COMPANY, **FLOW, monthly_volume=3_000)
    before = talk.answers()
    talk.types("corriger le volume")
    talk.types("retour")
    assert talk.answers() == before


@pytest.mark.parametrize(("text", "kept"), [("oui", False), ("non", True), ("non merci", True)])
def test_giving_up_asks_first(text: str, kept: bool) -> None:
    talk = at_volume()
    before = talk.answers()
    talk.types("annuler")
    assert talk.answers() == before
    talk.types(text)
    assert talk.going is kept
    assert not kept or talk.answers() == before


def test_starting_over_asks_first() -> None:
    talk = at_volume()
    talk.types("recommencer")
    assert talk.answers()
    talk.types("oui")
    assert talk.answers() == {}


def test_an_answer_to_the_question_rather_than_to_the_warning_is_kept() -> None:
    talk = at_volume()
    talk.types("annuler")
    talk.types("3 000 par mois")
    assert talk.answers()["monthly_volume"] == 3_000


def test_put_aside_it_leaves_messages_to_the_corpus_until_one_comes_back() -> None:
    talk = at_volume()
    before = talk.answers()
    talk.types("pause")
    assert talk.types("3000") == ""
    assert talk.answers() == before
    talk.command("entretien")
    talk.types("3000")
    assert talk.answers() == before | {"monthly_volume": 3_000}


@pytest.mark.parametrize("asked_again", ["annuler", "recommencer"])
def test_a_question_that_is_shown_takes_answers(asked_again: str) -> None:
    """Even put aside: whoever declines to give up is asked the question, and may answer it."""
    talk = at_volume()
    talk.types("pause")
    talk.command(asked_again)
    told = talk.presses("Continuer")
    assert INTERVIEW.question("monthly_volume").ask["fr"].partition("\n")[0] in told
    talk.types("3000")
    assert talk.answers()["monthly_volume"] == 3_000


@pytest.mark.parametrize("command", ["résumé", "et pour l'instant ?", "pourquoi ?", "aide", "mes flux"])
def test_to_look_changes_nothing(command: str) -> None:
    talk = at_volume()
    before = talk.answers()
    assert talk.types(command)
    assert talk.answers() == before
    talk.types("3000")
    assert talk.answers() == before | {"monthly_volume": 3_000}


def test_why_says_the_reason_and_its_source() -> None:
    talk = at_volume()
    asked = INTERVIEW.question("monthly_volume")
    told = talk.types("pourquoi ?")
    assert asked.why["fr"] in told
    assert asked.cites[0].upper() in told


CHOSEN = [
    (question.id, value)
    for question in INTERVIEW.questions
    for value in values(question)
    if question.kind is not Kind.TEXT
]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_is_told_of_an_answer_may_be_typed_as_that_answer(lang: str) -> None:
    """« 5 min 30 », « lun–ven 9 h–18 h », a button's label: read again, it is the same value."""
    wrong: list[tuple[str, Value, str, Any]] = []
    for name, value in CHOSEN:
        question = INTERVIEW.question(name)
        written = answer_text(question, value, lang)
        talk = Talk.begun(lang, flow_name="SAV", interaction_type=("other",), channels=("phone",))
        talk.press(f"i:0001:e:1:{name}")
        talk.types(written)
        pending = talk.dialogue.pending
        if pending and pending.waiting is Waiting.READ_BACK:
            talk.types("oui" if lang == "fr" else "yes")
        kept = talk.answers().get(name)
        if kept != value:
            wrong.append((name, value, written, kept))
    assert wrong == []


WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            *("oui", "non", "je ne sais pas", "passer", "retour", "résumé", "résultat", "et pour l'instant ?", "pause"),
            *("pourquoi ?", "3 000 par mois, 6 min, français et anglais", "entre 2000 et 4000", "1.500", "-20 %", "🤷"),
            *(
                "en fait le volume c'est 4 500",
                "corriger le volume",
                "C'est quoi l'onshore ?",
                "lun-ven 9h-18h",
                "24/7",
            ),
            *(
                "coûts et pics",
                "téléphone et mail",
                "SAV",
                "ajouter un flux",
                "mes flux",
                "aide",
                "9" * 400,
                "x" * 5_000,
            ),
        ]
    ),
)


@given(st.lists(WORDS, max_size=12), st.sampled_from(["fr", "en"]))
@settings(max_examples=35)
def test_no_words_lose_what_was_answered(texts: list[str], lang: str) -> None:
    """Random words correct, add or ask; only going back takes an answer away, and one at a time."""
    talk = Talk.begun(lang, **COMPANY, flow_name="SAV")
    for text in texts:
        before = {(f.id, n): a for f in talk.dialogue.portfolio.flows for n, a in f.answers.items()}
        company, trail = talk.dialogue.portfolio.company, talk.dialogue.trail
        talk.types(text)
        if not talk.going:
            return
        after = {(f.id, n): a for f in talk.dialogue.portfolio.flows for n, a in f.answers.items()}
        gone = [n for f, n in before if (f, n) not in after]
        gone += [n for n in company if n not in talk.dialogue.portfolio.company]
        taken_back = len(talk.dialogue.trail) < len(trail)
        assert len(gone) <= (1 if taken_back else 0)
