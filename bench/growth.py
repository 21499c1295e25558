"""``python -m bench.growth``: how cost grows with the corpus, with the chats kept, and with a conversation's history.

Writes a section of ``bench/results.md`` and ``bench/growth.png``; with ``--short`` prints only, in about a minute.
Bounded: what would take too long is left out, and the table says so by its absence. A million passages take an hour
and 9 GB of memory: ``--minutes 90``. Needs the index: ``make index``.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import matplotlib as mpl
import numpy as np
import typer
from sqlalchemy import insert

from bench.grading import table
from bench.labels import read
from bench.latency import machine, percentiles, resident_mb
from bench.results import put_section
from bot.faq.followup import resolve
from bot.storage.database import Database
from bot.storage.schema import conversations
from bot.storage.sessions import SqlSessions
from index import chroma
from index.analyzer import Analyzer
from index.articles import Passage, read_corpus
from index.lexical import LexicalIndex
from index.lexicon import read_lexicon
from index.opening import Library
from index.retriever import DENSE_ENTRIES
from index.settings import IndexSettings, read_settings

HERE = Path(__file__).parent
_TITLE = "## Growth"
_SEED = 7
_ROUNDING = 1e-5
"""Of a cosine, as computed here and in Chroma."""
_ABOUT = (
    "Passages are made by recombining the sentences and sample questions of the French corpus, three of each. "
    "**Words** is the real `LexicalIndex`. **Vectors** is the real Chroma, embedded, with the settings that we build "
    "with; a passage's vector is the mean of three of our own index's, drawn by chance (ours has some seventeen a "
    "passage): to encode a million texts would take a working day here. **Recall** is the share of the nearest found "
    "that are truly the nearest, all compared. "
    "**Chats** is one turn's reading and writing of a session, on SQLite."
)


@dataclass(frozen=True)
class Cost:
    """Of one size."""

    build: float
    """Seconds."""
    p50: float
    """Milliseconds a query; so is the next."""
    p95: float
    memory: float
    """MB that building it added to the process."""
    disk: float = 0.0
    """MB."""
    recall: float | None = None
    """Of an approximate search: the share of the nearest that it finds."""

    def cells(self) -> dict[str, str]:
        """For a table."""
        return {
            "build": f"{self.build:.1f} s",
            "a query, p50 / p95": f"{self.p50:.2f} / {self.p95:.2f} ms",
            "memory added": f"{self.memory:.0f} MB",
            "on disk": f"{self.disk:.0f} MB" if self.disk else "–",
            **({} if self.recall is None else {"recall": f"{self.recall:.3f}"}),
        }


Costs = dict[int, Cost]


def main(
    short: Annotated[bool, typer.Option("--short", help="Small sizes: prints, writes nothing.")] = False,
    minutes: Annotated[
        float, typer.Option(help="For words, and for vectors: no size is begun that takes longer.")
    ] = 12,
) -> None:
    """Measure, print, and unless short put it into bench/results.md."""
    busy = machine()
    passages = (1_000, 10_000) if short else (1_000, 10_000, 100_000, 1_000_000)
    chats = (10, 1_000) if short else (10, 100, 1_000, 10_000, 100_000)
    found = {
        "Words, by passages": _grown(passages, _words, minutes),
        "Vectors, by passages": _grown(passages, _vectors, minutes),
        "Chats kept": _grown(chats, _chats, 5.0),
        "Messages of a conversation so far": _grown((1, 6, 60, 600), _history, 1.0),
    }
    tables = [
        f"**{name}**\n\n{table({f'{size:,}': cost.cells() for size, cost in costs.items()})}"
        for name, costs in found.items()
    ]
    print("\n\n".join(tables))
    if short:
        return
    _draw(found)
    head = f"{_TITLE}\n\nWritten by `python -m bench.growth` on {date.today()}, {busy}; do not edit.\n\n{_ABOUT}"
    put_section("\n\n".join([head, *tables, "![Cost of a query and of a build against size](growth.png)"]))


def _grown(sizes: tuple[int, ...], measure: Callable[[int, Path], Cost], minutes: float) -> Costs:
    """The cost of each size, as long as the next is expected to end within the time that is left."""
    found: Costs = {}
    deadline, last, took = time.monotonic() + 60 * minutes, 0, 0.0
    for size in sizes:
        if last and time.monotonic() + took * 1.3 * size / last > deadline:
            break
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="curseur-growth-", ignore_cleanup_errors=True) as name:
            found[size] = measure(size, Path(name))
        last, took = size, time.monotonic() - begun
        print(f"{measure.__name__.strip('_')} {size:,}: {found[size].cells()}", flush=True)
    return found


def _timed(queries: Iterator[Callable[[], object]]) -> tuple[float, float]:
    taken = []
    for query in queries:
        begun = time.perf_counter()
        query()
        taken.append(1_000 * (time.perf_counter() - begun))
    return percentiles(taken[3:])  # the first ones warm it up


def _recombined(count: int) -> Iterator[Passage]:
    own = [p for p in read_corpus(read_settings(IndexSettings).corpus_dir).passages if p.lang == "fr"]
    sentences = [u.text for p in own for u in p.units]
    asked = [q for p in own for q in p.questions]
    chance = np.random.default_rng(_SEED)
    for n in range(count):
        text = " ".join(sentences[i] for i in chance.integers(0, len(sentences), 3))
        questions = tuple(asked[i] for i in chance.integers(0, len(asked), 3))
        yield replace(own[n % len(own)], id=f"a{n}#s", text=text, questions=questions)


def _questions(count: int) -> list[str]:
    return [q.question for q in islice(read("questions.fr", "fr"), count)]


def _words(size: int, folder: Path) -> Cost:  # noqa: ARG001
    analyzer = Analyzer("fr", read_lexicon(read_settings(IndexSettings).lexicon_file))
    passages = list(_recombined(size))
    before, begun = resident_mb() or 0.0, time.perf_counter()
    index = LexicalIndex(passages, analyzer)
    built, after = time.perf_counter() - begun, resident_mb() or 0.0
    asked = _questions(53 if size < 100_000 else 23)
    p50, p95 = _timed((lambda q=q: index.scores([t.stem for t in index.terms(q)])) for q in asked)  # type: ignore[misc]
    return Cost(built, p50, p95, after - before)


def _vectors(size: int, folder: Path) -> Cost:
    import chromadb

    chance, own, wanted = np.random.default_rng(_SEED), _own_vectors(), min(DENSE_ENTRIES, size)
    asked = _mixed(own, chance, 53)
    closest = np.full((len(asked), wanted), -np.inf)
    before, built = resident_mb() or 0.0, 0.0
    client = chromadb.PersistentClient(path=str(folder), settings=chroma.settings())
    collection = chroma.create_collection(client, "growth")
    for at in range(0, size, chroma.BATCH):
        some = _mixed(own, chance, min(chroma.BATCH, size - at))
        begun = time.perf_counter()
        chroma.add_vectors(collection, [f"{at + n}" for n in range(len(some))], some)
        built += time.perf_counter() - begun
        closest = np.partition(np.hstack([closest, asked @ some.T]), -wanted)[:, -wanted:]
    found = []

    def search(vector: np.ndarray) -> None:
        result = collection.query(query_embeddings=vector[None], n_results=wanted, include=["distances"])
        found.append(1 - np.asarray(result["distances"][0]))  # type: ignore[index]

    p50, p95 = _timed((lambda v=v: search(v)) for v in asked)  # type: ignore[misc]
    recall = float(
        np.mean([cosines >= furthest - _ROUNDING for cosines, furthest in zip(found, closest.min(1), strict=True)])
    )
    after, disk = resident_mb() or 0.0, sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 2**20
    chroma.close(client)
    return Cost(built, p50, p95, after - before, disk, recall)


def _own_vectors() -> np.ndarray:
    """Of the index as it is published, each of length 1."""
    library = Library(read_settings(IndexSettings))
    searched = library.store.neighbourhood(library.published(), library.encoder)._searched
    vectors = np.asarray(searched.get(include=["embeddings"])["embeddings"], dtype=np.float32)
    library.store.close()
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _mixed(own: np.ndarray, chance: np.random.Generator, count: int) -> np.ndarray:
    """The means of three of them each, drawn by chance, of length 1."""
    vectors = own[chance.integers(0, len(own), (count, 3))].sum(1)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _chats(size: int, folder: Path) -> Cost:
    file = folder / "growth.db"
    before, begun = resident_mb() or 0.0, time.perf_counter()
    database = Database.open(f"sqlite:///{file}")
    moment = datetime.now(UTC)
    sessions = SqlSessions(database)
    with database.writing() as connection:
        for at in range(0, size, 10_000):
            rows = [
                {"chat": f"telegram:{n}", "lang": "fr", "created_at": moment, "updated_at": moment}
                for n in range(at, min(size, at + 10_000))
            ]
            connection.execute(insert(conversations), rows)
    built = time.perf_counter() - begun
    chance = np.random.default_rng(_SEED)

    def turn(chat: str) -> None:
        sessions.put(chat, sessions.get(chat).after("Qu'est-ce que le nearshore ?", "fr"))

    p50, p95 = _timed((lambda n=n: turn(f"telegram:{n}")) for n in chance.integers(0, size, 203))  # type: ignore[misc]
    database.close()
    return Cost(built, p50, p95, (resident_mb() or 0.0) - before, file.stat().st_size / 2**20)


def _history(size: int, folder: Path) -> Cost:  # noqa: ARG001
    analyzer = Analyzer("fr", read_lexicon(read_settings(IndexSettings).lexicon_file))
    asked = _questions(103)
    history = tuple((asked * (size // len(asked) + 1))[:size])
    p50, p95 = _timed((lambda q=q: resolve(history, q, analyzer)) for q in asked)  # type: ignore[misc]
    return Cost(0.0, p50, p95, 0.0)


def _draw(found: dict[str, Costs]) -> None:
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4))
    for name, costs in found.items():
        left.plot(list(costs), [c.p95 for c in costs.values()], marker="o", label=name)
        if any(c.memory > 1 for c in costs.values()):
            right.plot(list(costs), [max(c.memory, 0.1) for c in costs.values()], marker="o", label=name)
    for axes, title in ((left, "p95 of a query, ms"), (right, "memory added, MB")):
        axes.set_title(title)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(HERE / "growth.png", dpi=110)
    plt.close(figure)


if __name__ == "__main__":
    typer.run(main)
