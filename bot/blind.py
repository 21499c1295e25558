"""How logs name a conversation and a failure without telling whose it is or what was said."""

from __future__ import annotations

import hashlib
import secrets
import traceback
from pathlib import PurePath

_KEY = secrets.token_bytes(16)


def blind(chat: str) -> str:
    """Eight hexadecimal digits that stand for a chat in this process's logs and mean nothing elsewhere."""
    return hashlib.blake2b(chat.encode("utf-8", "replace"), digest_size=4, key=_KEY).hexdigest()


def fault(error: BaseException) -> str:
    """What broke and where, without the exception's message, which may quote a person."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " < ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__}{f' (from {type(cause).__name__})' if cause else ''} at {where or 'unknown'}"
