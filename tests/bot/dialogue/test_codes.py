"""A button's code holds all that its press needs, and is told from any other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.codes import NO_NONCE, START, choice, opening, read
from bot.messages import MAX_CODE_BYTES
from bot.wording import replies

WORDS = st.text("abcdefghijklmnopqrstuvwxyz_0123456789.-", max_size=8)


@given(WORDS, WORDS, st.lists(WORDS, max_size=4))
def test_a_code_reads_back_as_it_was_written(nonce: str, action: str, arguments: list[str]) -> None:
    button = choice("Oui", nonce, action, *arguments)
    assert read(button.code) == (nonce, action, tuple(arguments))
    assert len(button.code.encode()) <= MAX_CODE_BYTES


def test_beginning_is_about_no_interview_in_particular() -> None:
    assert read(opening("Commencer", START).code) == (NO_NONCE, START, ())


@pytest.mark.parametrize(
    "foreign",
    [
        *("", "i", "i:", ":", "x:a1b2:b", "I:a1b2:b", " i:a1b2:b", "start"),
        *(f"{code}:fr:3" for code in (replies.PASSAGE_CODE, replies.LANGUAGE_CODE, replies.EXAMPLE_CODE)),
        f"{replies.AGAIN_CODE}:fr",
    ],
)
def test_a_code_of_somebody_else_is_not_read(foreign: str) -> None:
    assert read(foreign) is None


@given(st.text())
def test_any_text_may_be_read(code: str) -> None:
    parts = read(code)
    assert parts is None or ":".join(("i", parts[0], parts[1], *parts[2])) == code
