"""What a link to the bot asks: ``t.me/<bot>?start=ask_<…>``, where a link may hold letters, digits, ``_`` and ``-``.

``ask_seven-risks_overview`` is a section of an article, ``ask_quels-couts-caches`` an example or any words with hyphens
for spaces, ``askb_<base64url>`` a text as it is, of 44 bytes at most.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.messages import Reply
from bot.wording.catalogue import examples, say
from index.analyzer import fold
from index.articles import LANGUAGES, Passage

_WORDS, _TEXT = "ask_", "askb_"
_PAYLOAD = re.compile(r"[\w-]{1,64}", re.ASCII)
_APART = re.compile(r"[^a-z0-9]+")
_LEADS_ELSEWHERE = re.compile(r"[./:@\\]")


@dataclass(frozen=True)
class Asked:
    """A question that came by a link."""

    text: str
    lang: str | None = None
    """Its language, where it is known."""

    @property
    def repeatable(self) -> bool:
        """Whether the bot may say it in its own message: whoever made the link may have hidden another in it."""
        return not _LEADS_ELSEWHERE.search(self.text)


def is_question(payload: str) -> bool:
    """Whether a start parameter is, or was meant to be, a question."""
    return payload.startswith((_WORDS, _TEXT))


def question(payload: str, lang: str, section: Callable[[str], Passage | None]) -> Asked | None:
    """The question that a start parameter asks; None when it asks nothing that can be read.

    Args:
        payload: the parameter.
        lang: the person's language, whose examples come first.
        section: from ``article#section`` to the passage; None when there is none such.
    """
    if not _PAYLOAD.fullmatch(payload):
        return None
    if payload.startswith(_TEXT):
        return _decoded(payload.removeprefix(_TEXT))
    words = payload.removeprefix(_WORDS)
    for place in (at for at, letter in enumerate(words) if letter == "_"):
        if found := section(f"{words[:place]}#{words[place + 1 :]}"):
            return Asked((*found.questions, found.heading)[0], found.lang)
    wanted = slug(words)
    for spoken in (lang, *LANGUAGES):
        if known := next((text for text in examples(spoken) if slug(text) == wanted), None):
            return Asked(known, spoken)
    return Asked(wanted.replace("-", " ")) if re.search("[a-z]", wanted) else None


def opening(asked: Asked, lang: str, *, newcomer: bool) -> list[Reply]:
    """What is said before the answer: to whoever has never met the bot, what it is; and what was asked."""
    lines = [say(lang, "link_newcomer")] if newcomer else []
    lines += [say(lang, "link_question", question=asked.text)] if asked.repeatable else []
    return [Reply.of("\n\n".join(lines))] if lines else []


def slug(text: str) -> str:
    """A question as a link spells it: small letters without accents, and hyphens."""
    return _APART.sub("-", fold(text)).strip("-")


def _decoded(code: str) -> Asked | None:
    try:
        raw = base64.b64decode(code + "=" * (-len(code) % 4), altchars=b"-_", validate=True)
        text = " ".join(raw.decode("utf-8").split())
    except (binascii.Error, UnicodeDecodeError):
        return None
    return Asked(text) if text.isprintable() and any(letter.isalpha() for letter in text) else None
