"""The webhook: Telegram calls with each update, which is confirmed once it is kept; several replicas may listen."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.blind import fault
from bot.channels.telegram_polling import KINDS, Raw
from bot.queues import Unavailable

MAX_BODY = 1_000_000
"""Bytes; Telegram's updates have some thousands."""

_HEADER = "X-Telegram-Bot-Api-Secret-Token"
_READ_SECONDS = 10.0
_LAST_REQUESTS = 2.0
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Webhook:
    """Where updates come in."""

    url: str
    """As Telegram calls it; its path is this server's too."""
    host: str
    port: int
    secret: str = field(repr=False)

    @classmethod
    def of(cls, url: str, listen: str, token: str) -> Webhook:
        """The webhook at that address; its secret follows from the token, so that all replicas have the same.

        Args:
            listen: ``host:port``.
        """
        host, _, port = listen.rpartition(":")
        secret = hmac.new(token.encode(), b"curseur webhook", hashlib.sha256).hexdigest()
        return cls(url, host.strip("[]"), int(port), secret)

    @property
    def path(self) -> str:
        """What Telegram asks for."""
        return urlsplit(self.url).path or "/"


class Door:
    """The HTTP server. Lets in what Telegram sends and nothing else, and tells nobody why not."""

    def __init__(
        self, webhook: Webhook, keep: Callable[[Sequence[Raw]], Awaitable[None]], well: Callable[[], Awaitable[object]]
    ) -> None:
        """Args:
        keep: returns once updates are safe.
        well: returns when the database can be reached.
        """
        self._webhook = webhook
        self._keep = keep
        self._well = well
        self._secret = webhook.secret.encode()
        self._ready = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Listens inside; afterwards lets requests under way finish."""
        application = web.Application(client_max_size=MAX_BODY)
        application.router.add_post(self._webhook.path, self._receive)
        application.router.add_get("/healthz", self._alive)
        application.router.add_get("/readyz", self._can_serve)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=_LAST_REQUESTS)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._webhook.host, self._webhook.port).start()
            self._ready = True
            yield
        finally:
            self._ready = False
            await runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get(_HEADER, "").encode("utf-8", "surrogateescape"), self._secret):
            return web.Response(status=403)
        try:
            async with asyncio.timeout(_READ_SECONDS):
                update = _update(await request.read())
        except TimeoutError:
            return web.Response(status=408)
        if update is None:
            return web.Response(status=400)
        try:
            await self._keep([update])
        except Unavailable as problem:
            _LOG.error("an update could not be kept, Telegram will repeat it: %s", problem)
            return web.Response(status=503)
        except Exception as error:
            _LOG.error("an update could not be kept, Telegram will repeat it: %s", fault(error))
            return web.Response(status=503)
        return web.Response()

    async def _alive(self, _: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def _can_serve(self, _: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(_READ_SECONDS):
                await self._well()
        except Exception as error:
            _LOG.warning("not ready: %s", fault(error))
            return web.Response(status=503)
        return web.Response(text="ok") if self._ready else web.Response(status=503)


def _update(body: bytes) -> Raw | None:
    """An update of a kind that was asked for, as Telegram writes it; None for anything else."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    number = found.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 2**62:
        return None
    return found if any(isinstance(found.get(kind), dict) for kind in KINDS) else None
