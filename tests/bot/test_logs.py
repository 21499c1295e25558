"""What comes out of a log handler: text or JSON, no token, and of exceptions and libraries nothing that may quote."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from recording_meter import RecordingMeter

from bot.logs import Discretion, Shape, count_into, keep_out_of_logs, log_what_nobody_catches, set_up
from bot.meter import LOGGED

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger of the bot's and what its handler writes."""
    yield from _written("bot.redaction", logging.Formatter())


def _written(name: str, shape: logging.Formatter) -> Iterator[tuple[logging.Logger, io.StringIO]]:
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(shape)
    handler.addFilter(Discretion("42:odd one"))
    logger = logging.Logger(name)
    logger.addHandler(handler)
    yield logger, output
    handler.close()


@pytest.fixture
def as_it_was(monkeypatch: pytest.MonkeyPatch) -> logging.Handler:
    """The root logger with one handler that writes nothing, put back afterwards as it was, and so are the hooks."""
    handler = logging.NullHandler()
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    for name in ("httpx", "httpcore", "telegram"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.NOTSET)
    for place, hook in ((sys, "excepthook"), (threading, "excepthook"), (sys, "unraisablehook")):
        monkeypatch.setattr(place, hook, getattr(place, hook))
    return handler


@pytest.mark.parametrize(
    "message", [TOKEN, f"https://api.telegram.org/bot{TOKEN}/getMe", TOKEN.replace(":", "%3A"), "x42:odd oney"]
)
def test_messages_and_arguments(written: tuple[logging.Logger, io.StringIO], message: str) -> None:
    logger, output = written
    logger.warning("%s", message)
    logger.warning(message)
    assert output.getvalue().count("<token>") == 2
    assert "AAbbCC" not in output.getvalue()
    assert "odd" not in output.getvalue()


def test_exceptions_with_their_causes_and_stacks(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, output = written
    try:
        try:
            raise ValueError(f"The token `{TOKEN}` was rejected, says Zanzibar")
        except ValueError as error:
            raise RuntimeError(f"/bot{TOKEN}/") from error
    except RuntimeError:
        logger.exception("failed", stack_info=True)
    told = output.getvalue()
    assert told.index("ValueError") < told.index("RuntimeError"), "the cause first"
    assert told.count("Traceback") == 2
    assert "test_logs.py" in told
    assert "AAbbCC" not in told
    assert "rejected, says" not in told.replace('raise ValueError(f"The token `{TOKEN}` was rejected, says', "")


def test_other_text_stays(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, output = written
    logger.warning("at 12:30, %d:%s", 123456, "short")
    logger.warning("wrong %d", "arguments")
    assert output.getvalue().splitlines() == ["at 12:30, 123456:short", "wrong %d ('arguments',)"]


@pytest.mark.parametrize(
    ("message", "arguments", "kept"),
    [
        ("Error handling %r", ("zanzibar",), "Error handling %r"),
        ("Task exception was never retrieved\nfuture: <Task exception=ValueError('zanzibar')>", (), "Task exception"),
        ("Exception in callback Foo.bar('zanzibar')()", (), "Exception in callback Foo.bar"),
        ("Update 12: zanzibar", (), "Update"),
        ("« zanzibar »", (), ""),
    ],
)
def test_a_library_may_say_what_happened_but_not_to_what(message: str, arguments: tuple[str], kept: str) -> None:
    for logger, output in _written("asyncio", logging.Formatter("%(message)s")):
        logger.error(message, *arguments)
        assert "zanzibar" not in output.getvalue()
        assert output.getvalue().startswith(kept)


def test_two_handlers_write_the_same(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, output = written
    again = io.StringIO()
    handler = logging.StreamHandler(again)
    handler.addFilter(Discretion(TOKEN))
    logger.name = "asyncio"
    logger.addHandler(handler)
    try:
        raise ValueError
    except ValueError:
        logger.exception("Fatal error on %s", "zanzibar")
    assert output.getvalue() == again.getvalue()
    assert "ValueError" in again.getvalue()


def test_json_has_a_line_for_each_record_and_a_field_for_each_thing() -> None:
    for logger, output in _written("bot.x", Shape("json")):
        logger.info("été %s", "là", extra={"conversation": "ab", "seconds": 0.5, "text": "zanzibar"})
        try:
            raise ValueError("zanzibar" * (sys.maxsize > 0))
        except ValueError:
            logger.exception("failed")
        first, second = map(json.loads, output.getvalue().splitlines())
    assert first.pop("timestamp").endswith("Z")
    assert first == {"event": "été là", "level": "info", "logger": "bot.x", "conversation": "ab", "seconds": 0.5}
    assert (second["event"], second["level"]) == ("failed", "error")
    assert second["exception"].startswith("Traceback")
    assert second["exception"].endswith("ValueError")


def test_text_reads_well() -> None:
    for logger, output in _written("bot.x", Shape("text")):
        logger.warning("été", extra={"conversation": "ab"})
        try:
            raise ValueError
        except ValueError:
            logger.exception("failed")
        first, second, *trace = output.getvalue().splitlines()
    assert first.split(maxsplit=1)[1] == "[warning  ] été [bot.x]"
    assert "failed" in second
    assert trace[0].startswith("Traceback")
    assert trace[-1] == "ValueError"


@pytest.mark.parametrize(("form", "is_json"), [("json", True), ("text", False), ("", True)])
def test_the_form_follows_the_setting_and_else_the_terminal(
    as_it_was: logging.Handler, form: str, is_json: bool
) -> None:
    root = logging.getLogger()
    root.handlers.clear()
    level = root.level
    stream = io.StringIO()
    try:
        set_up("INFO", form, stream)
        logging.getLogger("bot.x").info("token %s", TOKEN)
        logging.getLogger("bot.x").debug("not told")
        logging.getLogger("httpx").info("HTTP Request: POST")
    finally:
        root.setLevel(level)
    [line] = stream.getvalue().splitlines()
    assert line.startswith("{") is is_json
    assert "token <token>" in line


def test_it_is_put_once_on_every_root_handler(as_it_was: logging.Handler) -> None:
    keep_out_of_logs(TOKEN)
    keep_out_of_logs(TOKEN)
    assert len(as_it_was.filters) == 1
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    if logging.lastResort:
        for known in list(logging.lastResort.filters):
            logging.lastResort.removeFilter(known)


def test_warnings_and_errors_are_counted(as_it_was: logging.Handler) -> None:
    meter = RecordingMeter()
    count_into(meter)
    logger = logging.getLogger("bot.x")
    logger.warning("%s", "zanzibar")
    logger.error("no")
    logger.info("not counted")
    assert meter.counted == {(LOGGED, "warning", "bot.x"): 1, (LOGGED, "error", "bot.x"): 1}


def test_what_nobody_catches_is_told_without_its_message(
    as_it_was: logging.Handler, caplog: pytest.LogCaptureFixture
) -> None:
    ended: list[object] = []
    sys.excepthook = lambda *of: ended.append(of[0])
    log_what_nobody_catches()

    def fail() -> None:
        raise ValueError("zanzibar")

    try:
        fail()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert [record.message[:31] for record in caplog.records] == ["nobody caught: ValueError at te"] * 2
    assert "zanzibar" not in caplog.text
    assert ended == [KeyboardInterrupt], "Ctrl-C ends as it always does"
