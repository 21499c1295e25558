"""Quotes to sentences that a model wrote from their passages. LangChain's runnables hold the steps together.

    passages -> prompt -> sentences, each verified as it comes -> the whole, if it still answers

Whatever the model does, slow, wrong or absent, the quotes stand behind it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from langchain_core.runnables import Runnable, RunnableLambda

from bot.faq.generation.drafts import lines
from bot.faq.generation.enough import completed, enough
from bot.faq.generation.prompts import MAX_SENTENCES, Draft, Line, Rewritten, answering, rewriting, told
from bot.faq.generation.reader import Reader, complete, stream
from bot.faq.generation.rewritten import accepted
from bot.faq.generation.tokens import Tokenizer
from bot.faq.generation.verify import Verifier
from bot.faq.outcome import Answer, Sentence, Written
from bot.llm.model import Model, Prompt, Unanswered
from bot.meter import LLM_SENTENCES, UNMETERED, Meter
from index.articles import Passage
from index.lexical import LexicalIndex

_HOPELESS = 3
"""So many sentences dropped before any stands, and the rest is not waited for."""

_MARK_CHARS = len(" [1]")
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Writing:
    """An answer on its way through the pipeline; each step fills in what it makes."""

    answer: Answer
    reader: Reader
    budget: int
    """The most characters that sentences and citations may take together."""
    prompt: Prompt | None = None
    verifier: Verifier | None = None
    unwritten: str = ""


class Fluent:
    """Writes answers with a model, and rewrites follow-ups. Holds no conversation; safe to share between threads."""

    def __init__(
        self,
        model: Model,
        lexical: Mapping[str, LexicalIndex],
        citation_cost: Callable[[Passage, str], int] = lambda *_: 0,
        meter: Meter = UNMETERED,
    ) -> None:
        """Args:
        model: what writes.
        lexical: the lexical index of each language: its analyzer, its vocabulary, how rare words are.
        citation_cost: the characters that citing a passage takes.
        meter: counts sentences, and why they were dropped.
        """
        self._model = model
        self._lexical = lexical
        self._tokenizers = {lang: Tokenizer(index.analyzer) for lang, index in lexical.items()}
        self._citation_cost = citation_cost
        self._meter = meter
        self._pipeline: Runnable[Writing, Answer] = (
            RunnableLambda(self._ask) | RunnableLambda(self._write) | RunnableLambda(self._conclude)
        )

    def write(self, answer: Answer, reader: Reader, budget: int) -> Answer:
        """The same answer with what the model wrote, or why it did not; never raises for what a model does."""
        if answer.who_says or any(q.passage.lang != answer.lang for q in answer.quotes):
            return answer  # verification compares words: they must be of one language
        if not any(map(told, answer.quotes)):
            return answer  # nothing but lists
        return self._pipeline.invoke(Writing(answer, reader, budget))

    def rewrite(self, history: Sequence[str], message: str, lang: str, reader: Reader) -> str | None:
        """A follow-up completed from its conversation, for retrieval alone; None when the model does not help."""
        try:
            said = complete(self._model, rewriting(history, message), Rewritten, reader).question
        except Unanswered:
            return None
        return said if accepted(said, history, message, self._tokenizers[lang]) else None

    def _ask(self, writing: Writing) -> Writing:
        answer = writing.answer
        tokenizer, passages = self._tokenizers[answer.lang], {q.passage.id: q.passage for q in answer.quotes}
        return replace(
            writing,
            prompt=answering(answer.question, answer.quotes, answer.lang),
            verifier=Verifier(passages, answer.lang, tokenizer, self._lexical),
        )

    def _write(self, writing: Writing) -> Writing:
        """Each sentence judged as it comes; those that stand are shown while the rest is written."""
        assert writing.verifier is not None
        shown: list[str] = []
        try:
            for line in self._lines(writing):
                if kept := writing.verifier.judge(line.text, line.passages):
                    shown.append(kept.text)
                    if writing.reader.show:
                        writing.reader.show(" ".join(shown))
                elif not shown and len(writing.verifier.dropped) >= _HOPELESS:
                    return replace(writing, unwritten="unsupported")
        except Unanswered as unanswered:
            return replace(writing, unwritten=unanswered.reason)
        return writing

    def _lines(self, writing: Writing) -> Iterator[Line]:
        assert writing.prompt is not None
        if writing.reader.show:
            found = lines(stream(self._model, writing.prompt, writing.reader))
        else:
            found = iter(complete(self._model, writing.prompt, Draft, writing.reader).sentences)
        for number, line in enumerate(found):
            if number == MAX_SENTENCES:
                return
            yield line

    def _conclude(self, writing: Writing) -> Answer:
        assert writing.verifier is not None
        answer, verifier = writing.answer, writing.verifier
        written = verifier.sentences
        if written and not writing.unwritten:
            written = completed(answer, written, self._tokenizers[answer.lang])
        sentences = self._fitting(written, writing.budget, answer.lang)
        dropped = tuple(verifier.dropped)
        why = writing.unwritten
        if not why and not verifier.sentences:
            why = "unsupported" if dropped else "none"
        if not why and (len(sentences) < len(written) or not enough(answer, sentences, len(dropped))):
            why = "incomplete"
        self._count(verifier, why)
        return replace(answer, written=Written(() if why else tuple(sentences), dropped, why))

    def _fitting(self, sentences: Sequence[Sentence], room: int, lang: str) -> list[Sentence]:
        """As many as there is room for."""
        kept: list[Sentence] = []
        cited: set[Passage] = set()
        for sentence in sentences:
            new = [p for p in sentence.passages if p not in cited]
            room -= len(sentence.text) + 1 + _MARK_CHARS * len(sentence.passages)
            room -= sum(self._citation_cost(p, lang) for p in new)
            if room < 0:
                break
            cited.update(new)
            kept.append(sentence)
        return kept

    def _count(self, verifier: Verifier, why: str) -> None:
        for sentence in verifier.sentences:
            self._meter.count(LLM_SENTENCES, "replaced" if sentence.replaced else "kept", "none")
        for each in verifier.dropped:
            self._meter.count(LLM_SENTENCES, "dropped", each.faults[0])
        fields = {"outcome": why or "shown", "kept": len(verifier.sentences), "dropped": len(verifier.dropped)}
        _LOG.info("written: %(outcome)s, %(kept)d kept, %(dropped)d dropped", fields, extra=fields)
