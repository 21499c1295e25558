"""A sentence-transformers model as one call: traced once, so that encoding holds no Python lock and pays no Python.

Run layer by layer, a model takes the interpreter's lock back some two hundred times a question, and waits for it each
time behind whatever else the process does: 250 ms for 30 ms of work at nine questions a second (measured). Loaded
lazily, since it needs torch.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule

log = logging.getLogger(__name__)

_SAMPLES = ["Onshore ou offshore ?", "What does it cost to answer the phone at night, and who pays for it?"]
"""Of two lengths, so that padding is traced too."""
_OTHERS = ["bonjour", "relation client " * 10, "  Who?  "]
_TOLERANCE = 5e-3
"""Of a vector's numbers, each in [-1, 1]; half precision stays within a third of it."""


class _Traced(InputModule):
    """All the modules of a model in one, and its tokenizer."""

    def __init__(self, tokenizer: Any, longest: int | None, names: list[str], graph: torch.jit.ScriptModule) -> None:
        """Args:
        longest: tokens beyond which a text is cut.
        names: of the tensors that the graph takes, in its order.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self.tokenizer: Any = tokenizer
        self.max_seq_length = longest
        self._names = names
        self._graph = graph

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        texts = [(prompt or "") + text for text in inputs]
        read = self.tokenizer(texts, padding=True, truncation=True, max_length=self.max_seq_length, return_tensors="pt")
        return {name: read[name] for name in self._names}

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**features, "sentence_embedding": self._graph(*(features[name] for name in self._names))}

    def save(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError("a traced model is made anew from its folder")


class _Ordered(torch.nn.Module):
    """The model, its inputs one by one: what a trace can follow."""

    def __init__(self, model: SentenceTransformer, names: list[str]) -> None:
        super().__init__()
        self._model = model
        self._names = names

    def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self._model(dict(zip(self._names, tensors, strict=True)))["sentence_embedding"]
        return found


def traced(model: SentenceTransformer) -> SentenceTransformer:
    """The same model as one call, in half precision where this processor computes with it; as it was if it cannot be.

    Half precision is bfloat16 here: half the time, and cosines within 0.001 of the full ones (measured).
    """
    try:
        with torch.inference_mode():
            whole = _traced(model.eval())
        gap = abs(whole.encode(_OTHERS) - model.encode(_OTHERS)).max()
        if gap < _TOLERANCE:
            return whole
        log.info("the encoder runs layer by layer, more slowly: its trace is off by %g", gap)
    except Exception as error:  # a model of another make: whatever tracing can raise
        log.info("the encoder runs layer by layer, more slowly: %s: %s", type(error).__name__, error)
    return model


def _traced(model: SentenceTransformer) -> SentenceTransformer:
    sample = model.preprocess(_SAMPLES)
    names = [name for name, value in sample.items() if isinstance(value, torch.Tensor)]
    half = model.dtype is torch.float32 and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    given = [sample[name] for name in names]
    with warnings.catch_warnings(), torch.autocast("cpu", torch.bfloat16, enabled=half, cache_enabled=False):
        # Of what depends on the input, since outcomes are compared; of the age of torch.jit, since torch.compile, which
        # is to follow it, needs a C++ compiler where the bot runs.
        warnings.simplefilter("ignore")
        graph = torch.jit.trace(_Ordered(model, names), given, check_trace=False)  # type: ignore[no-untyped-call]
        frozen = torch.jit.freeze(graph.eval())
    return SentenceTransformer(
        modules=[_Traced(model.tokenizer, model.max_seq_length, names, frozen)],
        prompts={name: prompt or "" for name, prompt in model.prompts.items()},
        default_prompt_name=model.default_prompt_name,
        device="cpu",
    )
