"""One question to one outcome: resolve, retrieve, judge, compose. LangChain's runnables hold the steps together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from langchain_core.runnables import Runnable, RunnableLambda

from bot import language
from bot.faq.asking import asking_part, is_long
from bot.faq.compose import compose
from bot.faq.evidence import Judge, weigh
from bot.faq.followup import Resolved, Turn, resolve
from bot.faq.generation.fluent import Fluent
from bot.faq.generation.reader import Reader
from bot.faq.outcome import Answer, NoAnswer, Outcome, SmallTalk
from bot.faq.smalltalk import small_talk
from index.articles import Passage, Source
from index.retriever import HybridRetriever, Search

MAX_ANSWER_CHARS = 1_200
"""An answer as the person reads it, its citations included."""

NEAREST = 3
SEE_ALSO = 3


@dataclass(frozen=True)
class Asked:
    """A question on its way through the pipeline; each step fills in what it finds."""

    text: str
    lang: str
    history: tuple[str, ...] = ()
    long: bool = False
    """Whether only a part of the message is searched."""
    resolved: Resolved | None = None
    reading: str = ""
    """The text that was searched in the end."""
    search: Search | None = None
    probability: float = 0.0
    reader: Reader | None = None
    """Who waits, when a model may be asked."""


@cache
def shipped_judges() -> dict[str, Judge]:
    """The calibrated judges: ``dense``, and ``words`` for when only BM25 answers."""
    raw = json.loads((Path(__file__).parent / "calibration.json").read_text(encoding="utf-8"))
    return {name: Judge(j["coefficients"], j["intercept"], j["threshold"]) for name, j in raw["judges"].items()}


class Faq:
    """Answers questions from one retriever. Holds no conversation: the history comes with each question."""

    def __init__(
        self,
        retriever: HybridRetriever,
        overhead: Callable[[str, Passage, bool, bool, bool], int] = lambda *_: 0,
        citation_cost: Callable[[Passage, str], int] = lambda *_: 0,
        judges: Mapping[str, Judge] | None = None,
        fluent: Fluent | None = None,
    ) -> None:
        """Bind the pipeline.

        Args:
            retriever: what is searched.
            overhead: the characters an answer holds besides quotes and citations, from its language, its first passage,
                whether the person asked who says so, whether the message was long, and whether words alone were
                searched.
            citation_cost: the characters that citing a passage takes.
            judges: by ``dense`` and ``words``; the calibrated ones by default.
            fluent: writes with a model; None when there is none.
        """
        self._retriever = retriever
        self._overhead = overhead
        self._citation_cost = citation_cost
        self._judges = judges or shipped_judges()
        self._fluent = fluent
        self._pipeline: Runnable[Asked, Outcome] = (
            RunnableLambda(self._resolve) | RunnableLambda(self._retrieve) | RunnableLambda(self._conclude)
        )

    def answer(self, question: str, lang: str, history: Sequence[str] = (), reader: Reader | None = None) -> Outcome:
        """Answer one message.

        Args:
            question: what the person typed; empty is small talk.
            lang: ``fr`` or ``en``, the person's.
            history: the person's earlier messages, oldest first.
            reader: who waits for it; without one no model is asked.
        """
        if kind := small_talk(question):
            return SmallTalk(lang, kind)
        asked = Asked(asking_part(question), lang, tuple(history), is_long(question), reader=reader)
        return self._pipeline.invoke(asked)

    def passage(self, passage_id: str, lang: str) -> Passage | None:
        """A passage by its id, in that language where it exists."""
        return self._retriever.corpus.get(passage_id, lang)

    def ids_of(self, shorts: Iterable[str]) -> tuple[str, ...]:
        """The ids of the passages so called, as ``Passage.short`` does; those that are gone are left out."""
        return tuple(found for short in shorts if (found := self._retriever.corpus.id_of(short)))

    def sources(self, lang: str) -> tuple[Source, ...]:
        """The documents the articles draw on, one each, in the order of their numbers."""
        single = {p.source.numbers: p.source for p in self._retriever.corpus.readable_in(lang) if p.source.title}
        return tuple(source for _, source in sorted(single.items()))

    def _resolve(self, asked: Asked) -> Asked:
        resolved = resolve(asked.history, asked.text, self._retriever.lexical[asked.lang].analyzer)
        return replace(asked, resolved=resolved, lang=resolved.lang or asked.lang)

    def _retrieve(self, asked: Asked) -> Asked:
        """The best supported reading; where none is, a model's own, if it is supported."""
        found = self._best_reading(asked)
        if self._supported(found) or not (self._fluent and asked.reader and asked.history):
            return found
        rewritten = self._fluent.rewrite(asked.history, asked.text, asked.lang, asked.reader)
        again = self._searched(asked, rewritten) if rewritten else found
        return again if self._supported(again) else found

    def _best_reading(self, asked: Asked) -> Asked:
        """Search the readings a message may have, and keep the one that the corpus supports best."""
        assert asked.resolved is not None
        alone, full = asked.resolved.alone, asked.resolved.full
        match asked.resolved.turn:
            case Turn.ALONE:
                return self._searched(asked, alone)
            case Turn.FOLLOWS:
                found = self._searched(asked, full)
                return found if self._supported(found) else max(found, self._searched(asked, alone), key=_probability)
            case Turn.GOES_ON | Turn.PERHAPS as turn:
                new = self._searched(asked, alone)
                return self._followed_or_new(self._searched(asked, full), new, turn) if self._supported(new) else new
            case Turn.WHO_SAYS:
                return self._last_read(asked)
            case Turn.LANGUAGE:
                spoken = language.detect(full, self._retriever.lexical) or asked.lang
                return self._translated(self._last_read(replace(asked, lang=spoken)), asked.lang)
            case Turn.MORE:
                return _without_first(self._last_read(asked))

    def _last_read(self, asked: Asked) -> Asked:
        """What the last message that asked something found, again."""
        *earlier, last = (message for message in asked.history if not small_talk(message))
        again = replace(asked, text=asking_part(last), history=tuple(earlier))
        return replace(self._best_reading(self._resolve(again)), text=asked.text, resolved=asked.resolved)

    def _followed_or_new(self, followed: Asked, new: Asked, turn: Turn) -> Asked:
        """A message supported alone, for beside a topic any looks supported, read with the topic or not.

        One that may be new is read with the topic where that finds as much of what it names.
        """
        if not self._supported(followed):
            return new
        if turn is Turn.GOES_ON:
            return followed
        return max(followed, new, key=lambda asked: (self._said_of_message(asked), asked.probability))

    def _said_of_message(self, asked: Asked) -> float:
        """The share of the message's words, each by its weight, that the best hit holds; 0 to 1."""
        assert asked.search is not None
        lead, index = asked.search.hits[0].passage, self._retriever.lexical[asked.lang]
        if lead.lang != asked.lang:
            return 1.0
        weights = {term.stem: index.idf(term.stem) for term in index.analyzer.terms(asked.text)}
        said = sum(weights[stem] for stem in weights.keys() & index.terms_of_passage(lead.key))
        return said / sum(weights.values()) if weights else 1.0

    def _translated(self, found: Asked, lang: str) -> Asked:
        """What was found, each passage read in another language where it exists."""
        assert found.search is not None
        hits = tuple(
            replace(hit, passage=self._retriever.corpus.get(hit.passage.id, lang) or hit.passage, unit_cosines=())
            for hit in found.search.hits
        )
        return replace(found, lang=lang, search=replace(found.search, hits=hits))

    def _searched(self, asked: Asked, reading: str) -> Asked:
        search = self._retriever.search(reading, asked.lang)
        index = self._retriever.lexical[asked.lang]
        probability = self._judge(search).probability(weigh(reading, search, index)) if search.hits else 0.0
        return replace(asked, reading=reading, search=search, probability=probability)

    def _judge(self, search: Search) -> Judge:
        return self._judges["dense" if search.kinds else "words"]

    def _supported(self, asked: Asked) -> bool:
        return asked.search is not None and asked.probability >= self._judge(asked.search).threshold

    def _conclude(self, asked: Asked) -> Outcome:
        assert asked.search is not None
        assert asked.resolved is not None
        if not asked.search.hits or not self._supported(asked):
            return self._refused(asked, asked.search)
        lead = asked.search.hits[0].passage
        index = self._retriever.lexical[asked.lang]
        who_says = asked.resolved.turn is Turn.WHO_SAYS
        budget = MAX_ANSWER_CHARS - self._overhead(asked.lang, lead, who_says, asked.long, asked.search.words_only)
        quotes = compose(
            asked.search,
            stems_of=index.stems,
            idf=index.idf,
            budget=budget,
            cost=lambda passage: self._citation_cost(passage, asked.lang),
        )
        if not quotes:
            return self._refused(asked, asked.search)
        cited = {q.passage for q in quotes}
        answer = Answer(
            lang=asked.lang,
            question=asked.reading,
            probability=asked.probability,
            quotes=quotes,
            see_also=tuple(h.passage for h in asked.search.hits if h.passage not in cited)[:SEE_ALSO],
            other_language=quotes[0].passage.lang != asked.lang,
            who_says=who_says,
            words_only=asked.search.words_only,
        )
        return self._fluent.write(answer, asked.reader, budget) if self._fluent and asked.reader else answer

    def _refused(self, asked: Asked, search: Search) -> NoAnswer:
        nearest = tuple(h.passage for h in search.hits[:NEAREST] if h.score > 0)
        return NoAnswer(asked.lang, asked.reading, asked.probability, nearest, self._reason(search), search.words_only)

    def _reason(self, search: Search) -> str | None:
        """What the corpus lacks, when the question is nearer to the kinds it lacks than to those it answers."""
        kinds = search.kinds
        if kinds is None or kinds.theme is None or kinds.beyond[0] <= kinds.answerable[0]:
            return None
        return self._retriever.corpus.reason(kinds.theme, search.lang)


def _probability(asked: Asked) -> float:
    return asked.probability


def _without_first(asked: Asked) -> Asked:
    """The same search without its best hit, which the person has read; as it is when nothing else is near."""
    search = asked.search
    if search is None or len(search.hits) < 2:
        return asked
    return replace(asked, search=replace(search, hits=search.hits[1:]))
