"""Real conversations through a strict Bot API server, with every failure there is: no log tells who said what.

All that is logged is scanned, at the lowest level, in both forms, tracebacks and libraries included; and so are the
figures that Prometheus reads.
"""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from recording_meter import RecordingMeter
from small_corpus import write_small_corpus
from telegram_chats import Person
from telegram_server import TelegramServer

from bot.assistant import Assistant
from bot.blind import blind
from bot.channels import telegram_sending, telegram_turns
from bot.composition import build_assistant, build_knowledge
from bot.logs import Discretion, Shape, count_into, keep_out_of_logs
from bot.messages import Incoming, Reply
from bot.meter import CALLS, FAILED, HANDLED, INTERVIEWS, LOGGED, MESSAGES, QUESTIONS, RECEIVED, STAGE
from bot.queues import MAX_FAILURES
from bot.sessions import MemorySessions, Sessions
from bot.settings import Settings
from tests.bot.channels.test_telegram import TOKEN, live

ZOE = {"chat_id": 7351913573, "first_name": "Zébulonne", "last_name": "Quetzal", "username": "zebulonne_q"}
YAN = {"chat_id": 7351913574, "first_name": "Yancou", "username": "yancou_q"}
QUESTION = "Combien coûte une heure à Zanzibar, demande Hurluberlue ?"
BREAKS = "Hurluberlue casse tout"
POISON = "Hurluberlue empoisonne"
SECRETS = (
    *(TOKEN, TOKEN.partition(":")[2], "hurluberlue", "zanzibar", "meublotron"),
    *(str(value).lower() for person in (ZOE, YAN) for value in person.values()),
    "7351913",
)
"""What no log may hold, in lower case."""


class Fragile:
    """The assistant, which breaks at some words, and quotes them as it does."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def within(self, sessions: Sessions) -> Fragile:
        return Fragile(self._assistant.within(sessions))

    def respond(self, incoming: Incoming) -> Sequence[Reply]:
        if incoming.text == BREAKS:
            try:
                raise KeyError(incoming)
            except KeyError as error:
                raise ValueError(f"{incoming.chat} said {incoming.text!r}") from error
        return self._assistant.respond(incoming)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)


@pytest.fixture
def meter() -> RecordingMeter:
    return RecordingMeter()


@pytest.fixture
def logged(meter: RecordingMeter, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[io.StringIO]]:
    """All that is logged, as text and as JSON."""
    root = logging.getLogger()
    outputs = [io.StringIO(), io.StringIO()]
    monkeypatch.setattr(root, "handlers", list(root.handlers))
    level = root.level
    root.setLevel(logging.DEBUG)
    for output, form in zip(outputs, ("text", "json"), strict=True):
        handler = logging.StreamHandler(output)
        handler.setFormatter(Shape(form))
        handler.addFilter(Discretion())
        root.addHandler(handler)
    count_into(meter)
    keep_out_of_logs(TOKEN)
    yield outputs
    root.setLevel(level)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telegram_sending, "_BACKOFF", (0.01, 0.02))
    monkeypatch.setattr(telegram_turns, "_BACKOFF", (0.01, 0.02))


@pytest.fixture
def server() -> Iterator[TelegramServer]:
    with TelegramServer(token=TOKEN, username="CurseurBot") as server:
        yield server


@pytest.fixture
def small_settings(tmp_path: Path) -> Settings:
    """A small corpus, to be indexed by hashes."""
    corpus = write_small_corpus(tmp_path / "small")
    return Settings(_env_file=None, embedding_model="hashing", data_dir=tmp_path / "var", corpus_dir=corpus)  # type: ignore[call-arg]


@contextmanager
def without_a_table(file: Path, name: str) -> Iterator[None]:
    """Every statement about it fails meanwhile, as on a damaged database."""
    for change in (f"RENAME TO hidden_{name}", f"hidden_{name} RENAME TO {name}"):
        with closing(sqlite3.connect(file, timeout=10)) as connection:
            connection.execute(f"ALTER TABLE {name if change.startswith('RENAME') else ''} {change}")
        if change.startswith("RENAME"):
            yield


def plays(server: TelegramServer, zoe: Person, yan: Person, failed: Callable[[str], bool]) -> None:
    """What people do, one after the other; each step has its answer before the next."""

    def says(person: Person, text: str, more: int = 1) -> None:
        wanted = len(person.chat.messages) + more
        person.says(text)
        person.chat.wait_messages(wanted)

    says(zoe, "/start")
    says(zoe, QUESTION)
    says(zoe, "/start ask_Hurluberlue")
    says(zoe, "/zanzibar Hurluberlue")
    says(zoe, "/entretien")
    says(zoe, "coûts, dit Hurluberlue")
    says(zoe, "Nous sommes Meublotron, de Zanzibar, et voulons réduire nos coûts")
    zoe.forges(zoe.chat.messages[-1], "Hurluberlue:zanzibar")
    wanted = len(zoe.chat.messages) + 3
    zoe.sends_photo("Hurluberlue à Zanzibar")
    zoe.sends_voice()
    zoe.chat.wait_messages(wanted)
    # Telegram refuses, fails, floods, hangs up, is blocked.
    server.fail_next("sendMessage", times=2)
    server.drop_next("sendMessage", times=1, before=True)
    says(zoe, "/aide")
    server.limit_chat(zoe.chat.id, 1)
    says(zoe, QUESTION)
    yan.says("Hurluberlue arrive")
    yan.chat.wait_messages(1)
    yan.says("Hurluberlue part")
    yan.blocks()
    # The bot breaks, cannot read, and has no database.
    says(zoe, BREAKS)
    server.deliver({"message": {"text": POISON, "chat": {"id": ZOE["chat_id"]}, "date": "Hurluberlue"}})
    server.wait_for(lambda: failed("set_aside"))
    with without_a_table(Path("curseur.db"), "conversations"):
        zoe.says("Hurluberlue attend")
        server.wait_for(lambda: failed("StorageProblem"))
    zoe.chat.wait_messages(len(zoe.chat.messages) + 1)


def test_no_log_and_no_figure_tells_who_said_what(
    server: TelegramServer, logged: list[io.StringIO], meter: RecordingMeter, small_settings: Settings
) -> None:
    knowledge = build_knowledge(small_settings)
    knowledge.warm()
    zoe = server.person(language_code="fr", **ZOE)  # type: ignore[arg-type]
    yan = server.person(language_code="fr", **YAN)  # type: ignore[arg-type]

    def forgotten() -> None:
        async def fail() -> None:
            raise ValueError(f"{TOKEN} {QUESTION}")

        task = asyncio.get_running_loop().create_task(fail())
        task.add_done_callback(lambda _: None)

    def failed(what: str) -> bool:
        return any(what in key for key in (*meter.of(HANDLED), *meter.of(FAILED)))

    assistant = Fragile(build_assistant(small_settings, knowledge, MemorySessions(), meter))
    live(server, lambda: plays(server, zoe, yan, failed), assistant, forgotten, meter=meter)
    gc.collect()

    text, lines = (output.getvalue() for output in logged)
    for told in (text.lower(), lines.lower(), repr(meter.counted).lower(), repr(meter.timed).lower()):
        assert [secret for secret in SECRETS if secret.lower() in told] == []
    said = {m.text for chat in server.chats.values() for m in chat.history if len(m.text) > 12}
    assert [each for each in said if each in text] == []
    _has_told_what_went_wrong(text, [json.loads(line) for line in lines.splitlines()], zoe)
    _has_counted_it(meter)


def _has_told_what_went_wrong(text: str, records: list[dict[str, str]], zoe: Person) -> None:
    """The scan proves something: each failure was there to be told."""
    assert "no reply to a text: ValueError (from KeyError) at test_nothing_in_logs.py:" in text
    assert "cannot be read: " in text
    assert "StorageProblem" in text
    assert "blocked the bot or removed it" in text
    assert "message tried again in 0.01 s" in text
    assert "Task exception was never retrieved" in text
    broken = [record for record in records if record.get("reason") == "ValueError"]
    assert len(broken) == MAX_FAILURES
    assert {record["conversation"] for record in broken} == {blind(f"telegram:{zoe.chat.id}")}
    assert {record["kind"] for record in broken} == {"text"}
    assert len({record["update"] for record in broken}) == 1


def _has_counted_it(meter: RecordingMeter) -> None:
    received, handled = meter.of(RECEIVED), meter.of(HANDLED)
    assert received["callback_query", "new"] == 1
    assert received["message", "new"] == 16
    assert handled["text", "set_aside"] == handled["none", "set_aside"] == 1
    assert handled["press", "done"] == handled["media", "done"] == 1
    assert handled["text", "retried"] >= MAX_FAILURES
    assert meter.of(FAILED)["ValueError",] == MAX_FAILURES
    assert meter.of(FAILED)["StorageProblem",] >= 1
    assert meter.of(MESSAGES)["later", "flood"] == 1
    assert meter.of(MESSAGES)["dropped", "blocked"] == 1
    calls = meter.of(CALLS)
    assert calls["sendMessage", "500"] == 2
    assert calls["sendMessage", "429"] == calls["sendMessage", "none"] == 1
    assert sum(meter.of(QUESTIONS).values()) >= 3
    assert meter.of(INTERVIEWS)["begun",] == 1
    assert meter.of(LOGGED)["error", "bot.channels.telegram_turns"] > MAX_FAILURES
    assert {stage: len(times) for (_, stage), times in meter.timed.items()}.keys() == {"store", "inbox", "turn", "outbox", "send"}  # fmt: skip # noqa: E501
    assert len(meter.timed[STAGE, "turn"]) == sum(handled.values())
    again = MAX_FAILURES - 1
    assert len(meter.timed[STAGE, "inbox"]) == sum(handled.values()) - again, "an update that failed waits once"
    assert all(seconds >= 0 for times in meter.timed.values() for seconds in times)
