"""What a system gave for each question, graded, and the figures that a table shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import mean, median
from typing import Any, Literal

from bench.citations import faults
from bench.labels import Half, Labelled, complete, found_facts, read
from bench.latency import percentiles

Part = Half | Literal["all"]
PARTS: tuple[Part, ...] = ("report", "tune", "all")
NOTHING = "–"
"""A cell that does not apply."""
_SHOWN = 100
"""Characters of a missing fact's expression."""


@dataclass(frozen=True)
class Given:
    """What a system gave for one question."""

    answered: bool
    """False for a refusal and for small talk."""
    text: str
    score: float
    """How sure the system is, in its own unit."""
    ms: float
    lang: str = ""
    """The language we took the question for."""
    result: dict[str, Any] | None = None
    """Our own JSON, which says what is cited; None for a peer."""
    quoted: str = ""
    """Our quotes alone, without the list of sources."""


@dataclass(frozen=True)
class Graded:
    """One question with what was given for it."""

    asked: Labelled
    given: Given
    found: tuple[bool, ...] = field(init=False)
    """For each needed fact, whether it was given; none for an unanswerable question."""
    faults: tuple[str, ...] = field(init=False)
    """What is wrong with the citations of our answer."""

    def __post_init__(self) -> None:
        given = self.given
        held = found_facts(given.text, self.asked.facts) if given.answered else [False] * len(self.asked.facts)
        object.__setattr__(self, "found", tuple(held))
        checked = given.answered and given.result is not None
        object.__setattr__(self, "faults", tuple(faults(given.result)) if checked and given.result else ())

    @property
    def answerable(self) -> bool:
        return bool(self.asked.facts)

    @property
    def complete(self) -> bool:
        """Whether every needed fact was given."""
        return self.answerable and all(self.found)

    @property
    def wrong(self) -> bool:
        """Whether something was given that should not have been: no refusal is wrong in this sense."""
        return self.given.answered and not self.complete

    @property
    def group(self) -> str:
        """``fr``, ``en``, ``follow-ups``, ``near`` or ``far``."""
        if not self.answerable:
            return "near" if self.asked.near else "far"
        return "follow-ups" if self.asked.history else self.asked.lang


def all_questions() -> list[Labelled]:
    """Every labelled question that figures are published on."""
    answerable = [*read("questions.fr", "fr"), *read("questions.en", "en"), *read("followups")]
    return [*answerable, *read("unanswerable")]


def part_of(graded: Iterable[Graded], part: Part) -> list[Graded]:
    """The questions of a half, or all."""
    return [g for g in graded if part in ("all", g.asked.half)]


def quality(graded: Sequence[Graded]) -> dict[str, str]:
    """The rows of the quality table, each with its number of questions, and this system's cell."""
    groups = {name: [g for g in graded if g.group == name] for name in ("fr", "en", "follow-ups", "near", "far")}
    answerable = [g for g in graded if g.answerable]
    beyond = [g for g in graded if not g.answerable]
    ours = [g for g in graded if g.given.answered and g.given.result is not None]
    titles = {"fr": "in French", "en": "in English", "follow-ups": "follow-ups"}
    rows = {f"All needed facts, {titles[n]} ({len(groups[n])})": _share(g.complete for g in groups[n]) for n in titles}
    rows[f"**All needed facts, all three ({len(answerable)})**"] = f"**{_share(g.complete for g in answerable)}**"
    facts = [held for g in answerable for held in g.found]
    rows[f"Facts found ({len(facts)})"] = _share(facts)
    rows["All needed facts in the quotes alone, sources not read"] = (
        _share(g.given.answered and complete(g.given.quoted, g.asked.facts) for g in answerable) if ours else NOTHING
    )
    for name, title in (("near", "near the subject"), ("far", "far from it")):
        rows[f"Unanswerable, yet answered: {title} ({len(groups[name])})"] = _share(
            g.given.answered for g in groups[name]
        )
    rows[f"**Unanswerable, yet answered ({len(beyond)})**"] = f"**{_share(g.given.answered for g in beyond)}**"
    rows[f"Answerable, yet refused ({len(answerable)})"] = _share(not g.given.answered for g in answerable)
    rows["Answers whose citations are all correct"] = _share(not g.faults for g in ours) if ours else NOTHING
    return rows


def speed(graded: Sequence[Graded], memory: float | None) -> dict[str, str]:
    """The rows of the table of time and size."""
    p50, p95 = percentiles([g.given.ms for g in graded])
    lengths = [len(g.given.text) for g in graded if g.given.answered]
    return {
        "Warm answer, p50": _ms(p50),
        "Warm answer, p95": _ms(p95),
        "Median length of an answer": f"{median(lengths):.0f} characters" if lengths else NOTHING,
        "Resident memory": f"{memory:.0f} MB" if memory else NOTHING,
    }


def table(columns: dict[str, dict[str, str]]) -> str:
    """A Markdown table: one column a system, in order; the rows of the first."""
    rows = next(iter(columns.values()))
    lines = ["| | " + " | ".join(columns) + " |", "|---|" + "--:|" * len(columns)]
    lines += [f"| {row} | " + " | ".join(column[row] for column in columns.values()) + " |" for row in rows]
    return "\n".join(lines)


def failures(graded: Iterable[Graded]) -> list[str]:
    """What went wrong with our answers on the tuning half, one line each; the report half stays unread."""
    lines = []
    for g in part_of(graded, "tune"):
        result = g.given.result or {"citations": [], "suggestions": []}
        cited = ", ".join(c["passage"] for c in result["citations"]) or "nothing"
        near = ", ".join(s["passage"] for s in result["suggestions"]) or "nothing"
        head = f"{g.asked.id} (p={g.given.score:.2f}) {g.asked.question!r}"
        if g.answerable and not g.given.answered:
            lines.append(f"{head}: refused; nearest: {near}")
        elif g.answerable and not g.complete:
            missing = [fact[:_SHOWN] for fact, held in zip(g.asked.facts, g.found, strict=True) if not held]
            lines.append(f"{head}: lacks {len(missing)} of {len(g.found)}: {'  AND  '.join(missing)}; cited: {cited}")
        elif g.wrong:
            lines.append(f"{head}: answered though no source says; cited: {cited}")
        lines += [f"{g.asked.id}: citation: {fault}" for fault in g.faults]
    return lines


def _ms(value: float) -> str:
    return f"{value:.{0 if value >= 10 else 1}f} ms"


def _share(held: Iterable[bool]) -> str:
    values = list(held)
    return f"{mean(values):.0%}" if values else NOTHING
