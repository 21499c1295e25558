"""The command line: usage, settings, and the terminal chat through a real ``python -m bot``."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import shipped as on_disk
from small_corpus import write_small_corpus
from typer.testing import CliRunner, Result

from bot import __main__ as main
from bot.assistant import Assistant
from bot.channels import Responder, console, telegram
from bot.knowledge import Knowledge
from bot.meter import UNMETERED
from bot.queues import Queues
from bot.sessions import MemorySessions
from bot.settings import Settings
from bot.wording.catalogue import say

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"


@pytest.fixture(autouse=True)
def _levels_as_they_were(monkeypatch: pytest.MonkeyPatch) -> object:
    """The commands set the levels of noisy loggers, and what becomes of exceptions that nobody catches."""
    for place, hook in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(place, hook, getattr(place, hook))
    before = {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "chromadb", "urllib3", "bm25s")}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment names a small corpus, an encoder of hashes and an empty data folder."""
    monkeypatch.setenv("CORPUS_DIR", str(write_small_corpus(tmp_path / "small")))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("EMBEDDING_MODEL", "hashing")
    return tmp_path


def bot(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(main.app, words, input=typed)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["ask"], "give either a question in quotes, or --jsonl"),
        (["ask", "Combien ?", "--jsonl"], "give either a question in quotes, or --jsonl"),
        (["ask", "Combien ?", "--lang", "de"], "--lang de: expected fr or en"),
        (["chat", "--lang", "FR"], "--lang FR: expected fr or en"),
        (["ask", "Combien", "coûte"], "unexpected extra argument"),
        (["ask", "--colour"], "No such option"),
        (["fly"], "No such command"),
        (["run", "now"], "unexpected extra argument"),
    ],
)
def test_wrong_usage_ends_in_two_and_says_why(small: Path, words: list[str], told: str) -> None:
    done = bot(*words)
    assert done.exit_code == 2
    assert told.lower() in done.stderr.lower()
    assert done.stdout == ""


def test_help_names_every_command() -> None:
    told = bot("--help").stdout
    assert all(command in told for command in ("run", "chat", "ask", "doctor", "stats"))


@pytest.mark.parametrize("command", [["run"], ["chat"], ["ask", "Combien ?"], ["doctor"]])
def test_wrong_settings_are_all_told_at_once_without_their_values(
    small: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "nonsense-secret")
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    monkeypatch.setenv("CHROMA_URL", "nowhere")
    monkeypatch.setenv("DATABASE_URL", "mysql://me:nonsense-secret@127.0.0.1/x")
    done = bot(*command)
    assert done.exit_code == 2
    for name in ("TELEGRAM_BOT_TOKEN", "LOG_LEVEL", "CHROMA_URL", "DATABASE_URL"):
        assert name in done.stderr
    assert "nonsense-secret" not in done.output
    assert "Traceback" not in done.output


def test_a_corpus_that_is_not_there_ends_in_two(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORPUS_DIR", str(small / "elsewhere"))
    for done in (bot("ask", "Combien ?"), bot("assess", typed="{}"), bot("assess", "--jsonl", typed='{"id": 1}')):
        assert done.exit_code == 2
        assert done.stderr.lstrip().startswith("bot: ")
        assert "check CORPUS_DIR" in done.stderr


def test_the_doctor_ends_in_one_when_something_is_unwell(small: Path) -> None:
    done = bot("doctor")
    assert done.exit_code == 1
    assert [line[0] for line in done.stdout.splitlines()] == [*"✓✓✓✓✓✓✓✓✗"]


def test_the_doctor_ends_in_zero_when_all_is_well(shipped: on_disk.Shipped, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in shipped.environment().items():
        monkeypatch.setenv(name, value)
    done = bot("doctor")
    assert (done.exit_code, done.stdout.count("✓")) == (0, 9)


def test_one_question(shipped: on_disk.Shipped, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in shipped.environment().items():
        monkeypatch.setenv(name, value)
    done = bot("ask", "C'est quoi l'onshore ?", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["citations"][0]["passage"] == "onshore-nearshore-offshore#onshore"
    spoken = bot("ask", "onshore", "--lang", "en").stdout
    assert "same country" in spoken
    assert "\n  → " in spoken


def test_without_a_token_run_talks_in_the_terminal(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talks: list[tuple[Responder, str | None]] = []
    monkeypatch.setattr(console, "run", lambda responder, lang: talks.append((responder, lang)))
    monkeypatch.setattr(Knowledge, "warm_in_background", lambda self: None)
    done = bot("run")
    assert done.exit_code == 0
    assert "@BotFather" in done.stderr
    assert "TELEGRAM_BOT_TOKEN" in done.stderr
    [(responder, lang)] = talks
    assert isinstance(responder, Assistant)
    assert lang is None
    assert bot("chat", "--lang", "en").stderr == ""
    assert talks[1][1] == "en"


def test_with_a_token_run_talks_on_telegram(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[tuple[str, str]] = []
    warmed: list[Knowledge] = []
    monkeypatch.setattr(Knowledge, "warm_in_background", lambda self: warmed.append(self))
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", f" {TOKEN} ")
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:9/")

    def run(token: str, url: str, responder: Responder, queues: Queues, on_ready: object, *_: object) -> None:
        assert isinstance(responder, Assistant)
        assert queues.inbox.waiting().number == 0
        assert callable(on_ready)
        assert warmed == [], "polling comes before the models are loaded"
        on_ready()
        runs.append((token, url))

    monkeypatch.setattr(telegram, "run", run)
    assert bot("run").exit_code == 0
    assert runs == [(TOKEN, "http://127.0.0.1:9")]
    assert len(warmed) == 1


def test_a_taken_port_costs_the_figures_and_nothing_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        settings = Settings(_env_file=None, data_dir=tmp_path, metrics_listen=listen)
        storage = main.build_storage(settings)
        assert main.build_meter(settings, storage.queues) is UNMETERED
        storage.close()
    assert f"METRICS_LISTEN={listen} cannot be listened on (Address already in use)" in caplog.text


def test_the_composition_follows_the_settings(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, default_language="en", data_dir=tmp_path, corpus_dir=tmp_path)
    assistant = main.build_assistant(settings, main.build_knowledge(settings), MemorySessions())
    assert assistant.commands("en")[0][0] == "start"
    assert list(tmp_path.iterdir()) == []


def test_a_conversation_through_a_pipe(shipped: on_disk.Shipped) -> None:
    typed = "/start\nC'est quoi l'onshore ?\n1\nen anglais ?\nmerci\n/quit\n"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "bot", "chat", "--lang", "fr"],
        input=typed,
        env=shipped.environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    welcome, answer = done.stdout.split("L’onshore confie votre service client", 1)
    assert welcome.startswith(say("fr", "welcome"))
    assert "[1] [1]" in answer
    assert "Article relu le" in answer
    assert "Onshore" in answer
    assert answer.rstrip().endswith(say("fr", "thanks"))


# Scripts: ``assess`` and ``understand``


def run_bot(*words: str, typed: bytes) -> subprocess.CompletedProcess[bytes]:
    """A real ``python -m bot``, in an environment of its own."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "bot", *words], input=typed, capture_output=True, timeout=60, check=False
    )


def assessed(*words: str, typed: str | bytes) -> Result:
    """The same without a process of its own."""
    return CliRunner().invoke(main.app, ["assess", *words], input=typed)


def test_answers_give_one_json_object(small: Path) -> None:
    done = assessed(typed=b'{"unique_knowhow": true, "flow_name": "\xc3\x89t\xc3\xa9", "lang": "en"}')
    assert (done.exit_code, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["verdict"], told["flow"], told["lang"]) == ("in_house", "Été", "en")


def test_lines_through_a_pipe_go_on_after_a_bad_one(small: Path) -> None:
    done = run_bot("assess", "--jsonl", typed='{"id": 1}\nnonsense\n{"id": "é"}\n'.encode())
    assert done.returncode == 2
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1, "é"]
    [line] = done.stderr.splitlines()
    assert line.startswith(b"line 2: ")


def test_words_through_a_pipe_are_understood() -> None:
    lines = [
        {"id": 1, "field": "monthly_volume", "text": "3 000 par mois", "lang": "fr"},
        {"id": 2, "field": "shoe_size", "text": "42"},
        {"id": 3, "field": "monthly_volume", "text": "no idea", "lang": "en"},
        {"id": 4, "field": "monthly_volume", "text": "entre 2 000 et 4 000"},
    ]
    done = run_bot("understand", "--jsonl", typed="\n".join(map(json.dumps, lines)).encode())
    assert done.returncode != 0
    first, third, fourth = map(json.loads, done.stdout.splitlines())
    assert (first["id"], first["kind"], first["value"]) == (1, "value", 3_000)
    assert (third["id"], third["kind"]) == (3, "unknown")
    assert fourth["range"] == [2_000, 4_000]
    assert done.stderr.startswith(b"line 2: no such field")
    assert CliRunner().invoke(main.app, ["understand"], input=json.dumps(lines[0])).exit_code == 0


def test_every_wrong_answer_is_named_with_its_reason(small: Path) -> None:
    done = assessed(typed='{"monthly_volume": -1, "priority": "speed", "unique_knowhow": "yes", "shoe_size": 42}')
    assert (done.exit_code, done.stdout) == (2, "")
    first, *told = done.stderr.splitlines()
    assert first.startswith("bot: ")
    assert [line.partition(":")[0] for line in told] == ["monthly_volume", "priority", "unique_knowhow"]
    assert all(line.partition(": ")[2] for line in told)


@pytest.mark.parametrize(
    "typed",
    [
        *("", " \n", "nonsense", "[]", "[1, 2]", '"cost"', "null", "3", "{", '{"monthly_volume": NaN}', "{}{}"),
        *('{"monthly_volume": 1' + "0" * 5_000 + "}", '{"monthly_volume": 1' + "0" * 400 + "}"),
        *('{"flow_name": ' + "[" * 100_000, '{"flow_name": ' + "[" * 800 + "]" * 800 + "}"),
        '{"flow_name": "' + "x" * 5_000_000 + '"}',
        '{"hours_needed": "' + "9h-18h " * 100_000 + '"}',
        b"\xff\xfe{",
    ],
    ids=lambda typed: repr(typed)[:24],
)
def test_what_is_no_set_of_answers_ends_in_two_and_says_why(small: Path, typed: str | bytes) -> None:
    done = assessed(typed=typed)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("bot: ")
    assert len(done.stderr) < 600
    assert "Traceback" not in done.output


def test_odd_keys_are_told_of_and_break_nothing(small: Path) -> None:
    done = assessed(typed=json.dumps({"\ud800": 1, "k" * 100_000: 2, "": 3, "unique_knowhow": True}))
    assert done.exit_code == 0
    keys = [key for w in json.loads(done.stdout)["warnings"] if w["id"] == "unknown-key" for key in w["fields"]]
    assert [len(key) for key in keys] == [1, 200, 0]


def test_documents_are_written_beside_the_json(small: Path) -> None:
    pdf, docx, charts = small / "a.pdf", small / "b.docx", small / "c" / "d"
    answers = {"monthly_volume": 8_000, "aht_minutes": 5, "agents_fte": 8, "objective": ["cost"]}
    done = assessed("--pdf", str(pdf), "--docx", str(docx), "--charts", str(charts), typed=json.dumps(answers))
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout)["text"]
    assert pdf.read_bytes().startswith(b"%PDF")
    assert docx.read_bytes().startswith(b"PK")
    assert {path.suffix for path in charts.iterdir()} == {".png"}


@pytest.mark.parametrize("option", ["--docx", "--charts"])
def test_where_nothing_can_be_written_one_line_says_so(small: Path, option: str) -> None:
    (small / "file").write_text("")
    done = assessed(option, str(small / "file" / "x"), typed="{}")
    assert (done.exit_code, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert line.startswith(f"bot: cannot write {small / 'file'}")


def test_documents_and_lines_do_not_go_together(small: Path) -> None:
    done = assessed("--jsonl", "--pdf", str(small / "a.pdf"), typed='{"id": 1}')
    assert (done.exit_code, done.stdout) == (2, "")
    assert "--jsonl" in done.stderr
    assert not (small / "a.pdf").exists()
