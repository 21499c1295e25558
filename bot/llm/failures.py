"""A provider's exception to the reason why there is no answer; the exception's own words, which may quote, are left."""

from __future__ import annotations

import email.utils
import time
from collections.abc import Mapping
from typing import Any

from bot.llm.model import Reason

LONGEST_PAUSE = 3_600.0
"""Seconds; a server that asks for more is taken to ask for this."""

_UNREACHED = ("APIConnectionError", "ConnectError", "ConnectTimeout", "ConnectionError", "ProxyError", "gaierror")
_TIMED_OUT = ("TimeoutError", "APITimeoutError", "TimeoutException")
_CUT = ("RemoteProtocolError", "ReadError", "IncompleteRead", "LengthFinishReasonError", "ConnectionResetError")
_HTTP_OK = 200


class Failed(Exception):
    """One exchange came to nothing, or not to its end."""

    def __init__(self, reason: Reason, *, again: bool = False, pause: float = 0.0, detail: str = "") -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.again = again
        """Whether it may be worth another try."""
        self.pause = pause
        """Seconds that the server asks to wait before that."""
        self.detail = detail
        """The exception's type and the HTTP status: for logs."""


def failure(error: BaseException, *, begun: bool = False) -> Failed:
    """What an exception means.

    Args:
        error: what the provider's package raised.
        begun: whether a part of the answer had come: nothing is tried again then.
    """
    if isinstance(error, Failed):
        return error
    status = _status(error)
    detail = f"{type(error).__name__} {status or ''}".strip()
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "ContentFilterFinishReasonError" in kinds:
        return Failed("refused", detail=detail)
    if begun:
        reason: Reason = "timeout" if kinds & set(_TIMED_OUT) else "cut"
        return Failed(reason, detail=detail)
    if status == 429:
        return Failed("rate", again=True, pause=_asked_pause(error), detail=detail)
    if status in (408, 409, 425) or status >= 500:
        return Failed("broken", again=True, pause=_asked_pause(error), detail=detail)
    if status > _HTTP_OK:
        return Failed("refused", detail=detail)
    if kinds & set(_TIMED_OUT):
        return Failed("timeout", again=True, detail=detail)
    if kinds & set(_UNREACHED):
        return Failed("refused", again=True, detail=detail)
    return Failed("cut" if kinds & set(_CUT) else "broken", again=True, detail=detail)


def _status(error: BaseException) -> int:
    """The HTTP status that an exception carries, by whichever name; 0 for none."""
    for holder in (error, getattr(error, "response", None)):
        status: Any = getattr(holder, "status_code", None)
        if isinstance(status, int):
            return max(status, 0)
    return 0


def _asked_pause(error: BaseException) -> float:
    """Seconds, from ``Retry-After``: a number or a date."""
    headers: Mapping[str, str] = getattr(getattr(error, "response", None), "headers", None) or {}
    asked = headers.get("retry-after") or ""
    try:
        seconds = float(asked)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(asked).timestamp() - time.time()
        except ValueError:
            return 0.0
    return min(max(seconds, 0.0), LONGEST_PAUSE) if seconds == seconds else 0.0
