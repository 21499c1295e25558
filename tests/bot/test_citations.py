"""How a passage is cited outside of the answers."""

from __future__ import annotations

import pytest
from shipped import CORPUS, passage

from bot.citations import Citations
from bot.interview.loader import shipped_interview
from index.articles import Corpus, read_corpus


def test_a_passage_is_cited_by_its_article_and_heading_in_each_language() -> None:
    corpus = Corpus(
        (
            passage("a#rate", "…", article="Les prix", heading="Le tarif"),
            passage("a#rate", "…", lang="en", article="Prices", heading="The rate"),
        )
    )
    citations = Citations(lambda: corpus)
    assert citations.titles("fr")("a#rate") == "Les prix › Le tarif"
    assert citations.titles("en")("a#rate") == "Prices › The rate"


@pytest.mark.parametrize("gone", ["b#night", "", "a", "#", "a#rate#rate"])
def test_what_the_corpus_no_longer_has_stands_for_itself(gone: str) -> None:
    assert Citations(lambda: Corpus(())).titles("fr")(gone) == gone


def test_the_corpus_is_read_once_and_only_when_needed() -> None:
    read: list[int] = []

    def corpus() -> Corpus:
        read.append(1)
        return Corpus(())

    citations = Citations(corpus)
    title = citations.titles("fr")
    assert read == []
    title("a#b")
    citations.titles("en")("a#b")
    assert read == [1]


def test_all_that_the_interview_cites_has_a_title_in_both_languages() -> None:
    interview = shipped_interview()
    citations = Citations(lambda: read_corpus(CORPUS))
    cited = {
        passage_id
        for items in (interview.questions, interview.rules, interview.gates, interview.advice)
        for item in items
        for passage_id in item.cites
    }
    assert cited
    for lang in ("fr", "en"):
        title = citations.titles(lang)
        assert [passage_id for passage_id in sorted(cited) if " › " not in title(passage_id)] == []
