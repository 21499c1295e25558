"""Typographic spaces and apostrophes, put in when the corpus is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.typography import NBSP, typeset

LANGS = st.sampled_from(["fr", "en"])
TEXTS = st.text(st.sampled_from("a1 '’«»:;?!%€\u202f\u00a0\n") | st.characters(), max_size=60) | st.from_regex(
    r"[0-9]{1,4}( [0-9]{3}){0,3} (ans|jours|years|euros)", fullmatch=True
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Pourquoi ?", "Pourquoi_?"),
        ("« oui » : 25 %", "«_oui_»_: 25_%"),
        ("1 000 000 €", "1_000_000_€"),
        ("en 2024 100 appels", "en 2024_100 appels"),  # told apart from a thousand only by a person
        ("l'offre d'aujourd'hui", "l’offre d’aujourd’hui"),
        ("4 à 8 semaines et 3 ans", "4 à 8_semaines et 3_ans"),
        ("le 3 janvier", "le 3 janvier"),
        ("fine\u202f: espace\u202f!", "fine_: espace_!"),
        ("- une puce\n- deux", "- une puce\n- deux"),
    ],
)
def test_french(typed: str, expected: str) -> None:
    assert typeset(typed, "fr") == expected.replace("_", NBSP)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("the company's team", "the company’s team"),
        ("6 months, 2 years", "6_months, 2_years"),
        ("Why ? 25 %", "Why ? 25 %"),
        ("the 'best' one", "the 'best' one"),
    ],
)
def test_english(typed: str, expected: str) -> None:
    assert typeset(typed, "en") == expected.replace("_", NBSP)


@given(TEXTS, LANGS)
def test_it_is_idempotent_and_changes_only_spaces_and_apostrophes(text: str, lang: str) -> None:
    once = typeset(text, lang)
    assert typeset(once, lang) == once
    assert len(once) == len(text)
    changed = {(before, after) for before, after in zip(text, once, strict=True) if before != after}
    assert changed <= {(" ", NBSP), ("\u202f", NBSP), ("'", "’")}
