"""``python -m bench.load``: rising numbers of people before the real bot; latency, throughput, processor and memory.

Writes a section of ``bench/results.md`` and ``bench/load.png``; with ``--short`` prints only, in some three minutes.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import matplotlib as mpl
import numpy as np
import typer

from bench.grading import table
from bench.latency import machine
from bench.load_people import Crowd, Watch, interviews, questions
from bench.load_world import World, world
from bench.results import put_section

HERE = Path(__file__).parent
_TITLE = "## Load"
_THINK = 4.0
"""Seconds a person thinks and types, on average: half to one and a half of it."""
_GOOD = 1.0
"""Seconds that 95 % of the replies must come within for a load to count as carried."""


@dataclass(frozen=True)
class Plan:
    """How much of each."""

    chats: tuple[int, ...]
    seconds: float
    replicas: tuple[int, ...]
    updates: int
    flood_seconds: float


FULL = Plan((40, 80, 120, 160, 200, 280), 15, (0, 1, 2, 3), 50_000, 60)
SHORT = Plan((20, 80), 8, (0, 2), 600, 12)


def main(
    short: Annotated[bool, typer.Option("--short", help="A glimpse: prints, writes nothing.")] = False,
    part: Annotated[str, typer.Option(help="all, rising, kinds, flood or memory.")] = "all",
) -> None:
    """Measure, print, and unless short put it into bench/results.md."""
    plan = SHORT if short else FULL
    told, busy = [], machine()
    with tempfile.TemporaryDirectory(prefix="curseur-load-") as name:
        folder = Path(name)
        parts = {"rising": _rising, "kinds": _kinds, "flood": _flood, "memory": _memory}
        for key, measure in parts.items():
            if part in ("all", key):
                told.append(measure(plan, folder / key, draw=not short))
                print(told[-1], flush=True)
    if not short and part == "all":
        head = f"{_TITLE}\n\nWritten by `python -m bench.load` on {date.today()}, {busy}; do not edit.\n\n{_ABOUT}"
        put_section("\n\n".join([head, *told]))


_ABOUT = (
    "The real processes (`python -m bot run`) before the strict loopback Bot API server, a process of its own, and a "
    f"driver in which each person reads the reply, thinks {_THINK:.0f} s on average, and types the next thing; seven "
    "in ten are in an interview, the others ask questions. TELEGRAM_RATE is raised, since Telegram's 30 messages a "
    "second would cap the replies. All of it, PostgreSQL and nginx included, shares the machine's cores; PostgreSQL's "
    "files are in memory. A reply's time runs from the person's message to the first message of the reply. Load of "
    "one second at 95 % counts as carried."
)


def _rising(plan: Plan, folder: Path, *, draw: bool) -> str:
    """Rising numbers of chats on each database and number of replicas."""
    seen: dict[str, list[tuple[int, Watch]]] = {}
    for replicas in plan.replicas:
        with world(folder / str(replicas), replicas) as here:
            seen[here.name] = list(_steps(here, plan, ((0.7, interviews()), (0.3, questions()))))
    if draw:
        _draw(seen)
    tables = [f"**{name}**\n\n{_table(watched)}" for name, watched in seen.items()]
    picture = ["![Latency and memory against the number of chats](load.png)"] if draw else []
    return "\n\n".join(["### Rising numbers of chats", *tables, *picture])


def _kinds(plan: Plan, folder: Path, *, draw: bool) -> str:  # noqa: ARG001
    """Interviews alone and questions alone, on SQLite and one process: how much of each is carried."""
    tables = []
    for name, script in (("Interview turns alone", interviews()), ("Questions alone", questions())):
        with world(folder / name.replace(" ", "-")) as here:
            watched = list(_steps(here, plan, ((1.0, script),)))
        carried = [w.rate for _, w in watched if w.waits and np.quantile(w.waits, 0.95) < _GOOD]
        best = f"{max(carried):.0f} a second carried" if carried else "none carried"
        tables.append(f"**{name}, {here.name}: {best}**\n\n{_table(watched)}")
    return "\n\n".join(["### Of one kind", *tables])


def _steps(here: World, plan: Plan, mixture: Sequence[tuple[float, Callable]]) -> Iterator[tuple[int, Watch]]:
    crowd, present = Crowd(here), 0
    for chats in plan.chats:
        for share, script in mixture:
            crowd.come(round((chats - present) * share), script, _THINK)
        present = chats
        crowd.watch(_THINK * 1.5)  # until all of them are talking
        watch = crowd.watch(plan.seconds)
        print(f"{here.name}: {chats} chats, {_row(watch)}", flush=True)
        yield chats, watch
        if watch.waits and np.quantile(watch.waits, 0.5) > 2 * _GOOD:
            return


def _flood(plan: Plan, folder: Path, *, draw: bool) -> str:  # noqa: ARG001
    """The wait of three people in interviews while one chat is limited for a minute and another sends 40 messages.

    Each gets less than the message a second that Telegram allows a chat, or its limit would be what is measured.
    """
    rows = {}
    with world(folder, rate=30) as here:
        crowd = Crowd(here)
        own = crowd.come(3, interviews(), 1.5)
        limited, eager = 500, 501
        for chat in (limited, eager):
            here.telegram.does("person", chat=chat, language_code="fr")
        crowd.watch(4)
        rows["alone"] = crowd.watch(plan.flood_seconds, own)
        here.telegram.does("limit_chat", chat_id=limited, retry_after=60, times=None)
        asked = "Qu'est-ce que le nearshore ?"
        here.telegram.do_all([{"do": "says", "chat": limited, "text": asked}] * 3)
        here.telegram.do_all([{"do": "says", "chat": eager, "text": asked}] * 40)
        rows["one chat limited, another sends 40 at once"] = crowd.watch(plan.flood_seconds, own)
    p95 = [float(np.quantile(w.waits, 0.95)) for w in rows.values()]
    told = table({name: _cells(watch) for name, watch in rows.items()})
    return f"### Other chats under flood\n\nTheir p95 changes by {p95[1] / p95[0] - 1:+.0%}.\n\n{told}"


def _memory(plan: Plan, folder: Path, *, draw: bool) -> str:  # noqa: ARG001
    """Memory over many updates, one process on SQLite."""
    rows: dict[str, str] = {}
    with world(folder) as here:
        crowd = Crowd(here)
        crowd.come(150, interviews(), 3.0)
        crowd.come(30, questions(), 3.0)
        done, begun = 0, time.monotonic()
        for tenth in range(10):
            while done < plan.updates * (tenth + 1) / 10:
                done += len(crowd.watch(2).waits)
            here.telegram.does("forget_calls")
            rows[f"after {done:,} updates, {time.monotonic() - begun:.0f} s"] = f"{here.memory():.0f} MB"
    return f"### Memory\n\n{here.name}, 180 chats.\n\n{table({'resident': rows})}"


def _cells(watch: Watch) -> dict[str, str]:
    waits = watch.waits or [float("nan")]
    p50, p95, p99 = (1_000 * float(np.quantile(waits, q)) for q in (0.5, 0.95, 0.99))
    total = watch.bots + watch.server + watch.driver
    return {
        "replies a second": f"{watch.rate:.1f}",
        "p50 / p95 / p99": f"{p50:.0f} / {p95:.0f} / {p99:.0f} ms",
        "unanswered": str(watch.unanswered),
        "bots' CPU": f"{watch.bots / watch.seconds:.0%} of a core",
        "the load's own share of CPU": f"{(watch.server + watch.driver) / total:.0%}" if total else "–",
        "bots' memory": f"{watch.memory:.0f} MB",
    }


def _row(watch: Watch) -> str:
    return ", ".join(f"{name} {value}" for name, value in _cells(watch).items())


def _table(watched: Sequence[tuple[int, Watch]]) -> str:
    return table({f"{chats} chats": _cells(watch) for chats, watch in watched})


def _draw(seen: dict[str, list[tuple[int, Watch]]]) -> None:
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 4))
    for name, watched in seen.items():
        chats = [c for c, _ in watched]
        left.plot(chats, [1_000 * np.quantile(w.waits or [np.nan], 0.95) for _, w in watched], marker="o", label=name)
        middle.plot(chats, [w.rate for _, w in watched], marker="o")
        right.plot(chats, [w.memory for _, w in watched], marker="o")
    for axes, title in ((left, "p95 of a reply, ms"), (middle, "replies a second"), (right, "bots' memory, MB")):
        axes.set_title(title)
        axes.set_xlabel("chats")
        axes.grid(alpha=0.3)
    left.set_yscale("log")
    left.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(HERE / "load.png", dpi=110)
    plt.close(figure)


if __name__ == "__main__":
    typer.run(main)
