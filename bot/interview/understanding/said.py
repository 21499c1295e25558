"""A message made ready for reading: cleaned, folded, its numbers in figures. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

from text_to_num import alpha2digit

from bot.interview.understanding import lexicon
from index.analyzer import fold

MAX_CHARACTERS = 4_000
"""A longer message is not read at all."""

MAX_FIGURES = 60

_FIGURE = re.compile("[0-9]+")
_SPACES = re.compile(r"\s+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣-", "-") | dict.fromkeys('“”«»„"', " ") | dict.fromkeys("`´‘’", "'"))
_VULGAR = {"½": 5, "¼": 25, "¾": 75}
_ARTICLE = lexicon.expression("said", "article")
_ENGLISH_ARTICLE = re.compile(r"\ban? (?=(?:year|month|hour|minute|week|day|quarter|full|half-time)\b)")
_AND_A_HALF = re.compile(r"(?:(\d)|\buna_)( [a-z]+)? (?:and a half|et demie?)\b")
_SCALED = re.compile(r"([0-9])\s+(cents?|mille|thousands?|hundreds?)\b")
_MEGA = re.compile(r"([0-9]) ?M\b(?! ?[€$£])")
_MILLIONS = re.compile(r"([0-9]) ?millions?\b")
_BILLIONS = re.compile(r"([0-9]) ?(?:milliards?|billions?)\b")
_HALF_THOUSAND = re.compile(r"\b([0-9]{1,3}) (?:and a half|et demie?) (?:1000|thousand|mille)\b")
_GRAND = re.compile(r"([0-9]) ?grand\b")
_SCALES = {"cent": "00", "cents": "00", "hundred": "00", "hundreds": "00"}
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_NOISE = re.compile(r"[^\w'%€/+]+")


@dataclass(frozen=True)
class Said:
    """One message in the forms that the readers need."""

    raw: str
    """As typed, without invisible characters; line breaks kept as spaces."""
    folded: str
    """Lower case, without accents, quotes and dashes made plain."""
    digits: str
    """``folded`` with idioms and number words as figures; an article stands as ``una_``."""
    bare: str
    """The words of ``folded`` without punctuation, nor politeness at either end."""
    lang: str

    @property
    def asks(self) -> bool:
        """Whether it ends with a question mark."""
        return self.folded.rstrip(" !.)").endswith("?")


@lru_cache(maxsize=512)
def say(text: str, lang: str) -> Said:
    """The message made ready. The text is at most ``MAX_CHARACTERS`` long."""
    raw = _SPACES.sub(" ", "".join(c for c in text if unicodedata.category(c) != "Cf" or c == "\u200d")).strip()
    folded = _fold(raw)
    return Said(raw, folded, _in_digits(folded, lang), _bare(folded), lang)


def readable(text: str) -> bool:
    """Whether the text holds no control character, and neither too many characters nor too many figures."""
    if len(text) > MAX_CHARACTERS or len(_FIGURE.findall(text)) > MAX_FIGURES:
        return False
    return not any(unicodedata.category(c) in ("Cc", "Cs", "Co") and c not in "\n\r\t" for c in text)


def _fold(raw: str) -> str:
    for sign, hundredths in _VULGAR.items():
        if sign in raw:
            raw = re.sub(rf"([0-9])\s?{sign}", rf"\1,{hundredths}", raw).replace(sign, f"0,{hundredths}")
    raw = _MEGA.sub(r"\1 mio", raw)
    text = fold(raw.translate(_DASHES)).translate(_DASHES)
    text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text)
    for found, put in _texting():
        text = found.sub(put, text)
    return _SPACES.sub(" ", text).strip()


@cache
def _texting() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(found), put) for found, put in lexicon.read("texting"))


@cache
def _idioms() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(found), put) for found, put in lexicon.read("idioms"))


def _in_digits(folded: str, lang: str) -> str:
    text = folded
    for found, put in _idioms():
        text = found.sub(put, text)
    text = _SCALED.sub(lambda m: m[1] + _SCALES.get(m[2], "000") if lang == "fr" or m[2][0] in "th" else m[0], text)
    text = _MILLIONS.sub(r"\1 mio", _BILLIONS.sub(r"\1 mrd", text))
    text = re.sub(r"\bzeros?\b|\bnought\b", "0", text)
    marked = text if text in ("un", "une") else _ARTICLE.sub("una_", text)
    read = alpha2digit(marked, lang, 0)
    if not re.search(r"[0-9]", read):
        read = alpha2digit(marked, "en" if lang == "fr" else "fr", 0)
    if not re.search(r"[0-9]", read):
        read = _ENGLISH_ARTICLE.sub("una_ ", read)
    read = _HALF_THOUSAND.sub(r"\g<1>500", _GRAND.sub(r"\1k", read))
    return _AND_A_HALF.sub(lambda m: f"{m[1] or 1},5{m[2] or ''}", read)


def _bare(folded: str) -> str:
    text = _SPACES.sub(" ", _NOISE.sub(" ", folded)).strip(" '")
    polite = lexicon.pattern("intents", "polite")
    while True:
        shorter = text
        if found := polite.match(text):
            rest = text[found.end() :]
            if not rest or rest[0] == " ":
                shorter = rest.strip()
        if shorter == text:
            words = text.split(" ")
            for size in (3, 2, 1):
                if len(words) > size and polite.fullmatch(" ".join(words[-size:])):
                    shorter = " ".join(words[:-size])
                    break
        if shorter == text or not shorter:
            return text
        text = shorter
