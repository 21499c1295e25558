"""A model's rewriting of a follow-up: used for retrieval alone, and only when it adds nothing of its own."""

from __future__ import annotations

from collections.abc import Sequence

from bot.faq.generation.lexis import speaks_to_a_machine
from bot.faq.generation.tokens import Tokenizer

MAX_CHARS = 300


def accepted(said: str, history: Sequence[str], message: str, tokenizer: Tokenizer) -> bool:
    """Whether a rewriting says what the message and its conversation say, and no more.

    It must hold every content word of the message, and no word, name or figure that the conversation does not hold.
    """
    if not said.strip() or len(said) > MAX_CHARS or "\n" in said.strip() or speaks_to_a_machine(said):
        return False
    if not said.replace("’", "'").isprintable() or any(sign in said for sign in ("://", "@", "<", "{", "`")):
        return False
    read, asked = tokenizer.read(said), tokenizer.read(message)
    known = tokenizer.read(" . ".join([*history, message]))
    figures = {f.value for f in read.figures}
    return (
        all(known.holds(t) for t in read.content)
        and all(read.holds(t) for t in asked.content)
        and figures <= {f.value for f in known.figures}
        and {f.value for f in asked.figures} <= figures
        and read.classes <= known.classes
    )
