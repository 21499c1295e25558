"""When calls are let through."""

from __future__ import annotations

from bot.llm.circuit import FAILURES, PAUSES, Circuit


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> Circuit:
    circuit = Circuit(clock)
    for _ in range(FAILURES):
        assert circuit.enter()
        circuit.failed()
    return circuit


def test_a_success_between_failures_keeps_it_closed() -> None:
    circuit = Circuit(Clock())
    for _ in range(3 * FAILURES):
        circuit.failed()
        circuit.succeeded()
    assert circuit.enter()


def test_one_call_tries_after_the_pause_and_the_others_wait_for_it() -> None:
    clock = Clock()
    circuit = opened(clock)
    assert not circuit.enter()
    clock.now += PAUSES[0]
    assert circuit.enter()
    assert not circuit.enter()
    circuit.succeeded()
    assert circuit.enter()
    assert circuit.enter()


def test_each_failed_trial_makes_the_pause_longer_up_to_the_last() -> None:
    clock = Clock()
    circuit = opened(clock)
    for pause in (*PAUSES, PAUSES[-1]):
        clock.now += pause - 0.1
        assert not circuit.enter()
        clock.now += 0.1
        assert circuit.enter()
        circuit.failed()


def test_a_trial_given_up_lets_another_try() -> None:
    clock = Clock()
    circuit = opened(clock)
    clock.now += PAUSES[0]
    assert circuit.enter()
    circuit.left()
    assert circuit.enter()


def test_calls_that_began_before_it_opened_do_not_lengthen_the_pause() -> None:
    clock = Clock()
    circuit = opened(clock)
    for _ in range(10):
        circuit.failed()
    clock.now += PAUSES[0]
    assert circuit.enter()
