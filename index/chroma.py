"""Chroma's own ways, kept in one place: its settings, its errors, its collections."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from index.errors import IndexMissing, StoreProblem
from index.metric import Vectors

if TYPE_CHECKING:
    import httpx
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from chromadb.api.models.Collection import Collection

BATCH = 1_000
"""Vectors written or read at once."""


def settings() -> Any:
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False, allow_reset=False)


def http_client(url: str, seconds: float) -> ClientAPI:
    """A client of a Chroma server that gives up when the server is silent for so long; Chroma's own never does.

    The limit is on each silence: an answer that arrives drop by drop may take longer.
    """
    from chromadb.api.client import Client
    from chromadb.auth import UserIdentity
    from urllib3.util import parse_url

    sessions: list[httpx.Client] = []

    class Impatient(Client):
        def get_user_identity(self) -> UserIdentity:  # the first thing that it asks, from within its constructor
            sessions.append(self._server._session)  # type: ignore[attr-defined]
            sessions[0].timeout = seconds
            return super().get_user_identity()

        def _validate_tenant_database(self, tenant: str, database: str) -> None:
            """The default ones are always there; to ask, Chroma would use a second client, without a limit."""

    parsed, configured = parse_url(url), settings()
    secure = parsed.scheme == "https"
    configured.chroma_api_impl = "chromadb.api.fastapi.FastAPI"
    configured.chroma_server_host = parsed.host or ""
    configured.chroma_server_http_port = parsed.port or (443 if secure else 8000)
    configured.chroma_server_ssl_enabled = secure
    try:
        client: ClientAPI = Impatient(settings=configured)
    except BaseException:
        for session in sessions:
            session.close()
        raise
    return client


def close(client: ClientAPI) -> None:
    """Close what a client opened, unless another client of the same folder still reads it."""
    if session := getattr(getattr(client, "_server", None), "_session", None):
        session.close()
    with suppress(Exception):  # of what could not be opened, there is nothing to close
        client.close()  # type: ignore[attr-defined]


def guarded(call: Any, what: str) -> Any:
    try:
        return call()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # whatever SQLite, an HTTP client or a panic of Chroma's Rust core raise
        raise StoreProblem(f"{what} cannot be used ({type(error).__name__}: {error}): run 'python -m index'") from error


def configuration() -> CreateCollectionConfiguration:
    """Recall falls with Chroma's defaults (0.72 at 5,000 vectors): a denser graph and a wider search keep it."""
    return {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}}


def create_collection(client: ClientAPI, name: str) -> Collection:
    created: Collection = guarded(
        lambda: client.create_collection(name, configuration=configuration(), embedding_function=None), name
    )
    return created


def add_vectors(collection: Collection, ids: Sequence[str], vectors: Vectors) -> None:
    for at in range(0, len(ids), BATCH):
        collection.add(ids=list(ids[at : at + BATCH]), embeddings=vectors[at : at + BATCH])


def get_vectors(collection: Collection, ids: Sequence[str]) -> dict[str, Vectors]:
    found: dict[str, Vectors] = {}
    for at in range(0, len(ids), BATCH):
        wanted = list(ids[at : at + BATCH])
        got = guarded(lambda wanted=wanted: collection.get(ids=wanted, include=["embeddings"]), collection.name)
        found.update(zip(got["ids"], np.asarray(got["embeddings"], dtype=np.float32), strict=True))
    return found


def open_collection(client: ClientAPI, name: str) -> Collection:
    from chromadb.errors import NotFoundError

    try:
        return client.get_collection(name, embedding_function=None)
    except NotFoundError as error:
        raise IndexMissing(f"the index has no collection '{name}': run 'python -m index'") from error
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # as above
        raise StoreProblem(f"the index cannot be read ({error}): run 'python -m index'") from error
