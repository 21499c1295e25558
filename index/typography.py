"""French and English typography, applied once when the corpus is read: authors type ordinary spaces."""

from __future__ import annotations

import re

NBSP = "\u00a0"
"""Non-breaking space: before : ; ? ! % € and inside « » in French, and between groups of three digits."""

_FRENCH = [
    (re.compile(r"(?<=\d)[ \u202f](?=\d{3}(?!\d))"), NBSP),
    (re.compile(r"[ \u202f](?=[:;?!%€»])"), NBSP),
    (re.compile(r"(?<=«)[ \u202f]"), NBSP),
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r"(?<=\d) (?=(?:millions?|milliards?|ans?|mois|semaines?|jours?|heures?|secondes?|euros?)\b)"), NBSP),
]
_ENGLISH = [
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r"(?<=\d) (?=(?:million|billion|years?|months?|weeks?|days?|hours?|seconds?)\b)"), NBSP),
]


def typeset(text: str, lang: str) -> str:
    """Return the text with the non-breaking spaces and apostrophes of its language (``fr`` or ``en``)."""
    text = text.replace("\u202f", NBSP)
    for pattern, replacement in _FRENCH if lang == "fr" else _ENGLISH:
        text = pattern.sub(replacement, text)
    return text
