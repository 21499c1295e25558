"""HTTP for the strict Bot API server: requests in, answers out, and connections that break when told to."""

import contextlib
import re
import select
import socket
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from telegram_updates import HungUp

if TYPE_CHECKING:
    from telegram_server import TelegramServer

_METHOD = re.compile(r"/bot([^/]+)/(\w+)")
_FILE = re.compile(r"/file/bot([^/]+)/([^/]+)/[^/]+")


@dataclass(frozen=True)
class Answer:
    """What goes back; a cut one breaks off in the middle."""

    status: int
    body: bytes
    cut: bool = False
    mime: str = "application/json"


class HttpServer(ThreadingHTTPServer):
    """A thread a connection, all of them ended by ``close``."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, telegram: "TelegramServer", port: int = 0) -> None:
        self.telegram = telegram
        self._connections: set[socket.socket] = set()
        self.drivers: set[socket.socket] = set()  # those that have spoken to /control
        self._left = threading.Condition()
        super().__init__(("127.0.0.1", port), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops listening, hangs up on everybody and waits for their threads."""
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._left:
            self.drivers.clear()
        self.hang_up()
        with self._left:
            self._left.wait_for(lambda: not self._connections, timeout=5)

    def hang_up(self) -> None:
        """Breaks every connection there is, but those of drivers."""
        with self._left:
            for connection in self._connections - self.drivers:
                _hang_up(connection)

    def finish_request(self, request: Any, client_address: Any) -> None:
        with self._left:
            self._connections.add(request)
        try:
            with contextlib.suppress(ConnectionError):  # the bot went away
                super().finish_request(request, client_address)
        finally:
            with self._left:
                self._connections.discard(request)
                self.drivers.discard(request)
                self._left.notify_all()


class _Handler(BaseHTTPRequestHandler):
    server: HttpServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the calls are recorded."""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # the caller left before it had said all: that is no call
            self.close_connection = True
            return
        url = urlsplit(self.path)
        path = unquote(url.path)
        try:
            if call := _METHOD.fullmatch(path):
                kind = self.headers.get("Content-Type") or ""
                answer = self.server.telegram.answer(call[1], call[2], kind, body, url.query, self._gone)
            elif path == "/control" and (control := self.server.telegram.control):
                self.server.drivers.add(self.connection)
                answer = control(body)
            elif file := _FILE.fullmatch(path):
                answer = self.server.telegram.download(file[1], file[2])
            else:
                answer = Answer(404, b'{"ok":false,"error_code":404,"description":"Not Found"}')
        except HungUp:
            self.close_connection = True
            _hang_up(self.connection)
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.mime)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
        self.wfile.flush()
        if answer.cut:
            self.close_connection = True
            _hang_up(self.connection)

    def _gone(self) -> bool:
        """Whether the caller has closed its side."""
        try:
            readable, _, _ = select.select([self.connection], [], [], 0)
            return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # already gone
        connection.shutdown(socket.SHUT_RDWR)
