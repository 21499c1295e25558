"""No token in the logs, even in an exception that a library raised with it."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"\d{6,}(?::|%3A)[A-Za-z0-9_-]{20,}", re.IGNORECASE)
_MASK = "<token>"
_FORMATTER = logging.Formatter()


class TokenRedaction(logging.Filter):
    """Masks bot tokens, and one known token whatever its shape, in messages, tracebacks and stacks."""

    def __init__(self, token: str = "") -> None:
        super().__init__()
        self.token = token

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites the record in place and lets it pass."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            message = f"{record.msg} {record.args}"
        record.msg, record.args = self._masked(message), None
        if record.exc_info and not record.exc_text:
            record.exc_text = _FORMATTER.formatException(record.exc_info)
        # A formatter that finds exc_info would write the traceback again, unmasked.
        record.exc_info = None
        if record.exc_text:
            record.exc_text = self._masked(record.exc_text)
        if record.stack_info:
            record.stack_info = self._masked(record.stack_info)
        return True

    def _masked(self, text: str) -> str:
        if self.token:
            text = text.replace(self.token, _MASK)
        return _TOKEN.sub(_MASK, text)


def keep_token_out_of_logs(token: str) -> None:
    """Masks the token on every root handler, and silences the libraries that log addresses or messages."""
    handlers = list(logging.getLogger().handlers)
    if logging.lastResort is not None:
        handlers.append(logging.lastResort)
    for handler in handlers:
        if not any(isinstance(known, TokenRedaction) and known.token == token for known in handler.filters):
            handler.addFilter(TokenRedaction(token))
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # PTB logs whole updates at DEBUG and tracebacks of what this channel handles and reports itself.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
