"""Words of the report: sentences, the names of what was concluded, a person's own words made harmless."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.advice.model import Location, Recommendation, Verdict
from bot.interview.model import Texts
from bot.wording.catalogue import say
from index.typography import typeset

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s")


def phrase(lang: str, key: str, **values: object) -> str:
    """A sentence of the report, typeset once its places are filled in."""
    return typeset(say(lang, f"report_{key}", **values), lang)


def counted(lang: str, key: str, n: int, **values: object) -> str:
    """The singular or plural sentence, ``key_one`` or ``key_many``, with ``{n}``."""
    return phrase(lang, f"{key}_one" if n == 1 else f"{key}_many", n=n, **values)


def in_language(texts: Texts, lang: str) -> str:
    """The sentence in that language, else in French, else nothing; typeset."""
    return typeset((texts.get(lang) or texts.get("fr") or "").strip(), lang)


def clean(text: str) -> str:
    """A person's words on one line, without what cannot be seen or kept in a document."""
    visible = "".join(" " if c in "\n\r\t" else c for c in text if c in "\n\r\t" or _visible(c))
    return re.sub(r" {2,}", " ", visible).strip()


def _visible(char: str) -> bool:
    return unicodedata.category(char) not in _INVISIBLE


def shorten(text: str, longest: int) -> str:
    """At most that many characters: whole sentences when one fits, else cut at a word with an ellipsis."""
    if len(text) <= longest:
        return text
    kept = ""
    for sentence in _SENTENCE_END.split(text):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > longest:
            break
        kept = longer
    if kept and len(kept) >= longest // 3:
        return kept
    cut = text[: longest - 1]
    at = max(cut.rfind(" "), cut.rfind("\u00a0"))
    return (cut[:at] if at > longest // 2 else cut).rstrip(" ,;:.\u00a0") + "…"


def flow_title(rec: Recommendation, lang: str, longest: int = 60) -> str:
    """The flow's name as a heading, cut when long; words of ours when it has none."""
    return shorten(clean(rec.flow_name), longest) or phrase(lang, "flow_unnamed")


def verdict_name(verdict: Verdict, lang: str) -> str:
    """« externaliser une partie », for the middle of a sentence."""
    return phrase(lang, f"verdict_{verdict.value}")


def location_name(location: Location, lang: str) -> str:
    """« en nearshore (pays proche) »; empty when nothing goes out."""
    return "" if location is Location.NONE else phrase(lang, f"location_{location.value}")


def outcome(verdict: Verdict, target: Verdict | None, location: Location, lang: str) -> str:
    """Verdict, target and location in one line: « d'abord se préparer, puis externaliser une partie, en France »."""
    if verdict is Verdict.NOT_READY and target not in (None, Verdict.NOT_READY):
        return phrase(lang, "outcome_then", target=_placed(target, location, lang))
    return _placed(verdict, location, lang)


def _placed(verdict: Verdict | None, location: Location, lang: str) -> str:
    name = verdict_name(verdict, lang) if verdict else ""
    where = location_name(location, lang)
    return f"{name}, {where}" if where else name


def upper_first(text: str) -> str:
    """The same with a capital."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """The same inside a sentence: acronyms keep their capitals."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == "’" else text


def listed(things: Iterable[str], most: int, lang: str) -> str:
    """« a ; b ; c et 4 de plus »."""
    everything = tuple(things)
    text = " ; ".join(everything[:most]) if lang == "fr" else "; ".join(everything[:most])
    left = len(everything) - most
    return typeset(text, lang) + (" " + counted(lang, "and_more", left) if left > 0 else "")
