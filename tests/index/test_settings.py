"""Settings: read from the environment or ``.env``, all faults told at once, no value ever shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings
from index.errors import IndexProblem
from index.settings import IndexSettings, SettingsProblem, checked_url, have_a_home, read_settings


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


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of secrets, as containers have it."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    monkeypatch.setenv("SECRETS_DIR", str(folder))
    return folder


def test_a_secret_may_be_a_file_and_the_environment_goes_before_it(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (secrets / "telegram_bot_token").write_text("123456:from-file\n")
    (secrets / "database_url").write_text("postgresql://me:word@db/x\n")
    settings = read_settings(Settings)
    assert settings.telegram_bot_token
    assert settings.telegram_bot_token.get_secret_value() == "123456:from-file"
    assert settings.database == "postgresql://me:word@db/x"
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456:from-environment")
    settings = read_settings(Settings)
    assert settings.telegram_bot_token
    assert settings.telegram_bot_token.get_secret_value() == "123456:from-environment"


def test_a_secret_mounted_the_way_of_kubernetes_is_found(secrets: Path) -> None:
    (secrets / "..2026").mkdir()
    (secrets / "..2026" / "telegram_bot_token").write_text("123456:linked")
    (secrets / "..data").symlink_to("..2026")
    (secrets / "telegram_bot_token").symlink_to("..data/telegram_bot_token")
    settings = read_settings(Settings)
    assert settings.telegram_bot_token
    assert settings.telegram_bot_token.get_secret_value() == "123456:linked"


@pytest.mark.parametrize("written", [b"s3cret", b"s3cret\xff:"])
def test_a_bad_secret_names_its_folder_and_not_itself(secrets: Path, written: bytes) -> None:
    (secrets / "telegram_bot_token").write_bytes(written)
    with pytest.raises(SettingsProblem) as caught:
        read_settings(Settings)
    assert str(secrets) in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_folder_of_secrets_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRETS_DIR", "nowhere")
    with pytest.raises(SettingsProblem, match="SECRETS_DIR=nowhere: there is no such folder"):
        read_settings(Settings)


def test_who_has_no_home_is_at_home_in_the_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def homeless(_: type[Path]) -> Path:
        raise RuntimeError("Could not determine home directory.")

    before = os.environ["HOME"]
    have_a_home(IndexSettings())
    assert os.environ["HOME"] == before
    monkeypatch.setattr(Path, "home", classmethod(homeless))
    monkeypatch.setenv("HOME", before)
    have_a_home(IndexSettings())
    assert os.environ["HOME"] == str(tmp_path / "var")
