"""When a model's sentences may take the place of the quotes, and what completes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from shipped import passage

from bot.faq.generation.enough import completed, enough
from bot.faq.outcome import Answer, Quote, Sentence

COSTS = passage(
    "a#costs", "Les coûts cachés sont des frais imprévus. Le contrat les annonce rarement, en petits caractères."
)
LIST = passage("a#list", "Exemples de coûts cachés :\n- la formation ;\n- le pilotage de 3 personnes.\nUn audit aide.")
ANSWER = Answer("fr", "Quels coûts cachés ?", 0.9, (Quote(COSTS, COSTS.text), Quote(LIST, LIST.text)))
FIRST, SECOND = (unit.text for unit in COSTS.units)
OWN = Sentence("Les coûts cachés sont des frais imprévus.", (COSTS,))


def told(verification: Any, *sentences: Sentence) -> list[tuple[str, bool]]:
    whole = completed(ANSWER, sentences, verification.tokenizers["fr"])
    assert completed(ANSWER, whole, verification.tokenizers["fr"]) == whole
    return [(s.text, s.replaced) for s in whole]


def test_what_was_left_out_is_told_in_the_passages_words(verification: Any) -> None:
    lists = [(unit.text, True) for unit in LIST.units]
    assert told(verification, OWN) == [(FIRST, False), (SECOND, True), *lists]
    assert told(verification) == [(FIRST, True), (SECOND, True), *lists]


def test_a_statement_takes_the_place_of_what_tells_a_small_part_of_it(verification: Any) -> None:
    part = Sentence("Le contrat les annonce.", (COSTS,))
    assert told(verification, OWN, part)[:2] == [(FIRST, False), (SECOND, True)]


def test_most_of_the_words_tell_a_statement_and_all_of_its_figures(verification: Any) -> None:
    short = Sentence("Le contrat les annonce rarement, en caractères.", (COSTS,))
    assert told(verification, OWN, short)[:2] == [(FIRST, False), (short.text, False)]
    without = Sentence("Exemples de coûts cachés : la formation et le pilotage de personnes.", (LIST,))
    assert (LIST.units[0].text, True) in told(verification, without)


def test_a_place_that_is_left_out_is_told(verification: Any) -> None:
    near = passage("a#near", "Le nearshore confie vos appels à un prestataire d’un pays proche, comme le Maghreb.")
    answer = replace(ANSWER, quotes=(Quote(near, near.text),))
    for ending, whole in ((".", near.text), (", le Maghreb.", None)):
        own = Sentence(f"Le nearshore confie vos appels à un prestataire d’un pays proche{ending}", (near,))
        assert [s.text for s in completed(answer, [own], verification.tokenizers["fr"])] == [whole or own.text]


def test_the_same_words_of_another_passage_do_not_tell_it(verification: Any) -> None:
    elsewhere = Sentence(FIRST, (LIST,))
    assert (FIRST, True) in told(verification, elsewhere)


def test_what_is_no_shorter_than_the_quotes_is_not_enough(verification: Any) -> None:
    short = [Sentence("Les coûts cachés sont imprévus.", (COSTS,)), *(Sentence(u.text, (LIST,)) for u in LIST.units)]
    assert enough(ANSWER, short, 0)
    whole = completed(ANSWER, [OWN], verification.tokenizers["fr"])
    assert not enough(ANSWER, whole, 0)


def test_a_model_that_is_mostly_wrong_is_not_enough() -> None:
    assert enough(ANSWER, [OWN], 1)
    assert not enough(ANSWER, [OWN], 2)
    assert not enough(ANSWER, [], 0)
    assert not enough(ANSWER, [Sentence(FIRST, (COSTS,), replaced=True)], 0)
