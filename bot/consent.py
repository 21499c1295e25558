"""What a person is told of the language model, whether their words may leave for it, and what did."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from babel.dates import format_date

from bot.dialogue.proposals import Asks
from bot.faq.generation.reader import Reader, complete
from bot.faq.outcome import Outcome, SmallTalk
from bot.llm.model import Model, Prompt, S
from bot.llm.payloads import Payload, memory
from bot.messages import Attachment, Choice, Part, Reply
from bot.sessions import Memory, Session
from bot.wording.catalogue import named, say

MODEL_CODE = "m"
"""The first letter of a button's code: ``m:yes``, ``m:no``."""

_ANSWERS = ("yes", "no")


class Consent:
    """Of one model, or of none."""

    def __init__(self, model: Model | None = None, payloads: Memory[Payload] | None = None) -> None:
        self._model = model
        self._payloads = payloads if payloads is not None else memory()

    @property
    def place(self) -> str:
        """Where words go: ``none``, ``local``, ``outside``. It ends the names of sentences."""
        return "none" if self._model is None else "local" if self._model.local else "outside"

    def commands(self, lang: str) -> tuple[tuple[str, str], ...]:
        """What to offer besides the other commands; nothing without a model."""
        return tuple(named(lang, "model_commands").items()) if self._model else ()

    def told(self, lang: str, key: str) -> str:
        """What ``key_none``, ``key_local`` or ``key_outside`` says."""
        name = f"{key}_{self.place}"
        return say(lang, name, model=self._model.name) if self._model and self.place == "outside" else say(lang, name)

    def asking(self, reader: Reader) -> Asks | None:
        """The model, for that person's turn; None without one."""
        model = self._model
        if model is None:
            return None
        return Asking(model, reader)

    def said(self, outcome: Outcome) -> Outcome:
        """The same, but that whoever asks what this is hears of the model too."""
        if self._model and isinstance(outcome, SmallTalk) and outcome.kind == "identity":
            return replace(outcome, kind="identity_model")
        return outcome

    def asks(self, session: Session, *, shared: bool) -> bool:
        """Whether a person is still to be asked: once, and never where several people write."""
        return self.place == "outside" and session.consent is None and not shared

    def question(self, session: Session, lang: str) -> tuple[Session, Reply]:
        """The question, and the session once it has been put."""
        return replace(session, consent="asked"), Reply.of(self._say(lang, "model_ask"), (_row(lang),))

    def answered(self, session: Session, answer: str, lang: str, *, shared: bool) -> tuple[Session, Reply] | None:
        """A press on a button; None for a code that is none."""
        if answer not in _ANSWERS:
            return None
        if self.place != "outside":
            return session, Reply.of(say(lang, "model_gone"))
        if shared:
            return session, Reply.of(say(lang, "model_state_group"))
        return replace(session, consent=answer, lang=lang), Reply.of(self._say(lang, f"model_{answer}"))

    def state(self, session: Session, lang: str, *, shared: bool) -> tuple[Session, Reply]:
        """``/modele``: who reads, and the choice where there is one."""
        if self.place != "outside":
            return session, Reply.of(self._say(lang, f"model_state_{self.place}"))
        if shared:
            return session, Reply.of(say(lang, "model_state_group"))
        if session.consent not in _ANSWERS:
            return self.question(session, lang)
        return session, Reply.of(self._say(lang, f"model_state_{session.consent}"), (_row(lang, session.consent),))

    def payload(self, chat: str, lang: str) -> Reply:
        """``/envoi``: the exact words of the last call, in a file."""
        kept = self._payloads.get(chat)
        if kept is None:
            return Reply.of(say(lang, "payload_none"))
        sent = kept.value
        when = format_date(sent.at, "long", locale=lang)
        lines = [say(lang, "payload", model=sent.model, date=when, time=f"{sent.at:%H:%M}")]
        kinds = named(lang, "payload_kinds")
        what = ", ".join(f"{kinds[kind]} × {number}" for kind, number in sent.masked.items())
        lines.append(say(lang, "payload_masked", what=what) if what else say(lang, "payload_unmasked"))
        content = json.dumps(sent.as_json, ensure_ascii=False, indent=2).encode("utf-8", "replace")
        file = Attachment(f"{say(lang, 'payload_file')}.json", "application/json", content)
        return Reply((Part("\n".join(lines)),), attachments=(file,))

    def held(self, chat: str) -> dict[str, object]:
        """What is held of a person here, for the export; empty when nothing is."""
        kept = self._payloads.get(chat)
        return {"last_sent_to_model": kept.value.as_json} if kept else {}

    def erase(self, chat: str) -> int:
        """Forget it; how many payloads there were."""
        number = int(self._payloads.get(chat) is not None)
        self._payloads.erase(chat)
        return number

    def _say(self, lang: str, key: str) -> str:
        return say(lang, key, model=self._model.name if self._model else "")


class Asking:
    """A model in the time that one person's turn has left."""

    def __init__(self, model: Model, reader: Reader) -> None:
        self._model = model
        self._reader = reader

    def __call__(self, prompt: Prompt, schema: type[S]) -> S:
        """As in ``Asks``."""
        return complete(self._model, prompt, schema, self._reader)


def consented(get: Callable[[str], Session]) -> Callable[[str], bool]:
    """Whether the words of a chat may leave, as its session now says."""
    return lambda chat: get(chat).consent == "yes"


def _row(lang: str, now: str | None = None) -> tuple[Choice, ...]:
    """A button for each answer but the present one."""
    return tuple(Choice(say(lang, f"model_{each}_button"), f"{MODEL_CODE}:{each}") for each in _ANSWERS if each != now)
