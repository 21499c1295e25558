"""An assistant over a corpus of a few passages, and one person who talks to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from shipped import faq_over, passage

from bot.assistant import Assistant
from bot.citations import Citations
from bot.dialogue.interviewer import Interviewer
from bot.faq.faq import Faq
from bot.interview.loader import shipped_interview
from bot.messages import Incoming, Kind, Reply
from bot.sessions import MemorySessions, Sessions
from index.articles import Corpus, Passage
from index.lexical import LexicalIndex

RATE = passage(
    "prices#rate",
    "Un téléconseiller coûte 25 € de l’heure.",
    heading="Le tarif",
    questions=("Combien coûte une heure ?",),
)
NIGHT = passage("prices#night", "La nuit majore le tarif du téléconseiller.", heading="La nuit")
ENGLISH = passage("prices#rate", "An agent costs 25 euros an hour.", lang="en", heading="The rate")
PASSAGES = (RATE, NIGHT, ENGLISH)
RECEIPT = "5f3a9c21"
TODAY = date(2026, 11, 26)


class Ready:
    """Knowledge that is there."""

    def __init__(self, faq: Faq) -> None:
        self._faq = faq

    def faq(self) -> Faq:
        return self._faq

    @property
    def vocabularies(self) -> Mapping[str, LexicalIndex]:
        return self._faq._retriever.lexical


def assistant_over(
    sessions: Sessions | None = None, passages: Sequence[Passage] = PASSAGES, **settings: Any
) -> Assistant:
    """The real assistant; what goes into it besides may be given by name."""
    knowledge: Any = Ready(faq_over(*passages))
    citations = Citations(lambda: Corpus(tuple(passages)))
    defaults = {"today": lambda: TODAY, "receipt": lambda: RECEIPT}
    interviewer = Interviewer(shipped_interview())
    return Assistant(knowledge, sessions or MemorySessions(), interviewer, citations, **{**defaults, **settings})


class Person:
    """Somebody in one chat; each of their messages has its own id."""

    def __init__(self, assistant: Assistant, chat: str = "test:1", locale: str | None = "fr") -> None:
        self.assistant = assistant
        self.chat = chat
        self._locale = locale
        self._count = 0

    def says(self, text: str, sent: float | None = None) -> Sequence[Reply]:
        return self._does(Kind.TEXT, text, sent=sent)

    def presses(self, code: str) -> Sequence[Reply]:
        return self._does(Kind.PRESS, code)

    def commands(self, name: str, argument: str = "") -> Sequence[Reply]:
        return self._does(Kind.COMMAND, name, argument)

    def _does(self, kind: Kind, text: str, argument: str = "", sent: float | None = None) -> Sequence[Reply]:
        self._count += 1
        return self.assistant.respond(
            Incoming(self.chat, kind, text, argument, self._locale, id=str(self._count), sent=sent)
        )


def code_of(reply: Reply, label: str) -> str:
    """The code of the button so labelled."""
    [code] = [choice.code for row in reply.choices for choice in row if choice.label == label]
    return code
