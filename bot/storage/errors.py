"""What can go wrong with the database, told to the operator."""

from __future__ import annotations

from bot.queues import Unavailable


class StorageProblem(Unavailable):
    """The database cannot be opened, read or written.

    The message names the file or the setting and what mends it; never a password, nor anything a person wrote.
    """
