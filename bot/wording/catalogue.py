"""The sentences, from ``fr.yaml`` and ``en.yaml``, and from those of each part: ``report.fr.yaml``…"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from index import safe_yaml
from index.typography import typeset

FOLDER = Path(__file__).parent
"""Where the sentences are."""


@cache
def _catalogue(lang: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for path in (FOLDER / f"{lang}.yaml", *sorted(FOLDER.glob(f"*.{lang}.yaml"))):
        raw: dict[str, Any] = safe_yaml.load(path.read_text(encoding="utf-8"))
        if twice := said.keys() & raw.keys():
            raise ValueError(f"{path.name} says again what another file says: {', '.join(sorted(twice))}")
        said |= {key: _typeset(value, lang) for key, value in raw.items()}
    return said


def _typeset(value: Any, lang: str) -> Any:
    match value:
        case str():
            return typeset(value, lang)
        case list():
            return [_typeset(v, lang) for v in value]
        case dict():
            return {k: _typeset(v, lang) for k, v in value.items()}
    return value


def say(lang: str, key: str, **values: object) -> str:
    """One sentence in that language (``fr`` or ``en``), its places filled in.

    Raises:
        KeyError: there is no such sentence, or a place is left empty.
    """
    sentence: str = _catalogue(lang)[key]
    return sentence.format(**values) if values else sentence


def examples(lang: str) -> tuple[str, ...]:
    """The questions offered to a newcomer."""
    return tuple(_catalogue(lang)["examples"])


def commands(lang: str) -> tuple[tuple[str, str], ...]:
    """The commands of that language, (name, description)."""
    return tuple(_catalogue(lang)["commands"].items())


def named(lang: str, key: str) -> dict[str, str]:
    """Sentences that go together, by name."""
    together: dict[str, str] = _catalogue(lang)[key]
    return together


def keys(lang: str) -> frozenset[str]:
    """The names of all sentences of that language."""
    return frozenset(_catalogue(lang))
