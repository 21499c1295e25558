"""The shipped corpus is well formed: what the reader does not check, authors promise here."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from index import safe_yaml
from index.analyzer import Analyzer, fold, words
from index.articles import LANGUAGES, Corpus, Passage, read_corpus
from index.lexicon import Concept, read_lexicon
from index.themes import Theme
from index.typography import NBSP

ROOT = Path(__file__).parents[1] / "corpus"
ARTICLES = sorted(ROOT.glob("*/*.md"))
WORDS = range(60, 141)
MAX_CHARS = 900
QUESTIONS = range(4, 9)
CALLBACK_BYTES = 64
"""Telegram's limit on what a button carries."""

_SECTION_ID = re.compile(r"^## .*\{#([\w-]+)\}$", re.MULTILINE)
_FIGURE = re.compile(r"\d+(?:[.,/]\d+)*")
_NUMBERS_IN_WORDS = {
    "fr": ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"],
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
}
_MARKUP = re.compile(r"\*\*|__|~~|`|\]\(|^\s*(?:[*+>|]|\d+[.)]\s|#)|<[a-z!/]|^ +|\t|&\w+;", re.MULTILINE)


@cache
def corpus() -> Corpus:
    return read_corpus(ROOT)


@cache
def concepts() -> tuple[Concept, ...]:
    return read_lexicon(ROOT / "lexicon.yaml")


def ids(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def front_matter(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = safe_yaml.load(path.read_text("utf-8").split("---\n")[1])
    return loaded


def faults(check: dict[str, Any]) -> dict[str, Any]:
    """Only the entries that say something: one look shows every fault of the corpus, not the first."""
    return {key: fault for key, fault in check.items() if fault}


def passages() -> tuple[Passage, ...]:
    return corpus().passages


def test_there_is_an_article_in_each_language_under_the_same_name() -> None:
    names = {lang: [p.stem for p in ARTICLES if p.parent.name == lang] for lang in LANGUAGES}
    assert names["fr"] == names["en"] != []


def test_no_file_lies_about() -> None:
    expected = {p for a in ARTICLES for p in (a, a.with_suffix(".questions.yaml"))}
    assert {p for lang in LANGUAGES for p in (ROOT / lang).iterdir()} == expected


def test_files_are_plain_utf8_with_unix_line_endings() -> None:
    def fault(path: Path) -> str | None:
        text = path.read_bytes().decode("utf-8")
        odd = {c for c in text if not c.isprintable() and c != "\n"}
        return f"odd characters {sorted(map(ascii, odd))}" if odd or not text.endswith("\n") else None

    assert faults({str(p): fault(p) for p in ROOT.rglob("*") if p.is_file()}) == {}


@pytest.mark.parametrize("path", [a for a in ARTICLES if a.parent.name == "fr"], ids=lambda p: p.stem)
def test_both_languages_have_the_same_sections_in_the_same_order(path: Path) -> None:
    french, english = (_SECTION_ID.findall((ROOT / lang / path.name).read_text("utf-8")) for lang in LANGUAGES)
    assert french == english != []
    assert len(set(french)) == len(french)


def test_passages_pair_up_across_languages_and_none_is_split() -> None:
    assert [p.id for p in passages() if p.lang == "fr"] == [p.id for p in passages() if p.lang == "en"]
    sections = sum(len(_SECTION_ID.findall(a.read_text("utf-8"))) for a in ARTICLES)
    assert len(passages()) == sections


@pytest.mark.parametrize("path", ARTICLES, ids=ids)
def test_front_matter_is_complete(path: Path) -> None:
    front = front_matter(path)
    assert set(front) == {"id", "language", "title", "source", "reviewed"}
    assert set(front["source"]) == {"number", "title", "publisher", "author", "date", "nature"}
    numbers = front["source"]["number"]
    numbers = numbers if isinstance(numbers, list) else [numbers]
    assert all(isinstance(n, str) and re.fullmatch(r"\d{3}", n) for n in numbers)
    assert front["source"]["nature"]
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(front["reviewed"]))
    date = front["source"]["date"]
    assert date is None or re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(date))


def test_both_languages_name_the_same_document() -> None:
    def document(passage: Passage) -> tuple[object, ...]:
        source = passage.source
        return (source.numbers, source.publisher, source.date, passage.reviewed)

    pairs = {p.id: (document(p), document(corpus().get(p.id, "en") or p)) for p in passages() if p.lang == "fr"}
    assert faults({key: pair if pair[0] != pair[1] else None for key, pair in pairs.items()}) == {}


def test_sections_are_of_60_to_140_words_and_under_900_characters() -> None:
    def fault(p: Passage) -> str | None:
        count = len(p.text.replace("\n- ", "\n").split())
        return None if count in WORDS and len(p.text) < MAX_CHARS else f"{count} words, {len(p.text)} characters"

    assert faults({p.key: fault(p) for p in passages()}) == {}


def test_each_section_has_four_to_eight_sample_questions_all_different() -> None:
    def fault(p: Passage) -> object:
        twice = [q for q, n in Counter(fold(q) for q in p.questions).items() if n > 1]
        return twice or (None if len(p.questions) in QUESTIONS else len(p.questions))

    assert faults({p.key: fault(p) for p in passages()}) == {}


def test_no_sample_question_leads_to_two_sections_of_a_language() -> None:
    leads: dict[tuple[str, str], list[str]] = defaultdict(list)
    for p in passages():
        for question in p.questions:
            leads[p.lang, " ".join(words(question))].append(p.id)
    assert faults({str(q): owners if len(owners) > 1 else None for q, owners in leads.items()}) == {}


def test_figures_in_headings_stand_in_their_bodies() -> None:
    def fault(p: Passage) -> list[str]:
        body = fold(p.text).replace(NBSP, "")
        spelt = {str(n): word for n, word in enumerate(_NUMBERS_IN_WORDS[p.lang])}
        figures = _FIGURE.findall(fold(p.heading).replace(NBSP, ""))
        found = set(_FIGURE.findall(body)) | {n for n, word in spelt.items() if fold(word) in words(body)}
        return [f for f in figures if f not in found]

    assert faults({p.key: fault(p) for p in passages()}) == {}


def test_no_digit_stands_in_an_article_s_title() -> None:
    assert [p.key for p in passages() if re.search(r"\d", p.article)] == []


def test_ids_are_plain_and_short_enough_for_a_button() -> None:
    for passage_id in {p.id for p in passages()}:
        assert re.fullmatch(r"[a-z0-9-]+#[a-z0-9-]+", passage_id)
        assert len(f"p:fr:{passage_id}".encode()) <= CALLBACK_BYTES


def test_there_is_only_plain_text_and_bullets() -> None:
    def fault(p: Passage) -> list[str]:
        lines = [line.removeprefix("- ") for line in p.text.splitlines()]
        return _MARKUP.findall("\n".join([p.heading, *lines]))

    assert faults({p.key: fault(p) for p in passages()}) == {}


def test_no_lead_in_stands_without_its_list() -> None:
    def fault(p: Passage) -> list[str]:
        return [u.text for u in p.units if u.text.endswith(":")]

    assert faults({p.key: fault(p) for p in passages()}) == {}


def test_concepts_have_a_form_in_each_language_and_none_twice() -> None:
    for concept in concepts():
        assert re.fullmatch(r"[a-z0-9-]+", concept.name)
        assert concept.kind
        for lang in LANGUAGES:
            folded = [fold(f) for f in concept.forms(lang)]
            assert folded
            assert all(words(f) for f in folded)
            assert len(set(folded)) == len(folded), (concept.name, folded)


def test_no_form_stands_under_two_concepts() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for concept in concepts():
        for lang in LANGUAGES:
            for form in concept.forms(lang):
                owners[" ".join(words(form))].add(concept.name)
    assert faults({form: names if len(names) > 1 else None for form, names in owners.items()}) == {}


def test_the_lexicon_speaks_the_language_of_the_corpus() -> None:
    """A concept that no passage and no question names would never find anything."""
    used = {
        term.stem
        for lang in LANGUAGES
        for analyzer in [Analyzer(lang, concepts())]
        for p in passages()
        if p.lang == lang
        for text in (p.heading, p.text, *p.questions)
        for term in analyzer.terms(text)
    }
    themes = " ".join(q for t in corpus().themes for examples in t.examples.values() for q in examples)
    used |= {t.stem for lang in LANGUAGES for t in Analyzer(lang, concepts()).terms(themes)}
    assert {f"§{c.name}" for c in concepts()} - used == set()


@pytest.mark.parametrize("theme", corpus().themes, ids=lambda t: t.name)
def test_a_theme_beyond_has_its_reason_and_its_examples_in_both_languages(theme: Theme) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", theme.name)
    for lang in LANGUAGES:
        reason, examples = theme.reason[lang], theme.examples[lang]
        assert 40 <= len(reason) <= 300
        assert reason[-1] in ".!?"
        assert len(examples) >= 5
        assert all(e == e.strip() and 0 < len(e) <= 400 for e in examples)
        folded = Counter(" ".join(words(e)) for e in examples)
        assert [e for e, n in folded.items() if n > 1] == []


def test_no_example_beyond_stands_under_two_themes() -> None:
    owners: dict[tuple[str, str], list[str]] = defaultdict(list)
    for theme in corpus().themes:
        for lang, examples in theme.examples.items():
            for example in examples:
                owners[lang, " ".join(words(example))].append(theme.name)
    assert faults({str(e): names if len(names) > 1 else None for e, names in owners.items()}) == {}


def test_no_example_beyond_is_also_a_sample_question() -> None:
    asked = {" ".join(words(q)): p.key for p in passages() for q in p.questions}
    beyond = {e: t.name for t in corpus().themes for examples in t.examples.values() for e in examples}
    assert {e: (theme, asked[key]) for e, theme in beyond.items() if (key := " ".join(words(e))) in asked} == {}
