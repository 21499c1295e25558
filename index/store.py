"""Vectors in Chroma: builds kept side by side, one of them current; embedded under DATA_DIR or on a server.

Nothing but this module knows Chroma. A build is a collection that is written whole, checked, and only then published:
in the embedded store by replacing one small file, on a server by one metadata write. Vectors are keyed by the hash of
the text they encode, so a build takes over from the last one every vector whose text has not changed. A build has three
collections: the entries in the learnt space (``index.metric``), the encoder's own vectors, and the metric itself.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.errors import IndexMissing, StoreProblem
from index.metric import Metric, MetricEmbeddings, Vectors
from index.scope import Scope

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection
    from langchain_chroma import Chroma

    from index.encoder import Encoder

FORMAT = 3
"""Changes when what is stored changes meaning: an index of another format is rebuilt."""

KEPT_BUILDS = 2
"""The current build, and the one before it, which a running bot may still be reading."""

_COLLECTION = "curseur"
_ENTRIES, _RAW, _METRIC = "entries", "raw", "metric"
_POINTER = "curseur-current"
_BATCH = 1_000


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


@dataclass(frozen=True)
class Near:
    """An entry found near a question."""

    owner: str
    kind: str
    position: int
    cosine: float
    """In [-1, 1]: Chroma's distance, turned round here and nowhere else."""

    @property
    def key(self) -> str:
        return f"{self.owner}?{self.position}"


@dataclass(frozen=True)
class Manifest:
    """What a build was made from; decides whether it can be used, updated or must be made again."""

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


class Neighbourhood:
    """A build opened for searching; any LangChain vector store with Chroma's search by vector can stand behind it."""

    def __init__(self, store: Chroma, encoder: Encoder, metric: Metric, scope: Scope | None) -> None:
        self._store = store
        self._encoder = encoder
        self._metric = metric
        self._scope = scope

    def around(self, text: str, k: int) -> Surroundings:
        """The ``k`` entries nearest to a question.

        Raises:
            StoreProblem: the store does not answer.
        """
        vector = self._encoder.embed_queries([text])
        learnt = self._metric.apply(vector)[0].tolist()
        found = _guarded(
            lambda: self._store.similarity_search_by_vector_with_relevance_scores(learnt, k=k), "the index"
        )
        return Surroundings(
            tuple(
                Near(d.metadata["owner"], d.metadata["kind"], d.metadata["position"], 1 - distance)
                for d, distance in found
            ),
            self._scope.margin(vector[0]) if self._scope else 0.0,
        )


class VectorStore(ABC):
    """The builds of one place, and which is current."""

    @abstractmethod
    def where(self) -> str:
        """The place, for people."""

    @abstractmethod
    def manifest(self) -> Manifest | None:
        """The current build's manifest; None when nothing was published or it cannot be read.

        Raises:
            StoreProblem: the place itself cannot be reached.
        """

    @abstractmethod
    def _create(self, build: str, part: str) -> Collection: ...

    @abstractmethod
    def _open(self, build: str, part: str) -> Collection: ...

    @abstractmethod
    def publish(self, manifest: Manifest) -> None:
        """Make a finished build the current one, atomically."""

    @abstractmethod
    def discard(self, build: str) -> None:
        """Drop one build; silent when it is already gone."""

    @abstractmethod
    def builds(self) -> list[str]:
        """The names of all builds present, finished or not."""

    def stage(
        self, build: str, entries: Sequence[Entry], vectors: Vectors, raw: Mapping[str, Vectors], metric: Metric
    ) -> None:
        """Write a build aside.

        Args:
            build: its name.
            entries: all that is searched.
            vectors: theirs in the learnt space, (n_entries, dimension).
            raw: the encoder's own vectors by entry id, for the next build to take over.
            metric: from the encoder's space to the learnt one.
        """
        searched = self._create(build, _ENTRIES)
        for at in range(0, len(entries), _BATCH):
            part = entries[at : at + _BATCH]
            searched.add(
                ids=[e.id for e in part],
                embeddings=vectors[at : at + _BATCH],
                documents=[e.text for e in part],
                metadatas=[{"owner": e.owner, "kind": e.kind, "position": e.position} for e in part],
            )
        _add_vectors(self._create(build, _RAW), list(raw), np.stack(list(raw.values())))
        rows = metric.rows
        _add_vectors(self._create(build, _METRIC), [f"{n:05}" for n in range(len(rows))], rows)

    def raw(self, build: str, ids: Sequence[str]) -> dict[str, Vectors]:
        """The encoder's vectors that a build already holds of those ids."""
        return _get_vectors(self._open(build, _RAW), ids)

    def metric(self, build: str) -> Metric:
        """The metric of a build."""
        collection = self._open(build, _METRIC)
        rows = _get_vectors(collection, [f"{n:05}" for n in range(collection.count())])
        return Metric.of_rows(np.stack([rows[name] for name in sorted(rows)]))

    def count(self, build: str) -> int:
        """How many entries a build holds."""
        counted: int = _guarded(self._open(build, _ENTRIES).count, f"the index {build}")
        return counted

    def nearest(self, build: str, vectors: Vectors, k: int) -> list[list[str]]:
        """For each vector of the learnt space, the ids of its ``k`` approximate nearest entries, best first."""
        got = self._open(build, _ENTRIES).query(query_embeddings=vectors, n_results=k, include=["distances"])
        return got["ids"]

    def neighbourhood(self, manifest: Manifest, encoder: Encoder) -> Neighbourhood:
        """A build opened for searching, through LangChain's vector store.

        Raises:
            IndexMissing: the build is gone.
            StoreProblem: the build cannot be opened, or the server cannot be reached.
        """
        from langchain_chroma import Chroma

        build = manifest.build
        name = self._open(build, _ENTRIES).name
        metric = self.metric(build)
        client = self._client_of(build)
        embeddings = MetricEmbeddings(encoder, metric)
        store = Chroma(name, embeddings, client=client, create_collection_if_not_exists=False)
        return Neighbourhood(store, encoder, metric, manifest.scope)

    @abstractmethod
    def _client_of(self, build: str) -> ClientAPI: ...

    def prune(self, current: str) -> None:
        """Drop all builds but the current one and the latest before it."""
        others = sorted((b for b in self.builds() if b != current), reverse=True)
        for build in others[KEPT_BUILDS - 1 :]:
            with suppress(StoreProblem):
                self.discard(build)


class EmbeddedStore(VectorStore):
    """Each build is a Chroma folder of its own under ``root``; ``current.json`` is the current one's manifest."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._clients: dict[str, ClientAPI] = {}

    def where(self) -> str:
        return str(self._root)

    @property
    def _pointer(self) -> Path:
        return self._root / "current.json"

    def manifest(self) -> Manifest | None:
        try:
            return _read_manifest(self._pointer.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return None

    def _client_of(self, build: str) -> ClientAPI:
        if build not in self._clients:
            import chromadb

            folder = self._root / build
            self._clients[build] = _guarded(
                lambda: chromadb.PersistentClient(path=str(folder), settings=_settings()), f"the index in {folder}"
            )
        return self._clients[build]

    def _create(self, build: str, part: str) -> Collection:
        try:
            (self._root / build).mkdir(parents=True, mode=0o700, exist_ok=True)
        except OSError as error:
            raise StoreProblem(f"cannot write the index to {self._root} ({error.strerror}): check DATA_DIR") from error
        return _create_collection(self._client_of(build), f"{_COLLECTION}-{part}")

    def _open(self, build: str, part: str) -> Collection:
        if not (self._root / build / "chroma.sqlite3").is_file():
            raise IndexMissing(f"the index {self._root / build} is gone: run 'python -m index'")
        return _open_collection(self._client_of(build), f"{_COLLECTION}-{part}")

    def publish(self, manifest: Manifest) -> None:
        staged = self._pointer.with_suffix(".json.new")
        try:
            with staged.open("w", encoding="utf-8") as opened:
                opened.write(json.dumps(asdict(manifest)))
                opened.flush()
                os.fsync(opened.fileno())
            staged.replace(self._pointer)
        except OSError as error:
            raise StoreProblem(f"cannot write {self._pointer} ({error.strerror}): check DATA_DIR") from error

    def discard(self, build: str) -> None:
        self._clients.pop(build, None)
        shutil.rmtree(self._root / build, ignore_errors=True)

    def builds(self) -> list[str]:
        return [p.name for p in self._root.glob("build-*") if p.is_dir()] if self._root.is_dir() else []


class ServerStore(VectorStore):
    """Each build is a collection of a Chroma server; a small collection's metadata names the current one."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connected: ClientAPI | None = None

    def where(self) -> str:
        return self._url

    def _client_of(self, build: str = "") -> ClientAPI:  # noqa: ARG002 (one client for all builds)
        if self._connected is None:
            import chromadb
            from urllib3.util import parse_url

            url = parse_url(self._url)
            secure = url.scheme == "https"
            self._connected = _guarded(
                lambda: chromadb.HttpClient(
                    host=url.host or "", port=url.port or (443 if secure else 8000), ssl=secure, settings=_settings()
                ),
                f"the Chroma server at CHROMA_URL={self._url}",
            )
        return self._connected

    def manifest(self) -> Manifest | None:
        from chromadb.errors import NotFoundError

        client = self._client_of()
        try:
            metadata = client.get_collection(_POINTER).metadata or {}
        except NotFoundError:
            return None
        except Exception as error:
            raise StoreProblem(f"the Chroma server at CHROMA_URL={self._url} does not answer: {error}") from error
        return _read_manifest(str(metadata.get("manifest", "")))

    def _name(self, build: str, part: str) -> str:
        return f"{_COLLECTION}-{build}-{part}"

    def _create(self, build: str, part: str) -> Collection:
        return _create_collection(self._client_of(), self._name(build, part))

    def _open(self, build: str, part: str) -> Collection:
        return _open_collection(self._client_of(), self._name(build, part))

    def publish(self, manifest: Manifest) -> None:
        pointer = _guarded(lambda: self._client_of().get_or_create_collection(_POINTER), self._url)
        _guarded(lambda: pointer.modify(metadata={"manifest": json.dumps(asdict(manifest))}), self._url)

    def discard(self, build: str) -> None:
        for part in (_ENTRIES, _RAW, _METRIC):
            with suppress(Exception):
                self._client_of().delete_collection(self._name(build, part))

    def builds(self) -> list[str]:
        collections = _guarded(lambda: self._client_of().list_collections(), self._url)
        matches = (re.fullmatch(rf"{_COLLECTION}-(build-\w+)-\w+", c.name) for c in collections)
        return sorted({m[1] for m in matches if m})


def open_store(chroma_url: str, data_dir: Path) -> VectorStore:
    """The store that the settings name: a server when ``chroma_url`` is given, else ``data_dir/index``."""
    return ServerStore(chroma_url) if chroma_url else EmbeddedStore(data_dir / "index")


def _settings() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False, allow_reset=False)


def _guarded(call: Any, what: str) -> Any:
    try:
        return call()
    except Exception as error:  # Chroma raises whatever its Rust core, SQLite or HTTP client raise
        raise StoreProblem(f"{what} cannot be used ({type(error).__name__}: {error}): run 'python -m index'") from error


def _configuration() -> CreateCollectionConfiguration:
    """Recall falls with Chroma's defaults (0.72 at 5,000 vectors): a denser graph and a wider search keep it."""
    return {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}}


def _create_collection(client: ClientAPI, name: str) -> Collection:
    created: Collection = _guarded(
        lambda: client.create_collection(name, configuration=_configuration(), embedding_function=None), name
    )
    return created


def _add_vectors(collection: Collection, ids: Sequence[str], vectors: Vectors) -> None:
    for at in range(0, len(ids), _BATCH):
        collection.add(ids=list(ids[at : at + _BATCH]), embeddings=vectors[at : at + _BATCH])


def _get_vectors(collection: Collection, ids: Sequence[str]) -> dict[str, Vectors]:
    found: dict[str, Vectors] = {}
    for at in range(0, len(ids), _BATCH):
        wanted = list(ids[at : at + _BATCH])
        got = _guarded(lambda wanted=wanted: collection.get(ids=wanted, include=["embeddings"]), collection.name)
        found.update(zip(got["ids"], np.asarray(got["embeddings"], dtype=np.float32), strict=True))
    return found


def _open_collection(client: ClientAPI, name: str) -> Collection:
    from chromadb.errors import NotFoundError

    try:
        return client.get_collection(name, embedding_function=None)
    except NotFoundError as error:
        raise IndexMissing(f"the index has no collection '{name}': run 'python -m index'") from error
    except Exception as error:
        raise StoreProblem(f"the index cannot be read ({error}): run 'python -m index'") from error


def _read_manifest(text: str) -> Manifest | None:
    try:
        raw = json.loads(text)
        scope = raw.pop("scope")
        return Manifest(**raw, scope=Scope(tuple(scope["weights"]), scope["bias"]) if scope else None)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
