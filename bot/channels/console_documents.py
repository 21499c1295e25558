"""What comes with a reply at the terminal: saved in a folder, under a name that is safe and not yet taken."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from bot.messages import Attachment

FOLDER = Path("curseur-documents")
"""In the working directory."""

_UNSAFE = re.compile(r"[^\w.() -]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_LONGEST = 80


def save(attachment: Attachment, folder: Path = FOLDER) -> Path:
    """Write an attachment where only its owner can read it; never over another file.

    Raises:
        OSError: the folder cannot be made or written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in _names(attachment.name):
        path = folder / name
        try:
            opened = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
        except FileExistsError:
            continue
        try:
            with os.fdopen(opened, "wb") as file:
                file.write(attachment.content)
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path
    raise AssertionError("names never run out")


def _names(wanted: str) -> Iterator[str]:
    """The name made safe, then the same with a number."""
    name = _UNSAFE.sub("_", re.split(r"[/\\]", wanted)[-1]).strip(". ") or "document"
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    stem, ending = Path(name).stem[:_LONGEST], Path(name).suffix[:_LONGEST]
    yield stem + ending
    for number in count(2):
        yield f"{stem} ({number}){ending}"
