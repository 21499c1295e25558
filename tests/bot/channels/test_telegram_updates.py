"""What is heard, from whom, and what is left alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, Update
from telegram_text import detected

from bot.channels.telegram_html import clean
from bot.channels.telegram_updates import Address, Reader, Received, conversation_of
from bot.messages import Incoming, Kind

BOT = {"id": 99, "is_bot": True, "first_name": "Curseur", "username": "CurseurBot"}
ALICE = {"id": 7, "is_bot": False, "first_name": "Alice", "language_code": "fr"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Alice"}
GROUP = {"id": -100, "type": "supergroup", "title": "Centre de contacts"}
PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}]
JSON = dict[str, Any]


class Chat:
    """Feeds a reader with the updates of one chat."""

    def __init__(self, chat: JSON) -> None:
        self.chat = chat
        self.reader = Reader(cast(Bot, SimpleNamespace(id=99, name="@CurseurBot", username="CurseurBot")))
        self.count = 0

    def message(self, text: str | None = None, **fields: Any) -> JSON:
        self.count += 1
        message = {"message_id": self.count, "date": 1, "chat": self.chat, "from": ALICE}
        if text is not None:
            message |= {"text": text, "entities": fields.get("entities") or detected(clean(text), [])}
        return message | fields

    def hears(self, text: str | None = None, **fields: Any) -> Received | None:
        return self.update(message=self.message(text, **fields))

    def reads(self, text: str | None = None, **fields: Any) -> Incoming:
        received = self.hears(text, **fields)
        assert received is not None
        return received.incoming

    def update(self, **fields: Any) -> Received | None:
        raw = {"update_id": 1, **fields}
        update = Update.de_json(dict(raw), None)
        received = self.reader.read(update)
        assert self.reader.read(update) == received, "read again before it was handled, it says the same"
        self.reader.remember(update)
        assert received is None or conversation_of(raw) == received.incoming.chat == received.address.conversation
        return received


@pytest.fixture
def alone() -> Chat:
    return Chat(PRIVATE)


@pytest.fixture
def group() -> Chat:
    return Chat(GROUP)


def test_a_text(alone: Chat) -> None:
    received = alone.hears(" Combien de flux ?\n")
    assert received == Received(
        Incoming("telegram:7", Kind.TEXT, "Combien de flux ?", locale="fr", id="1"), Address(7, None, None)
    )


@pytest.mark.parametrize(
    ("typed", "name", "argument"),
    [
        ("/start", "start", ""),
        ("/Aide", "aide", ""),
        ("/aide@CurseurBot le   coût\ntotal", "aide", "le   coût\ntotal"),
        ("/aide @CurseurBot le coût", "aide", "le coût"),
        ("@CurseurBot /aide", "aide", ""),
        ("/arrêter", "arrêter", ""),
    ],
)
def test_commands(alone: Chat, typed: str, name: str, argument: str) -> None:
    incoming = alone.reads(typed)
    assert (incoming.kind, incoming.text, incoming.argument) == (Kind.COMMAND, name, argument)


@pytest.mark.parametrize("typed", ["/usr/bin", "/ 3", "9/10", "/"])
def test_no_commands(alone: Chat, typed: str) -> None:
    assert alone.reads(typed).kind is Kind.TEXT


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("photo", PHOTO),
        ("voice", {"file_id": "f", "file_unique_id": "u", "duration": 2}),
        ("document", {"file_id": "f", "file_unique_id": "u"}),
        ("location", {"latitude": 1.0, "longitude": 2.0}),
        ("contact", {"phone_number": "1", "first_name": "Bo"}),
        ("dice", {"emoji": "🎲", "value": 3}),
        (
            "poll",
            {
                **{"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False},
                **{"is_anonymous": True, "type": "regular", "allows_multiple_answers": False},
                **{"allows_revoting": False, "members_only": False},
            },
        ),
    ],
)
def test_media(alone: Chat, field: str, value: Any) -> None:
    incoming = alone.reads(**{field: value})
    assert (incoming.kind, incoming.text) == (Kind.MEDIA, field)


def test_an_animation_is_not_a_document(alone: Chat) -> None:
    file = {"file_id": "f", "file_unique_id": "u"}
    animation = file | {"width": 1, "height": 1, "duration": 1}
    assert alone.reads(animation=animation, document=file).text == "animation"


def test_a_caption_is_a_text(alone: Chat) -> None:
    incoming = alone.reads(photo=PHOTO, caption="Que dit ce tableau ?")
    assert (incoming.kind, incoming.text) == (Kind.TEXT, "Que dit ce tableau ?")


def test_an_album_is_heard_once(alone: Chat) -> None:
    heard = [alone.hears(photo=PHOTO, media_group_id="a") for _ in range(4)]
    assert [received is not None for received in heard] == [True, False, False, False]
    assert alone.hears(photo=PHOTO, media_group_id="b", caption="Et ça ?")
    assert alone.hears(photo=PHOTO, media_group_id="b") is None


@pytest.mark.parametrize(
    "service",
    [
        {"new_chat_members": [BOT]},
        {"left_chat_member": ALICE},
        {"group_chat_created": True},
        {"new_chat_title": "Autre"},
        {"forum_topic_created": {"name": "Sujet", "icon_color": 1}},
    ],
)
@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
def test_service_messages_are_left_alone(chat: JSON, service: JSON) -> None:
    assert Chat(chat).hears(**service) is None


def test_membership_is_left_alone(alone: Chat) -> None:
    changes: JSON = {"old_chat_member": {"user": BOT, "status": "member"}}
    changes["new_chat_member"] = {"user": BOT, "status": "kicked", "until_date": 0}
    assert alone.update(my_chat_member={"chat": PRIVATE, "from": ALICE, "date": 1, **changes}) is None


def test_channel_posts_are_left_alone() -> None:
    channel = Chat({"id": -9, "type": "channel", "title": "Annonces"})
    assert channel.update(channel_post=channel.message("/start")) is None
    assert channel.hears("/start") is None


def test_a_link_of_the_channel_to_its_group_is_left_alone(group: Chat) -> None:
    telegram = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
    assert group.hears("@CurseurBot ?", is_automatic_forward=True, **{"from": telegram}) is None


@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
def test_bots_are_left_alone(chat: JSON) -> None:
    other = {"id": 8, "is_bot": True, "first_name": "Autre"}
    assert Chat(chat).hears("/start@CurseurBot", **{"from": other}) is None


def test_an_anonymous_administrator_is_a_person(group: Chat) -> None:
    anonymous = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
    assert group.hears("/start", sender_chat=GROUP, **{"from": anonymous})


def test_an_edit_counts_when_the_text_changed(alone: Chat) -> None:
    original = alone.message("12 agents")
    alone.update(message=original)
    assert alone.update(edited_message=original | {"edit_date": 2}) is None
    edited = alone.update(edited_message=original | {"edit_date": 3, "text": "15 agents"})
    assert edited is not None
    assert edited.incoming.text == "15 agents"
    assert edited.incoming.edited
    assert alone.update(edited_message=original | {"edit_date": 4, "text": "15 agents"}) is None


def test_a_moving_location_is_heard_once(alone: Chat) -> None:
    live = alone.message(location={"latitude": 1.0, "longitude": 2.0, "live_period": 60})
    assert alone.update(message=live)
    assert alone.update(edited_message=live | {"edit_date": 2}) is None


def test_an_edit_after_a_restart_is_heard(alone: Chat) -> None:
    assert alone.update(edited_message=alone.message("Bonjour", edit_date=2))


def test_quoted_is_what_others_wrote(alone: Chat) -> None:
    others = alone.message("Le modèle mixte", **{"from": ALICE | {"id": 8}})
    assert alone.reads("Et ça ?", reply_to_message=others).quoted == "Le modèle mixte"
    assert alone.reads("Et ça ?", reply_to_message=others, quote={"text": "mixte", "position": 10}).quoted == "mixte"
    assert alone.reads("Et ça ?", reply_to_message=alone.message("Bonjour", **{"from": BOT})).quoted == ""


def test_groups_hear_only_what_is_addressed(group: Chat) -> None:
    assert group.hears("Bonjour à tous") is None
    assert group.hears("Bonjour @CurseurBotin") is None
    assert group.hears("/aide@AutreBot") is None
    assert group.hears(photo=PHOTO) is None
    assert group.hears("/aide")
    assert group.hears("/aide@curseurbot")
    assert group.hears("Dis-moi", reply_to_message=group.message("Oui ?", **{"from": BOT}))
    assert group.hears("Dis-moi", reply_to_message=group.message("Oui ?")) is None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("@CurseurBot combien ?", "combien ?"),
        ("@curseurbot, combien ?", "combien ?"),
        ("Dis @CurseurBot, combien ?", "Dis, combien ?"),
        ("Combien coûte un flux @CurseurBot ?", "Combien coûte un flux ?"),
        ("👩‍💻👍🏽 @CurseurBot 🇫🇷 combien @CurseurBot", "👩‍💻👍🏽 🇫🇷 combien"),
        ("@CurseurBot\nPremière ligne\nSeconde", "Première ligne\nSeconde"),
        ("@CurseurBot", ""),
    ],
)
def test_mentions_are_removed(group: Chat, typed: str, read: str) -> None:
    assert group.reads(typed).text == read


@given(st.text(alphabet="a é👍🏽\u200d", max_size=10), st.text(alphabet="a é👍🏽\u200d", max_size=10))
def test_a_mention_is_found_at_its_utf16_offset(before: str, after: str) -> None:
    mention = {"type": "mention", "offset": len(before.encode("utf-16-le")) // 2, "length": len("@CurseurBot")}
    text = Chat(GROUP).reads(f"{before}@CurseurBot{after}", entities=[mention]).text
    assert text.split() == f"{before}\0{after}".replace("\0", " " if " " in before[-1:] + after[:1] else "").split()


def test_a_lone_surrogate_becomes_storable(alone: Chat) -> None:
    assert alone.reads("a\ud83d", entities=[]).text == "a\ufffd"


def test_a_mention_without_a_username(group: Chat) -> None:
    entity = {"type": "text_mention", "offset": 0, "length": 7, "user": BOT}
    assert group.reads("Curseur combien ?", entities=[entity]).text == "combien ?"
    assert group.hears("Alice combien ?", entities=[entity | {"length": 5, "user": ALICE}]) is None


def test_a_bare_mention_passes_on_the_message_it_answers(group: Chat) -> None:
    question = group.message("Combien coûte un flux ?", **{"from": ALICE | {"id": 8}})
    incoming = group.reads("@CurseurBot", reply_to_message=question)
    assert (incoming.text, incoming.quoted) == ("Combien coûte un flux ?", "")
    incoming = group.reads("@CurseurBot et sinon ?", reply_to_message=question)
    assert (incoming.text, incoming.quoted) == ("et sinon ?", "Combien coûte un flux ?")


def test_groups_are_answered_under_the_message(group: Chat) -> None:
    received = group.hears("/aide")
    assert received is not None
    assert received.address == Address(-100, None, reply_to=1)


def test_each_topic_of_a_forum_is_a_conversation(group: Chat) -> None:
    received = group.hears("/aide", message_thread_id=5, is_topic_message=True)
    assert received is not None
    assert received.incoming.chat == received.address.conversation == "telegram:-100:5"
    assert received.address.thread_id == 5
    assert group.reads("/aide", message_thread_id=5).chat == "telegram:-100"


def test_in_a_topic_that_the_bot_opened_not_everything_is_addressed(group: Chat) -> None:
    topic: JSON = {"forum_topic_created": {"name": "Sujet", "icon_color": 1}, "from": BOT}
    opening = group.message(**topic)
    assert group.hears("Bonjour", reply_to_message=opening, message_thread_id=5, is_topic_message=True) is None


def press(chat: Chat, message: JSON | None, **fields: Any) -> Received | None:
    query = {"id": "1", "from": ALICE, "chat_instance": "1", **fields}
    return chat.update(callback_query=query | ({"message": message} if message else {}))


def test_a_press(group: Chat) -> None:
    shown = group.message("Oui ?", message_thread_id=5, is_topic_message=True, **{"from": BOT})
    received = press(group, shown, data="q1:oui")
    incoming = Incoming("telegram:-100:5", Kind.PRESS, "q1:oui", locale="fr", id="1", shared=True)
    assert received == Received(incoming, Address(-100, 5, pressed=1))


def test_a_press_on_an_old_message(group: Chat) -> None:
    received = press(group, {"chat": GROUP, "message_id": 3, "date": 0}, data="q1:oui")
    assert received is not None
    assert received.incoming.chat == "telegram:-100"


def test_presses_from_nowhere_are_left_alone(group: Chat) -> None:
    assert press(group, None, data="x") is None
    assert press(group, group.message("Oui ?"), game_short_name="x") is None


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 3},
        {"update_id": 3, "message": {"chat": 3}},
        {"update_id": 3, "message": {"chat": {"id": "x"}}},
        {"update_id": 3, "message": [1]},
        {"update_id": 3, "callback_query": {"id": "1"}},
        {"update_id": 3, "callback_query": {"message": None}},
        {"update_id": 3, "message": {"chat": {"id": 7}, "is_topic_message": True}},
    ],
)
def test_what_cannot_be_read_is_a_conversation_of_its_own(raw: JSON) -> None:
    assert conversation_of(raw) == "telegram:update:3"
