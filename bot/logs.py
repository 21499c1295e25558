"""What is logged, and how: lines for people or JSON for machines, with no token and nothing that a person wrote."""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable
from functools import cached_property
from types import TracebackType
from typing import Any, TextIO

from bot.blind import fault
from bot.meter import LOGGED, Meter

FIELDS = ("conversation", "update", "kind", "lang", "outcome", "passages", "reason", "seconds")
"""What a record may carry beside its message, in ``extra``; anything else there is left out."""

_OURS = {"bot", "index", "root", "__main__"}
_NOISY = ("httpx", "httpcore", "chromadb", "urllib3", "bm25s", "alembic", "sqlalchemy", "matplotlib", "fontTools")
_TOKEN = re.compile(r"\d{6,}(?::|%3A)[A-Za-z0-9_-]{20,}", re.IGNORECASE)
_MASK = "<token>"
# Of what a library has made a sentence of, up to where it may begin to quote.
_UNQUOTED = re.compile(r"""[^'"`«“<(\[{:=\d\n]*""")
_LOG = logging.getLogger(__name__)


class Discretion(logging.Filter):
    """Lets every record pass, without secrets: tokens are masked, and exceptions keep their types and places alone.

    A library's record keeps its constant part: the library cannot know that a person's words are among its arguments.
    """

    def __init__(self, token: str = "") -> None:
        """Args:
        token: one to be masked whatever its shape.
        """
        super().__init__()
        self.token = token

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites the record in place."""
        record.msg, record.args = self._masked(_told(record)), None
        record.discreet = True
        if record.exc_info and record.exc_info[1]:
            record.exc_text = _trace(record.exc_info[1])
        # A formatter that finds exc_info would write the traceback again, messages included.
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


def set_up(level: str, form: str = "text", stream: TextIO | None = None) -> None:
    """Log on a stream, standard error by default; unless the process logs already.

    Args:
        level: the lowest that is shown, such as ``INFO``.
        form: ``text``, ``json``, or empty: text in a terminal and JSON elsewhere.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Shape(form or ("text" if stream.isatty() else "json"), colours=stream.isatty()))
    handler.addFilter(Discretion())
    logging.basicConfig(level=level, handlers=[handler])
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


class Shape(logging.Formatter):
    """Turns a record that ``Discretion`` let pass into text or JSON; a traceback is a field of its own."""

    def __init__(self, form: str, *, colours: bool = False) -> None:
        super().__init__()
        self._form = form
        self._colours = colours

    def format(self, record: logging.LogRecord) -> str:
        """As in ``logging.Formatter``."""
        return self._made.format(record)

    @cached_property
    def _made(self) -> logging.Formatter:
        return _formatter(self._form, self._colours)


def _formatter(form: str, colours: bool) -> logging.Formatter:
    import structlog  # which takes a while, and most commands have nothing to log

    fields: Any = []
    if form == "json":
        shape: Any = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        fields = [structlog.stdlib.ExtraAdder(allow=FIELDS)]  # which the message says too, for people
    else:
        shape = structlog.dev.ConsoleRenderer(
            colors=colours, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
        )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            *fields,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_trace,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, shape],
    )


def keep_out_of_logs(token: str) -> None:
    """Mask the token on every root handler, and silence the libraries that log addresses or messages."""
    handlers = list(logging.getLogger().handlers)
    if logging.lastResort is not None:
        handlers.append(logging.lastResort)
    for handler in handlers:
        if not any(isinstance(known, Discretion) and known.token == token for known in handler.filters):
            handler.addFilter(Discretion(token))
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # PTB logs whole updates at DEBUG and tracebacks of what the channel handles and reports itself.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)


def count_into(meter: Meter) -> None:
    """Count warnings and errors from now on."""
    logging.getLogger().addHandler(_Counting(meter))


def log_what_nobody_catches() -> None:
    """Have exceptions that end the process or a thread logged as all others are, instead of written out in full."""
    sys.excepthook = _hook(sys.excepthook)
    threading.excepthook = lambda args: _say_uncaught(args.exc_value)
    sys.unraisablehook = lambda args: _say_uncaught(args.exc_value)


class _Counting(logging.Handler):
    def __init__(self, meter: Meter) -> None:
        super().__init__(logging.WARNING)
        self._meter = meter

    def emit(self, record: logging.LogRecord) -> None:
        self._meter.count(LOGGED, record.levelname.lower(), record.name)


_Hook = Callable[[type[BaseException], BaseException, TracebackType | None], object]


def _hook(usual: _Hook) -> _Hook:
    def say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, Exception):
            _say_uncaught(error)
        else:
            usual(kind, error, trace)

    return say


def _say_uncaught(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, SystemExit):
        _LOG.critical("nobody caught: %s", fault(error))


def _told(record: logging.LogRecord) -> str:
    ours = record.name.partition(".")[0] in _OURS
    if getattr(record, "discreet", False):
        return str(record.msg)
    if not ours:
        return str(record.msg) if record.args else _UNQUOTED.match(str(record.msg))[0].strip()  # type: ignore[index]
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args}"


def _trace(error: BaseException) -> str:
    """A traceback as Python writes it, without what the exceptions say; the cause comes first."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    return "\n\n".join(
        f"Traceback (most recent call last):\n{''.join(traceback.format_tb(each.__traceback__))}{type(each).__name__}"
        for each in reversed(chain)
    )


def _with_trace(_: Any, __: str, event: Any) -> Any:
    if trace := event["_record"].exc_text:
        event["exception"] = trace
    return event
