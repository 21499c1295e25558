"""``python -m index``: bring the index to the corpus."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from index.build import Report
from index.errors import IndexProblem
from index.opening import Library
from index.progress import progress
from index.settings import IndexSettings, have_a_home, read_settings


def bring_up_to_date(settings: IndexSettings, *, rebuild: bool = False) -> Report:
    """Update the index that the settings name, showing progress on stderr."""
    library = Library(settings, lambda line: print(f"… {line}", file=sys.stderr))
    with progress("encoding") as report:
        return library.update(rebuild=rebuild, progress=report)


def main(
    rebuild: Annotated[bool, typer.Option(help="Encode everything anew.")] = False,
) -> None:
    """Bring the index to the corpus: encodes what is new, keeps what is not, switches when all is written."""
    try:
        settings = read_settings(IndexSettings)
        have_a_home(settings)
        print(bring_up_to_date(settings, rebuild=rebuild))
    except IndexProblem as problem:
        print(f"index: {problem}", file=sys.stderr)
        raise typer.Exit(2) from problem


if __name__ == "__main__":
    typer.run(main)
