"""Installs what the locks name, every file's hash checked, beside the Python that runs this: for make and containers.

PyTorch's CPU build is taken where pip finds it (PIP_FIND_LINKS, PIP_EXTRA_INDEX_URL); else the public build, which on
Linux needs several GB of libraries for graphics processors.

    python deploy/install.py [--dev] [--only-binary]
"""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    if unknown := set(sys.argv[1:]) - {"--dev", "--only-binary"}:
        sys.exit(f"deploy/install.py: {' '.join(sorted(unknown))}: expected --dev or --only-binary, or nothing")
    locks = ["requirements.lock", *["requirements-dev.lock"] * ("--dev" in sys.argv)]
    pip("requirements-cpu.lock", may_fail=True)
    pip(*locks)
    if "+cpu" not in version("torch"):
        pip("requirements-gpu.lock")


def pip(*locks: str, may_fail: bool = False) -> None:
    """Install these locks: whole as they are, they need no resolution."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--require-hashes", "--no-deps", *["--only-binary=:all:"] * ("--only-binary" in sys.argv)]
    command += [part for lock in locks for part in ("-r", str(ROOT / lock))]
    done = subprocess.run(command, capture_output=may_fail, check=False)
    if done.returncode and not may_fail:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
