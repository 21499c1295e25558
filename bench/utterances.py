"""``python -m bench.utterances``: answers as people type them, and how many are understood.

Prints a table, puts it into ``bench/results.md`` before the personas, and exits with 1 below what we hold ourselves to.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from bench.grading import table
from bench.labels import HERE
from bench.results import put_section
from bot.interview.loader import shipped_interview
from bot.interview.model import Interview
from bot.understand import understand_lines
from index import safe_yaml

LEAST_UNDERSTOOD = 0.92
"""Share of the utterances."""

Set = Literal["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
Outcome = Mapping[str, Any]
"""One line of ``python -m bot understand --jsonl``."""

KINDS = ("value", "unknown", "skip", "command", "digression", "invalid")
FIELD_KINDS = ("numbers", "choices", "yes or no", "hours", "languages", "text")
_FAMILY = {"choice": "choices", "choices": "choices", "boolean": "yes or no", "schedule": "hours"}

FIRST_RUNS: Mapping[Set, str] = {
    "first": "94.9% of 867 understood; 2 invalid answers stored, 1 command and 1 question taken for an answer",
    "second": "90.7% of 140; none of the three faults",
    "third": "92.5% of 174; 1 invalid answer stored",
    "fourth": "92.9% of 112; none of the three faults",
    "fifth": "89.6% of 135, mostly traps; 2 invalid answers stored, 3 questions taken for an answer",
    "sixth": "94.4% of 124; none of the three faults",
    "seventh": "77.5% of 89, all of them no value; 1 question taken for an answer",
    "eighth": "75.7% of 74, nearly all of them no value; none of the three faults",
    "ninth": "83.6% of 61, all of them no value; none of the three faults",
}
"""What each set gave before anything was mended with it in sight. Measured once, 25 November 2026; never rewritten."""

_TITLE = "## Utterances"


@dataclass(frozen=True)
class Reading:
    """One right way to read an utterance: see the head of ``utterances.yaml``."""

    kind: str
    value: Any = None
    range: tuple[float, float] | None = None
    between: tuple[float, float] | None = None
    contains: str | None = None
    hours: float | tuple[float, float] | None = None
    command: str | None = None

    def matches(self, got: Outcome) -> bool:
        """Whether this is what was understood."""
        if got["kind"] != self.kind:
            return False
        if self.kind == "command":
            return self.command is None or bool(self.command == got.get("command"))
        return self.kind != "value" or self._same_value(got)

    def _same_value(self, got: Outcome) -> bool:
        value = got.get("value")
        if self.contains is not None:
            return isinstance(value, str) and self.contains.casefold() in value.casefold()
        if self.hours is not None:
            low, high = self.hours if isinstance(self.hours, tuple) else (self.hours, self.hours)
            return bool(low - 0.01 <= got.get("hours_per_week", -1) <= high + 0.01)
        if self.between is not None:
            low, high = self.between
            return _is_number(value) and bool(low <= got["value"] <= high)
        if self.range is not None and not all(map(_near, got.get("range", (-1, -1)), self.range)):
            return False
        return _near(value, self.value) if _is_number(self.value) else bool(value == self.value)


@dataclass(frozen=True)
class Utterance:
    """One thing typed in answer to a question."""

    field: str
    lang: str
    text: str
    readings: tuple[Reading, ...]
    """The right one first; any other is as good."""
    set: Set = "first"

    @property
    def kind(self) -> str:
        return self.readings[0].kind


@dataclass(frozen=True)
class Heard:
    """An utterance and what was made of it."""

    said: Utterance
    got: Outcome

    @property
    def understood(self) -> bool:
        return any(reading.matches(self.got) for reading in self.said.readings)

    def taken_for_answer(self, kind: str) -> bool:
        """Whether something of that kind, where no answer was to be read, was kept as one."""
        never = all(reading.kind != "value" for reading in self.said.readings)
        return self.said.kind == kind and never and bool(self.got["kind"] == "value")


def read_utterances(path: Path = HERE / "utterances.yaml") -> list[Utterance]:
    """The utterances, in file order."""
    return [_utterance(row) for row in safe_yaml.load(path.read_text(encoding="utf-8"))]


def _utterance(row: Mapping[str, Any]) -> Utterance:
    about = {key: row[key] for key in ("field", "lang", "text", "set") if key in row}
    first = {key: value for key, value in row.items() if key not in about and key != "any_of"}
    return Utterance(readings=tuple(map(_reading, row.get("any_of", [first]))), **about)


def _reading(row: Mapping[str, Any]) -> Reading:
    bounds = {k: tuple(v) for k, v in row.items() if k in ("range", "between", "hours") and isinstance(v, list)}
    return Reading(**{**row, **bounds})


def hear(utterances: Sequence[Utterance], interview: Interview) -> list[Heard]:
    """Every utterance through ``python -m bot understand --jsonl``."""
    rows = ({"id": i, "field": one.field, "text": one.text, "lang": one.lang} for i, one in enumerate(utterances))
    typed = "\n".join(json.dumps(row) for row in rows).encode()
    answered, complaints = io.StringIO(), io.StringIO()
    if understand_lines(io.BytesIO(typed), answered, complaints, interview):
        raise RuntimeError(complaints.getvalue())
    outcomes = {row["id"]: row for row in map(json.loads, answered.getvalue().splitlines())}
    return [Heard(one, outcomes[i]) for i, one in enumerate(utterances)]


def faults(heard: Sequence[Heard]) -> dict[str, int]:
    """What must never happen, and how often it did."""
    return {
        "Invalid answers stored": sum(one.taken_for_answer("invalid") for one in heard),
        "Commands taken for an answer": sum(one.taken_for_answer("command") for one in heard),
        "Questions taken for an answer": sum(one.taken_for_answer("digression") for one in heard),
    }


def figures(heard: Sequence[Heard], interview: Interview) -> dict[str, str]:
    """The rows of the table."""
    families = {question.id: _family(question.kind.value) for question in interview.questions}
    groups = {"**Understood**": list(heard)}
    for code, language in (("fr", "French"), ("en", "English")):
        groups[f"in {language}"] = [one for one in heard if one.said.lang == code]
    for kind in KINDS:
        groups[f"meant as {kind}"] = [one for one in heard if one.said.kind == kind]
    for family in FIELD_KINDS:
        groups[f"asked for {family}"] = [one for one in heard if families[one.said.field] == family]
    rows = {name: _share(group) for name, group in groups.items()}
    return rows | {name: str(count) for name, count in faults(heard).items()}


def _family(kind: str) -> str:
    return _FAMILY.get(kind, kind if kind in FIELD_KINDS else "numbers")


def _share(heard: Sequence[Heard]) -> str:
    if not heard:
        return "–"
    return f"{sum(one.understood for one in heard) / len(heard):.1%} of {len(heard)}"


def failures(heard: Sequence[Heard]) -> list[str]:
    """What was not understood, a line each."""
    return [
        f"{one.said.lang} {one.said.field}: « {one.said.text} » wanted {_brief(one.said)}, got {_shown(one.got)}"
        for one in heard
        if not one.understood
    ]


def _brief(said: Utterance) -> str:
    readings = ({k: v for k, v in vars(reading).items() if v is not None} for reading in said.readings)
    return " or ".join(" ".join(map(str, reading.values())) for reading in readings)


def _shown(got: Outcome) -> str:
    return " ".join(str(value) for key, value in got.items() if key not in ("id", "unit", "assumption"))


def passes(heard: Sequence[Heard]) -> bool:
    """Whether all this is what we hold ourselves to."""
    understood = sum(one.understood for one in heard) / len(heard)
    return understood >= LEAST_UNDERSTOOD and not any(faults(heard).values())


def section(heard: Sequence[Heard], interview: Interview) -> str:
    """Our part of the page of results, in Markdown."""
    first_runs = "\n".join(f"- {name} set: {found}." for name, found in FIRST_RUNS.items())
    return f"""{_TITLE}

Written by `python -m bench.utterances` on {date.today().isoformat()}; do not edit.

Answers as people type them on a phone, each with the field it answers and its right reading, or the few as good. \
First run of each set, before any mend that it suggested:

{first_runs}

These are the figures to expect of words never seen. Now, after general mends made with all the sets in sight:

{table({"Curseur": figures(heard, interview)})}

The first and the second set were written with the issue and the questions in sight, the options' words included, \
before the code that understands and its tests were read; \
the others by the hand that had mended it, each before it was run. Readings set right after a first run: « ni l'un ni \
l'autre » may also mean a balance, a factor of -50 % and « 3 \
pays » for a country are invalid, « rdv médicaux » may be kept as typed.
"""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _near(value: Any, wanted: Any) -> bool:
    return _is_number(value) and abs(value - wanted) <= 1e-6 + abs(wanted) * 0.002


def main(
    failures_too: Annotated[bool, typer.Option("--failures", help="Say what was not understood.")] = False,
    write: Annotated[bool, typer.Option(help="Put the table into results.md.")] = True,
) -> None:
    """Judge what is understood of free text."""
    interview = shipped_interview()
    heard = hear(read_utterances(), interview)
    typer.echo(table({"Curseur": figures(heard, interview)}))
    if failures_too:
        typer.echo("\n".join(["", *failures(heard)]))
    if write:
        put_section(section(heard, interview))
        typer.echo("\nwritten: a part of bench/results.md", err=True)
    raise typer.Exit(0 if passes(heard) else 1)


if __name__ == "__main__":
    typer.run(main)
