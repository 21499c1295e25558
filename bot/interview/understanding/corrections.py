"""Earlier answers taken back in a sentence: « en fait le volume c'est 4 500 », "change the volume"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.interview.model import Question
from bot.interview.understanding import fields, intents, lexicon
from bot.interview.understanding.outcome import Correction, Outcome, Understood
from bot.interview.understanding.reading import understand
from bot.interview.understanding.said import Said, readable, say
from bot.interview.understanding.several import mentions

_INTRODUCES = lexicon.expression("corrections", "introduces")
_DENIED = re.compile(r"^.*?\b(?:pas|not)\b [^,;]*?[,;]?\s*(?:mais|but|c'est|plutot|it's|it is)\s+")
_TELLS = re.compile(r"\w")
_BARE_ARTICLES = re.compile(r"\b(?:le|la|les|l|d|du|de|des|the|of|my|our|mon|ma|mes|notre|nos|sur|about|for|pour)\b")
_INSTEAD = re.compile(
    r",? (?:not|pas|et non|and not|plutot que|instead of|au lieu de) (?:de |a )?[0-9](?:(?!\bmais\b|\bbut\b)[^,;])*$"
)
_LEADS = re.compile(r"^(?:(?:on|nous|we|il|elle|y|le|la|les|l'|the|our|notre|nos|mon|ma|mes|my)\s+)+")


def correction(text: str, questions: Sequence[Question], lang: str) -> Correction | None:
    """The earlier answer that a message takes back, or None when it takes none back.

    A message is a correction when it opens as one does (« en fait », "actually") or asks for a change, and names a
    field or gives a unit that points to one. Without a new value, what is understood is the command ``edit``.
    """
    if not readable(text):
        return None
    said = say(text, "en" if lang == "en" else "fr")
    if not said.raw or intents.hostile(said) or (said.asks and fields.edit_request(said) is None):
        return None
    rest = fields.edit_request(said)
    if rest is not None:
        return _asked(rest, questions, said)
    if not fields.corrects(said):
        return None
    body = fields.without_correction(said.folded)
    again = fields.edit_request(say(body, said.lang))
    if again is not None:
        return _asked(again, questions, said)
    return _told(body, questions, said)


def _asked(rest: str, questions: Sequence[Question], said: Said) -> Correction | None:
    """« changer le volume », « mettre le volume à 4 500 »."""
    told = _told(rest, questions, said)
    if told:
        return told
    return None


def _told(body: str, questions: Sequence[Question], said: Said) -> Correction | None:
    by_id = {q.id: q for q in questions}
    body = _INSTEAD.sub("", body)
    named = [(name, start, end) for name, start, end in _named(body, questions) if name in by_id]
    for name, start, end in named[:2]:
        after = body[end:]
        if not _TELLS.search(_BARE_ARTICLES.sub("", f"{body[:start]} {after}")):
            return Correction(name, Understood(Outcome.COMMAND, command="edit", field=name), said.raw)
        for words in (_DENIED.sub("", after), _INTRODUCES.sub("", after), body[:start] + after, body):
            words = words.strip(" ,;:=-")
            if not words:
                continue
            understood = understand(words, by_id[name], said.lang)
            if understood.kind in (Outcome.VALUE, Outcome.AMBIGUOUS, Outcome.UNKNOWN):
                return Correction(name, understood, said.raw)
    told = mentions(_LEADS.sub("", body), questions, said.lang)
    fitting = [m for m in told if not named or m.field == named[0][0]] or list(told if not named else ())
    if fitting:
        return Correction(fitting[0].field, fitting[0].understood, said.raw)
    if named:
        name, _, end = named[0]
        if re.search(r"[0-9]", say(body[end:], said.lang).digits):
            return Correction(
                name, understand(_INTRODUCES.sub("", body[end:]).strip() or body, by_id[name], said.lang), said.raw
            )
        return Correction(name, Understood(Outcome.COMMAND, command="edit", field=name), said.raw)
    return None


def _named(body: str, questions: Sequence[Question]) -> list[tuple[str, int, int]]:
    """Fields by their usual words, then by the labels of their questions."""
    found = fields.named_in(body)
    if found:
        return found
    for question in questions:
        for label in question.label.values():
            folded = lexicon.folded(label)
            if len(folded) > 3 and (at := body.find(folded)) >= 0:
                found.append((question.id, at, at + len(folded)))
    return found
