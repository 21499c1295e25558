"""The HTTP requests to Telegram, over aiohttp: a fraction of the processor time that PTB's own client takes."""

from __future__ import annotations

import os
import ssl
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import certifi
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.meter import CALLS, UNMETERED, Meter

_SECONDS = 5.0
_UPLOAD_SECONDS = 20.0


class CountedRequest(BaseRequest):
    """PTB's transport; each call is counted by its method and status. Proxies are those that the environment names."""

    def __init__(self, meter: Meter = UNMETERED, connections: int = 1) -> None:
        """Nothing is opened yet.

        Args:
            connections: how many at once.
        """
        self._meter = meter
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer, unless the call says otherwise."""
        return _SECONDS

    async def initialize(self) -> None:
        """Makes ready to open connections, to be done on the loop that uses them."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=self._connections, ssl=_trusted())
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """The status and the body of the answer.

        Raises:
            TimedOut: none came in time; Telegram may have done what was asked.
            NetworkError: the connection could not be made, or broke.
        """
        if self._session is None:
            raise RuntimeError("this request was not initialized")
        uploads = bool(request_data and request_data.contains_files)
        connect = _given(connect_timeout, _SECONDS) + _given(pool_timeout, 1.0)
        write = _given(write_timeout, _UPLOAD_SECONDS if uploads else _SECONDS)
        read = _given(read_timeout, _SECONDS)
        timeout = aiohttp.ClientTimeout(total=connect + write + read, connect=connect, sock_read=read)
        status = "none"
        try:
            headers, proxy = {"User-Agent": self.USER_AGENT}, _proxy(*urlsplit(url)[:2])
            async with self._session.request(
                method, url, data=_body(request_data), timeout=timeout, headers=headers, proxy=proxy
            ) as answer:
                payload = await answer.read()
            status = str(answer.status)
            return answer.status, payload
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from error
        finally:
            name = url.rpartition("/")[2]
            self._meter.count(CALLS, name if name.isalpha() else "file", status)


@cache
def _proxy(scheme: str, host: str) -> str | None:
    """The one that the environment names; aiohttp itself would look for it, and for a netrc, at each call."""
    return None if proxy_bypass(host) else getproxies().get(scheme)


def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=os.environ.get("SSL_CERT_FILE") or certifi.where())


def _given(seconds: Any, otherwise: float) -> float:
    return float(seconds) if isinstance(seconds, int | float) else otherwise


def _body(request_data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if request_data is None:
        return None
    if not request_data.contains_files:
        return request_data.json_parameters
    form = aiohttp.FormData(quote_fields=False)  # names as they are, in UTF-8
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        # As a file, it is sent piece by piece.
        file = BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, file, filename=filename, content_type=mime)
    return form
