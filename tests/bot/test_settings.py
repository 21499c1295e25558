"""The settings of the bot that are more than a value; ``index/test_settings.py`` has how they are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings
from index.settings import SettingsProblem, read_settings

SECRET = "s3cr3t"


def test_the_database_is_a_file_in_the_data_folder_unless_told_otherwise() -> None:
    assert Settings(_env_file=None).database == "sqlite:///var/curseur.db"
    assert Settings(_env_file=None, data_dir=Path("/srv/bot data")).database == "sqlite:////srv/bot%20data/curseur.db"
    assert Settings(_env_file=None, database_url=" sqlite:///x.db ").database == "sqlite:///x.db"


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_the_password_of_the_database_does_not_show(scheme: str) -> None:
    settings = Settings(_env_file=None, database_url=f"{scheme}://me:{SECRET}@127.0.0.1/x")
    assert settings.database == f"{scheme}://me:{SECRET}@127.0.0.1/x"
    assert SECRET not in f"{settings} {settings!r}"


@pytest.mark.parametrize("url", [f"mysql://me:{SECRET}@127.0.0.1/x", SECRET, "sqlite:x.db", "sqlite://x.db"])
def test_a_database_not_known_here_is_told_with_what_is(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SettingsProblem) as caught:
        read_settings(Settings)
    assert "DATABASE_URL: expected sqlite:///path/to/file.db or postgresql://" in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(("given", "kept"), [("off", ""), (" OFF ", ""), (" 0.0.0.0:9464 ", "0.0.0.0:9464")])
def test_figures_may_be_read_somewhere_or_nowhere(given: str, kept: str) -> None:
    assert Settings(_env_file=None, metrics_listen=given).metrics_listen == kept


@pytest.mark.parametrize(("name", "given"), [("METRICS_LISTEN", "9464"), ("WEBHOOK_LISTEN", "off")])
def test_a_place_to_listen_has_a_host_and_a_port(name: str, given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, given)
    with pytest.raises(SettingsProblem, match=f"{name}: expected host:port"):
        read_settings(Settings)
