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


_LESS = re.compile(
    r",? (?:par exemple|notamment|comme|for example|such as|like|including) [^.;:]*(?=[.;])"
    r"|, (?:qui|ce qui|que|où|dont|which|who|where) [^.;:,]*(?=[.;,])"
    r"| \([^()]*\)| – [^–.;:]*(?: –|(?=[.;]))"
    r"|^(?:en effet|en revanche|de plus|ainsi|en outre|enfin|in fact|moreover|finally|besides), ?",
    re.IGNORECASE,
)


def condensing(prompt: Prompt) -> Lines:
    """What it is told to tell, each statement on one line, without its examples and asides."""
    said: list[tuple[str, Sequence[str]]] = []
    for name, text in passages_in(prompt.user).items():
        for unit in re.findall(r"^\* (.+(?:\n- .+)*)", text, re.MULTILINE):
            lead, *points = html.unescape(unit).split("\n- ")
            told = " ; ".join(p.rstrip(" ;.\u00a0") for p in points)
            said.append((_LESS.sub("", f"{lead} {told}." if points else lead), [name]))
    return said


def draft(lines: Lines) -> dict[str, object]:
    return {"sentences": [{"text": text, "passages": list(ids)} for text, ids in lines]}
