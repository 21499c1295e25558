"""What becomes a rich message, read back by the strict server's own parser."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from telegram_rich_markup import parse_rich, plain_text

from bot.channels.telegram_html import clean
from bot.channels.telegram_rich import MAX_BLOCKS, MAX_COLUMNS, document
from bot.messages import Part, Style, Table

SOURCES = (Part("\n\n"), Part("Sources", Style.BOLD), Part("\n[1] Un article\n[2] Un autre", Style.DETAIL))
WORDS = st.text(alphabet=st.sampled_from("ab.é?!<>&\"' \n\t\u00a0•«»👍🏽\ud83d"), max_size=40)
TABLES = st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=4).map(lambda rows: Table.of(rows, ()))
PARTS = st.lists(st.one_of(st.builds(Part, WORDS, st.sampled_from(Style)), TABLES), max_size=8)


def blocks(*parts: Part) -> list[dict[str, Any]]:
    written = document(parts)
    assert written is not None
    return parse_rich(written)


def test_what_gains_nothing_stays_a_message_that_every_app_shows() -> None:
    assert document((Part("Titre", Style.BOLD), Part("\n• un\n• deux"), Part("cité", Style.QUOTE))) is None


def test_sources_are_folded_under_their_heading() -> None:
    answer, sources = blocks(Part("Le nearshore. [1] [2]"), *SOURCES)
    assert answer == {"type": "paragraph", "text": "Le nearshore. [1] [2]"}
    assert sources["type"] == "details"
    assert sources["summary"] == {"type": "bold", "text": "Sources"}
    assert [block["text"] for block in sources["blocks"]] == ["[1] Un article", "[2] Un autre"]


def test_a_detail_without_a_heading_is_in_plain_sight() -> None:
    assert [block["type"] for block in blocks(Part("Un avis.\n"), Part("Selon nous.", Style.DETAIL))] == [
        "paragraph",
        "paragraph",
    ]


def test_headings_lists_quotes_and_paragraphs() -> None:
    found = blocks(
        *(Part("Pourquoi", Style.BOLD), Part("\n• "), Part("Volume", Style.BOLD), Part("\n800 h par mois [1]")),
        *(Part("\nvous l'avez dit", Style.ITALIC), Part("\n• "), Part("Horaires", Style.BOLD), Part("\nle soir")),
        *(Part("\nÀ vérifier."), Part("\n\nPuis "), Part("ceci", Style.BOLD), Part("\n\n")),
        *(Part("« un\n\ndeux »", Style.QUOTE), *SOURCES),
    )
    assert [block["type"] for block in found] == [
        *("heading", "list", "paragraph", "paragraph", "blockquote", "details")
    ]
    assert plain_text(found).splitlines() == [
        *("Pourquoi", "• Volume", "800 h par mois [1]", "vous l'avez dit", "• Horaires", "le soir", "À vérifier."),
        *("Puis ceci", "« un", "deux »", "Sources", "[1] Un article", "[2] Un autre"),
    ]
    assert [len(item["blocks"]) for item in found[1]["items"]] == [3, 2]


def test_tables_have_a_head_when_it_says_something() -> None:
    rows = [("Interne", "120 k€", "par an"), ("Externe", "100 k€", "")]
    [title, table] = blocks(Part("Coûts", Style.BOLD), Table.of(rows, (Part("…"),), ("", "Montant", "")))
    assert title["type"] == "heading"
    assert [[cell["text"] for cell in row] for row in table["cells"]] == [["", "Montant", ""], *map(list, rows)]
    assert [cell.get("is_header", False) for cell in table["cells"][1]] == [True, False, False]
    [bare] = blocks(Table.of(rows, (Part("…"),)))
    assert len(bare["cells"]) == 2


def test_what_is_too_much_for_telegram_is_not_rich() -> None:
    assert document((Table.of([("x",) * (MAX_COLUMNS + 1)], ()),)) is None
    assert document((Table.of([("x",)] * MAX_BLOCKS, ()),)) is None
    assert document((Table.of([("x",)] * (MAX_BLOCKS - 1), ()),)) is not None


@given(PARTS)
def test_hostile_text_is_only_text_and_none_is_lost(parts: list[Part]) -> None:
    whole = (Table.of([("début",)], ()), *parts, Part("\n\nfin"))
    written = document(whole)
    assert written is not None
    cells = [" ".join(sum(part.rows, ())) if isinstance(part, Table) else part.text for part in whole]
    assert signs(plain_text(parse_rich(written))) == signs(clean("".join(cells)))


def signs(text: str) -> str:
    """What is to be seen but for what marks lists and tables."""
    return re.sub(r"[\s•|]", "", text)
