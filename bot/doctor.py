"""What is configured, reachable, built and stale, and how to mend it."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from bot.settings import Settings
from bot.storage.errors import StorageProblem
from index.errors import IndexProblem
from index.opening import Library


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    well: bool
    detail: str
    """What was found; when it is not well, what mends it."""

    def __str__(self) -> str:
        return f"{'✓' if self.well else '✗'} {self.what}: {self.detail}"


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; never raises, never shows a secret."""
    findings = [
        _checked("data", lambda: _data(settings)),
        _checked("database", lambda: _database(settings)),
        _checked("queues", lambda: _queues(settings)),
        _checked("telegram", lambda: _telegram(settings)),
    ]
    try:
        library = Library(settings)
    except IndexProblem as problem:
        return [*findings, Finding("corpus", False, str(problem))]
    findings.append(_corpus(library))
    findings.append(_checked("encoder", lambda: _encoder(settings, library)))
    findings.append(_checked("index", lambda: _index(library)))
    return findings


def _checked(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except (IndexProblem, StorageProblem, OSError) as problem:
        return Finding(what, False, str(problem))


def _data(settings: Settings) -> Finding:
    folder = settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".doctor"
    probe.write_text("ok", encoding="utf-8")
    probe.unlink()
    return Finding("data", True, f"DATA_DIR={folder} can be written")


def _database(settings: Settings) -> Finding:
    from bot.storage import checkup  # which loads SQLAlchemy

    return Finding("database", True, checkup.look(settings.database))


def _queues(settings: Settings) -> Finding:
    from bot.storage import checkup

    return Finding("queues", *checkup.queues(settings.database))


def _telegram(settings: Settings) -> Finding:
    if settings.telegram_bot_token is None:
        return Finding(
            "telegram", True, "no TELEGRAM_BOT_TOKEN: the bot talks in the terminal (@BotFather gives a token)"
        )
    url = f"{settings.telegram_api_url}/bot{settings.telegram_bot_token.get_secret_value()}/getMe"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (an http address, checked by Settings)
            name = json.load(answer)["result"]["username"]
    except urllib.error.HTTPError as error:
        if error.code in (401, 404):
            return Finding("telegram", False, "TELEGRAM_BOT_TOKEN is refused: copy it again from @BotFather")
        return Finding(
            "telegram", False, f"TELEGRAM_API_URL={settings.telegram_api_url} answers {error.code}: try later"
        )
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return Finding(
            "telegram", False, f"TELEGRAM_API_URL={settings.telegram_api_url} cannot be reached: check the network"
        )
    return Finding("telegram", True, f"@{name} on {settings.telegram_api_url}")


def _corpus(library: Library) -> Finding:
    passages = library.corpus.passages
    counts = ", ".join(f"{sum(p.lang == lang for p in passages)} {lang}" for lang in ("fr", "en"))
    questions = sum(len(p.questions) for p in passages)
    detail = f"{counts} passages, {questions} sample questions, {len(library.concepts)} concepts"
    return Finding("corpus", True, f"{detail}, {len(library.corpus.themes)} themes beyond it")


def _encoder(settings: Settings, library: Library) -> Finding:
    library.encoder.warm_up()
    return Finding("encoder", True, f"EMBEDDING_MODEL={settings.embedding_model} loads ({library.encoder.fingerprint})")


def _index(library: Library) -> Finding:
    if why := library.stale():
        return Finding("index", False, f"{library.store.where()}: {why}; run 'python -m index'")
    manifest = library.published()
    detail = f"{manifest.entries} entries, built {manifest.created}, canary {manifest.canary:.3f}"
    return Finding("index", True, f"{library.store.where()}: {detail}")
