"""What is configured, reachable, built and stale, and how to mend it."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.doctor_model import model
from bot.doctor_telegram import telegram
from bot.finding import Finding
from bot.settings import Settings
from bot.storage.errors import StorageProblem
from index.errors import IndexProblem
from index.opening import Library

LITTLE_ROOM = 300_000_000
"""Bytes: with less on the disk, an index cannot be built anew, and soon nothing kept."""

_MISTAKES = "their people got an apology, nothing of them is kept; each reason names the line of the program to mend"


def examine(settings: Settings) -> list[Finding]:
    """Look at everything; never raises, never shows a secret."""
    findings = [
        _checked("data", lambda: _data(settings)),
        _checked("database", lambda: _database(settings)),
        _checked("queues", lambda: _queues(settings)),
        _checked("process", lambda: _process(settings)),
        _checked("model", lambda: model(settings)),
        *_secrets(settings),
        *telegram(settings),
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
    free = shutil.disk_usage(folder).free
    if free < LITTLE_ROOM:
        return Finding("data", False, f"DATA_DIR={folder}: {free / 1e6:.0f} MB left on its disk: free some")
    return Finding("data", True, f"DATA_DIR={folder} can be written, {free / 1e9:.1f} GB left on its disk")


def _database(settings: Settings) -> Finding:
    from bot.storage import checkup  # which loads SQLAlchemy

    told = checkup.look(settings.database)
    if bared := checkup.open_to_others(settings.database):
        names = " ".join(shlex.quote(str(file)) for file in bared)
        return Finding("database", False, f"other users of this machine can read it: chmod 600 {names}")
    return Finding("database", True, told)


def _queues(settings: Settings) -> Finding:
    from bot.storage import checkup

    flow = checkup.queues(settings.database)
    hint = f": {_MISTAKES}" if flow.well and flow.aside else ""
    return Finding("queues", flow.well, flow.told + hint, heed=flow.aside)


def _process(settings: Settings) -> Finding:
    if not settings.metrics_listen:
        return Finding("process", True, "METRICS_LISTEN=off: what the bot does is not known here")
    from bot.metrics_reading import read

    running = read(settings.metrics_listen)
    if running is None:
        return Finding("process", True, f"no bot answers on METRICS_LISTEN={settings.metrics_listen}")
    failed = sum(running.failures.values())
    turns = sum(running.turns.values())
    since = f" since {running.since:%Y-%m-%d %H:%M} UTC" if running.since else ""
    told = f"runs{since}: {turns} turns, {failed} failures, {running.logged.get('error', 0)} errors logged"
    hint = ": see 'python -m bot stats' and the log" if failed else ""
    return Finding("process", True, told + hint, heed=bool(failed))


def _secrets(settings: Settings) -> Iterator[Finding]:
    """A ``.env`` file that others may read, if there is one."""
    file = Path(".env")
    if settings.telegram_bot_token and os.name == "posix" and file.is_file() and file.stat().st_mode & 0o077:
        yield Finding("secrets", True, "other users of this machine may read .env: chmod 600 .env", heed=True)


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
