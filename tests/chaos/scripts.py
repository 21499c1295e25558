"""What people do in whole conversations, and what they are told when nothing goes wrong."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from bench.personas import Persona, given_by, read_personas
from bot.assistant import Assistant
from bot.channels.telegram_html import split
from bot.composition import build_assistant, build_knowledge
from bot.dialogue.asking import answer_text
from bot.interview.answers import Answer
from bot.interview.loader import shipped_interview
from bot.interview.model import Kind as Asks
from bot.interview.model import Question
from bot.interview.understanding import format_value
from bot.messages import Choice, Incoming, Kind, Reply
from bot.sessions import MemorySessions
from bot.settings import Settings
from bot.wording.catalogue import say

NOBODY = "http://127.0.0.1:9"
"""Where no Chroma server is."""

QUESTIONS = {
    "fr": ("Qu'est-ce que le nearshore ?", "Faut-il partir à Madagascar ?", "Quel temps fera-t-il demain ?"),
    "en": ("What is nearshore?", "Which expenses does the quote leave out?", "Will it rain tomorrow?"),
}
_CITED = " [1]"
SMALL_TALK = {"fr": ("bonjour", "merci"), "en": ("hello", "thanks")}


@dataclass(frozen=True)
class Act:
    """One thing a person does: says words, or presses the last button that is labelled so."""

    words: str
    presses: bool = False
    posts: int = 0
    """How many messages there are, once it was answered."""
    edits: int = 0
    """How often one of them has been changed by then."""


@dataclass(frozen=True)
class Script:
    """A whole conversation as it goes when nothing goes wrong."""

    name: str
    lang: str
    patient: bool
    """Whether each act waits for what the one before it brings; else they are typed one after the other."""
    acts: tuple[Act, ...]
    posts: tuple[frozenset[str], ...]
    """The messages in order, each as it may be: an answer may do without the vectors."""
    edits: tuple[str, ...]
    files: tuple[tuple[str, bytes], ...]
    """The documents and pictures among the messages."""
    interview: Mapping[str, Any] | None
    """What is kept of the interview in the end; None when there is none."""
    erased: bool = False
    """Whether nothing at all is to be kept in the end."""

    @property
    def result(self) -> bool:
        """Whether it holds an interview."""
        return self.interview is not None or self.erased


def told(text: str) -> str:
    """A message's words, whatever the spaces."""
    return " ".join(text.split())


def without_chance(kept: Mapping[str, Any]) -> dict[str, Any]:
    """An interview but for its nonce and the ids of its messages."""
    plain: dict[str, Any] = json.loads(json.dumps(kept))
    return {key: value for key, value in plain.items() if key not in ("nonce", "seen")}


@dataclass
class _Played:
    """A conversation in one process, without Telegram."""

    assistant: Assistant
    sessions: MemorySessions
    lang: str
    acts: list[Act] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    last: tuple[Choice, ...] = ()
    """The buttons under the last message."""

    def says(self, words: str) -> None:
        slash = words.startswith("/")
        kind, text = (Kind.COMMAND, words[1:]) if slash else (Kind.TEXT, words)
        self._do(Incoming("x", kind, text, locale=self.lang))
        self.acts.append(Act(words, posts=len(self.posts), edits=len(self.edits)))

    def presses(self, label: str) -> None:
        [code, *_] = [choice.code for choice in self.last if choice.label == label]
        self._do(Incoming("x", Kind.PRESS, code, locale=self.lang))
        self.acts.append(Act(label, presses=True, posts=len(self.posts), edits=len(self.edits)))

    def _do(self, incoming: Incoming) -> None:
        for reply in self.assistant.respond(incoming):
            self._hears(reply)

    def _hears(self, reply: Reply) -> None:
        for file in reply.attachments:
            self.posts.append(told(f"[{file.name}] {file.caption}"))
            self.files.append((file.name, file.content))
        texts = [told("".join(part.text for part in piece)) for piece in split(reply.parts)]
        (self.edits if reply.replaces else self.posts).extend(texts)
        self.last = tuple(choice for row in reply.choices for choice in row)

    @property
    def kept(self) -> Mapping[str, Any] | None:
        return self.sessions.get("x").interview


class Scripts:
    """Makes scripts, the same ones for the same seed."""

    def __init__(self, corpus: Path, folder: Path, seed: int, *, vectors: bool) -> None:
        """Args:
        corpus: What questions are answered from.
        folder: Where an index may be made.
        vectors: Whether there are vectors, so that answers may do with or without them.
        """
        own = {"_env_file": None, "embedding_model": "hashing", "corpus_dir": corpus, "data_dir": folder}
        ways = [Settings(**own)] if vectors else []
        self._ways = [_assistant(settings) for settings in (*ways, Settings(chroma_url=NOBODY, **own))]
        self._chance = random.Random(seed)
        self._personas = read_personas()
        self._chance.shuffle(self._personas)
        self._made: dict[tuple[str, bool, int], Script] = {}

    def interviews(self, kinds: int) -> Iterator[Script]:
        """Interviews without end, of so many personas (a multiple of three), by turns hasty and patient."""
        for number in count():
            persona = self._personas[number // 2 % kinds]
            yield self._script(persona.id, persona, number % 2 == 1, number % 6)

    def talks(self) -> Iterator[Script]:
        """Conversations without any interview, without end."""
        for number in count():
            yield self._script(f"talk-{number % 8}", None, number % 4 == 3, number % 8)

    def _script(self, name: str, persona: Persona | None, patient: bool, turn: int) -> Script:
        key = (name, patient, turn)
        if key not in self._made:
            found = [self._play(way, persona, patient, turn) for way in self._ways]
            played = found[0]
            assert all((each.acts, each.edits) == (played.acts, played.edits) for each in found), key
            kept = without_chance(played.kept) if played.kept else None
            posts = [_forms(texts) for texts in zip(*(each.posts for each in found), strict=True)]
            erased = persona is not None and kept is None
            if erased:
                # What it says was erased depends on what waited just then.
                posts[-1] = frozenset({" ".join(played.posts[-1].split()[:2]) + "…"})
            self._made[key] = Script(
                name,
                played.lang,
                patient,
                tuple(played.acts),
                tuple(posts),
                tuple(played.edits),
                tuple(played.files),
                kept,
                erased,
            )
        return self._made[key]

    def _play(self, way: Assistant, persona: Persona | None, patient: bool, turn: int) -> _Played:
        sessions = MemorySessions()
        played = _Played(way.within(sessions), sessions, persona.lang if persona else ("fr", "en")[turn % 2])
        if persona is None:
            self._chat(played, turn)
        else:
            self._interview(played, persona, patient, turn)
        return played

    def _chat(self, played: _Played, turn: int) -> None:
        lang = played.lang
        said = [*QUESTIONS[lang], *SMALL_TALK[lang], "/start"]
        for number in range(4 + turn):
            played.says(said[(turn + number) % len(said)])

    def _interview(self, played: _Played, persona: Persona, patient: bool, turn: int) -> None:
        lang = played.lang
        known = given_by(persona, shipped_interview()).answers
        if turn % 3 == 0:
            played.says(QUESTIONS[lang][0])
        played.says("/entretien")
        asked = 0
        while question := _asked(played.posts[-1], lang):
            asked += 1
            if asked == 4 + turn and turn % 2:
                played.says(QUESTIONS[lang][1])
            self._answer(played, question, known.get(question.id, Answer()), patient)
        if not patient:
            played.says("/resultat")
            played.says(SMALL_TALK[lang][1])
            return
        played.presses(say(lang, "button_result"))
        result = played.last
        if turn == 1:
            played.presses(_label(result, ":costs"))
        elif turn == 3:
            played.presses(_label(result, ":d:1"))
            played.presses(say(lang, "button_json"))
        else:
            played.says("/effacer")

    def _answer(self, played: _Played, question: Question, answer: Answer, patient: bool) -> None:
        """In words, or by buttons where a patient person finds them; in other words when not understood."""
        lang, before = played.lang, len(played.posts)
        value = answer.value
        if patient and value is not None and question.options:
            if question.kind is not Asks.CHOICES and (option := question.option(value)):
                played.presses(option.label[lang])
                return
            if question.kind is Asks.CHOICES and isinstance(value, tuple):
                options = [question.option(each) for each in value]
                if all(options):
                    for option in options:
                        played.presses(option.label[lang] if option else "")
                    played.presses(say(lang, "button_done"))
                    return
        played.says(_words(question, value, lang))
        if _asked(played.posts[-1], lang) is question:
            assert len(played.posts) == before + 1
            played.says("je ne sais pas" if lang == "fr" else "I don't know")
        assert _asked(played.posts[-1], lang) is not question, (question.id, value, played.posts[-1])


def _assistant(settings: Settings) -> Assistant:
    knowledge = build_knowledge(settings)
    knowledge.warm()
    return build_assistant(settings, knowledge, MemorySessions())


def _forms(texts: Sequence[str]) -> frozenset[str]:
    """What may be said in a place: what is offered beside an answer varies with how much of the index is searched."""
    answers = [text.partition(_CITED)[0] for text in texts if _CITED in text]
    return frozenset((*texts, *(f"{answer}{_CITED}…" for answer in answers)))


def _words(question: Question, value: Any, lang: str) -> str:
    if value is None:
        return "je ne sais pas" if lang == "fr" else "I don't know"
    return (format_value if isinstance(value, tuple) else answer_text)(question, value, lang)


def _label(choices: Sequence[Choice], ending: str) -> str:
    return next(choice.label for choice in choices if choice.code.endswith(ending))


def _asked(text: str, lang: str) -> Question | None:
    """The question that a message asks."""
    return next((q for words, q in _questions(lang) if words in text), None)


@cache
def _questions(lang: str) -> tuple[tuple[str, Question], ...]:
    from index.typography import typeset

    return tuple((told(typeset(q.ask[lang].partition("\n")[0], lang)), q) for q in shipped_interview().questions)
