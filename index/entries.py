"""What an index holds: entries, the manifest of a build, and what is found around a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from index.scope import Scope

FORMAT = 4
"""Changes when what is stored changes meaning: an index of another format is rebuilt."""

TEXT, QUESTION, SENTENCE, TOPIC, BEYOND = "text", "question", "sentence", "topic", "beyond"


@dataclass(frozen=True)
class Entry:
    """One text that leads to a passage, or to none (``beyond``)."""

    id: str
    """A digest of all the rest: what has not changed is not encoded again."""
    owner: str
    """The passage's key, ``lang/article#section``; for ``topic``, its id; for ``beyond``, ``lang/theme``."""
    kind: str
    """``text`` (heading and text), ``question``, ``sentence``, ``topic`` (the mean of all those) or ``beyond``."""
    position: int
    """Which of the owner's questions, units or examples; 0 for a passage's text."""
    text: str

    @property
    def place(self) -> str:
        """Its name in the store that is searched: it says all that a search must know, so nothing else is read."""
        return f"{self.owner}?{self.kind}?{self.position}"


@dataclass(frozen=True)
class Near:
    """An entry found near a question."""

    owner: str
    kind: str
    position: int
    cosine: float
    """In [-1, 1]: Chroma's distance, turned round here and nowhere else."""

    @classmethod
    def at(cls, place: str, distance: float) -> Near:
        """The entry of that place, at that distance."""
        owner, kind, position = place.rsplit("?", 2)
        return cls(owner, kind, int(position), 1 - distance)

    @property
    def key(self) -> str:
        return f"{self.owner}?{self.position}"


@dataclass(frozen=True)
class Manifest:
    """What a build was made from; decides whether it can be used, updated or must be made again."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    build: str
    format: int
    encoder: str
    corpus: str
    passages: dict[str, str]
    """Passage key to digest."""
    entries: int
    created: str
    canary: float
    """Share of exact nearest neighbours that the approximate search found at build time, in [0, 1]."""
    scope: Scope | None = None
    """The boundary of the answerable; None where the corpus has no example of what lies beyond it."""


@dataclass(frozen=True)
class Surroundings:
    """What lies around a question."""

    near: tuple[Near, ...]
    """Best first."""
    margin: float
    """Log-odds that the question is of the kind the corpus answers, from ``index.scope``; 0 where it cannot tell."""


def parse_manifest(text: str) -> Manifest | None:
    """The manifest that a JSON text holds; None when it is not one, or of another time."""
    try:
        return TypeAdapter(Manifest).validate_json(text, strict=False)
    except ValidationError:
        return None
