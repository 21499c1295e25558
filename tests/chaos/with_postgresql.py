"""``python -m chaos.with_postgresql make test``: a command with a PostgreSQL of its own, where that is installed."""

from __future__ import annotations

import os
import subprocess
import sys

from chaos.servers import Absent, PostgreSQL


def main() -> None:
    """Ends as the command does."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    try:
        cluster = PostgreSQL()
    except Absent as missing:
        print(f"{missing} is missing: what needs it will be skipped", file=sys.stderr)
        sys.exit(subprocess.call(sys.argv[1:], env=environment))
    try:
        sys.exit(subprocess.call(sys.argv[1:], env={**environment, "TEST_POSTGRESQL_URL": cluster.url}))
    finally:
        cluster.close()


if __name__ == "__main__":
    main()
