"""People who type: each reads the reply, thinks, and says the next thing; one thread plays them all."""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from bench.labels import read
from bench.load_world import World
from bench.personas import Persona, given_by, read_personas
from bot.citations import Citations
from bot.dialogue.asking import answer_text
from bot.dialogue.desk import Surroundings
from bot.dialogue.interviewer import Interviewer
from bot.interview.answers import Answer
from bot.interview.loader import shipped_interview
from bot.interview.understanding import format_value
from bot.messages import Reply
from index.articles import read_corpus
from index.settings import IndexSettings, read_settings

PATIENCE = 30.0
"""Seconds after which a person gives up waiting and says the next thing; counted as unanswered."""

Script = Iterator[str]


def interviews() -> Callable[[random.Random], Script]:
    """What personas type in their interviews, one interview after the other, without an end."""
    interviewer = Interviewer(shipped_interview())
    citations = Citations(lambda: read_corpus(read_settings(IndexSettings).corpus_dir))
    around = Surroundings(lambda _: Reply.of(""), citations.titles, date.today, lambda: "load")
    typed = [_typed(interviewer, around, p) for p in read_personas() if p.lang == "fr"][:20]

    def script(chance: random.Random) -> Script:
        while True:
            yield "/entretien"
            yield from chance.choice(typed)

    return script


def _typed(interviewer: Interviewer, around: Surroundings, persona: Persona) -> list[str]:
    desk, known, typed = interviewer.desk, given_by(persona, interviewer.desk.interview).answers, []
    turn = interviewer.command("interview", None, persona.lang, around)
    assert turn is not None
    dialogue = turn.dialogue
    while dialogue is not None and (question := desk.next(dialogue)) is not None and len(typed) < 80:
        answer = known.get(question.id, Answer())
        words = "je ne sais pas"
        if answer.value is not None:
            several = isinstance(answer.value, tuple)
            words = (format_value if several else answer_text)(question, answer.value, persona.lang)
        typed.append(words)
        turn = interviewer.text(words, dialogue, persona.lang, around)
        if turn is None or turn.dialogue is None or question.id not in turn.dialogue.answers:
            break
        dialogue = turn.dialogue
    return typed


def questions() -> Callable[[random.Random], Script]:
    """The bench's questions, answerable and not, one after the other, without an end."""
    asked = [q.question for q in read("questions.fr", "fr")] + [q.question for q in read("unanswerable", "fr")]

    def script(chance: random.Random) -> Script:
        while True:
            yield chance.choice(asked)

    return script


@dataclass
class Watch:
    """What was seen while it was looked."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    """From each message to the first of its reply, in seconds."""
    unanswered: int = 0
    bots: float = 0.0
    """Processor seconds, all bots together; so are the next two."""
    server: float = 0.0
    driver: float = 0.0
    memory: float = 0.0
    """MB resident at the end, all bots together."""

    @property
    def rate(self) -> float:
        """Replies a second."""
        return len(self.waits) / self.seconds if self.seconds else 0.0


class Crowd:
    """Chats under way in one world; more may come."""

    def __init__(self, world: World, seed: int = 1) -> None:
        self._world = world
        self._chance = random.Random(seed)
        self._numbers = count(1_000)
        self._scripts: dict[int, Script] = {}
        self._thinks: dict[int, float] = {}
        self._due: list[tuple[float, int]] = []
        self._waiting: dict[int, float] = {}
        """When each of those who wait for a reply spoke."""
        self._cursor, _ = world.telegram.shown(after=10**9)
        self._cursor = self._skip(0)

    def _skip(self, cursor: int) -> int:
        while True:
            cursor, shown = self._world.telegram.shown(after=cursor)
            if not shown:
                return cursor

    def come(self, chats: int, script: Callable[[random.Random], Script], think: float) -> list[int]:
        """So many begin to talk, each at a moment of their own.

        Args:
            think: seconds on average between a reply and the next message; from one to the next they vary.
        """
        came = [next(self._numbers) for _ in range(chats)]
        for at in range(0, chats, 200):
            orders = [{"do": "person", "chat": chat, "language_code": "fr"} for chat in came[at : at + 200]]
            self._world.telegram.do_all(orders)
        for chat in came:
            self._scripts[chat] = script(random.Random(chat))
            self._thinks[chat] = think
            heapq.heappush(self._due, (time.monotonic() + self._chance.uniform(0, think), chat))
        return came

    def leave(self) -> None:
        """All of them stop talking, once their last replies have come."""
        self._due.clear()
        deadline = time.monotonic() + PATIENCE
        while self._waiting and time.monotonic() < deadline:
            self._turn(Watch(), time.monotonic() + 0.5)
            self._due.clear()
        self._waiting.clear()
        self._world.telegram.does("forget_calls")

    def watch(self, seconds: float, only: Sequence[int] = ()) -> Watch:
        """What comes of so many seconds; of some chats alone, if given."""
        watch, begun, before = Watch(), time.monotonic(), self._world.used()
        while (now := time.monotonic()) < begun + seconds:
            self._turn(watch, min(now + 0.25, begun + seconds), only)
        watch.seconds = time.monotonic() - begun
        watch.bots, watch.server, watch.driver = (
            after - b for after, b in zip(self._world.used(), before, strict=True)
        )
        watch.memory = self._world.memory()
        return watch

    def _turn(self, watch: Watch, until: float, only: Sequence[int] = ()) -> None:
        """Say what is due, then see what is shown until the next is."""
        now = time.monotonic()
        for chat in [c for c, at in self._waiting.items() if now - at > PATIENCE]:
            watch.unanswered += 1
            self._answered(chat, now)
        speaking = []
        while self._due and self._due[0][0] <= now:
            speaking.append(heapq.heappop(self._due)[1])
        orders = [{"do": "says", "chat": c, "text": next(self._scripts[c])} for c in speaking]
        if self._due:
            until = min(until, self._due[0][0])
        # A little patience gathers what is shown, and spares both processors.
        wait = max(0.0, until - time.monotonic())
        said = self._world.telegram.do_all(orders) if orders else []
        self._waiting.update({c: s["at"] for c, s in zip(speaking, said, strict=True)})
        self._cursor, shown = self._world.telegram.shown(after=self._cursor, wait=wait)
        for event in shown:
            asked = self._waiting.get(event["chat"])
            if asked is not None and event["at"] >= asked:
                if not only or event["chat"] in only:
                    watch.waits.append(event["at"] - asked)
                self._answered(event["chat"], event["at"])
        if wait and not orders:
            time.sleep(min(0.01, wait))

    def _answered(self, chat: int, at: float) -> None:
        del self._waiting[chat]
        think = self._thinks[chat]
        heapq.heappush(self._due, (at + think * self._chance.uniform(0.5, 1.5), chat))
