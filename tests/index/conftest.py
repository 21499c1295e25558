"""Stores to test against: embedded in a folder, and on a real Chroma server of this machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from chroma_server import COMMAND, ChromaServer
from fresh_chroma import forget_chroma

from index.store import EmbeddedStore, ServerStore, VectorStore


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server, started with the virtual environment's own command."""
    if not COMMAND.exists():
        pytest.skip(f"there is no {COMMAND}: the server store is not tested")
    with ChromaServer(tmp_path_factory.mktemp("chroma")) as server:
        try:
            server.start()
        except TimeoutError as error:
            pytest.skip(str(error))
        yield server.url


@pytest.fixture(autouse=True)
def _chroma_closed() -> Iterator[None]:
    """Close what Chroma would keep open to the end: some twenty files a build, and the sockets to servers."""
    yield
    if "chromadb" in sys.modules:
        forget_chroma()


@pytest.fixture
def empty_server(chroma_server: str) -> str:
    """The address of that server, with nothing on it."""
    import chromadb

    client = chromadb.HttpClient(host="127.0.0.1", port=int(chroma_server.rpartition(":")[2]))
    for collection in client.list_collections():
        client.delete_collection(collection.name)
    return chroma_server


@pytest.fixture(params=["embedded", "server"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> VectorStore:
    """Each kind of store, empty."""
    if request.param == "embedded":
        return EmbeddedStore(tmp_path / "index")
    return ServerStore(request.getfixturevalue("empty_server"))


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    """Where the embedded store keeps its builds."""
    return tmp_path / "data" / "index"


@pytest.fixture
def store(index_dir: Path) -> EmbeddedStore:
    """An empty embedded store."""
    return EmbeddedStore(index_dir)
