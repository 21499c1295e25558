"""``make fuzz``: 100,000 hostile inputs for every entry. The first fault ends it, with what repeats it."""

from __future__ import annotations

import logging
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Protocol

import typer

from bot.settings import Settings
from fuzz.conversations import Conversations
from fuzz.encoding import Encoding
from fuzz.files import Articles, Interviews
from fuzz.scripts import Lines
from index.encoder import HashingEncoder, load_encoder

SHARES = {"conversations": 0.52, "lines": 0.12, "articles": 0.28, "encoder": 0.075, "interviews": 0.005}
"""Of the inputs, by entry."""


class Entry(Protocol):
    """One way into the product."""

    def run(self, chance: random.Random) -> int:
        """Something hostile, and a look at what came of it; how many inputs that was."""
        ...


@contextmanager
def entries(folder: Path, *, packaged: bool) -> Iterator[dict[str, Entry]]:
    """All of them.

    Args:
        packaged: whether the encoder is the one the product ships with, or a hash of words.
    """
    encoder = load_encoder("packaged", Settings().data_dir) if packaged else HashingEncoder()
    talk = Conversations(folder)
    try:
        yield {
            "conversations": talk,
            "lines": Lines(),
            "articles": Articles(folder),
            "encoder": Encoding(encoder),
            "interviews": Interviews(folder),
        }
    finally:
        talk.close()


def fuzz(found: dict[str, Entry], seed: int, number: int) -> None:
    """So many inputs, each from a seed of its own.

    Raises:
        AssertionError: a fault, with the entry and the seed that repeat it.
    """
    for name, share in SHARES.items():
        left, each = share * number, seed
        while left > 0:
            try:
                left -= found[name].run(random.Random(f"{name} {each}"))
            except Exception as error:
                raise AssertionError(f"{name}, seed {each}: {type(error).__name__}: {error}") from error
            each += 1


def main(
    number: Annotated[int, typer.Option(help="How many inputs.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Of the first one.")] = 0,
) -> None:
    """Give every entry hostile input, the packaged encoder included."""
    logging.disable(logging.CRITICAL)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, entries(Path(folder), packaged=True) as found:
        fuzz(found, seed, number)
    sys.stdout.write(f"{number} inputs, no fault, {time.monotonic() - begun:.0f} s\n")


if __name__ == "__main__":
    typer.run(main)
