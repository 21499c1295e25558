"""The command line."""

from __future__ import annotations

import json as jsonlib
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot import logs, script
from bot.composition import (
    Storage,
    build_assistant,
    build_citations,
    build_interview,
    build_knowledge,
    build_meter,
    build_model,
    build_quotas,
    build_storage,
)
from bot.interview.errors import InterviewError
from bot.interview.model import Interview
from bot.llm.guarded import GuardedModel
from bot.llm.provider import ModelProblem
from bot.meter import UNMETERED, Meter
from bot.sessions import MemorySessions, Session, Sessions
from bot.settings import Settings
from bot.storage.errors import StorageProblem
from bot.strict_json import parse
from index.errors import IndexProblem
from index.progress import progress
from index.settings import have_a_home, read_settings

if TYPE_CHECKING:
    pass

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Curseur: in-house or outsourced customer contact?")

Lang = Annotated[str | None, typer.Option(help="fr or en; told from the text when absent.")]


@app.callback()
def private() -> None:
    """Whatever the command, what it writes is for its owner alone: the database, its journal, reports."""
    os.umask(0o077)


@app.command()
def run() -> None:
    """Start the bot: Telegram when TELEGRAM_BOT_TOKEN is set, else the terminal chat."""
    settings = _settings()
    if settings.telegram_bot_token is None:
        typer.echo(script.TERMINAL_INSTEAD, err=True)
        _chat(settings, None)
        return
    logs.set_up(settings.log_level, settings.log_format)
    logs.log_what_nobody_catches()
    from bot.channels import telegram

    storage = _storage(settings)
    meter = build_meter(settings, storage.queues)
    model = _model(settings, storage.sessions, storage, meter)
    knowledge = build_knowledge(settings, model, meter)
    assistant = build_assistant(settings, knowledge, storage.sessions, meter, build_quotas(settings), model)
    token = settings.telegram_bot_token.get_secret_value()
    with closing(storage):
        hook = (settings.webhook_url, settings.webhook_listen) if settings.webhook_url else None
        if model:
            model.warm_in_background()
        ready = knowledge.warm_in_background
        telegram.run(token, settings.telegram_api_url, assistant, storage.queues, ready, hook, meter)


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
    explain: Annotated[
        bool, typer.Option("--explain", help="Have the language model write, and say what was dropped and why.")
    ] = False,
) -> None:
    """Answer one question, or many."""
    settings = _settings()
    logs.set_up("WARNING")
    wanted = _language(lang)
    if jsonl == (question is not None):
        raise _stop("give either a question in quotes, or --jsonl and questions on standard input")
    if explain and not settings.llm:
        raise _stop("--explain needs a language model: set LLM, as .env.example says")
    sessions = MemorySessions()
    sessions.put(script.CHAT, Session(consent="yes"))  # whoever asks at this command sends their own words
    model = _model(settings, sessions) if explain else None
    knowledge = build_knowledge(settings, model)
    with _mended(), progress("encoding") as report:
        knowledge.warm(report)
    patience = settings.llm_timeout if model else 0.0
    answerer = script.Answerer(knowledge, settings.default_language, wanted, patience)
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
    logs.set_up("WARNING")
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

    logs.set_up("WARNING")
    if not jsonl:
        raise _stop("understand reads lines: leave --jsonl on")
    raise typer.Exit(understand_lines(sys.stdin.buffer, sys.stdout, sys.stderr, _interview()))


@app.command()
def doctor() -> None:
    """Say what is configured, reachable, built and stale, and how to mend it."""
    from bot.doctor import examine

    logs.set_up("ERROR")
    findings = examine(_settings())
    for finding in findings:
        typer.echo(str(finding))
    raise typer.Exit(int(any(not f.well for f in findings)))


@app.command()
def stats(json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Say how much the bot is used and how well it does."""
    from bot.stats import as_json, gather, told

    logs.set_up("ERROR")
    with _mended():
        found = gather(_settings())
    typer.echo(jsonlib.dumps(as_json(found), ensure_ascii=False, indent=2) if json else "\n".join(told(found)))


def _chat(settings: Settings, lang: str | None) -> None:
    from bot.channels import console

    logs.set_up("ERROR")
    storage = _storage(settings) if console.interactive() else None
    sessions = storage.sessions if storage else MemorySessions()
    model = _model(settings, sessions, storage)
    knowledge = build_knowledge(settings, model)
    knowledge.warm_in_background()
    console.run(build_assistant(settings, knowledge, sessions, model=model), lang)


def _read_json() -> object:
    try:
        return parse(sys.stdin.buffer.read())
    except (ValueError, RecursionError) as error:
        raise _stop(f"standard input is not JSON ({error})") from error


def _interview() -> Interview:
    with _mended():
        return build_interview()


def _model(
    settings: Settings, sessions: Sessions, storage: Storage | None = None, meter: Meter = UNMETERED
) -> GuardedModel | None:
    with _mended():
        return build_model(settings, sessions, storage, meter)


def _storage(settings: Settings) -> Storage:
    with _mended():
        return build_storage(settings)


@contextmanager
def _mended() -> Iterator[None]:
    """What the operator can mend ends the command, with what mends it."""
    try:
        yield
    except InterviewError as error:
        raise _stop(f"the interview cannot be read:\n{error}") from error
    except (IndexProblem, StorageProblem, ModelProblem) as problem:
        raise _stop(str(problem)) from problem


def _settings() -> Settings:
    with _mended():
        settings = read_settings(Settings)
    have_a_home(settings)
    return settings


def _language(lang: str | None) -> str | None:
    if lang not in (None, "fr", "en"):
        raise _stop(f"--lang {lang}: expected fr or en")
    return lang


def _stop(message: str) -> typer.Exit:
    typer.echo(f"bot: {message}", err=True)
    return typer.Exit(2)


if __name__ == "__main__":
    app()
