"""The reply to /sources."""

from __future__ import annotations

import shipped as on_disk

from bot.messages import Style
from bot.wording import library
from index.articles import Source

GUIDE = Source(("000",), "Externaliser ?", None, None, "2024-05", "guide d’un vendeur")
ADVICE = Source(("002",), "Bien préparer", "Armatis", "Ada Lovelace", None, "prestataire")
OURS = Source(("000", "002"))


def test_documents_are_numbered_with_who_speaks_in_each() -> None:
    reply = library.sources((GUIDE, ADVICE), "fr")
    lines = reply.plain.split("\n")
    assert lines[0] == "Les documents que j’ai lus"
    assert lines[2:4] == [
        "1. Externaliser ?\u00a0: guide d’un vendeur.",
        "2. Bien préparer\u00a0: Armatis (Ada Lovelace), prestataire.",
    ]
    assert "maximums" in lines[-1]
    assert [part.style for part in reply.parts] == [Style.BOLD, Style.PLAIN, Style.ITALIC]
    assert reply.choices == ()


def test_a_document_without_title_or_speaker_still_has_its_line() -> None:
    assert "\n1. several sources, compared.\n" in library.sources((OURS,), "en").plain


def test_braces_in_a_title_are_only_characters() -> None:
    assert "1. {number} {0}: " in library.sources((Source(("9",), "{number} {0}", "A"),), "en").plain


def test_the_shipped_documents_are_all_named_in_both_languages(shipped: on_disk.Shipped) -> None:
    for lang in ("fr", "en"):
        documents = shipped.faq.sources(lang)
        numbers = {n for p in shipped.corpus.passages for n in p.source.numbers}
        assert numbers == {n for document in documents for n in document.numbers}
        told = library.sources(documents, lang).plain
        assert all(document.title and document.title in told for document in documents)
        assert len(told) <= 4_096
