"""Each thing the doctor looks at, well and unwell; and what must never be shown."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import shipped as on_disk
from small_corpus import write_small_corpus
from telegram_server import TelegramServer

from bot.doctor import examine
from bot.finding import Finding
from bot.meter import FAILED, HANDLED
from bot.metrics import PrometheusMeter
from bot.queues import Arrived
from bot.settings import Settings
from bot.storage import checkup
from bot.storage.database import Database
from index.encoder import HashingEncoder
from index.errors import EncoderProblem
from tests.bot.channels.test_telegram import opened
from tests.bot.test_metrics import serving

SECRET = "AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
TOKEN = f"123456:{SECRET}"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A small corpus, nothing built, no token."""
    return Settings(
        _env_file=None,
        embedding_model="hashing",
        data_dir=tmp_path / "var",
        corpus_dir=write_small_corpus(tmp_path / "small"),
    )


def changed(settings: Settings, **values: object) -> Settings:
    """The settings with others in their place, checked as if they had been read."""
    given = {name: getattr(settings, name) for name in ("data_dir", "corpus_dir", "embedding_model")}
    return Settings(**(given | {"_env_file": None} | values))


def found(settings: Settings) -> dict[str, Finding]:
    findings = examine(settings)
    assert len({f.what for f in findings}) == len(findings)
    assert all(SECRET not in str(f) for f in findings)
    return {f.what: f for f in findings}


ORDER = ["data", "database", "queues", "process", "model", "telegram", "corpus", "encoder", "index"]
"""What the doctor looks at, whatever is wrong."""


def test_a_finding_reads_as_one_line() -> None:
    assert str(Finding("webhook", True, "3 updates wait", heed=True)) == "! webhook: 3 updates wait"
    assert str(Finding("index", True, "3 entries")) == "✓ index: 3 entries"
    assert str(Finding("index", False, "gone; run 'python -m index'")) == "✗ index: gone; run 'python -m index'"


def test_all_is_well(shipped: on_disk.Shipped) -> None:
    findings = found(shipped.settings)
    assert list(findings) == ORDER
    assert all(f.well for f in findings.values()), [str(f) for f in findings.values()]
    assert "hashing" in findings["encoder"].detail
    assert f"{sum(p.lang == 'fr' for p in shipped.corpus.passages)} fr" in findings["corpus"].detail
    assert "entries" in findings["index"].detail
    assert "canary" in findings["index"].detail


def test_a_database_not_made_yet_is_well(settings: Settings) -> None:
    database = found(settings)["database"]
    assert database.well
    assert database.detail == f"{settings.data_dir / 'curseur.db'} will be made at the first start"


def test_a_database_in_use_tells_its_version(settings: Settings) -> None:
    Database.open(settings.database).close()
    database = found(settings)["database"]
    assert database.well
    assert "0 conversations, can be written" in database.detail


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (f"postgresql://me:{SECRET}@127.0.0.1:9/x", "DATABASE_URL"),
        ("sqlite:///.", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_opened(settings: Settings, url: str, told: str) -> None:
    database = found(changed(settings, database_url=url))["database"]
    assert not database.well
    assert told in database.detail


def test_a_damaged_database(settings: Settings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "curseur.db").write_bytes(b"nonsense" * 1_000)
    database = found(settings)["database"]
    assert not database.well
    assert "restore a backup" in database.detail


def test_without_a_token_telegram_is_well_and_told_how(settings: Settings) -> None:
    telegram = found(settings)["telegram"]
    assert telegram.well
    assert "@BotFather" in telegram.detail


def test_a_good_token_tells_the_bots_name(settings: Settings) -> None:
    with TelegramServer(token=TOKEN, username="CurseurBot") as server:
        findings = found(changed(settings, telegram_bot_token=TOKEN, telegram_api_url=server.url))
        assert findings["telegram"] == Finding("telegram", True, f"@CurseurBot on {server.url}")
        assert findings["webhook"] == Finding("webhook", True, "none: the bot asks Telegram for updates")
        assert [call.method for call in server.calls] == ["getMe", "getWebhookInfo"]


def test_a_refused_token_says_where_to_get_another(settings: Settings) -> None:
    with TelegramServer(token="123456:another") as server:
        telegram = found(changed(settings, telegram_bot_token=TOKEN, telegram_api_url=server.url))["telegram"]
    assert not telegram.well
    assert "@BotFather" in telegram.detail


def test_a_server_in_trouble(settings: Settings) -> None:
    with TelegramServer(token=TOKEN) as server:
        server.fail_next("getMe", status=502)
        telegram = found(changed(settings, telegram_bot_token=TOKEN, telegram_api_url=server.url))["telegram"]
    assert not telegram.well
    assert "502" in telegram.detail


def test_a_server_out_of_reach(settings: Settings) -> None:
    telegram = found(changed(settings, telegram_bot_token=TOKEN, telegram_api_url="http://127.0.0.1:9"))["telegram"]
    assert not telegram.well
    assert "TELEGRAM_API_URL=http://127.0.0.1:9" in telegram.detail


@contextmanager
def answering(raw: bytes) -> Iterator[str]:
    """A server that answers one connection with those bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(raw)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(5)


def http(body: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body.encode())}\r\nConnection: close\r\n\r\n{body}".encode()


@pytest.mark.parametrize("body", ["<html>Wi-Fi login</html>", "{}", json.dumps({"result": None}), "[]", ""])
def test_something_else_answers_there(settings: Settings, body: str) -> None:
    with answering(http(body)) as url:
        telegram = found(changed(settings, telegram_bot_token=TOKEN, telegram_api_url=url))["telegram"]
    assert not telegram.well


def test_something_that_speaks_no_http_answers_there(settings: Settings) -> None:
    with answering(b"SSH-2.0-OpenSSH_9.6\r\n") as url:
        telegram = found(changed(settings, telegram_bot_token=TOKEN, telegram_api_url=url))["telegram"]
    assert not telegram.well


def test_a_token_with_a_space_inside_is_not_shown(settings: Settings) -> None:
    spaced = f"123456:{SECRET[:10]} {SECRET}"
    telegram = found(changed(settings, telegram_bot_token=spaced, telegram_api_url="http://127.0.0.1:9"))["telegram"]
    assert not telegram.well


@contextmanager
def telling(webhook: dict[str, object]) -> Iterator[str]:
    """A Bot API server that knows the bot, and says that of its webhook."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"ok": True, "result": {"username": "CurseurBot"} if "getMe" in self.path else webhook})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


HOOK = f"https://bot.example/{SECRET}"


@pytest.mark.parametrize(
    ("webhook", "wanted", "mark", "told"),
    [
        ({"url": HOOK, "pending_update_count": 0}, HOOK, "✓", "Telegram calls bot.example"),
        ({"url": "", "pending_update_count": 0}, HOOK, "!", "Telegram calls nobody, and WEBHOOK_URL names bot.example"),
        ({"url": HOOK, "pending_update_count": 2}, "", "!", "and WEBHOOK_URL is empty, 2 updates wait there: start"),
        ({"url": "", "pending_update_count": 101}, "", "!", "101 updates wait there: is 'python -m bot run' running?"),
        ({"url": HOOK, "pending_update_count": 101}, HOOK, "!", "is 'python -m bot run' running?"),
        (
            {
                "url": HOOK,
                "pending_update_count": 7,
                "last_error_date": int(time.time()) - 60,
                "last_error_message": "Connection refused",
            },
            HOOK,
            "✗",
            "could not hand over updates to bot.example (Connection refused), 7 updates wait there: check",
        ),
        ({"url": HOOK, "pending_update_count": 0, "last_error_date": 1_000}, HOOK, "✓", "calls bot.example"),
        ({"url": HOOK}, HOOK, "✗", "does not tell"),
    ],
)
def test_how_telegram_hands_over_updates(
    settings: Settings, webhook: dict[str, object], wanted: str, mark: str, told: str
) -> None:
    with telling(webhook) as url:
        hook = found(changed(settings, telegram_bot_token=TOKEN, telegram_api_url=url, webhook_url=wanted))["webhook"]
    assert str(hook)[0] == mark
    assert told in hook.detail


def test_updates_set_aside_are_to_be_seen_to_and_fail_nothing(settings: Settings) -> None:
    database, queues = opened(settings.data_dir / "curseur.db")
    queues.inbox.store([Arrived(1, "telegram:4217", '{"text": "zanzibar"}')])
    [taken] = queues.inbox.take(1)
    queues.inbox.set_aside(taken, "ValueError at x.py:3 respond")
    database.close()
    flow = found(settings)["queues"]
    assert str(flow)[0] == "!"
    assert "1 × ValueError at x.py:3 respond" in flow.detail
    assert "apology" in flow.detail
    assert "4217" not in flow.detail


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")
def test_what_others_may_read(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Database.open(settings.database).close()
    file = settings.data_dir / "curseur.db"
    for folder in (settings.data_dir, tmp_path):
        folder.chmod(0o755)
    monkeypatch.setattr(checkup, "_can_be_entered", lambda folder: bool(folder.stat().st_mode & 0o011))
    assert found(settings)["database"].well
    file.chmod(0o640)
    database = found(settings)["database"]
    assert not database.well
    assert database.detail.endswith(f"chmod 600 {file}")
    settings.data_dir.chmod(0o700)
    assert found(settings)["database"].well, "nobody else gets there"
    monkeypatch.chdir(tmp_path)
    Path(".env").write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}")
    Path(".env").chmod(0o644)
    watched = changed(settings, telegram_bot_token=TOKEN, telegram_api_url="http://127.0.0.1:9")
    assert str(found(watched)["secrets"]).startswith("! secrets: other users of this machine may read .env")
    Path(".env").chmod(0o600)
    assert "secrets" not in found(watched)


def test_little_room(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.doctor.LITTLE_ROOM", 1e18)
    data = found(settings)["data"]
    assert not data.well
    assert "MB left on its disk: free some" in data.detail


def test_the_process_tells_how_it_does(settings: Settings) -> None:
    meter = PrometheusMeter()
    with serving(meter) as listen:
        watched = changed(settings, metrics_listen=listen)
        process = found(watched)["process"]
        assert str(process)[0] == "✓"
        assert "0 turns, 0 failures" in process.detail
        meter.count(HANDLED, "text", "retried")
        meter.count(FAILED, "ValueError")
        process = found(watched)["process"]
    assert str(process)[0] == "!"
    assert "1 turns, 1 failures, 0 errors logged: see 'python -m bot stats'" in process.detail
    assert found(watched)["process"] == Finding("process", True, f"no bot answers on METRICS_LISTEN={listen}")


def test_a_corpus_out_of_place(settings: Settings, tmp_path: Path) -> None:
    findings = found(changed(settings, corpus_dir=tmp_path / "elsewhere"))
    assert not findings["corpus"].well
    assert "CORPUS_DIR" in findings["corpus"].detail


def test_an_article_that_cannot_be_read_is_named(settings: Settings) -> None:
    (settings.corpus_dir / "fr" / "prices.md").write_text("No front matter", encoding="utf-8")
    corpus = found(settings)["corpus"]
    assert not corpus.well
    assert "prices.md" in corpus.detail


def test_a_corpus_is_counted(settings: Settings) -> None:
    detail = found(settings)["corpus"].detail
    for count in ("4 fr, 5 en passages", "3 concepts", "2 themes"):
        assert count in detail


def test_nothing_built_yet(settings: Settings) -> None:
    index = found(settings)["index"]
    assert not index.well
    assert "python -m index" in index.detail


def test_an_index_of_another_corpus(shipped: on_disk.Shipped, settings: Settings) -> None:
    index = found(changed(settings, data_dir=shipped.settings.data_dir))["index"]
    assert not index.well
    assert "another corpus" in index.detail
    assert "python -m index" in index.detail


def test_a_damaged_manifest(settings: Settings) -> None:
    folder = settings.data_dir / "index"
    folder.mkdir(parents=True)
    (folder / "current.json").write_bytes(b"\xff\xfe{")
    assert not found(settings)["index"].well


def test_an_encoder_that_does_not_load(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: HashingEncoder) -> None:
        raise EncoderProblem("EMBEDDING_MODEL=hashing cannot be loaded: no space left")

    monkeypatch.setattr(HashingEncoder, "warm_up", fail)
    findings = found(settings)
    assert not findings["encoder"].well
    assert "no space left" in findings["encoder"].detail
    assert "index" in findings, "the rest is still looked at"


def test_an_encoder_folder_that_is_not_there(settings: Settings) -> None:
    findings = found(changed(settings, embedding_model="/no/such/folder"))
    assert any("EMBEDDING_MODEL=/no/such/folder" in f.detail and not f.well for f in findings.values())


def test_an_encoder_folder_that_is_not_there_is_no_fault_of_the_corpus(settings: Settings) -> None:
    findings = found(changed(settings, embedding_model="/no/such/folder"))
    assert findings["corpus"].well
    assert not findings["encoder"].well


def test_a_chroma_server_out_of_reach(settings: Settings) -> None:
    index = found(changed(settings, chroma_url="http://127.0.0.1:9"))["index"]
    assert not index.well
    assert "CHROMA_URL=http://127.0.0.1:9" in index.detail


def test_a_data_folder_that_cannot_be_written(settings: Settings) -> None:
    settings.data_dir.write_text("a file where a folder should be")
    findings = found(settings)
    assert not findings["data"].well
    assert list(findings) == ORDER


def test_looking_leaves_nothing_behind(settings: Settings) -> None:
    examine(settings)
    assert list(settings.data_dir.iterdir()) == []
