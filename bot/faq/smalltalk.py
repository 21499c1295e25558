"""Greetings, thanks and "who are you?": recognised by their whole text, so that a polite question stays a question."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from index import safe_yaml
from index.analyzer import fold

_NOISE = re.compile(r"[^\w']+")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    raw = safe_yaml.load((Path(__file__).parent / "smalltalk.yaml").read_text(encoding="utf-8"))
    return tuple((kind, re.compile("|".join(f"(?:{p})" for p in patterns))) for kind, patterns in raw.items())


def small_talk(text: str) -> str | None:
    """The kind of small talk that the whole message is (``greeting``, ``thanks``…), or None.

    A message without a single letter or figure (an emoji, "!!!") is a greeting; "?" alone asks for help.
    """
    bare = _NOISE.sub(" ", fold(text)).replace("_", " ").strip()
    if not bare:
        return "abilities" if "?" in text else "greeting" if text.strip() else None
    return next((kind for kind, pattern in _patterns() if pattern.fullmatch(bare)), None)
