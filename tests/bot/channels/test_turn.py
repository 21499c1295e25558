"""A turn never raises, and its logs tell nothing of what was said."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.blind import blind, fault
from bot.channels.turn import take_turn
from bot.messages import Incoming, Kind, Reply

HELLO = Incoming("telegram:42", Kind.TEXT, "mon secret")


class Broken:
    """Fails as told."""

    def __init__(self, apologizes: bool) -> None:
        self.apologizes = apologizes

    def respond(self, incoming: Incoming) -> Sequence[Reply]:
        raise ValueError(incoming.text)

    def description(self, lang: str) -> tuple[str, str]:
        return ("", "")

    def commands(self, lang: str) -> Sequence[tuple[str, str]]:
        return []

    def trouble(self, incoming: Incoming) -> Reply:
        if not self.apologizes:
            raise KeyError(incoming.text)
        return Reply.of("Désolé.")


def test_an_apology_instead_of_a_reply(caplog: pytest.LogCaptureFixture) -> None:
    assert take_turn(Broken(apologizes=True), HELLO) == (Reply.of("Désolé."),)
    assert "ValueError" in caplog.text
    assert blind(HELLO.chat) in caplog.text
    assert "secret" not in caplog.text


def test_not_even_an_apology(caplog: pytest.LogCaptureFixture) -> None:
    assert take_turn(Broken(apologizes=False), HELLO) == ()
    assert "secret" not in caplog.text


def test_a_fault_tells_where_but_not_what() -> None:
    try:
        try:
            raise OSError("mon secret")
        except OSError as error:
            raise ValueError("mon secret") from error
    except ValueError as error:
        told = fault(error)
    assert told.startswith("ValueError (from OSError) at test_turn.py:")
    assert "secret" not in told
