"""One turn of the conversation: what a person did, in; replies, out. Knows no channel."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from datetime import date

from bot import consent as agreement
from bot import deep_links, feedback, language, observing, personal_data
from bot.citations import Citations
from bot.dialogue.desk import Surroundings, Turn
from bot.dialogue.interviewer import Interviewer
from bot.faq.asking import is_long
from bot.faq.generation.reader import Reader
from bot.faq.outcome import Answer, Outcome
from bot.knowledge import Knowledge, NotReady
from bot.messages import Choice, Incoming, Kind, Reply
from bot.meter import UNMETERED, Meter
from bot.quotas import Crowded, Heed, Quotas
from bot.sessions import IDLE_HOURS, MAX_TURNS, Session, Sessions
from bot.wording import display, library, opinions, replies
from bot.wording.catalogue import commands, examples, say
from index.analyzer import fold

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
    "modele": "model",
    "model": "model",
    "envoi": "payload",
    "payload": "payload",
    "affichage": "display",
    "display": "display",
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
        meter: Meter = UNMETERED,
        quotas: Quotas | None = None,
        receipt: Callable[[], str] = lambda: secrets.token_hex(4),
        consent: agreement.Consent | None = None,
        patience: float = 0.0,
    ) -> None:
        """Args:
        patience: seconds that a person waits at most for what a model writes; 0 where there is none.
        """
        self._knowledge = knowledge
        self._sessions = sessions
        self._interviewer = interviewer
        self._citations = citations
        self._default = default_language
        self._today = today
        self._meter = meter
        self._quotas = quotas
        self._receipt = receipt
        self._consent = consent or agreement.Consent()
        self._patience = patience

    def respond(self, incoming: Incoming) -> Sequence[Reply]:
        """What to send back, in order; nothing to whoever was told that nothing is read for a while."""
        session = self._sessions.get(incoming.chat)
        said = self._respond(incoming, session, session.lang or self._locale(incoming))
        return [replace(reply, rich=True) for reply in said] if session.rich else said

    def _respond(self, incoming: Incoming, session: Session, lang: str) -> Sequence[Reply]:
        if (refusal := self._refused(incoming, session, lang)) is not None:
            return refusal
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
                    return self._ask(incoming, incoming.text, session, lang)
        except NotReady:
            return [self._preparing(lang)]
        except Crowded:
            return [Reply.of(say(lang, "quota_everyone"))]

    def within(self, sessions: Sessions) -> Assistant:
        """The same assistant, with all it keeps in these sessions: those of one transaction."""
        bound = copy(self)
        bound._sessions = sessions
        return bound

    def commands(self, lang: str) -> Sequence[tuple[str, str]]:
        """The commands to offer in that language, (name, description)."""
        return (*commands(lang), *self._consent.commands(lang))

    def description(self, lang: str) -> tuple[str, str]:
        """What a channel shows of the assistant before anybody writes: a paragraph, and a line."""
        return say(lang, "bot_description"), say(lang, "bot_short_description")

    def trouble(self, incoming: Incoming) -> Reply:
        """What to say when something broke."""
        try:
            lang = self._sessions.get(incoming.chat).lang
        except Exception:
            lang = None  # it may be the sessions that broke
        return Reply.of(say(lang or self._locale(incoming), "trouble"))

    def _refused(self, incoming: Incoming, session: Session, lang: str) -> Sequence[Reply] | None:
        """What to say to whoever sends too much; None when the message is to be handled."""
        erases = incoming.kind is Kind.COMMAND and _COMMANDS.get(incoming.text.lower()) == "erase"
        if self._quotas is None or erases:
            return None
        question = incoming.kind is Kind.TEXT and session.interview is None
        heed = self._quotas.heed(incoming.chat, incoming.id, incoming.sent, question=question)
        if heed is Heed.HANDLED:
            return None
        observing.refused(heed.value, self._meter)
        said = say(lang, "quota_person", seconds=self._quotas.pause(question=question))
        return [Reply.of(said)] if heed is Heed.REFUSED else []

    def _interview(self, incoming: Incoming, session: Session, lang: str) -> Sequence[Reply] | None:
        """The interview's replies; None when the message does not concern it."""
        dialogue = self._interviewer.desk.dialogue(session)
        heard: list[str] = []
        reader = self._reader(incoming.chat, incoming.show)

        def answer(question: str) -> Reply:
            heard.append(question)
            try:
                spoken = language.detect(question, self._knowledge.vocabularies) or lang
                return replies.of(self._answered(question, spoken, session, reader))
            except NotReady:
                return self._preparing(lang)
            except Crowded:
                return Reply.of(say(lang, "quota_everyone"))

        if dialogue and incoming.id and incoming.id in dialogue.seen:
            return self._interviewer.again(dialogue, lang).replies
        if dialogue and incoming.edited and incoming.kind is Kind.TEXT and self._interviewer.waits(dialogue):
            return [Reply.of(say(lang, "edited_in_interview"))]
        model = self._consent.asking(reader) if reader else None
        around = Surroundings(answer, self._citations.titles, self._today, lambda: secrets.token_hex(2), model)
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
        observing.interview(dialogue, turn.dialogue, self._meter)
        for text in heard:
            session = session.after(text, lang)
        kept = turn.dialogue.having_seen(incoming.id).to_json() if turn.dialogue else None
        self._sessions.put(incoming.chat, replace(session, lang=lang, interview=kept))
        return turn.replies

    def _locale(self, incoming: Incoming) -> str:
        """The language of a person not yet heard: their app's when it is French or English."""
        spoken = (incoming.locale or "").lower().replace("_", "-").partition("-")[0]
        return spoken if spoken in ("fr", "en") else self._default if not spoken else "en"

    def _ask(self, incoming: Incoming, text: str, session: Session, lang: str) -> list[Reply]:
        if not text.strip():
            return [Reply.of(say(lang, "empty"))]
        self._knowledge.faq()  # before its vocabularies, which it loads
        lang = language.detect(text, self._knowledge.vocabularies) or lang
        outcome = self._answered(text, lang, session, self._reader(incoming.chat, incoming.show))
        leads_on = None if isinstance(outcome, Answer) else self._invitation(session, outcome.lang)
        told = [replies.of(outcome, long_message=is_long(text), invitation=leads_on)]
        session = session.after(text, outcome.lang)
        if isinstance(outcome, Answer) and self._consent.asks(session, shared=incoming.shared):
            session, question = self._consent.question(session, outcome.lang)
            told.append(question)
        self._sessions.put(incoming.chat, session)
        return told

    def _reader(self, chat: str, show: Callable[[str], None] | None = None) -> Reader | None:
        """Who waits from now on for what a model may write; None without a model."""
        return Reader.waiting(chat, self._patience, show) if self._patience else None

    def _answered(self, text: str, lang: str, session: Session, reader: Reader | None) -> Outcome:
        if self._quotas and not self._quotas.room():
            observing.refused("crowded", self._meter)
            raise Crowded
        outcome = self._knowledge.faq().answer(text, lang, session.history, reader)
        observing.question(outcome, self._meter)
        return self._consent.said(outcome)

    def _preparing(self, lang: str) -> Reply:
        observing.not_ready(lang, self._meter)
        return Reply.of(say(lang, "preparing"))

    def _command(self, incoming: Incoming, session: Session, lang: str) -> list[Reply]:
        name = incoming.text.lower()
        action = _COMMANDS.get(name)
        if session.lang is None and name in _ENGLISH_ONLY:
            lang = "en"
        match action:
            case "start" if deep_links.is_question(incoming.argument):
                return self._linked(incoming, session, lang)
            case "start":
                return [self._welcome(session, lang)]
            case "help":
                return [Reply.of(say(lang, "help"), replies.example_rows(lang))]
            case "sources":
                return [library.sources(self._knowledge.faq().sources(lang), lang)]
            case "language":
                return self._choose_language(incoming, session, lang)
            case "display":
                look = display.typed(incoming.argument)
                return [self._set_display(incoming.chat, session, look, lang)]
            case "privacy":
                return [Reply.of(self._privacy(lang))]
            case "erase":
                gone = {"payload": self._consent.erase(incoming.chat)}
                return [personal_data.erased(self._sessions, incoming.chat, lang, self._receipt(), self._today(), gone)]
            case "export":
                here = self._consent.held(incoming.chat)
                return [personal_data.exported(self._sessions, incoming.chat, lang, here)]
            case "model":
                return [self._kept(incoming.chat, self._consent.state(session, lang, shared=incoming.shared))]
            case "payload":
                return [self._consent.payload(incoming.chat, lang)]
            case _:
                return [Reply.of(say(lang, "unknown_command"))]

    def _privacy(self, lang: str) -> str:
        model = self._consent.told(lang, "model_privacy")
        return say(lang, "privacy", turns=MAX_TURNS, hours=IDLE_HOURS, model=model)

    def _kept(self, chat: str, said: tuple[Session, Reply]) -> Reply:
        """A reply, once the session that goes with it is kept."""
        session, reply = said
        self._sessions.put(chat, session)
        return reply

    def _welcome(self, session: Session, lang: str) -> Reply:
        privacy = say(lang, "welcome_privacy", model=self._consent.told(lang, "model_welcome"))
        text = f"{say(lang, 'welcome')}\n\n{privacy}"
        return Reply.of(text, ((self._invitation(session, lang),), *replies.example_rows(lang), _language_row()))

    def _invitation(self, session: Session, lang: str) -> Choice:
        return self._interviewer.invitation(self._interviewer.desk.dialogue(session), lang)

    def _linked(self, incoming: Incoming, session: Session, lang: str) -> list[Reply]:
        """The answer to the question that a link holds, then the interview's own where one is under way."""
        asked = deep_links.question(incoming.argument, lang, lambda named: self._knowledge.faq().passage(named, lang))
        if asked is None:
            return [Reply.of(say(lang, "link_unknown")), self._welcome(session, lang)]
        dialogue = self._interviewer.desk.dialogue(session)
        waiting = self._interviewer.again(dialogue, lang).replies if dialogue and dialogue.active else ()
        opening = deep_links.opening(asked, lang, newcomer=session.lang is None)
        return [*opening, *self._ask(incoming, asked.text, session, asked.lang or lang), *waiting]

    def _choose_language(self, incoming: Incoming, session: Session, lang: str) -> list[Reply]:
        if wanted := _LANGUAGES.get(fold(incoming.argument).strip()[:2]):
            return self._set_language(incoming.chat, session, wanted)
        return [Reply.of(say(lang, "language_ask"), (_language_row(),))]

    def _set_language(self, chat: str, session: Session, lang: str) -> list[Reply]:
        self._sessions.put(chat, replace(session, lang=lang))
        return [Reply.of(say(lang, "language_set"))]

    def _set_display(self, chat: str, session: Session, look: str | None, lang: str) -> Reply:
        """Keeps the look chosen, or asks which."""
        if look is None:
            return display.choose(session.rich, lang)
        rich = display.LOOKS[look]
        self._sessions.put(chat, replace(session, rich=rich, lang=lang))
        return display.chosen(rich, lang)

    def _press(self, incoming: Incoming, session: Session, lang: str) -> list[Reply]:
        """A button: its code says all, so one pressed after a restart, or forged, is understood or refused alike."""
        match incoming.text.split(":", 2):
            case [replies.PASSAGE_CODE, ("fr" | "en") as wanted, passage_id]:
                if found := self._knowledge.faq().passage(passage_id, wanted):
                    return [replies.passage(found, lang)]
            case [replies.LANGUAGE_CODE, ("fr" | "en") as wanted]:
                return self._set_language(incoming.chat, session, wanted)
            case [display.DISPLAY_CODE, look] if look in display.LOOKS:
                return [self._set_display(incoming.chat, session, look, lang)]
            case [replies.AGAIN_CODE, ("fr" | "en") as wanted] if session.history:
                return self._again(incoming.chat, session, wanted)
            case [replies.AGAIN_CODE, ("fr" | "en") as wanted]:
                return self._set_language(incoming.chat, session, wanted)
            case [agreement.MODEL_CODE, answer]:
                if said := self._consent.answered(session, answer, lang, shared=incoming.shared):
                    return [self._kept(incoming.chat, said)]
            case [feedback.FEEDBACK_CODE, *_] if pressed := feedback.read(incoming.text):
                return [self._rated(incoming.chat, pressed, lang)]
            case [replies.EXAMPLE_CODE, ("fr" | "en") as wanted, number] if number.isdecimal():
                offered = examples(wanted)
                if int(number) < len(offered):
                    return self._ask(incoming, offered[int(number)], session, wanted)
        return [Reply.of(say(lang, "stale"))]

    def _rated(self, chat: str, pressed: feedback.Pressed, lang: str) -> Reply:
        """Keeps an opinion; one of an answer whose passages are all gone would tell nothing."""
        passages = self._knowledge.faq().ids_of(pressed.shorts) if pressed.shorts else ()
        if pressed.shorts and not passages:
            return Reply.of(say(lang, "feedback_gone"))
        self._sessions.rate(chat, pressed.opinion(passages))
        observing.opinion(pressed.verdict.value, pressed.reason, self._meter)
        return opinions.thanks(pressed, lang)

    def _again(self, chat: str, session: Session, lang: str) -> list[Reply]:
        """The last answer in the other language, which becomes the conversation's."""
        outcome = self._answered(say(lang, "in_this_language"), lang, session, self._reader(chat))
        self._sessions.put(chat, replace(session, lang=outcome.lang))
        return [replies.of(outcome)]


_ENGLISH_ONLY = frozenset({*dict(commands("en")), "model", "payload"}) - frozenset(dict(commands("fr")))


def _language_row() -> tuple[Choice, ...]:
    return tuple(Choice(say(lang, "language_name"), f"{replies.LANGUAGE_CODE}:{lang}") for lang in ("fr", "en"))
