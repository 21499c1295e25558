"""The HTTP requests to Telegram, counted by what became of them."""

from __future__ import annotations

from typing import Any

from telegram.request import HTTPXRequest

from bot.meter import CALLS, UNMETERED, Meter


class CountedRequest(HTTPXRequest):
    """PTB's own, each call counted by its method and status."""

    def __init__(self, meter: Meter = UNMETERED, **options: Any) -> None:
        super().__init__(**options)
        self._meter = meter

    async def do_request(self, url: str, method: str, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """As in ``HTTPXRequest``."""
        status = "none"
        try:
            code, payload = await super().do_request(url, method, *args, **kwargs)
            status = str(code)
            return code, payload
        finally:
            name = url.rpartition("/")[2]
            self._meter.count(CALLS, name if name.isalpha() else "file", status)
