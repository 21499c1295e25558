"""What people ask and the corpus lacks, by theme, from ``corpus/beyond-*.yaml``.

Similarity cannot tell "what does nearshore save?" from "what does an hour cost in Morocco?": both are near the same
passages. These examples stand in the index beside the articles' sample questions, so that a question can be seen to be
nearer to the ones than to the others. An article added with its sample questions moves the boundary by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from index import safe_yaml
from index.errors import CorpusProblem
from index.lexicon import texts


@dataclass(frozen=True)
class Theme:
    """One thing that people ask and the corpus does not hold."""

    name: str
    reason: dict[str, str]
    """By language: what the corpus lacks and where such a thing is found, for the person refused."""
    examples: dict[str, tuple[str, ...]]


def read_themes(root: Path) -> tuple[Theme, ...]:
    """Read ``root/beyond-*.yaml``; none is no theme.

    Raises:
        CorpusProblem: a file is malformed, or a theme stands twice; the message names the file.
    """
    themes: dict[str, Theme] = {}
    for path in sorted(root.glob("beyond-*.yaml")):
        try:
            rows: Any = safe_yaml.load(path.read_text(encoding="utf-8")) or []
            for row in rows:
                theme = Theme(
                    name=str(row["theme"]),
                    reason={lang: str(row["reason"][lang]) for lang in ("fr", "en")},
                    examples={lang: texts(row[lang]) for lang in ("fr", "en")},
                )
                if theme.name in themes:
                    raise CorpusProblem(f"{path}: the theme '{theme.name}' stands twice")
                themes[theme.name] = theme
        except (yaml.YAMLError, ValueError) as error:
            raise CorpusProblem(f"{path}: not valid YAML: {error}") from error
        except (KeyError, TypeError) as error:
            raise CorpusProblem(
                f"{path}: each entry needs 'theme:', 'reason: {{fr, en}}', 'fr: [...]' and 'en: [...]' ({error})"
            ) from error
    return tuple(themes.values())
