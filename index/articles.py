"""Articles, their passages and the questions that lead to them, read from ``corpus/<lang>/*.md``."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from index import safe_yaml
from index.errors import CorpusProblem
from index.themes import Theme, read_themes
from index.typography import typeset

LANGUAGES = ("fr", "en")
MAX_PASSAGE_CHARS = 1_000
"""A longer section (an operator's own document, say) is split at sentence ends into passages of at most this."""

_FRONT_MATTER = re.compile(r"\A---\r?\n(.*?)\r?\n---\r?\n(.*)\Z", re.DOTALL)
_HEADING_ID = re.compile(r"\s*\{#([\w-]+)\}\s*$")
_SOURCES = re.compile(r"^\s*<!--\s*sources:\s*([^>]*?)\s*-->[ \t]*\n?", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?:\s?[»”\")])*\s+(?=[«“\"(]?\s?[A-ZÀ-ÖØ-Þ0-9])")
_ABBREVIATION = re.compile(r"(?:\b(?:M|Mme|Dr|p|art|ex|etc|e\.g|i\.e|vs|cf|no|St)|\b[A-Z])\.$")


@dataclass(frozen=True)
class Source:
    """The document an article draws on: who speaks, and when; None where the document does not say."""

    numbers: tuple[str, ...]
    title: str | None = None
    publisher: str | None = None
    author: str | None = None
    date: str | None = None
    nature: str | None = None


@dataclass(frozen=True)
class Unit:
    """The smallest piece an answer may quote: a sentence, or a lead-in with all its bullets."""

    text: str

    @property
    def is_list(self) -> bool:
        return "\n- " in self.text


@dataclass(frozen=True)
class Passage:
    """One self-contained idea of an article: what retrieval finds and an answer cites."""

    id: str
    """``article#section``, the same in every language."""
    lang: str
    article: str
    """The article's title."""
    heading: str
    text: str
    source: Source
    questions: tuple[str, ...] = ()
    reviewed: str = ""

    @property
    def key(self) -> str:
        """``lang/article#section``: unique over the whole corpus."""
        return f"{self.lang}/{self.id}"

    @property
    def article_id(self) -> str:
        return self.id.partition("#")[0]

    @property
    def short(self) -> str:
        """Six characters that stand for the id where there is no room for it: the same in every language."""
        return base64.urlsafe_b64encode(hashlib.blake2b(self.id.encode(), digest_size=6).digest()).decode()[:6]

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The text cut into the sentences and lists that may be quoted alone."""
        return tuple(split_units(self.text))

    @cached_property
    def digest(self) -> str:
        """A hash of all that is indexed of the passage."""
        content = "\x1f".join([self.key, self.article, self.heading, self.text, *self.questions])
        return hashlib.sha256(content.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Corpus:
    """All passages, in reading order, and the themes that none of them answers."""

    passages: tuple[Passage, ...]
    themes: tuple[Theme, ...] = ()
    _by_key: dict[str, Passage] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for passage in self.passages:
            if passage.key in self._by_key:
                raise CorpusProblem(f"two sections have the id {passage.key}: rename one of them")
            self._by_key[passage.key] = passage

    def get(self, passage_id: str, lang: str) -> Passage | None:
        """The passage in that language, or else in another one, or None."""
        for candidate in (lang, *LANGUAGES):
            if found := self._by_key.get(f"{candidate}/{passage_id}"):
                return found
        return None

    def id_of(self, short: str) -> str | None:
        """The id that ``Passage.short`` stands for; None when no passage is called so."""
        return self._ids.get(short)

    @cached_property
    def _ids(self) -> dict[str, str]:
        return {passage.short: passage.id for passage in self.passages}

    def has(self, passage_id: str, lang: str) -> bool:
        return f"{lang}/{passage_id}" in self._by_key

    def readable_in(self, lang: str) -> tuple[Passage, ...]:
        """The passages of that language, and those that exist only in another one."""
        return tuple(p for p in self.passages if p.lang == lang or not self.has(p.id, lang))

    @cached_property
    def digest(self) -> str:
        """A hash of the whole corpus: what a manifest compares."""
        content = sorted(p.digest for p in self.passages) + [repr((t.name, t.examples)) for t in self.themes]
        return hashlib.sha256("".join(content).encode()).hexdigest()[:16]

    def reason(self, theme: str, lang: str) -> str | None:
        """Why questions of that theme go unanswered, or None when there is no such theme."""
        return next((typeset(t.reason[lang], lang) for t in self.themes if t.name == theme), None)


def read_corpus(root: Path) -> Corpus:
    """Read every article under ``root/fr`` and ``root/en``, and ``root/beyond-*.yaml``.

    Raises:
        CorpusProblem: the folder or a file is missing, or a file is malformed; the message names the file.
    """
    files = [(lang, path) for lang in LANGUAGES for path in sorted((root / lang).glob("*.md"))]
    if not files:
        raise CorpusProblem(f"no article in {root}/fr or {root}/en: check CORPUS_DIR")
    return Corpus(tuple(p for lang, path in files for p in _read_article(path, lang)), read_themes(root))


def _read_article(path: Path, lang: str) -> Iterator[Passage]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusProblem(f"{path}: cannot be read ({error}); save it as UTF-8 text") from error
    match = _FRONT_MATTER.match(text)
    if not match:
        raise CorpusProblem(f"{path}: starts without front matter between two lines of '---'")
    front = _mapping(match[1], path)
    for name in ("id", "language", "title", "source", "reviewed"):
        if not front.get(name):
            raise CorpusProblem(f"{path}: the front matter lacks '{name}:'")
    if front["id"] != path.stem or front["language"] != lang:
        raise CorpusProblem(f"{path}: 'id:' must be {path.stem} and 'language:' {lang}")
    source = _source(front["source"], path)
    questions = _questions(path.with_suffix(".questions.yaml"))
    title = typeset(str(front["title"]), lang)
    for heading, body in _sections(match[2], path):
        found = _HEADING_ID.search(heading)
        if not found:
            raise CorpusProblem(f"{path}: the heading '{heading}' lacks an id such as {{#my-section}}")
        cited = _SOURCES.search(body)
        numbers = tuple(n.strip() for n in cited[1].split(",")) if cited else source.numbers
        body = re.sub(r"\n\s*\n", "\n", _SOURCES.sub("", body).strip())
        if not body:
            raise CorpusProblem(f"{path}: the section {{#{found[1]}}} is empty")
        asked = tuple(typeset(q, lang) for q in questions.pop(found[1], ()))
        for number, part in enumerate(_parts(typeset(body, lang)), 1):
            yield Passage(
                id=f"{path.stem}#{found[1]}" + (f"-{number}" if number > 1 else ""),
                lang=lang,
                article=title,
                heading=typeset(_HEADING_ID.sub("", heading).strip(), lang),
                text=part,
                source=Source(numbers, source.title, source.publisher, source.author, source.date, source.nature),
                questions=asked if number == 1 else (),
                reviewed=str(front["reviewed"]),
            )
    if questions:
        raise CorpusProblem(
            f"{path.with_suffix('.questions.yaml')}: no such section in {path.name}: {sorted(map(str, questions))}"
        )


def _sections(body: str, path: Path) -> list[tuple[str, str]]:
    """The ``##`` headings with what stands under each."""
    before, *sections = re.split(r"^##[ \t]+", body.replace("\r\n", "\n"), flags=re.MULTILINE)
    if before.strip():
        raise CorpusProblem(f"{path}: text stands before the first '##' heading: '{before.strip()[:60]}'")
    if not sections:
        raise CorpusProblem(f"{path}: there is no '##' section in it")
    return [(heading.strip(), text) for heading, _, text in (section.partition("\n") for section in sections)]


def _parts(text: str) -> list[str]:
    """The text whole, or cut at unit ends where it is longer than ``MAX_PASSAGE_CHARS``."""
    if len(text) <= MAX_PASSAGE_CHARS:
        return [text]
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=MAX_PASSAGE_CHARS, chunk_overlap=0, separators=["\n\n", "\n", ". ", " "], keep_separator="end"
    )
    return [part.strip() for part in splitter.split_text(text)]


def _mapping(text: str, path: Path) -> dict[str, Any]:
    try:
        loaded = safe_yaml.load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise CorpusProblem(f"{path}: not valid YAML: {error}") from error
    if not isinstance(loaded, dict):
        raise CorpusProblem(f"{path}: expected 'name: value' lines")
    return loaded


def _source(raw: Any, path: Path) -> Source:
    if not isinstance(raw, dict) or not raw.get("number"):
        raise CorpusProblem(f"{path}: 'source:' needs a 'number:' such as \"002\", quoted")
    numbers = raw["number"] if isinstance(raw["number"], list) else [raw["number"]]
    day = raw.get("date")
    return Source(
        numbers=tuple(str(n) for n in numbers),
        title=raw.get("title"),
        publisher=raw.get("publisher"),
        author=raw.get("author"),
        date=day.isoformat() if isinstance(day, date) else day,
        nature=raw.get("nature"),
    )


def _questions(path: Path) -> dict[str, tuple[str, ...]]:
    if not path.is_file():
        return {}
    try:
        raw = _mapping(path.read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusProblem(f"{path}: cannot be read ({error}); save it as UTF-8 text") from error
    for section, asked in raw.items():
        if not isinstance(asked, list) or not all(isinstance(q, str) and q.strip() for q in asked):
            raise CorpusProblem(f"{path}: '{section}' must be a list of questions, each in quotes")
    return {section: tuple(asked) for section, asked in raw.items()}


def split_units(text: str) -> Iterator[Unit]:
    """Cut a passage's text into quotable units: sentences, and lists with the sentence that introduces them."""
    lead: list[str] = []
    for is_list, lines in groupby(text.splitlines(), key=lambda line: line.startswith("- ")):
        if is_list:
            yield Unit("\n".join([*lead, *lines]))
            lead = []
        else:
            sentences = list(_sentences(" ".join(line.strip() for line in lines if line.strip())))
            lead = sentences[-1:] if sentences and sentences[-1].endswith(":") else []
            yield from (Unit(s) for s in sentences[: len(sentences) - len(lead)])
    yield from (Unit(s) for s in lead)


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if not _ABBREVIATION.search(text[start : match.start()]):
            yield text[start : match.end()].strip()
            start = match.end()
    if rest := text[start:].strip():
        yield rest
