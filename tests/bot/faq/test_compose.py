"""Hits to quotes: the lead first and whole, then what the others add, within the room there is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from shipped import passage

from bot.faq.compose import FOLLOWING_FLOOR, MAX_PASSAGES, compose, joined
from bot.faq.outcome import Quote
from index.analyzer import Term
from index.articles import Passage
from index.retriever import Hit, Search

LEAD = passage("a#lead", "Le nearshore coûte moins. Le Maroc est proche. La langue est commune.")
TARIFF = passage("a#tariff", "Le tarif horaire varie. La nuit majore le tarif.")
NIGHT = passage("a#night", "Les week-ends se négocient. Le nearshore facture la nuit.")
LIST = passage("a#list", "Trois coûts échappent au devis :\n- formation\n- pilotage\nUn audit les révèle.")


def hit(found: Passage, score: float = 1.0, cosines: Sequence[float] = ()) -> Hit:
    units = tuple(cosines) or (0.0,) * len(found.units)
    return Hit(passage=found, score=score, cosine=0.0, lexical=0.0, unit_cosines=units)


def composed(*hits: Hit, asked: str = "nearshore tarif nuit", budget: int = 1_000, cost: int = 10) -> tuple[Quote, ...]:
    search = Search("fr", tuple(Term(word, word) for word in asked.split()), hits)
    return compose(search, stems, lambda _: 1.0, budget, lambda _: cost)


def stems(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def texts(quotes: Sequence[Quote]) -> list[str]:
    return [quote.text for quote in quotes]


def test_a_passage_is_quoted_whole_and_in_order_where_there_is_room() -> None:
    assert composed(hit(LEAD)) == (Quote(LEAD, LEAD.text),)


def test_a_unit_much_more_to_the_point_is_said_first() -> None:
    [quote] = composed(hit(LEAD), asked="langue commune")
    assert quote.text == "La langue est commune. Le nearshore coûte moins. Le Maroc est proche."
    [quote] = composed(hit(LEAD, cosines=(0.1, 0.9, 0.2)), asked="x")
    assert quote.text.startswith("Le Maroc est proche.")


def test_a_unit_a_little_more_to_the_point_stays_in_its_place() -> None:
    [quote] = composed(hit(LEAD, cosines=(0.5, 0.7, 0.0)), asked="x")
    assert quote.text == LEAD.text


def test_the_best_passage_comes_first_whatever_the_others_say() -> None:
    quotes = composed(hit(LEAD), hit(TARIFF, 0.9), asked="nearshore tarif")
    assert texts(quotes) == [LEAD.text, TARIFF.text]


def test_where_room_is_short_what_is_most_to_the_point_is_kept() -> None:
    room = 10 + len("La nuit majore le tarif. ")
    assert texts(composed(hit(TARIFF), asked="nuit majore", budget=room)) == ["La nuit majore le tarif."]
    room += 10 + len("Le nearshore facture la nuit. ")
    quotes = composed(hit(TARIFF), hit(NIGHT, 0.9), asked="nuit majore nearshore", budget=room)
    assert texts(quotes) == ["La nuit majore le tarif.", "Le nearshore facture la nuit."]


def test_a_passage_far_behind_the_first_is_left_out() -> None:
    asked = "nearshore tarif"
    assert len(composed(hit(LEAD), hit(TARIFF, FOLLOWING_FLOOR + 0.01), asked=asked)) == 2
    assert len(composed(hit(LEAD), hit(TARIFF, FOLLOWING_FLOOR - 0.01), asked=asked)) == 1


def test_what_another_passage_has_said_is_not_said_again() -> None:
    echo = passage("b#echo", "Le nearshore coûte vraiment moins. Le tarif reste libre.")
    assert texts(composed(hit(LEAD), hit(echo, 0.9), asked="nearshore tarif"))[1:] == ["Le tarif reste libre."]


def test_no_more_passages_than_can_be_read() -> None:
    words = ["agent", "bureau", "casque", "dossier", "équipe", "formation"]
    others = [passage(f"b#{word}", f"Un {word} change selon {word}ville et {word}jour.") for word in words]
    quotes = composed(hit(LEAD), *(hit(p, 0.9) for p in others), asked="tarif nearshore")
    assert len(quotes) == MAX_PASSAGES == 3
    assert len({quote.passage for quote in quotes}) == 3


def test_what_does_not_fit_is_left_out_unit_by_unit() -> None:
    room = 10 + len("Le nearshore coûte moins. Le Maroc est proche. ")
    assert texts(composed(hit(LEAD), budget=room)) == ["Le nearshore coûte moins. Le Maroc est proche."]
    assert composed(hit(LEAD), budget=5) == ()


def test_a_unit_longer_than_an_answer_is_cut_between_bullets_or_words() -> None:
    items = "\n".join(f"- avantage numéro {n} du nearshore" for n in range(20))
    bullets = passage("a#bullets", f"Les avantages :\n{items}")
    words = passage("a#words", "Le nearshore " + "coûte moins et " * 40 + "rassure.")
    for long, joint in ((bullets, "\n"), (words, " ")):
        [quote] = composed(hit(long), budget=300, cost=50)
        assert 200 <= len(quote.text) <= 250
        assert long.text.startswith(quote.text + joint)


def test_a_list_stands_on_lines_of_its_own() -> None:
    [quote] = composed(hit(LIST))
    assert quote.text == LIST.text
    assert joined(["Un.", "Deux.", "Liste :\n- a\n- b", "Trois.", "Quatre."]) == (
        "Un. Deux.\nListe :\n- a\n- b\nTrois. Quatre."
    )
    assert joined([]) == ""


def test_a_list_is_never_cut() -> None:
    start = len("Trois coûts échappent au devis :\n- formation")
    assert texts(composed(hit(LIST), budget=start + 15)) == ["Un audit les révèle."]


def test_by_words_alone_there_are_no_cosines() -> None:
    bare = Hit(passage=LEAD, score=1.0, cosine=0.0, lexical=1.0, unit_cosines=())
    assert texts(composed(bare)) == [LEAD.text]


SENTENCE = st.lists(
    st.sampled_from(["tarif", "nuit", "nearshore", "coût", "langue", "jour", "équipe", "devis"]), min_size=1, max_size=9
).map(lambda words: " ".join(words).capitalize() + ".")
LISTED = st.lists(SENTENCE, min_size=1, max_size=4).map(
    lambda items: "\n".join(["Voici :", *(f"- {i}" for i in items)])
)
TEXT = st.lists(SENTENCE | LISTED, min_size=1, max_size=5).map("\n".join)


@given(
    bodies=st.lists(TEXT, min_size=1, max_size=6),
    scores=st.lists(st.floats(0, 2), min_size=6, max_size=6),
    budget=st.integers(0, 900),
    cost=st.integers(0, 120),
    asked=st.sampled_from(["nearshore tarif nuit", "langue", "rien"]),
)
def test_whatever_is_found(bodies: list[str], scores: list[float], budget: int, cost: int, asked: str) -> None:
    passages = [passage(f"a#{n}", body) for n, body in enumerate(bodies)]
    ranked = sorted(scores[: len(passages)], reverse=True)
    quotes = composed(*map(hit, passages, ranked), asked=asked, budget=budget, cost=cost)
    cited = [quote.passage for quote in quotes]
    assert len(cited) == len(set(cited)) <= MAX_PASSAGES
    assert sum(len(quote.text) + cost for quote in quotes) <= budget
    assert cited == sorted(cited, key=passages.index)
    assert all(units_of(quote) for quote in quotes)


def units_of(quote: Quote) -> list[str]:
    """The units of its passage that a quote is made of, none twice; an error when it holds anything else."""
    left, taken = quote.text, []
    available = [unit.text for unit in quote.passage.units]
    while left:
        unit = next(u for u in sorted(available, key=len, reverse=True) if left.startswith(u))
        available.remove(unit)
        taken.append(unit)
        left = left[len(unit) :].lstrip(" \n")
    return taken
