"""Three replicas on PostgreSQL behind nginx, killed at every step: as if there had been one, and never a stop."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from chaos import worlds
from chaos.servers import Absent
from chaos.steps import STEPS
from chaos.trial import hold

from tests.bot.storage.test_killed import SEED, SIZE, TROUBLES

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither fork nor SIGKILL")


def test_three_replicas_killed_at_every_step(postgresql: str, tmp_path: Path) -> None:
    url = postgresql.replace("+psycopg", "")
    size = replace(SIZE, fates=replace(SIZE.fates, shortest=0.5, longest=3.0, patience=4.0))
    troubles = TROUBLES | {"PostgreSQL cut"}
    try:
        with worlds.postgresql(tmp_path, SEED, url=url, with_chroma=False) as world:
            world.troubles[:] = [trouble for trouble in world.troubles if trouble[0] in troubles]
            outcome = hold(world, size, SEED, tmp_path)
    except Absent as missing:
        pytest.skip(f"{missing} is not installed")
    assert outcome.faults == []
    assert outcome.verdict.results == size.interviews
    assert set(STEPS) <= set(outcome.kills)
    assert set(outcome.toll.troubles) == troubles
