"""People who follow their scripts, and what they hear."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from telegram_chats import Message, Person
from telegram_server import TelegramServer

from chaos.scripts import Act, Script, told

PATIENCE = 300.0
"""Seconds that a reply may take before somebody is lost."""


@dataclass
class Heard:
    """Messages of the bot against those to come: how far they go, and what is wrong with them."""

    expected: Sequence[frozenset[str]]
    at: int = 0
    """How many of those expected were heard, in order."""
    twice: int = 0
    """How often one was sent again right after itself."""
    late: int = 0
    """How often one was sent again after one that follows it."""
    wrong: list[str] = field(default_factory=list)

    def hears(self, text: str) -> None:
        """One more message."""
        if self.at < len(self.expected) and fits(text, self.expected[self.at]):
            self.at += 1
        elif self.at and fits(text, self.expected[self.at - 1]):
            self.twice += 1
        elif any(fits(text, each) for each in self.expected[: self.at]):
            self.late += 1
        else:
            self.wrong.append(text)


def fits(text: str, allowed: frozenset[str]) -> bool:
    """Whether a message is one of those; one that ends in an ellipsis stands for all that begin like it."""
    return any(text == each or (each.endswith("…") and text.startswith(each[:-1])) for each in allowed)


def posted(message: Message) -> str:
    """A message as it was first, with its file's name."""
    name = f"[{message.file.name}] " if message.file else ""
    return told(f"{name}{message.versions[0]}")


class Visitor:
    """Somebody who follows a script in a chat of their own."""

    def __init__(self, server: TelegramServer, number: int, script: Script, seed: int) -> None:
        self.script = script
        self.person: Person = server.person(number, language_code=script.lang)
        self.done = 0
        """How many acts are behind."""
        self.lost = ""
        """What they waited for in vain."""
        self._chance = random.Random(seed * 100_003 + number)
        self._heard = Heard(script.posts)
        self._read = 0
        self._pressed: Message | None = None

    @property
    def chat(self) -> str:
        """As the bot calls it."""
        return f"telegram:{self.person.chat.id}"

    @property
    def astray(self) -> bool:
        """Whether they were told something else than they were to be, and so wait for what will never come."""
        return bool(self._heard.wrong)

    def plays(self, gate: threading.Event, pause: float) -> None:
        """Everything in the script, at a pace; each act waits for the gate to be open.

        Args:
            pause: Seconds between two acts, on average.
        """
        server = self.person.chat.server
        for act in self.script.acts:
            gate.wait()
            time.sleep(2 * pause * self._chance.random())
            if self._chance.random() < 0.02:
                with server.twice():
                    self._does(act)
            else:
                self._does(act)
            self.done += 1
            if self.script.patient and not self._waits_for(act.posts, act.edits):
                self.lost = f"{self.script.name}: no reply to act {self.done} of {len(self.script.acts)}"
                return

    def hears_all(self, seconds: float = PATIENCE) -> bool:
        """Whether all that is to be said has been, within that time."""
        return self._waits_for(len(self.script.posts), len(self.script.edits), seconds)

    def _does(self, act: Act) -> None:
        if act.presses:
            self._pressed = self._shown(act.words)
            self.person.presses(self._pressed, act.words)
        else:
            self.person.says(act.words)

    def _shown(self, label: str) -> Message:
        """The message to press: the one whose ticks are being made, or else the last with such a button."""
        acts, done = self.script.acts, self.done
        ticking = done > 1 and acts[done - 1].edits > acts[done - 2].edits
        if ticking and self._pressed:
            return self._pressed
        return next(m for m in reversed(self.person.chat.messages) if any(label in row for row in m.buttons))

    def _waits_for(self, posts: int, edits: int, seconds: float = PATIENCE) -> bool:
        chat = self.person.chat

        def there() -> bool:
            with chat.server.changed:  # a message's words and its buttons change together
                messages = chat.messages
                for message in messages[self._read :]:
                    self._heard.hears(posted(message))
                self._read = len(messages)
                return self._heard.at >= posts and sum(len(m.versions) - 1 for m in messages) >= edits

        deadline = time.monotonic() + seconds
        while not there():
            if self.astray or time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True
