"""Beginning and resuming, also when it is asked for in words."""

from __future__ import annotations

import pytest

from bot.dialogue.opening import wants_to_start


@pytest.mark.parametrize(
    "text",
    [
        "on commence l'entretien",
        "Je veux faire le diagnostic",
        "reprendre mon entretien",
        "évaluer mes flux",
        "Start the interview, please",
        "let's do the assessment",
        "assess my flows",
    ],
)
def test_asking_for_it_in_words(text: str) -> None:
    assert wants_to_start(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Combien dure l'entretien ?",
        "Que faire avant de lancer une évaluation des prestataires dans un appel d'offres qui traîne depuis des mois",
        "Onshore ou offshore ?",
        "Quels flux garder ?",
        "comment évaluer mes flux ?",
    ],
)
def test_a_question_is_none(text: str) -> None:
    assert not wants_to_start(text)
