"""Hostile text for the encoder: a vector of length one, whatever it is given."""

from __future__ import annotations

import random

import numpy as np

from fuzz import hostile
from fuzz.conversations import Fault
from index.encoder import Encoder


class Encoding:
    """One encoder."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def run(self, chance: random.Random) -> int:
        """One text, as a question and as a passage.

        Raises:
            Fault: what comes back is no vector of length one.
        """
        text = hostile.text(chance)
        vectors = [self._encoder.embed_query(text), self._encoder.embed_documents([text[:3_000]])[0]]
        for vector in np.asarray(vectors):
            # Of a text without a word, a hash of words has nothing to say.
            if not np.isfinite(vector).all() or not (abs(np.linalg.norm(vector) - 1) < 1e-3 or not vector.any()):
                raise Fault(f"no vector of length one for {text[:100]!r}")
        return 1
