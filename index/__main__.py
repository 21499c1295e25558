"""``python -m index``: bring the index to the corpus."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from index.articles import read_corpus
from index.build import Report, update
from index.encoder import load_encoder
from index.errors import IndexProblem
from index.settings import IndexSettings, read_settings
from index.store import open_store


def bring_up_to_date(settings: IndexSettings, *, rebuild: bool = False) -> Report:
    """Update the index that the settings name, showing progress on stderr."""
    console = Console(stderr=True)
    corpus = read_corpus(settings.corpus_dir)
    encoder = load_encoder(settings.embedding_model, settings.data_dir, lambda line: console.print(f"… {line}"))
    store = open_store(settings.chroma_url, settings.data_dir)
    columns = (TextColumn("encoding {task.completed}/{task.total}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("encoding", total=None, visible=False)
        return update(
            corpus,
            encoder,
            store,
            settings.build_lock,
            rebuild=rebuild,
            progress=lambda done, total: bar.update(task, completed=done, total=total, visible=total > 0),
        )


def main(
    rebuild: Annotated[bool, typer.Option(help="Encode everything anew.")] = False,
) -> None:
    """Bring the index to the corpus: encodes what is new, keeps what is not, switches when all is written."""
    try:
        print(bring_up_to_date(read_settings(IndexSettings), rebuild=rebuild))
    except IndexProblem as problem:
        print(f"index: {problem}", file=sys.stderr)
        raise typer.Exit(2) from problem


if __name__ == "__main__":
    typer.run(main)
