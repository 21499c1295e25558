"""One turn of the conversation: what a person did, in; replies, out. Knows no channel."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from datetime import date

from bot import language
from bot.citations import Citations
from bot.dialogue.desk import Surroundings, Turn
from bot.dialogue.interviewer import Interviewer
from bot.faq.asking import is_long
from bot.faq.outcome import Answer, Outcome
from bot.knowledge import Knowledge, NotReady
from bot.messages import Attachment, Choice, Incoming, Kind, Part, Reply
from bot.sessions import IDLE_HOURS, MAX_TURNS, Session, Sessions
from bot.wording import library, replies
from bot.wording.catalogue import commands, examples, say
from index.analyzer import fold

log = logging.getLogger(__name__)

_COMMANDS = {
    "start": "start",
    "aide": "help",
    "help": "help",
    "sources": "sources",
    "langue": "language",
    "language": "language",
    "confidentialite": "privacy",
    "privacy": "privacy",
    "effacer": "erase",
    "erase": "erase",
    "mesdonnees": "export",
    "mydata": "export",
}

_LANGUAGES = {"fr": "fr", "en": "en", "an": "en"}
"""By the first two letters of what may follow /langue: français, French, english, anglais."""


class Assistant:
    """Answers every incoming message with at least one reply. Safe to call from several threads."""

    def __init__(
        self,
        knowledge: Knowledge,
        sessions: Sessions,
        interviewer: Interviewer,
        citations: Citations,
        default_language: str = "fr",
        today: Callable[[], date] = date.today,
    ) -> None:
        self._knowledge = knowledge
        self._sessions = sessions
        self._interviewer = interviewer
        self._citations = citations
        self._default = default_language
        self._today = today

    def respond(self, incoming: Incoming) -> Sequence[Reply]:
        """What to send back, in order."""
        session = self._sessions.get(incoming.chat)
        lang = session.lang or self._locale(incoming)
        try:
            if (replies := self._interview(incoming, session, lang)) is not None:
                return replies
            match incoming.kind:
                case Kind.COMMAND:
                    return self._command(incoming, session, lang)
                case Kind.PRESS:
                    return self._press(incoming, session, lang)
                case Kind.MEDIA:
                    return [Reply.of(say(lang, "media"))]
                case Kind.TEXT:
                    return self._ask(incoming.chat, incoming.text, session, lang)
        except NotReady:
            return [Reply.of(say(lang, "preparing"))]

    def within(self, sessions: Sessions) -> Assistant:
        """The same assistant, with all it keeps in these sessions: those of one transaction."""
        bound = copy(self)
        bound._sessions = sessions
        return bound

    def commands(self, lang: str) -> Sequence[tuple[str, str]]:
        """The commands to offer in that language, (name, description)."""
        return commands(lang)

    def trouble(self, incoming: Incoming) -> Reply:
        """What to say when something broke."""
        try:
            lang = self._sessions.get(incoming.chat).lang
        except Exception:
            lang = None  # it may be the sessions that broke
        return Reply.of(say(lang or self._locale(incoming), "trouble"))

    def _interview(self, incoming: Incoming, session: Session, lang: str) -> Sequence[Reply] | None:
        """The interview's replies; None when the message does not concern it."""
        dialogue = self._interviewer.desk.dialogue(session)
        heard: list[str] = []

        def answer(question: str) -> Reply:
            heard.append(question)
            try:
                spoken = language.detect(question, self._knowledge.vocabularies) or lang
                return replies.of(self._knowledge.faq().answer(question, spoken, session.history))
            except NotReady:
                return Reply.of(say(lang, "preparing"))

        if dialogue and incoming.id and incoming.id in dialogue.seen:
            return self._interviewer.again(dialogue, lang).replies
        around = Surroundings(answer, self._citations.titles, self._today, lambda: secrets.token_hex(2))
        turn: Turn | None = None
        match incoming.kind:
            case Kind.COMMAND if incoming.text.lower() == "start" and incoming.argument == "interview":
                turn = self._interviewer.command("interview", dialogue, lang, around)
            case Kind.COMMAND:
                if session.lang is None and incoming.text.lower() in _ENGLISH_ONLY:
                    lang = "en"
                turn = self._interviewer.command(incoming.text.lower(), dialogue, lang, around)
            case Kind.PRESS:
                turn = self._interviewer.press(incoming.text, dialogue, lang, around)
            case Kind.TEXT if incoming.text.strip():
                turn = self._interviewer.text(incoming.text, dialogue, lang, around)
        if turn is None:
            return None
        for text in heard:
            session = session.after(text, lang)
        kept = turn.dialogue.having_seen(incoming.id).to_json() if turn.dialogue else None
        self._sessions.put(incoming.chat, replace(session, lang=lang, interview=kept))
        return turn.replies

    def _locale(self, incoming: Incoming) -> str:
        """The language of a person not yet heard: their app's when it is French or English."""
        spoken = (incoming.locale or "").lower().replace("_", "-").partition("-")[0]
        return spoken if spoken in ("fr", "en") else self._default if not spoken else "en"

    def _ask(self, chat: str, text: str, session: Session, lang: str) -> list[Reply]:
        if not text.strip():
            return [Reply.of(say(lang, "empty"))]
        faq = self._knowledge.faq()
        lang = language.detect(text, self._knowledge.vocabularies) or lang
        outcome = faq.answer(text, lang, session.history)
        self._sessions.put(chat, session.after(text, outcome.lang))
        _log(outcome)
        return [replies.of(outcome, long_message=is_long(text))]

    def _command(self, incoming: Incoming, session: Session, lang: str) -> list[Reply]:
        name = incoming.text.lower()
        action = _COMMANDS.get(name)
        if session.lang is None and name in _ENGLISH_ONLY:
            lang = "en"
        match action:
            case "start":
                return [self._welcome(session, lang)]
            case "help":
                return [Reply.of(say(lang, "help"), replies.example_rows(lang))]
            case "sources":
                return [library.sources(self._knowledge.faq().sources(lang), lang)]
            case "language":
                return self._choose_language(incoming, session, lang)
            case "privacy":
                return [Reply.of(say(lang, "privacy", turns=MAX_TURNS, hours=IDLE_HOURS))]
            case "erase":
                return [self._erase(incoming.chat, lang)]
            case "export":
                return [self._export(incoming.chat, lang)]
            case _:
                return [Reply.of(say(lang, "unknown_command"))]

    def _welcome(self, session: Session, lang: str) -> Reply:
        text = f"{say(lang, 'welcome')}\n\n{say(lang, 'welcome_privacy')}"
        interview = self._interviewer.invitation(self._interviewer.desk.dialogue(session), lang)
        return Reply.of(text, ((interview,), *replies.example_rows(lang), _language_row()))

    def _erase(self, chat: str, lang: str) -> Reply:
        self._sessions.erase(chat)
        if self._sessions.holds(chat):
            raise RuntimeError("something is left of an erased conversation")
        return Reply.of(say(lang, "erased"))

    def _export(self, chat: str, lang: str) -> Reply:
        held = self._sessions.export(chat)
        if not held:
            return Reply.of(say(lang, "my_data_none"))
        content = json.dumps(held, ensure_ascii=False, indent=2).encode()
        file = Attachment(f"{say(lang, 'my_data_name')}.json", "application/json", content)
        return Reply((Part(say(lang, "my_data")),), attachments=(file,))

    def _choose_language(self, incoming: Incoming, session: Session, lang: str) -> list[Reply]:
        if wanted := _LANGUAGES.get(fold(incoming.argument).strip()[:2]):
            return self._set_language(incoming.chat, session, wanted)
        return [Reply.of(say(lang, "language_ask"), (_language_row(),))]

    def _set_language(self, chat: str, session: Session, lang: str) -> list[Reply]:
        self._sessions.put(chat, replace(session, lang=lang))
        return [Reply.of(say(lang, "language_set"))]

    def _press(self, incoming: Incoming, session: Session, lang: str) -> list[Reply]:
        """A button: its code says all, so one pressed after a restart, or forged, is understood or refused alike."""
        match incoming.text.split(":", 2):
            case [replies.PASSAGE_CODE, ("fr" | "en") as wanted, passage_id]:
                if found := self._knowledge.faq().passage(passage_id, wanted):
                    return [replies.passage(found, lang)]
            case [replies.LANGUAGE_CODE, ("fr" | "en") as wanted]:
                return self._set_language(incoming.chat, session, wanted)
            case [replies.AGAIN_CODE, ("fr" | "en") as wanted] if session.history:
                return self._again(incoming.chat, session, wanted)
            case [replies.AGAIN_CODE, ("fr" | "en") as wanted]:
                return self._set_language(incoming.chat, session, wanted)
            case [replies.EXAMPLE_CODE, ("fr" | "en") as wanted, number] if number.isdecimal():
                offered = examples(wanted)
                if int(number) < len(offered):
                    return self._ask(incoming.chat, offered[int(number)], session, wanted)
        return [Reply.of(say(lang, "stale"))]

    def _again(self, chat: str, session: Session, lang: str) -> list[Reply]:
        """The last answer in the other language, which becomes the conversation's."""
        outcome = self._knowledge.faq().answer(say(lang, "in_this_language"), lang, session.history)
        self._sessions.put(chat, replace(session, lang=outcome.lang))
        return [replies.of(outcome)]


_ENGLISH_ONLY = frozenset(dict(commands("en"))) - frozenset(dict(commands("fr")))


def _language_row() -> tuple[Choice, ...]:
    return tuple(Choice(say(lang, "language_name"), f"{replies.LANGUAGE_CODE}:{lang}") for lang in ("fr", "en"))


def _log(outcome: Outcome) -> None:
    """What happened, by ids and never by text."""
    cited = [p.id for p in outcome.passages] if isinstance(outcome, Answer) else []
    log.info("%s in %s %s", type(outcome).__name__, outcome.lang, " ".join(cited))
