"""The page of results: each bench owns a section of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.results import put_section

PAGE = "# Results\n\nOthers.\n\n## Utterances\n\nOld.\n\n## Personas\n\nOld.\n"


@pytest.mark.parametrize("title", ["Utterances", "Personas"])
def test_a_section_takes_the_place_of_the_one_with_its_title(title: str, tmp_path: Path) -> None:
    page = tmp_path / "results.md"
    page.write_text(PAGE, encoding="utf-8")
    for text in ("New.", "Newer."):
        put_section(f"## {title}\n\n{text}", page)
    assert page.read_text(encoding="utf-8") == PAGE.replace(f"## {title}\n\nOld.", f"## {title}\n\nNewer.")


def test_a_new_section_goes_to_the_end(tmp_path: Path) -> None:
    page = tmp_path / "results.md"
    page.write_text(PAGE, encoding="utf-8")
    put_section("## Turns\n\nFast.\n", page)
    assert page.read_text(encoding="utf-8") == f"{PAGE}\n## Turns\n\nFast.\n"
