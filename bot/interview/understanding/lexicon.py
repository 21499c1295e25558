"""The word lists beside the code, read once. Lower case, without accents, as ``said`` folds a message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz import fuzz, process

from index import safe_yaml
from index.analyzer import STOP_WORDS, fold


@cache
def read(name: str) -> Any:
    """The content of ``<name>.yaml`` beside this module."""
    return safe_yaml.load(files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8"))


@cache
def pattern(name: str, key: str) -> re.Pattern[str]:
    """The alternatives listed under a key, as one expression."""
    return re.compile("|".join(f"(?:{p})" for p in read(name)[key]))


@cache
def expression(module: str, name: str) -> re.Pattern[str]:
    """A long expression of a module, from ``expressions.yaml``."""
    return re.compile("".join(read("expressions")[module][name]))


@cache
def expressions(module: str, name: str) -> tuple[re.Pattern[str], ...]:
    """Several expressions of a module, to be tried in order."""
    return tuple(re.compile(piece) for piece in read("expressions")[module][name])


@cache
def fillers() -> frozenset[str]:
    """Words that neither measure nor name anything."""
    return STOP_WORDS["fr"] | STOP_WORDS["en"] | frozenset(str(read("units")["fillers"]).split())


@cache
def _units() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for family, listed in read("units")["families"].items():
        for word in str(listed).split():
            known.setdefault(word, family)
            if len(word) > 2 and word[-1] not in "sxz":
                known.setdefault(word + "s", family)
    return known


@cache
def _fuzzy_units() -> tuple[str, ...]:
    return tuple(word for word in _units() if len(word) >= 5)


@cache
def unit_of(word: str) -> str | None:
    """The family of a unit, typos allowed: ``minuts`` is ``minute``. None for an unknown word, "" for a filler."""
    if family := _units().get(word):
        return family
    if word in fillers():
        return ""
    if len(word) < 5:
        return None
    near = process.extractOne(word, _fuzzy_units(), scorer=fuzz.ratio, score_cutoff=82)
    return _units()[near[0]] if near else None


@cache
def period_of(word: str) -> str | None:
    """The period that a word names: ``jour`` is ``day``."""
    periods: Mapping[str, str] = _periods()
    if word in periods:
        return periods[word]
    near = process.extractOne(word, [p for p in periods if len(p) > 3], scorer=fuzz.ratio, score_cutoff=80)
    return periods[near[0]] if near and len(word) > 3 else None


@cache
def _periods() -> Mapping[str, str]:
    return {word: period for period, listed in read("units")["periods"].items() for word in str(listed).split()}


@cache
def folded(text: str) -> str:
    """A wording of ours in the form of the lists: lower case, without accents."""
    return fold(text).replace("’", "'").strip()
