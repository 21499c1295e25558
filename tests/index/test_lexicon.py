"""The trade's vocabulary, read from ``lexicon.yaml``."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import CorpusProblem
from index.lexicon import Concept, read_lexicon


def test_each_entry_is_a_concept_in_order(corpus_dir: Path) -> None:
    concepts = read_lexicon(corpus_dir / "lexicon.yaml")
    assert [(c.name, c.kind) for c in concepts] == [
        ("offshore", "location"),
        ("nearshore", "location"),
        ("steering", "practice"),
    ]
    assert concepts[1] == Concept("nearshore", "location", ("nearshore", "pays voisin"), concepts[1].en)


def test_forms_are_those_of_the_language() -> None:
    concept = Concept("quote", "money", ("devis",), ("quote", "estimate"))
    assert concept.forms("fr") == ("devis",)
    assert concept.forms("en") == ("quote", "estimate")


def test_an_absent_or_empty_lexicon_has_no_concept(tmp_path: Path) -> None:
    assert read_lexicon(tmp_path / "lexicon.yaml") == ()
    (tmp_path / "lexicon.yaml").write_text("# nothing yet\n")
    assert read_lexicon(tmp_path / "lexicon.yaml") == ()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("- {concept: a, kind: b, fr: [x], en: [y]}\n" * 2, r"stand twice: \['a'\]"),
        ("- {concept: a, kind: b, fr: [x]}", "each entry needs"),
        ("- {concept: a, kind: b, fr: [x], en: null}", "each entry needs"),
        ("- a word", "each entry needs"),
        ("concept: a", "each entry needs"),
        ("3", "each entry needs"),
        ("- {concept: [", "not valid YAML"),
    ],
)
def test_a_malformed_lexicon_is_named_with_its_fault(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "lexicon.yaml"
    path.write_text(content)
    with pytest.raises(CorpusProblem, match=complaint) as caught:
        read_lexicon(path)
    assert str(path) in str(caught.value)
