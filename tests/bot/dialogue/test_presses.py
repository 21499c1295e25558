"""Buttons: one that is shown works, an old one corrects its own question, a foreign or forged one does nothing."""

from __future__ import annotations

from typing import Any

import pytest
from dialogue_driver import INTERVIEW, STALE, Talk
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.codes import read
from bot.dialogue.state import Waiting
from bot.interview.model import Kind, Option, Question
from bot.messages import MAX_CODE_BYTES

SETTLED: dict[str, Any] = {
    "objective": ("cost",),
    "flow_name": "SAV",
    "interaction_type": ("after_sales",),
    "channels": ("phone",),
    "monthly_volume": 3_000,
    "unique_knowhow": True,
}
"""All that is asked of a flow that stays because of its know-how."""


def test_the_first_question_has_its_options_and_help() -> None:
    talk = Talk.begun()
    asked = talk.asked
    assert asked is not None
    labels = [button.label for button in talk.buttons]
    assert labels[: len(asked.options)] == [option.label["fr"] for option in asked.options]
    assert "Je ne sais pas" in labels
    assert "← Retour" not in labels, "there is nothing to go back to"


def test_a_multiple_choice_is_ticked_one_by_one() -> None:
    talk = Talk.begun()
    talk.presses("Réduire les coûts")
    assert talk.answers() == {}, "nothing is kept before it is complete"
    talk.presses("Absorber les pics")
    talk.presses("Trouver une expertise")
    talk.presses("✓ Absorber les pics")
    assert talk.replies[0].replaces
    talk.presses("C’est tout")
    assert talk.answers() == {"objective": ("cost", "expertise")}


def test_nothing_ticked_cannot_be_kept() -> None:
    talk = Talk.begun()
    talk.presses("Réduire les coûts")
    talk.presses("✓ Réduire les coûts")
    assert not [button for button in talk.buttons if "C’est tout" in button.label]
    assert STALE["fr"] in talk.press("i:0001:ok:1:objective:0:a")
    assert talk.answers() == {}


def test_an_old_button_corrects_its_own_question_and_nothing_else() -> None:
    talk = Talk.begun(objective=("cost",), objectives_defined=True)
    talk.command("interview")
    cost, balance, *_ = talk.buttons
    talk.press(cost.code)
    before = talk.answers()
    assert before["priority"] == "cost"
    talk.types("aucune contrainte")
    told = talk.press(balance.code)
    assert talk.answers() == before | {"priority": "balance", "location_constraint": "none"}
    assert talk.asked is not None
    assert talk.asked.ask["fr"].partition("\n")[0] in told, "and the interview goes on where it was"


def test_pressing_twice_is_pressing_once() -> None:
    talk = Talk.begun(objective=("cost",), objectives_defined=True)
    for _ in range(2):
        talk.press("i:0001:a:1:priority:0")
    assert talk.answers()["priority"] == "cost"
    assert list(talk.answers()).count("priority") == 1


def _option(question: Question, label: str, lang: str) -> Option:
    return next(option for option in question.options if option.label[lang] == label)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_button_of_every_question_answers_it(lang: str) -> None:
    for question in INTERVIEW.questions:
        talk = Talk.begun(lang, flow_name="SAV")
        talk.press(f"i:0001:e:1:{question.id}")
        for button in talk.buttons[: len(question.options)]:
            again = Talk.begun(lang, flow_name="SAV")
            said = again.press(button.code)
            assert STALE[lang] not in said
            if question.kind is Kind.CHOICES:
                assert again.buttons[question.options.index(_option(question, button.label, lang))].label[0] == "✓"
                [done] = [b for b in again.buttons if (read(b.code) or ("", ""))[1] == "ok"]
                again.press(done.code)
            value = _option(question, button.label, lang).value
            assert again.answers()[question.id] == ((value,) if question.kind is Kind.CHOICES else value)


@pytest.mark.parametrize(
    "code",
    [
        "i:0001:a:1:priority:99",
        "i:0001:a:1:priority:-1",
        "i:0001:a:1:priority:²",
        "i:0001:a:1:priority",
        "i:0001:a:9:priority:0",
        "i:0001:a:1:shoe_size:0",
        "i:0001:a:1:objective:0",  # one option where several may be ticked
        "i:0001:a:99999999999999999999:priority:0",
        "i:0001:m:1:objective:fff:a",
        "i:0001:m:1:objective:-1:a",
        "i:0001:m:1:objective:zz:a",
        "i:0001:m:1:priority:1:a",
        "i:0001:ok:1:objective:0:a",
        "i:0001:v:1:monthly_volume:nan:a",
        "i:0001:v:1:monthly_volume:inf:a",
        "i:0001:v:1:monthly_volume:-5:a",
        "i:0001:v:1:monthly_volume:1e99:a",
        "i:0001:v:1:flow_name:3:a",
        "i:0001:v:1:objective:3:a",
        "i:0001:d:1:exe",
        "i:0001:t:1:nothing",
        "i:0001:t:1:__class__",
        "i:0001:zz:1",
        "i:0001::",
        "i:0001:yes",
        "i:0001:no:00000000",
        "i:0001:yes:00000000",
        "i:0001:u:1:shoe_size",
        "i:9999:a:1:priority:0",
        "i:-:a:1:priority:0",
        "i:-:nothing",
        "i:0001:m:1:objective:0:" + "a" * 41,
    ],
)
def test_a_forged_or_foreign_button_changes_nothing_and_says_where_one_is(code: str) -> None:
    talk = Talk.begun(objective=("cost",), flow_name="SAV")
    before = talk.answers()
    assert len(code.encode()) <= MAX_CODE_BYTES
    assert STALE["fr"] in talk.press(code)
    assert talk.answers() == before
    assert talk.asked is not None
    assert talk.asked.ask["fr"].partition("\n")[0] in talk.told


def test_a_button_of_an_interview_that_is_no_more_offers_a_new_one() -> None:
    talk = Talk()
    talk.press("i:0001:a:1:priority:0")
    assert not talk.going
    talk.presses("Évaluer mes flux")
    assert talk.answers() == {}


def test_what_is_not_of_the_interview_is_left_to_others() -> None:
    talk = Talk.begun(objective=("cost",))
    before = talk.answers()
    assert talk.press("p:fr:a#rate") == ""
    assert talk.answers() == before


def test_starting_over_from_a_button_asks_first() -> None:
    """That button stays in the conversation for days."""
    talk = Talk.begun(objective=("cost",))
    talk.command("interview")
    [again] = [b for b in talk.buttons if b.label == "Tout recommencer"]
    talk.press(again.code)
    assert talk.answers() == {"objective": ("cost",)}
    talk.presses("Continuer")
    assert talk.answers() == {"objective": ("cost",)}
    talk.press(again.code)
    talk.presses("Oui, recommencer")
    assert talk.answers() == {}


def test_yes_to_a_question_that_is_no_longer_asked_does_nothing() -> None:
    talk = Talk.begun(objective=("cost",))
    talk.command("annuler")
    [yes, _] = talk.buttons
    talk.types("non")
    talk.press(yes.code)
    assert talk.answers() == {"objective": ("cost",)}


BUTTON = st.integers(0, 10_000)


@given(st.lists(BUTTON, min_size=1, max_size=20), st.sampled_from(["fr", "en"]))
@settings(max_examples=25)
def test_any_walk_along_the_buttons_works(walk: list[int], lang: str) -> None:
    """Whatever is pressed, from the first question on or from a result: never an error, never « no longer works »."""
    talk = Talk.begun(lang, **(SETTLED if walk[0] % 2 else {}))
    talk.command("result")
    for number in walk:
        buttons = [b for b in talk.buttons if not b.code.endswith((":pdf", ":docx"))]
        if not buttons:
            talk.command("flux")
            continue
        talk.press(buttons[number % len(buttons)].code)
        assert STALE[lang] not in talk.told
        if not talk.going:
            talk.command("interview")


@given(st.lists(BUTTON, min_size=2, max_size=20))
@settings(max_examples=20)
def test_old_buttons_may_be_pressed_in_any_order(walk: list[int]) -> None:
    """Each answers or corrects its own question: the others keep their answers, but for those that depend on it."""
    talk = Talk.begun(**SETTLED)
    talk.command("result")
    for number in walk:
        fresh = talk.buttons if number % 3 else talk.shown
        safe = [b for b in fresh if not (b.code.endswith((":pdf", ":docx", ":b")) or ":yes:" in b.code)] or talk.shown[
            :1
        ]
        button = safe[number // 3 % len(safe)]
        before, flow = talk.answers(), talk.dialogue.flow
        talk.press(button.code)
        if talk.dialogue.flow != flow:
            continue
        after = talk.answers()
        _, action, arguments = read(button.code) or ("", "", ())
        named = arguments[1] if action in ("a", "ok", "u", "v") else ""
        lost = {f for f in before if f != named and after.get(f) != before[f]}
        dependants = {q.id for q in INTERVIEW.questions if q.ask_if is not None}
        assert lost <= dependants
        assert named or not lost


@given(st.text("i0:1amxvokuyewgpnrftd-_é", max_size=20).map(lambda tail: f"i:0001:{tail}"))
@settings(max_examples=100)
def test_no_forged_code_breaks_anything(code: str) -> None:
    talk = Talk.begun(**SETTLED)
    talk.press(code)
    assert talk.going
    assert {f: v for f, v in talk.answers(1).items() if f in SETTLED}.keys() == SETTLED.keys()


def test_what_waits_for_one_flow_is_not_taken_for_another() -> None:
    """A change tried on one flow, then another flow's result opened, then « yes »."""
    talk = Talk.begun(**SETTLED)
    talk.press("i:0001:add")
    talk.give(flow_name="Ventes", monthly_volume=900)
    talk.press("i:0001:go:1")
    talk.press("i:0001:w:1:monthly_volume")
    talk.types("5 000")
    [keep, *_] = talk.buttons
    assert talk.dialogue.pending is not None
    assert talk.dialogue.pending.waiting is Waiting.TRIED
    talk.press("i:0001:p:2")
    talk.press(keep.code)
    assert talk.answers(2)["monthly_volume"] == 900
    assert talk.answers(1)["monthly_volume"] in (3_000, 5_000)


def test_an_old_yes_confirms_nothing_else() -> None:
    talk = Talk.begun(objective=("cost",), flow_name="SAV")
    talk.types("3 000 par mois, 6 min, français")
    [kept, _] = talk.buttons
    talk.types("4 000 par mois, 8 min, anglais")
    before = talk.answers()
    talk.press(kept.code)
    assert talk.answers() == before
    talk.command("annuler")
    talk.press(kept.code)
    assert talk.going
    assert talk.answers() == before
