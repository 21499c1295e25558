"""The name a conversation has in logs."""

from __future__ import annotations

from bot.blind import blind


def test_a_chat_goes_by_one_blind_name() -> None:
    assert blind("telegram:42") == blind("telegram:42") != blind("telegram:43")
    assert len(blind("telegram:42")) == 8
