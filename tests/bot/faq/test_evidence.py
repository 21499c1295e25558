"""What speaks for and against an answer, and how it is weighed."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest
import shipped as on_disk
from hypothesis import given
from hypothesis import strategies as st
from shipped import passage

import bot.faq.evidence
from bot.faq.evidence import Evidence, Judge, _value_missing, weigh
from bot.faq.faq import shipped_judges
from index.analyzer import fold
from index.articles import Corpus
from index.retriever import HybridRetriever

NAMES = [f.name for f in fields(Evidence)]
BY_WORDS = {"score", "coverage", "unseen", "value_missing"}
"""What is known without dense search."""

LIKENESS = {"rival", "few", "many"}
"""Known without it too, where the corpus has examples of what lies beyond it."""

RATE = passage("a#rate", "Un téléconseiller coûte 25 € de l’heure.", questions=("Combien coûte un téléconseiller ?",))
NIGHT = passage("a#night", "La nuit majore le tarif. Trois primes existent.", heading="La nuit")


def weighed(question: str) -> Evidence:
    retriever = HybridRetriever.over(Corpus((RATE, NIGHT)), ())
    return weigh(question, retriever.search(question, "fr"), retriever.lexical["fr"])


def test_without_dense_search_only_words_speak() -> None:
    evidence = weighed("Combien coûte un téléconseiller ?")
    assert {name for name in NAMES if getattr(evidence, name)} <= BY_WORDS
    assert evidence.score > 0


def test_coverage_is_the_share_of_the_question_that_the_best_passage_holds() -> None:
    assert weighed("Combien coûte un téléconseiller ?").coverage == pytest.approx(1)
    assert 0 < weighed("Combien coûte un téléconseiller la nuit ?").coverage < 1
    assert weighed("zanzibar").coverage == 0


def test_unseen_is_the_share_that_no_passage_holds() -> None:
    assert weighed("téléconseiller nuit").unseen == 0
    assert 0 < weighed("téléconseiller zanzibar").unseen < 1
    assert weighed("zanzibar").unseen == pytest.approx(1)


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    common = [passage(f"b#{n}", "Le tarif change.") for n in range(5)]
    retriever = HybridRetriever.over(Corpus((RATE, *common)), ())
    search = retriever.search("tarif téléconseiller", "fr")
    held = weigh("tarif téléconseiller", search, retriever.lexical["fr"])
    assert search.hits[0].passage == RATE
    assert held.coverage > 0.6


def test_a_word_said_twice_counts_once() -> None:
    assert weighed("téléconseiller zanzibar").unseen == weighed("téléconseiller zanzibar zanzibar zanzibar").unseen


@pytest.mark.parametrize("question", ["", "?", "le la les", "🙂"])
def test_a_question_without_a_word_weighs_nothing(question: str) -> None:
    evidence = weighed(question)
    assert (evidence.coverage, evidence.unseen) == (0, 0)
    assert all(math.isfinite(getattr(evidence, name)) for name in NAMES)


@pytest.mark.parametrize(
    ("question", "found", "missing"),
    [
        ("Quel est le prix d'un appel ?", "Un appel coûte 3,50 €.", False),
        ("Quel est le prix d'un appel ?", "Un appel coûte cher.", True),
        ("Quel salaire pour un conseiller ?", "Un conseiller gagne 1 800 euros.", False),
        ("Quel salaire pour un conseiller ?", "La formation dure 3 mois.", True),
        ("Combien coûte un agent ?", "Un agent revient à 30 k€ par an.", False),
        ("How much does an agent cost?", "An agent costs €25 an hour.", False),
        ("How much does an agent cost?", "Agents are trained.", True),
        ("What is the hourly rate?", "The market is worth 3 billion.", False),
        ("Quel pourcentage d'économies ?", "Jusqu'à 46 % d'économies.", False),
        ("Quel pourcentage d'économies ?", "De fortes économies.", True),
        ("Combien de temps faut-il ?", "Il faut 4 à 8 semaines.", False),
        ("How long does it take?", "It takes a while.", True),
        ("How many companies outsource?", "68% of them do.", False),
        ("Pourquoi 46 % d'économies ?", "Jusqu'à 46 % d'économies.", False),
        ("Pourquoi 99 % d'économies ?", "Jusqu'à 46 % d'économies.", True),
        ("C'est quoi l'onshore ?", "L'onshore reste en France.", False),
        ("Quels pays choisir ?", "Le Maroc est proche.", False),
    ],
)
def test_an_amount_or_a_figure_asked_for_is_there_or_not(question: str, found: str, missing: bool) -> None:
    assert _value_missing(fold(question), [fold(found)]) is missing


@pytest.mark.parametrize(
    "question",
    [
        "Comment ça se passe au quotidien ?",
        "How do customers feel about offshore?",
        "How do I use customer feedback?",
        "Comment profiter de l'expertise du prestataire ?",
    ],
)
def test_a_question_that_asks_for_no_amount(question: str) -> None:
    assert not _value_missing(fold(question), ["les equipes travaillent ensemble."])


def test_amounts_are_looked_for_in_the_best_passages_only() -> None:
    asked = fold("Quel est le prix ?")
    assert not _value_missing(asked, ["rien", "5 €"])
    assert _value_missing(asked, ["rien", "rien", "5 €"])
    assert _value_missing(asked, [])


EVIDENCE = st.builds(Evidence, **{name: st.floats(-50, 50) for name in NAMES})
JUDGES = st.builds(
    Judge,
    st.fixed_dictionaries({name: st.floats(-1e3, 1e3) for name in NAMES}),
    st.floats(-1e3, 1e3),
    st.floats(0, 1),
)


@given(judge=JUDGES, evidence=EVIDENCE)
def test_a_probability_is_one_whatever_is_weighed(judge: Judge, evidence: Evidence) -> None:
    assert 0 <= judge.probability(evidence) <= 1
    assert judge.answers(evidence) is (judge.probability(evidence) >= judge.threshold)


@pytest.mark.parametrize("name", NAMES)
def test_more_of_what_speaks_for_an_answer_makes_it_likelier(name: str) -> None:
    nothing = Evidence(**dict.fromkeys(NAMES, 0.0))
    for weight in (2.0, -2.0):
        judge = Judge({n: weight * (n == name) for n in NAMES}, 0.0, 0.5)
        assert judge.probability(nothing) == 0.5
        assert (judge.probability(replace(nothing, **{name: 1.0})) > 0.5) is (weight > 0)


def test_the_shipped_calibration_is_whole() -> None:
    raw = json.loads(Path(bot.faq.evidence.__file__).with_name("calibration.json").read_text(encoding="utf-8"))
    assert date.fromisoformat(raw["date"])
    judges = shipped_judges()
    assert set(judges) == {"dense", "words"}
    for judge in judges.values():
        assert set(judge.coefficients) == set(NAMES)
        assert 0 < judge.threshold < 1
        assert judge.coefficients["score"] > 0
        assert judge.coefficients["coverage"] > 0
        assert judge.coefficients["unseen"] < 0
        assert judge.coefficients["value_missing"] <= 0
    assert {name for name, weight in judges["words"].coefficients.items() if weight} <= BY_WORDS | LIKENESS


def test_what_the_corpus_answers_weighs_more_than_what_it_does_not(shipped: on_disk.Shipped) -> None:
    """With examples taken word for word, which any encoder tells apart."""
    faq = shipped.faq
    for lang in ("fr", "en"):
        answerable = [p.questions[0] for p in shipped.corpus.passages if p.lang == lang and p.questions][::20]
        beyond = [theme.examples[lang][0] for theme in shipped.corpus.themes]
        high, low = (
            [getattr(faq.answer(q, lang), "probability", 0.5) for q in asked] for asked in (answerable, beyond)
        )
        assert sum(high) / len(high) > 0.8
        assert sum(low) / len(low) < 0.2
