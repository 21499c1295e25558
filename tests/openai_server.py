"""A loopback server that speaks as OpenAI's chat completions do, and behaves or misbehaves as it is told.

    with OpenAIServer(Says("Bonjour")) as server:
        ...  # LLM=openai:test LLM_BASE_URL=server.url
        server.behaviour = Status(429, retry_after=1)

A behaviour is what to do, ``Says``, ``Status``, ``Raw`` or ``Stalls``, or a function from what was ``Asked`` to one of
these; a list of them is gone through request by request, the last one for ever. See ``openai_behaviours`` for what
models say.
"""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

MODEL = "test"


@dataclass(frozen=True)
class Asked:
    """One request, as it came."""

    body: dict[str, Any]
    headers: dict[str, str]
    number: int
    """Of this server's requests, from 0."""

    @property
    def streams(self) -> bool:
        return bool(self.body.get("stream"))

    @property
    def system(self) -> str:
        return self._said_by("system")

    @property
    def user(self) -> str:
        return self._said_by("user")

    @property
    def schema(self) -> dict[str, Any] | None:
        """The form asked for; None for plain text."""
        form = self.body.get("response_format") or {}
        schema: dict[str, Any] | None = form.get("json_schema", {}).get("schema")
        return schema

    def _said_by(self, role: str) -> str:
        return "\n".join(str(m["content"]) for m in self.body["messages"] if m["role"] == role)


@dataclass(frozen=True)
class Says:
    """An answer, whole or streamed as the client asks."""

    text: str | Iterable[str]
    """Or its pieces, which may never end; a text is streamed in pieces of a few characters."""
    pause: float = 0.0
    """Seconds before each piece."""
    finish: str | None = "stop"
    """``None``: the stream ends without a reason."""
    hangs_up_after: int | None = None
    """So many pieces, and the connection is gone."""
    usage: bool = True

    @property
    def pieces(self) -> Iterator[str]:
        if isinstance(self.text, str):
            return (self.text[at : at + 12] for at in range(0, len(self.text), 12))
        return iter(self.text)


@dataclass(frozen=True)
class Status:
    """A refusal; its body says what it should not."""

    code: int
    retry_after: str | None = None
    body: str = '{"error": {"message": "refused: %s", "type": "test"}}'


@dataclass(frozen=True)
class Raw:
    """A body that is no answer at all."""

    body: str
    mime: str = "application/json"


@dataclass(frozen=True)
class Stalls:
    """Nothing, for so long; ``headers``: after the promise of an answer."""

    seconds: float = 60.0
    headers: bool = False


Deed = Says | Status | Raw | Stalls
Behaviour = Deed | Callable[[Asked], Deed] | Sequence[Deed | Callable[[Asked], Deed]]


class OpenAIServer:
    """Up while in a ``with``; what it was asked is in ``asked``."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour: Behaviour = behaviour
        self.asked: list[Asked] = []
        self._http = _Http(self)

    @property
    def url(self) -> str:
        """What LLM_BASE_URL is to be."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def deed(self, asked: Asked) -> Deed:
        chosen: Any = self.behaviour
        if isinstance(chosen, Sequence):
            chosen = chosen[min(asked.number, len(chosen) - 1)]
        deed: Deed = chosen(asked) if callable(chosen) else chosen
        return deed

    @property
    def closing(self) -> threading.Event:
        return self._http.closing


@dataclass
class _Totals:
    sent: int
    received: int = 0

    @property
    def json(self) -> dict[str, int]:
        return {
            "prompt_tokens": self.sent,
            "completion_tokens": self.received,
            "total_tokens": self.sent + self.received,
        }


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, server: OpenAIServer) -> None:
        self.owner = server
        self.closing = threading.Event()
        self.lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def finish_request(self, request: Any, client_address: Any) -> None:
        with self.lock:
            self._connections.add(request)
        try:
            with contextlib.suppress(OSError):  # the client may have had enough
                super().finish_request(request, client_address)
        finally:
            with self.lock:
                self._connections.discard(request)

    def close(self) -> None:
        self.closing.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self.lock:
            for connection in self._connections:
                _hang_up(connection)


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may have gone by itself
        connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: _Http
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        """What models there are, for whoever looks whether anybody is there."""
        self._whole(200, json.dumps({"object": "list", "data": [{"id": MODEL, "object": "model"}]}))

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        _check(self.path, body)
        owner = self.server.owner
        with self.server.lock:
            asked = Asked(body, {k.lower(): v for k, v in self.headers.items()}, len(owner.asked))
            owner.asked.append(asked)
        match owner.deed(asked):
            case Status(code, retry_after, text):
                words = text % json.dumps(asked.user)[1:-1] if "%s" in text else text
                self._whole(code, words, {"retry-after": retry_after} if retry_after else {})
            case Raw(text, mime):
                self._whole(200, text, {}, mime)
            case Stalls(seconds, headers):
                if headers:
                    self._head(200, "text/event-stream", {"transfer-encoding": "chunked"})
                self.server.closing.wait(seconds)
                self.close_connection = True
            case Says() as says if asked.streams:
                self._stream(asked, says)
            case Says() as says:
                self._completion(asked, says)

    def _completion(self, asked: Asked, says: Says) -> None:
        text = "".join(self._paced(says))
        totals = _Totals(len(asked.system + asked.user) // 4, len(text) // 4)
        message = {"role": "assistant", "content": text}
        answer = _frame("chat.completion", [{"index": 0, "message": message, "finish_reason": says.finish or "stop"}])
        self._whole(200, json.dumps(answer | ({"usage": totals.json} if says.usage else {})))

    def _stream(self, asked: Asked, says: Says) -> None:
        self._head(200, "text/event-stream", {"transfer-encoding": "chunked"})
        totals = _Totals(len(asked.system + asked.user) // 4)
        for number, piece in enumerate(self._paced(says)):
            if number == says.hangs_up_after:
                _hang_up(self.connection)
                self.close_connection = True
                return
            totals.received += 1
            self._event(_chunk({"role": "assistant", "content": piece}))
        if says.finish is not None:
            self._event(_chunk({}, says.finish))
        if says.usage and (asked.body.get("stream_options") or {}).get("include_usage"):
            self._event(_frame("chat.completion.chunk", []) | {"usage": totals.json})
        self._write(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _paced(self, says: Says) -> Iterator[str]:
        for piece in says.pieces:
            if self.server.closing.wait(says.pause) if says.pause else self.server.closing.is_set():
                return
            yield piece

    def _whole(self, status: int, text: str, headers: dict[str, str] | None = None, mime: str = "") -> None:
        content = text.encode()
        self._head(status, mime or "application/json", {"content-length": str(len(content)), **(headers or {})})
        self.wfile.write(content)

    def _head(self, status: int, mime: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"content-type": mime, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _event(self, content: dict[str, Any]) -> None:
        self._write(f"data: {json.dumps(content)}\n\n".encode())

    def _write(self, content: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(content), content))
        self.wfile.flush()


def _frame(kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": int(time.time()), "model": MODEL, "choices": choices}


def _chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return _frame("chat.completion.chunk", [{"index": 0, "delta": delta, "finish_reason": finish}])


def _check(path: str, body: dict[str, Any]) -> None:
    """What OpenAI would refuse is a mistake of ours."""
    assert path == "/v1/chat/completions", path
    assert isinstance(body["model"], str)
    assert body["messages"], body
    assert all(message["role"] in ("system", "user", "assistant") for message in body["messages"])
    assert all(isinstance(message["content"], str) for message in body["messages"])
    if form := body.get("response_format"):
        assert form["type"] == "json_schema"
        assert form["json_schema"]["name"]
        _check_strict(form["json_schema"]["schema"])


def _check_strict(schema: Any) -> None:
    """In strict mode every object names all its properties as required and allows no other."""
    match schema:
        case {"properties": dict(properties), **rest}:
            assert set(rest["required"]) == set(properties), schema
            assert rest["additionalProperties"] is False, schema
            for each in properties.values():
                _check_strict(each)
        case dict():
            for each in schema.values():
                _check_strict(each)
        case list():
            for each in schema:
                _check_strict(each)
