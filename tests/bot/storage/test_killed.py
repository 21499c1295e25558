"""Interviews through a real process killed at every step: each answer has its effect once, and nothing is left unsaid.

The long form is ``make chaos``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from chaos import worlds
from chaos.campaign import Pace
from chaos.lives import Fates
from chaos.steps import STEPS
from chaos.trial import Size, hold

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither fork nor SIGKILL")

SEED = 4
SHORT = Fates(shortest=0.1, longest=0.5, patience=2.0, latest=3)
PACE = Pace(9, typists=10, pause=0.02, trouble_every=1.0, rounds=1)
SIZE = Size(interviews=10, talks=3, pace=PACE, fates=SHORT, kinds=3)

TROUBLES = {"Telegram cut", "answers of Telegram lost"}


def test_interviews_in_a_process_killed_at_every_step(tmp_path: Path) -> None:
    with worlds.sqlite(tmp_path, SEED, disk=False, with_chroma=False) as world:
        world.troubles[:] = [trouble for trouble in world.troubles if trouble[0] in TROUBLES]
        outcome = hold(world, SIZE, SEED, tmp_path)
    assert outcome.faults == []
    assert outcome.verdict.results == SIZE.interviews
    assert set(STEPS) <= set(outcome.kills)
    assert set(outcome.toll.troubles) == TROUBLES
