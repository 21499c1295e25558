"""Yes and no in all their shades; and « en partie » where that is an answer."""

from __future__ import annotations

import re
from functools import cache

from bot.interview.model import Question
from bot.interview.understanding import choices, figures, lexicon
from bot.interview.understanding.outcome import Outcome, Understood, invalid
from bot.interview.understanding.said import Said

_YES = re.compile("[\U0001f44d\U0001f44c✅✔☑\U0001f197\U0001f4af\U0001f64c]")
_NO = re.compile("[\U0001f44e❌✖\U0001f6ab\U0001f645⛔]")
_PARTLY = lexicon.expression("booleans", "partly")
_BEGUN = lexicon.expression("booleans", "begun")
_REVERSED = frozenset({"internal_skill_gap"})
"""Asked about what is missing: « nous avons les compétences » answers no."""
_BUT = re.compile(r"\b(?:mais|but|sauf|except|though|cependant)\b")


@cache
def _shade(side: str, key: str) -> re.Pattern[str]:
    return re.compile(lexicon.read("shades")[side][key])


@cache
def _one(key: str) -> re.Pattern[str]:
    return re.compile(lexicon.read("shades")[key])


def yes_or_no(said: Said) -> bool | None:
    """What a message says by itself, whatever was asked; None when it says neither, or both."""
    words = re.sub(r"[^\w' /]+", " ", said.bare)
    words = re.sub(r"\s+", " ", words).strip()
    if not words:
        yes, no = bool(_YES.search(said.raw)), bool(_NO.search(said.raw))
        return yes if yes != no else None
    full = re.sub(r"\s+", " ", re.sub(r"[^\w' ]+", " ", said.folded)).strip()
    for form in (words, full):
        for side in ("no", "yes"):
            if _shade(side, "whole").fullmatch(form):
                return side == "yes"
    if said.asks:
        return None
    for side in ("no", "yes"):
        if re.match(rf"(?:{_shade(side, 'start').pattern})(?![\w'])", words) or re.search(
            rf"\b(?:{_shade(side, 'end').pattern})$", words
        ):
            return side == "yes"
    return None


def both(said: Said) -> bool:
    """Whether it says yes and no at once."""
    return bool(_one("both").fullmatch(re.sub(r"\s+", " ", re.sub(r"[^\w' /]+", " ", said.bare)).strip()))


def read(said: Said, question: Question) -> Understood | None:
    """True or false."""
    if option := choices.exact(said, question):
        return Understood(Outcome.VALUE, bool(option.value))
    if both(said):
        return invalid(
            "Pour avancer, choisissez ce qui l'emporte : oui ou non. Sinon, dites « je ne sais pas ».",
            "To move on, choose what prevails: yes or no. Otherwise, say “I don't know”.",
        )
    told = yes_or_no(said)
    if told is not None:
        return Understood(Outcome.VALUE, told)
    kept, out = choices.named(said, question)
    sides = {bool(v) for v in kept} | {not v for v in out}
    if len(sides) == 1:
        return Understood(Outcome.VALUE, sides.pop())
    if len(sides) == 2:
        return figures.invalid_for(
            question,
            (
                "Je lis un peu des deux : est-ce plutôt oui ou plutôt non ?",
                "I read a bit of both: is it rather yes or rather no?",
            ),
        )
    return _by_polarity(said, question)


def _by_polarity(said: Said, question: Question) -> Understood | None:
    """« On a des données clients » : a sentence about what was asked, affirming or denying."""
    if question.id in _REVERSED or not _about(said, question):
        return None
    denies = bool(_one("negations").search(said.folded))
    if denies or _one("affirmations").match(said.bare):
        return Understood(Outcome.VALUE, not denies)
    return None


def denies_topic(said: Said, question: Question) -> bool:
    """Whether a sentence denies what the question is about."""
    return _about(said, question) and bool(_one("negations").search(said.folded))


def _about(said: Said, question: Question) -> bool:
    yes = question.option(True)
    words = (w for ws in yes.words.values() for w in ws) if yes else ()
    return bool(_stems(said.folded) & _topic(question.id, (*question.ask.values(), *question.label.values(), *words)))


@cache
def _topic(_field: str, texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(stem for text in texts for stem in _stems(lexicon.folded(text)))


def _stems(folded: str) -> frozenset[str]:
    return frozenset(w[:6] for w in re.findall(r"[a-z]{4,}", folded) if w not in lexicon.fillers())


def shade_of(said: Said) -> str:
    """For a question whose options are yes, partial and no: which of them, or empty."""
    if both(said):
        return "partial"
    if share := re.search(r"\b(?P<n>[0-9]{1,3}) ?%", said.digits):
        return "yes" if int(share["n"]) >= 95 else "no" if int(share["n"]) == 0 else "partial"
    if re.match(
        r"(?:on a |nous avons |we have |il y a |juste |just )?(?:quelques|certaine?s?|une partie|some|a few)\b",
        said.bare,
    ):
        return "partial"
    told = yes_or_no(said)
    if told is True and _BUT.search(said.folded):
        return "partial"
    if told is True and _PARTLY.search(said.folded):
        return "partial"
    if told is False and _BEGUN.search(said.folded):
        return "partial"
    return "" if told is None else "yes" if told else "no"
