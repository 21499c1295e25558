"""A real Chroma server of this machine, that can be killed, frozen and started again on the same data."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

COMMAND = Path(sys.executable).with_name("chroma")
_START_SECONDS = 30


class ChromaServer:
    """The virtual environment's own ``chroma run``, on a free port, once ``start`` is called."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def start(self) -> None:
        """Returns once it answers.

        Raises:
            TimeoutError: it does not; says what it printed last.
        """
        command = [sys.executable, str(COMMAND), "run", "--path", str(self._folder / "data"), "--host", "127.0.0.1"]
        with (self._folder / "log").open("w") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self._port)], cwd=self._folder, stdout=log, stderr=log
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        told = (self._folder / "log").read_text()[-300:].strip()
        raise TimeoutError(f"chroma did not start within {_START_SECONDS} s: {told}")

    def freeze(self) -> None:
        """It accepts connections from now on, and never answers."""
        self._signal(signal.SIGSTOP)
        assert self._process
        os.waitid(os.P_PID, self._process.pid, os.WSTOPPED)  # on a busy machine, it may go on for a while

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Silent when it is dead already."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(number)
