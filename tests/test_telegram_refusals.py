"""What the strict Bot API server refuses, and in which words; what it must let pass."""

import struct
import urllib.request
from typing import Any
from urllib.error import HTTPError

import pytest
import telegram.error
from telegram import (
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    MessageEntity,
    ReplyParameters,
)
from telegram.constants import ReactionEmoji
from telegram_markup import parse_html
from telegram_messages import NOT_MODIFIED, REACTIONS, STALE_QUERY
from telegram_requests import Refused
from telegram_server import TelegramServer
from test_telegram_server import PNG, Ask, ask, html, keyboard, raw, says

pytestmark = pytest.mark.filterwarnings("ignore:Please use:telegram.warnings.PTBUserWarning")  # do_api_request


def button(**fields: Any) -> Ask:
    return raw("sendMessage", chat_id=7, text="x", reply_markup={"inline_keyboard": [[fields]]})


def typed(content: bytes, name: str, mime: str) -> InputFile:
    file = InputFile(content, name)
    file.mimetype = mime
    return file


PNG_TOO_WIDE = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 2_100, 100)
UNPARSABLE = "can't parse entities: "
NO_ACTION = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
REFUSALS: list[tuple[Ask, str]] = [
    # Parameters
    (raw("sendMessage", chat_id=7, text="x", colour="red"), 'unknown parameter "colour"'),
    (raw("sendMessage", chat_id=7, text="x", reply_to_message_id=1), 'unknown parameter "reply_to_message_id"'),
    (raw("sendMessage", chat_id="seven", text="x"), 'Field "chat_id" must be of type Integer'),
    (raw("sendMessage", chat_id=7, text="x", protect_content="yes"), 'Field "protect_content" must be of type Boolean'),
    (raw("sendMessage", chat_id=7, text="x", reply_markup=[]), 'Field "reply_markup" must be of type Object'),
    (raw("sendMessage", chat_id=7, text="x", reply_markup="{"), "can't parse reply_markup JSON object"),
    (raw("sendMessage", text="x"), "chat_id is empty"),
    (raw("setMyCommands"), 'parameter "commands" is required'),
    (raw("getUpdates", limit=101), 'Field "limit" must be between 1 and 100'),
    # Texts
    (says(""), "message text is empty"),
    (html("<b> \n</b>"), "message text is empty"),
    (says("x" * 4097), "message is too long"),
    (says("😀" * 2049), "message is too long"),
    (says("*x*", parse_mode="MarkdownV2"), "unsupported parse_mode"),
    (
        says("x", entities=[MessageEntity("bold", 0, 2)]),
        "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 1",
    ),
    (lambda bot: bot.send_document(7, b"x", caption="x" * 1025), "message caption is too long"),
    # HTML
    (html("é<br>"), UNPARSABLE + 'Unsupported start tag "br" at byte offset 2'),
    (html("a < b > c"), UNPARSABLE + 'Unsupported start tag "" at byte offset 2'),
    (html("a <b"), UNPARSABLE + "Unclosed start tag at byte offset 2"),
    (html("<b>x"), UNPARSABLE + 'Can\'t find end tag corresponding to start tag "b"'),
    (html("x</b>"), UNPARSABLE + "Unexpected end tag at byte offset 1"),
    (html("<b>x</b"), UNPARSABLE + "Unclosed end tag at byte offset 4"),
    (
        html("<b><i>x</b></i>"),
        UNPARSABLE + 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
    ),
    (html("R&D"), UNPARSABLE + 'Unescaped character "&" at byte offset 1'),
    (html("a&nbsp;b"), UNPARSABLE + 'Unescaped character "&" at byte offset 1'),
    (html("&#xD800;"), UNPARSABLE + 'Unescaped character "&" at byte offset 0'),
    (html('<b class="x">x</b>'), UNPARSABLE + 'Unsupported attribute "class" in the tag "b" at byte offset 0'),
    (html('<a ="x">x</a>'), UNPARSABLE + 'Empty attribute name in the tag "a" at byte offset 0'),
    (html('<a href="x>x</a>'), UNPARSABLE + "Unclosed start tag at byte offset 0"),
    (html("<a href=x/y>x</a>"), UNPARSABLE + "Unexpected end of name token at byte offset 8"),
    (html('<a href="not a link">x</a>'), UNPARSABLE + 'Wrong URL "not a link" in the tag "a" at byte offset 0'),
    (html("<span>x</span>"), UNPARSABLE + 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    (html('<tg-emoji emoji-id="x">x</tg-emoji>'), UNPARSABLE + "Invalid custom emoji identifier specified"),
    (html("<code><b>x</b></code>"), UNPARSABLE + 'Tag "b" can\'t be nested in the tag "code" at byte offset 6'),
    # Keyboards
    (button(text="x", callback_data="é" * 33), "BUTTON_DATA_INVALID"),
    (button(text="x", callback_data=""), NO_ACTION),
    (button(text="x"), NO_ACTION),
    (button(callback_data="x"), "can't parse inline keyboard button: Can't find field \"text\""),
    (button(text=" ", callback_data="x"), "inline keyboard button text must be non-empty"),
    (
        button(text="x", callback_data="x", url="https://example.org"),
        "can't parse inline keyboard button: several actions ['callback_data', 'url'] in one button",
    ),
    (button(text="x", url="nowhere"), "inline keyboard button URL 'nowhere' is invalid: Wrong HTTP URL"),
    (says("x", reply_markup=keyboard(*[[str(n)] for n in range(101)])), "reply markup is too long"),
    (
        raw("sendMessage", chat_id=7, text="x", reply_markup={"inline_keyboard": [{}]}),
        'Field "inline_keyboard" must be an Array of Arrays',
    ),
    # Chats and messages
    (lambda bot: bot.send_message(8, "x"), "chat not found"),
    (lambda bot: bot.get_chat("@nobody"), "chat not found"),
    (says("x", reply_parameters=ReplyParameters(99)), "message to be replied not found"),
    (says("x", reply_parameters=ReplyParameters(2, quote="never said")), "QUOTE_TEXT_INVALID"),
    (says("x", message_thread_id=5), "message thread not found"),
    (lambda bot: bot.edit_message_text("x", 7, 99), "message to edit not found"),
    (lambda bot: bot.edit_message_text("x", 7, 1), "message can't be edited"),
    (
        lambda bot: bot.edit_message_text("Bonjour ", 7, 2, reply_markup=keyboard(["Oui"])),
        NOT_MODIFIED,
    ),
    (lambda bot: bot.edit_message_reply_markup(7, 2, reply_markup=keyboard(["Oui"])), NOT_MODIFIED),
    (
        raw("editMessageReplyMarkup", chat_id=7, message_id=2, reply_markup={"force_reply": True}),
        "inline keyboard expected",
    ),
    (lambda bot: bot.delete_message(7, 99), "message to delete not found"),
    (lambda bot: bot.set_message_reaction(7, 99, "👍"), "message to react not found"),
    (
        raw("setMessageReaction", chat_id=7, message_id=1, reaction=[{"type": "emoji", "emoji": "🦖"}]),
        "REACTION_INVALID",
    ),
    (lambda bot: bot.set_message_reaction(7, 1, ["👍", "🔥"]), "REACTIONS_TOO_MANY"),
    (raw("sendChatAction", chat_id=7, action="thinking"), "wrong parameter action in request"),
    (lambda bot: bot.send_message_draft(7, 0, "x"), "draft identifier must be non-zero"),
    # Callback queries, commands, files
    (lambda bot: bot.answer_callback_query("1"), STALE_QUERY),
    (lambda bot: bot.set_my_commands([("Start", "x")]), "BOT_COMMAND_INVALID"),
    (lambda bot: bot.set_my_commands([("start", "x" * 257)]), "BOT_COMMAND_DESCRIPTION_INVALID"),
    (lambda bot: bot.set_my_commands([], scope=BotCommandScopeChat(8)), "chat not found"),
    (lambda bot: bot.set_my_description("x" * 513), "bot description is too long"),
    (lambda bot: bot.get_file("unknown"), "wrong file_id or the file is temporarily unavailable"),
    (lambda bot: bot.send_photo(7, b"not a picture"), "IMAGE_PROCESS_FAILED"),
    (lambda bot: bot.send_document(7, b""), "file must be non-empty"),
    (lambda bot: bot.send_document(7, "unknown"), "wrong file identifier/HTTP URL specified"),
    (lambda bot: bot.send_photo(7, PNG_TOO_WIDE), "PHOTO_INVALID_DIMENSIONS"),
    (lambda bot: bot.send_document(7, b"PK", filename="avis.pdf"), "the file avis.pdf is no application/pdf"),
    (lambda bot: bot.send_document(7, typed(b"PK", "x.bin", "image/png")), "the file x.bin is no image/png"),
]


@pytest.mark.parametrize(("question", "reason"), REFUSALS, ids=[reason[:50] for _, reason in REFUSALS])
def test_refuses_in_telegrams_words(question: Ask, reason: str) -> None:
    with TelegramServer() as server:
        alice = server.person(7)
        alice.says("Bonjour")
        with pytest.raises(telegram.error.BadRequest):
            ask(server, says("Bonjour", reply_markup=keyboard(["Oui"])), question)
        assert [call.refusal for call in server.refused] == [f"Bad Request: {reason}"]
        assert server.refused[0].status == 400
        assert len(alice.chat.messages) == 1


@pytest.mark.parametrize(
    ("source", "plain", "entities"),
    [
        ("🏟 <b>🏟 &lt;&amp;&quot;</b>", '🏟 🏟 <&"', [("bold", 3, 6)]),
        ("<i><b> a</b></i>", "a", [("italic", 0, 1), ("bold", 0, 1)]),
        ("<blockquote expandable>a</blockquote>\n", "a", [("expandable_blockquote", 0, 1)]),
        ('<a href="https://a.b/?c=1&amp;d">x</a>', "x", [("text_link", 0, 1)]),
        ('<pre><code class="language-py">x</code></pre>', "x", [("pre", 0, 1)]),
        ("<code>/x @you</code> @you", "/x @you @you", [("code", 0, 7), ("mention", 8, 4)]),
        ("&#233;&#xE9; > <u></u>1", "éé > 1", []),
    ],
)
def test_reads_html(source: str, plain: str, entities: list[tuple[str, int, int]]) -> None:
    with TelegramServer() as server:
        alice = server.person(7)
        [sent] = ask(server, html(source))
        assert sent.text == alice.chat.messages[0].text == plain
        assert sorted((str(e.type), e.offset, e.length) for e in sent.entities) == sorted(entities)
        assert not server.refused


def test_limits_are_inclusive() -> None:
    with TelegramServer() as server:
        alice = server.person(7)
        ask(
            server,
            html(f"<b>{'😀' * 2048}</b>"),
            says("x", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="é" * 32)]])),
            says("x", reply_markup=keyboard(*[[str(n)] for n in range(100)])),
            lambda bot: bot.send_photo(7, PNG, "x" * 1024),
        )
        assert not server.refused
        assert len(alice.chat.messages) == 4


@pytest.mark.parametrize(("method", "field", "limit"), [("sendPhoto", "photo", 10), ("sendDocument", "document", 50)])
def test_files_are_no_larger_than_telegram_takes(method: str, field: str, limit: int) -> None:
    with TelegramServer() as server:
        server.person(7)
        content = PNG.ljust(limit * 1_000_000, b"x")
        ask(server, raw(method, chat_id=7, **{field: InputFile(content, "x.png")}))
        with pytest.raises(telegram.error.NetworkError, match="Too Large"):
            ask(server, raw(method, chat_id=7, **{field: InputFile(content + b"x", "x.png")}))
        assert [call.status for call in server.refused] == [413]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "can't find the boundaries"),
        (b'--x\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n7\r\n', "can't find the boundaries"),
        (b'--x\r\nContent-Disposition: form-data; name="chat_id"\r\n7\r\n--x--\r\n', "is malformed"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n7\r\n--x--\r\n", "has no name"),
        (2 * b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n7\r\n' + b"--x--\r\n", "that of another"),
    ],
)
def test_forms_in_parts_are_well_formed(body: bytes, reason: str) -> None:
    with TelegramServer() as server:
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        request = urllib.request.Request(f"{server.url}/bot{server.token}/sendMessage", body, kind)
        with pytest.raises(HTTPError, match="Bad Request"):
            urllib.request.urlopen(request)
        assert reason in server.refused[0].refusal


def test_knows_telegrams_reactions() -> None:
    assert set(REACTIONS.split()) == set(ReactionEmoji)


def test_ptb_writes_html_it_can_read() -> None:
    with TelegramServer() as server:
        server.person(7)
        source = '<b>a</b> <tg-spoiler>b</tg-spoiler> <tg-time unix="1647531900" format="wDT">c</tg-time>'
        [sent] = ask(server, html(source))
        assert parse_html(sent.text_html) == parse_html(source)
        with pytest.raises(Refused):
            parse_html("<tg-time>x</tg-time>")
