"""Is an answer what its citations say? Checked from the outside, on the JSON that ``ask --jsonl`` prints."""

from __future__ import annotations

import re
from typing import Any

from bot.wording.catalogue import say

_MARKER = re.compile(r"\s?\[(\d+)\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_BULLET = re.compile(r"^\s*[•-]\s+", re.MULTILINE)


def faults(result: dict[str, Any]) -> list[str]:
    """What is wrong with one answer's citations; empty when nothing is.

    Every sentence and bullet must stand, word for word, in the passage whose number follows it; every number in square
    brackets must name a citation, and every citation be used; every figure must stand in a cited passage.
    """
    lang, cited = result["lang"], result["citations"]
    body, _, footer = result["answer"].rpartition(f"\n\n{say(lang, 'sources_footer')}\n")
    if not body:
        return ["there is no list of sources"]
    wrong = []
    if len(footer.splitlines()) != len(cited):
        wrong.append(f"{len(footer.splitlines())} sources are listed, {len(cited)} cited")
    *pieces, tail = _MARKER.split(body)
    if tail.strip():
        wrong.append(f"nothing is cited for: {tail.strip()}")
    used = {int(n) for n in pieces[1::2]}
    wrong += [f"[{n}] names no citation" for n in sorted(used - set(range(1, len(cited) + 1)))]
    wrong += [f"[{n}] is listed and never used" for n in sorted(set(range(1, len(cited) + 1)) - used)]
    for text, number in zip(pieces[::2], map(int, pieces[1::2]), strict=True):
        if 1 <= number <= len(cited):
            held = _plain(cited[number - 1]["text"])
            wrong += [f"not in [{number}]: {s}" for s in _sentences(text, lang) if _plain(s) not in held]
    held_numbers = {n for c in cited for n in _NUMBER.findall(_plain(c["text"]))}
    said = " ".join(s for text in [*pieces[::2], tail] for s in _sentences(text, lang))
    wrong += [
        f"{n} stands in no cited passage" for n in dict.fromkeys(_NUMBER.findall(_plain(said))) if n not in held_numbers
    ]
    return wrong


def _plain(text: str) -> str:
    """Without bullets, on one line, with plain spaces."""
    return " ".join(_BULLET.sub("", text).split())


def _sentences(text: str, lang: str) -> list[str]:
    """The sentences and bullets quoted, without the assistant's own wording."""
    lines = (line for line in text.splitlines() if line.strip() and not _own_words(lang).fullmatch(line.strip()))
    return [s for line in lines for s in _SENTENCE_END.split(_BULLET.sub("", line).strip()) if s]


def _own_words(lang: str) -> re.Pattern[str]:
    fixed = [re.escape(say(lang, key)) for key in ("also", "other_language", "long_message")]
    before, _, after = say(lang, "who_says").partition("{speaker}")
    return re.compile("|".join([*fixed, f"{re.escape(before)}.+{re.escape(after)}"]))
