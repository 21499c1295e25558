"""French or English?"""

from __future__ import annotations

import pytest
import shipped as on_disk
from hypothesis import given
from hypothesis import strategies as st

from bot.language import detect
from index.articles import Corpus
from index.retriever import HybridRetriever

FRENCH = """
    Bonjour|Quels sont les coûts cachés ?|et l'offshore ?|pourquoi ?|merci|C'est quoi un SLA ?|Externalisé ?
    un exemple ?
    je veux externaliser mon support|ou nearshore|Combien ?|avec qui ?|oui|bonsoir tout le monde|salut|Où ça ?
"""
ENGLISH = """
    Hello|What are the hidden costs?|what about offshore?|why?|thanks|What's an SLA?|who says so?|the risks
    I want to outsource my support|How much?|with whom?|yes|an example|help|Where?|should we?
"""
NEITHER = "|SLA|onshore ?|123|24/7|👋|???|xyzzy|KPI|offshore / nearshore"


def phrases(table: str) -> list[str]:
    return [phrase for line in table.strip().splitlines() for phrase in line.strip().split("|")]


@pytest.mark.parametrize(("lang", "table"), [("fr", FRENCH), ("en", ENGLISH), (None, NEITHER)])
def test_small_words_tell(lang: str | None, table: str) -> None:
    assert {phrase: detect(phrase) for phrase in phrases(table)} == dict.fromkeys(phrases(table), lang)


def test_where_small_words_do_not_tell_the_corpus_does(corpus: Corpus) -> None:
    lexical = HybridRetriever.over(corpus, ()).lexical
    assert detect("tarif horaire") is None
    assert detect("tarif horaire", lexical) == "fr"
    assert detect("hourly rate", lexical) == "en"
    assert detect("Madagascar", lexical) is None
    assert detect("xyzzy", lexical) is None


def test_small_words_come_before_the_corpus(corpus: Corpus) -> None:
    lexical = HybridRetriever.over(corpus, ()).lexical
    assert detect("what is tarif horaire nearshore", lexical) == "en"


def test_every_sample_question_is_told_right(shipped: on_disk.Shipped) -> None:
    vocabularies = shipped.knowledge.vocabularies
    for lang, least in (("fr", 0.97), ("en", 0.97)):
        asked = [q for p in shipped.corpus.passages if p.lang == lang for q in p.questions]
        told = [detect(q, vocabularies) for q in asked]
        assert told.count(lang) >= least * len(asked)


@given(st.text(max_size=300))
def test_anything_is_one_or_the_other_or_neither(text: str) -> None:
    assert detect(text) in ("fr", "en", None)
