"""The peers, over a few texts and hashes for an encoder."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from bench import peers
from bench.labels import MAX_ANSWER_CHARS
from index.articles import Corpus, Passage, Source
from index.encoder import HashingEncoder

COSTS = "Les coûts cachés d'un prestataire apparaissent après la signature du contrat. " * 6
PLACES = "Le nearshore confie les appels à un pays proche, comme le Maroc ou la Tunisie. " * 6
QUALITY = "La qualité se mesure par la résolution au premier appel et la satisfaction. " * 6
TEXTS = [COSTS, PLACES, QUALITY]


@pytest.fixture(params=peers.NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def build(name: str, texts: list[str]) -> peers.Peer:
    return peers.build(name, {"fr": texts, "en": texts}, HashingEncoder)


def corpus() -> Corpus:
    def passage(id: str, lang: str, article: str, text: str) -> Passage:
        return Passage(id, lang, article, "Titre", text, Source(("001",)))

    return Corpus(
        (
            passage("a#x", "fr", "Un", "Premier."),
            passage("a#y", "fr", "Un", "Deuxième."),
            passage("b#x", "fr", "Deux", "Troisième."),
            passage("a#x", "en", "One", "First."),
        )
    )


def test_chunks_are_the_tutorials() -> None:
    chunks = peers.split([" ".join(f"mot{n}" for n in range(600)), "court"])
    assert all(len(chunk) <= 1_000 for chunk in chunks)
    assert chunks[1].split()[0] in chunks[0].split()
    assert chunks[-1] == "court"


def test_the_best_chunk_comes_first(name: str) -> None:
    peer = build(name, TEXTS)
    assert peer.answer("Quels sont les coûts cachés ?").startswith("Les coûts cachés")
    assert peer.answer("C'est quoi le nearshore ?").startswith("Le nearshore")


def test_an_answer_is_cut_and_never_a_refusal(name: str) -> None:
    peer = build(name, TEXTS)
    assert len(peer.answer("Quels sont les coûts cachés ?")) == MAX_ANSWER_CHARS
    assert peer.answer("zzz") != ""
    assert peer.answer("") != ""


def test_is_surer_of_what_the_texts_say(name: str) -> None:
    peer = build(name, TEXTS)
    _, sure = peer.scored("coûts cachés d'un prestataire après la signature du contrat")
    _, unsure = peer.scored("recette des crêpes")
    assert sure > unsure or name == "fused"


def test_a_followup_reaches_a_peer_with_its_conversation(name: str) -> None:
    peer = build(name, TEXTS)
    assert peer.answer("et lesquels ?", ["Quels pays pour le nearshore ?"]).startswith("Le nearshore")


def test_each_language_has_its_own_texts(name: str) -> None:
    peer = peers.build(
        name, {"fr": [COSTS], "en": ["Hidden costs appear after the contract is signed."]}, HashingEncoder
    )
    assert peer.answer("hidden costs", lang="en").startswith("Hidden costs")
    assert peer.answer("coûts cachés", lang="fr").startswith("Les coûts cachés")


def test_fusion_prefers_what_both_rankings_hold() -> None:
    def first(question: str, k: int) -> peers.Ranked:
        return [(7, 9.0), (1, 8.0)]

    def second(question: str, k: int) -> peers.Ranked:
        return [(3, 0.2), (1, 0.1)]

    assert [chunk for chunk, _ in peers.fuse(first, second)("?", 3)] == [1, 7, 3]


def test_reads_the_sources_where_they_are_and_never_names_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "1.txt").write_text("Un.", encoding="utf-8")
    (tmp_path / "2.txt").write_text("Deux.", encoding="utf-8")
    monkeypatch.setenv(peers.SOURCES, str(tmp_path))
    texts, material = peers.read_texts(corpus)
    assert texts == {"fr": ["Un.", "Deux."], "en": ["Un.", "Deux."]}
    assert texts["fr"] is texts["en"]
    assert "2 source documents" in material
    assert str(tmp_path) not in material


def test_an_empty_folder_of_sources_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(peers.SOURCES, str(tmp_path))
    with pytest.raises(SystemExit, match="BENCH_SOURCES") as stopped:
        peers.read_texts(corpus)
    assert str(tmp_path) not in str(stopped.value)


def test_reads_our_corpus_article_by_article_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(peers.SOURCES, raising=False)
    texts, material = peers.read_texts(corpus)
    assert texts["en"] == ["One\n\nTitre\n\nFirst."]
    assert texts["fr"] == ["Un\n\nTitre\n\nPremier.\n\nTitre\n\nDeuxième.", "Deux\n\nTitre\n\nTroisième."]
    assert "our own corpus" in material


@pytest.mark.usefixtures("tiny")
def test_the_process_answers_each_line_then_tells_of_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [{"id": "q", "question": "Quels coûts cachés ?", "history": [], "lang": "fr"}]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(map(json.dumps, asked))))
    peers.main("bm25")
    answer, process = map(json.loads, capsys.readouterr().out.splitlines())
    assert answer["id"] == "q"
    assert "coûts cachés" in answer["text"]
    assert answer["ms"] >= 0
    assert "our own corpus" in process["material"]
    assert process["memory"] > 10
