"""The strict Bot API server, tried through a real python-telegram-bot client."""

import asyncio
import datetime
import json
import struct
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.error import HTTPError

import pytest
import telegram.error
from telegram import (
    Bot,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyParameters,
    Update,
)
from telegram import Message as Sent
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest
from telegram_chats import Person
from telegram_server import TelegramServer

pytestmark = pytest.mark.filterwarnings("ignore:Please use:telegram.warnings.PTBUserWarning")  # do_api_request
Ask = Callable[[Bot], Awaitable[Any]]
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 640, 480)


@pytest.fixture
def bot_api() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def alice(bot_api: TelegramServer) -> Person:
    return bot_api.person(7, first_name="Alice", language_code="fr")


def ask(server: TelegramServer, *questions: Ask, token: str | None = None) -> list[Any]:
    """What a real client makes of these calls, one after the other."""

    async def talk() -> list[Any]:
        plain = HTTPXRequest(httpx_kwargs={"verify": False})  # loading certificates takes longer than a test
        url = f"{server.url}/bot"
        bot = Bot(token or server.token, url, f"{server.url}/file/bot", request=plain, get_updates_request=plain)
        async with bot.request if token else bot:
            return [await question(bot) for question in questions]

    return asyncio.run(talk())


def keyboard(*rows: list[str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=label) for label in row] for row in rows])


def says(text: str, **options: Any) -> Ask:
    return lambda bot: bot.send_message(7, text, **options)


def html(text: str) -> Ask:
    return says(text, parse_mode="HTML")


def raw(method: str, **parameters: Any) -> Ask:
    return lambda bot: bot.do_api_request(method, api_kwargs=parameters)


def test_a_foreign_token_and_an_unknown_method(bot_api: TelegramServer) -> None:
    with pytest.raises(telegram.error.InvalidToken):
        ask(bot_api, lambda bot: bot.get_me(), token="1:OTHER")
    with pytest.raises(telegram.error.EndPointNotFound):
        ask(bot_api, raw("sendPigeon"))
    assert [(call.status, call.refusal) for call in bot_api.refused] == [
        (401, "Unauthorized"),
        (404, "Not Found: method not found"),
    ]


@pytest.mark.parametrize("path", ["sendMessage?chat_id=7&text=%C3%A9", "sendMessage", "SENDMESSAGE"])
def test_speaks_get_and_json(bot_api: TelegramServer, alice: Person, path: str) -> None:
    body = None if "?" in path else json.dumps({"chat_id": 7, "text": "é"}).encode()
    url = f"{bot_api.url}/bot{bot_api.token}/{path}"
    with urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"})) as response:
        assert json.load(response)["result"]["text"] == "é"
    assert bot_api.calls[0].method == "sendMessage"
    assert bot_api.calls[0].parameters == {"chat_id": 7, "text": "é"}


def test_refuses_what_is_not_utf8(bot_api: TelegramServer) -> None:
    url = f"{bot_api.url}/bot{bot_api.token}/sendMessage"
    request = urllib.request.Request(url, b'{"text": "\\ud83d"}', {"Content-Type": "application/json"})
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(request)
    assert json.load(caught.value)["description"] == "Bad Request: strings must be encoded in UTF-8"
    caught.value.close()


def test_shows_messages_as_the_person_sees_them(bot_api: TelegramServer, alice: Person) -> None:
    question = alice.says("Combien ?")
    _, edited, *_ = ask(
        bot_api,
        html("<b>Combien</b> &lt; 5 ?"),
        lambda bot: bot.edit_message_text("Trois ?", 7, 2, reply_markup=keyboard(["Oui", "Non"], ["Passer"])),
        says("Voilà", reply_parameters=ReplyParameters(question.id), link_preview_options=LinkPreviewOptions(True)),
        says("Et ?", reply_markup=ReplyKeyboardMarkup([["A"], [KeyboardButton("B")]])),
        lambda bot: bot.set_message_reaction(7, question.id, "👍"),
        lambda bot: bot.send_chat_action(7, "typing"),
        lambda bot: bot.send_message(7, "oublié"),
        lambda bot: bot.delete_message(7, 5),
        lambda bot: bot.send_message_draft(7, 1, "Je réflé"),
    )
    asked, answer, choice = alice.chat.messages
    assert (asked.text, asked.edited, asked.versions) == ("Trois ?", True, ["Combien < 5 ?", "Trois ?"])
    assert asked.buttons == [["Oui", "Non"], ["Passer"]]
    assert isinstance(edited, Sent)
    assert edited.edit_date
    assert edited.from_user
    assert edited.from_user.username == "test_bot"
    assert (answer.reply_to, answer.edited, choice.buttons) == (question.id, False, [["A"], ["B"]])
    assert question.reactions == ["👍"]
    assert (alice.chat.actions, alice.chat.draft) == (["typing"], "Je réflé")
    assert alice.chat.transcript().splitlines()[:2] == ["Alice: 'Combien ?'", "bot: 'Trois ?' [Oui] [Non] [Passer]"]
    assert not bot_api.refused


def test_files_go_both_ways(bot_api: TelegramServer, alice: Person) -> None:
    alice.sends_photo("Regarde /ici")
    alice.sends_voice()
    alice.sends_sticker()
    photo, document = ask(
        bot_api,
        lambda bot: bot.send_photo(7, PNG, "<b>Coût</b>", parse_mode="HTML", reply_markup=keyboard(["Oui"])),
        lambda bot: bot.send_document(7, b"%PDF\r\n--x\r\n", filename="réponse.pdf"),
    )
    assert (photo.photo[0].width, photo.caption) == (640, "Coût")
    assert document.document is not None
    assert (document.document.file_name, document.document.mime_type) == ("réponse.pdf", "application/pdf")
    shown = alice.chat.messages[1]
    assert shown.file is not None
    assert (shown.file.name, shown.file.content) == ("réponse.pdf", b"%PDF\r\n--x\r\n")

    async def download(bot: Bot) -> list[bytes]:
        updates = await bot.get_updates()
        messages = [update.message for update in updates if update.message]
        assert messages[0].caption == "Regarde /ici"
        assert messages[2].sticker
        assert messages[1].voice
        return [bytes(await (await bot.get_file(messages[1].voice.file_id)).download_as_bytearray())]

    assert ask(bot_api, download)[0][0].startswith(b"OggS")


def test_updates_stay_until_confirmed(bot_api: TelegramServer, alice: Person) -> None:
    for word in ("un", "deux", "trois"):
        alice.says(word)

    def texts(updates: tuple[Update, ...]) -> list[str | None]:
        return [update.message.text for update in updates if update.message]

    first, again, rest, none = ask(
        bot_api,
        lambda bot: bot.get_updates(limit=2),
        lambda bot: bot.get_updates(limit=1),
        lambda bot: bot.get_updates(offset=1002),
        lambda bot: bot.get_updates(offset=1003, timeout=0),
    )
    assert (texts(first), texts(again), texts(rest), none) == (["un", "deux"], ["un"], ["trois"], ())
    alice.says("quatre")
    ask(bot_api, lambda bot: bot.delete_webhook(drop_pending_updates=True))
    assert ask(bot_api, lambda bot: bot.get_updates()) == [()]


def test_only_wanted_updates_are_made(bot_api: TelegramServer, alice: Person) -> None:
    ask(bot_api, lambda bot: bot.get_updates(allowed_updates=["callback_query"]))
    alice.says("Bonjour")
    assert ask(bot_api, lambda bot: bot.get_updates()) == [()]


def test_a_second_poll_ends_the_first(bot_api: TelegramServer) -> None:
    async def rivals(bot: Bot) -> BaseException | tuple[Update, ...]:
        first = asyncio.create_task(bot.get_updates(timeout=20))
        await asyncio.to_thread(bot_api.wait_for, lambda: bot_api.calls_to("getUpdates"))
        await bot.get_updates(timeout=0)
        [outcome] = await asyncio.gather(first, return_exceptions=True)
        return outcome

    [outcome] = ask(bot_api, rivals)
    assert isinstance(outcome, telegram.error.Conflict)


def test_a_poll_whose_caller_left_is_not_refused(bot_api: TelegramServer, alice: Person) -> None:
    async def leave(bot: Bot) -> None:
        poll = asyncio.create_task(bot.get_updates(timeout=20))
        await asyncio.to_thread(bot_api.wait_for, lambda: bot_api.calls_to("getUpdates"))
        poll.cancel()

    ask(bot_api, leave)
    alice.says("Toujours là ?")
    [updates] = ask(bot_api, lambda bot: bot.get_updates())
    assert len(updates) == 1
    assert not bot_api.refused


def test_a_whole_bot_answers_and_is_pressed(bot_api: TelegramServer, alice: Person) -> None:
    async def ask_back(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        await update.message.reply_text(f"« {update.message.text} » ?", reply_markup=keyboard(["Oui"]))

    async def thank(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query
        await update.callback_query.answer("Merci")
        await update.callback_query.edit_message_text("Merci.")

    async def live() -> None:
        url = bot_api.url
        builder = ApplicationBuilder().token(bot_api.token).base_url(f"{url}/bot").base_file_url(f"{url}/file/bot")
        application: Application[Any, Any, Any, Any, Any, Any] = builder.build()
        application.add_handler(MessageHandler(filters.TEXT, ask_back))
        application.add_handler(CallbackQueryHandler(thank))
        async with application:
            assert application.updater
            await application.updater.start_polling()
            await application.start()
            await asyncio.to_thread(converse)
            await application.updater.stop()
            await application.stop()

    def converse() -> None:
        alice.says("Trois")
        [question] = alice.chat.wait_messages(1)
        assert question.text == "« Trois » ?"
        press = alice.presses(question, "Oui")
        bot_api.wait_for(lambda: press.answered and question.edited)
        assert (press.text, question.text, question.buttons) == ("Merci", "Merci.", [])

    asyncio.run(live())
    assert not bot_api.refused


def test_a_press_is_answered_once_and_in_time(bot_api: TelegramServer, alice: Person) -> None:
    ask(bot_api, says("?", reply_markup=keyboard(["Oui"])))
    [question] = alice.chat.messages
    press, late, stale = alice.presses(question, "Oui"), alice.presses(question, "Oui"), alice.forges(question, "old")
    with pytest.raises(telegram.error.BadRequest):
        ask(bot_api, lambda bot: bot.answer_callback_query(press.id, "x" * 201))
    assert bot_api.refused[0].refusal == "Bad Request: MESSAGE_TOO_LONG"
    ask(bot_api, lambda bot: bot.answer_callback_query(press.id, "Noté", show_alert=True))
    assert (press.text, press.alert, stale.data) == ("Noté", True, "old")
    bot_api.expire_presses()
    for query in (press.id, late.id):
        with pytest.raises(telegram.error.BadRequest, match="too old"):
            ask(bot_api, raw("answerCallbackQuery", callback_query_id=query))
    with pytest.raises(AssertionError, match="no button 'Non'"):
        alice.presses(question, "Non")


def test_who_blocks_the_bot_is_out_of_reach(bot_api: TelegramServer, alice: Person) -> None:
    alice.blocks()
    for question in (says("?"), lambda bot: bot.send_chat_action(7, "typing")):
        with pytest.raises(telegram.error.Forbidden):
            ask(bot_api, question)
    assert bot_api.refused[0].refusal == "Forbidden: bot was blocked by the user"
    alice.unblocks()
    ask(bot_api, says("!"))
    [updates] = ask(bot_api, lambda bot: bot.get_updates())
    statuses = [update.my_chat_member.new_chat_member.status for update in updates if update.my_chat_member]
    assert statuses == ["kicked", "member"]


def test_people_edit_and_press_deleted_messages(bot_api: TelegramServer, alice: Person) -> None:
    alice.edits(alice.says("Troi"), "Trois /aide")
    ask(bot_api, says("?", reply_markup=keyboard(["Oui"])), lambda bot: bot.delete_message(7, 2))
    alice.forges(alice.chat.history[1], "Oui")
    [updates] = ask(bot_api, lambda bot: bot.get_updates())
    assert updates[0].message
    assert updates[0].message.text == "Troi"
    assert updates[1].edited_message
    assert updates[1].edited_message.parse_entities() == {MessageEntity("bot_command", 6, 5): "/aide"}
    assert isinstance(updates[2].callback_query, CallbackQuery)
    assert updates[2].callback_query.message
    assert not updates[2].callback_query.message.is_accessible


def test_groups_mentions_and_topics(bot_api: TelegramServer) -> None:
    group = bot_api.group(-100123, title="Équipe", is_forum=True)
    bob = group.member(9, "Bob")
    called = bob.says("😀 @test_bot et /aide@test_bot", message_thread_id=4)
    sent, full = ask(
        bot_api,
        lambda bot: bot.send_message(-100123, "Oui", reply_parameters=ReplyParameters(called.id)),
        lambda bot: bot.get_chat(-100123),
    )
    assert isinstance(sent, Sent)
    assert (sent.message_thread_id, full.title) == (4, "Équipe")
    [updates] = ask(bot_api, lambda bot: bot.get_updates())
    assert updates[0].message
    assert [(e.type, e.offset, e.length) for e in updates[0].message.entities] == [
        ("mention", 3, 9),
        ("bot_command", 16, 14),
    ]
    with pytest.raises(telegram.error.BadRequest, match="can't be deleted"):
        ask(bot_api, lambda bot: bot.delete_message(-100123, called.id))


def test_privacy_mode_hides_what_is_not_meant_for_the_bot() -> None:
    with TelegramServer(privacy=True) as server:
        bob = server.group(-5).member(9)
        for text in ("Bonjour", "/aide", "/aide@other_bot", "Et toi @test_bot ?"):
            bob.says(text)
        [updates] = ask(server, lambda bot: bot.get_updates())
        assert [update.message.text for update in updates if update.message] == ["/aide", "Et toi @test_bot ?"]


def test_commands_and_profile_by_scope_and_language(bot_api: TelegramServer, alice: Person) -> None:
    ask(
        bot_api,
        lambda bot: bot.set_my_commands([("help", "Help")]),
        lambda bot: bot.set_my_commands([("help", "Aide")], language_code="fr"),
        lambda bot: bot.set_my_name("Conseil", language_code="fr"),
        lambda bot: bot.set_my_description("x" * 512),
        lambda bot: bot.set_my_short_description("x"),
    )
    assert alice.menu() == {"help": "Aide"}
    assert bot_api.person(8, language_code="en").menu() == {"help": "Help"}
    name, [command], *_ = ask(
        bot_api,
        lambda bot: bot.get_my_name("fr"),
        lambda bot: bot.get_my_commands(language_code="fr"),
        lambda bot: bot.delete_my_commands(language_code="fr"),
    )
    assert (name.name, command.description, alice.menu()) == ("Conseil", "Aide", {"help": "Help"})


def test_an_update_delivered_twice(bot_api: TelegramServer, alice: Person) -> None:
    with bot_api.twice():
        alice.says("Bonjour")
    polls = ask(bot_api, *[raw("getUpdates", offset=offset) for offset in (0, 1001, 1001)])
    assert [[update["update_id"] for update in updates] for updates in polls] == [[1000], [1000], []]


def test_updates_out_of_order(bot_api: TelegramServer, alice: Person) -> None:
    with bot_api.out_of_order():
        alice.says("un")
        alice.says("deux")
    bot_api.deliver({"update_id": 5, "message": alice.chat.history[0].raw})
    [updates] = ask(bot_api, lambda bot: bot.get_updates())
    seen = [(update.update_id, update.message.text) for update in updates if update.message]
    assert seen == [(1000, "deux"), (1001, "un"), (5, "un")]


def test_a_dropped_answer_has_taken_effect(bot_api: TelegramServer, alice: Person) -> None:
    bot_api.drop_next("sendMessage")
    with pytest.raises(telegram.error.NetworkError):
        ask(bot_api, says("perdu ?"))
    bot_api.drop_next("sendMessage", before=True)
    with pytest.raises(telegram.error.NetworkError):
        ask(bot_api, says("perdu !"))
    ask(bot_api, says("vu"))
    assert [message.text for message in alice.chat.messages] == ["perdu ?", "vu"]
    assert [call.status for call in bot_api.calls_to("sendMessage")] == [200, 0, 200]


def test_a_dropped_poll_loses_nothing(bot_api: TelegramServer, alice: Person) -> None:
    alice.says("Bonjour")
    bot_api.drop_next("getUpdates")
    with pytest.raises(telegram.error.NetworkError):
        ask(bot_api, lambda bot: bot.get_updates())
    [updates] = ask(bot_api, lambda bot: bot.get_updates())
    assert len(updates) == 1


@pytest.mark.parametrize("status", [500, 502])
def test_a_failed_call_has_not(bot_api: TelegramServer, alice: Person, status: int) -> None:
    bot_api.fail_next("sendMessage", times=2, status=status)
    for _ in range(2):
        with pytest.raises(telegram.error.NetworkError):
            ask(bot_api, says("x"))
    ask(bot_api, says("x"))
    assert len(alice.chat.messages) == 1
    assert [call.status for call in bot_api.calls_to("sendMessage")] == [status, status, 200]
    assert not bot_api.refused


def test_slow_answers(bot_api: TelegramServer, alice: Person) -> None:
    bot_api.slow("sendMessage", 5)
    with pytest.raises(telegram.error.TimedOut):
        ask(bot_api, says("x", read_timeout=0.1))
    bot_api.slow("sendMessage", 0)
    began = time.monotonic()
    ask(bot_api, says("y"))
    assert time.monotonic() - began < 2
    assert [message.text for message in alice.chat.messages] == ["x", "y"]


def test_limits_of_one_chat_and_of_all(bot_api: TelegramServer, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    bot_api.person(8)
    bot_api.limit_chat(7, retry_after=3)
    ask(bot_api, lambda bot: bot.send_message(8, "x"))
    with pytest.raises(telegram.error.RetryAfter) as caught:
        ask(bot_api, says("x"))
    assert caught.value.retry_after == datetime.timedelta(seconds=3)
    bot_api.limit_all(retry_after=60, times=None)
    for chat_id in (7, 8):
        with pytest.raises(telegram.error.RetryAfter):
            ask(bot_api, raw("sendMessage", chat_id=chat_id, text="x"))
    assert [call.status for call in bot_api.refused] == [429, 429, 429]
    assert bot_api.refused[0].refusal == "Too Many Requests: retry after 3"


def test_waiting_in_vain_says_what_happened(bot_api: TelegramServer, alice: Person) -> None:
    with pytest.raises(telegram.error.BadRequest):
        ask(bot_api, says("Voici"), html("<b>"))
    with pytest.raises(AssertionError, match=r"2 messages in\nbot: 'Voici'; refused so far: .*find end tag"):
        alice.chat.wait_messages(2, timeout=0.05)


def test_its_own_failures_come_out() -> None:
    server = TelegramServer()
    server.person(7).chat.raw.clear()
    with pytest.raises(telegram.error.NetworkError):
        ask(server, says("x"))
    with pytest.raises(KeyError), server:
        pass
