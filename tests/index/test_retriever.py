"""Questions to ranked passages, by words alone and with vectors."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_corpus import write_small_corpus

from index.articles import Corpus, read_corpus
from index.build import update
from index.encoder import HashingEncoder
from index.entries import BEYOND, TEXT, Near, Surroundings
from index.errors import StoreProblem
from index.kinds import RIVALS
from index.lexicon import read_lexicon
from index.retriever import HybridRetriever, Search
from index.store import EmbeddedStore, Neighbourhood

HOSTILE = {
    "nothing": "",
    "spaces": " \n\t\u2028 ",
    "huge": "nearshore " * 20_000,
    "one long word": "x" * 200_000,
    "control characters": "\x00\x01\x1b[31m\x7f near\x08shore",
    "lone surrogates": "\ud800 nearshore \udfff",
    "emoji": "🙂👩‍👩‍👧🇫🇷" * 50,
    "right to left": "\u202eمرحبا\u202c كيف حالك؟",
    "ligature": "﷽" * 500,
    "combining marks": "n" + "\u0301" * 5_000,
    "SQL and paths": "'; DROP TABLE embeddings; -- ../../etc/passwd {{7*7}} %s",
    "full width": "ｎｅａｒｓｈｏｒｅ ？",
}


class Silent(Neighbourhood):
    """A vector store that does not answer."""

    def __init__(self) -> None:
        pass

    def around(self, text: str, k: int) -> Surroundings:
        raise StoreProblem("no answer")


class Scripted(Neighbourhood):
    """A vector store that answers what the test says."""

    def __init__(self, *near: Near) -> None:
        self.found = Surroundings(near, margin=0.25)

    def around(self, text: str, k: int) -> Surroundings:
        return self.found


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def by_words(root: Path) -> HybridRetriever:
    return HybridRetriever.over(read_corpus(root), read_lexicon(root / "lexicon.yaml"))


@pytest.fixture
def full(by_words: HybridRetriever, tmp_path: Path) -> HybridRetriever:
    """With vectors, of hashes."""
    encoder, store = HashingEncoder(64), EmbeddedStore(tmp_path / "index")
    update(by_words.corpus, encoder, store, tmp_path / "lock")
    manifest = store.manifest()
    assert manifest is not None
    return by_words.with_vectors(store.neighbourhood(manifest, encoder))


@pytest.fixture(params=["by words", "full"])
def retriever(request: pytest.FixtureRequest, by_words: HybridRetriever) -> HybridRetriever:
    found: HybridRetriever = by_words if request.param == "by words" else request.getfixturevalue("full")
    return found


def keys(search: Search) -> list[str]:
    return [hit.passage.key for hit in search.hits]


@pytest.mark.parametrize(
    ("question", "lang", "key"),
    [
        ("Qu'est-ce que le nearshore ?", "fr", "fr/places#nearshore"),
        ("What is nearshore?", "en", "en/places#nearshore"),
        ("tarif horaire d'un prestataire", "fr", "fr/prices#hourly-rate"),
        ("how much an hour", "en", "en/prices#hourly-rate"),
        ("Quels coûts échappent au devis", "fr", "fr/prices#hidden-costs"),
        ("MADAGASCAR !!!", "fr", "fr/places#offshore"),
    ],
)
def test_the_right_passage_comes_first_in_the_language_asked(
    retriever: HybridRetriever, question: str, lang: str, key: str
) -> None:
    search = retriever.search(question, lang)
    assert search.lang == lang
    assert keys(search)[0] == key


@pytest.mark.parametrize(
    ("question", "lang", "key"),
    [
        ("un prestatere facture combien", "fr", "fr/prices#hourly-rate"),
        ("le neershore", "fr", "fr/places#nearshore"),
        ("the houlry rate", "en", "en/prices#hourly-rate"),
        ("partir à l’autre bout du monde", "fr", "fr/places#offshore"),
        ("gouvernance", "fr", "fr/prices#hidden-costs"),
        ("governance", "en", "en/prices#hidden-costs"),
        ("governance", "fr", "fr/prices#hidden-costs"),
    ],
)
def test_words_forgive_typos_and_know_synonyms(by_words: HybridRetriever, question: str, lang: str, key: str) -> None:
    assert keys(by_words.search(question, lang))[0] == key


def test_the_language_asked_goes_before_the_language_of_the_question(retriever: HybridRetriever) -> None:
    assert keys(retriever.search("What is nearshore?", "fr"))[0] == "fr/places#nearshore"


def test_a_passage_that_both_languages_have_is_found_in_the_one_asked_only(retriever: HybridRetriever) -> None:
    for lang, own in (("fr", 4), ("en", 5)):
        found = keys(retriever.search("nearshore offshore Madagascar", lang))
        assert sum(key.startswith(f"{lang}/") for key in found) == own
        assert len({key.partition("/")[2] for key in found}) == len(found) == 5


def test_a_passage_of_the_other_language_alone_is_found_and_told(retriever: HybridRetriever) -> None:
    hit = retriever.search("who handles jewellery returns", "fr").hits[0]
    assert hit.passage.key == "en/luxury#white-glove"
    assert hit.passage.lang == "en"
    assert not retriever.corpus.has(hit.passage.id, "fr")


def test_hits_are_ordered_by_score_and_no_more_than_k(retriever: HybridRetriever) -> None:
    search = retriever.model_copy(update={"k": 3}).search("le tarif du nearshore à Madagascar", "fr")
    scores = [hit.score for hit in search.hits]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)


def test_what_no_word_and_no_vector_supports_scores_low(by_words: HybridRetriever) -> None:
    search = by_words.search("xyzzy plugh", "fr")
    assert {hit.score for hit in search.hits} == {0}
    assert [t.surface for t in search.terms] == ["xyzzy", "plugh"]


def test_by_words_alone_there_is_no_cosine_and_no_kind(by_words: HybridRetriever) -> None:
    search = by_words.search("Qu'est-ce que le nearshore ?", "fr")
    assert search.kinds is None
    assert {(hit.cosine, hit.unit_cosines) for hit in search.hits} == {(0, ())}
    assert search.hits[0].lexical > search.hits[1].lexical


def test_with_vectors_each_unit_has_its_cosine(full: HybridRetriever) -> None:
    hit = full.search("Le tarif monte-t-il la nuit ?", "fr").hits[0]
    assert hit.passage.key == "fr/prices#hourly-rate"
    assert len(hit.unit_cosines) == len(hit.passage.units) == 2
    assert hit.unit_cosines[1] > hit.unit_cosines[0]
    assert -1 <= hit.cosine <= 1


def test_kinds_tell_the_answerable_from_what_lies_beyond(full: HybridRetriever) -> None:
    inside = full.search("Qu'est-ce que le nearshore ?", "fr").kinds
    outside = full.search("météo du week-end", "fr").kinds
    assert inside is not None
    assert outside is not None
    for kinds in (inside, outside):
        assert len(kinds.answerable) == len(kinds.beyond) == RIVALS
        assert list(kinds.answerable) == sorted(kinds.answerable, reverse=True)
        assert list(kinds.beyond) == sorted(kinds.beyond, reverse=True)
    assert inside.margin > 0 > outside.margin
    assert inside.answerable[0] > inside.beyond[0]
    assert outside.beyond[0] > outside.answerable[0]
    assert outside.theme == "weather"


def test_examples_beyond_are_never_hits(full: HybridRetriever) -> None:
    assert all(hit.passage in full.corpus.passages for hit in full.search("météo du week-end", "fr").hits)


def test_a_question_left_out_does_not_find_itself(full: HybridRetriever) -> None:
    question = "Faut-il partir à Madagascar ?"
    passage = full.corpus.get("places#offshore", "fr")
    assert passage is not None
    at = passage.questions.index(question.replace(" ?", "\u00a0?"))
    seen, hidden = (full.search(question, "fr", frozenset(x)) for x in ((), {f"{passage.key}?{at}"}))
    assert hidden.hits[0].score < seen.hits[0].score


def test_a_failing_vector_store_falls_back_to_words(
    by_words: HybridRetriever, caplog: pytest.LogCaptureFixture
) -> None:
    question = "Quels coûts échappent au devis, secret ?"
    with caplog.at_level(logging.WARNING):
        found = by_words.with_vectors(Silent()).search(question, "fr")
    assert found == by_words.search(question, "fr")
    assert "words alone answer" in caplog.text
    assert "secret" not in caplog.text


def test_vectors_of_passages_that_are_gone_are_ignored(by_words: HybridRetriever) -> None:
    cosines = {"fr/gone#away": 0.9, "fr/places#offshore": 0.8, "fr/places#nearshore": 0.1}
    near = Scripted(*(Near(owner, TEXT, 0, cosine) for owner, cosine in cosines.items()))
    found = by_words.with_vectors(near).search("xyzzy", "fr")
    assert keys(found)[0] == "fr/places#offshore"
    assert found.kinds is None


def test_only_themes_near_is_a_kind_too(by_words: HybridRetriever) -> None:
    kinds = by_words.with_vectors(Scripted(Near("fr/weather", BEYOND, 0, 0.7))).search("xyzzy", "fr").kinds
    assert kinds is not None
    assert (kinds.theme, kinds.beyond[0], kinds.margin) == ("weather", 0.7, 0.25)


def test_giving_vectors_leaves_the_retriever_by_words_as_it_was(by_words: HybridRetriever) -> None:
    assert by_words.with_vectors(Silent()).vectors is not None
    assert by_words.vectors is None


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_a_question_like_another(retriever: HybridRetriever, text: str) -> None:
    for lang in ("fr", "en"):
        search = retriever.search(text, lang)
        assert len(search.hits) == 5
        assert np.isfinite([hit.score for hit in search.hits]).all()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(text=st.text(st.characters(exclude_categories=[]), max_size=100))
def test_any_text_can_be_searched_for(full: HybridRetriever, text: str) -> None:
    assert len(full.search(text, "fr").hits) == 5


def test_full_width_letters_are_letters(retriever: HybridRetriever) -> None:
    assert keys(retriever.search(HOSTILE["full width"], "fr"))[0] == "fr/places#nearshore"


def test_a_corpus_without_passages_answers_with_no_hit() -> None:
    search = HybridRetriever.over(Corpus(()), ()).search("bonjour nearshore", "fr")
    assert search.hits == ()
    assert [t.surface for t in search.terms] == ["nearshore"]


def test_langchain_sees_documents(retriever: HybridRetriever) -> None:
    documents = retriever.invoke("Qu'est-ce que le nearshore ?")
    assert documents[0].id == "fr/places#nearshore"
    assert documents[0].page_content.startswith("Le nearshore place")
    assert documents[0].metadata["article"] == "Les lieux"
    assert documents[0].metadata["heading"] == "Le nearshore"
    assert documents[0].metadata["score"] >= documents[1].metadata["score"]
