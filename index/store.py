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
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from index import chroma
from index.entries import Entry, Manifest, parse_manifest
from index.errors import IndexMissing, StoreProblem
from index.metric import Metric, Vectors
from index.neighbourhood import Neighbourhood

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

    from index.encoder import Encoder

HEARTBEAT_SECONDS = 5
"""How long a Chroma server may take to say that it is there."""

SEARCH_SECONDS = 1.5
"""How long it may be silent when a person waits for an answer; words alone answer then."""

BUILD_SECONDS = 60
"""How long it may be silent when an index is read or written."""

_COLLECTION = "curseur"
_ENTRIES, _RAW, _METRIC = "entries", "raw", "metric"
_POINTER = "curseur-current"

T = TypeVar("T")


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
        places = [e.place for e in entries]
        self._written(lambda: chroma.add_vectors(self._create(build, _ENTRIES), places, vectors))
        rows = metric.rows
        self._written(lambda: chroma.add_vectors(self._create(build, _RAW), list(raw), np.stack(list(raw.values()))))
        self._written(
            lambda: chroma.add_vectors(self._create(build, _METRIC), [f"{n:05}" for n in range(len(rows))], rows)
        )

    def _written(self, write: Callable[[], T]) -> T:
        try:
            return write()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # as in _guarded
            raise StoreProblem(
                f"cannot write the index to {self.where()} ({error}): free some disk, or change DATA_DIR or CHROMA_URL"
            ) from error

    def raw(self, build: str, ids: Sequence[str]) -> dict[str, Vectors]:
        """The encoder's vectors that a build already holds of those ids."""
        return chroma.get_vectors(self._open(build, _RAW), ids)

    def metric(self, build: str) -> Metric:
        """The metric of a build."""
        collection = self._open(build, _METRIC)
        rows = chroma.get_vectors(collection, [f"{n:05}" for n in range(collection.count())])
        return Metric.of_rows(np.stack([rows[name] for name in sorted(rows)]))

    def count(self, build: str) -> int:
        """How many entries a build holds."""
        counted: int = chroma.guarded(self._open(build, _ENTRIES).count, f"the index {build}")
        return counted

    def sound(self, manifest: Manifest) -> bool:
        """Whether the current build holds all its entries and finds one of them at its own place."""
        try:
            entries = self._open(manifest.build, _ENTRIES)
            if chroma.guarded(entries.count, "the index") != manifest.entries:
                return False
            one = chroma.guarded(lambda: entries.get(limit=1, include=["embeddings"]), "the index")
            found = chroma.guarded(lambda: entries.query(query_embeddings=one["embeddings"], n_results=1), "the index")
            return bool(found["distances"][0]) and float(found["distances"][0][0]) < 1e-3
        except (IndexMissing, StoreProblem):
            return False

    def nearest(self, build: str, vectors: Vectors, k: int) -> list[list[str]]:
        """For each vector of the learnt space, the places of its ``k`` approximate nearest entries, best first."""
        got = self._open(build, _ENTRIES).query(query_embeddings=vectors, n_results=k, include=["distances"])
        return got["ids"]

    def neighbourhood(self, manifest: Manifest, encoder: Encoder) -> Neighbourhood:
        """A build opened for searching.

        Raises:
            IndexMissing: the build is gone.
            StoreProblem: the build cannot be opened, or the server cannot be reached.
        """
        name = self._open(manifest.build, _ENTRIES).name
        searched = chroma.open_collection(self._searching_client(manifest.build), name)
        return Neighbourhood(searched, encoder, self.metric(manifest.build), manifest.scope)

    @abstractmethod
    def _searching_client(self, build: str) -> ClientAPI: ...

    @abstractmethod
    def close(self) -> None:
        """Close the files and connections that it opened; what is opened for searching can be searched no more."""

    def prune(self, *kept: str) -> None:
        """Drop all builds but those: the current one, and the one before it, which a running bot may be reading."""
        for build in self.builds():
            if build not in kept:
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
            return parse_manifest(self._pointer.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            return None

    def _client_of(self, build: str) -> ClientAPI:
        if build not in self._clients:
            import chromadb

            folder = self._root / build
            self._clients[build] = chroma.guarded(
                lambda: chromadb.PersistentClient(path=str(folder), settings=chroma.settings()),
                f"the index in {folder}",
            )
        return self._clients[build]

    def _searching_client(self, build: str) -> ClientAPI:
        return self._client_of(build)

    def close(self) -> None:
        for build in list(self._clients):
            self._close(build)

    def _close(self, build: str) -> None:
        if client := self._clients.pop(build, None):
            chroma.close(client)

    def _create(self, build: str, part: str) -> Collection:
        try:
            (self._root / build).mkdir(parents=True, mode=0o700, exist_ok=True)
        except OSError as error:
            raise StoreProblem(f"cannot write the index to {self._root} ({error.strerror}): check DATA_DIR") from error
        return chroma.create_collection(self._client_of(build), f"{_COLLECTION}-{part}")

    def _open(self, build: str, part: str) -> Collection:
        if not (self._root / build / "chroma.sqlite3").is_file():
            raise IndexMissing(f"the index {self._root / build} is gone: run 'python -m index'")
        return chroma.open_collection(self._client_of(build), f"{_COLLECTION}-{part}")

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
        self._close(build)
        shutil.rmtree(self._root / build, ignore_errors=True)

    def builds(self) -> list[str]:
        return [p.name for p in self._root.glob("build-*") if p.is_dir()] if self._root.is_dir() else []


class ServerStore(VectorStore):
    """Each build is a collection of a Chroma server; a small collection's metadata names the current one."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connected: ClientAPI | None = None
        self._searching: ClientAPI | None = None

    def where(self) -> str:
        return self._url

    def _client(self) -> ClientAPI:
        if self._connected is None:
            self._connected = self._connect(BUILD_SECONDS)
        return self._connected

    def _searching_client(self, build: str) -> ClientAPI:  # noqa: ARG002 (one client for all builds)
        if self._searching is None:
            self._searching = self._connect(SEARCH_SECONDS)
        return self._searching

    def _connect(self, seconds: float) -> ClientAPI:
        named = f"the Chroma server at CHROMA_URL={self._url}"
        chroma.guarded(self._heartbeat, named)
        client: ClientAPI = chroma.guarded(lambda: chroma.http_client(self._url, seconds), named)
        return client

    def close(self) -> None:
        for client in (self._connected, self._searching):
            if client:
                chroma.close(client)
        self._connected = self._searching = None

    def _heartbeat(self) -> None:
        """Ask for a sign of life, within a short time."""
        with urllib.request.urlopen(f"{self._url}/api/v2/heartbeat", timeout=HEARTBEAT_SECONDS):  # noqa: S310
            pass

    def manifest(self) -> Manifest | None:
        from chromadb.errors import NotFoundError

        client = self._client()
        try:
            self._heartbeat()
            metadata = client.get_collection(_POINTER).metadata or {}
        except NotFoundError:
            return None
        except Exception as error:
            raise StoreProblem(f"the Chroma server at CHROMA_URL={self._url} does not answer: {error}") from error
        return parse_manifest(str(metadata.get("manifest", "")))

    def _name(self, build: str, part: str) -> str:
        return f"{_COLLECTION}-{build}-{part}"

    def _create(self, build: str, part: str) -> Collection:
        return chroma.create_collection(self._client(), self._name(build, part))

    def _open(self, build: str, part: str) -> Collection:
        return chroma.open_collection(self._client(), self._name(build, part))

    def publish(self, manifest: Manifest) -> None:
        pointer = chroma.guarded(lambda: self._client().get_or_create_collection(_POINTER), self._url)
        chroma.guarded(lambda: pointer.modify(metadata={"manifest": json.dumps(asdict(manifest))}), self._url)

    def discard(self, build: str) -> None:
        for part in (_ENTRIES, _RAW, _METRIC):
            with suppress(Exception):
                self._client().delete_collection(self._name(build, part))

    def builds(self) -> list[str]:
        collections = chroma.guarded(lambda: self._client().list_collections(), self._url)
        matches = (re.fullmatch(rf"{_COLLECTION}-(build-\w+)-\w+", c.name) for c in collections)
        return sorted({m[1] for m in matches if m})


def open_store(chroma_url: str, data_dir: Path) -> VectorStore:
    """The store that the settings name: a server when ``chroma_url`` is given, else ``data_dir/index``."""
    return ServerStore(chroma_url) if chroma_url else EmbeddedStore(data_dir / "index")
