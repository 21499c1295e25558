"""Stores to test against: embedded in a folder, and on a real Chroma server of this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from fresh_chroma import forget_chroma

from index.store import EmbeddedStore, ServerStore, VectorStore

_START_SECONDS = 30


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server, started with the virtual environment's own command."""
    command = Path(sys.executable).with_name("chroma")
    if not command.exists():
        pytest.skip(f"there is no {command}: the server store is not tested")
    folder = tmp_path_factory.mktemp("chroma")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = [sys.executable, str(command), "run", "--path", str(folder / "data"), "--host", "127.0.0.1"]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen([*arguments, "--port", str(port)], cwd=folder, stdout=log, stderr=log) as server,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            if not _answers(url, server):
                log.flush()
                pytest.skip(
                    f"chroma did not start within {_START_SECONDS} s: {(folder / 'log').read_text()[-300:].strip()}"
                )
            yield url
        finally:
            server.kill()


def _answers(url: str, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/api/v2/heartbeat", timeout=1):
                return True
        except OSError:
            time.sleep(0.1)
    return False


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
