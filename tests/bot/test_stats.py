"""What ``bot stats`` says: of a database that holds something, of none, of a process that runs or does not."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import __main__ as main
from bot.feedback import Opinion, Reason, Verdict
from bot.meter import CALLS, FAILED, HANDLED, LLM_CALLS, LLM_COST, MESSAGES, RECEIVED, STAGE
from bot.metrics import PrometheusMeter
from bot.queues import Arrived, Outgoing
from bot.sessions import Session
from bot.settings import Settings
from bot.stats import STAGES, as_json, gather, span, told
from bot.storage.database import Database, parse
from bot.storage.feedback import SqlFeedback
from bot.storage.sessions import SqlSessions
from tests.bot.channels.test_telegram import opened
from tests.bot.test_metrics import serving


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path / "var")  # type: ignore[call-arg]


def listening(settings: Settings, listen: str) -> Settings:
    return Settings(_env_file=None, data_dir=settings.data_dir, metrics_listen=listen)  # type: ignore[call-arg]


def lines(settings: Settings) -> list[str]:
    return list(told(gather(settings)))


def fill(settings: Settings) -> None:
    """Three conversations, one of them long ago, one interview; of everything else, something."""
    database, queues = opened(settings.data_dir / "curseur.db")
    now = datetime.now(UTC)
    old = SqlSessions(database, lambda: now - timedelta(days=40))
    old.put("telegram:4217", Session("fr"))
    sessions = SqlSessions(database)
    sessions.put("telegram:4218", Session("en", ("zanzibar",)))
    sessions.put("telegram:4219", Session("fr", (), {"said": "zanzibar"}))
    queues.inbox.store([Arrived(n, f"telegram:{n}", '{"text": "zanzibar"}') for n in range(1, 6)])
    for taken, reason in zip(queues.inbox.take(4), ("KeyError at a.py:1", *["ValueError at b.py:2"] * 2), strict=False):
        queues.inbox.set_aside(taken, reason, [Outgoing(taken.chat, "{}")])
    [first, *_] = queues.outbox.take(1)
    queues.outbox.drop(first, "blocked")
    opinions = SqlFeedback(database)
    opinions.put("telegram:4217", Opinion("a", Verdict.UP, None, "fr", ("costs#hourly",)))
    opinions.put("telegram:4218", Opinion("a", Verdict.DOWN, Reason.OFF_TOPIC, "fr", ("costs#hourly",)))
    opinions.put("telegram:4219", Opinion("=x.1", Verdict.DOWN, None, "fr"))
    database.close()


def test_nothing_yet(settings: Settings) -> None:
    assert lines(settings) == [
        "Nothing is kept yet: the database is made when the bot first starts.",
        "",
        "METRICS_LISTEN=off: what a process has done since its start is not known.",
    ]
    assert not settings.data_dir.exists(), "asking makes nothing"
    assert as_json(gather(settings)) == {"held": None, "running": None, "listen": ""}


def test_what_is_held(settings: Settings) -> None:
    fill(settings)
    since = (datetime.now(UTC) - timedelta(days=40)).date()
    said = lines(settings)
    assert said[0] == f"Conversations kept: 3, the oldest since {since}; 2 within a day."
    assert said[1] == "Interviews kept: 1; 1 continued within a day."
    assert said[2].startswith("Updates to handle: 2, the oldest for ")
    assert said[3:9] == [
        "Updates set aside, each with an apology: 3.",
        "  2 × ValueError at b.py:2",
        "  1 × KeyError at a.py:1",
        *(line for line in said if line.startswith("Messages to send: 2, the oldest for ")),
        "Messages dropped: 1.",
        "  1 × blocked",
    ]
    assert said[9:15] == [
        "Feedback on answers: 1 found good, 1 not.",
        "Feedback on advice: 0 found good, 1 not.",
        "  1 × no reason given",
        "  1 × off topic",
        "Passages most often cited by answers found bad:",
        "  1 × costs#hourly",
    ]
    assert "zanzibar" not in "\n".join(said)
    assert "421" not in "\n".join(said)


def test_reading_changes_nothing(settings: Settings) -> None:
    fill(settings)
    file = settings.data_dir / "curseur.db"
    before = file.read_bytes()
    assert lines(settings)[:2] == lines(settings)[:2]
    assert file.read_bytes() == before


def test_what_a_process_tells(settings: Settings) -> None:
    meter = PrometheusMeter()
    meter.count(RECEIVED, "message", "new", by=5)
    meter.count(HANDLED, "text", "done", by=3)
    meter.count(HANDLED, "press", "set_aside")
    meter.count(FAILED, "ValueError", by=4)
    meter.count(MESSAGES, "sent", "none", by=4)
    meter.count(LLM_CALLS, "timeout")
    meter.count(LLM_COST, by=1.5)
    meter.count(CALLS, "sendMessage", "429", by=2)
    for seconds in (0.003, 0.003, 3.0):
        meter.time(STAGE, seconds, "turn")
    meter.time(STAGE, 1e9, "send")
    with serving(meter) as listen:
        said = lines(listening(settings, listen))
        running = as_json(gather(listening(settings, listen)))["running"]
    assert said[2].startswith(f"The process on {listen} runs")
    assert said[3:] == [
        "Updates received: 5; turns: 3 done, 1 set aside.",
        "Why turns failed: 4 ValueError.",
        "Questions: none.",
        "Interviews: none.",
        "Calls of the language model: 1 timeout; cost 1.50, in the currency of LLM_PRICE.",
        "Messages: 4 sent; Telegram asked 2 times to slow down.",
        "Warnings and errors logged: none.",
        "Time for the turn: at most 5 ms for half of 3, at most 5 s for 95 in 100.",
        "Time for the sending: longer than can be told for half of 1, longer than can be told for 95 in 100.",
    ]
    assert running["turns"] == {"done": 3, "set_aside": 1}
    assert running["stages"]["turn"] == {"times": 3, "half": 0.005, "most": 5.0}
    assert running["stages"]["send"] == {"times": 1, "half": None, "most": None}


def test_nobody_answers(settings: Settings) -> None:
    last = lines(listening(settings, "127.0.0.1:9"))[-1]
    assert last.startswith("No bot answers on METRICS_LISTEN=127.0.0.1:9")


def test_every_stage_has_its_words() -> None:
    assert all(f"{stage}: " in STAGE.meaning for stage in STAGES)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7_200, "2 h"), (200_000, "2 days")]
)
def test_durations_are_rounded_to_what_matters(seconds: int, said: str) -> None:
    assert span(timedelta(seconds=seconds)) == said


@pytest.fixture
def environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
    return settings


def test_the_command_prints_words_or_json(environment: Settings) -> None:
    fill(environment)
    done = CliRunner().invoke(main.app, ["stats"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("Conversations kept: 3")
    found = json.loads(CliRunner().invoke(main.app, ["stats", "--json"]).stdout)
    assert found["held"]["conversations"] == 3
    assert found["held"]["updates"]["aside"] == 3
    assert found["held"]["updates_aside"] == [["ValueError at b.py:2", 2], ["KeyError at a.py:1", 1]]
    assert found["held"]["feedback"]["reasons"] == {"": 1, "off_topic": 1}
    assert datetime.fromisoformat(found["held"]["since"]) < datetime.now(UTC) - timedelta(days=39)


def test_a_database_that_cannot_be_read_is_told_in_one_line(environment: Settings) -> None:
    environment.data_dir.mkdir()
    file = environment.data_dir / "curseur.db"
    file.write_bytes(b"nonsense" * 1_000)
    done = CliRunner().invoke(main.app, ["stats"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "restore a backup" in done.stderr
    file.unlink()
    with Database.unchecked(parse(f"sqlite:///{file}")).writing() as connection:
        connection.exec_driver_sql("CREATE TABLE other (x)")
    done = CliRunner().invoke(main.app, ["stats"])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "start it first" in done.stderr
