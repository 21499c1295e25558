"""Articles and interview files bent out of shape: read, or refused with the file's name."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from small_corpus import write_small_corpus

from bot.advice.predicates import PREDICATES
from bot.interview.errors import InterviewError
from bot.interview.loader import SHIPPED, load_interview
from fuzz import hostile
from fuzz.conversations import Fault
from index.articles import read_corpus
from index.errors import CorpusProblem


class Articles:
    """A small corpus, of which one file is garbled at a time."""

    def __init__(self, folder: Path) -> None:
        self._root = write_small_corpus(folder / "corpus")
        self._files = sorted(path for path in self._root.rglob("*") if path.is_file())

    def run(self, chance: random.Random) -> int:
        """One file garbled, the corpus read.

        Raises:
            Fault: it is refused without a word of which file.
        """
        file = chance.choice(self._files)
        before = file.read_bytes()
        file.write_bytes(hostile.garbled(chance, before, chance.randrange(1, 6)))
        try:
            read_corpus(self._root)
        except CorpusProblem as problem:
            if not any(path.name.partition(".")[0] in str(problem) for path in self._files):
                raise Fault(f"which file? {problem}") from problem
        finally:
            file.write_bytes(before)
        return 1


class Interviews:
    """The shipped interview's files, of which one is garbled at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "interviews"
        shutil.copytree(SHIPPED, self._folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        self._files = sorted(self._folder.glob("*.yaml"))

    def run(self, chance: random.Random) -> int:
        """One file garbled, the interview loaded.

        Raises:
            Fault: it is refused without a word of where.
        """
        file = chance.choice(self._files)
        before = file.read_bytes()
        file.write_bytes(hostile.garbled(chance, before, chance.randrange(1, 4)))
        try:
            load_interview(self._folder, PREDICATES)
        except InterviewError as problem:
            if ".yaml" not in str(problem):
                raise Fault(f"where? {problem}") from problem
        finally:
            file.write_bytes(before)
        return 1
