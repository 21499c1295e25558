"""Languages, by name in French or English, code or flag; names from the CLDR through babel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale
from babel.languages import get_official_languages
from rapidfuzz import fuzz, process

from bot.interview.model import Question
from bot.interview.understanding import lexicon
from bot.interview.understanding.figures import invalid_for
from bot.interview.understanding.outcome import Outcome, Understood, noted
from bot.interview.understanding.said import Said

_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_LIST_WORDS = frozenset(str(lexicon.read("languages")["list_words"]).split())
_NEGATED = re.compile(
    r"\b(?:pas|sans|sauf|ni|no|not|except|without|hors|but not|excepte)(?: de| d'| du| le| la| l'| any)?[ ']*$"
)
_DENIED = re.compile(r" ?[?:]? ?(?:non|no|pas(?: du tout)?|not)(?= ?[,;.)!]|$)")
_SOME = lexicon.expression("languages", "some")


def read(said: Said, question: Question) -> Understood | None:
    """Languages, as ISO 639-1 codes in the order told."""
    found, some = find(said)
    if not found:
        spoiled = re.search(
            re.sub(r"\s*\n\s*", "", lexicon.read("languages")["spoiled"]).replace("| ", "|"), said.folded
        )
        if spoiled or re.search(r"\blangues?\b|\blanguages?\b", said.folded):
            return invalid_for(question, ("Nommez les langues une par une.", "Name the languages one by one."))
        return None
    note = (
        noted(
            {"fr": "« un peu » compté comme une langue à part entière", "en": "“a little” counted as a whole language"}
        )
        if some
        else {}
    )
    return Understood(Outcome.VALUE, tuple(found), assumption=note)


def find(said: Said, *, alone: bool = True) -> tuple[list[str], bool]:
    """The languages named, and whether one of them is spoken only a little.

    Args:
        alone: whether the text says nothing else: codes and typos count then.
    """
    text = said.folded
    placed: list[tuple[int, str]] = []
    some = False
    for flag in _FLAG.finditer(text.upper()):
        territory = "".join(chr(ord(c) - 0x1F1E6 + ord("A")) for c in flag[0])
        official = get_official_languages(territory) or (("en",) if territory in ("US", "EU") else ())
        placed += [(flag.start(), code) for code in official[:1]]
    only_codes = alone and _only_codes(text)
    for word in _WORD.finditer(text):
        code = _named(word[0]) if alone else names().get(word[0])
        if (
            not code
            and alone
            and word[0] in _codes()
            and (_upper(said.raw, word[0]) or (only_codes and word[0] not in ("et", "la")))
        ):
            code = word[0]
        if not code or (
            len(word[0]) <= 3
            and word[0] not in _codes()
            and not (alone and (_list_like(text) or _upper(said.raw, word[0])))
        ):
            continue
        before = text[: word.start()]
        if _NEGATED.search(before) or _DENIED.match(text[word.end() :]):
            continue
        some = some or bool(_SOME.search(before))
        placed.append((word.start(), code))
    return list(dict.fromkeys(code for _, code in sorted(placed))), some


@cache
def names() -> Mapping[str, str]:
    """Codes by folded name."""
    known: dict[str, str] = {}
    for code in str(lexicon.read("languages")["codes"]).split():
        for locale in ("fr", "en"):
            name = lexicon.folded(Locale(locale).languages.get(code, ""))
            if name and " " not in name:
                known.setdefault(name, code)
                if name.endswith(("ais", "ois", "ien", "and")):
                    known.setdefault(name + ("ne" if name.endswith("ien") else "e"), code)
    for code, listed in lexicon.read("languages")["names"].items():
        for name in listed.split():
            known[name] = str(code) if code is not False else "no"
    return known


def name_of(code: str, lang: str) -> str:
    """The language's own name in French or English; the code when there is none."""
    return str(Locale(lang).languages.get(code, code))


@cache
def _codes() -> frozenset[str]:
    return frozenset(str(c) for c in str(lexicon.read("languages")["codes"]).split())


@cache
def _named(word: str) -> str | None:
    known = names()
    if word in known:
        return known[word]
    if len(word) < 4 or word in lexicon.fillers():
        return None
    begun = {known[name] for name in _common() if name.startswith(word)}
    if len(begun) == 1:
        return begun.pop()
    if len(word) < 5 or lexicon.unit_of(word):
        return None
    near = process.extractOne(word, _common(), scorer=fuzz.ratio, score_cutoff=83)
    return known[near[0]] if near and near[0][0] == word[0] else None


@cache
def _common() -> tuple[str, ...]:
    """Names that a typo may stand for: the languages of everyday business only."""
    usual = frozenset(str(lexicon.read("languages")["usual"]).split())
    return tuple(name for name, code in names().items() if code in usual and len(name) > 4)


def _upper(raw: str, word: str) -> bool:
    return re.search(rf"(?<!\w){word.upper()}(?!\w)", raw) is not None and raw.upper() != raw


def _only_codes(text: str) -> bool:
    """Whether a message is a list of codes, so that « en » and « de » are languages and no prepositions."""
    words = [w for w in re.findall(r"[a-z]+", text) if w not in _LIST_WORDS or w in ("en", "de")]
    return (
        bool(words)
        and all(w in _codes() for w in words)
        and (len(words) == 1 or any(w not in ("en", "de") for w in words))
    )


def _list_like(text: str) -> bool:
    return all(w in _LIST_WORDS or w in _codes() or w in names() for w in re.findall(r"[a-z]+", text))
