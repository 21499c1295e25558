"""Chroma keeps every folder it opened for as long as the process lives: tests that play another process forget them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

_KEPT: set[str] = set()


def keep_chroma(folder: Path) -> None:
    """Leave the builds under a folder open: those of a whole session's fixtures."""
    _KEPT.add(str(folder))


def forget_chroma() -> None:
    """Close all else that Chroma holds, so that the next store opens its builds from disk as a new process does."""
    from chromadb.api import ServerAPI
    from chromadb.api.shared_system_client import SharedSystemClient

    for identifier, system in list(SharedSystemClient._identifier_to_system.items()):
        if any(identifier.startswith(folder) for folder in _KEPT):
            continue
        if session := getattr(system.instance(ServerAPI), "_session", None):
            session.close()
        with suppress(AttributeError):  # one that could not open its folder has nothing to stop
            system.stop()
        SharedSystemClient._identifier_to_system.pop(identifier, None)
        SharedSystemClient._identifier_to_refcount.pop(identifier, None)
