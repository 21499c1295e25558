"""One turn of a conversation, whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.blind import blind, fault
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
