"""A whole interview with the real ``python -m bot run`` through a strict Bot API server, killed in the middle.

Answers in words and by buttons, a correction, a question to the corpus, several facts at once, a kill -9, a restart: the
result is that of the same answers through ``assess``, and no call was refused.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
import shipped as on_disk
from telegram_chats import Message, Person
from telegram_server import TelegramServer

from bot.wording.catalogue import say

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"

ANSWERS: dict[str, Any] = {
    "lang": "fr",
    "objective": ["cost", "peaks"],
    "objectives_defined": True,
    "priority": "balance",
    "location_constraint": "none",
    "sector": "meubles en ligne",
    "pilot_capacity": 0.5,
    "time_horizon_months": 12,
    "flow_name": "Suivi de commande",
    "interaction_type": ["orders"],
    "channels": ["phone", "email"],
    "monthly_volume": 4500,
    "aht_minutes": 6,
    "languages_needed": ["fr"],
    "unique_knowhow": False,
    "flow_strategic": False,
    "volume_certainty": "stable",
    "complexity": 1,
    "scripted": True,
    "regulated": "none",
    "brand_criticality": "low",
    "core_business": False,
    "internal_skill_gap": False,
    "process_documented": "partial",
    "baseline_kpis_known": True,
    "already_outsourced": False,
    "agents_fte": 5,
}


class Bot:
    """The bot's process, which can be killed and started again on the same data."""

    def __init__(self, server: TelegramServer, environment: dict[str, str], folder: Path, log: IO[bytes]) -> None:
        self._server, self._environment, self._folder, self._log = server, environment, folder, log
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "bot", "run"],
            env=self._environment,
            cwd=self._folder,
            stdout=self._log,
            stderr=self._log,
        )

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[tuple[Bot, Person]]:
    shipped = on_disk.hashed(tmp_path.parent / "shipped_interview")
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
    before = len(person.chat.messages)
    person.presses(message, label)
    return hears(person, before + 1)


def test_an_interview_that_survives_a_kill(bot: tuple[Bot, Person], tmp_path: Path) -> None:
    process, ada = bot
    says(ada, "/start")
    first = says(ada, "/entretien")
    assert "externalisation" in first.text
    ticked = presses(ada, first, "Réduire les coûts")
    says(ada, "coûts et pics")
    assert "Choisi" in ticked.text
    for text in ("oui, c'est fixé", "un équilibre des deux", "aucune contrainte", "meubles en ligne", "un mi-temps"):
        says(ada, text)
    says(ada, "dans un an")

    answer = says(ada, "C'est quoi l'onshore ?", replies=2)
    assert answer.text.startswith("Revenons à votre flux")
    for text in ("Suivi de commande", "les commandes", "téléphone et mail"):
        asked = says(ada, text)
    assert "mois normal" in asked.text
    read_back = says(ada, "3 000 appels par mois, 6 min, français")
    assert "6 min" in read_back.text

    process.kill()
    process.start()

    presses(ada, read_back, "Oui, c’est ça")
    assert "4 500" in says(ada, "en fait le volume c'est 4 500").text.replace("\u00a0", " ")
    for text in ("non, ça s'apprend", "non", "stable", "simple", "oui tout est scripté"):
        asked = says(ada, text)
    process.kill()
    ada.says("pas réglementé")
    before = len(ada.chat.messages)
    process.start()
    hears(ada, before + 1)
    for text in ("peu", "non c'est annexe", "non", "en partie", "oui", "non", "5 agents"):
        asked = says(ada, text)
    offer = says(ada, "pas de devis")
    assert "J’ai de quoi conclure" in offer.text
    result = presses(ada, offer, "Voir le résultat")

    assessed = subprocess.run(
        [sys.executable, "-m", "bot", "assess"],
        input=json.dumps(ANSWERS).encode(),
        env=process._environment,
        cwd=tmp_path,
        capture_output=True,
        check=True,
        timeout=60,
    )
    expected = json.loads(assessed.stdout)
    menu = presses(ada, result, "Documents")
    made = presses(ada, menu, "Les données (JSON)")
    told = json.loads(made.chat.messages[-2].file.content) if made.file is None else json.loads(made.file.content)
    for key in ("verdict", "target", "location", "readiness", "costs", "flips", "risks"):
        assert told[key] == expected[key], key

    for label in ("Coûts", "Préparation"):
        presses(ada, result, label)
    assert process._server.refused == []
    assert say("fr", "settled") in offer.text
