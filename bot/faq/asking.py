"""What of a message is searched: its words without their markup, and when it is long, what it asks."""

from __future__ import annotations

import re

MAX_QUESTION_CHARS = 600
"""Of a longer message, the sentences that ask are kept, and no more than this of them."""

_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(\S{1,500}?\)")
_EMPHASIS = re.compile(r"(?<!\w)[*_~`]{1,3}(?=\w)|(?<=\w)[*_~`]{1,3}(?!\w)")


def is_long(message: str) -> bool:
    """Whether only a part of a message is searched."""
    return len(message) > MAX_QUESTION_CHARS


def asking_part(message: str) -> str:
    """A message without its Markdown; of a long one, its sentences with a question mark, or else its beginning."""
    message = _EMPHASIS.sub("", _LINK.sub(r"\1", message))
    if not is_long(message):
        return message
    asking = " ".join(s for s in re.split(r"(?<=[.!?])\s+|\n+", message) if s.rstrip().endswith("?"))
    return (asking or message)[:MAX_QUESTION_CHARS]
