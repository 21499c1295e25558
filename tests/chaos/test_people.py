"""What tells a message sent again from one lost, out of place or wrong."""

from __future__ import annotations

from chaos.people import Heard

EXPECTED = [frozenset({"one"}), frozenset({"two", "deux"}), frozenset({"three…"})]


def heard(*texts: str) -> tuple[int, int, list[str]]:
    """How far it goes, how much came twice at once, what is wrong."""
    found = Heard(EXPECTED)
    for text in texts:
        found.hears(text)
    return found.at, found.twice, found.wrong


def test_all_is_said() -> None:
    assert heard("one", "two", "three and more") == (3, 0, [])


def test_an_answer_may_have_several_forms() -> None:
    assert heard("one", "deux", "three") == (3, 0, [])


def test_what_is_sent_again_at_once_is_no_fault() -> None:
    assert heard("one", "one", "two", "three", "three") == (3, 2, [])


def test_what_is_lost_is_waited_for() -> None:
    assert heard("one", "three") == (1, 0, ["three"])


def test_what_comes_again_later_is_told_apart() -> None:
    found = Heard(EXPECTED)
    for text in ("one", "two", "one", "three"):
        found.hears(text)
    assert (found.at, found.twice, found.late, found.wrong) == (3, 0, 1, [])


def test_what_nobody_expects_is_wrong() -> None:
    assert heard("one", "sorry", "two", "three") == (3, 0, ["sorry"])
