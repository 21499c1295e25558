"""Chroma keeps every folder it opened for as long as the process lives: tests that play another process forget them."""

from __future__ import annotations

from contextlib import suppress


def forget_chroma() -> None:
    """Close all that Chroma holds, so that the next store opens its builds from disk as a new process does."""
    from chromadb.api import ServerAPI
    from chromadb.api.shared_system_client import SharedSystemClient

    for system in SharedSystemClient._identifier_to_system.values():
        if session := getattr(system.instance(ServerAPI), "_session", None):
            session.close()
        with suppress(AttributeError):  # one that could not open its folder has nothing to stop
            system.stop()
    SharedSystemClient.clear_system_cache()
