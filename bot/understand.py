"""``understand --jsonl``: answers in, what was understood out, one JSON object a line. Its fields are a contract."""

from __future__ import annotations

import json
from typing import IO, Any, BinaryIO

from bot.interview.model import Interview
from bot.interview.understanding.outcome import Outcome, Understood
from bot.interview.understanding.reading import understand
from bot.strict_json import parse


def understand_lines(lines: BinaryIO, out: IO[str], errors: IO[str], interview: Interview) -> int:
    """Understand each line; a bad one is reported by its number and the rest go on. Returns the exit status."""
    status = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = _checked(line, interview)
        except ValueError as error:
            print(f"line {number}: {error}", file=errors, flush=True)
            status = 1
            continue
        lang = asked.get("lang") or "fr"
        understood = understand(asked["text"], interview.question(asked["field"]), lang)
        told = json.dumps({"id": asked["id"], **as_json(understood, lang)}, ensure_ascii=False)
        print(told.encode("utf-8", "replace").decode(), file=out, flush=True)
    return status


def as_json(understood: Understood, lang: str) -> dict[str, Any]:
    """What was understood, as scripts read it: two readings are the likelier one and its ``alternatives``."""
    if understood.kind is Outcome.AMBIGUOUS:
        first, *others = understood.readings
        told = as_json(first, lang)
        return {**told, "alternatives": [{"value": _plain(o), "label": o.label.get(lang, "")} for o in others]}
    told = {"kind": understood.kind.value}
    if understood.kind is Outcome.VALUE:
        told["value"] = _plain(understood)
        if understood.low is not None and understood.high is not None:
            told["range"] = [understood.low, understood.high]
        if understood.unit:
            told["unit"] = understood.unit
        if understood.hours_per_week is not None:
            told["hours_per_week"] = understood.hours_per_week
    if understood.command:
        told["command"] = understood.command
    if understood.field:
        told["field"] = understood.field
    for name, texts in (("assumption", understood.assumption), ("reason", understood.reason)):
        if texts:
            told[name] = texts[lang]
    return told


def _plain(understood: Understood) -> Any:
    return list(understood.value) if isinstance(understood.value, tuple) else understood.value


def _checked(line: bytes, interview: Interview) -> dict[str, Any]:
    try:
        asked = parse(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from None
    if not isinstance(asked, dict) or "id" not in asked:
        raise ValueError('expected an object with "id", "field" and "text"')
    for name in ("field", "text"):
        if not isinstance(asked.get(name), str):
            raise ValueError(f'"{name}" must be a text')
    if asked["field"] not in interview.by_id:
        raise ValueError(f"no such field: {asked['field']!r}")
    if asked.get("lang") not in (None, "fr", "en"):
        raise ValueError('"lang" must be "fr" or "en"')
    return asked
