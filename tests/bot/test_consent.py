"""Who reads, who agreed, what was sent: the words and buttons, turn by turn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from shipped import faq_over, passage

from bot.assistant import Assistant
from bot.citations import Citations
from bot.consent import Consent, consented
from bot.dialogue.interviewer import Interviewer
from bot.faq.faq import Faq
from bot.interview.loader import shipped_interview
from bot.knowledge import Knowledge
from bot.llm.model import Prompt, S
from bot.llm.payloads import Payload
from bot.messages import Incoming, Kind, Reply
from bot.sessions import MemorySessions
from bot.wording.catalogue import commands, say
from index.articles import Corpus

CHAT = "test:1"
RATE = passage("a#rate", "Un téléconseiller coûte 25 € de l’heure.", heading="Le tarif")


class Named:
    """A model that is never called."""

    name = "openai:test"

    def __init__(self, local: bool) -> None:
        self.local = local

    def complete(self, prompt: Prompt, schema: type[S], chat: str) -> S:
        raise AssertionError("called")

    def stream(self, prompt: Prompt, chat: str) -> Iterator[str]:
        raise AssertionError("called")


class Ready(Knowledge):
    def __init__(self, faq: Faq) -> None:
        self._ready = faq

    def faq(self) -> Faq:
        return self._ready

    @property
    def vocabularies(self) -> None:  # type: ignore[override]
        return None


@pytest.fixture(scope="module")
def faq() -> Faq:
    return faq_over(RATE)


class Talk:
    """A person and the assistant."""

    def __init__(self, faq: Faq, consent: Consent, shared: bool = False) -> None:
        self.sessions = MemorySessions()
        interviewer, citations = Interviewer(shipped_interview()), Citations(lambda: Corpus((RATE,)))
        self.assistant = Assistant(Ready(faq), self.sessions, interviewer, citations, consent=consent)
        self.shared = shared

    def does(self, kind: Kind, text: str) -> list[Reply]:
        return list(self.assistant.respond(Incoming(CHAT, kind, text, locale="fr", shared=self.shared)))

    def asks(self) -> list[Reply]:
        return self.does(Kind.TEXT, "Combien coûte un téléconseiller ?")

    @property
    def agreed(self) -> bool:
        return consented(self.sessions.get)(CHAT)


def codes(reply: Reply) -> list[str]:
    return [choice.code for row in reply.choices for choice in row]


@pytest.fixture
def talk(faq: Faq) -> Talk:
    return Talk(faq, Consent(Named(local=False)))


def test_a_person_is_asked_once_after_the_first_answer(talk: Talk) -> None:
    [answer, question] = talk.asks()
    assert "25 €" in answer.plain.replace("\u00a0", " ")
    assert question.plain == say("fr", "model_ask", model="openai:test")
    assert codes(question) == ["m:yes", "m:no"]
    assert not talk.agreed
    assert len(talk.asks()) == 1


@pytest.mark.parametrize("text", ["bonjour", "quelle est la recette du cassoulet ?"])
def test_nobody_is_asked_before_there_is_an_answer_to_compare_with(talk: Talk, text: str) -> None:
    assert len(talk.does(Kind.TEXT, text)) == 1


def test_consent_is_given_and_taken_back(talk: Talk) -> None:
    talk.asks()
    [noted] = talk.does(Kind.PRESS, "m:yes")
    assert noted.plain == say("fr", "model_yes", model="openai:test")
    assert talk.agreed
    [state] = talk.does(Kind.COMMAND, "modele")
    assert codes(state) == ["m:no"]
    talk.does(Kind.PRESS, "m:no")
    assert not talk.agreed
    assert codes(talk.does(Kind.COMMAND, "model")[0]) == ["m:yes"]
    assert len(talk.asks()) == 1


def test_the_command_asks_whoever_has_not_answered(talk: Talk) -> None:
    for _ in range(2):
        assert codes(talk.does(Kind.COMMAND, "modele")[0]) == ["m:yes", "m:no"]


def test_erasing_takes_consent_back(talk: Talk) -> None:
    talk.does(Kind.PRESS, "m:yes")
    talk.does(Kind.COMMAND, "effacer")
    assert not talk.agreed


@pytest.mark.parametrize("code", ["m:", "m:maybe", "m:yes:no", "m"])
def test_a_forged_code_agrees_to_nothing(talk: Talk, code: str) -> None:
    assert talk.does(Kind.PRESS, code)[0].plain == say("fr", "stale")
    assert not talk.agreed


def test_in_a_group_nobody_agrees_for_the_others(faq: Faq) -> None:
    group = Talk(faq, Consent(Named(local=False)), shared=True)
    assert len(group.asks()) == 1
    for kind, text in ((Kind.COMMAND, "modele"), (Kind.PRESS, "m:yes")):
        assert group.does(kind, text)[0].plain == say("fr", "model_state_group")
    assert not group.agreed


@pytest.mark.parametrize(("model", "place"), [(None, "none"), (Named(local=True), "local")])
def test_where_nothing_leaves_there_is_nothing_to_agree_to(faq: Faq, model: Named | None, place: str) -> None:
    talk = Talk(faq, Consent(model))
    assert len(talk.asks()) == 1
    assert talk.does(Kind.COMMAND, "modele")[0].plain == say("fr", f"model_state_{place}", model="openai:test")
    assert talk.does(Kind.PRESS, "m:yes")[0].plain == say("fr", "model_gone")
    assert not talk.agreed


@pytest.mark.parametrize(("model", "place"), [(None, "none"), (Named(True), "local"), (Named(False), "outside")])
def test_the_notice_stands_at_the_welcome_and_under_privacy(faq: Faq, model: Named | None, place: str) -> None:
    talk = Talk(faq, Consent(model))
    assert say("fr", f"model_welcome_{place}") in talk.does(Kind.COMMAND, "start")[0].plain
    notice = say("fr", f"model_privacy_{place}", model="openai:test")
    assert notice in talk.does(Kind.COMMAND, "confidentialite")[0].plain


def test_the_commands_are_offered_with_a_model_only(faq: Faq) -> None:
    assert list(Talk(faq, Consent()).assistant.commands("fr")) == list(commands("fr"))
    offered = dict(Talk(faq, Consent(Named(True))).assistant.commands("en"))
    assert {"model", "payload"} <= set(offered)


def test_whoever_asks_what_this_is_hears_of_the_model(talk: Talk, faq: Faq) -> None:
    assert talk.does(Kind.TEXT, "qui es-tu ?")[0].plain == say("fr", "identity_model")
    assert Talk(faq, Consent()).does(Kind.TEXT, "qui es-tu ?")[0].plain == say("fr", "identity")


def test_what_was_last_sent_is_shown_exported_and_erased(faq: Faq) -> None:
    consent = Consent(Named(local=False))
    talk = Talk(faq, consent)
    assert talk.does(Kind.COMMAND, "envoi")[0].plain == say("fr", "payload_none")
    messages = (("system", "Réponds."), ("user", "Je suis [NAME]."))
    consent._payloads.put(CHAT, Payload(datetime(2026, 3, 1, 9, 5, tzinfo=UTC), "openai:test", messages, {"NAME": 1}))
    [shown] = talk.does(Kind.COMMAND, "envoi")
    assert "1 mars 2026 à 09:05" in shown.plain.replace("\u00a0", " ")
    assert "noms × 1" in shown.plain.replace("\u00a0", " ")
    [file] = shown.attachments
    assert json.loads(file.content)["messages"][1] == {"role": "user", "content": "Je suis [NAME]."}
    [export] = talk.does(Kind.COMMAND, "mesdonnees")
    assert "Je suis [NAME]." in export.attachments[0].content.decode()
    [erased] = talk.does(Kind.COMMAND, "effacer")
    assert say("fr", "store_payload") in erased.plain
    assert talk.does(Kind.COMMAND, "envoi")[0].plain == say("fr", "payload_none")


def test_a_session_of_nothing_is_not_kept_for_a_command(faq: Faq) -> None:
    talk = Talk(faq, Consent())
    talk.does(Kind.COMMAND, "modele")
    assert not talk.sessions.holds(CHAT)
