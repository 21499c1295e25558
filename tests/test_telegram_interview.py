"""A whole interview with the real ``python -m bot run`` through a strict Bot API server, killed in the middle.

Answers in words and by buttons, a correction, a question to the corpus, several facts at once, two kills and two
restarts: the result is that of the same answers through ``assess``, and no call was refused.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
import shipped as on_disk
from telegram_chats import Message, Person
from telegram_server import TelegramServer

from bot.interview.loader import shipped_interview
from bot.wording.catalogue import say
from index.typography import typeset

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"

ANSWERS: dict[str, tuple[Any, str]] = {
    "objective": (["cost", "peaks"], "coûts et pics"),
    "objectives_defined": (True, "oui, c'est fixé"),
    "priority": ("balance", "un équilibre des deux"),
    "location_constraint": ("none", "aucune contrainte"),
    "sector": ("meubles en ligne", "meubles en ligne"),
    "pilot_capacity": (0.5, "un mi-temps"),
    "time_horizon_months": (12, "dans un an"),
    "flow_name": ("Suivi de commande", "Suivi de commande"),
    "interaction_type": (["orders"], "les commandes"),
    "channels": (["phone", "email"], "téléphone et mail"),
    "monthly_volume": (4500, "3 000 appels par mois, 6 min, français"),
    "aht_minutes": (6, "6 min"),
    "languages_needed": (["fr"], "français"),
    "unique_knowhow": (False, "non, ça s'apprend"),
    "flow_strategic": (False, "non"),
    "volume_certainty": ("stable", "stable"),
    "complexity": (1, "simple"),
    "scripted": (True, "oui tout est scripté"),
    "regulated": ("none", "pas réglementé"),
    "brand_criticality": ("low", "peu"),
    "core_business": (False, "non c'est annexe"),
    "internal_skill_gap": (False, "non"),
    "process_documented": ("partial", "en partie"),
    "baseline_kpis_known": (True, "oui"),
    "already_outsourced": (False, "non"),
    "agents_fte": (5, "5 agents"),
    "external_quote_vs_internal_pct": (None, "je ne sais pas"),
}
"""What each question is answered with: the value kept in the end, and the words."""

QUESTIONS = {typeset(q.ask["fr"].partition("\n")[0], "fr"): q.id for q in shipped_interview().questions}


class Bot:
    """The bot's process, which can be killed and started again on the same data."""

    def __init__(self, server: TelegramServer, environment: dict[str, str], folder: Path, log: IO[bytes]) -> None:
        self._server, self.environment, self._folder, self._log = server, environment, folder, log
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "bot", "run"],
            env=self.environment,
            cwd=self._folder,
            stdout=self._log,
            stderr=self._log,
        )

    def start_again(self, person: Person) -> None:
        """Starts, and waits until what Telegram delivers again was answered."""
        polls = len(self._server.calls_to("getUpdates"))
        self.start()
        self._server.wait_for(lambda: len(self._server.calls_to("getUpdates")) > polls + 1, timeout=60)
        heard = -1
        while heard != len(person.chat.messages):
            heard = len(person.chat.messages)
            time.sleep(1.0)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)


@pytest.fixture
def bot(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bot, Person]]:
    shipped = on_disk.hashed(tmp_path_factory)
    with TelegramServer(token=TOKEN, username="CurseurBot") as server, (tmp_path / "log").open("w+b") as log:
        person = server.person(7, language_code="fr")
        own = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": server.url,
            "LOG_LEVEL": "DEBUG",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'curseur.db'}",
        }
        bot = Bot(server, {**shipped.environment(), **own}, tmp_path, log)
        try:
            yield bot, person
        finally:
            bot.kill()


def hears(person: Person, number: int) -> Message:
    return person.chat.wait_messages(number, timeout=60)[number - 1]


def says(person: Person, text: str, replies: int = 1) -> Message:
    before = len(person.chat.messages)
    person.says(text)
    return hears(person, before + replies)


def presses(person: Person, message: Message, label: str) -> Message:
    """The text that a press brings, after its pictures or documents."""
    before = len(person.chat.messages)
    person.presses(message, label)
    chat = person.chat
    chat.server.wait_for(lambda: any(m.markup for m in chat.messages[before:]), timeout=60)
    return chat.messages[-1]


def asked_in(message: Message) -> str:
    """The field that a message asks about; empty when it asks for none."""
    return next((field for words, field in QUESTIONS.items() if words in message.text), "")


def test_an_interview_that_survives_a_kill(bot: tuple[Bot, Person], tmp_path: Path) -> None:
    process, ada = bot
    says(ada, "/start")
    message = says(ada, "/entretien")
    ada.presses(message, "Réduire les coûts")
    process._server.wait_for(lambda: message.edited and "Choisi" in message.text)
    heard = []
    field = asked_in(message)
    while field:
        heard.append(field)
        if field == "flow_name":
            message = says(ada, "C'est quoi l'onshore ?", replies=2)
            assert asked_in(message) == field
            assert message.text.startswith("Revenons à votre flux")
        if field == "regulated":
            process.kill()
            ada.says(ANSWERS[field][1])
            process.start_again(ada)
            message = ada.chat.messages[-1]
        else:
            message = says(ada, ANSWERS[field][1])
        if field == "monthly_volume":
            assert "6 min" in message.text
            process.kill()
            process.start_again(ada)
            presses(ada, message, "Oui, c’est ça")
            message = says(ada, "en fait le volume c'est 4 500")
            assert "4\u00a0500" in message.text
        field = asked_in(message)
    assert len(heard) == len(set(heard))
    assert say("fr", "settled") in message.text
    result = presses(ada, message, "Voir le résultat")

    given = {f: ANSWERS[f][0] for f in ("aht_minutes", "languages_needed", *heard)}
    assessed = subprocess.run(
        [sys.executable, "-m", "bot", "assess"],
        input=json.dumps({"lang": "fr", **given}).encode(),
        env=process.environment,
        cwd=tmp_path,
        capture_output=True,
        check=True,
        timeout=60,
    )
    expected = json.loads(assessed.stdout)
    made = presses(ada, presses(ada, result, "Documents"), "Les données (JSON)")
    file = next(m.file for m in reversed(made.chat.messages) if m.file)
    told = json.loads(file.content)
    for key in ("verdict", "target", "location", "readiness", "costs", "flips", "risks"):
        assert told[key] == expected[key], key

    for label in ("Coûts", "Préparation"):
        presses(ada, result, label)
    assert process._server.refused == []
