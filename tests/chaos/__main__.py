"""``make chaos``: 200 interviews through 300 kills, on SQLite and on PostgreSQL with three replicas behind nginx.

Prints what happened, puts it into ``bench/results.md``, and ends with 1 when anything was lost, done twice, out of
order or other than in an undisturbed run.
"""

from __future__ import annotations

import random
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bench.grading import table
from bench.latency import machine
from bench.results import put_section
from chaos import worlds
from chaos.campaign import Pace
from chaos.lives import AT_RANDOM, Fates
from chaos.servers import Absent, folder
from chaos.steps import STEPS
from chaos.trial import Outcome, Size, hold

_TITLE = "## Chaos"
_ENGINES = {
    "sqlite": ("SQLite, one process that polls", worlds.sqlite, Fates()),
    # Three live at once, so each lives three times as long for as many deaths.
    "postgresql": ("PostgreSQL, three replicas behind nginx", worlds.postgresql, Fates(0.4, 6.0, 9.0, 20)),
}
_HOW = (
    "People follow scripts made of the bench's personas: half of them type without waiting for replies, half press "
    "buttons and then open costs or documents, or erase everything. Processes die by SIGKILL, by their own hand at a "
    "named step or from outside. Each chat is then held against the same conversation in one process that nothing "
    "disturbs: its messages and their order, the interview kept, its documents; and triggers in the database tell how "
    "often each update had its effect and how many replies were written."
)


def main(
    engine: Annotated[str, typer.Option(help="sqlite, postgresql or both.")] = "both",
    interviews: Annotated[int, typer.Option(help="How many people are interviewed.")] = 200,
    kills: Annotated[int, typer.Option(help="How many processes are killed at the least.")] = 300,
    seed: Annotated[int, typer.Option(help="Chooses people, kills and troubles; by chance when 0.")] = 0,
    write: Annotated[bool, typer.Option(help="Put the outcome into bench/results.md.")] = True,
) -> None:
    """Hold the campaigns."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped then, too
    seed = seed or random.SystemRandom().randint(1, 99_999)
    print(f"seed {seed}", flush=True)
    wanted = [name for name in _ENGINES if engine in (name, "both")]
    if not wanted:
        raise SystemExit(f"--engine {engine}: expected sqlite, postgresql or both")
    began, sections, well = machine(), [], True
    for name in wanted:
        title, world, fates = _ENGINES[name]
        size = Size(interviews, interviews // 2, Pace(kills), fates)
        with folder() as here:
            try:
                with world(here, seed) as opened:
                    outcome = hold(opened, size, seed, here)
            except Absent as missing:
                raise SystemExit(f"{name}: {missing} is missing; install it, or leave it out with --engine") from None
        sections.append(_told(title, size, outcome, seed))
        print("\n".join([sections[-1], "", *outcome.faults]), flush=True)
        if outcome.faults:
            well = False
            log = Path("var", f"chaos-{name}.log")
            log.parent.mkdir(exist_ok=True)
            log.write_text(outcome.log, encoding="utf-8")
            print(f"what the processes said is in {log}", flush=True)
    if write:
        head = f"{_TITLE}\n\nWritten by `make chaos` on {date.today()}, {began}; do not edit.\n\n{_HOW}"
        put_section("\n\n".join([head, *sections]))
    sys.exit(not well)


def _told(title: str, size: Size, outcome: Outcome, seed: int) -> str:
    """A campaign as a table and a paragraph."""
    verdict, toll = outcome.verdict, outcome.toll
    rows = {
        "Processes killed": sum(outcome.kills.values()),
        "Interviews": size.interviews,
        "with the result of the undisturbed run": verdict.results,
        "Updates": verdict.updates,
        "Lost": len(verdict.lost),
        "Applied twice": len(verdict.twice),
        "Out of order": len(verdict.out_of_order),
        "Otherwise different": len(verdict.different),
        "Replies to send": verdict.replies,
        "Sent twice, as it could not be told whether they had been": verdict.resent,
        "of which after a reply that follows": verdict.late,
    }
    killed = ", ".join(f"{outcome.kills.get(step, 0)} {step}" for step in (*STEPS, AT_RANDOM))
    troubles = ", ".join(f"{name} ({times})" for name, times in sorted(toll.troubles.items()))
    began = f" Did not begin while the database was away: {outcome.false_starts}." if outcome.false_starts else ""
    absent = f" Not tried, for want of it: {', '.join(outcome.absent)}." if outcome.absent else ""
    return (
        f"### {title}\n\n{table({'': {row: str(value) for row, value in rows.items()}})}\n\n"
        f"Killed: {killed}. Meanwhile: {troubles}.{began}{absent} Beside the interviews, {size.talks} conversations of "
        f"questions and small talk. Seed {seed}, {toll.seconds / 60:.0f} minutes."
    )


if __name__ == "__main__":
    typer.run(main)
