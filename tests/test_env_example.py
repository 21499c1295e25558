"""``.env.example`` shows every setting with its default, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import SecretStr

from bot.settings import Settings

EXAMPLE = Path(__file__).parents[1] / ".env.example"
_SETTING = re.compile(r"^(?:#\s?)?([A-Z][A-Z0-9_]*)=(.*)$", re.MULTILINE)


def _written(default: object) -> str:
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    return "" if default is None else str(default)


def test_every_setting_stands_there_once_with_its_default_and_nothing_else_does() -> None:
    shown = [(name, value.strip().strip("'\"")) for name, value in _SETTING.findall(EXAMPLE.read_text("utf-8"))]
    defaults = {name.upper(): _written(field.default) for name, field in Settings.model_fields.items()}
    assert dict(shown) == defaults
    assert len(shown) == len(defaults)


def test_copied_as_it_is_it_changes_nothing() -> None:
    Path(".env").write_bytes(EXAMPLE.read_bytes())
    assert Settings() == Settings(_env_file=None)  # type: ignore[call-arg]
