"""The command line, and the composition root: the one place where the parts are put together."""

from __future__ import annotations

import json as jsonlib
import logging
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from bot import script
from bot.advice.predicates import PREDICATES
from bot.assistant import Assistant
from bot.channels.limits import limit_of, overall
from bot.citations import Citations
from bot.dialogue.interviewer import Interviewer
from bot.interview.errors import InterviewError
from bot.interview.loader import SHIPPED, load_interview
from bot.interview.model import Interview
from bot.knowledge import Knowledge
from bot.queues import Queues
from bot.sessions import MemorySessions, Sessions
from bot.settings import Settings
from bot.storage.errors import StorageProblem
from bot.strict_json import parse
from bot.wording import replies
from index.articles import read_corpus
from index.errors import IndexProblem
from index.opening import Library
from index.progress import progress
from index.retriever import HybridRetriever
from index.settings import read_settings

if TYPE_CHECKING:
    from bot.faq.faq import Faq

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Curseur: in-house or outsourced customer contact?")

Lang = Annotated[str | None, typer.Option(help="fr or en; told from the text when absent.")]


def build_knowledge(settings: Settings) -> Knowledge:
    """The knowledge that the settings name, not warmed up."""

    def make_faq(retriever: HybridRetriever) -> Faq:
        from bot.faq.faq import Faq

        return Faq(retriever, replies.overhead, replies.citation_cost)

    return Knowledge(lambda: Library(settings), make_faq)


def build_citations(settings: Settings) -> Citations:
    """The corpus's titles, not read yet."""
    return Citations(lambda: read_corpus(settings.corpus_dir))


class Storage(NamedTuple):
    """All that is kept, over one database."""

    sessions: Sessions
    queues: Queues
    close: Callable[[], None]


def build_storage(settings: Settings) -> Storage:
    """What is kept of each conversation, and the queues, in the database that the settings name.

    Raises:
        StorageProblem: the database cannot be used.
    """
    from bot.storage.claims import Claims
    from bot.storage.database import Database  # which loads SQLAlchemy
    from bot.storage.inbox import SqlInbox
    from bot.storage.outbox import SqlOutbox
    from bot.storage.sessions import SqlSessions
    from bot.storage.upkeep import SqlUpkeep

    database = Database.open(settings.database)
    claims = Claims(database)
    sessions = SqlSessions(database)
    queues = Queues(
        SqlInbox(database, sessions, claims),
        SqlOutbox(database, claims, overall(settings.telegram_rate), limit_of),
        SqlUpkeep(database, sessions, claims, timedelta(days=settings.retention_days)),
    )

    def close() -> None:
        claims.close()
        database.close()

    return Storage(sessions, queues, close)


def build_assistant(settings: Settings, knowledge: Knowledge, sessions: Sessions) -> Assistant:
    """The assistant, shared by every channel."""
    citations = build_citations(settings)
    return Assistant(knowledge, sessions, Interviewer(_interview()), citations, settings.default_language)


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
    storage = _storage(settings)
    assistant = build_assistant(settings, knowledge, storage.sessions)
    token = settings.telegram_bot_token.get_secret_value()
    with closing(storage):
        hook = (settings.webhook_url, settings.webhook_listen) if settings.webhook_url else None
        telegram.run(token, settings.telegram_api_url, assistant, storage.queues, knowledge.warm_in_background, hook)


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
def assess(
    pdf: Annotated[Path | None, typer.Option(help="Write the report here.")] = None,
    docx: Annotated[Path | None, typer.Option(help="Write the draft specifications here.")] = None,
    charts: Annotated[Path | None, typer.Option(help="Write the charts into this folder.")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read one JSON object with an id a line.")] = False,
) -> None:
    """Recommend, from answers as JSON on standard input."""
    from bot.assess import Assessor, InvalidAnswers, write_documents

    settings = _settings()
    _log("WARNING")
    assessor = Assessor(_interview(), build_citations(settings).titles, settings.default_language)
    if jsonl and (pdf or docx or charts):
        raise _stop("--pdf, --docx and --charts go with one set of answers, not with --jsonl")
    try:
        if jsonl:
            raise typer.Exit(assessor.assess_lines(sys.stdin.buffer, sys.stdout, sys.stderr))
        assessed = assessor.assess(_read_json())
        write_documents(assessor, assessed, date.today(), pdf=pdf, docx=docx, charts=charts)
        told = jsonlib.dumps(assessor.as_json(assessed), ensure_ascii=False, indent=2)
    except IndexProblem as problem:
        raise _stop(str(problem)) from problem
    except InvalidAnswers as error:
        raise _stop(f"these answers cannot be taken:\n{error}") from error
    except OSError as error:
        raise _stop(f"cannot write {error.filename}: {error.strerror}") from error
    typer.echo(told.encode("utf-8", "replace").decode())


@app.command()
def understand(
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read one JSON utterance a line: the only way.")] = True,
) -> None:
    """Read answers in free text: {"id", "field", "text", "lang"} a line on standard input."""
    from bot.understand import understand_lines

    _log("WARNING")
    if not jsonl:
        raise _stop("understand reads lines: leave --jsonl on")
    raise typer.Exit(understand_lines(sys.stdin.buffer, sys.stdout, sys.stderr, _interview()))


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
    sessions = _storage(settings).sessions if console.interactive() else MemorySessions()
    console.run(build_assistant(settings, knowledge, sessions), lang)


def _read_json() -> object:
    try:
        return parse(sys.stdin.buffer.read())
    except (ValueError, RecursionError) as error:
        raise _stop(f"standard input is not JSON ({error})") from error


def _interview() -> Interview:
    try:
        return load_interview(SHIPPED, PREDICATES)
    except InterviewError as error:
        raise _stop(f"the interview cannot be read:\n{error}") from error


def _storage(settings: Settings) -> Storage:
    try:
        return build_storage(settings)
    except StorageProblem as problem:
        raise _stop(str(problem)) from problem


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
    for noisy in ("httpx", "httpcore", "chromadb", "urllib3", "bm25s", "alembic", "matplotlib", "fontTools"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


if __name__ == "__main__":
    app()
