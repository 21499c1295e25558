"""The command line for scripts: questions in, JSON out. Its fields are a contract."""

from __future__ import annotations

import json
import time
from typing import IO, Any, BinaryIO

from bot import language
from bot.faq.generation.reader import Reader
from bot.faq.outcome import Answer, NoAnswer, Outcome, SmallTalk, Written
from bot.knowledge import Knowledge
from bot.strict_json import parse
from bot.wording import replies
from index.articles import Passage

TERMINAL_INSTEAD = (
    "Pas de TELEGRAM_BOT_TOKEN : la conversation se fait ici, dans le terminal.\n"
    "Pour Telegram : écrivez /newbot à @BotFather, puis mettez le jeton reçu dans .env "
    "(TELEGRAM_BOT_TOKEN=…) et relancez.\n"
    "No TELEGRAM_BOT_TOKEN: talking here, in the terminal. For Telegram, send /newbot to @BotFather, "
    "put the token in .env and start again.\n"
)

CHAT = "script"
"""What a model knows whoever asks by."""

_STATUS = {Answer: "answered", NoAnswer: "no_answer", SmallTalk: "smalltalk"}


class Answerer:
    """Answers questions from scripts, one JSON object each."""

    def __init__(self, knowledge: Knowledge, default_language: str, lang: str | None, patience: float = 0.0) -> None:
        """Args:
        patience: seconds that the language model may take for an answer; 0: it is not asked.
        """
        self._knowledge = knowledge
        self._patience = patience
        self._default = default_language
        self._lang = lang

    def answer_one(self, question: str, *, as_json: bool) -> str:
        """One answer, as JSON or as the person reads it."""
        result = self._result({"id": None, "question": question})
        if as_json:
            del result["id"]
            return json.dumps(result, ensure_ascii=False, indent=2)
        text: str = result["answer"]
        if "model" in result:
            text = "\n".join([text, "", *_explained(result["model"])])
        return "\n".join([text, *(f"  → {s['heading']} ({s['passage']})" for s in result["suggestions"])])

    def answer_lines(self, lines: BinaryIO, out: IO[str], errors: IO[str]) -> int:
        """Answer each line; a bad one is reported by its number and the rest go on. Returns the exit status."""
        status = 0
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                asked = _checked(line)
            except ValueError as error:
                print(f"line {number}: {error}", file=errors, flush=True)
                status = 1
                continue
            told = json.dumps(self._result(asked), ensure_ascii=False)
            print(told.encode("utf-8", "replace").decode(), file=out, flush=True)
        return status

    def _result(self, asked: dict[str, Any]) -> dict[str, Any]:
        started = time.perf_counter()
        faq = self._knowledge.faq()
        history = tuple(asked.get("history") or ())
        lang = asked.get("lang") or self._lang or self._detect(asked["question"], history)
        waiting = (Reader.waiting(CHAT, self._patience),) if self._patience else ()
        outcome = faq.answer(asked["question"], lang, history, *waiting)
        reply = replies.of(outcome)
        told = {
            "id": asked["id"],
            "status": _STATUS[type(outcome)],
            "lang": outcome.lang,
            "answer": reply.plain,
            "citations": [_cited(p) for p in outcome.passages] if isinstance(outcome, Answer) else [],
            "suggestions": [_suggested(p) for p in _suggestions(outcome)],
            "ms": round((time.perf_counter() - started) * 1_000, 1),
        }
        if isinstance(outcome, Answer) and outcome.written:
            told["model"] = _written(outcome.written)
        return told

    def _detect(self, question: str, history: tuple[str, ...]) -> str:
        for text in (question, *reversed(history)):
            if found := language.detect(text, self._knowledge.vocabularies):
                return found
        return self._default


def _checked(line: bytes) -> dict[str, Any]:
    try:
        asked = parse(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from None
    if not isinstance(asked, dict) or "id" not in asked:
        raise ValueError('expected an object with "id" and "question"')
    if not isinstance(asked.get("question"), str):
        raise ValueError('"question" must be a text')
    if asked.get("lang") not in (None, "fr", "en"):
        raise ValueError('"lang" must be "fr" or "en"')
    history = asked.get("history")
    if history is not None and not (isinstance(history, list) and all(isinstance(h, str) for h in history)):
        raise ValueError('"history" must be a list of texts')
    return asked


def _written(written: Written) -> dict[str, Any]:
    return {
        "shown": bool(written.sentences),
        "why_not": written.unwritten or None,
        "sentences": [
            {"text": s.text, "passages": [p.id for p in s.passages], "replaced": s.replaced} for s in written.sentences
        ],
        "dropped": [{"text": d.text, "faults": list(d.faults)} for d in written.dropped],
    }


def _explained(model: dict[str, Any]) -> list[str]:
    lines = ["model: shown" if model["shown"] else f"model: not shown ({model['why_not']})"]
    lines += [f"  + {', '.join(s['passages'])}{' (replaced)' * s['replaced']}: {s['text']}" for s in model["sentences"]]
    return lines + [f"  - {', '.join(d['faults'])}: {d['text']}" for d in model["dropped"]]


def _cited(passage: Passage) -> dict[str, Any]:
    return {
        "passage": passage.id,
        "article": passage.article,
        "heading": passage.heading,
        "source": passage.source.numbers[0],
        "sources": list(passage.source.numbers),
        "text": passage.text,
    }


def _suggested(passage: Passage) -> dict[str, str]:
    return {"passage": passage.id, "article": passage.article, "heading": passage.heading}


def _suggestions(outcome: Outcome) -> tuple[Passage, ...]:
    match outcome:
        case Answer(see_also=passages) | NoAnswer(nearest=passages):
            return passages
        case _:
            return ()
