"""The bare reference's side of the bench: its server with `-f FILE` and no other flag, its database, its worker."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from temporalio.client import Client

from infra.local import Stack
from infra.stack.own_programs import MODULE, is_polled
from infra.stack.ports import LOOPBACK, Port, answers, take
from infra.stack.programs import Child, Program
from infra.stack.temporal_server import temporal_binary
from infra.whereabouts import load_settings
from tests.bench.bare.worker import QUEUE
from tests.bench.house import Database

TABLE = """
CREATE TABLE bare_step (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_no text NOT NULL,
    name text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp())"""
INDEX = "CREATE INDEX ON bare_step (order_no)"


@dataclass
class BareHouse:
    """The running reference and the ways to it."""

    client: Client
    database: Database
    measured: dict[str, int]


@contextlib.asynccontextmanager
async def open_bare_house(data: Path) -> AsyncIterator[BareHouse]:
    """Bring the reference up on an empty folder."""
    settings = load_settings(ports="auto", data=data)
    async with contextlib.AsyncExitStack() as opened:
        stack = await opened.enter_async_context(Stack(settings, services=frozenset({"postgres"})))
        logs, file = stack.folder.logs, data / "temporal.db"
        ports = take([Port("the reference's server", "temporal_port", 0), Port("its UI", "ui_port", 0)])
        server = await _keep(opened, _server(file, ports, logs))
        client = await _connect(f"{LOOPBACK}:{ports['temporal_port']}")
        connecting = psycopg.AsyncConnection.connect(stack.database_url, autocommit=True)
        database = Database(await opened.enter_async_context(await connecting))
        await database.ask(TABLE)
        await database.ask(INDEX)
        worker = await _keep(opened, _worker(client, stack.database_url, logs))
        pids = {"temporal": server.pid or 0, "worker": worker.pid or 0, "postgres": stack.pids["postgres"]}
        yield BareHouse(client, database, pids)


def _server(file: Path, ports: dict[str, int], logs: Path) -> Program:
    """The dev server as anybody starts it; the ports only keep it apart from ours."""
    port, ui_port = ports["temporal_port"], ports["ui_port"]
    plain = [str(temporal_binary()), "server", "start-dev", "-f", str(file)]
    return Program(
        name="the reference's Temporal",
        command=[*plain, "--port", str(port), "--ui-port", str(ui_port)],
        environment={name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")},
        log=logs / "temporal.log",
        is_ready=lambda: answers(port),
    )


async def _connect(address: str) -> Client:
    """A port that answers may still say that its frontend is not healthy yet."""
    for _ in range(50):
        with contextlib.suppress(RuntimeError):
            return await Client.connect(address)
        await asyncio.sleep(0.1)
    return await Client.connect(address)


def _worker(client: Client, database_url: str, logs: Path) -> Program:
    began = time.time()
    address = client.service_client.config.target_host
    return Program(
        name="the reference's worker",
        command=[*MODULE, "tests.bench.bare.worker", address, database_url],
        environment=os.environ,
        log=logs / "worker.log",
        is_ready=lambda: is_polled(client, QUEUE, began),
    )


async def _keep(opened: contextlib.AsyncExitStack, program: Program) -> Child:
    child = Child(program, lambda _sentence: None, lambda: None)
    opened.push_async_callback(child.stop)
    await child.start()
    return child
