"""Who may import whom, who may construct what, and how long a module may be: read from the syntax, nothing is run."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
MAX_LINES = 350
DRAWERS = {"utils", "util", "helpers", "helper", "const", "consts", "constants", "common", "misc", "shared", "manager"}
HEAVY = (
    *("torch", "transformers", "sentence_transformers", "chromadb", "sklearn", "scipy", "bm25s"),
    *("langchain", "langchain_core", "langchain_chroma"),
)


@dataclass(frozen=True)
class Module:
    """One file of the product."""

    path: str
    """From the repository, such as ``bot/faq/faq.py``."""

    @property
    def text(self) -> str:
        return (REPOSITORY / self.path).read_text(encoding="utf-8")

    @property
    def name(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @cache  # noqa: B019 (a handful of small files, for one test run)
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cache  # noqa: B019 (as above)
    def imports(self) -> tuple[str, ...]:
        """Every module imported anywhere in the file, under TYPE_CHECKING too."""
        return tuple(self._imported())

    def _imported(self) -> Iterator[str]:
        for node in ast.walk(self.tree()):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.path}: a relative import"
                yield from (_longest(node.module or "", alias.name) for alias in node.names)

    def top_level_imports(self) -> set[str]:
        return {name.partition(".")[0] for name in self.imports()}


def _longest(module: str, name: str) -> str:
    """``bot.channels`` + ``turn`` is a module; ``bot.channels`` + ``Responder`` is a name in one."""
    path = REPOSITORY / module.replace(".", "/") / name
    return f"{module}.{name}" if path.is_dir() or path.with_suffix(".py").is_file() else module


MODULES = [
    Module(str(path.relative_to(REPOSITORY).as_posix()))
    for package in ("bot", "index")
    for path in sorted((REPOSITORY / package).rglob("*.py"))
]

ONLY_IN = {
    "telegram": ("bot/channels/telegram",),
    "aiohttp": ("bot/channels/telegram_webhook.py", "bot/channels/telegram_requests.py"),
    "chromadb": ("index/store.py", "index/chroma.py", "index/neighbourhood.py"),
    "langchain_chroma": (),
    "sentence_transformers": ("index/encoder.py", "index/packaged.py", "index/traced.py"),
    "transformers": ("index/encoder.py", "index/packaged.py", "index/traced.py"),
    "tokenizers": ("index/encoder.py", "index/packaged.py", "index/traced.py"),
    "torch": ("index/encoder.py", "index/packaged.py", "index/traced.py"),
    "langchain": ("index/", "bot/faq/", "bot/llm/"),
    "langchain_core": ("index/", "bot/faq/", "bot/llm/"),
    "langchain_text_splitters": ("index/", "bot/faq/"),
    "prompt_toolkit": ("bot/channels/console",),
    "pydantic_settings": ("index/settings.py", "bot/settings.py"),
    "bm25s": ("index/lexical.py",),
    "sqlalchemy": ("bot/storage/",),
    "alembic": ("bot/storage/",),
    "psycopg": ("bot/storage/",),
    "prometheus_client": ("bot/metrics",),
    "structlog": ("bot/logs.py",),
    "docx": ("bot/report/",),
    "typst": ("bot/report/",),
    "matplotlib": ("bot/report/",),
    "typer": ("bot/__main__.py", "index/__main__.py"),
}


ROOTS = ("bot.composition", "bot.__main__")
"""The composition root, and the command line that asks it for what a command needs."""


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 30
    assert {"bot.assistant", "bot.faq.faq", "index.store"} <= {module.name for module in MODULES}


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_known_only_where_it_belongs(library: str) -> None:
    knowing = [module.path for module in MODULES if library in module.top_level_imports()]
    assert [path for path in knowing if not path.startswith(ONLY_IN[library])] == []


def test_no_langchain_package_is_missing_from_the_rules() -> None:
    imported = set().union(*(module.top_level_imports() for module in MODULES))
    assert {name for name in imported if name.startswith("langchain")} <= set(ONLY_IN)


def test_the_index_knows_no_chat() -> None:
    for module in MODULES:
        if module.path.startswith("index/"):
            assert "bot" not in module.top_level_imports(), module.path


IMPURE = {
    *("asyncio", "concurrent", "threading", "multiprocessing", "time", "random", "secrets", "uuid", "os", "io", "sys"),
    *(
        "pathlib",
        "shutil",
        "tempfile",
        "socket",
        "subprocess",
        "urllib",
        "http",
        "httpx",
        "importlib",
        "sqlite3",
        "logging",
    ),
}
"""Clocks, chance, files, the network and threads; the date of today is not asked for either: see below."""

READERS = {
    "bot/interview/loader.py": {"pathlib"},
    "bot/interview/marked_yaml.py": {"yaml"},
    "bot/interview/understanding/lexicon.py": {"importlib"},
    "bot/advice/alerting.py": {"pathlib"},
    "bot/advice/assumptions.py": {"pathlib"},
    "bot/interview/graph.py": {"sys"},
}
"""What reads the data of the pure packages, or writes their diagram, and what it may use for that."""


def test_the_interview_and_the_advice_are_pure() -> None:
    for module in MODULES:
        if module.path.startswith(("bot/interview/", "bot/advice/")):
            libraries = module.top_level_imports()
            assert libraries & (IMPURE | {"yaml"}) <= READERS.get(module.path, set()), module.path
            assert not libraries & set(ONLY_IN), module.path
            calls = [node for node in ast.walk(module.tree()) if isinstance(node, ast.Call)]
            assert not {_called(call) for call in calls} & {"input", "now", "today", "utcnow"}, module.path
            assert not [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "open"], (
                module.path
            )


def test_the_interview_and_the_advice_know_only_each_other() -> None:
    allowed = {"bot.interview": ("bot.interview", "index"), "bot.advice": ("bot.advice", "bot.interview", "index")}
    for module in MODULES:
        for package, known in allowed.items():
            # The diagram is a command, which names the predicates that the rules call.
            if module.name.startswith(package) and module.name != "bot.interview.graph":
                ours = {name for name in module.imports() if name.partition(".")[0] in ("bot", "index")}
                assert {name for name in ours if not name.startswith(known)} == set(), module.path


def test_the_report_knows_neither_sessions_nor_storage() -> None:
    for module in MODULES:
        if module.path.startswith("bot/report/"):
            known = [n for n in module.imports() if n.startswith(("bot.sessions", "bot.storage", "bot.assistant"))]
            assert known == [], module.path


def test_storage_knows_sessions_and_nothing_of_what_they_are_about() -> None:
    allowed = ("bot.storage", "bot.sessions", "bot.queues", "bot.blind", "bot.feedback", "bot.llm.budget")
    for module in MODULES:
        if module.path.startswith("bot/storage/"):
            ours = {name for name in module.imports() if name.partition(".")[0] in ("bot", "index")}
            assert {name for name in ours if not name.startswith(allowed)} == set(), module.path


def test_channels_know_messages_and_each_other() -> None:
    for module in MODULES:
        if module.path.startswith("bot/channels/"):
            ours = {name for name in module.imports() if name.startswith(("bot", "index"))}
            known = ("bot.messages", "bot.blind", "bot.queues", "bot.sessions", "bot.meter", "bot.logs")
            assert {n for n in ours if n not in known and not n.startswith("bot.channels")} == set(), module.path


def test_nothing_but_the_composition_root_knows_the_channels() -> None:
    for module in MODULES:
        if not module.path.startswith("bot/channels/") and module.name not in ROOTS:
            assert not [name for name in module.imports() if name.startswith("bot.channels")], module.path


def test_the_pipeline_knows_no_wording_no_session_and_no_channel() -> None:
    allowed = ("bot.faq", "bot.language", "bot.llm.model", "bot.meter", "index")
    for module in MODULES:
        if module.path.startswith("bot/faq/"):
            ours = {name for name in module.imports() if name.partition(".")[0] in ("bot", "index")}
            assert {name for name in ours if not name.startswith(allowed)} == set(), module.path


def test_nobody_imports_the_command_line_and_only_it_the_composition_root() -> None:
    for module in MODULES:
        assert not [name for name in module.imports() if name.endswith("__main__")], module.path
        if module.name not in ROOTS:
            assert "bot.composition" not in module.imports(), module.path


def test_only_the_composition_root_constructs() -> None:
    built = {"Assistant", "Knowledge"}
    kept = {"MemorySessions", "SqlSessions", "Database"}
    for module in MODULES:
        called = {name for node in ast.walk(module.tree()) if isinstance(node, ast.Call) for name in [_called(node)]}
        if module.name == "bot.composition":
            assert built <= called
            assert kept & called
        elif module.name not in ROOTS:
            assert not (built | kept) & called, module.path


def _called(call: ast.Call) -> str:
    """The last name of what is called: ``Assistant`` in ``assistant.Assistant()``."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


TOO_LONG: set[str] = set()
"""To be split; the test says when one no longer belongs here."""


@pytest.mark.parametrize(
    "module",
    [pytest.param(m, id=m.path, marks=[pytest.mark.xfail(strict=True)] if m.path in TOO_LONG else []) for m in MODULES],
)
def test_a_module_can_be_read_at_one_sitting(module: Module) -> None:
    assert len(module.text.splitlines()) < MAX_LINES


def test_no_module_is_a_drawer() -> None:
    for module in MODULES:
        assert not DRAWERS & {part.strip("_") for part in module.name.split(".")}, module.path


def test_every_module_says_what_it_is_for() -> None:
    for module in MODULES:
        assert ast.get_docstring(module.tree()), module.path


@pytest.mark.parametrize("name", ["bot.__main__", "bot.assistant", "bot.channels.telegram"])
def test_starting_loads_nothing_heavy(name: str) -> None:
    """/start is answered while the models load: what is imported first must import fast."""
    program = f"import sys, {name}; print(*sorted(set(sys.argv[1:]) & set(sys.modules)))"
    command = [sys.executable, "-W", "error", "-c", program, *HEAVY]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")
