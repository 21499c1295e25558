"""The operator's documents say what is so: settings, files, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings

ROOT = Path(__file__).parents[1]
OPERATING = ROOT / "docs" / "operating.md"
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]


def settings_table() -> str:
    """The table of settings, as the code has them."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        shown = f"`{default}`" if default not in (None, "") else ""
        rows.append(f"| `{name.upper()}` | {shown} | {(field.description or '').replace('|', chr(92) + '|')} |")
    return "\n".join(rows)


def test_the_settings_of_the_guide_are_those_of_the_code(request: pytest.FixtureRequest) -> None:
    text = OPERATING.read_text("utf-8")
    found = re.search(r"\| setting \| default \| meaning \|\n(?:\|.*\n)+", text)
    assert found
    if request.config.getoption("--update"):
        OPERATING.write_text(text.replace(found[0], f"{settings_table()}\n"), "utf-8")
    else:
        assert found[0].strip() == settings_table(), "pytest tests/test_docs.py --update rewrites it"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("name", ["SECURITY.md", "docs/operating.md", "docs/threat-model.md"])
def test_files_named_are_there(name: str) -> None:
    named = re.findall(r"`((?:bot|index|deploy|docs|tests|bench|corpus)/[\w./*-]+)`", (ROOT / name).read_text("utf-8"))
    assert named
    assert [path for path in named if not list(ROOT.glob(path.rstrip("/"))) and path != "deploy/secrets/"] == []


def test_every_command_of_the_guide_is_one() -> None:
    text = OPERATING.read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)", text)) <= targets
    from bot.__main__ import app

    commands = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert set(re.findall(r"python -m bot ([a-z]+)", text)) <= commands
