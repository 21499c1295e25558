"""One option among several, or several: by label, other wordings, number, typos allowed, refusals heeded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from bot.interview.model import Kind, Option, Question
from bot.interview.understanding import figures, lexicon
from bot.interview.understanding.outcome import Outcome, Understood
from bot.interview.understanding.said import Said

OptionValue = str | bool | int

MOST_WORDS = 60
"""Typos are not looked for in longer messages."""

_FLAT = re.compile(r"[^\w%/+]+")
_NEGATED = lexicon.expression("choices", "negated")
_INTENSE = re.compile(r"\b(?:hyper|ultra|archi|mega|extremement|vachement|sacrement|tellement)\b")
_SLASH = re.compile(r"(?<=\w)/(?=[a-z])")
_DENIES = re.compile(r"\b(?:pas|aucune?|rien|non|jamais|no|not|never|nothing|none|sans|without|peu)\b")
_TWICE_NEGATED = re.compile(r"\b(?:pas|not|jamais) (?:hors|en dehors|outside|sans|without)(?: (?:de|d|of|the|la|l))*$")
_NUMBERED = lexicon.expression("choices", "numbered")
_ARTICLES = lexicon.expression("choices", "articles")


@dataclass(frozen=True)
class _Phrase:
    text: str
    value: OptionValue
    label: bool


@lru_cache(maxsize=8192)
def flat(text: str) -> str:
    """The words of a text, for comparing phrases."""
    return _FLAT.sub(" ", lexicon.folded(text)).replace("_", " ").strip()


@lru_cache(maxsize=256)
def _phrases(
    field: str, options: tuple[tuple[OptionValue, tuple[str, ...], tuple[str, ...]], ...]
) -> tuple[_Phrase, ...]:
    found: dict[tuple[str, OptionValue], _Phrase] = {}
    extra = lexicon.read("choices")["fields"].get(field, {})
    for value, labels, words in options:
        values = [str(value).replace("_", " ")] if isinstance(value, str) else []
        for text in (*labels, *values):
            found.setdefault((flat(text), value), _Phrase(flat(text), value, True))
        for text in (
            *words,
            *(str(w) for key, listed in extra.items() if key == value and type(key) is type(value) for w in listed),
        ):
            found.setdefault((flat(text), value), _Phrase(flat(text), value, False))
    return tuple(sorted((p for p in found.values() if p.text), key=lambda p: -len(p.text)))


def phrases(question: Question) -> tuple[_Phrase, ...]:
    """Every way to name an option, longest first."""
    return _phrases(
        question.id,
        tuple(
            (o.value, tuple(o.label.values()), tuple(w for ws in o.words.values() for w in ws))
            for o in question.options
        ),
    )


def exact(said: Said, question: Question, *, labels: bool = False) -> Option | None:
    """The option that the whole message names.

    Args:
        labels: whether only a button's own words count.
    """
    if not question.options:
        return None
    whole = {flat(said.raw), flat(said.bare)} - {""}
    named: set[OptionValue] = set()
    for words in (whole, {_ARTICLES.sub("", w) for w in whole} - {""} if not labels else set()):
        for by_label in (True, False):
            if not named and (by_label or not labels):
                named = {p.value for p in phrases(question) if p.text in words and (p.label or not by_label)}
    emoji = [o for o in question.options if any(w in said.raw for ws in o.words.values() for w in ws if not flat(w))]
    if not named and len(emoji) == 1 and not said.bare:
        return emoji[0]
    return next((o for o in question.options if o.value in named and len(named) == 1), None)


def named(said: Said, question: Question) -> tuple[list[OptionValue], list[OptionValue]]:
    """The options named in the message, and those it rules out, each in the order told."""
    text = f" {_INTENSE.sub('tres', _SLASH.sub(' ', flat(said.folded)))} "
    kept: dict[OptionValue, int] = {}
    out: dict[OptionValue, int] = {}
    masked = text

    def place(value: OptionValue, start: int, end: int) -> None:
        nonlocal masked
        before = text[:start].rstrip()
        denied = _NEGATED.search(before) and not _TWICE_NEGATED.search(before) and not _DENIES.match(text[start:end])
        into = out if denied else kept
        into[value] = min(into.get(value, start), start)
        masked = masked[:start] + "\0" * (end - start) + masked[end:]

    for phrase in phrases(question):
        at = masked.find(f" {phrase.text} ")
        while at >= 0:
            place(phrase.value, at + 1, at + 1 + len(phrase.text))
            at = masked.find(f" {phrase.text} ")
    for option in question.options:
        for word in (w for ws in option.words.values() for w in ws):
            if not flat(word) and word in said.raw:
                kept.setdefault(option.value, said.raw.index(word))
    for start, end, value in _near(masked, question):
        if "\0" not in masked[start:end]:
            place(value, start, end)
    return sorted(kept, key=lambda v: kept[v]), [v for v in out if v not in kept]


def _near(text: str, question: Question) -> list[tuple[int, int, OptionValue]]:
    """Words within a typo or two of an option's."""
    spots = [(m.start(), m.end()) for m in re.finditer(r"[^\s\0]+", text)]
    best: list[tuple[float, int, int, OptionValue]] = []
    if len(spots) > MOST_WORDS:
        return []
    known: dict[tuple[int, str], list[_Phrase]] = {}
    for phrase in phrases(question):
        if len(phrase.text) >= 5:
            known.setdefault((phrase.text.count(" ") + 1, phrase.text[0]), []).append(phrase)
    for size in sorted(n for n in {length for length, _ in known} if n <= 4):
        for at in range(len(spots) - size + 1):
            start, end = spots[at][0], spots[at + size - 1][1]
            window = text[start:end]
            if "\0" in window or len(window) < 5 or (size == 1 and (window in lexicon.fillers() or window.isdigit())):
                continue
            for phrase in known.get((size, window[0]), ()):
                if score := _alike(window, phrase.text):
                    best.append((score, start, end, phrase.value))
    return [(s, e, v) for _, s, e, v in sorted(best, key=lambda b: -b[0])]


def _alike(typed: str, phrase: str) -> float:
    """How alike two wordings are, from 0 to 100; 0 below a typo or two, and where figures or refusals differ."""
    if abs(len(typed) - len(phrase)) * 3 > len(phrase):
        return 0.0
    score = fuzz.ratio(typed.replace("ph", "f"), phrase.replace("ph", "f"), score_cutoff=84 if len(typed) > 5 else 88)
    swapped = len(typed) == len(phrase) and OSA.distance(typed, phrase, score_cutoff=1) == 1
    score = score or (90.0 if swapped and sorted(typed) == sorted(phrase) else 0.0)
    return score if score and _figures(typed) == _figures(phrase) and _refusals(typed) == _refusals(phrase) else 0.0


def _refusals(text: str) -> list[str]:
    return _DENIES.findall(text)


def _figures(text: str) -> list[str]:
    return re.findall("[0-9]+", text)


def numbered(said: Said, question: Question) -> list[OptionValue] | None:
    """The options called by their numbers: « la 2 », « 1 et 3 », "the last one"."""
    if any(type(o.value) is bool for o in question.options):
        return None
    words = flat(said.digits.replace("una_", "1"))
    whole = re.sub(
        r"^(?:(?:la|le|l|the|option|choix|reponse) )*| (?:one|option|choix|reponse|proposition)$", "", flat(said.folded)
    )
    if whole in _ordinals():
        at = _ordinals()[whole]
        return [question.options[at - 1 if at > 0 else at].value] if at <= len(question.options) else None
    found = _NUMBERED.fullmatch(words)
    if not found:
        return None
    by_number = {i: o.value for i, o in enumerate(question.options, 1)}
    by_number |= {o.value: o.value for o in question.options if isinstance(o.value, int)}
    wanted = [int(n) for n in re.findall("[0-9]+", found["numbers"])]
    return [by_number[n] for n in wanted] if all(n in by_number for n in wanted) else None


@cache
def _ordinals() -> Mapping[str, int]:
    """The rank that a word gives; -1 for the last."""
    listed = lexicon.read("choices")["any"]["ordinals"].items()
    return {word: rank for rank, words in listed for word in words.split()}


def read_choice(said: Said, question: Question) -> Understood | None:
    """One option's value."""
    if option := exact(said, question):
        return Understood(Outcome.VALUE, option.value)
    by_number = numbered(said, question)
    if by_number and len(by_number) == 1:
        return Understood(Outcome.VALUE, by_number[0])
    two = re.search(r"\b(?P<a>[0-9]) ?(?:-|a|ou|et|to|or|and|/) ?(?P<b>[0-9])\b", said.digits)
    if two and question.option(int(two["a"])) and question.option(int(two["b"])):
        return _either(question, [int(two["a"]), int(two["b"])])
    kept, out = named(said, question)
    values = {o.value for o in question.options}
    if "none" in kept and len(kept) > 1:
        kept = (
            [v for v in kept if v != "none"]
            if len(kept) == 2 and flat(said.folded).startswith(("non ", "no ")) is False
            else ["none"]
        )
    if len(kept) > 1 and "partial" in kept:
        kept = ["partial"]
    if len(kept) > 1:
        return _either(question, kept)
    if kept:
        return Understood(Outcome.VALUE, kept[0])
    left = [o.value for o in question.options if o.value not in out]
    if out and len(left) == 1:
        return Understood(Outcome.VALUE, left[0])
    opposite = lexicon.read("choices")["opposites"].get(question.id, {})
    if len(out) == 1 and out[0] in opposite:
        return Understood(Outcome.VALUE, opposite[out[0]])
    if out and len(left) == 2 and "none" not in left:
        return _either(question, left)
    if "none" in values and (
        re.search(lexicon.read("choices")["any"]["neither"], said.folded)
        or (len(out) == len(values) - 1 and "none" not in out)
    ):
        return Understood(Outcome.VALUE, "none")
    if out:
        return figures.invalid_for(
            question, ("Dites plutôt ce que c'est : un seul choix.", "Tell me rather what it is: one choice.")
        )
    return None


def _either(question: Question, kept: list[OptionValue]) -> Understood:
    readings = []
    for value in kept[:2]:
        option = question.option(value)
        readings.append(replace(Understood(Outcome.VALUE, value), label=option.label if option else {}))
    return Understood(Outcome.AMBIGUOUS, readings=tuple(readings))


def read_choices(said: Said, question: Question) -> Understood | None:
    """Several options' values, in the order of the question; free words where the question is open."""
    if by_number := numbered(said, question):
        return _several(question, by_number)
    if option := exact(said, question):
        return _several(question, [option.value])
    kept, out = named(said, question)
    every = lexicon.read("choices")["any"]
    text = flat(said.folded)
    found = re.fullmatch(r"(?:les |the )?(?:first )?(?P<n>[0-9])(?: premi(?:er|ere)s?)?", flat(said.digits))
    if found and (re.search("premi|first", found[0]) or int(found["n"]) == len(question.options)):
        return _several(question, [o.value for o in question.options[: int(found["n"])]])
    if (not kept or out) and re.search(rf"\b(?:{every['all']})\b", text):
        return _several(
            question, [o.value for o in question.options if o.value not in out and o.value not in ("other", "none")]
        )
    if kept:
        return _several(question, kept)
    if out or re.fullmatch(every["neither"], text):
        if question.option("other") and not out:
            return _several(question, ["other"])
        return figures.invalid_for(question, ("Il me faut au moins un choix.", "I need at least one choice."))
    return None


def _several(question: Question, values: list[OptionValue]) -> Understood:
    wanted = [str(o.value) for o in question.options if o.value in values]
    return Understood(Outcome.VALUE, tuple(wanted))


def label_of(question: Question, value: OptionValue, lang: str) -> str:
    """What the option's button says; the value itself for words kept as typed."""
    option = question.option(value)
    return option.label[lang] if option else str(value)


def labels(question: Question) -> Mapping[str, str]:
    """The options' labels, joined, by language: for a refusal that says what to choose from."""
    return {lang: ", ".join(o.label[lang] for o in question.options[:6]) for lang in ("fr", "en")}


CHOOSING = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.BOOLEAN})
