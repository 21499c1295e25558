"""What the bot leans on, as real servers that can be stopped: PostgreSQL and nginx; and a disk that can be full."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

_UP_SECONDS = 60.0


class Absent(Exception):
    """A program or a right is missing; says which."""


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody listens on."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


class Disk:
    """A file system of its own, which can be filled. Only root may make one."""

    def __init__(self, megabytes: int, owner: str | None = None) -> None:
        """Raises Absent: it cannot be made."""
        self.folder = Path(tempfile.mkdtemp(prefix="curseur-disk-"))
        try:
            run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0755", "tmpfs", str(self.folder))
        except (Absent, OSError, subprocess.CalledProcessError) as error:
            self.folder.rmdir()
            raise Absent("a file system of its own (only root may mount one)") from error
        if owner:
            shutil.chown(self.folder, owner)

    def fill(self) -> None:
        """No room is left."""
        with contextlib.suppress(OSError), self._ballast.open("ab", buffering=0) as file:
            while file.write(bytes(4_096)):
                pass

    def empty(self) -> None:
        """There is room again."""
        self._ballast.unlink(missing_ok=True)

    def close(self) -> None:
        """It is gone, with all that is on it."""
        run("umount", "--lazy", str(self.folder))
        self.folder.rmdir()

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"


class PostgreSQL:
    """A cluster on the loopback, on a disk of its own where that can be."""

    def __init__(self) -> None:
        """Raises Absent: PostgreSQL is not installed."""
        self._bin = _programs()
        if not (self._bin / "postgres").exists():
            raise Absent("PostgreSQL's server")
        # A server refuses to run as root.
        self._user = "postgres" if os.geteuid() == 0 else None
        self.disk: Disk | None = None
        try:
            self.disk = Disk(160, self._user)
            self.folder = self.disk.folder
        except Absent:
            self.folder = Path(tempfile.mkdtemp(prefix="curseur-postgresql-"))
            if self._user:
                shutil.chown(self.folder, self._user)
        [self.port] = free_ports(1)
        self.url = f"postgresql://curseur@127.0.0.1:{self.port}/postgres"
        options = ("-U", "curseur", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--wal-segsize=1")
        self._run("initdb", "-D", self._data, *options)
        with (self.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(
                f"listen_addresses = '127.0.0.1'\nport = {self.port}\nunix_socket_directories = ''\n"
                "max_connections = 150\nmin_wal_size = 2MB\nmax_wal_size = 8MB\nshared_buffers = 16MB\n"
            )
        self.start()

    def start(self) -> None:
        """It answers, whether it ran already or not."""
        deadline = time.monotonic() + _UP_SECONDS
        while not self._answers():
            with contextlib.suppress(subprocess.CalledProcessError):
                self._run("pg_ctl", "start", "-w", "-D", self._data, "-l", str(self.folder / "log"))
            if time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2_000:])
            time.sleep(0.2)

    def stop(self) -> None:
        """It stops as if its machine had: no connection is ended in order, nothing is tidied."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self._data)

    def cut(self) -> None:
        """Every connection is broken."""
        hang_up_on(self.url)

    def close(self) -> None:
        """It is gone, with all it held."""
        self.stop()
        if self.disk:
            self.disk.close()
        else:
            shutil.rmtree(self.folder)

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _answers(self) -> bool:
        try:
            self.cut()
        except Exception:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        become = ("runuser", "-u", self._user, "--") if self._user else ()
        run(*become, str(self._bin / program), *arguments)


def _programs() -> Path:
    """Where PostgreSQL's programs are."""
    with contextlib.suppress(Absent, subprocess.CalledProcessError):
        return Path(run("pg_config", "--bindir").strip())
    raise Absent("PostgreSQL (pg_config)")


def hang_up_on(url: str) -> None:
    """Break every connection to a PostgreSQL database but one's own."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    others = "datname = current_database() AND pid <> pg_backend_pid()"
    kill = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"
    try:
        with engine.connect() as connection:
            connection.execute(text(kill))
    finally:
        engine.dispose()


class Served:
    """A program that serves on the loopback."""

    def __init__(self, command: Sequence[str], answers: Callable[[], object], log: Path) -> None:
        self._command = command
        self._asked = answers
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """It answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        deadline = time.monotonic() + _UP_SECONDS
        while True:
            try:
                self._asked()
                return
            except OSError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise RuntimeError(self._log.read_text(errors="replace")[-2_000:]) from None
                time.sleep(0.05)

    def stop(self) -> None:
        """It is killed."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


def nginx(folder: Path, ports: Sequence[int]) -> tuple[Served, str]:
    """nginx before these ports, not started, and its address; what one replica does not take goes to the next.

    Raises:
        Absent: it is not installed.
    """
    program = shutil.which("nginx")
    if program is None:
        raise Absent("nginx")
    [port] = free_ports(1)
    folder.mkdir(parents=True, exist_ok=True)
    conf = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("proxy", "fastcgi", "uwsgi", "scgi"))
    servers = " ".join(f"server 127.0.0.1:{each} max_fails=0;" for each in ports)
    conf.write_text(
        f"""{user} daemon off; pid {folder}/pid; error_log {folder}/log crit; worker_processes 1;
events {{ worker_connections 512; }}
http {{
  access_log off; client_body_temp_path {folder}/body; {temporary}
  upstream replicas {{ {servers} }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://replicas;
      proxy_next_upstream error timeout http_502 http_503 non_idempotent;
      proxy_connect_timeout 1s; proxy_read_timeout 20s;
    }}
  }}
}}
""",
        encoding="utf-8",
    )
    command = (program, "-p", str(folder), "-c", str(conf))
    answers = lambda: socket.create_connection(("127.0.0.1", port), timeout=2).close()  # noqa: E731
    return Served(command, answers, folder / "log"), f"http://127.0.0.1:{port}"


@contextmanager
def folder() -> Iterator[Path]:
    """One that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="curseur-chaos-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def run(*command: str) -> str:
    """What a program prints.

    Raises:
        Absent: there is no such program.
        subprocess.CalledProcessError: it fails.
    """
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd="/")
    except FileNotFoundError:
        raise Absent(command[0]) from None
    return done.stdout
