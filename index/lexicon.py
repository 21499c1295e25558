"""The trade's vocabulary: which words name the same thing, in French and English, from ``corpus/lexicon.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from index import safe_yaml
from index.errors import CorpusProblem


@dataclass(frozen=True)
class Concept:
    """One thing and all the ways to type it.

    ``kind`` groups the concepts that can take one another's place in a follow-up ("et l'offshore ?").
    """

    name: str
    kind: str
    fr: tuple[str, ...]
    en: tuple[str, ...]

    def forms(self, lang: str) -> tuple[str, ...]:
        return self.fr if lang == "fr" else self.en


def read_lexicon(path: Path) -> tuple[Concept, ...]:
    """Read the lexicon; an absent file is an empty lexicon.

    Raises:
        CorpusProblem: the file is malformed, or a concept stands in it twice; the message names the file.
    """
    if not path.is_file():
        return ()
    try:
        raw = safe_yaml.load(path.read_text(encoding="utf-8")) or []
        concepts = tuple(Concept(str(c["concept"]), str(c["kind"]), texts(c["fr"]), texts(c["en"])) for c in raw)
    except (yaml.YAMLError, ValueError) as error:
        raise CorpusProblem(f"{path}: not valid YAML: {error}") from error
    except (KeyError, TypeError) as error:
        raise CorpusProblem(f"{path}: each entry needs 'concept:', 'kind:', 'fr: [...]' and 'en: [...]'") from error
    names = [c.name for c in concepts]
    if twice := {n for n in names if names.count(n) > 1}:
        raise CorpusProblem(f"{path}: these concepts stand twice: {sorted(twice)}")
    return concepts


def texts(raw: object) -> tuple[str, ...]:
    """The texts of a YAML list.

    Raises:
        TypeError: it is no list.
    """
    if not isinstance(raw, list):
        raise TypeError("a list is expected")
    return tuple(str(text) for text in raw)
