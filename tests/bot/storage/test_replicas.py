"""Three replicas on PostgreSQL behind the webhook, killed at random: as if there had been one, and never a stop."""

from __future__ import annotations

import itertools
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram_chats import Person
from telegram_server import TelegramServer

from bot.settings import Settings
from bot.storage.database import Database
from bot.storage.sessions import SqlSessions
from tests.bot.storage.test_killed import TOKEN, told_once, undisturbed, without_chance

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither fork nor SIGKILL")

REPLICAS = 3
KILLS = 9
CHATS = 6
HOOK = "https://bot.example/hook"

LIVES = """
import os, random, signal, sys, time
from bot.__main__ import build_assistant, build_knowledge, build_storage
from bot.channels import telegram
from bot.settings import Settings

settings = Settings()
assistant = build_assistant(settings, build_knowledge(settings), None)

def live(port):
    storage = build_storage(settings)
    token = settings.telegram_bot_token.get_secret_value()
    hook = (settings.webhook_url, f"127.0.0.1:{port}")
    bound = assistant.within(storage.sessions)
    telegram.run(token, settings.telegram_api_url, bound, storage.queues, lambda: None, hook)

def born(port):
    child = os.fork()
    if not child:
        live(port)
        os._exit(0)
    return child

chance = random.Random(4)
alive = {port: born(port) for port in sys.argv[2:]}
time.sleep(1.5)
print("up", flush=True)
for _ in range(int(sys.argv[1])):
    time.sleep(0.2 + 0.5 * chance.random())
    port = chance.choice(list(alive))
    os.kill(alive[port], signal.SIGKILL)
    os.waitpid(alive[port], 0)
    alive[port] = born(port)
print("last", flush=True)
sys.stdin.readline()
for child in alive.values():
    os.kill(child, signal.SIGTERM)
for child in alive.values():
    os.waitpid(child, 0)
"""


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports: list[int] = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def delivers(person: Person, said: list[str], ports: list[int], secret: str, numbers: itertools.count[int]) -> None:
    """As Telegram does through a balancer: to any replica, again until one says that it has it, in order."""
    chance = random.Random(person.chat.id)
    with httpx.Client(timeout=5, trust_env=False) as client:
        for text in said:
            number = next(numbers)
            message: dict[str, Any] = {"message_id": number, "date": 1, "chat": person.chat.raw, "from": person.user}
            update = {"update_id": number, "message": message | {"text": text}}
            for _ in range(200):
                url = f"http://127.0.0.1:{chance.choice(ports)}/hook"
                try:
                    answer = client.post(url, json=update, headers={"X-Telegram-Bot-Api-Secret-Token": secret})
                    if answer.status_code == 200:
                        break
                except httpx.TransportError:
                    time.sleep(0.02)
            else:
                raise AssertionError("no replica takes anything")
            time.sleep(0.4 * chance.random())


def test_three_replicas_killed_at_random(postgresql: str, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, embedding_model="hashing", data_dir=tmp_path / "var")
    said, replied, kept = undisturbed(settings)
    ports = free_ports(REPLICAS)
    url = postgresql.replace("+psycopg", "")
    Database.open(url).close()
    with TelegramServer(token=TOKEN, username="CurseurBot") as server:
        own = {
            **{"EMBEDDING_MODEL": "hashing", "DATA_DIR": str(tmp_path / "var"), "LOG_LEVEL": "WARNING"},
            **{"DATABASE_URL": url, "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_RATE": "200"},
            **{"TELEGRAM_API_URL": server.url, "CORPUS_DIR": str(settings.corpus_dir.absolute())},
            **{"WEBHOOK_URL": HOOK, "PYTHONUTF8": "1"},
        }
        people = [server.person(number, language_code="fr") for number in range(7, 7 + CHATS)]
        command = [sys.executable, "-W", "error", "-c", LIVES, str(KILLS), *map(str, ports)]
        with subprocess.Popen(
            command,
            env=os.environ | own,
            cwd=tmp_path,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout
            try:
                assert process.stdout.readline() == "up\n"
                [first, *_] = server.wait_for(lambda: server.calls_to("setWebhook"))
                secret, numbers = first.parameters["secret_token"], itertools.count(1_000)
                typing = [
                    threading.Thread(target=delivers, args=(person, said, ports, secret, numbers)) for person in people
                ]
                for thread in typing:
                    thread.start()
                for thread in typing:
                    thread.join()
                assert process.stdout.readline() == "last\n"
                for person in people:
                    server.wait_for(
                        lambda p=person: p.chat.messages and p.chat.messages[-1].text.split() == replied[-1].split(), 40
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
    print(f"{REPLICAS} replicas, {KILLS} kills, {CHATS * len(said)} updates: {twice} messages sent twice")
    assert twice <= CHATS * KILLS
