"""Writes the lock files from ``pyproject.toml``: ``make lock``. Needs ``uv``, which resolves and installs nothing.

- ``requirements.lock``: what the bot runs with, on any system, all extras but ``dev`` included;
- ``requirements-dev.lock``: what is needed besides to test, lint and measure;
- ``requirements-cpu.lock``: the CPU build of PyTorch, instead of the public one;
- ``requirements-gpu.lock``: what the public build of PyTorch for Linux needs besides, and its CPU build does not.

Each line has the hashes of every file that the registry offers for it. Versions locked before are kept as long as
``pyproject.toml`` admits them: ``python deploy/lock.py --upgrade`` takes the newest.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-gpu.lock")
HEADERS = (
    "# What Curseur runs with. Made by 'make lock' from pyproject.toml.",
    "# What it is tested and measured with, besides requirements.lock. Made by 'make lock'.",
    "# What the public build of torch for Linux needs besides, and its CPU build does not. Made by 'make lock'.",
)
GPU = ("nvidia-", "cuda-", "triton=")
"""How the names of PyTorch's libraries for graphics processors begin."""

CPU_TORCH = """\
# The CPU build of torch, which its makers publish beside the registry. By hand, in deploy/lock.py.
torch==2.13.0+cpu ; python_version == '3.11' and sys_platform == 'linux' and platform_machine == 'x86_64' \\
    --hash=sha256:6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b
"""


def main() -> None:
    extras = sorted(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    with tempfile.TemporaryDirectory() as work:
        whole = Path(work) / "whole.txt"
        if "--upgrade" not in sys.argv:
            whole.write_text("".join((ROOT / lock).read_text() for lock in LOCKS if (ROOT / lock).exists()))
        everything = resolve(whole, extras)
        needed = resolve(Path(work) / "needed.txt", [e for e in extras if e != "dev"], "--constraint", str(whole))
    gpu = {name for name in needed if name.startswith(GPU)}
    parts = (needed.keys() - gpu, everything.keys() - needed.keys(), gpu)
    torch = next(line.partition(" ")[0] for line in needed.values() if line.startswith("torch=="))
    if f"{torch}+cpu " not in CPU_TORCH:
        sys.exit(f"deploy/lock.py: CPU_TORCH is not of {torch}: put its CPU build's hash there")
    (ROOT / "requirements-cpu.lock").write_text(CPU_TORCH)
    for lock, header, names in zip(LOCKS, HEADERS, parts, strict=True):
        (ROOT / lock).write_text("\n".join([header, *(everything[name] for name in sorted(names))]) + "\n")
        print(f"{lock}: {len(names)} packages")


def resolve(output: Path, extras: list[str], *options: str) -> dict[str, str]:
    """The lines of each package, by its ``name==version ; marker``."""
    command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-annotate", "--no-header", *(f"--extra={extra}" for extra in extras), *options]
    subprocess.run([*command, "pyproject.toml", "--output-file", str(output)], cwd=ROOT, check=True)
    lines = re.split(r"\n(?=\S)", output.read_text().strip())
    return {line.partition(" \\")[0]: line for line in lines}


if __name__ == "__main__":
    main()
