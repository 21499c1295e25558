"""What of a message is searched when it is long."""

from __future__ import annotations

import re

MAX_QUESTION_CHARS = 600
"""Of a longer message, the sentences that ask are kept, and no more than this of them."""


def is_long(message: str) -> bool:
    """Whether only a part of a message is searched."""
    return len(message) > MAX_QUESTION_CHARS


def asking_part(message: str) -> str:
    """What a long message asks: its sentences with a question mark, or else its beginning."""
    if not is_long(message):
        return message
    asking = " ".join(s for s in re.split(r"(?<=[.!?])\s+|\n+", message) if s.rstrip().endswith("?"))
    return (asking or message)[:MAX_QUESTION_CHARS]
