"""One thing that ``bot doctor`` looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What it is, whether it is well, and what was found."""

    what: str
    well: bool
    detail: str
    """What was found; when it is not well, what mends it."""
    heed: bool = False
    """Whether it is well, and yet something of it should be seen to."""

    def __str__(self) -> str:
        return f"{'✗' if not self.well else '!' if self.heed else '✓'} {self.what}: {self.detail}"
