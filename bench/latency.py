"""``python -m bench.latency``: from process launch to the first answer, then warm answers, and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from bench.labels import read

FIRST = "Quels sont les coûts cachés de l'externalisation ?"
WARM = 60
"""Questions asked of the warm process."""


@dataclass(frozen=True)
class Launched:
    """One process of ``python -m bot ask --jsonl``, measured from outside."""

    first_seconds: float
    """From launch to the first answer."""
    warm_ms: tuple[float, ...]
    """From a question's line to its answer's, pipes included."""
    memory: float | None
    """Resident, in MB, after the last answer."""


def resident_mb(process: int | None = None) -> float | None:
    """Resident memory in MB, of this process by default; its peak where there is no ``/proc``; None if unknown."""
    with suppress(OSError, StopIteration, ValueError):
        lines = Path(f"/proc/{process or 'self'}/status").read_text(encoding="utf-8").splitlines()
        return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / 1_024
    if process is None:
        with suppress(ImportError):
            import resource

            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            return peak / (1_048_576 if sys.platform == "darwin" else 1_024)
    return None


def percentiles(values: Sequence[float]) -> tuple[float, float]:
    """The 50th and the 95th."""
    if len(values) < 2:
        return (values[0], values[0]) if values else (0.0, 0.0)
    cuts = quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[94]


def machine() -> str:
    """The machine in a few words: cores, and how busy it is, which every latency depends on."""
    said = f"{os.cpu_count()} cores"
    with suppress(OSError, AttributeError):
        said += f", load average {os.getloadavg()[0]:.1f} when the run began"
    threads = os.environ.get("OMP_NUM_THREADS")
    return f"{said}, OMP_NUM_THREADS={threads}" if threads else said


def launch(questions: Sequence[str], command: Sequence[str] = ("-m", "bot", "ask", "--jsonl")) -> Launched:
    """Start the assistant as a script would, ask one question, then the others one by one.

    Raises:
        SystemExit: it stopped without answering; what it said is on standard error.
    """
    started = time.perf_counter()
    with subprocess.Popen([sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout

        def answered(question: str) -> None:
            assert process.stdin
            assert process.stdout
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps({"id": 1, "question": question}).encode() + b"\n")
                process.stdin.flush()
            if not process.stdout.readline():
                raise SystemExit("the assistant stopped without answering")

        answered(FIRST)
        first = time.perf_counter() - started
        warm = []
        for question in questions:
            asked = time.perf_counter()
            answered(question)
            warm.append((time.perf_counter() - asked) * 1_000)
        memory = resident_mb(process.pid)
        process.stdin.close()
    return Launched(first, tuple(warm), memory)


def main() -> None:
    """Measure once, and print."""
    print(machine())
    found = launch([q.question for q in read("questions.fr", "fr") if q.half == "tune"][:WARM])
    p50, p95 = percentiles(found.warm_ms)
    print(f"launch to first answer: {found.first_seconds:.1f} s")
    print(f"warm, {len(found.warm_ms)} questions: p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    print(f"resident memory: {found.memory:.0f} MB" if found.memory else "resident memory: unknown on this system")


if __name__ == "__main__":
    main()
