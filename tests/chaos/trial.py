"""A trial: one campaign in one world, and what it came to."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bot.storage.database import Database
from chaos.campaign import Campaign, Pace, Toll
from chaos.judge import Verdict, judge
from chaos.lives import Fates, Lives
from chaos.people import Visitor
from chaos.scripts import NOBODY, Scripts
from chaos.worlds import World

_FIRST_CHAT = 1_001
_LATE = ("query is too old", "not modified", "terminated by other getUpdates")
"""What Telegram refuses, and rightly, after a crash."""


@dataclass(frozen=True)
class Size:
    """How much a campaign holds."""

    interviews: int
    talks: int
    pace: Pace
    fates: Fates
    kinds: int = 24
    """How many different personas are interviewed."""


@dataclass(frozen=True)
class Outcome:
    """What a campaign came to."""

    verdict: Verdict
    toll: Toll
    kills: Mapping[str, int]
    """By the step they were killed at, or at random."""
    stops: int
    """Processes that ended though nobody had killed them."""
    false_starts: int
    """Processes that would not begin while their database was away."""
    absent: Sequence[str]
    """What could not be had, and so could not go wrong."""
    log: str
    """What the processes wrote on standard error."""

    @property
    def faults(self) -> list[str]:
        """All that is wrong, a line each; none when nothing is."""
        faults = list(self.verdict.faults)
        if self.stops:
            faults.append(f"{self.stops} processes ended unasked")
        if not self.toll.in_order:
            faults.append("the last processes did not end when they were asked to")
        if (traces := self.log.count("Traceback")) > 0:
            faults.append(f"{traces} exceptions that nobody caught")
        return faults


def hold(world: World, size: Size, seed: int, here: Path) -> Outcome:
    """One campaign in one world.

    Args:
        here: A folder, where the log and an index go.
    """
    log = here / "log"
    lives = Lives(world.environment, world.listening, size.fates, seed, log)
    try:
        vectors = world.environment["CHROMA_URL"] != NOBODY
        scripts = Scripts(Path(world.environment["CORPUS_DIR"]), here / "undisturbed", seed, vectors=vectors)
        chosen = [*islice(scripts.interviews(size.kinds), size.interviews), *islice(scripts.talks(), size.talks)]
        random.Random(seed).shuffle(chosen)
        visitors = [Visitor(world.telegram, number, script, seed) for number, script in enumerate(chosen, _FIRST_CHAT)]
        toll = Campaign(lives, visitors, world.troubles, seed).run(size.pace)
    finally:
        lives.close()
    database = Database.open(world.database)
    try:
        verdict = judge(visitors, database)
    finally:
        database.close()
    refused = [c for c in world.telegram.refused if c.status == 400 and not any(late in c.refusal for late in _LATE)]
    verdict.different += [f"refused by Telegram: {call.method}: {call.refusal}" for call in refused]
    return Outcome(
        verdict, toll, lives.kills, lives.stops, lives.false_starts, world.absent, log.read_text("utf-8", "replace")
    )
