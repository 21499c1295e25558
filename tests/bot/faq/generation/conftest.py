"""The shipped corpus, searched by words alone, and its verification."""

from __future__ import annotations

import pytest
import shipped as on_disk

from bot.faq.generation.tokens import Tokenizer
from bot.faq.generation.verify import Verifier
from index.articles import Corpus, Passage, read_corpus
from index.lexicon import read_lexicon
from index.retriever import HybridRetriever


@pytest.fixture(scope="session")
def retriever() -> HybridRetriever:
    return HybridRetriever.over(read_corpus(on_disk.CORPUS), read_lexicon(on_disk.CORPUS / "lexicon.yaml"))


@pytest.fixture(scope="session")
def articles(retriever: HybridRetriever) -> Corpus:
    return retriever.corpus


class Bench:
    """Verifiers over one passage or several."""

    def __init__(self, retriever: HybridRetriever) -> None:
        self._retriever = retriever
        self.tokenizers = {lang: Tokenizer(index.analyzer) for lang, index in retriever.lexical.items()}

    def over(self, *passages: Passage, lang: str | None = None) -> Verifier:
        spoken = lang or passages[0].lang
        named = {p.id: p for p in passages}
        return Verifier(named, spoken, self.tokenizers[spoken], self._retriever.lexical)

    def faults(self, text: str, *passages: Passage, lang: str | None = None) -> tuple[str, ...]:
        """Why a sentence that cites all of them may not be shown; nothing when it may."""
        verifier = self.over(*passages, lang=lang)
        verifier.judge(text, [p.id for p in passages])
        return tuple(str(f) for dropped in verifier.dropped for f in dropped.faults)


@pytest.fixture(scope="session")
def verification(retriever: HybridRetriever) -> Bench:
    return Bench(retriever)
