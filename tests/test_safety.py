"""No text of a person or of the corpus reaches a shell, a template, an interpreter or an unpickler.

The database's rights: ``bot/storage/test_database.py``; names that look like markup: ``bot/report/``.
"""

from __future__ import annotations

import ast
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = [path for package in ("bot", "index", "deploy") for path in sorted((ROOT / package).rglob("*.py"))]

UNPICKLERS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle"}
TEMPLATES = {"jinja2", "mako", "chameleon", "docxtpl", "code", "codeop"}
FORBIDDEN_CALLS = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "pty.spawn"),
    *("torch.load", "np.load", "numpy.load", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "string.Template"),
    *("subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell", "load_prompt"),
}
PROCESSES = {f"subprocess.{name}" for name in ("run", "Popen", "call", "check_call", "check_output")}
SAFE_LOADERS = {"SafeLoader", "CSafeLoader", "_YamlLoader"}
"""``_YamlLoader`` is one of the others."""
MAY_RUN = {"index/packaged.py", "deploy/install.py", "deploy/lock.py", "deploy/audit.py"}
"""Start pip or uv, with words that are all theirs."""


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each call with its dotted name; that of a method of something computed begins with ``…``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            parts: list[str] = []
            called = node.func
            while isinstance(called, ast.Attribute):
                parts.append(called.attr)
                called = called.value
            parts.append(called.id if isinstance(called, ast.Name) else "…")
            yield ".".join(reversed(parts)), node


def imported(tree: ast.AST) -> set[str]:
    names = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names}


def faults(source: str, path: str) -> set[str]:
    """What is dangerous in a module."""
    tree = ast.parse(source)
    found = imported(tree) & (UNPICKLERS | TEMPLATES)
    for name, call in calls(tree):
        if name == "yaml.load" and set(re.findall(r"(?:yaml\.|Loader=|\")(\w*Loader)\b", source)) <= SAFE_LOADERS:
            continue
        if name in FORBIDDEN_CALLS or name.removeprefix("builtins.") in FORBIDDEN_CALLS:
            found.add(name)
        if name in PROCESSES and path not in MAY_RUN:
            found.add(name)
        for keyword in call.keywords:
            given = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
            if keyword.arg in ("shell", "allow_pickle", "trust_remote_code") and given is not False:
                found.add(keyword.arg)
    return found


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("import subprocess\nsubprocess.run('ls ' + text, shell=True)", "shell"),
        ("import subprocess\nsubprocess.run(['ls'])", "subprocess.run"),
        ("import os\nos.system(text)", "os.system"),
        ("from pickle import loads", "pickle"),
        ("import yaml\nyaml.load(text, Loader=yaml.Loader)", "yaml.load"),
        ("import numpy as np\nnp.save(f, a, allow_pickle=True)", "allow_pickle"),
        ("from jinja2 import Template", "jinja2"),
        ("eval(text)", "eval"),
        ("load(name, trust_remote_code=flag)", "trust_remote_code"),
    ],
)
def test_what_is_dangerous_is_seen(source: str, fault: str) -> None:
    assert fault in faults(source, "bot/example.py")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_dangerous_is_called(path: Path) -> None:
    assert faults(path.read_text("utf-8"), path.relative_to(ROOT).as_posix()) == set()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_reports_are_for_their_owner_alone(tmp_path: Path) -> None:
    answers = {"flow_name": "SAV", "monthly_volume": 3000, "aht_minutes": 6, "lang": "fr"}
    command = [sys.executable, "-m", "bot", "assess", "--pdf", "r.pdf", "--docx", "r.docx", "--charts", "charts"]
    own = os.environ | {"CORPUS_DIR": str(ROOT / "corpus")}
    before = os.umask(0)
    try:
        subprocess.run(
            command, input=json.dumps(answers).encode(), env=own, capture_output=True, check=True, timeout=120
        )
    finally:
        os.umask(before)
    written = [path for path in tmp_path.rglob("*") if path.suffix in (".pdf", ".docx", ".png")]
    assert {path.suffix for path in written} == {".pdf", ".docx", ".png"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert stat.S_IMODE((tmp_path / "charts").stat().st_mode) == 0o700
