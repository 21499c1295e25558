"""``python -m index``: what it prints, where, and how it ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from index.__main__ import bring_up_to_date, main
from index.encoder import HashingEncoder
from index.settings import IndexSettings


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "index", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=60)


@pytest.fixture
def small_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command as it is, with an encoder that is quick to index."""
    monkeypatch.setattr("index.opening.load_encoder", lambda *_: HashingEncoder(32))


@pytest.mark.usefixtures("small_vectors")
def test_it_builds_then_has_nothing_to_do(
    corpus_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CORPUS_DIR", str(corpus_dir))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    main()
    assert re.fullmatch(
        r"index built: 9 added, 0 updated, 0 deleted, 0 unchanged passages; \d+ entries, \d+ encoded now, "
        r"canary [01]\.\d{3} \(\d+\.\d s\)\n",
        capsys.readouterr().out,
    )
    assert sorted(p.name for p in (tmp_path / "data").iterdir()) == ["index", "index.lock"]
    main()
    said = capsys.readouterr()
    assert said.out.startswith("index up to date: 0 added, 0 updated, 0 deleted, 9 unchanged passages")
    assert said.err.strip() == ""
    main(rebuild=True)
    assert capsys.readouterr().out.startswith("index built: ")


def test_faults_are_told_in_a_line_each_without_a_traceback(tmp_path: Path) -> None:
    Path(".env").write_text(f"CORPUS_DIR={tmp_path / 'nowhere'}\n")
    nowhere = run()
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    assert nowhere.stderr.startswith("index: no article in ")
    assert "check CORPUS_DIR" in nowhere.stderr
    assert "Traceback" not in nowhere.stderr


def test_wrong_settings_are_told_and_never_shown() -> None:
    done = run(CHROMA_URL="s3cret")
    assert done.returncode == 2
    assert done.stderr.startswith("index: wrong settings (in the environment):\n  CHROMA_URL: expected an address")
    assert "s3cret" not in done.stderr


@pytest.mark.usefixtures("small_vectors")
def test_rebuilding_encodes_everything(corpus_dir: Path, tmp_path: Path) -> None:
    settings = IndexSettings(data_dir=tmp_path / "data", corpus_dir=corpus_dir, embedding_model="hashing")
    first = bring_up_to_date(settings)
    assert bring_up_to_date(settings).built is False
    assert bring_up_to_date(settings, rebuild=True).encoded == first.encoded
