"""The front door: commands, languages, messages delivered twice; and the same advice as a script gets."""

from __future__ import annotations

import random
from typing import Any

import pytest
from dialogue_driver import COMPANY, INTERVIEW, INTERVIEWER, READY, Talk
from interview_answers import values

from bot.assess import Assessor
from bot.assistant import Assistant
from bot.citations import Citations
from bot.dialogue.asking import answer_text
from bot.dialogue.state import Waiting
from bot.interview.answers import Answer
from bot.interview.model import Facts, Kind
from bot.knowledge import NotReady
from bot.messages import Incoming, Reply
from bot.messages import Kind as How
from bot.sessions import MemorySessions, Session
from index.articles import Corpus

ASSESSOR = Assessor(INTERVIEW, lambda lang: str, "fr")


@pytest.mark.parametrize("name", ["entretien", "interview"])
def test_a_command_begins_and_comes_back(name: str) -> None:
    talk = Talk()
    assert talk.command(name)
    talk.give(objective=("cost",))
    talk.types("pause")
    assert talk.command(name)
    assert talk.answers() == {"objective": ("cost",)}


@pytest.mark.parametrize(
    "name", ["resume", "retour", "annuler", "recommencer", "resultat", "flux", "pourquoi", "passer"]
)
def test_without_an_interview_a_command_offers_one(name: str) -> None:
    talk = Talk()
    assert talk.command(name)
    assert not talk.going
    assert [button.label for button in talk.buttons] == ["Évaluer mes flux (5 à 10 min)"]


@pytest.mark.parametrize("name", ["start", "aide", "effacer", "", "ENTRETIEN", "nonsense"])
def test_other_commands_are_left_to_others(name: str) -> None:
    assert Talk.begun().command(name) == ""


@pytest.mark.parametrize(
    ("french", "english"),
    [("resume", "summary"), ("retour", "back"), ("resultat", "result"), ("flux", "flows"), ("pourquoi", "why")],
)
def test_a_command_does_the_same_in_both_languages(french: str, english: str) -> None:
    one, other = Talk.begun(**COMPANY), Talk.begun(**COMPANY)
    assert one.command(french) == other.command(english)
    assert one.dialogue == other.dialogue


@pytest.mark.parametrize("waiting", ["résumé", "annuler", "corriger le volume", "3 000 par mois, 6 min, français"])
def test_where_one_is_is_told_again_without_any_effect(waiting: str) -> None:
    """For a message delivered twice: what the next message will be taken for is what is asked."""
    talk = Talk.begun(**COMPANY, flow_name="SAV", interaction_type=("orders",), channels=("phone",))
    first = talk.types(waiting)
    turn = INTERVIEWER.again(talk.dialogue, "fr")
    assert turn.dialogue == talk.dialogue
    if talk.dialogue.pending:
        assert turn.replies[0].plain == first


# The same answers, by conversation and by script


def told(talk: Talk, name: str, value: Any, rng: random.Random) -> None:
    """One answer given, in words or by its buttons."""
    question = INTERVIEW.question(name)
    if value is None:
        talk.types("je ne sais pas")
    elif isinstance(value, dict):
        talk.types(f"entre {value['low']} et {value['high']}")
    elif question.options and rng.random() < 0.5:
        chosen = value if isinstance(value, tuple) else (value,)
        for n, option in enumerate(question.options):
            if option.value in chosen:
                talk.press(talk.buttons[n].code)
        if question.kind is Kind.CHOICES:
            talk.presses("C’est tout")
    else:
        talk.types(answer_text(question, value, "fr"))
    pending = talk.dialogue.pending
    if pending and pending.waiting is Waiting.READ_BACK:
        assert set(pending.given) == {name}, (name, value, pending.given)
        talk.types("oui")
    assert name in talk.dialogue.answers, (name, value, talk.told)


def conversed(known: Facts, rng: random.Random, refine: bool) -> Talk:
    """A whole interview with somebody who knows these facts and nothing else."""
    talk = Talk.begun()
    talk.command("interview")
    for _ in range(100):
        if talk.asked is None:
            if talk.dialogue.refines or not refine or "Affiner" not in str(talk.buttons):
                break
            talk.presses("Affiner")
            continue
        name = talk.asked.id
        told(talk, name, known.get(name, "SAV" if name == "flow_name" else None), rng)
    talk.command("result")
    return talk


def people(number: int) -> dict[str, Any]:
    """What somebody knows, at random."""
    rng = random.Random(number)
    known: dict[str, Any] = dict(COMPANY | READY) if number % 3 == 0 else {}
    for question in INTERVIEW.questions:
        if question.id == "flow_name" or (known and rng.random() < 0.7):
            continue
        if rng.random() < 0.75:
            known[question.id] = "Belgique" if question.id == "country" else rng.choice(values(question))
        else:
            known.pop(question.id, None)
    if rng.random() < 0.5:
        known["monthly_volume"] = {"low": 2_000, "high": 4_000}
    if rng.random() < 0.3:
        known["agents_fte"] = {"low": 4, "high": 8}
    return known


@pytest.mark.parametrize("number", range(15))
def test_a_conversation_keeps_what_is_said_and_leads_where_a_script_does(number: int) -> None:
    known = people(number)
    talk = conversed(known, random.Random(1_000 + number), refine=number % 2 == 0)
    given: dict[str, Any] = {}
    for name, answer in talk.dialogue.answers.items():
        wanted = known.get(name, "SAV" if name == "flow_name" else None)
        if isinstance(wanted, dict):
            assert {"low": answer.low, "high": answer.high} == wanted, name
        else:
            assert answer.value == wanted, name
        if answer.low is not None:
            given[name] = {"low": answer.low, "high": answer.high}
        elif answer.value is not None:
            given[name] = list(answer.value) if isinstance(answer.value, tuple) else answer.value
    [scripted] = ASSESSOR.assess(given).recommendations
    spoken = talk.recommendation
    assert spoken.decision == scripted.decision
    assert spoken.costs == scripted.costs
    assert spoken.flips == scripted.flips
    assert spoken.plan == scripted.plan


# Delivered twice


class Never:
    """A knowledge that is never ready."""

    vocabularies = None

    def faq(self) -> Any:
        raise NotReady


def assistant(sessions: MemorySessions) -> Assistant:
    return Assistant(Never(), sessions, INTERVIEWER, Citations(lambda: Corpus(())), "fr")  # type: ignore[arg-type]


SAID = [
    (How.COMMAND, "entretien"),
    (How.PRESS, "m:1:objective:1:a"),
    (How.TEXT, "coûts et pics"),
    (How.TEXT, "oui"),
    (How.PRESS, "a:1:priority:1"),
    (How.TEXT, "aucune contrainte"),
    (How.TEXT, "retour"),
    (How.TEXT, "France seulement"),
    (How.PRESS, "add"),
    (How.PRESS, "copy:1"),
    (How.TEXT, "Ventes"),
    (How.TEXT, "3 000 par mois, 6 min, français"),
    (How.TEXT, "oui"),
    (How.TEXT, "C'est quoi l'offshore ?"),
    (How.PRESS, "w:1:complexity"),
    (How.PRESS, "x:1:complexity:2"),
    (How.PRESS, "yes"),
    (How.COMMAND, "annuler"),
    (How.TEXT, "non"),
    (How.PRESS, "del:1"),
    (How.PRESS, "yes"),
    (How.COMMAND, "recommencer"),
    (How.PRESS, "yes"),
    (How.TEXT, "qualité"),
]


def test_a_message_delivered_twice_has_no_second_effect() -> None:
    """As after a crash between keeping what it did and having it acknowledged."""
    once, twice = MemorySessions(), MemorySessions()
    kept: list[list[Any]] = [[], []]
    for number, (how, text) in enumerate(SAID):
        for which, (sessions, times) in enumerate(((once, 1), (twice, 2))):
            held = INTERVIEWER.desk.dialogue(sessions.get("c"))
            code = f"i:{held.nonce if held else '0000'}:{text}" if how is How.PRESS else text
            if text == "yes" and held and held.pending:
                code += f":{held.pending.token}"
            for _ in range(times):
                replies = assistant(sessions).respond(Incoming("c", how, code, id=str(number)))
                assert replies
            interview = dict(sessions.get("c").interview or {})
            interview.pop("nonce")
            kept[which].append(interview)
    assert kept[0] == kept[1]
    assert once.get("c").history == twice.get("c").history


def test_a_message_without_an_id_is_always_new() -> None:
    sessions = MemorySessions()
    for text in ("coûts", "oui"):
        if not sessions.get("c").interview:
            assistant(sessions).respond(Incoming("c", How.COMMAND, "entretien"))
        assistant(sessions).respond(Incoming("c", How.TEXT, text))
    portfolio = (sessions.get("c").interview or {})["portfolio"]
    assert set(portfolio["company"]) == {"objective", "objectives_defined"}


@pytest.mark.parametrize("kept", [{}, {"nonce": "x"}, {"portfolio": 3}, {"flow": "?"}], ids=str)
@pytest.mark.parametrize("how", [How.TEXT, How.COMMAND, How.PRESS])
def test_what_cannot_be_read_is_no_interview(kept: dict[str, Any], how: How) -> None:
    sessions = MemorySessions()
    sessions.put("c", Session("fr", (), kept))
    text = {How.TEXT: "3000", How.COMMAND: "entretien", How.PRESS: "i:x:a:1:priority:0"}[how]
    [reply, *_] = assistant(sessions).respond(Incoming("c", how, text))
    assert isinstance(reply, Reply)
    assert reply.plain


def test_conversations_do_not_mix() -> None:
    sessions = MemorySessions()
    bot = assistant(sessions)
    for chat in ("a", "b"):
        bot.respond(Incoming(chat, How.COMMAND, "entretien"))
    bot.respond(Incoming("a", How.TEXT, "coûts"))
    a, b = (INTERVIEWER.desk.dialogue(sessions.get(chat)) for chat in ("a", "b"))
    assert a is not None
    assert b is not None
    assert a.answers == {"objective": Answer(("cost",))}
    assert b.answers == {}
    assert a.nonce != b.nonce
    code = f"i:{a.nonce}:a:1:priority:0"
    bot.respond(Incoming("b", How.PRESS, code))
    still = INTERVIEWER.desk.dialogue(sessions.get("b"))
    assert still is not None
    assert still.answers == {}, "a button forwarded from another conversation does nothing"
