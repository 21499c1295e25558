"""False sentences made from true ones: what the verification of a model's sentences must never let through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from index.articles import Passage

Mutation = tuple[str, str]
"""What was done, and the sentence."""

_SWAPS = {
    "fr": "onshore/offshore nearshore/offshore onshore/nearshore plus/moins hausse/baisse avant/après interne/externe "
    "supérieur/inférieur supérieurs/inférieurs réduit/augmente réduire/augmenter réduits/accrus améliore/dégrade "
    "avantages/inconvénients rapide/lent simples/complexes premier/dernier maximum/minimum internaliser/externaliser "
    "fixes/variables client/prestataire gagner/perdre jour/nuit augmente/diminue",
    "en": "onshore/offshore nearshore/offshore onshore/nearshore more/less higher/lower before/after "
    "in-house/outsourced internal/external reduces/increases reduce/increase improves/degrades "
    "advantages/drawbacks simple/complex first/last maximum/minimum fixed/variable customer/provider low/high "
    "with/without all/no",
}
_HEDGES = (
    *("jusqu’à", "au moins", "environ", "parfois", "moins de", "plus de", "près de"),
    *("up to", "at least", "about", "nearly", "less than", "more than"),
)
_VERBS = {
    "fr": r"\b(est|sont|peut|peuvent|doit|réduit|coûte|permet|exige|dépend|garantit)\b(?! pas)",
    "en": r"\b(is|are|can|must|should|may|will)\b(?! not)",
}
_SMALL = {
    "fr": ("sans", "seulement", "uniquement", "peut", "peuvent", "doit", "doivent", "parfois", "souvent"),
    "en": ("not", "never", "no", "without", "only", "may", "can", "must", "should", "sometimes", "often"),
}


def mutations(passage: Passage) -> Iterator[Mutation]:
    """All that can be made of a passage's sentences and of the points of its lists."""
    units = [unit.text for unit in passage.units]
    for unit in units:
        if "\n" in unit:
            yield from _points(unit)
        else:
            for make in (_swapped, _figures, _small_words, _added):
                yield from make(unit, passage.lang)
    yield from _halves(units)


def _swapped(text: str, lang: str) -> Iterator[Mutation]:
    for pair in _SWAPS[lang].split():
        one, other = pair.split("/")
        for was, becomes in ((one, other), (other, one)):
            if (new := re.sub(rf"\b{was}\b", becomes, text, count=1, flags=re.IGNORECASE)) != text:
                yield f"{was} for {becomes}", new


def _figures(text: str, lang: str) -> Iterator[Mutation]:
    for match in re.finditer(r"(?<!\w)\d+(?=\s?%)", text):
        if not re.search(r"(?:jusqu’à|up to|moins de|less than|entre|between|\bde|\bà|\bto)\s$", text[: match.start()]):
            limit = "jusqu’à" if lang == "fr" else "up to"
            yield "hedge added", f"{text[: match.start()]}{limit} {text[match.start() :]}"
    for match in re.finditer(r"\d+", text):
        for step in (1, 7):
            yield "figure", f"{text[: match.start()]}{int(match[0]) + step}{text[match.end() :]}"
    for hedge in _HEDGES:
        if (new := re.sub(rf"\b{hedge}\s(?=\d)", "", text, count=1)) != text:
            yield "hedge dropped", new


def _small_words(text: str, lang: str) -> Iterator[Mutation]:
    for match in re.finditer(_VERBS[lang], text):
        negated = f"ne {match[0]} pas" if lang == "fr" else f"{match[0]} not"
        yield "negation added", f"{text[: match.start()]}{negated}{text[match.end() :]}"
    if (new := re.sub(r"\b(?:ne |n’)(\w+) (?:pas|jamais|plus|rien)\b", r"\1", text, count=1)) != text:
        yield "negation dropped", new
    for word in _SMALL[lang]:
        if (new := re.sub(rf"\b{word} ", "", text, count=1)) != text:
            yield f"{word} dropped", new


def _added(text: str, lang: str) -> Iterator[Mutation]:
    bare = text.rstrip(".")
    yield "name", f"{'Selon' if lang == 'fr' else 'According to'} Gartner, {text[0].lower()}{text[1:]}"
    yield "name", f"{bare} {'chez' if lang == 'fr' else 'at'} Teleperformance."
    yield "claim", f"{bare} {'dans tous les cas' if lang == 'fr' else 'in every case'}."


def _points(unit: str) -> Iterator[Mutation]:
    """What one point of a list is about, with what is told of the next one."""
    keyed = [
        re.split(r"\s?: ", line[2:].rstrip(" ;.\u00a0"), maxsplit=1) for line in unit.split("\n") if line[:2] == "- "
    ]
    if all(len(parts) == 2 for parts in keyed):
        for (key, _), (_, told) in pairwise(keyed):
            yield "points mixed", f"{key} : {told}."


def _halves(units: list[str]) -> Iterator[Mutation]:
    """The beginning of one sentence with the end of the next: not always false."""
    for one, other in pairwise(unit.split() for unit in units if "\n" not in unit):
        if len(one) > 7 and len(other) > 7:
            yield "halves", " ".join([*one[: len(one) // 2], *other[len(other) // 2 :]])
