"""The shipped corpus behind the real composition, indexed by hashes once a session; and judges for other corpora."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path

import pytest
from fresh_chroma import keep_chroma

from bot.assistant import Assistant
from bot.composition import build_assistant, build_knowledge
from bot.faq.evidence import Evidence, Judge
from bot.faq.faq import Faq
from bot.knowledge import Knowledge
from bot.sessions import MemorySessions
from bot.settings import Settings
from bot.wording import replies
from index import packaged
from index.articles import Corpus, Passage, Source
from index.lexicon import Concept
from index.opening import Library
from index.retriever import HybridRetriever

REPOSITORY = Path(__file__).parents[1]
CORPUS = REPOSITORY / "corpus"


@dataclass(frozen=True)
class Shipped:
    """The bot as it ships, but for its encoder or its data folder."""

    settings: Settings

    @cached_property
    def knowledge(self) -> Knowledge:
        """Warm."""
        keep_chroma(self.settings.data_dir)
        knowledge = build_knowledge(self.settings)
        knowledge.warm()
        return knowledge

    @property
    def faq(self) -> Faq:
        return self.knowledge.faq()

    @property
    def corpus(self) -> Corpus:
        return self.faq._retriever.corpus

    def assistant(self) -> Assistant:
        """An assistant that has met nobody yet."""
        return build_assistant(self.settings, self.knowledge, MemorySessions())

    def environment(self) -> dict[str, str]:
        """What makes ``python -m bot`` in another process use the same corpus, index and encoder."""
        own = {
            "DATA_DIR": str(self.settings.data_dir),
            "CORPUS_DIR": str(self.settings.corpus_dir),
            "EMBEDDING_MODEL": self.settings.embedding_model,
            "PYTHONUTF8": "1",
        }
        return {**os.environ, **own}


def hashed(temporary: pytest.TempPathFactory) -> Shipped:
    """With the HashingEncoder; its index is made once a session, which takes some seconds, however many workers run."""
    folder = temporary.getbasetemp()
    return _hashed((folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "shipped")


@cache
def _hashed(folder: Path) -> Shipped:
    shipped = Shipped(_settings("hashing", folder))
    assert shipped.knowledge.faq()
    return shipped


def unpacked(data_dirs: Sequence[Path], folder: Path) -> Shipped | str:
    """With the packaged encoder, where a data folder holds it unpacked and its index up to date; else why not.

    ``folder`` receives a copy of the index, so that no test can spoil the one that a bot may be serving.
    """
    name = packaged.FINGERPRINT.replace(":", "-")
    found = next((d for d in data_dirs if (d / "encoder" / name / "modules.json").is_file()), None)
    if found is None:
        return "the packaged encoder is not unpacked: run 'python -m index'"
    if not (found / "index" / "current.json").is_file():
        return "the index of the packaged encoder is not built: run 'python -m index'"
    folder.mkdir()
    (folder / "encoder").symlink_to(found / "encoder")
    shutil.copytree(found / "index", folder / "index")
    settings = _settings("packaged", folder)
    if why := Library(settings).stale():
        return f"the index of the packaged encoder is not up to date ({why}): run 'python -m index'"
    return Shipped(settings)


def _settings(model: str, folder: Path) -> Settings:
    return Settings(_env_file=None, embedding_model=model, data_dir=folder, corpus_dir=CORPUS)


def judges(*, answering: bool = True) -> dict[str, Judge]:
    """Judges that let pass whatever shares a word with the question, or nothing: for corpora that nobody calibrated."""
    weights = {f.name: 1_000.0 * (f.name == "score") for f in fields(Evidence)}
    judge = Judge(weights, -1.0, threshold=0.5 if answering else 1.1)
    return {"dense": judge, "words": judge}


def faq_over(*passages: Passage, answering: bool = True, concepts: Sequence[Concept] = ()) -> Faq:
    """The pipeline by words alone over these passages."""
    retriever = HybridRetriever.over(Corpus(passages), concepts)
    return Faq(retriever, replies.overhead, replies.citation_cost, judges(answering=answering))


def passage(
    name: str,
    text: str,
    *,
    lang: str = "fr",
    article: str = "Les prix",
    heading: str = "Le tarif",
    source: Source | None = None,
    questions: tuple[str, ...] = (),
    reviewed: str = "2026-11-22",
) -> Passage:
    """A passage whose text is what matters."""
    return Passage(name, lang, article, heading, text, source or Source(("001",)), questions, reviewed)
