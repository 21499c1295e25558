"""Asks the registry which locked packages have known vulnerabilities: ``make audit``, and a part of ``make check``.

Where the registry tells of none at all, not even of the one known in Chroma, nothing is learnt: it says so in a line
and ends well. A vulnerability that is not in ``ACCEPTED`` ends it with status 1.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
KNOWN = "chromadb==1.5.9"

ACCEPTED = {
    "CVE-2026-45829": "Chroma's server, which deploy/ keeps on a private network and of which the bot is only a client",
}
"""What cannot be mended by an update yet, and why it may stay. See docs/threat-model.md."""


def main() -> None:
    with tempfile.TemporaryDirectory() as work:
        probe = Path(work) / "probe.txt"
        probe.write_text(f"{KNOWN}\n")
        if not any(package.get("vulns") for package in ask(probe)):
            print("audit: skipped, for this registry tells of no vulnerabilities")
            return
    found = [
        (package["name"], package["version"], vulnerability)
        for lock in LOCKS
        for package in ask(ROOT / lock)
        for vulnerability in package.get("vulns", [])
        if not ACCEPTED.keys() & {vulnerability["id"], *vulnerability["aliases"]}
    ]
    for name, version, vulnerability in found:
        mended = ", ".join(vulnerability["fix_versions"]) or "no version yet"
        print(f"audit: {name} {version} has {vulnerability['id']}, mended in {mended}")
    if found:
        sys.exit(
            "audit: update these ('make lock' after pyproject.toml), or accept them in deploy/audit.py with a reason"
        )
    print("audit: nothing known against what is locked")


def ask(requirements: Path) -> list[dict[str, Any]]:
    """What is known of each package there; nothing when the registry does not answer."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(requirements), "--no-deps", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", "10"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return []
    return packages


if __name__ == "__main__":
    main()
