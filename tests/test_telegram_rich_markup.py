"""Rich messages on the strict Bot API server, tried through a real python-telegram-bot client."""

from collections.abc import Iterator
from typing import Any

import pytest
import telegram.error
from telegram import Bot
from telegram_chats import Person
from telegram_requests import Refused
from telegram_rich_markup import MAX_BLOCKS, MAX_COLUMNS, MAX_TEXT, parse_rich, plain_text
from telegram_server import TelegramServer
from test_telegram_server import Ask, ask, html, keyboard, raw, says

DOCUMENT = (
    "<h4>Coûts &amp; délais</h4><p>Sur <b>3 ans</b>.</p><ul><li>un</li><li><p><b>deux</b></p><p>trois</p></li></ul>"
    "<table bordered striped><tr><th>Poste</th><th>Montant</th></tr><tr><th>Interne</th><td>120 k€</td></tr></table>"
    "<details><summary>Sources</summary><p>[1] Article</p></details><blockquote><p>Cité</p></blockquote>"
)


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer() as server:
        yield server


@pytest.fixture
def alice(server: TelegramServer) -> Person:
    return server.person(7, language_code="fr")


def rich(document: str, **options: Any) -> Ask:
    return raw("sendRichMessage", chat_id=7, rich_message={"html": document}, **options)


def test_a_document_is_shown_in_blocks(server: TelegramServer, alice: Person) -> None:
    ask(server, rich(DOCUMENT, reply_markup=keyboard(["Oui"])))
    [message] = alice.chat.messages
    kinds = [block["type"] for block in message.rich]
    assert kinds == ["heading", "paragraph", "list", "table", "details", "blockquote"]
    assert message.text.splitlines() == [
        *("Coûts & délais", "Sur 3 ans.", "• un", "• deux", "trois"),
        *("Poste | Montant", "Interne | 120 k€", "Sources", "[1] Article", "Cité"),
    ]
    assert message.rich[3]["cells"][1][0] == {"text": "Interne", "is_header": True, "align": "left", "valign": "top"}
    assert message.rich[1]["text"] == ["Sur ", {"type": "bold", "text": "3 ans"}, "."]
    assert message.buttons == [["Oui"]]
    assert server.refused == []


def test_a_text_becomes_rich_and_a_rich_one_a_text(server: TelegramServer, alice: Person) -> None:
    def edit(**content: Any) -> Ask:
        return raw("editmessagetext", chat_id=7, message_id=1, **content)

    ask(server, html("<b>un</b>"), edit(rich_message={"html": "<p>deux</p>"}))
    [message] = alice.chat.messages
    assert (message.versions, message.entities, len(message.rich)) == (["un", "deux"], [], 1)
    with pytest.raises(telegram.error.BadRequest, match="not modified"):
        ask(server, edit(rich_message={"html": "<p>deux</p>"}))
    ask(server, edit(text="trois"))
    assert (message.text, message.rich) == ("trois", [])
    with pytest.raises(telegram.error.BadRequest, match="Both"):
        ask(server, edit(text="quatre", rich_message={"html": "<p>quatre</p>"}))
    with pytest.raises(telegram.error.BadRequest, match=r"(?i)message text is empty"):
        ask(server, edit())


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("", "RICH_MESSAGE_EMPTY"),
        ("<p> </p>", "RICH_MESSAGE_EMPTY"),
        ("<p>un", "no end tag of p"),
        ("<p>un</b>", "unexpected end tag b in p"),
        ("un</p>", "unexpected end tag p in the message"),
        ("<section>un</section>", "unsupported start tag section"),
        ("<p onclick>un</p>", "unsupported attributes"),
        ("<p><ul><li>un</li></ul></p>", "ul in p"),
        ("<ul>un</ul>", "text in ul"),
        ("<ul><p>un</p></ul>", "p in ul"),
        ("<table><tr><td><p>un</p></td></tr></table>", "p in td"),
        ("<table><tr><td>un</td></tr><tr><td>un</td><td>deux</td></tr></table>", "several lengths"),
        ("<table><caption>un</caption></table>", "without rows"),
        (f"<table><tr>{'<td>x</td>' * (MAX_COLUMNS + 1)}</tr></table>", "too wide"),
        ("<details><p>un</p></details>", "without a summary"),
        ("<details><p>un</p><summary>deux</summary></details>", "not the first"),
        ("<p>un &eacute; deux</p>", "unescaped &"),
        ("<p>un & deux</p>", "unescaped &"),
        ("<p>1 < 2</p>", "unexpected <"),
        ("<p>un\ndeux</p>", "a line break"),
        ("<p>x</p>" * (MAX_BLOCKS + 1), "too many blocks"),
        ("<blockquote>" * 20 + "x" + "</blockquote>" * 20, "too deep"),
        (f"<p>{'x' * (MAX_TEXT + 1)}</p>", "too long"),
    ],
)
def test_refuses_what_is_not_sound(document: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        parse_rich(document)


@pytest.mark.parametrize(
    "document",
    [
        "<p>x</p>" * MAX_BLOCKS,
        f"<p>{'x' * MAX_TEXT}</p>",
        f"<table><tr>{'<td>x</td>' * MAX_COLUMNS}</tr></table>",
        "texte nu<hr><footer>fin</footer>",
    ],
)
def test_limits_are_inclusive(document: str) -> None:
    assert plain_text(parse_rich(document))


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"markdown": "# un"},
        {"html": "<p>un</p>", "markdown": "un"},
        {"html": 1},
        {"html": "<p>un</p>", "text": "u"},
    ],
)
def test_a_message_is_one_html(server: TelegramServer, alice: Person, message: dict[str, Any]) -> None:
    with pytest.raises(telegram.error.BadRequest):
        ask(server, raw("sendRichMessage", chat_id=7, rich_message=message))
    assert alice.chat.messages == []


def test_a_server_of_an_earlier_day_knows_no_such_thing(server: TelegramServer, alice: Person) -> None:
    server.unknown.add("sendRichMessage")
    with pytest.raises(telegram.error.EndPointNotFound):
        ask(server, rich(DOCUMENT))


def test_a_draft_is_for_one_person_and_gives_way_to_the_message(server: TelegramServer, alice: Person) -> None:
    server.group(-5)

    def draft(text: str, chat_id: int = 7, number: int = 1) -> Ask:
        async def stream(bot: Bot) -> bool:
            return await bot.send_message_draft(chat_id, number, text, parse_mode="HTML")

        return stream

    ask(server, draft("<b>Le</b>"), draft("<b>Le</b> nearshore"))
    assert (alice.chat.drafts, alice.chat.draft, alice.chat.messages) == (["Le", "Le nearshore"], "Le nearshore", [])
    for refused in (draft("x", chat_id=-5), draft("x", number=0), draft("<b>x"), draft("x" * 4_097)):
        with pytest.raises(telegram.error.BadRequest):
            ask(server, refused)
    ask(server, says("Le nearshore, en un mot."))
    assert (alice.chat.draft, [message.text for message in alice.chat.messages]) == (None, ["Le nearshore, en un mot."])
