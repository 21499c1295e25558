"""Models for tests: what they say is made from the prompt that they are given."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from openai_behaviours import passages_in
from pydantic import BaseModel

from bot.llm.model import Prompt, Reason, Unanswered
from index.articles import split_units

S = TypeVar("S", bound=BaseModel)
Lines = Sequence[tuple[str, Sequence[str]]]


class Scripted:
    """Says what a function makes of each prompt; keeps the prompts."""

    name = "test:scripted"
    local = True

    def __init__(self, says: Callable[[Prompt], Lines], then: Reason | None = None) -> None:
        """Args:
        then: why it stops after that.
        """
        self._says = says
        self._then = then
        self.prompts: list[Prompt] = []

    def complete(self, prompt: Prompt, schema: type[S], chat: str) -> S:
        self.prompts.append(prompt)
        if self._then:
            raise Unanswered(self._then)
        said = self._says(prompt)
        if "question" in schema.model_fields:
            return schema.model_validate({"question": said[0][0]})
        return schema.model_validate(draft(said))

    def stream(self, prompt: Prompt, chat: str) -> Iterator[str]:
        self.prompts.append(prompt)
        text = json.dumps(draft(self._says(prompt)), ensure_ascii=False)
        yield from (text[at : at + 7] for at in range(0, len(text), 7))
        if self._then:
            raise Unanswered(self._then)


def condensing(prompt: Prompt) -> Lines:
    """What each passage says, nearest the question first, its lists on one line and its examples left out."""
    asked = set(re.findall(r"\w{5,}", prompt.user.lower().rpartition("<question")[2]))
    found: list[tuple[int, int, str, str]] = []
    for rank, (name, text) in enumerate(passages_in(prompt.user).items()):
        units = [html.unescape(unit.text) for unit in split_units(text.partition("\n")[2])]
        for unit in units:
            lead, *points = unit.split("\n- ")
            told = " ; ".join(p.rstrip(" ;.\u00a0") for p in points)
            flat = f"{lead} {told}." if points else unit
            if not re.search(r"par exemple|for example", flat) or asked & {"exemple", "example", "examples"}:
                found.append((rank, -len(asked & set(re.findall(r"\w{5,}", flat.lower()))), flat, name))
    near = [each for each in sorted(found, key=lambda f: (f[1], f[0])) if each[0] == 0 or each[1] < 0]
    return [(text, [name]) for _, _, text, name in near[:3]]


def draft(lines: Lines) -> dict[str, object]:
    return {"sentences": [{"text": text, "passages": list(ids)} for text, ids in lines]}
