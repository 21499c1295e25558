"""What can be wrong with an interview's files, told to whoever writes them.

InterviewError     one or more mistakes in the YAML files of an interview, each with its place and the likely mend
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake, where it stands, and what would mend it."""

    file: str
    """The file's name within the interview's folder, or the folder."""
    line: int
    """From 1; 0 when the mistake is the whole file's."""
    id: str
    """The question, rule, gate or advice that it is in; empty outside of one."""
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.id, self.message) if part)


class InterviewError(Exception):
    """The files of an interview hold mistakes; the message tells all of them, one a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(dict.fromkeys(problems))
        super().__init__("\n".join(map(str, self.problems)))
