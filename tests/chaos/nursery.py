"""``python -m chaos.nursery``: bears bots that can die many times: forked from a process that has loaded everything.

Reads a line of JSON from standard input for each thing to do, writes one for each thing that happened:

    {"bear": "a", "step": "after send", "time": 3, "listen": "127.0.0.1:8081"}   {"up": "a"}, {"struck": "after send"}
    {"kill": "a"}, {"end": "a"}                                                  {"died": "a", "signal": 9, "status": 0}
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import chromadb.api.fastapi
import chromadb.api.rust  # noqa: F401 - loaded once for all, as what follows
import matplotlib.pyplot  # noqa: F401
import typer
from tqdm import tqdm

import bot.channels.telegram
import bot.channels.telegram_webhook
import bot.faq.faq
import bot.report.as_json
import bot.report.charts
import bot.storage.inbox  # noqa: F401
from bot import __main__ as command
from bot import composition
from bot.knowledge import Knowledge
from bot.settings import Settings
from chaos.scripts import NOBODY
from chaos.steps import Fate, watched


def main() -> None:
    """Until standard input ends; then all that lives is killed."""
    load()
    alive: dict[str, int] = {}
    rest = b""
    say({"ready": True})
    while True:
        readable, _, _ = select.select([0], [], [], 0.02)
        if readable:
            read = os.read(0, 65_536)
            if not read:
                break
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                do(json.loads(line), alive)
        bury(alive)
    for pid in alive.values():
        os.kill(pid, signal.SIGKILL)


def load() -> None:
    """All that a life would spend its time on: what it imports when it needs it, and the interview."""
    interview = composition.build_interview()
    composition.build_interview = lambda: interview
    tqdm.set_lock(threading.RLock())  # its own is shared by all that are forked, and one may die holding it
    by_words = Settings().model_copy(update={"chroma_url": NOBODY})  # a connection does not survive a fork
    composition.build_knowledge(by_words).warm()


def do(order: dict[str, Any], alive: dict[str, int]) -> None:
    """Carry out one order."""
    match order:
        case {"bear": name}:
            alive[name] = pid = os.fork()
            if not pid:
                _exit_with(lambda: live(order))
        case {"kill": name} if name in alive:
            os.kill(alive[name], signal.SIGKILL)
        case {"end": name} if name in alive:
            os.kill(alive[name], signal.SIGTERM)


def _exit_with(life: Callable[[], None]) -> NoReturn:
    """Ends this process as Python does, without what its parent would still have done."""
    status = 1
    try:
        life()
        status = 0
    except typer.Exit as stop:
        status = stop.exit_code
    except SystemExit as stop:
        print(stop, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def bury(alive: dict[str, int]) -> None:
    """Say who died."""
    while alive:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        [name] = [name for name, its in alive.items() if its == pid]
        del alive[name]
        code = os.waitstatus_to_exitcode(status)
        say({"died": name, "signal": max(-code, 0), "status": max(code, 0)})


def say(what: dict[str, Any]) -> None:
    """Tell it to whoever listens."""
    os.write(1, json.dumps(what).encode() + b"\n")


def live(order: dict[str, Any]) -> None:
    """What ``python -m bot run`` does, its steps watched."""
    build_storage, warm = command.build_storage, Knowledge.warm

    def build_watched(settings: Settings) -> Any:
        storage = build_storage(settings)
        return storage._replace(queues=watched(storage.queues, Fate(order["step"], order["time"])))

    def warm_and_say_so(knowledge: Knowledge, *args: Any) -> None:
        try:
            warm(knowledge, *args)
        finally:
            say({"up": order["bear"]})

    command.build_storage = build_watched
    Knowledge.warm = warm_and_say_so  # type: ignore[method-assign]
    if order["listen"]:
        os.environ["WEBHOOK_LISTEN"] = order["listen"]
    command.run()


if __name__ == "__main__":
    main()
