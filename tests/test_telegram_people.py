"""What people do in Telegram that is not a plain conversation, with the real assistant on a strict Bot API server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from small_assistant import assistant_over
from telegram_chats import Chat, Message, Person
from telegram_server import TelegramServer

from bot.assistant import Assistant
from bot.channels import telegram_sending
from bot.dialogue.state import restored
from bot.interview.loader import shipped_interview
from bot.messages import Choice, Part, Reply, Style, Table
from bot.storage.database import Database
from bot.storage.sessions import SqlSessions
from bot.wording.catalogue import say
from index.typography import typeset
from tests.bot.channels.test_telegram import TOKEN, Parrot, live

Plays = Callable[[Callable[[], None]], None]
STALE_INTERVIEW = "Ce bouton date d’un entretien terminé. On en commence un\u00a0?"
COST = "Combien coûte une heure ?"
INTERVIEW = shipped_interview()
LEADS = {q.id: typeset(q.ask["fr"].partition("\n")[0], "fr") for q in INTERVIEW.questions}


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer(token=TOKEN, username="CurseurBot") as server:
        yield server


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return assistant_over()


@pytest.fixture
def plays(server: TelegramServer, assistant: Assistant) -> Plays:
    """Has the real assistant there while the people do as written."""
    return lambda script: live(server, script, assistant)


@pytest.fixture
def alice(server: TelegramServer) -> Person:
    return server.person(7, language_code="fr")


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_sending, "_BACKOFF", (0.01, 0.02))


def next_in(chat: Chat, before: int) -> Message:
    return chat.wait_messages(before + 1)[before]


def asks(person: Person, text: str, **options: Any) -> Message:
    before = len(person.chat.messages)
    person.says(text, **options)
    return next_in(person.chat, before)


def taps(person: Person, message: Message, label: str) -> Message:
    before = len(person.chat.messages)
    person.presses(message, label)
    return next_in(person.chat, before)


def begins(person: Person, **options: Any) -> Message:
    """An interview's first question."""
    return asks(person, "/entretien", **options)


def kept(chat: str) -> dict[str, Any]:
    """What the database holds of a chat's interview: the answers so far."""
    database = Database.open(f"sqlite:///{Path('curseur.db')}")
    interview = SqlSessions(database).get(chat).interview
    database.close()
    dialogue = restored(interview, INTERVIEW.by_id)
    return {name: answer.value for name, answer in dialogue.answers.items()} if dialogue else {}


# Rich messages


def test_rich_messages_are_a_persons_choice_and_outlive_the_process(
    server: TelegramServer, alice: Person, plays: Plays
) -> None:
    bob = server.person(8, language_code="fr")

    def chooses() -> None:
        assert asks(alice, COST).rich == []
        choice = asks(alice, "/affichage")
        assert choice.text.startswith("Affichage actuel\u00a0: simple\n")
        assert choice.buttons == [["Simple", "Riche"]]
        assert taps(alice, choice, "Riche").text == say("fr", "display_set_rich")

    def asks_again() -> None:
        answer = asks(alice, COST)
        assert [block["type"] for block in answer.rich][-1] == "details"
        assert "Un téléconseiller coûte 25 € de l’heure. [1]\n" in answer.text
        assert answer.buttons[0] == ["[1]"]
        assert taps(alice, answer, "[1]").rich == []  # nothing to gain
        assert asks(bob, COST).rich == []
        assert asks(alice, "/affichage simple").text == say("fr", "display_set_simple")
        assert asks(alice, COST).rich == []

    plays(chooses)
    plays(asks_again)
    assert server.refused == []


@pytest.mark.parametrize("trouble", ["unknown", "refused"])
def test_what_is_not_taken_as_rich_comes_as_usual(server: TelegramServer, alice: Person, trouble: str) -> None:
    if trouble == "unknown":
        server.unknown.add("sendRichMessage")

    def reply(text: str) -> Reply:
        cell = "non" if trouble == "unknown" else "x" * 40_000  # over Telegram's limit for a whole message
        table = Table.of([("Interne", cell)], (Part("Interne", Style.BOLD), Part("\n120 k€")))
        return Reply((Part(f"{text}\n"), table), ((Choice("Oui", "y"),),), rich=True)

    def script() -> None:
        for text in ("Coûts", "Encore"):
            message = asks(alice, text)
            assert (message.text, message.rich, message.buttons) == (f"{text}\nInterne\n120 k€", [], [["Oui"]])

    live(server, script, Parrot(lambda incoming: reply(incoming.text)))
    assert len(server.calls_to("sendRichMessage")) == (1 if trouble == "unknown" else 2)
    assert len(alice.chat.messages) == 2


def test_tables_replace_one_another_in_place(server: TelegramServer, alice: Person) -> None:
    def reply(text: str) -> Reply:
        table = Table.of([("Interne", text)], (Part(text),), ("Poste", "Montant"))
        return Reply((table,), ((Choice("Plus", "plus"),),), replaces=text == "plus", rich=True)

    def script() -> None:
        table = asks(alice, "peu")
        assert table.text == "Poste | Montant\nInterne | peu"
        alice.presses(table, "Plus")
        server.wait_for(lambda: table.edited)
        assert table.text == "Poste | Montant\nInterne | plus"
        alice.presses(table, "Plus")  # changes nothing
        server.wait_for(lambda: len(server.calls_to("editMessageText")) == 2)

    live(server, script, Parrot(lambda incoming: reply(incoming.text)))
    assert len(alice.chat.messages) == 1


# Edits


def test_an_edited_answer_is_not_taken_for_the_next(server: TelegramServer, alice: Person, plays: Plays) -> None:
    def script() -> None:
        begins(alice)
        answer = alice.says("réduire les coûts")
        next_in(alice.chat, 1)
        before = kept("telegram:7")
        alice.edits(answer, "améliorer la qualité")
        assert next_in(alice.chat, 2).text == say("fr", "edited_in_interview")
        assert kept("telegram:7") == before
        assert before["objective"] == ("cost",)

    plays(script)


def test_an_edited_question_is_answered_and_an_edited_command_done(
    server: TelegramServer, alice: Person, plays: Plays
) -> None:
    def script() -> None:
        question = alice.says("zanzibar")
        refusal = next_in(alice.chat, 0)
        alice.edits(question, COST)
        assert "Un téléconseiller coûte 25" in next_in(alice.chat, 1).text
        assert "coûte 25" not in refusal.text
        begins(alice)
        wrong = alice.says("/langu")
        next_in(alice.chat, 3)
        alice.edits(wrong, "/langue en")
        assert next_in(alice.chat, 4).text == say("en", "language_set")

    plays(script)


# Many messages, many devices


def test_messages_typed_very_fast_are_each_answered_in_order(
    server: TelegramServer, alice: Person, plays: Plays
) -> None:
    def script() -> None:
        said = ["/entretien", "réduire les coûts", COST, "oui, c'est fixé", "/resume", "merci"]
        for text in said:
            alice.says(text)
        alice.chat.wait_messages(7)

    plays(script)
    texts = [message.text for message in alice.chat.messages]
    assert LEADS["objective"] in texts[0]
    assert LEADS["objectives_defined"] in texts[1]
    assert "Un téléconseiller coûte 25" in texts[2]
    assert LEADS["objectives_defined"] in texts[3]
    assert LEADS["objectives_defined"] not in texts[4]
    assert "Réduire les coûts" in texts[5]


def test_the_same_button_on_two_devices_at_once(server: TelegramServer, alice: Person, plays: Plays) -> None:
    def script() -> None:
        question = begins(alice)
        twice = [alice.presses(question, "Réduire les coûts") for _ in range(2)]
        server.wait_for(lambda: len(server.calls_to("editMessageText")) == 2)  # the second one changes nothing
        assert "✓ Réduire les coûts" in str(question.buttons)
        twice += [alice.presses(question, "C’est tout ✓") for _ in range(2)]
        alice.chat.wait_messages(3)
        server.wait_for(lambda: all(press.answered for press in twice))

    plays(script)
    _, *asked = [message.text for message in alice.chat.messages]
    assert len(asked) == 2
    assert all(LEADS["objectives_defined"] in text for text in asked)
    assert kept("telegram:7") == {"objective": ("cost",)}


# Old, forged and foreign buttons


def test_a_button_of_another_person_or_another_interview_is_refused_kindly(
    server: TelegramServer, alice: Person, plays: Plays
) -> None:
    bob = server.person(8, language_code="fr")

    def script() -> None:
        hers = begins(alice)
        code = hers.markup["inline_keyboard"][-1][0]["callback_data"]
        assert bob.chat.messages == []
        welcome = asks(bob, "/start")
        bob.forges(welcome, code)
        assert next_in(bob.chat, 1).text == STALE_INTERVIEW
        begins(bob)
        bob.forges(welcome, code)
        assert next_in(bob.chat, 3).text.startswith("Ce bouton n’a plus d’effet. Voici où nous en sommes.")
        asks(alice, "/annuler")
        taps(alice, alice.chat.messages[-1], alice.chat.messages[-1].buttons[0][0])
        begins(alice)
        before = len(alice.chat.messages)
        alice.forges(hers, code)
        assert "n’a plus d’effet" in next_in(alice.chat, before).text

    plays(script)
    assert kept("telegram:8") == kept("telegram:7") == {}


def test_forged_codes_are_refused_kindly(server: TelegramServer, alice: Person, plays: Plays) -> None:
    codes = ["i", "i::", "i:zzzz:a:1:objective:0", "d:", "d:riche", "d:rich:1", "f:fr:u", "p:fr:", "\u202e", "x" * 64]

    def script() -> None:
        welcome = asks(alice, "/start")
        for code in codes:
            alice.forges(welcome, code)
        refused = {message.text for message in alice.chat.wait_messages(1 + len(codes))[1:]}
        assert refused == {say("fr", "stale"), STALE_INTERVIEW}

    plays(script)
    assert kept("telegram:7") == {}
    assert server.refused == []


def test_a_button_under_a_message_that_is_gone_or_old_still_works(
    server: TelegramServer, alice: Person, plays: Plays
) -> None:
    def script() -> None:
        question = begins(alice)
        question.deleted = True  # Telegram then tells no more of it than its place
        press = alice.forges(question, question.markup["inline_keyboard"][0][0]["callback_data"])
        answer = next_in(alice.chat, 0)
        assert "✓ Réduire les coûts" in str(answer.buttons)
        server.wait_for(lambda: press.answered)

    plays(script)


# Groups


def test_a_group_leads_one_interview_together_and_each_topic_its_own(server: TelegramServer, plays: Plays) -> None:
    group = server.group(-100, title="Équipe", is_forum=True)
    ada, bob = group.member(8, "Ada", "fr"), group.member(9, "Bob", "fr")

    def script() -> None:
        question = begins(ada, message_thread_id=4)
        assert question.raw["message_thread_id"] == 4
        bob.presses(question, "Réduire les coûts")
        server.wait_for(lambda: "✓ Réduire les coûts" in str(question.buttons))
        asked = taps(bob, question, "C’est tout ✓")
        assert LEADS["objectives_defined"] in asked.text
        other = asks(bob, "/resume", message_thread_id=5)
        assert other.text == say("fr", "no_interview")
        bob.forges(other, question.markup["inline_keyboard"][-1][0]["callback_data"])
        refused = next_in(group, 3)
        assert (refused.text[:15], refused.raw["message_thread_id"]) == ("Ce bouton date ", 5)

    plays(script)
    assert kept("telegram:-100:4")["objective"] == ("cost",)
    assert kept("telegram:-100:5") == {}


# Blocks


def test_who_blocks_the_bot_and_comes_back_finds_the_interview(
    server: TelegramServer, alice: Person, plays: Plays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_sending, "_BACKOFF", (0.3,))

    def script() -> None:
        begins(alice)
        asks(alice, "réduire les coûts")
        server.fail_next("sendMessage", status=502)
        alice.says("oui, c'est fixé")
        server.wait_for(lambda: any(call.status == 502 for call in server.calls))
        alice.blocks()
        server.wait_for(lambda: any(call.status == 403 for call in server.calls))
        alice.unblocks()
        welcome = asks(alice, "/start")
        assert welcome.text.startswith("Bonjour")
        assert welcome.buttons[0] == [say("fr", "button_resume")]

    plays(script)
    assert list(kept("telegram:7")) == ["objective", "objectives_defined"]
