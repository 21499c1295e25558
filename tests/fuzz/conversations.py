"""Updates of every kind, well formed or not, through the inbox, the assistant and the outbox, up to Telegram's door."""

from __future__ import annotations

import asyncio
import json
import random
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from small_assistant import assistant_over
from sqlalchemy import select
from telegram import Bot
from telegram_markup import parse_html, utf16
from telegram_rich_markup import parse_rich

from bot.channels.limits import limit_of
from bot.channels.telegram_html import render
from bot.channels.telegram_letters import read
from bot.channels.telegram_turns import Turns
from bot.channels.telegram_updates import conversation_of
from bot.messages import MAX_CODE_BYTES, Attachment
from bot.queues import Arrived, Letter, Limit
from bot.storage.claims import Claims
from bot.storage.database import Database
from bot.storage.inbox import SqlInbox
from bot.storage.outbox import SqlOutbox
from bot.storage.schema import inbox, outbox
from bot.storage.sessions import SqlSessions
from fuzz import hostile

JSON = dict[str, Any]

_PEOPLE = 40
_CODES = 400
_AT_ONCE = 8
_SAID = (
    *("/entretien", "/start", "/aide", "/effacer", "/mesdonnees", "/langue en", "/sources", "/interview", "/resultat"),
    *("SAV", "3 000 appels par mois", "6 minutes", "je ne sais pas", "retour", "oui", "non", "environ 12 %"),
    *("Combien coûte une heure ?", "et la nuit ?", "récapitulatif", "corriger le volume", "12 ETP, 9h-18h", "stop"),
)
_TRACES = ("Traceback", 'File "', "Error:", "Exception", "object at 0x", "NoneType")
_UNLIMITED = Limit("*", timedelta(microseconds=1), 1_000_000)


class Fault(AssertionError):
    """Something that must never happen has."""


class Conversations:
    """Some people who talk with the real assistant over a small corpus, through the real queues on SQLite."""

    def __init__(self, folder: Path) -> None:
        self._database = Database.open(f"sqlite:///{folder / 'fuzz.db'}")
        sessions, claims = SqlSessions(self._database), Claims(self._database)
        self._inbox = SqlInbox(self._database, sessions, claims)
        self._outbox = SqlOutbox(self._database, claims, _UNLIMITED, lambda chat: limit_of(chat)._replace(burst=10**9))
        self._threads = ThreadPoolExecutor(2)
        # Nobody is told that a reply is under way: what is asked of the bot is its own name.
        bot = cast(Bot, SimpleNamespace(id=99, name="@CurseurBot", username="CurseurBot", send_chat_action=_silent))
        self._turns = Turns(bot, assistant_over(sessions), self._inbox, self._threads, lambda: None)
        self._codes: deque[str] = deque(maxlen=_CODES)
        self._number = 0

    def close(self) -> None:
        """Let go of everything."""
        self._threads.shutdown()
        self._database.close()

    def run(self, chance: random.Random) -> int:
        """Several updates at once, all handled, all replies looked at; how many.

        Raises:
            Fault: one had no effect, or a reply that Telegram would refuse or that a person should not see.
        """
        updates = [self._update(chance) for _ in range(chance.randrange(1, _AT_ONCE))]
        kept = []
        for raw in updates:
            try:
                # As what Telegram sends: JSON, parsed.
                kept.append(json.loads(json.dumps(raw)))
            except (ValueError, RecursionError):
                continue
        arrived = [Arrived(raw["update_id"], conversation_of(raw), json.dumps(raw)) for raw in kept]
        if len(self._inbox.store(arrived)) != len(arrived):
            raise Fault("an update was not stored")
        asyncio.run(self._handle())
        self._check_handled()
        while letters := self._outbox.take(32):
            for letter in letters:
                self._check(letter)
                self._outbox.sent(letter)
        with self._database.reading() as connection:
            if connection.scalar(select(outbox.c.id).limit(1)) is not None:
                raise Fault("a reply stays behind")
        return len(arrived)

    async def _handle(self) -> None:
        while taken := self._inbox.take(32):
            await asyncio.gather(*(self._turns.handle(each) for each in taken))

    def _check_handled(self) -> None:
        with self._database.writing() as connection:
            left = connection.execute(select(inbox.c.state, inbox.c.reason).where(inbox.c.state != "done")).all()
            connection.execute(inbox.delete())
        for state, reason in left:
            if state == "pending" or not (reason or "").startswith("cannot be read"):
                raise Fault(f"an update is {state}: {reason}")

    def _check(self, letter: Letter) -> None:
        message = read(letter)
        for choice in [choice for row in message.buttons for choice in row]:
            self._codes.append(choice.code)
            if len(choice.code.encode()) > MAX_CODE_BYTES:
                raise Fault(f"a button's code is too long: {choice.code}")
        if isinstance(message.content, Attachment):
            return
        shown, _ = parse_html(render(message.content))
        if not shown.strip() or utf16(shown) > 4096:
            raise Fault(f"a message of {utf16(shown)} units")
        if message.rich:
            parse_rich(message.rich)
        if trace := next((each for each in _TRACES if each in shown), None):
            raise Fault(f"a person is shown {trace!r}: {shown[:300]}")

    def _update(self, chance: random.Random) -> JSON:
        self._number += 1
        update: JSON = {"update_id": self._number}
        person = chance.randrange(1, _PEOPLE)
        user = {"id": person, "is_bot": False, "first_name": "A", "language_code": chance.choice(("fr", "en", "de"))}
        chat = {"id": person, "type": "private", "first_name": "A"}
        if chance.random() < 0.1:
            chat = {"id": -100 - person, "type": "supergroup", "title": "G", "is_forum": True}
        message = {"message_id": self._number, "date": 1_790_000_000, "chat": chat, "from": user}
        match chance.randrange(10):
            case 0 | 1 | 2:
                said = {"text": chance.choice(_SAID)}
            case 3 | 4 | 5:
                # Telegram takes no longer text from anyone; nearly always, neither does this.
                said = {"text": hostile.text(chance)[: 100_000 if chance.random() < 0.03 else 4_096]}
            case 6:
                said = {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}], "caption": "x"}
            case _:
                query = {"id": "1", "from": user, "chat_instance": "1", "data": self._code(chance)}
                update["callback_query"] = query | {"message": message | {"text": "…"}}
                return self._perhaps_bent(chance, update)
        text = said.get("text", "")
        if isinstance(text, str) and text.startswith("/"):
            length = len(text.split()[0]) if text.split() else 1
            said["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]  # type: ignore[assignment]
        update[chance.choice(("message",) * 9 + ("edited_message",))] = message | said
        return self._perhaps_bent(chance, update)

    def _code(self, chance: random.Random) -> str:
        code = chance.choice(list(self._codes) or ["x"])
        if chance.random() < 0.4:
            code = hostile.garbled(chance, code.encode(), chance.randrange(1, 4)).decode("utf-8", "replace")[:64]
        return code if chance.random() < 0.9 else hostile.text(chance)[:64]

    def _perhaps_bent(self, chance: random.Random, update: JSON) -> JSON:
        if chance.random() < 0.3:
            bent = hostile.bent(chance, update, chance.randrange(1, 4))
            if isinstance(bent, dict):
                # An update without its number is none: polling and the webhook refuse it before anything is kept.
                return bent | {"update_id": update["update_id"]}
        return update


async def _silent(*_: object) -> bool:
    return True
