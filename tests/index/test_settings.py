"""Settings: read from the environment or ``.env``, all faults told at once, no value ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings
from index.errors import IndexProblem
from index.settings import IndexSettings, SettingsProblem, checked_url, read_settings


def test_defaults() -> None:
    settings = read_settings(IndexSettings)
    assert settings == IndexSettings(
        data_dir=Path("var"), corpus_dir=Path("corpus"), embedding_model="packaged", chroma_url=""
    )
    assert settings.lexicon_file == Path("corpus/lexicon.yaml")
    assert settings.build_lock == Path("var/index.lock")


def test_the_environment_is_read_whatever_its_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", "/srv/données")
    monkeypatch.setenv("chroma_url", "http://127.0.0.1:8000/")
    settings = read_settings(IndexSettings)
    assert (settings.data_dir, settings.chroma_url) == (Path("/srv/données"), "http://127.0.0.1:8000")


def test_dot_env_is_read_and_the_environment_goes_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("# ours\nDATA_DIR=from-file\nCORPUS_DIR='été'\nUNKNOWN=1\n", encoding="utf-8")
    assert read_settings(IndexSettings).data_dir == Path("from-file")
    monkeypatch.setenv("DATA_DIR", "from-environment")
    settings = read_settings(IndexSettings)
    assert (settings.data_dir, settings.corpus_dir) == (Path("from-environment"), Path("été"))


@pytest.mark.parametrize("place", ["environment", ".env"])
def test_an_empty_value_is_the_default(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [name.upper() for name in Settings.model_fields]
    if place == ".env":
        Path(".env").write_text("".join(f"{n}=\n" for n in names))
    else:
        for name in names:
            monkeypatch.setenv(name, "")
    assert read_settings(Settings) == Settings(_env_file=None)  # type: ignore[call-arg]


@pytest.mark.parametrize("place", ["environment", ".env"])
def test_every_bad_key_is_told_at_once_and_no_value_is_shown(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "TELEGRAM_BOT_TOKEN": "s3cret-token",
        "TELEGRAM_API_URL": "s3cret-address",
        "CHROMA_URL": "s3cret://user:pass@host",
        "LOG_LEVEL": "s3cret-level",
        "DEFAULT_LANGUAGE": "s3cret-language",
    }
    if place == ".env":
        Path(".env").write_text("".join(f"{k}={v}\n" for k, v in wrong.items()))
    else:
        for name, value in wrong.items():
            monkeypatch.setenv(name, value)
    with pytest.raises(SettingsProblem) as caught:
        read_settings(Settings)
    told = str(caught.value)
    first, *lines = told.splitlines()
    assert {line.strip().partition(":")[0] for line in lines} == set(wrong)
    assert place in first
    assert "s3cret" not in told
    assert "Value error" not in told
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert isinstance(caught.value, IndexProblem)


def test_an_index_command_does_not_mind_the_settings_of_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "nonsense")
    assert read_settings(IndexSettings).data_dir == Path("var")


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        IndexSettings().data_dir = Path("elsewhere")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("", ""),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://127.0.0.1:8000//", "http://127.0.0.1:8000"),
        ("https://chroma.example.org/", "https://chroma.example.org"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_addresses(typed: str, read: str) -> None:
    assert checked_url(typed) == read


@pytest.mark.parametrize(
    "typed", ["10.0.0.1:8000", "localhost", "ftp://host", "http://?x", "file:///etc/passwd", "a b"]
)
def test_what_is_no_address_is_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(ValueError, match="expected an address such as") as caught:
        checked_url(typed)
    assert typed not in str(caught.value)
