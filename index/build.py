"""Corpus to index: what changed, what must be encoded, the build aside, the canary, the switch."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from index import scope
from index.articles import Corpus, Passage
from index.encoder import Encoder
from index.entries import BEYOND, FORMAT, QUESTION, SENTENCE, TEXT, TOPIC, Entry, Manifest
from index.errors import IndexProblem, StoreProblem
from index.metric import Metric, Vectors, class_means, learn, unit
from index.scope import Scope
from index.store import VectorStore
from index.themes import Theme

CANARY_QUERIES = 64
CANARY_NEIGHBOURS = 10
CANARY_FLOOR = 0.95
"""A build whose approximate search finds a smaller share of the exact neighbours is not published."""

_ENCODED_AT_ONCE = 64


@dataclass(frozen=True)
class Report:
    """What a build did, in passages (a section in one language, with its questions)."""

    added: int
    updated: int
    deleted: int
    unchanged: int
    entries: int
    encoded: int
    canary: float
    seconds: float
    built: bool
    """False when the index was already what the corpus asks for."""

    def __str__(self) -> str:
        changes = (
            f"{self.added} added, {self.updated} updated, {self.deleted} deleted, {self.unchanged} unchanged passages"
        )
        if not self.built:
            return f"index up to date: {changes} ({self.seconds:.1f} s)"
        return (
            f"index built: {changes}; {self.entries} entries, {self.encoded} encoded now, "
            f"canary {self.canary:.3f} ({self.seconds:.1f} s)"
        )


def entries_of(passage: Passage) -> Iterator[Entry]:
    """The texts that lead to a passage: itself, each of its questions, each of its sentences."""
    texts = [(TEXT, 0, f"{passage.article}. {passage.heading}. {passage.text}")]
    texts += [(QUESTION, n, q) for n, q in enumerate(passage.questions)]
    texts += [(SENTENCE, n, f"{passage.heading}. {u.text}") for n, u in enumerate(passage.units)]
    for kind, position, text in texts:
        yield _entry(passage.key, kind, position, text)


def beyond_entries(theme: Theme) -> Iterator[Entry]:
    """The examples of a theme that no passage answers."""
    for lang, examples in theme.examples.items():
        yield from (_entry(f"{lang}/{theme.name}", BEYOND, n, text) for n, text in enumerate(examples))


def _entry(owner: str, kind: str, position: int, text: str) -> Entry:
    name = hashlib.sha256(f"{owner}\x1f{kind}\x1f{position}\x1f{text}".encode()).hexdigest()[:24]
    return Entry(name, owner, kind, position, text)


def is_current(manifest: Manifest | None, corpus: Corpus, encoder: Encoder) -> bool:
    """Whether a build answers for this corpus, this encoder and this format."""
    return manifest is not None and (manifest.format, manifest.encoder, manifest.corpus) == (
        FORMAT,
        encoder.fingerprint,
        corpus.digest,
    )


def update(
    corpus: Corpus,
    encoder: Encoder,
    store: VectorStore,
    lock: Path,
    *,
    rebuild: bool = False,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> Report:
    """Bring the index to the corpus; the one being served stays whole until the new one is published.

    Args:
        corpus: all passages.
        encoder: encodes what is new.
        store: where builds are kept.
        lock: a file that keeps two updates of one machine apart.
        rebuild: encode everything anew, as if nothing had been built.
        progress: called with (encoded, to encode) as the work goes on.

    Raises:
        IndexProblem: the store or the encoder cannot be used, another update runs, or the canary fails.
    """
    started = time.monotonic()
    if not corpus.passages:
        raise IndexProblem("the corpus has no passage: check CORPUS_DIR")
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(lock, timeout=600):
            return _update(corpus, encoder, store, rebuild, progress, started)
    except Timeout as error:
        raise IndexProblem(
            f"another 'python -m index' has held {lock} for ten minutes: wait for it or stop it"
        ) from error
    except OSError as error:
        raise StoreProblem(f"cannot write to {lock.parent} ({error}): free some disk or change DATA_DIR") from error


def _update(
    corpus: Corpus,
    encoder: Encoder,
    store: VectorStore,
    rebuild: bool,
    progress: Callable[[int, int], None],
    started: float,
) -> Report:
    old = store.manifest()
    if old and not rebuild and is_current(old, corpus, encoder) and store.sound(old):
        return Report(0, 0, 0, len(corpus.passages), old.entries, 0, old.canary, time.monotonic() - started, False)
    entries = [entry for passage in corpus.passages for entry in entries_of(passage)]
    entries += [entry for theme in corpus.themes for entry in beyond_entries(theme)]
    raw, encoded = _encode(entries, encoder, store, None if rebuild else old, progress)
    metric, entries, vectors = _learn(entries, raw)
    build = f"build-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    try:
        store.stage(build, entries, vectors, raw, metric)
        found = canary(store, build, [e.place for e in entries], vectors)
        if found < CANARY_FLOOR:
            raise StoreProblem(
                f"the new index finds only {found:.0%} of the exact neighbours: not put in place; run 'python -m index'"
            )
        manifest = Manifest(
            build=build,
            format=FORMAT,
            encoder=encoder.fingerprint,
            corpus=corpus.digest,
            passages={p.key: p.digest for p in corpus.passages},
            entries=len(entries),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            canary=found,
            scope=_scope(entries, raw),
        )
        store.publish(manifest)
    except BaseException:
        with suppress(Exception):
            store.discard(build)
        raise
    store.prune(build, *([old.build] if old else []))
    before = old.passages if old else {}
    same = sum(before.get(key) == digest for key, digest in manifest.passages.items())
    kept = len(before.keys() & manifest.passages.keys())
    return Report(
        added=len(manifest.passages) - kept,
        updated=kept - same,
        deleted=len(before) - kept,
        unchanged=same,
        entries=len(entries),
        encoded=encoded,
        canary=found,
        seconds=time.monotonic() - started,
        built=True,
    )


def _encode(
    entries: Sequence[Entry],
    encoder: Encoder,
    store: VectorStore,
    old: Manifest | None,
    progress: Callable[[int, int], None],
) -> tuple[dict[str, Vectors], int]:
    """The encoder's vector of each entry, by id: taken over where it can be, else encoded now; and how many were."""
    known: dict[str, Vectors] = {}
    if old and (old.format, old.encoder) == (FORMAT, encoder.fingerprint):
        with suppress(IndexProblem):
            known = store.raw(old.build, [e.id for e in entries])
    missing = [e for e in entries if e.id not in known]
    missing.sort(key=lambda e: len(e.text))
    for at in range(0, len(missing), _ENCODED_AT_ONCE):
        progress(at, len(missing))
        part = missing[at : at + _ENCODED_AT_ONCE]
        questions = [e for e in part if e.kind in (QUESTION, BEYOND)]
        documents = [e for e in part if e not in questions]
        if documents:
            encoded = np.asarray(encoder.embed_documents([e.text for e in documents]), dtype=np.float32)
            known.update(zip((e.id for e in documents), encoded, strict=True))
        if questions:
            known.update(
                zip((e.id for e in questions), encoder.embed_queries([e.text for e in questions]), strict=True)
            )
    progress(len(missing), len(missing))
    return {e.id: known[e.id] for e in entries}, len(missing)


def _learn(entries: Sequence[Entry], raw: Mapping[str, Vectors]) -> tuple[Metric, list[Entry], Vectors]:
    """The metric, the entries with one topic a section added, and their vectors in the learnt space."""
    own = [e for e in entries if e.kind != BEYOND]
    sections = [e.owner.partition("/")[2] for e in own]
    inside = np.stack([raw[e.id] for e in own])
    metric = learn(inside, sections)
    names, of = np.unique(np.asarray(sections), return_inverse=True)
    topics = [_entry(str(name), TOPIC, 0, str(name)) for name in names]
    means = unit(class_means(metric.apply(inside), of))
    vectors = metric.apply(np.stack([raw[e.id] for e in entries]))
    return metric, [*entries, *topics], np.concatenate([vectors, means])


def _scope(entries: Sequence[Entry], raw: Mapping[str, Vectors]) -> Scope | None:
    answerable, beyond = (
        np.array([raw[e.id] for e in entries if e.kind == kind], dtype=np.float32) for kind in (QUESTION, BEYOND)
    )
    return scope.learn(answerable, beyond)


def canary(store: VectorStore, build: str, places: Sequence[str], vectors: Vectors) -> float:
    """The share of exact nearest neighbours that the store's approximate search finds, in [0, 1].

    A neighbour as near as the last exact one counts as found, so that equal vectors do not fail a sound index.
    """
    k = min(CANARY_NEIGHBOURS, len(places))
    asked = np.unique(np.linspace(0, len(places) - 1, min(CANARY_QUERIES, len(places))).astype(int))
    exact = vectors[asked] @ vectors.T
    floor = np.sort(exact, axis=1)[:, -k]
    position = {place: n for n, place in enumerate(places)}
    found = store.nearest(build, vectors[asked], k)
    hits = sum(
        row[position[place]] >= least - 1e-5
        for row, least, got in zip(exact, floor, found, strict=True)
        for place in got
        if place in position
    )
    return float(hits) / (k * len(asked))
