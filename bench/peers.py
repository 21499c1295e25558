"""The peers: what anybody gets in an afternoon from the usual parts, over the raw texts. None of them ever abstains.

- ``tutorial``: LangChain's RAG tutorial without its model: 1,000/200 splitter, Chroma in memory, our encoder, k = 4.
- ``bm25``: BM25 with stemming over the same chunks.
- ``fused``: both, by reciprocal rank.

A follow-up reaches them joined to the earlier questions of its conversation. ``python -m bench.peers NAME`` reads
questions on standard input, one JSON object a line, and writes one line each, then one on the process itself.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Protocol

import bm25s
import Stemmer
from langchain_text_splitters import RecursiveCharacterTextSplitter

from bench.labels import MAX_ANSWER_CHARS
from bench.latency import resident_mb
from index.articles import Corpus
from index.encoder import Encoder

NAMES = ("tutorial", "bm25", "fused")
SOURCES = "BENCH_SOURCES"
"""The environment variable that names the folder of the source documents, as ``*.txt``."""

K = 4
_DEPTH = 20
"""Chunks of each ranking that are fused."""
_RANK_CONSTANT = 60
_STEMMING = {"fr": "french", "en": "english"}

Ranked = list[tuple[int, float]]
"""Chunks by position with their scores, best first; a higher score is better."""


class Ranking(Protocol):
    """One way to rank chunks."""

    def __call__(self, question: str, k: int) -> Ranked: ...


def split(texts: Sequence[str]) -> list[str]:
    """The chunks of the tutorial: 1,000 characters, 200 of them shared with the one before."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=1_000, chunk_overlap=200)
    return [chunk for text in texts for chunk in splitter.split_text(text)]


def by_vectors(chunks: Sequence[str], encoder: Encoder, name: str) -> Ranking:
    """Similarity search in a Chroma collection of that name, in memory; the score is the distance, negated."""
    from chromadb import EphemeralClient
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    client = EphemeralClient(Settings(anonymized_telemetry=False))
    store = Chroma(f"peers-{name}", embedding_function=encoder, client=client)  # type: ignore[arg-type]
    store.add_texts(list(chunks), metadatas=[{"position": n} for n in range(len(chunks))])

    def rank(question: str, k: int) -> Ranked:
        found = store.similarity_search_with_score(question, k=min(k, len(chunks)))
        return [(int(document.metadata["position"]), -distance) for document, distance in found]

    return rank


def by_words(chunks: Sequence[str], lang: str) -> Ranking:
    """BM25 with the stop words and the stemmer of the chunks' language."""
    stemmer = Stemmer.Stemmer(_STEMMING[lang])

    def tokens(texts: list[str]) -> list[list[str]]:
        found = bm25s.tokenize(texts, stopwords=lang, stemmer=stemmer, return_ids=False, show_progress=False)
        return [list(t) for t in found]

    index = bm25s.BM25()
    index.index(tokens(list(chunks)), show_progress=False)

    def rank(question: str, k: int) -> Ranked:
        known = [t for t in tokens([question])[0] if t in index.vocab_dict]
        scores = [float(s) for s in index.get_scores(known)] if known else [0.0] * len(chunks)
        return sorted(enumerate(scores), key=lambda found: -found[1])[:k]

    return rank


def fuse(*rankings: Ranking) -> Ranking:
    """Reciprocal rank fusion."""

    def rank(question: str, k: int) -> Ranked:
        scores: dict[int, float] = defaultdict(float)
        for ranking in rankings:
            for place, (chunk, _) in enumerate(ranking(question, _DEPTH), 1):
                scores[chunk] += 1 / (_RANK_CONSTANT + place)
        return sorted(scores.items(), key=lambda found: -found[1])[:k]

    return rank


class Peer:
    """A ranking for each language's chunks; its answer is the best chunks, joined and cut."""

    def __init__(self, chunks: Mapping[str, Sequence[str]], rankings: Mapping[str, Ranking]) -> None:
        self._chunks = chunks
        self._rankings = rankings

    def answer(self, question: str, history: Sequence[str] = (), lang: str = "fr") -> str:
        """The four best chunks, cut to 1,200 characters."""
        return self.scored(question, history, lang)[0]

    def scored(self, question: str, history: Sequence[str] = (), lang: str = "fr") -> tuple[str, float]:
        """The same, with the score of the best chunk: the peer's only sign of how sure it is."""
        ranked = self._rankings[lang](" ".join([*history, question]), K)
        text = "\n\n".join(self._chunks[lang][position] for position, _ in ranked)
        return text[:MAX_ANSWER_CHARS], ranked[0][1]


def read_texts(corpus: Callable[[], Corpus]) -> tuple[dict[str, list[str]], str]:
    """What the peers read, by language, and how to call it: the sources when they are at hand, else our own corpus.

    Raises:
        SystemExit: ``BENCH_SOURCES`` is set and holds no text.
    """
    if folder := os.environ.get(SOURCES):
        found = [path.read_text(encoding="utf-8") for path in sorted(Path(folder).glob("*.txt"))]
        if not found:
            raise SystemExit(f"{SOURCES} is set, but there is no *.txt in the folder it names")
        return {"fr": found, "en": found}, f"the raw text of the {len(found)} source documents, in French"
    passages = corpus().passages
    texts: dict[str, list[str]] = {"fr": [], "en": []}
    for (lang, title), sections in groupby(passages, key=lambda p: (p.lang, p.article)):
        texts[lang].append("\n\n".join([title, *(f"{p.heading}\n\n{p.text}" for p in sections)]))
    return texts, f"our own corpus in the question's language, article by article ({SOURCES} is not set)"


def build(name: str, texts: Mapping[str, list[str]], encoder: Callable[[], Encoder]) -> Peer:
    """The peer of that name over texts by language; languages that share their texts share their ranking."""
    chunks: dict[str, list[str]] = {}
    rankings: dict[str, Ranking] = {}
    for lang, own in texts.items():
        twin = next((seen for seen in chunks if texts[seen] is own), None)
        if twin is not None:
            chunks[lang], rankings[lang] = chunks[twin], rankings[twin]
            continue
        chunks[lang] = split(own)
        ways = [by_vectors(chunks[lang], encoder(), f"{name}-{lang}")] if name != "bm25" else []
        ways += [by_words(chunks[lang], lang)] if name != "tutorial" else []
        rankings[lang] = fuse(*ways) if len(ways) > 1 else ways[0]
    return Peer(chunks, rankings)


def main(name: str) -> None:
    """Answer standard input's questions with one peer."""
    from bot.settings import Settings
    from index.opening import Library
    from index.settings import read_settings

    library = Library(read_settings(Settings))
    texts, material = read_texts(lambda: library.corpus)
    peer = build(name, texts, lambda: library.encoder)
    peer.answer("bonjour")
    for line in sys.stdin:
        asked = json.loads(line)
        started = time.perf_counter()
        text, score = peer.scored(asked["question"], asked["history"], asked["lang"])
        ms = (time.perf_counter() - started) * 1_000
        print(json.dumps({"id": asked["id"], "text": text, "score": score, "ms": ms}, ensure_ascii=False), flush=True)
    print(json.dumps({"material": material, "memory": resident_mb()}))


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in NAMES:
        raise SystemExit(f"usage: python -m bench.peers {{{','.join(NAMES)}}} < questions.jsonl")
    main(sys.argv[1])
