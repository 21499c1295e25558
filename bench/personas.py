"""``python -m bench.personas``: imagined directors through the recommendation, and how many questions they are asked.

Prints a table, puts it at the end of ``bench/results.md``, and exits with 1 when it is below what we hold ourselves to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from bench.grading import table
from bench.labels import HERE, normalise
from bench.results import put_section
from bot.advice.decision import decide
from bot.advice.model import Verdict
from bot.advice.recommend import recommend
from bot.citations import Citations
from bot.dialogue.desk import Desk
from bot.interview.answers import Answer, Answers
from bot.interview.engine import Engine
from bot.interview.given import Given, read_given
from bot.interview.loader import shipped_interview
from bot.interview.model import Facts, Interview
from bot.report.sections import full_text
from index import safe_yaml
from index.articles import read_corpus

LEAST_ACCEPTABLE, LEAST_PREFERRED, MOST_ASKED = 0.95, 0.80, 0.60
"""Shares of the personas, and of the questions that exist."""

NEVER = (r"\bgaranti(e|s|es)?\b", r"\bguaranteed\b", r"[{}]", r"\b[a-z]+_[a-z_]+\b", r"(reponses|answers) ?: push\b")
"""What no text may hold: a certain saving, and what only machines read."""

_TITLE = "## Personas"


@dataclass(frozen=True)
class Concluded:
    """What is said of a flow, as far as it is compared."""

    verdict: str
    target: str
    location: str

    def __str__(self) -> str:
        verdict = f"not ready, then {self.target}" if self.verdict == "not_ready" else self.verdict
        return f"{verdict}, {self.location}"


@dataclass(frozen=True)
class Persona:
    """One imagined director with one contact flow: see the head of ``personas.yaml``."""

    id: str
    lang: str
    story: str
    answers: Mapping[str, Any]
    accept: Mapping[str, Sequence[str]]
    prefer: Mapping[str, str]
    why: str
    mention: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    pair: str | None = None

    def accepts(self, got: Concluded) -> bool:
        """Whether a careful consultant could defend it."""
        if got.verdict not in self.accept["verdict"]:
            return False
        if got.verdict == "not_ready" and got.target not in self.accept["target"]:
            return False
        return got.location in self.accept["location"]

    def prefers(self, got: Concluded) -> bool:
        """Whether it is the conclusion that we would sign."""
        preferred = Concluded(
            self.prefer["verdict"], self.prefer.get("target", self.prefer["verdict"]), self.prefer["location"]
        )
        return got == preferred


@dataclass(frozen=True)
class Interviewed:
    """What a persona was asked, and whether the shorter interview concluded the same as the whole one."""

    asked: int
    of: int
    difference: str
    """What the two conclude, where they differ; empty when they agree."""

    @property
    def share(self) -> float:
        return self.asked / self.of


@dataclass(frozen=True)
class Judged:
    """What came of one persona."""

    persona: Persona
    got: Concluded
    unsaid: tuple[str, ...]
    """What had to be mentioned and is not."""
    forbidden: tuple[str, ...]
    interview: Interviewed


def read_personas(path: Path = HERE / "personas.yaml") -> list[Persona]:
    """The personas, in file order."""
    rows = safe_yaml.load(path.read_text(encoding="utf-8"))
    return [_persona(row) for row in rows]


def _persona(row: dict[str, Any]) -> Persona:
    return Persona(**{**row, "mention": tuple(row.get("mention", ())), "never": tuple(row.get("never", ()))})


def given_by(persona: Persona, interview: Interview) -> Given:
    """The persona's answers as the interview keeps them."""
    return read_given(interview, persona.answers)


def judge(persona: Persona, desk: Desk, titles: Callable[[str], Callable[[str], str]]) -> Judged:
    """One persona through the recommendation, its text and the interview."""
    answers = given_by(persona, desk.interview).answers
    rec = recommend(desk.interview, desk.engine.facts(answers))
    text = normalise(full_text(rec, desk.interview, persona.lang, titles(persona.lang)))
    decision = rec.decision
    return Judged(
        persona,
        Concluded(decision.verdict.value, decision.target.value, decision.location.value),
        tuple(said for said in persona.mention if not re.search(said, text)),
        tuple(found[0] for said in (*NEVER, *persona.never) if (found := re.search(said, text))),
        hold_interview(desk.engine, answers),
    )


def hold_interview(engine: Engine, answers: Answers) -> Interviewed:
    """Asks a persona what still matters, until nothing does; then everything else, and compares the two."""
    given: dict[str, Answer] = {}
    while question := engine.next(given):
        given[question.id] = answers.get(question.id, Answer())
    asked = len(given)
    short = _compared(engine.interview, engine.facts(given))
    while question := engine.next(given, refine=True):
        given[question.id] = answers.get(question.id, Answer())
    whole = _compared(engine.interview, engine.facts(given))
    return Interviewed(asked, len(engine.interview.questions), "" if short == whole else f"{short} ≠ {whole}")


def _compared(interview: Interview, facts: Facts) -> tuple[str, tuple[str, ...]]:
    """The conclusion, and the gates that are not open: none are looked at for a flow that stays."""
    decision = decide(interview, facts)
    concluded = Concluded(decision.verdict.value, decision.target.value, decision.location.value)
    if decision.verdict is Verdict.IN_HOUSE:
        return str(concluded), ()
    return str(concluded), tuple(gate.id for gate in decision.readiness.gates if not gate.open)


def told_apart(judged: Sequence[Judged]) -> list[tuple[Judged, Judged, bool]]:
    """Each pair that differs by one answer, and whether its two are told different things."""
    by_id = {one.persona.id: one for one in judged}
    pairs = [(by_id[one.persona.pair], one) for one in judged if one.persona.pair]
    return [(first, second, first.got != second.got) for first, second in pairs]


def figures(judged: Sequence[Judged]) -> dict[str, str]:
    """The rows of the table."""
    pairs = told_apart(judged)
    shares = [one.interview.share for one in judged]
    wanted = sum(len(one.persona.mention) for one in judged)
    said = wanted - sum(len(one.unsaid) for one in judged)
    return {
        f"Acceptable verdict and location ({len(judged)})": f"{_acceptable(judged):.0%}",
        f"Preferred verdict and location ({len(judged)})": f"{_preferred(judged):.0%}",
        f"Pairs told apart ({len(pairs)})": f"{sum(apart for *_, apart in pairs)}",
        f"Said of what must be said ({wanted})": f"{said / wanted:.0%}",
        "Said though it must not be": f"{sum(len(one.forbidden) for one in judged)}",
        f"Questions asked of those that exist ({judged[0].interview.of}), average": f"{_asked(judged):.0%}",
        "Questions asked, fewest and most": f"{min(shares):.0%}, {max(shares):.0%}",
        "Concluding otherwise once all is asked": f"{sum(bool(one.interview.difference) for one in judged)}",
    }


def complaints(judged: Sequence[Judged]) -> list[str]:
    """What is not as it should be, a line each."""
    lines = []
    for one in judged:
        name, prefer = one.persona.id, one.persona.prefer
        wanted = Concluded(prefer["verdict"], prefer.get("target", prefer["verdict"]), prefer["location"])
        if not one.persona.accepts(one.got):
            lines.append(f"{name}: NOT ACCEPTABLE: {one.got}; preferred: {wanted}")
        elif not one.persona.prefers(one.got):
            lines.append(f"{name}: not preferred: {one.got}; preferred: {wanted}")
        lines += [f"{name}: does not say {said}" for said in one.unsaid]
        lines += [f"{name}: SAYS {said}" for said in one.forbidden]
        if one.interview.difference:
            lines.append(f"{name}: SHORTER INTERVIEW: {one.interview.difference}")
    lines += [
        f"{second.persona.id}: SAME AS ITS PAIR {first.persona.id}: {first.got}"
        for first, second, apart in told_apart(judged)
        if not apart
    ]
    return lines


def passes(judged: Sequence[Judged]) -> bool:
    """Whether all this is what we hold ourselves to."""
    return (
        _acceptable(judged) >= LEAST_ACCEPTABLE
        and _preferred(judged) >= LEAST_PREFERRED
        and _asked(judged) <= MOST_ASKED
        and not any(one.forbidden or one.interview.difference for one in judged)
        and all(apart for *_, apart in told_apart(judged))
    )


def section(judged: Sequence[Judged]) -> str:
    """Our part of the page of results, in Markdown."""
    languages = [one.persona.lang for one in judged]
    return f"""{_TITLE}

Written by `python -m bench.personas` on {date.today().isoformat()}; do not edit.

{table({"Curseur": figures(judged)})}

{len(judged)} imagined directors with one contact flow each, {languages.count("fr")} in French and \
{languages.count("en")} in English, some of whom know little. What is acceptable, preferred and to be said was written \
from the five source documents: for the first 75 before the rules were read, then for eight more where changing one \
answer led to a conclusion that the sources do not bear out. Two preferences were mended when the sources sided with \
the rules, and the rules may be mended by what is found here: not a blind test. Part of what must not be said was \
added after reading the texts. What must be said is a regular expression over the whole text, so a false sentence \
beside it goes unseen. The interview asks what can still change verdict, location or a gate, and is compared with one \
that asks everything.
"""


def _acceptable(judged: Sequence[Judged]) -> float:
    return sum(one.persona.accepts(one.got) for one in judged) / len(judged)


def _preferred(judged: Sequence[Judged]) -> float:
    return sum(one.persona.prefers(one.got) for one in judged) / len(judged)


def _asked(judged: Sequence[Judged]) -> float:
    return sum(one.interview.share for one in judged) / len(judged)


def main(
    write: Annotated[bool, typer.Option(help="Put the table at the end of results.md.")] = True,
) -> None:
    """Judge the recommendation by the personas."""
    desk = Desk(shipped_interview())
    titles = cache(Citations(lambda: read_corpus(HERE.parent / "corpus")).titles)
    judged = [judge(persona, desk, titles) for persona in read_personas()]
    typer.echo("\n".join([table({"Curseur": figures(judged)}), "", *complaints(judged)]))
    if write:
        put_section(section(judged))
        typer.echo("\nwritten: the last part of bench/results.md", err=True)
    raise typer.Exit(0 if passes(judged) else 1)


if __name__ == "__main__":
    typer.run(main)
