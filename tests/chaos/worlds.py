"""All that a campaign happens in: on SQLite with one process that polls, on PostgreSQL with several behind nginx."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from chroma_server import ChromaServer
from small_corpus import write_small_corpus
from telegram_hook import Hook
from telegram_server import TelegramServer

from bot.settings import Settings
from bot.storage.database import Database
from chaos.campaign import Trouble
from chaos.scripts import NOBODY
from chaos.servers import Absent, Disk, PostgreSQL, free_ports, hang_up_on, nginx
from chaos.witness import Witness
from index.opening import Library

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
HOOK = "https://bot.example/hook"


@dataclass
class World:
    """Servers, settings, and what can go wrong with them."""

    telegram: TelegramServer
    database: str
    """Its address, as in DATABASE_URL."""
    environment: Mapping[str, str]
    listening: Mapping[str, str]
    """By the name of each process, where it listens; empty where it polls."""
    troubles: list[Trouble] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    """What could not be had, and so could not go wrong."""


@contextmanager
def sqlite(folder: Path, seed: int, *, disk: bool = True, with_chroma: bool = True) -> Iterator[World]:
    """One process that polls, over a file; on a disk of its own that can be full, where one can be had."""
    with ExitStack() as stack:
        telegram = stack.enter_context(TelegramServer(token=TOKEN, username="CurseurBot"))
        data, absent, troubles = folder, [], telegram_troubles(telegram, seed)
        if disk:
            try:
                small = Disk(24)
                stack.callback(small.close)
                data = small.folder
                troubles.append(("disk full", lambda: _full(small)))
            except Absent as missing:
                absent.append(str(missing))
        url = f"sqlite:///{data / 'curseur.db'}"
        own = _environment(folder, telegram, url)
        own |= _with_chroma(stack, folder, troubles) if with_chroma else {"CHROMA_URL": NOBODY}
        _prepare(own, url)
        yield World(telegram, url, own, {"the bot": ""}, troubles, absent)


@contextmanager
def postgresql(
    folder: Path, seed: int, *, url: str | None = None, replicas: int = 3, with_chroma: bool = True
) -> Iterator[World]:
    """Replicas with a webhook behind nginx, over a cluster of their own unless there is the address of a database.

    Raises:
        Absent: there is no PostgreSQL, or no nginx.
    """
    with ExitStack() as stack:
        telegram = stack.enter_context(TelegramServer(token=TOKEN, username="CurseurBot"))
        troubles, absent = telegram_troubles(telegram, seed), []
        if url is None:
            cluster = PostgreSQL()
            stack.callback(cluster.close)
            url = cluster.url
            troubles += [("PostgreSQL stopped", lambda: _stopped(cluster)), ("PostgreSQL cut", cluster.cut)]
            if disk := cluster.disk:
                troubles.append(("disk full", lambda: (_full(disk), cluster.start())))
            else:
                absent.append("a file system of its own (only root may mount one)")
        else:
            troubles.append(("PostgreSQL cut", lambda: hang_up_on(url)))
        ports = free_ports(replicas)
        balancer, address = nginx(folder / "nginx", ports)
        balancer.start()
        stack.callback(balancer.stop)
        own = _environment(folder, telegram, url) | {"WEBHOOK_URL": HOOK}
        own |= _with_chroma(stack, folder, troubles) if with_chroma else {"CHROMA_URL": NOBODY}
        _prepare(own, url)
        hook = Hook(telegram, f"{address}/hook", connections=12)
        stack.callback(hook.close)
        listening = {f"replica {number}": f"127.0.0.1:{port}" for number, port in enumerate(ports, 1)}
        yield World(telegram, url, own, listening, troubles, absent)


def telegram_troubles(telegram: TelegramServer, seed: int) -> list[Trouble]:
    """What Telegram's side can do wrong."""
    chance = random.Random(seed)

    def cut() -> None:
        seconds = chance.uniform(0.5, 2.5)
        telegram.away(seconds)
        time.sleep(seconds)

    def one_chat_limited() -> None:
        telegram.limit_chat(chance.choice(list(telegram.chats)), 2, times=None)

    def unsure() -> None:
        for method in ("sendMessage", "sendMessage", "editMessageText", "sendPhoto", "sendDocument"):
            telegram.drop_next(method)

    return [
        ("Telegram cut", cut),
        ("answers of Telegram lost", unsure),
        ("Telegram answers 502", lambda: telegram.fail_next("*", 5, 502)),
        ("Telegram limits a chat", one_chat_limited),
        ("Telegram limits everything", lambda: telegram.limit_all(1, times=None)),
        ("Telegram slow", lambda: telegram.slow("sendMessage", 0.5, times=8)),
    ]


def _environment(folder: Path, telegram: TelegramServer, url: str) -> dict[str, str]:
    return {
        "EMBEDDING_MODEL": "hashing",
        "DATA_DIR": str(folder / "var"),
        "CORPUS_DIR": str(write_small_corpus(folder / "corpus")),
        "DATABASE_URL": url,
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": telegram.url,
        "TELEGRAM_RATE": "1000",
        "LOG_LEVEL": "WARNING",
        "LOG_FORMAT": "text",
        "METRICS_LISTEN": "off",
    }


def _with_chroma(stack: ExitStack, folder: Path, troubles: list[Trouble]) -> dict[str, str]:
    (folder / "chroma").mkdir()
    server = stack.enter_context(ChromaServer(folder / "chroma"))
    server.start()
    troubles += [("Chroma stopped", lambda: _restarted(server)), ("Chroma frozen", lambda: _frozen(server))]
    return {"CHROMA_URL": server.url}


def _prepare(environment: Mapping[str, str], url: str) -> None:
    """The index and the tables, and a witness of what happens to them."""
    settings = Settings(_env_file=None, **{name.lower(): value for name, value in environment.items()})
    if settings.chroma_url != NOBODY:
        Library(settings).update()
    database = Database.open(url)
    Witness(database).begin()
    database.close()


def _full(disk: Disk) -> None:
    disk.fill()
    time.sleep(2.0)
    disk.empty()


def _stopped(cluster: PostgreSQL) -> None:
    cluster.stop()
    time.sleep(1.5)
    cluster.start()


def _restarted(server: ChromaServer) -> None:
    server.kill()
    time.sleep(2.0)
    server.start()


def _frozen(server: ChromaServer) -> None:
    server.freeze()
    time.sleep(2.0)
    server.thaw()
