"""Rendering and splitting: nothing lost, nothing too long, nothing Telegram's parser refuses."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from telegram_markup import parse_html

from bot.channels.telegram_html import LIMIT, LONG, clean, render, split, units
from bot.messages import Part, Style, Table

WORDS = st.text(alphabet=st.sampled_from("ab.é?!<>&\"' \n\t\u00a0\u202f…»👍🏽👩‍💻\u0301🇫🇷"), max_size=60)
PARTS = st.lists(st.builds(Part, st.one_of(WORDS, st.text(max_size=60)), st.sampled_from(Style)), max_size=8)
MARKS = {"bold": Style.BOLD, "italic": Style.ITALIC, "blockquote": Style.QUOTE, "expandable_blockquote": Style.QUOTE}


def text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts)


@given(PARTS, st.integers(2, 80))
@example([Part("👍" * 100)], 3)
@example([Part("\u0301" * 200)], 2)
@example([Part("mot " * 3), Part("citation " * 20, Style.QUOTE)], 40)
def test_pieces_hold_all_the_text_and_no_piece_is_too_long(parts: list[Part], limit: int) -> None:
    pieces = split(parts, limit)
    assert all(0 < units(text(piece)) <= limit for piece in pieces)
    whole = clean("".join(part.text for part in parts))
    # A piece of nothing but exotic white space is dropped: Telegram would refuse it.
    assert re.sub(r"\s", "", "".join(map(text, pieces))) == re.sub(r"\s", "", whole)


@given(PARTS)
def test_only_white_space_is_lost_and_only_at_the_cuts(parts: list[Part]) -> None:
    whole = clean("".join(part.text for part in parts))
    at = 0
    for piece in split(parts, 20):
        found = whole.index(text(piece), at)
        assert not whole[at:found].strip()
        at = found + len(text(piece))
    assert not whole[at:].strip()


@given(PARTS, st.integers(2, 80))
def test_every_piece_is_sound_html_in_the_same_style(parts: list[Part], limit: int) -> None:
    for piece in split(parts, limit):
        plain, entities = parse_html(render(piece))
        assert plain == text(piece)
        encoded = plain.encode("utf-16-le")
        for styles in ({Style.BOLD}, {Style.ITALIC, Style.DETAIL}, {Style.QUOTE}):  # these details are all short
            shown = "".join(
                encoded[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
                for e in entities
                if MARKS[e["type"]] in styles
            )
            assert "".join(shown.split()) == "".join("".join(p.text for p in piece if p.style in styles).split())


@given(st.lists(st.text(alphabet="abé👍", min_size=1, max_size=10), min_size=1, max_size=60))
def test_a_word_is_never_cut_when_it_fits(words: list[str]) -> None:
    pieces = split([Part(" ".join(words))], 20)
    assert " ".join(map(text, pieces)).split() == words


def test_short_text_is_one_piece_as_it_stands() -> None:
    parts = (Part("Titre", Style.BOLD), Part("\n\nTexte\u202f?"))
    assert split(parts) == [parts]
    assert render(parts) == "<b>Titre</b>\n\nTexte\u202f?"


def test_nothing_is_no_piece() -> None:
    assert split([]) == split([Part("")]) == split([Part(" \n ")]) == split([Part("\u00a0")]) == []


def test_hostile_text_is_escaped() -> None:
    assert render((Part("<b>&amp;</b>", Style.ITALIC),)) == "<i>&lt;b&gt;&amp;amp;&lt;/b&gt;</i>"


def test_white_space_stays_outside_of_the_marks() -> None:
    assert render((Part("  gras\n", Style.BOLD), Part(" ", Style.ITALIC))) == "  <b>gras</b>\n "


def test_long_quotes_are_folded() -> None:
    assert render((Part("q" * LONG, Style.QUOTE),)).startswith("<blockquote>")
    assert render((Part("q" * (LONG + 1), Style.QUOTE),)).startswith("<blockquote expandable>")


def test_long_details_are_folded_and_short_ones_in_italics() -> None:
    assert render((Part("[1] " + "d" * LONG, Style.DETAIL),)).startswith("<blockquote expandable>[1]")
    assert render((Part("\n[1] Article", Style.DETAIL),)) == "\n<i>[1] Article</i>"


def test_a_table_is_what_stands_for_it() -> None:
    parts = (Part("• "), Part("Interne", Style.BOLD), Part("\n120 k€"))
    table = Table.of([("Interne", "120 k€")], parts)
    assert split([Part("Coûts\n"), table]) == [(Part("Coûts\n"), *parts)]


def test_a_lone_surrogate_becomes_sendable() -> None:
    [(part,)] = split([Part("a\ud83d b")])
    assert part.text.encode() == "a\ufffd b".encode()


@pytest.mark.parametrize(
    ("before", "separator", "after"),
    [
        ("a. b\n" * 500, "\n\n", "c d. e\n" * 400),
        ("a. b " * 500, "\n", "c d. e " * 400),
        ("a b " * 600 + "fin.", " ", "c d " * 1000),
        ("a\u00a0" * 1500 + "fin\u202f!", " ", "c" * 3000),
    ],
)
def test_cuts_at_the_best_place(before: str, separator: str, after: str) -> None:
    assert text(split([Part(before + separator + after)])[0]) == before.rstrip()


def test_a_no_break_space_is_no_place_to_cut() -> None:
    first, second = split([Part("mot " * 4 + "comment\u202f?")], 24)
    assert (text(first), text(second)) == ("mot mot mot mot", "comment\u202f?")


def test_a_quote_that_fits_in_a_message_is_kept_whole() -> None:
    quote = Part("une phrase. " * 300, Style.QUOTE)
    first, second = split([Part("Voici :\n" + "mot " * 200 + "\n"), quote])
    assert [part.style for part in first] == [Style.PLAIN]
    assert text(second) == quote.text.rstrip()


def test_a_quote_longer_than_a_message_stays_a_quote() -> None:
    pieces = split([Part("une phrase. " * 1000, Style.QUOTE)])
    assert len(pieces) == 3
    assert all(render(piece).startswith("<blockquote expandable>") for piece in pieces)


def test_an_emoji_and_its_skin_tone_stay_together() -> None:
    pieces = split([Part("👍🏽" * (LIMIT // 3))])
    assert all(set(text(piece).split("👍🏽")) == {""} for piece in pieces)
