"""Follow-ups understood from the conversation, without a model: "et l'offshore ?", "pourquoi ?", "en anglais ?".

A follow-up borrows what it lacks from the topic: the last question, itself completed from those before it. Where it
names a thing of the same kind as one in the topic (a location, a metric, an aspect: ``kind`` in the lexicon), it takes
its place; else it is added. What shows a follow-up is data, in ``followups.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from bot.faq.smalltalk import small_talk
from index import safe_yaml
from index.analyzer import Analyzer, Term, fold, words

MAX_TURNS = 6
"""Earlier questions looked at."""

_MAX_TOPIC_CHARS = 300
_REPLACING_KINDS = frozenset({"location", "aspect", "metric", "place", "channel", "party", "flow"})
_SUBJECTLESS_KINDS = frozenset({"aspect", "time"})

_NOISE = re.compile(r"[^\w']+")
_LEADING = re.compile(r"^(?:et|mais|donc|alors|ok|oui|and|but|so|what about|how about)\s+", re.IGNORECASE)


@cache
def _signs() -> dict[str, re.Pattern[str]]:
    raw = safe_yaml.load((Path(__file__).parent / "followups.yaml").read_text(encoding="utf-8"))
    return {name: re.compile("|".join(f"(?:{p})" for p in patterns)) for name, patterns in raw.items()}


class Turn(Enum):
    """What a message does with the conversation."""

    ALONE = "alone"
    FOLLOWS = "follows"
    """It names no subject: it cannot be understood alone."""
    GOES_ON = "goes on"
    """Short: it goes on from the topic, and names something besides."""
    PERHAPS = "perhaps"
    """Short, or long with a beginning that goes on: a follow-up, or a new question."""
    WHO_SAYS = "who says"
    MORE = "more"
    LANGUAGE = "language"


@dataclass(frozen=True)
class Resolved:
    """A message with what it borrows from the conversation."""

    turn: Turn
    alone: str
    """The message itself."""
    full: str
    """The message completed from the topic; the topic where it adds nothing; the message where it stands alone."""
    lang: str | None = None
    """The language asked for, when that is what the message does."""


@dataclass(frozen=True)
class _Topic:
    root: str
    added: str = ""

    @property
    def text(self) -> str:
        return f"{self.root} {self.added}".strip()


def resolve(history: Sequence[str], message: str, analyzer: Analyzer) -> Resolved:
    """Complete a message from the earlier ones of its conversation, oldest first."""
    topic: _Topic | None = None
    for earlier in history[-MAX_TURNS:]:
        topic = _advance(topic, earlier, analyzer)
    if topic is None:
        return Resolved(Turn.ALONE, message, message)
    turn, lang = classify(message, analyzer)
    if turn is Turn.ALONE:
        return Resolved(turn, message, message)
    if turn in (Turn.WHO_SAYS, Turn.MORE, Turn.LANGUAGE):
        return Resolved(turn, message, topic.text, lang)
    return Resolved(turn, message, _merge(topic, message, analyzer).text)


def classify(message: str, analyzer: Analyzer) -> tuple[Turn, str | None]:
    """What a message does with the conversation before it, and the language it asks for, if any."""
    folded = fold(message).strip()
    bare = _NOISE.sub(" ", folded).strip()
    signs = _signs()
    if signs["who_says"].fullmatch(bare):
        return Turn.WHO_SAYS, None
    if signs["more"].fullmatch(bare):
        return Turn.MORE, None
    if asked := signs["language"].fullmatch(bare):
        return Turn.LANGUAGE, "en" if (asked["lang_fr"] or asked["lang_en"]) in ("anglais", "english") else "fr"
    terms = analyzer.terms(message)
    subject = [t for t in terms if not t.is_concept and not _is_subjectless(t, terms, analyzer)]
    if not subject:
        return Turn.FOLLOWS, None
    short = len(subject) <= 2 and len(words(message)) <= 8
    goes_on = signs["opener"].match(folded)
    if short:
        return Turn.GOES_ON if goes_on or signs["anaphora"].search(folded) else Turn.PERHAPS, None
    return Turn.PERHAPS if goes_on else Turn.ALONE, None


def _is_subjectless(term: Term, terms: Sequence[Term], analyzer: Analyzer) -> bool:
    """Whether a word only belongs to an aspect or a time ("exemple", "combien de temps"): it needs a subject."""
    return any(
        c.is_concept and analyzer.kinds[c.stem] in _SUBJECTLESS_KINDS and term.surface in c.surface.split()
        for c in terms
    )


def _advance(topic: _Topic | None, message: str, analyzer: Analyzer) -> _Topic | None:
    if small_talk(message):
        return topic
    if topic is None:
        return _Topic(message)
    turn, _ = classify(message, analyzer)
    if turn in (Turn.WHO_SAYS, Turn.MORE, Turn.LANGUAGE):
        return topic
    return _merge(topic, message, analyzer) if turn in (Turn.FOLLOWS, Turn.GOES_ON) else _Topic(message)


def _merge(topic: _Topic, message: str, analyzer: Analyzer) -> _Topic:
    added = _LEADING.sub("", message.strip())
    replaced = _substitute(topic.root, added, analyzer)
    if replaced is not None:
        return _Topic(replaced, added[:_MAX_TOPIC_CHARS])
    return _Topic(topic.text[:_MAX_TOPIC_CHARS], added[:_MAX_TOPIC_CHARS])


def _substitute(root: str, message: str, analyzer: Analyzer) -> str | None:
    """The topic with a thing of the message in the place of the thing of the same kind; None where there is none."""
    folded = fold(root)
    if len(folded) != len(root):
        return None
    new = {analyzer.kinds[t.stem]: t for t in analyzer.terms(message) if t.is_concept}
    done = False
    for term in analyzer.terms(root):
        if not term.is_concept:
            continue
        kind = analyzer.kinds[term.stem]
        other = new.get(kind)
        if kind in _REPLACING_KINDS and other is not None and other.stem != term.stem:
            at = fold(root).find(term.surface)
            if at >= 0:
                root = root[:at] + other.surface + root[at + len(term.surface) :]
                done = True
    return root if done else None
