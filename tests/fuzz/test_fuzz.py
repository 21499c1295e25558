"""A little of ``make fuzz``: every entry, some hundreds of hostile inputs."""

from __future__ import annotations

from pathlib import Path

from fuzz.__main__ import entries, fuzz


def test_no_hostile_input_breaks_anything(tmp_path: Path) -> None:
    with entries(tmp_path, packaged=False) as found:
        fuzz(found, 0, 300)
