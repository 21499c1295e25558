"""Lines for ``ask``, ``assess`` and ``understand``: each ends in an answer or in a complaint that names it."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from typing import Any, BinaryIO, TextIO

from shipped import faq_over
from small_assistant import PASSAGES, Ready

from bench.personas import read_personas
from bot.assess import Assessor
from bot.interview.loader import shipped_interview
from bot.script import Answerer
from bot.understand import understand_lines
from fuzz import hostile
from fuzz.conversations import Fault

_Command = Callable[[BinaryIO, TextIO, TextIO], int]


class Lines:
    """The three commands, over the shipped interview and a small corpus."""

    def __init__(self) -> None:
        self._interview = shipped_interview()
        self._fields = [question.id for question in self._interview.questions]
        self._personas = [dict(persona.answers) for persona in read_personas()]
        assessor = Assessor(self._interview, lambda _: str, "fr")
        knowledge: Any = Ready(faq_over(*PASSAGES))
        answerer = Answerer(knowledge, "fr", None)
        self._commands: dict[str, _Command] = {
            "assess": assessor.assess_lines,
            "understand": lambda lines, out, errors: understand_lines(lines, out, errors, self._interview),
            "ask": answerer.answer_lines,
        }

    def run(self, chance: random.Random) -> int:
        """One line.

        Raises:
            Fault: it ended in neither an answer nor a complaint, or in something that is not JSON.
        """
        name = chance.choice(list(self._commands))
        line = self._line(chance, name).replace(b"\n", b" ").replace(b"\r", b" ")
        out, errors = io.StringIO(), io.StringIO()
        status = self._commands[name](io.BytesIO(line + b"\n"), out, errors)
        told = [json.loads(each) for each in out.getvalue().split("\n") if each]
        if line.strip() and not told and "line 1:" not in errors.getvalue():
            raise Fault(f"{name}: neither an answer nor a complaint to {line[:200]!r}")
        if status and not errors.getvalue():
            raise Fault(f"{name}: status {status} and nothing said")
        if "Traceback" in errors.getvalue() + out.getvalue():
            raise Fault(f"{name}: a stack trace for {line[:200]!r}")
        return 1

    def _line(self, chance: random.Random, name: str) -> bytes:
        asked: Any
        match name:
            case "assess":
                asked = {"id": 1, **chance.choice(self._personas)}
                if chance.random() < 0.2:
                    asked = {"id": 1, "company": {}, "flows": [chance.choice(self._personas)] * chance.randrange(3)}
            case "understand":
                field, lang = chance.choice(self._fields), chance.choice(("fr", "en"))
                asked = {"id": 1, "field": field, "text": hostile.text(chance), "lang": lang}
            case _:
                asked = {"id": 1, "question": hostile.text(chance), "history": [hostile.text(chance)[:500]]}
        if chance.random() < 0.7:
            asked = hostile.bent(chance, asked, chance.randrange(1, 5))
        line = json.dumps(asked).encode()
        return hostile.garbled(chance, line, chance.randrange(1, 4)) if chance.random() < 0.3 else line
