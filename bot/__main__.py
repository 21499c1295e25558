"""The command line, and the composition root: the one place where the parts are put together."""

from __future__ import annotations

import logging
import sys
from typing import Annotated

import typer

from bot import script
from bot.assistant import Assistant
from bot.faq.faq import Faq
from bot.knowledge import Knowledge
from bot.sessions import Sessions
from bot.settings import Settings
from bot.wording import replies
from index.errors import IndexProblem
from index.opening import Library
from index.progress import progress
from index.retriever import HybridRetriever
from index.settings import read_settings

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Curseur: in-house or outsourced customer contact?")

Lang = Annotated[str | None, typer.Option(help="fr or en; told from the text when absent.")]


def build_knowledge(settings: Settings) -> Knowledge:
    """The knowledge that the settings name, not warmed up."""

    def make_faq(retriever: HybridRetriever) -> Faq:
        return Faq(retriever, replies.overhead, replies.citation_cost)

    return Knowledge(lambda: Library(settings), make_faq)


def build_assistant(settings: Settings, knowledge: Knowledge) -> Assistant:
    """The assistant, shared by every channel."""
    return Assistant(knowledge, Sessions(), settings.default_language)


@app.command()
def run() -> None:
    """Start the bot: Telegram when TELEGRAM_BOT_TOKEN is set, else the terminal chat."""
    settings = _settings()
    if settings.telegram_bot_token is None:
        typer.echo(script.TERMINAL_INSTEAD, err=True)
        _chat(settings, None)
        return
    _log(settings.log_level)
    from bot.channels import telegram

    knowledge = build_knowledge(settings)
    token = settings.telegram_bot_token.get_secret_value()
    telegram.run(token, settings.telegram_api_url, build_assistant(settings, knowledge), knowledge.warm_in_background)


@app.command()
def chat(lang: Lang = None) -> None:
    """Talk with the same assistant in the terminal."""
    _chat(_settings(), _language(lang))


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotes.")] = None,
    lang: Lang = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read one JSON question a line from standard input.")] = False,
) -> None:
    """Answer one question, or many."""
    settings = _settings()
    _log("WARNING")
    wanted = _language(lang)
    if jsonl == (question is not None):
        raise _stop("give either a question in quotes, or --jsonl and questions on standard input")
    knowledge = build_knowledge(settings)
    try:
        with progress("encoding") as report:
            knowledge.warm(report)
    except IndexProblem as problem:
        raise _stop(str(problem)) from problem
    answerer = script.Answerer(knowledge, settings.default_language, wanted)
    if jsonl:
        raise typer.Exit(answerer.answer_lines(sys.stdin.buffer, sys.stdout, sys.stderr))
    typer.echo(answerer.answer_one(question or "", as_json=json))


@app.command()
def doctor() -> None:
    """Say what is configured, reachable, built and stale, and how to mend it."""
    from bot.doctor import examine

    _log("ERROR")
    findings = examine(_settings())
    for finding in findings:
        typer.echo(str(finding))
    raise typer.Exit(int(any(not f.well for f in findings)))


def _chat(settings: Settings, lang: str | None) -> None:
    from bot.channels import console

    _log("ERROR")
    knowledge = build_knowledge(settings)
    knowledge.warm_in_background()
    console.run(build_assistant(settings, knowledge), lang)


def _settings() -> Settings:
    try:
        return read_settings(Settings)
    except IndexProblem as problem:
        raise _stop(str(problem)) from problem


def _language(lang: str | None) -> str | None:
    if lang not in (None, "fr", "en"):
        raise _stop(f"--lang {lang}: expected fr or en")
    return lang


def _stop(message: str) -> typer.Exit:
    typer.echo(f"bot: {message}", err=True)
    return typer.Exit(2)


def _log(level: str) -> None:
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for noisy in ("httpx", "httpcore", "chromadb", "urllib3", "bm25s"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


if __name__ == "__main__":
    app()
