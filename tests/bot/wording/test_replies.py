"""Outcomes to replies: text, numbers, buttons."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import shipped as on_disk
from hypothesis import given
from hypothesis import strategies as st
from shipped import passage

from bot.faq.outcome import Answer, NoAnswer, Quote, SmallTalk
from bot.messages import MAX_CODE_BYTES, Part, Reply, Style
from bot.wording import replies
from bot.wording.catalogue import examples, say
from index.articles import Source

ARMATIS = Source(("002",), "Bien préparer", "Armatis", "Ada", "2024-05-01", "prestataire")
RATE = passage("prices#rate", "Un prestataire facture 25 € de l’heure. Le tarif monte la nuit.", heading="Le tarif")
COSTS = passage(
    "prices#costs",
    "Trois coûts échappent au devis :\n- la formation\n- le pilotage",
    heading="Les coûts cachés",
    source=ARMATIS,
)
DEBATE = passage("sources-disagree#savings", "Les sources divergent.", article="Désaccords", heading="30 % ou 46 % ?")
NIGHT = passage("prices#night", "La nuit coûte plus.", heading="La nuit")


def answered(**changes: Any) -> Answer:
    return replace(Answer("fr", "combien ?", 0.9, (Quote(RATE, RATE.text),)), **changes)


def labels(reply: Reply) -> list[list[str]]:
    return [[choice.label for choice in row] for row in reply.choices]


def codes(reply: Reply) -> list[str]:
    return [choice.code for row in reply.choices for choice in row]


def test_one_quote_with_its_number_and_its_source() -> None:
    reply = replies.of(answered())
    assert reply.plain == (
        "Un prestataire facture 25 € de l’heure. Le tarif monte la nuit. [1]\n\nSources\n[1] Les prix › Le tarif"
    )
    assert labels(reply) == [["[1]"], ["👍", "👎"], ["🇬🇧 In English"]]
    assert codes(reply) == ["p:fr:prices#rate", f"f:fr:u:{RATE.short}", f"f:fr:d:{RATE.short}", "a:en"]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_reduced_search_is_said_kindly_in_an_answer_and_in_a_refusal(lang: str) -> None:
    reduced = replies.of(answered(lang=lang, words_only=True))
    assert Part(say(lang, "words_only"), Style.ITALIC) in reduced.parts
    assert say(lang, "words_only") not in replies.of(answered(lang=lang)).plain
    refused = NoAnswer(lang, "q", 0.1, (RATE,))
    assert replies.of(replace(refused, words_only=True)).plain.startswith(say(lang, "no_answer_words_only"))
    assert replies.of(refused).plain.startswith(say(lang, "no_answer"))


def test_further_quotes_come_under_a_heading_with_their_speaker() -> None:
    reply = replies.of(answered(quotes=(Quote(RATE, RATE.text), Quote(COSTS, COSTS.text), Quote(NIGHT, NIGHT.text))))
    assert reply.plain.splitlines() == [
        "Un prestataire facture 25 € de l’heure. Le tarif monte la nuit. [1]",
        "",
        "À savoir aussi",
        "Trois coûts échappent au devis :",
        "• la formation",
        "• le pilotage [2]",
        "La nuit coûte plus. [3]",
        "",
        "Sources",
        "[1] Les prix › Le tarif",
        "[2] Les prix › Les coûts cachés (Armatis)",
        "[3] Les prix › La nuit",
    ]
    assert labels(reply)[0] == ["[1]", "[2]", "[3]"]
    assert [part.text for part in reply.parts if part.style is Style.BOLD] == ["À savoir aussi", "Sources"]


def test_sections_to_read_next_and_what_the_sources_dispute_first() -> None:
    reply = replies.of(answered(see_also=(COSTS, DEBATE, NIGHT)))
    assert labels(reply)[1:-2] == [["⚖️ 30 % ou 46 % ?"], ["→ Les coûts cachés"], ["→ La nuit"]]
    assert codes(reply)[1] == "p:fr:sources-disagree#savings"


def test_long_headings_are_cut_to_fit_a_button() -> None:
    wordy = passage("prices#long", "Texte.", heading="Tout ce que vous avez toujours voulu savoir sur le tarif de nuit")
    [label] = labels(replies.of(answered(see_also=(wordy,))))[1]
    assert len(label) <= 60
    assert label.startswith("→ Tout ce que vous avez")
    assert label.endswith("…")


def test_an_english_answer_offers_french() -> None:
    reply = replies.of(answered(lang="en", quotes=(Quote(passage("a#b", "Yes.", lang="en"), "Yes."),)))
    assert labels(reply)[-1] == ["🇫🇷 En français"]
    assert (codes(reply)[0], codes(reply)[-1]) == ("p:en:a#b", "a:fr")
    assert [code[:7] for code in codes(reply)[1:-1]] == ["f:en:u:", "f:en:d:"]


def test_what_only_the_other_language_says_is_announced() -> None:
    english = passage("luxury#gloves", "Luxury brands ask for white-glove service.", lang="en", article="Luxury")
    reply = replies.of(answered(quotes=(Quote(english, english.text),), other_language=True))
    assert reply.parts[0] == Part(say("fr", "other_language") + "\n\n", Style.ITALIC)
    assert "p:en:luxury#gloves" in codes(reply)


def test_who_says_so_is_said_first() -> None:
    reply = replies.of(answered(quotes=(Quote(COSTS, COSTS.text),), who_says=True))
    assert reply.plain.splitlines()[0] == say("fr", "who_says", speaker="Armatis (Ada), prestataire")
    unsigned = replies.of(answered(who_says=True))
    assert say("fr", "several_sources") in unsigned.plain.splitlines()[0]


def test_a_long_message_is_told_that_it_was() -> None:
    assert replies.of(answered(), long_message=True).plain.startswith(say("fr", "long_message"))
    assert not replies.of(answered()).plain.startswith(say("fr", "long_message"))


def test_no_answer_says_so_says_why_and_offers_what_is_nearest() -> None:
    reason = "Mes sources ne parlent pas du temps."
    reply = replies.of(NoAnswer("fr", "la météo ?", 0.1, (RATE, COSTS), reason))
    assert reply.plain.split("\n\n") == [say("fr", "no_answer_because", reason=reason), say("fr", "no_answer_nearest")]
    assert reason in reply.plain
    assert labels(reply) == [["→ Le tarif"], ["→ Les coûts cachés"]]
    assert codes(reply) == ["p:fr:prices#rate", "p:fr:prices#costs"]


def test_no_answer_and_nothing_near() -> None:
    reply = replies.of(NoAnswer("en", "the weather?", 0.0, ()))
    assert reply.plain == f"{say('en', 'no_answer')}\n\n{say('en', 'no_answer_nothing')}"
    assert reply.choices == ()


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(
    "kind", ["greeting", "how_are_you", "thanks", "praise", "farewell", "identity", "abilities", "insult"]
)
def test_small_talk(kind: str, lang: str) -> None:
    reply = replies.of(SmallTalk(lang, kind))
    assert reply.plain == say(lang, kind)
    offered = examples(lang) if kind in ("greeting", "abilities") else ()
    assert labels(reply) == [[text] for text in offered]
    assert codes(reply) == [f"x:{lang}:{n}" for n in range(len(offered))]


def test_a_passage_opens_whole_with_its_document_and_its_date() -> None:
    reply = replies.passage(COSTS, "fr")
    assert reply.plain.splitlines() == [
        "Les coûts cachés",
        "",
        "Trois coûts échappent au devis :",
        "• la formation",
        "• le pilotage",
        "Les prix",
        "Source\u00a0: « Bien préparer », Armatis (Ada), prestataire, 1 mai 2024",
        "Article relu le 22 novembre 2026.",
    ]
    assert [part.text for part in reply.parts if part.style is Style.QUOTE] == [COSTS.text.replace("\n- ", "\n• ")]
    assert "May 1, 2024" in replies.passage(COSTS, "en").plain


@pytest.mark.parametrize(("day", "shown"), [("2024", "2024"), ("2024-05", "2024-05"), ("spring 2024", "spring 2024")])
def test_a_date_known_in_part_is_shown_as_it_is(day: str, shown: str) -> None:
    assert replies.document(Source(("1",), "T", "P", None, day), "en") == f"“T”, P, {shown}"


def test_a_document_that_says_nothing_of_itself() -> None:
    assert replies.document(Source(("1",)), "en") == say("en", "several_sources")
    assert "relu" not in replies.passage(passage("a#b", "Oui.", reviewed=""), "fr").plain


def test_a_hyphen_inside_a_sentence_is_no_bullet() -> None:
    text = "Un 24 - 7 et un e-commerce - oui."
    assert text in replies.of(answered(quotes=(Quote(RATE, text),))).plain


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40)


@given(
    quoted=st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=3),
    speaker=st.none() | WORDS,
    lang=st.sampled_from(["fr", "en"]),
    written=st.sampled_from(["fr", "en"]),
    who_says=st.booleans(),
    long_message=st.booleans(),
)
def test_the_cost_of_an_answer_is_never_counted_too_low(
    quoted: list[tuple[str, str, str]],
    speaker: str | None,
    lang: str,
    written: str,
    *,
    who_says: bool,
    long_message: bool,
) -> None:
    source = Source(("1",), "T", speaker)
    passages = [
        passage(f"a#{n}", text, lang=written, article=article, heading=heading, source=source)
        for n, (text, article, heading) in enumerate(quoted)
    ]
    outcome = answered(
        lang=lang,
        quotes=tuple(Quote(p, p.text) for p in passages),
        who_says=who_says,
        other_language=written != lang,
    )
    counted = replies.overhead(lang, passages[0], who_says, long_message)
    counted += sum(len(p.text) + replies.citation_cost(p, lang) for p in passages)
    assert len(replies.of(outcome, long_message=long_message).plain) <= counted


def test_every_shipped_passage_can_be_shown_and_offered(shipped: on_disk.Shipped) -> None:
    for found in shipped.corpus.passages:
        choice = replies.passage_choice(found, "[1]")
        assert len(choice.code.encode()) <= MAX_CODE_BYTES
        for lang in ("fr", "en"):
            shown = replies.passage(found, lang).plain
            assert found.heading in shown
            assert not re.search(r"^- |\{|\}|\*\*|#", shown, re.MULTILINE), found.key


def test_an_operators_long_section_id_does_not_break_the_answer() -> None:
    wordy = passage(
        "guide-interne-de-la-relation-client#sous-traiter-la-relation-client", "Un avantage est la souplesse."
    )
    assert replies.of(answered(quotes=(Quote(wordy, wordy.text),))).choices
