"""The guards of conftest.py hold."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from bot.settings import Settings


@pytest.mark.parametrize("call", ["connect", "connect_ex", "bind"])
@pytest.mark.parametrize("host", ["192.0.2.1", "telegram.org", "::", ""])
def test_no_socket_leaves_this_machine(call: str, host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as opened, pytest.raises(pytest.fail.Exception, match="touched the network"):
        getattr(opened, call)((host, 9))


def test_no_name_is_looked_up_and_no_datagram_sent() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"telegram\.org"):
        socket.create_connection(("telegram.org", 443), timeout=1)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened,
        pytest.raises(pytest.fail.Exception, match="sendto"),
    ):
        opened.sendto(b"x", ("192.0.2.1", 9))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_loopback_is_open(host: str) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection((host, listening.getsockname()[1]), timeout=5) as opened,
    ):
        assert opened.getpeername() == listening.getsockname()


def test_no_setting_of_ours_reaches_a_test(tmp_path: Path) -> None:
    assert Settings().telegram_bot_token is None
    assert Path.cwd() == tmp_path
    assert not Path(".env").exists()
    assert Path.home() == Path(os.environ["HOME"])
    assert not list(Path.home().glob(".*rc"))
