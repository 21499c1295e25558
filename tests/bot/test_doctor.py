"""Each thing the doctor looks at, well and unwell; and what must never be shown."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import shipped as on_disk
from small_corpus import write_small_corpus
from telegram_server import TelegramServer

from bot.doctor import Finding, examine
from bot.settings import Settings
from bot.storage.database import Database
from index.encoder import HashingEncoder
from index.errors import EncoderProblem

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


def test_a_finding_reads_as_one_line() -> None:
    assert str(Finding("index", True, "3 entries")) == "✓ index: 3 entries"
    assert str(Finding("index", False, "gone; run 'python -m index'")) == "✗ index: gone; run 'python -m index'"


def test_all_is_well(shipped: on_disk.Shipped) -> None:
    findings = found(shipped.settings)
    assert list(findings) == ["data", "database", "queues", "telegram", "corpus", "encoder", "index"]
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
        telegram = found(changed(settings, telegram_bot_token=TOKEN, telegram_api_url=server.url))["telegram"]
        assert telegram == Finding("telegram", True, f"@CurseurBot on {server.url}")
        assert [call.method for call in server.calls] == ["getMe"]


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
    assert list(findings) == ["data", "database", "queues", "telegram", "corpus", "encoder", "index"]


def test_looking_leaves_nothing_behind(settings: Settings) -> None:
    examine(settings)
    assert list(settings.data_dir.iterdir()) == []
