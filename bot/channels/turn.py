"""One turn of a conversation, whatever happens; and how to log about it without telling who said what."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Sequence
from pathlib import PurePath

from bot.blind import blind
from bot.channels import Responder
from bot.messages import Incoming, Reply

_LOG = logging.getLogger(__name__)


def take_turn(responder: Responder, incoming: Incoming) -> Sequence[Reply]:
    """The responder's replies, or its apology when it fails; nothing when even that fails. Never raises."""
    try:
        return tuple(responder.respond(incoming))
    except Exception as error:
        _LOG.error("conversation %s: no reply to a %s: %s", blind(incoming.chat), incoming.kind, fault(error))
    return apology(responder, incoming)


def apology(responder: Responder, incoming: Incoming) -> Sequence[Reply]:
    """What to say when there is no reply; nothing when even that fails. Never raises."""
    try:
        return (responder.trouble(incoming),)
    except Exception as error:
        _LOG.error("conversation %s: no apology either: %s", blind(incoming.chat), fault(error))
    return ()


def fault(error: BaseException) -> str:
    """What broke and where, without the exception's message, which may quote a person."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " < ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__}{f' (from {type(cause).__name__})' if cause else ''} at {where or 'unknown'}"
