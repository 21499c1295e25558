"""What people ask and the corpus lacks, read from ``beyond-*.yaml``."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import CorpusProblem
from index.themes import read_themes


def test_themes_come_from_all_files_in_order(corpus_dir: Path) -> None:
    (corpus_dir / "beyond-more.yaml").write_text(
        '- {theme: law, reason: {fr: Non, en: No}, fr: ["La loi ?"], en: ["The law?"]}\n'
    )
    themes = read_themes(corpus_dir)
    assert [t.name for t in themes] == ["law", "weather", "cooking"]
    assert themes[1].examples["en"] == ("Will it rain tomorrow?", "weekend weather")
    assert themes[1].reason["fr"].endswith("Météo-France.")


def test_no_file_is_no_theme(tmp_path: Path) -> None:
    assert read_themes(tmp_path) == ()


def test_an_empty_file_is_no_theme(tmp_path: Path) -> None:
    (tmp_path / "beyond-x.yaml").write_text("# later\n")
    assert read_themes(tmp_path) == ()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("- {theme: a, reason: {fr: x, en: y}, fr: [q], en: [q]}\n" * 2, "'a' stands twice"),
        ("- {theme: a, reason: {fr: x}, fr: [q], en: [q]}", "each entry needs"),
        ("- {theme: a, reason: {fr: x, en: y}, fr: [q]}", "each entry needs"),
        ("- {theme: a, reason: {fr: x, en: y}, fr: a question, en: [q]}", "a list is expected"),
        ("- {reason: {fr: x, en: y}, fr: [q], en: [q]}", "each entry needs"),
        ("- just a sentence", "each entry needs"),
        ("42", "each entry needs"),
        ("- [", "not valid YAML"),
        (b"- {theme: \xe9}", "not valid YAML"),
    ],
)
def test_a_malformed_file_is_named_with_its_fault(tmp_path: Path, content: str | bytes, complaint: str) -> None:
    path = tmp_path / "beyond-x.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(CorpusProblem, match=complaint) as caught:
        read_themes(tmp_path)
    assert str(path) in str(caught.value)
