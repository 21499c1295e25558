"""The model through a real HTTP client: answers, failures of every kind, limits, budgets, consent, what is kept."""

from __future__ import annotations

import contextlib
import itertools
import logging
from datetime import date
from typing import Any

import openai_behaviours as behaviours
import pytest
from openai_server import Behaviour, Raw, Says, Stalls, Status
from pydantic import SecretStr

from bot.llm.budget import EVERYBODY, Budget, MemorySpending, Price, Usage
from bot.llm.circuit import FAILURES, PAUSES, Circuit
from bot.llm.guarded import Guards
from bot.llm.model import Prompt, Unanswered
from bot.meter import LLM_CALLS, LLM_COST, LLM_TOKENS
from bot.queues import Unavailable

from .conftest import CHAT, Bench, Written

PASSAGE = '<passage id="nearshore#cost">Le nearshore coûte 30 % de moins. Il faut trois mois.</passage>'
PROMPT = Prompt("Réponds avec les passages.", f"{PASSAGE}\nLa question : combien coûte le nearshore ?")
SAID = [("Le nearshore coûte 30 % de moins.", ["nearshore#cost"]), ("Il faut trois mois.", ["nearshore#cost"])]


class Figures:
    """A meter that remembers."""

    def __init__(self) -> None:
        self.counted: list[tuple[str, tuple[str, ...], float]] = []

    def count(self, what: Any, *labels: str, by: float = 1) -> None:
        self.counted.append((what.name, labels, by))

    def time(self, what: Any, seconds: float, *labels: str) -> None:
        """Not looked at."""

    def of(self, what: Any) -> dict[tuple[str, ...], float]:
        return {labels: by for name, labels, by in self.counted if name == what.name}


def reason(bench: Bench, behaviour: Behaviour, *, streamed: bool = False, **choice: Any) -> str:
    model = bench.model(behaviour, **choice)
    with pytest.raises(Unanswered) as unanswered:
        "".join(model.stream(PROMPT, CHAT)) if streamed else model.complete(PROMPT, Written, CHAT)
    assert str(unanswered.value) == unanswered.value.reason
    return unanswered.value.reason


def test_an_answer_comes_in_the_form_asked_for(bench: Bench) -> None:
    answer = bench.model(behaviours.faithful()).complete(PROMPT, Written, CHAT)
    assert [(each.text, each.passages) for each in answer.sentences] == SAID


def test_the_form_is_told_in_words_too_for_servers_that_do_not_heed_it(bench: Bench) -> None:
    bench.model(behaviours.faithful()).complete(PROMPT, Written, CHAT)
    [asked] = bench.server.asked
    assert asked.system.startswith(PROMPT.system)
    assert "The ids of the passages that it rests on." in asked.system
    assert asked.body["max_tokens"] == asked.body["max_completion_tokens"] == 200


@pytest.mark.parametrize("around", ["```json\n%s\n```", "<think>{peut-être}</think>\n%s", "Voici :\n%s\nVoilà."])
def test_an_object_is_found_among_words(bench: Bench, around: str) -> None:
    said = around % '{"sentences": [{"text": "Trois mois.", "passages": []}]}'
    assert bench.model(Says(said)).complete(PROMPT, Written, CHAT).sentences[0].text == "Trois mois."


def test_a_stream_gives_pieces_as_they_come(bench: Bench) -> None:
    pieces = list(bench.model(behaviours.faithful()).stream(PROMPT, CHAT))
    assert len(pieces) > 2
    assert "".join(pieces) == " ".join(text for text, _ in SAID)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("behaviour", "expected", "requests"),
    [
        (Status(401), "refused", 1),
        (Status(400), "refused", 1),
        (Status(404), "refused", 1),
        (Status(429, "60"), "rate", 1),
        (Status(429, "Wed, 21 Oct 2099 07:28:00 GMT"), "rate", 1),
        (Status(500), "broken", 3),
        (Status(503, "not a date"), "broken", 3),
        (Raw("hello"), "broken", 3),
        (Raw("<html></html>", "text/html"), "broken", 3),
        (Says(""), "broken", 3),
        (Says("x" * 200, hangs_up_after=3), "cut", 1),
        (Says("x" * 200, finish=None), "cut", 1),
        (Says("x" * 200, finish="length"), "cut", 1),
        (Says("x" * 200, finish="content_filter"), "refused", 1),
        (behaviours.endless, "cut", 1),
    ],
)
def test_what_goes_wrong_is_named(
    bench: Bench, behaviour: Behaviour, expected: str, requests: int, streamed: bool
) -> None:
    assert reason(bench, behaviour, streamed=streamed) == expected
    assert len(bench.server.asked) == requests


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    "behaviour",
    [
        Stalls(),
        Stalls(headers=True),
        Says("x" * 400, pause=0.3),
        Says(itertools.repeat("encore "), pause=0.02),
        Says(itertools.repeat(""), pause=0.02),
    ],
)
def test_nothing_is_waited_for_beyond_the_limit(bench: Bench, behaviour: Behaviour, streamed: bool) -> None:
    assert reason(bench, behaviour, streamed=streamed, timeout=1.0, max_tokens=8_000) == "timeout"
    assert len(bench.server.asked) == 1


def test_nobody_at_the_address_is_refused(bench: Bench) -> None:
    model = bench.model(Says("…"), base_url="http://127.0.0.1:9/v1")
    with pytest.raises(Unanswered, match="refused"):
        model.complete(PROMPT, Written, CHAT)


@pytest.mark.parametrize("first", [Status(429, "0"), Status(500), Says(""), Raw("hello"), behaviours.bad_json])
def test_a_passing_failure_is_tried_again(bench: Bench, first: Any) -> None:
    answer = bench.model([first, behaviours.faithful()]).complete(PROMPT, Written, CHAT)
    assert len(answer.sentences) == 2
    assert len(bench.server.asked) == 2


@pytest.mark.parametrize("text", ['{"sentences": [{"text": "Voici', "[]", "null", '{"sentences": 3}', '{"other": []}'])
def test_what_is_not_of_the_form_is_asked_for_once_more_and_no_more(bench: Bench, text: str) -> None:
    assert reason(bench, Says(text)) == "broken"
    assert len(bench.server.asked) == 2


def test_a_stream_that_nobody_reads_to_the_end_blames_nobody(bench: Bench) -> None:
    circuit = Circuit()
    model = bench.model(Says("x" * 400, pause=0.01), Guards(circuit=circuit))
    for _ in range(FAILURES + 1):
        stream = model.stream(PROMPT, CHAT)
        next(iter(stream))
        stream.close()  # type: ignore[attr-defined]
    assert not circuit.open


def test_after_several_failures_nothing_is_sent_for_a_while_then_one_call_tries(bench: Bench) -> None:
    now = [0.0]
    model = bench.model(Status(401), Guards(circuit=Circuit(lambda: now[0])))
    for _ in range(FAILURES):
        with pytest.raises(Unanswered, match="refused"):
            model.complete(PROMPT, Written, CHAT)
    with pytest.raises(Unanswered, match="open circuit"):
        model.complete(PROMPT, Written, CHAT)
    assert len(bench.server.asked) == FAILURES
    now[0] += PAUSES[0]
    bench.server.behaviour = behaviours.faithful()
    assert model.complete(PROMPT, Written, CHAT)
    assert model.complete(PROMPT, Written, CHAT)


def test_nothing_leaves_before_consent_nor_after_it_is_taken_back(bench: Bench) -> None:
    agreed: set[str] = set()
    guards = Guards(consented=lambda chat: chat in agreed)
    model = bench.model(behaviours.faithful(), guards, declared_local=False)
    for stream in (False, True):
        with pytest.raises(Unanswered, match="no consent"):
            list(model.stream(PROMPT, CHAT)) if stream else model.complete(PROMPT, Written, CHAT)
    assert bench.server.asked == []
    assert model.payloads.get(CHAT) is None
    agreed.add(CHAT)
    assert model.complete(PROMPT, Written, CHAT)
    agreed.clear()
    with pytest.raises(Unanswered, match="no consent"):
        model.complete(PROMPT, Written, CHAT)
    assert len(bench.server.asked) == 1


def test_budgets_stop_one_person_then_everybody(bench: Bench) -> None:
    spending = MemorySpending(lambda: date(2026, 3, 1))
    model = bench.model(behaviours.faithful(), Guards(spending=spending, budget=Budget(everybody=10_000, person=10)))
    assert model.complete(PROMPT, Written, CHAT)
    with pytest.raises(Unanswered, match="budget"):
        model.complete(PROMPT, Written, CHAT)
    assert model.complete(PROMPT, Written, "test:2")
    spending.add("test:3", Usage(10_000))
    with pytest.raises(Unanswered, match="budget"):
        model.complete(PROMPT, Written, "test:4")
    assert len(bench.server.asked) == 2


def test_what_cannot_be_counted_is_not_spent(bench: Bench) -> None:
    class Broken(MemorySpending):
        def today(self, chat: str) -> Usage:
            raise Unavailable

    model = bench.model(behaviours.faithful(), Guards(spending=Broken(), budget=Budget(everybody=1)))
    with pytest.raises(Unanswered, match="budget"):
        model.complete(PROMPT, Written, CHAT)
    assert bench.server.asked == []


@pytest.mark.parametrize("told", [True, False])
def test_tokens_and_cost_are_counted_as_told_or_estimated(bench: Bench, told: bool) -> None:
    spending, meter = MemorySpending(), Figures()
    guards = Guards(spending=spending, price=Price(2.0, 4.0), meter=meter)
    bench.model(Says('{"sentences": []}', usage=told), guards).complete(PROMPT, Written, CHAT)
    [asked] = bench.server.asked
    spent = spending.today(CHAT)
    # Either way a quarter to a third of a token a character.
    assert len(asked.system + asked.user) // 4 <= spent.sent <= len(asked.system + asked.user) // 3 + 2
    assert 1 <= spent.received <= 10
    assert spending.today(EVERYBODY) == spent
    assert meter.of(LLM_CALLS) == {("answered",): 1}
    assert meter.of(LLM_TOKENS) == {("sent",): spent.sent, ("received",): spent.received}
    assert meter.of(LLM_COST)[()] == pytest.approx((2 * spent.sent + 4 * spent.received) / 1e6)


def test_what_was_waited_for_in_vain_is_counted(bench: Bench) -> None:
    spending = MemorySpending()
    model = bench.model(Stalls(), Guards(spending=spending), timeout=1.0)
    with pytest.raises(Unanswered):
        list(model.stream(PROMPT, CHAT))
    assert spending.today(CHAT).sent > 20


def test_the_last_payload_is_what_was_sent_to_the_letter(bench: Bench) -> None:
    model = bench.model(behaviours.faithful())
    private = Prompt(PROMPT.system, f"{PASSAGE} Je suis Julien Moreau, julien@exemple.fr, 06 12 34 56 78. Le prix ?")
    model.complete(private, Written, CHAT)
    [asked] = bench.server.asked
    kept = model.payloads.get(CHAT)
    assert kept is not None
    assert [dict(m) for m in kept.value.as_json["messages"]] == asked.body["messages"]
    assert kept.value.masked == {"NAME": 1, "EMAIL": 1, "PHONE": 1}
    assert not [word for word in ("Julien", "Moreau", "exemple.fr", "56 78") if word in asked.user]
    assert PASSAGE in asked.user


@pytest.mark.parametrize("behaviour", [behaviours.faithful(), Status(401), Status(500), Raw("oops"), Stalls(0.0)])
def test_no_word_and_no_key_is_logged(bench: Bench, behaviour: Behaviour, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    model = bench.model(behaviour, timeout=1.0, key=SecretStr("sk-secret-key"))
    with contextlib.suppress(Unanswered):
        model.complete(PROMPT, Written, CHAT)
    for shown in (caplog.text, repr(model), repr(vars(model))):
        assert "sk-secret" not in shown
        assert "nearshore" not in shown
        assert CHAT not in shown
    assert bench.server.asked[0].headers["authorization"] == "Bearer sk-secret-key"
