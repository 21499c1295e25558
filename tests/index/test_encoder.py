"""Encoders: one contract for all, and how the settings choose one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import packaged
from index.encoder import MAX_QUERY_CHARS, Encoder, HashingEncoder, SentenceEncoder, load_encoder
from index.errors import EncoderProblem

HOSTILE = [
    "",
    " \n\t ",
    "\x00\x01\x1b[31m",
    "\ud800 seul",
    "🙂👩‍👩‍👧",
    "مرحبا كيف الحال",
    "﷽" * 500,
    "a" * 20_000,
    "mot " * 5_000,
]


@pytest.fixture(scope="session")
def unpacked(real_data_dirs: tuple[Path, ...]) -> SentenceEncoder:
    """The packaged encoder, where somebody has already unpacked it: fetching 91 MB is not for tests."""
    name = packaged.FINGERPRINT.replace(":", "-")
    for data_dir in real_data_dirs:
        if (data_dir / "encoder" / name / "modules.json").is_file():
            encoder = load_encoder("packaged", data_dir)
            assert isinstance(encoder, SentenceEncoder)
            return encoder
    places = " or ".join(str(d / "encoder" / name) for d in real_data_dirs)
    pytest.skip(f"the packaged encoder is not unpacked in {places}: run 'python -m index' first")


@pytest.fixture(params=["hashing", pytest.param("packaged", marks=pytest.mark.model)])
def encoder(request: pytest.FixtureRequest) -> Encoder:
    if request.param == "hashing":
        return HashingEncoder()
    found: SentenceEncoder = request.getfixturevalue("unpacked")
    return found


def cosine(one: object, other: object) -> float:
    return float(np.dot(np.asarray(one, dtype=np.float32), np.asarray(other, dtype=np.float32)))


class TestEveryEncoder:
    """What the index asks of an encoder."""

    def test_vectors_are_unit_long_and_all_of_one_dimension(self, encoder: Encoder) -> None:
        texts = ["Le nearshore", "Offshore costs less.", "x"]
        questions = encoder.embed_queries(texts)
        documents = np.asarray(encoder.embed_documents(texts))
        assert questions.dtype == np.float32
        assert questions.shape == documents.shape == (3, len(encoder.embed_query("x")))
        for vectors in (questions, documents):
            assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)

    def test_one_question_is_encoded_as_among_many(self, encoder: Encoder) -> None:
        together = encoder.embed_queries(["Combien coûte une heure ?", "a much longer question, to be padded for " * 5])
        assert encoder.embed_query("Combien coûte une heure ?") == pytest.approx(together[0].tolist(), abs=1e-3)

    def test_the_same_text_gives_the_same_vector(self, encoder: Encoder) -> None:
        assert encoder.embed_query("Où placer le curseur ?") == encoder.embed_query("Où placer le curseur ?")
        assert encoder.embed_documents(["Un texte."]) == encoder.embed_documents(["Un texte."])

    def test_a_question_is_nearer_to_its_answer_than_to_another(self, encoder: Encoder) -> None:
        right, wrong = encoder.embed_documents(
            ["Le nearshore place l’équipe dans un pays voisin.", "Les retours de bijoux sont traités le soir."]
        )
        asked = encoder.embed_query("le nearshore dans quel pays voisin ?")
        assert cosine(asked, right) > cosine(asked, wrong)

    @pytest.mark.parametrize("text", HOSTILE, ids=lambda t: ascii(t[:8]))
    def test_any_text_gives_a_unit_vector(self, encoder: Encoder, text: str) -> None:
        for vector in (encoder.embed_query(text), encoder.embed_documents([text])[0]):
            assert np.isfinite(vector).all()
            assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)

    def test_the_fingerprint_is_stable_and_warming_up_twice_is_harmless(self, encoder: Encoder) -> None:
        before = encoder.fingerprint
        encoder.warm_up()
        encoder.warm_up()
        assert encoder.fingerprint == before != ""

    def test_threads_may_share_it(self, encoder: Encoder) -> None:
        expected = encoder.embed_query("nearshore")
        found: list[list[float]] = []
        threads = [
            threading.Thread(target=lambda: found.extend(encoder.embed_query("nearshore") for _ in range(3)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [expected] * 12


@pytest.mark.model
def test_the_packaged_encoder_understands_across_languages_and_words(unpacked: SentenceEncoder) -> None:
    asked = unpacked.embed_query("Peut-on confier ses appels à un pays proche ?")
    right, wrong = unpacked.embed_documents(
        ["Nearshore puts the team in a neighbouring country.", "Jewellery returns are handled by specialists."]
    )
    assert cosine(asked, right) > cosine(asked, wrong)


@pytest.mark.model
def test_a_question_is_cut_where_it_stops_adding_meaning(unpacked: SentenceEncoder) -> None:
    text = "tarif horaire " * 200
    assert unpacked.embed_query(text) == unpacked.embed_query(text[:MAX_QUERY_CHARS])


@given(st.text(st.characters(exclude_categories=[]), max_size=200))
def test_hashing_takes_any_text(text: str) -> None:
    assert np.linalg.norm(HashingEncoder(64).embed_query(text)) == pytest.approx(1, abs=1e-3)


def test_hashing_is_the_same_in_every_process() -> None:
    program = "from index.encoder import HashingEncoder; print(HashingEncoder().embed_query('le nearshore voisin'))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_texts_that_share_words_are_near_by_hashes() -> None:
    one, near, far = HashingEncoder().embed_queries(["coût caché du pilotage", "les coûts cachés", "un pays lointain"])
    assert cosine(one, near) > 0.5 > cosine(one, far)


@pytest.mark.parametrize("name", ["", "packaged"])
def test_the_packaged_encoder_is_the_default_and_loads_nothing_yet(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packaged, "ensure", lambda *_: pytest.fail("fetched before it was needed"))
    encoder = load_encoder(name, tmp_path)
    assert isinstance(encoder, SentenceEncoder)
    assert encoder.fingerprint == packaged.FINGERPRINT
    assert not list(tmp_path.iterdir())


def test_the_packaged_encoder_is_prepared_when_first_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def ensure(folder: Path, say: object) -> None:
        asked.append(folder)
        raise EncoderProblem("no network")

    monkeypatch.setattr(packaged, "ensure", ensure)
    encoder = load_encoder("packaged", tmp_path)
    for use in (encoder.warm_up, lambda: encoder.embed_query("x"), lambda: encoder.embed_documents(["x"])):
        with pytest.raises(EncoderProblem, match="no network"):
            use()
    assert {folder.parent for folder in asked} == {tmp_path / "encoder"}
    assert ":" not in asked[0].name


def test_hashing_can_be_asked_for(tmp_path: Path) -> None:
    assert isinstance(load_encoder("hashing", tmp_path), HashingEncoder)


@pytest.mark.parametrize("name", ["./nowhere", "/nowhere/at/all", "~/nowhere", "C:\\nowhere"])
def test_a_folder_that_is_not_there_is_told_at_once(name: str, tmp_path: Path) -> None:
    with pytest.raises(EncoderProblem, match="there is no such folder"):
        _ = load_encoder(name, tmp_path).fingerprint


def test_a_hub_id_is_its_own_fingerprint(tmp_path: Path) -> None:
    assert load_encoder("owner/model", tmp_path).fingerprint == "hub:owner/model"


def test_the_fingerprint_of_a_folder_changes_with_its_weights(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    small, large = folder / "config.json", folder / "model.safetensors"
    small.write_text("{}")
    large.write_bytes(bytes(200_000))
    seen = [load_encoder(str(folder), tmp_path).fingerprint]
    assert load_encoder(str(folder), tmp_path).fingerprint == seen[0]
    small.write_text("[]")
    seen.append(load_encoder(str(folder), tmp_path).fingerprint)
    os.utime(large, ns=(1, 1))
    seen.append(load_encoder(str(folder), tmp_path).fingerprint)
    large.rename(folder / "other.safetensors")
    seen.append(load_encoder(str(folder), tmp_path).fingerprint)
    assert len(set(seen)) == 4
    assert all(s.startswith("folder:") for s in seen)


def test_a_folder_that_holds_no_model_is_explained(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "modules.json").write_text("not JSON")
    with pytest.raises(EncoderProblem, match=f"EMBEDDING_MODEL={folder} cannot be loaded: .+\nLeave it empty"):
        load_encoder(str(folder), tmp_path).embed_query("x")
