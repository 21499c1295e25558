"""Countries, by name in French or English; names from the CLDR through babel."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.interview.understanding import lexicon

_LEAD = re.compile(
    r"^(?:(?:surtout|principalement|essentiellement|uniquement|majoritairement|mostly|mainly|only|partout|all over|"
    r"en|au|aux|in|the|la|le|les|l'|dans|nos clients sont|our customers are)(?: |(?<=')))+",
    re.IGNORECASE,
)


def named(text: str) -> bool:
    """Whether a text names a country or a part of the world, typos allowed."""
    folded = lexicon.folded(text)
    words = re.findall(r"[a-z]+", folded)
    if _whole().search(folded):
        return True
    if re.fullmatch(r"(?:[A-Z]{2}[ ,/+&]*){1,20}", text):
        return all(code in Locale("fr").territories for code in re.findall("[A-Z]{2}", text))
    return any(len(w) >= 5 and _near(w) for w in words)


def bare(text: str) -> str:
    """Without « en », "mostly in"…"""
    return _LEAD.sub("", text) or text


@cache
def _names() -> tuple[str, ...]:
    known = {lexicon.folded(name) for lang in ("fr", "en") for name in Locale(lang).territories.values()}
    return tuple(sorted((known | set(str(lexicon.read("places")["others"]).split())) - {""}))


@cache
def _whole() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, _names()))})(?![a-z])")


def _near(word: str) -> bool:
    return process.extractOne(word, _names(), scorer=OSA.normalized_similarity, score_cutoff=0.8) is not None
