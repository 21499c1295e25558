"""What every test gets: no network but loopback, an empty home, none of the developer's settings; a small corpus."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from small_corpus import write_small_corpus
from threadpoolctl import threadpool_limits

from bot.settings import Settings
from index.articles import Corpus, read_corpus

REPOSITORY = Path(__file__).parents[1]
REAL_DATA_DIRS = tuple(Path(d).absolute() for d in (os.environ.get("DATA_DIR"), REPOSITORY / "var") if d)
"""Where the packaged encoder may already be unpacked; read before the environment is emptied."""

for profile, examples in (("curseur", 40), ("thorough", 1_000)):
    hypothesis.settings.register_profile(profile, deadline=None, derandomize=True, database=None, max_examples=examples)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "curseur"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite the golden transcripts with what the bot says now")


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    """Fail, past any ``except Exception``, the test that looks up or opens an address beyond this machine."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "bind"):
            patch.setattr(socket.socket, name, _checked(getattr(socket.socket, name), _address_of))
        patch.setattr(socket.socket, "sendto", _checked(socket.socket.sendto, _last_address))
        patch.setattr(socket, "getaddrinfo", _checked(socket.getaddrinfo, _host_of))
        yield


def _checked(call: Any, host_of: Any) -> Any:
    def guarded(*args: Any, **kwargs: Any) -> Any:
        host = host_of(*args)
        if host is not None and not _is_loopback(host):
            pytest.fail(f"a test touched the network: {call.__name__} to {host!r}")
        return call(*args, **kwargs)

    return guarded


def _address_of(opened: socket.socket, address: Any) -> Any:
    return address[0] if opened.family in (socket.AF_INET, socket.AF_INET6) else None


def _last_address(opened: socket.socket, *sent: Any) -> Any:
    return _address_of(opened, sent[-1])


def _host_of(host: Any, *_: Any) -> Any:
    return host


def _is_loopback(host: Any) -> bool:
    host = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def _process_as_it_was() -> Iterator[None]:
    """The command line makes what it writes private and its logs discreet, for the rest of its process."""
    before = os.umask(0o022)
    os.umask(before)
    handlers = [*logging.getLogger().handlers, *filter(None, [logging.lastResort])]
    filters = [list(handler.filters) for handler in handlers]
    yield
    os.umask(before)
    for handler, those in zip(handlers, filters, strict=True):
        handler.filters[:] = those


@pytest.fixture(scope="session", autouse=True)
def _no_settings_of_ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A home of its own, and none of the settings of whoever runs the tests; child processes inherit both."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in Settings.model_fields:
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        for name in ("HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HF_HOME"):
            patch.setenv(name, str(home))
        for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "PIP_NO_INDEX"):
            patch.setenv(name, "1")
        patch.setenv("ANONYMIZED_TELEMETRY", "False")
        patch.setenv("METRICS_LISTEN", "off")  # several bots run at once, and perhaps a real one
        patch.setenv("PYTHONPATH", str(REPOSITORY))  # child processes find the packages from whatever folder
        yield


@pytest.fixture(scope="session", autouse=True)
def _one_thread_each() -> Iterator[None]:
    """The matrices of tests are small: on a busy machine, threads would only wait for one another."""
    with pytest.MonkeyPatch.context() as patch, threadpool_limits(1):
        patch.setenv("OMP_NUM_THREADS", "1")
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        yield


@pytest.fixture(autouse=True)
def _away_from_dot_env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test works in an empty folder: a ``.env`` in the repository, with its real token, is out of reach."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def real_data_dirs() -> tuple[Path, ...]:
    """Where the packaged encoder may already be unpacked; tests read there and never write."""
    return REAL_DATA_DIRS


@pytest.fixture
def corpus_dir(tmp_path: Path) -> Path:
    """A small corpus on disk: see ``small_corpus``."""
    return write_small_corpus(tmp_path / "corpus")


@pytest.fixture
def corpus(corpus_dir: Path) -> Corpus:
    """The small corpus, read."""
    return read_corpus(corpus_dir)
