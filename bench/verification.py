"""How much that is false the verification of a model's sentences lets through, and how much that is faithful."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from bench.grading import table
from bench.mutations import mutations
from bot.faq.generation.tokens import Tokenizer
from bot.faq.generation.verify import Verifier
from index import safe_yaml
from index.articles import Corpus, Passage
from index.retriever import HybridRetriever

SENTENCES = Path(__file__).parents[1] / "tests" / "bot" / "faq" / "generation"
"""Where the sentences stand that were written by hand."""


def judged(retriever: HybridRetriever) -> str:
    """A table of the sentences that pass: the mutations of every passage of the corpus, then those written by hand."""
    tokenizers = {lang: Tokenizer(index.analyzer) for lang, index in retriever.lexical.items()}

    def passes(text: str, passage: Passage) -> bool:
        verifier = Verifier({passage.id: passage}, passage.lang, tokenizers[passage.lang], retriever.lexical)
        verifier.judge(text, [passage.id])
        return not verifier.dropped

    tried, passed = Counter[str](), Counter[str]()
    for passage in retriever.corpus.passages:
        for kind, text in mutations(passage):
            kind = "words swapped" if " for " in kind else "small word dropped" if "dropped" in kind else kind
            name = f"False, made from true ones: {kind}"
            tried[name] += 1
            passed[name] += passes(text, passage)
    blind, tuned = (
        safe_yaml.load((SENTENCES / f"{name}.yaml").read_text(encoding="utf-8")) for name in ("heldout", "faithful")
    )
    for name, sentences in (
        ("False, written blind", blind["false"]),
        ("Faithful, freely put, written blind", blind["faithful"]),
        ("Faithful, that the rules were tuned on", tuned),
    ):
        tried[name] = len(sentences)
        passed[name] = sum(passes(each["text"], _passage(retriever.corpus, each)) for each in sentences)
    return table({"pass": {name: f"{passed[name]:,} of {tried[name]:,}" for name in tried}})


def _passage(corpus: Corpus, each: dict[str, str]) -> Passage:
    found = corpus.get(each["passage"], each["lang"])
    assert found is not None, each
    return found
