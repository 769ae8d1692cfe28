"""The local stack, `orders up`: databases, simulated parties, worker and API as children of one process.

What is external by its setting (ORDERS_DATABASE_URL; TEMPORAL_ADDRESS, TEMPORAL_PROFILE or TEMPORAL_CONFIG_FILE) is
used as it is, and nothing embedded starts for it.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Self

from pydantic import SecretStr

from infra.doctor import (
    Finding,
    check_database,
    check_folder,
    check_polls,
    check_ports,
    check_programs,
    check_pulls,
    check_python,
    check_temporal,
    check_workflows,
)
from infra.namespace import prepare
from infra.settings import Settings
from infra.stack.folder import DataFolder, Running
from infra.stack.own_programs import api, simulators, worker
from infra.stack.ports import LOOPBACK, Port, take
from infra.stack.postgres import Postgres
from infra.stack.programs import Child, Program
from infra.stack.temporal_server import TemporalServer
from infra.temporal import connect
from infra.whereabouts import PORTS, load_settings, running

DATABASES = frozenset({"postgres", "temporal"})
EVERYTHING = DATABASES | {"simulators", "worker", "api"}
STOP_ORDER = ("api", "worker", "simulators", "temporal", "postgres")


async def diagnose() -> list[Finding]:
    """Look at everything a start needs, and at what is up."""
    settings = load_settings()
    up = running(settings)
    if up:
        settings = settings.model_copy(
            update={"database_url": up.database_url, "temporal_address": up.temporal_address}
        )
    to_temporal = None if settings.temporal_is_embedded else partial(connect, settings, patience=timedelta(seconds=2))
    own = {"postgres": settings.database_is_embedded, "temporal": settings.temporal_is_embedded}
    return [
        check_python(),
        check_folder(settings.data.absolute()),
        *check_programs(settings.data.absolute(), **own),
        *check_ports(ports_of(settings, frozenset(name for name in EVERYTHING if own.get(name, True))), up),
        await check_database(settings.database_url),
        await check_temporal(to_temporal),
        *await check_pulls(settings.database_url),
        *await check_polls(settings.database_url),
        *await check_workflows(settings.database_url),
    ]


def ports_of(settings: Settings, services: frozenset[str]) -> list[Port]:
    """The ports that services listen on."""
    hosts = {"api_port": settings.api_host}
    return [
        Port(owner, name, getattr(settings, name), hosts.get(name, LOOPBACK))
        for name, (owner, service) in PORTS.items()
        if service in services
    ]


@dataclass(frozen=True)
class Extras:
    """What tests and demos add: environment of the children, PostgreSQL settings, Temporal dynamic config."""

    environment: Mapping[str, str] = field(default_factory=dict)
    postgres: dict[str, str] = field(default_factory=dict)
    temporal: dict[str, str] = field(default_factory=dict)


class Stack:
    """Everything on one machine. `async with Stack(settings) as stack:` starts it and stops it.

    Args:
        settings: ports (0: any free one), data folder, external servers.
        services: which of `postgres, temporal, simulators, worker, api` to start; external ones are left out anyway.
        extras: see `Extras`.
        say: is told in one sentence when a child had to be started again.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        services: frozenset[str] = EVERYTHING,
        extras: Extras | None = None,
        say: Callable[[str], None] = lambda _sentence: None,
    ) -> None:
        absent = {"postgres"} if not settings.database_is_embedded else set()
        absent |= {"temporal"} if not settings.temporal_is_embedded else set()
        self.services = services - absent
        self.settings = settings
        self.folder = DataFolder(settings.data)
        self._extras = extras or Extras()
        self._say = say
        self._children: dict[str, Child] = {}
        self._ready = False

    async def start(self) -> None:
        """Start everything and return when it is ready; what had started is stopped again when something fails.

        Raises:
            Trouble: a port is taken, a program failed, the folder is in use, an external server does not answer.
        """
        self.folder.claim()
        try:
            await self._start_all()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop API, worker, simulators, Temporal and PostgreSQL, in this order; data stays in the folder."""
        for name in STOP_ORDER:
            child = self._children.pop(name, None)
            if child:
                await child.stop()
        self.folder.release()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def database_url(self) -> str:
        """`postgresql://user:password@host:port/database`."""
        return self.settings.database_url or ""

    @property
    def temporal_address(self) -> str | None:
        """`host:port`; None where only a profile knows it."""
        return self.settings.temporal_address

    @property
    def api_url(self) -> str:
        """Root of the API, without a slash at the end."""
        return self.settings.url_of_api

    @property
    def ui_url(self) -> str | None:
        """Root of the Temporal Web UI; None where an external one is not known."""
        return self.settings.ui_url

    @property
    def simulators_url(self) -> str:
        """Root of the simulated parties."""
        return self.settings.url_of_simulators

    @property
    def pids(self) -> dict[str, int]:
        """Service → process id, of those that run."""
        return {name: child.pid for name, child in self._children.items() if child.pid}

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the children: from it `Settings()` reads what this stack has decided."""
        return {**os.environ, **_as_environment(self.settings), "PYTHONUNBUFFERED": "1", **self._extras.environment}

    async def _start_all(self) -> None:
        await self.folder.wait_for_the_dying()
        self._settle(data=self.folder.path, **take(ports_of(self.settings, self.services)))
        await asyncio.gather(self._start_postgres(), self._start_temporal())
        if self.services - DATABASES:
            await self._start_own_programs()
        self._ready = True
        self._note()

    async def _start_postgres(self) -> None:
        if "postgres" not in self.services:
            return
        folder, log = self.folder.path / "postgres", self.folder.logs / "postgres.log"
        server = Postgres(folder, self.settings.postgres_port, log, self._extras.postgres)
        await asyncio.to_thread(server.prepare)
        await self._keep("postgres", server.program())
        await server.create_database()
        self._settle(database_url=server.url)

    async def _start_temporal(self) -> None:
        if "temporal" not in self.services:
            return
        file, log = self.folder.path / "temporal.db", self.folder.logs / "temporal.log"
        server = TemporalServer(file, self.settings.temporal_port, self.settings.ui_port, log, self._extras.temporal)
        await self._keep("temporal", server.program())
        self._settle(temporal_address=server.address, ui_url=self.settings.url_of_ui)

    async def _start_own_programs(self) -> None:
        """Migrate and fill the database, prepare the namespace, then start what uses them."""
        client = await connect(self.settings)
        self._settle(namespace=client.namespace)
        await asyncio.gather(self._prepare_database(), prepare(client))
        settings, logs = self.settings, self.folder.logs
        if "simulators" in self.services:
            await self._keep("simulators", simulators(self.environment, logs, self.simulators_url))
        if "worker" in self.services:
            await self._keep("worker", worker(self.environment, logs, client, settings.task_queue))
        if "api" in self.services:
            await self._keep("api", api(self.environment, logs, settings.api_host, settings.api_port))

    async def _prepare_database(self) -> None:
        from infra.db.migrate import upgrade  # noqa: PLC0415 - Alembic is slow to load; only the first start needs it
        from infra.db.seed import first_start  # noqa: PLC0415 - same

        await asyncio.to_thread(upgrade, self.database_url)
        await first_start(self.database_url, self.folder.path)

    async def _keep(self, name: str, program: Program) -> None:
        child = self._children[name] = Child(program, self._say, self._note)
        await child.start()
        self._note()

    def _settle(self, **decided: object) -> None:
        self.settings = self.settings.model_copy(update=decided)

    def _note(self) -> None:
        self.folder.note(
            Running(
                pid=os.getpid(),
                ready=self._ready,
                database_url=self.database_url,
                temporal_address=self.temporal_address,
                api_url=self.api_url,
                ui_url=self.ui_url,
                simulators_url=self.simulators_url,
                pids=self.pids,
            )
        )


def _as_environment(settings: Settings) -> dict[str, str]:
    """Every setting that has a value, under the name `Settings` reads it from."""
    named = {
        str(about.validation_alias or f"ORDERS_{name.upper()}"): getattr(settings, name)
        for name, about in type(settings).model_fields.items()
    }
    return {name: _plain(value) for name, value in named.items() if value is not None}


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
