"""Interviews through a real process killed at random: every answer applied once, in order, and nothing left unsaid.

The process is forked from one that has imported everything, so that it can live and die many times in a few seconds.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from telegram_chats import Person
from telegram_server import TelegramServer
from test_telegram_interview import ANSWERS, QUESTIONS

from bot.__main__ import build_assistant, build_knowledge
from bot.messages import Incoming, Kind
from bot.sessions import MemorySessions
from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.sessions import SqlSessions

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither fork nor SIGKILL")

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
KILLS = 15
CHATS = 5
SEED = 4
WORDS = {field: words for field, (_, words) in ANSWERS.items()} | {"monthly_volume": "3 000 appels par mois"}

LIVES = """
import os, random, signal, sys, time
from bot.__main__ import build_assistant, build_knowledge, build_storage
from bot.channels import telegram
from bot.settings import Settings

settings = Settings()
knowledge = build_knowledge(settings)
assistant = build_assistant(settings, knowledge, None)

def live():
    storage = build_storage(settings)
    token = settings.telegram_bot_token.get_secret_value()
    telegram.run(token, settings.telegram_api_url, assistant.within(storage.sessions), storage.queues, lambda: None)

chance = random.Random(int(sys.argv[2]))
for last in [False] * int(sys.argv[1]) + [True]:
    child = os.fork()
    if not child:
        live()
        os._exit(0)
    if last:
        print("last", flush=True)
        sys.stdin.readline()
        os.kill(child, signal.SIGTERM)
    else:
        time.sleep(0.4 + 0.4 * chance.random())
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
"""


def undisturbed(settings: Settings) -> tuple[list[str], list[str], dict[str, Any]]:
    """What a person says in a whole interview, what the bot replies, and what is kept of it in the end."""
    sessions = MemorySessions()
    assistant = build_assistant(settings, build_knowledge(settings), sessions)
    said, replied = ["/entretien"], []
    incoming = Incoming("x", Kind.COMMAND, "entretien", locale="fr")
    while True:
        replies = assistant.respond(incoming)
        replied += [reply.plain for reply in replies]
        field = next((field for words, field in QUESTIONS.items() if words in replied[-1]), "")
        if not field:
            kept = sessions.get("x").interview
            assert kept
            return said, replied, dict(kept)
        said.append(WORDS[field])
        incoming = Incoming("x", Kind.TEXT, said[-1], locale="fr")


def without_chance(kept: Any) -> dict[str, Any]:
    """An interview but for its nonce and the ids of its messages."""
    return {key: value for key, value in kept.items() if key not in ("nonce", "seen")}


def told_once(texts: list[str]) -> list[str]:
    """Without what is said twice in a row: what may have been sent before a kill is sent again."""
    return [text for text, _ in itertools.groupby(" ".join(text.split()) for text in texts)]


def types(person: Person, said: list[str], pause: float) -> None:
    chance = random.Random(person.chat.id)
    for text in said:
        person.says(text)
        time.sleep(2 * pause * chance.random())


def test_interviews_in_a_process_killed_at_random(url: str, tmp_path: Path) -> None:
    own = {"EMBEDDING_MODEL": "hashing", "DATA_DIR": str(tmp_path / "var"), "PYTHONUTF8": "1", "LOG_LEVEL": "WARNING"}
    settings = Settings(_env_file=None, embedding_model="hashing", data_dir=tmp_path / "var")
    said, replied, kept = undisturbed(settings)
    assert len(said) > 20
    with TelegramServer(token=TOKEN, username="CurseurBot") as server:
        own |= {"DATABASE_URL": url.replace("+psycopg", ""), "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_RATE": "200"}
        own |= {"TELEGRAM_API_URL": server.url, "CORPUS_DIR": str(settings.corpus_dir.absolute())}
        people = [server.person(number, language_code="fr") for number in range(7, 7 + CHATS)]
        typing = [threading.Thread(target=types, args=(person, said, 0.2)) for person in people]
        command = [sys.executable, "-W", "error", "-c", LIVES, str(KILLS), str(SEED)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, env=os.environ | own, cwd=tmp_path, text=True, **pipes) as process:  # type: ignore[call-overload]
            for thread in typing:
                thread.start()
            try:
                assert process.stdout.readline() == "last\n"
                for thread in typing:
                    thread.join()
                for person in people:
                    server.wait_for(
                        lambda p=person: p.chat.messages and replied[-1].split() == p.chat.messages[-1].text.split(), 40
                    )
                _, errors = process.communicate("\n", timeout=20)
            finally:
                process.kill()
    assert "Traceback" not in errors
    database = Database.open(url)
    sessions = SqlSessions(database)
    for person in people:
        assert told_once([message.text for message in person.chat.messages]) == told_once(replied)
        interview = sessions.get(f"telegram:{person.chat.id}").interview
        assert interview
        assert json.loads(json.dumps(without_chance(interview))) == json.loads(json.dumps(without_chance(kept)))
    database.close()
    twice = sum(len(person.chat.messages) - len(replied) for person in people)
    print(f"{KILLS} kills, {CHATS * len(said)} updates: {twice} messages sent twice")
    assert twice <= CHATS * KILLS
    assert {call.method for call in server.refused} <= {"getUpdates"}, [call.refusal for call in server.refused]
