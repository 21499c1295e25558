"""When a model's sentences may take the place of the quotes, and what completes them."""

from __future__ import annotations

from typing import Any

from shipped import passage

from bot.faq.generation.enough import completed, enough
from bot.faq.outcome import Answer, Quote, Sentence

COSTS = passage("a#costs", "Les coûts cachés sont des frais imprévus. Le contrat les annonce rarement.")
LIST = passage("a#list", "Exemples de coûts cachés :\n- la formation ;\n- le pilotage.\nUn audit aide.")
ANSWER = Answer("fr", "Quels coûts cachés ?", 0.9, (Quote(COSTS, COSTS.text), Quote(LIST, LIST.text)))
LEAD = Sentence("Les coûts cachés sont des frais imprévus.", (COSTS,))
REPLACED = Sentence(LEAD.text, (COSTS,), replaced=True)


def idf(_: str) -> float:
    return 1.0


def test_the_statement_nearest_to_the_question_is_needed(verification: Any) -> None:
    tokenizer = verification.tokenizers["fr"]
    assert enough(ANSWER, [LEAD], 0, tokenizer, idf)
    assert not enough(ANSWER, [Sentence("Le contrat les annonce rarement.", (COSTS,))], 0, tokenizer, idf)
    assert not enough(ANSWER, [Sentence(LEAD.text, (LIST,))], 0, tokenizer, idf)


def test_a_model_that_is_mostly_wrong_is_not_enough(verification: Any) -> None:
    tokenizer = verification.tokenizers["fr"]
    assert enough(ANSWER, [LEAD], 1, tokenizer, idf)
    assert not enough(ANSWER, [LEAD], 2, tokenizer, idf)
    assert not enough(ANSWER, [REPLACED], 1, tokenizer, idf)


def test_what_another_passage_says_of_what_was_asked_completes_the_sentences(verification: Any) -> None:
    told = completed(ANSWER, [LEAD], verification.tokenizers["fr"], idf)
    assert told[0] == LEAD
    assert [s.text for s in told[1:]] == [LIST.units[0].text]
    assert all(s.replaced for s in told[1:])
    assert completed(ANSWER, told, verification.tokenizers["fr"], idf) == told
