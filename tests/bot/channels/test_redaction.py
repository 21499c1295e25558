"""No token comes out of a log handler."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from bot.channels.redaction import TokenRedaction, keep_token_out_of_logs

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"


@pytest.fixture
def written() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger and what its handler writes."""
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.addFilter(TokenRedaction("42:odd one"))
    logger = logging.Logger("redaction")
    logger.addHandler(handler)
    yield logger, output
    handler.close()


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
            raise ValueError(f"The token `{TOKEN}` was rejected")
        except ValueError as error:
            raise RuntimeError(f"/bot{TOKEN}/") from error
    except RuntimeError:
        logger.exception("failed", stack_info=True)
    assert "Traceback" in output.getvalue()
    assert "AAbbCC" not in output.getvalue()


def test_other_text_stays(written: tuple[logging.Logger, io.StringIO]) -> None:
    logger, output = written
    logger.warning("at 12:30, %d:%s", 123456, "short")
    logger.warning("wrong %d", "arguments")
    assert output.getvalue().splitlines() == ["at 12:30, 123456:short", "wrong %d ('arguments',)"]


def test_it_is_put_once_on_every_root_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = logging.NullHandler()
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    for name in ("httpx", "httpcore", "telegram"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.NOTSET)
    keep_token_out_of_logs(TOKEN)
    keep_token_out_of_logs(TOKEN)
    assert len(handler.filters) == 1
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
    if logging.lastResort:
        for known in list(logging.lastResort.filters):
            logging.lastResort.removeFilter(known)
