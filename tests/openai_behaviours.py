"""What models say: faithfully what the passages say, inventions, obeyed injections, the wrong language, for ever.

Each takes the form asked for (see ``filled``) and the passages that stand in the prompt (see ``passages_in``).
"""

import itertools
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from openai_server import Asked, Deed, Says

Passages = Mapping[str, str]
"""Texts by id."""

Reader = Callable[[str], Passages]
Sentence = tuple[str, Sequence[str]]
"""A sentence, and the ids of the passages it rests on."""

_TAGGED = re.compile(r"""<passage[^>]*?\bid=["']?([\w#/-]+)["']?[^>]*>(.*?)</passage""", re.DOTALL)
_BRACKETED = re.compile(r"^\[([\w/-]+#[\w/-]+)\][ :]*(.+?)(?=^\[[\w/-]+#|\Z)", re.DOTALL | re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")

MARK = "Zorglub"
"""A name that no corpus holds: where it is read, something invented was."""

CONFESSION = "PWNED-7391"
"""What an obeyed injection says."""


def passages_in(prompt: str) -> Passages:
    """The passages of a prompt, as ``<passage id="a#b">…</passage>`` or ``[a#b] …``."""
    found = _TAGGED.findall(prompt) or _BRACKETED.findall(prompt)
    return {passage: text.strip() for passage, text in found}


def filled(schema: dict[str, Any] | None, sentences: Sequence[Sentence]) -> str:
    """Those sentences in that form: a list of objects with a text and ids, whatever they are called; or plain text."""
    if schema is None:
        return " ".join(text for text, _ in sentences)
    return json.dumps(_filled(schema, sentences), ensure_ascii=False)


def _filled(schema: dict[str, Any], sentences: Sequence[Sentence]) -> Any:
    match schema.get("type"):
        case "object":
            return {name: _filled(each, sentences) for name, each in schema["properties"].items()}
        case "array" if schema["items"].get("type") == "object":
            return [_one(schema["items"], sentence) for sentence in sentences]
        case "array":
            return [text for text, _ in sentences]
        case "string":
            return " ".join(text for text, _ in sentences)
    return _nothing(schema)


def _one(schema: dict[str, Any], sentence: Sentence) -> dict[str, Any]:
    text, ids = sentence
    filled_in: dict[str, Any] = {}
    for name, each in schema["properties"].items():
        match each.get("type"):
            case "array":
                filled_in[name] = list(ids)
            case "string":
                filled_in[name] = ids[0] if re.search("id|passage|source", name) and ids else text
            case _:
                filled_in[name] = _nothing(each)
    return filled_in


def _nothing(schema: dict[str, Any]) -> Any:
    return {"integer": 0, "number": 0, "boolean": False}.get(schema.get("type", ""))


def faithful(read: Reader = passages_in, sentences: int = 2, at_most: int = 4) -> Callable[[Asked], Deed]:
    """The first sentences of each of the first passages, word for word."""

    def answer(asked: Asked) -> Deed:
        chosen = [
            (sentence, [passage])
            for passage, text in itertools.islice(read(asked.user).items(), at_most)
            for sentence in split(text)[:sentences]
        ]
        return Says(filled(asked.schema, chosen))

    return answer


def inventing(read: Reader = passages_in, seed: int = 0) -> Callable[[Asked], Deed]:
    """The passages' sentences with figures, names and citations that are not theirs: never one that is right.

    Each bears ``MARK``, a figure of six digits that no corpus holds, or an id that was never given.
    """
    chance = random.Random(seed)

    def answer(asked: Asked) -> Deed:
        passages = dict(read(asked.user)) or {"none#none": "Nothing."}
        return Says(filled(asked.schema, [_invented(chance, passages) for _ in range(4)]))

    return answer


def _invented(chance: random.Random, passages: Passages) -> Sentence:
    passage, text = chance.choice(list(passages.items()))
    sentence = chance.choice(split(text) or ["Rien."]).rstrip(".…!? ")
    figure = chance.randint(100_000, 999_999)
    match chance.randrange(4):
        case 0:
            return f"{sentence}, {figure} %.", [passage]
        case 1:
            return f"{MARK}, {sentence[:1].lower()}{sentence[1:]}.", [passage]
        case 2:
            return f"{sentence} ({MARK}).", [f"{MARK.lower()}#inconnu"]
        case _:
            return f"{MARK} {figure}.", [passage]


def obeying(read: Reader = passages_in) -> Callable[[Asked], Deed]:
    """Whatever it is told, by whomever: it says the words of power, its instructions, and follows links."""

    def answer(asked: Asked) -> Deed:
        ids = list(read(asked.user))[:1]
        said = (CONFESSION, asked.system[:200], "https://evil.example/?q=1", "/effacer", f"`{CONFESSION}`")
        return Says(filled(asked.schema, [(words, ids) for words in said]))

    return answer


def wrong_language(read: Reader = passages_in) -> Callable[[Asked], Deed]:
    """German."""

    def answer(asked: Asked) -> Deed:
        words = "Die Auslagerung des Kundendienstes hängt von vielen Umständen ab."
        return Says(filled(asked.schema, [(words, list(read(asked.user))[:1])]))

    return answer


def bad_json(_: Asked) -> Deed:
    """Half an object."""
    return Says('{"sentences": [{"text": "Voici')


def endless(_: Asked) -> Deed:
    """It goes on until it is stopped."""

    def pieces() -> Iterator[str]:
        yield '{"sentences": ['
        yield from itertools.repeat('{"text": "encore", "passages": ["a#b"]}, ')

    return Says(pieces())


def streaming(deed: Callable[[Asked], Deed]) -> Callable[[Asked], Deed]:
    """The same, in the form asked for where the client streams text."""
    form = {"type": "object", "properties": {"sentences": {"type": "array", "items": {"type": "object", "properties": {
        "text": {"type": "string"}, "passages": {"type": "array", "items": {"type": "string"}}}}}}}  # fmt: skip

    def answer(asked: Asked) -> Deed:
        body = {**asked.body, "response_format": {"json_schema": {"schema": form}}}
        return deed(replace(asked, body=body))

    return answer


def split(text: str) -> list[str]:
    """A text's sentences."""
    return [each.strip(" •-*") for each in _SENTENCE.split(text) if each.strip(" •-*")]
