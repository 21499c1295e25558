"""The real bot in processes of its own, between the loopback Bot API server and its database, and what they use."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))  # the strict server and its company are the tests'

from chaos.servers import PostgreSQL, free_ports, nginx  # noqa: E402
from telegram_control import Remote  # noqa: E402

from bench.latency import resident_mb  # noqa: E402
from index.settings import IndexSettings, read_settings  # noqa: E402

TOKEN = "123456:TEST"
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process: int) -> float:
    """Processor time that a process has used so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


@dataclass(frozen=True)
class World:
    """Everything up and ready to be talked to."""

    name: str
    telegram: Remote
    bots: tuple[int, ...]
    """Process numbers."""
    server: int
    """That of the Bot API server."""

    def used(self) -> tuple[float, float, float]:
        """Processor seconds so far: all bots together, the Bot API server, this driver."""
        return sum(map(cpu_seconds, self.bots)), cpu_seconds(self.server), time.process_time()

    def memory(self) -> float:
        """MB resident, all bots together."""
        return sum(resident_mb(bot) or 0.0 for bot in self.bots)


@contextmanager
def world(folder: Path, replicas: int = 0, rate: int = 1_000) -> Iterator[World]:
    """One process that polls on SQLite, or some replicas with a webhook behind nginx on PostgreSQL.

    Args:
        folder: for the database and the logs.
        replicas: how many; 0 is SQLite.
        rate: TELEGRAM_RATE; Telegram's own limit would cap the replies.

    Raises:
        Absent: PostgreSQL or nginx is not installed.
    """
    with ExitStack() as stack:
        folder.mkdir(parents=True, exist_ok=True)
        started = stack.enter_context(_process(["tests/telegram_server.py"], {}, folder / "server.log", pipe=True))
        assert started.stdout
        telegram = Remote(started.stdout.readline().decode().split()[-1])
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.url,
            "TELEGRAM_RATE": str(rate),
            "DATABASE_URL": f"sqlite:///{folder}/load.db",
            "DATA_DIR": str(read_settings(IndexSettings).data_dir.resolve()),
            "METRICS_LISTEN": "off",
            "LOG_LEVEL": "WARNING",
        }
        ports = free_ports(replicas) if replicas else [0]
        if replicas:
            database = PostgreSQL()
            stack.callback(database.close)
            settings |= {"DATABASE_URL": database.url, "WEBHOOK_URL": "https://bot.example/hook"}
            balancer, address = nginx(folder / "nginx", ports)
        bots = []
        for port in ports:
            own = {"WEBHOOK_LISTEN": f"127.0.0.1:{port}"} if port else {}
            bot = stack.enter_context(_process(["-m", "bot", "run"], settings | own, folder / f"bot-{port}.log"))
            bots.append(bot.pid)
        if replicas:
            balancer.start()
            stack.callback(balancer.stop)
            telegram.does("hook", url=f"{address}/hook", connections=16)
        found = World(_named(replicas), telegram, tuple(bots), started.pid)
        _until_it_answers(found)
        yield found


def _named(replicas: int) -> str:
    return f"PostgreSQL, {replicas} replica{'s'[: replicas - 1]}" if replicas else "SQLite, 1 process"


def _until_it_answers(found: World, seconds: float = 180) -> None:
    """A first question of somebody who waits until the index and the encoder are loaded, in each process."""
    people = range(900, 900 + 4 * len(found.bots))
    for chat in people:
        found.telegram.does("person", chat=chat, language_code="fr")
        found.telegram.does("says", chat=chat, text="Quels sont les coûts cachés de l'externalisation ?")
    answered: set[int] = set()
    cursor, deadline = 0, time.monotonic() + seconds
    while len(answered) < len(people):
        if time.monotonic() > deadline:
            raise SystemExit("the bot does not answer: see its log")
        cursor, shown = found.telegram.shown(after=cursor, wait=1)
        answered.update(event["chat"] for event in shown)


@contextmanager
def _process(
    arguments: list[str], environment: dict[str, str], log: Path, *, pipe: bool = False
) -> Iterator[subprocess.Popen[Any]]:
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env={**os.environ, "PYTHONUTF8": "1", **environment},
            stdout=subprocess.PIPE if pipe else errors,
            stderr=errors,
            cwd=TESTS.parent,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()
