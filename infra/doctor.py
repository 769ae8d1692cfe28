"""What `orders doctor` looks at: one finding a thing, and for each that is not right, what to do."""

import os
import platform
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import psycopg
from pydantic import BaseModel, ConfigDict
from sqlalchemy import make_url
from temporalio.client import Client
from temporalio.service import RPCError

from infra.db.engine import plain_url
from infra.namespace import missing_search_attributes
from infra.stack.folder import Running
from infra.stack.identity import find_identity
from infra.stack.ports import Port, is_free
from infra.stack.postgres import programs_of_the_wheel
from infra.stack.temporal_server import temporal_binary
from infra.trouble import Trouble

OLDEST_PYTHON = (3, 11)
ROOM = 500_000_000
"""Bytes of free disk below which a start is risky."""


LONGEST_WITHOUT_PULL = 65
"""Minutes: two pulls of 30 minutes were missed."""
PULLS = """
SELECT c.channel, k.good_at
FROM channel AS c LEFT JOIN channel_cursor AS k USING (tenant, channel) WHERE c.pulled ORDER BY c.tenant, c.channel"""


POLLS = """
SELECT carrier, good_at AT TIME ZONE 'UTC', failed_at AT TIME ZONE 'UTC', error FROM polled_carrier ORDER BY carrier"""
GONE = "SELECT order_no FROM orders WHERE attention_reason = 'WORKFLOW_GONE' AND NOT final ORDER BY order_no"
NAMED = 10
"""So many orders are named."""


class Finding(BaseModel):
    """One thing looked at: `ok`, not there yet but `fine` so, or a `problem` with what to do about it."""

    model_config = ConfigDict(frozen=True)

    subject: str
    state: Literal["ok", "fine", "problem"]
    what: str
    todo: str | None = None


def _ok(subject: str, what: str) -> Finding:
    return Finding(subject=subject, state="ok", what=what)


def _fine(subject: str, what: str) -> Finding:
    return Finding(subject=subject, state="fine", what=what)


def _problem(subject: str, what: str, todo: str) -> Finding:
    return Finding(subject=subject, state="problem", what=what, todo=todo)


def check_python() -> Finding:
    """Is this Python new enough?"""
    if sys.version_info < OLDEST_PYTHON:
        todo = "Install Python 3.11 or newer and build .venv anew: make clean, then make PYTHON=… up"
        return _problem("Python", f"{platform.python_version()} is too old.", todo)
    return _ok("Python", platform.python_version())


def check_folder(path: Path) -> Finding:
    """Can the data folder be written, and is there room on its disk?"""
    nearest = next(folder for folder in [path, *path.parents] if folder.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        todo = "Make it writable for you, or name another folder in ORDERS_DATA."
        return _problem("data folder", f"{path} cannot be written.", todo)
    room = shutil.disk_usage(nearest).free
    if room < ROOM:
        todo = "Make room, or name a folder on another disk in ORDERS_DATA."
        return _problem("data folder", f"{path}: only {room // 1_000_000} MB are free.", todo)
    return _ok("data folder", f"{path}, {room // 1_000_000_000} GB free")


def check_programs(folder: Path, *, postgres: bool, temporal: bool) -> Iterable[Finding]:
    """Are the embedded servers installed, and can PostgreSQL run as somebody who is not root?"""
    if postgres:
        yield _unless_trouble("PostgreSQL program", lambda: _postgres_program(folder))
    if temporal:
        yield _unless_trouble("Temporal program", lambda: str(temporal_binary()))


def check_ports(ports: Iterable[Port], running: Running | None) -> Iterable[Finding]:
    """Is each port free, or held by the copy of this data folder?"""
    for port in ports:
        subject = f"port of {port.owner}"
        if running:
            yield _ok(subject, "held by the stack that is up")
        elif port.number == 0:
            yield _ok(subject, "any free one")
        elif is_free(port.number, port.host):
            yield _ok(subject, f"{port.number} is free")
        else:
            todo = f"Set {port.setting} to another number (0: any free one), or start with `orders up --port auto`."
            yield _problem(subject, f"{port.number} is taken.", todo)


async def check_database(url: str | None) -> Finding:
    """Does PostgreSQL answer?"""
    if url is None:
        return _fine("database", "embedded; starts with `orders up`")
    shown = make_url(url).render_as_string()
    try:
        async with await psycopg.AsyncConnection.connect(plain_url(url), connect_timeout=3) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        todo = "Start the server, or correct ORDERS_DATABASE_URL."
        return _problem("database", f"{shown} does not answer: {str(error).partition(chr(10))[0]}", todo)
    return _ok("database", f"PostgreSQL {version // 10_000}.{version % 10_000} at {shown}")


async def check_pulls(url: str | None) -> list[Finding]:
    """When did each channel that is pulled last go well? Nothing where the database does not answer."""
    if url is None:
        return []
    try:
        async with await psycopg.AsyncConnection.connect(plain_url(url), connect_timeout=3) as connection:
            rows = await (await connection.execute(PULLS)).fetchall()
    except psycopg.Error:
        return []
    now = datetime.now(UTC)  # noqa: TID251 - the doctor's own watch
    return [_pull(channel, good_at and (now - good_at).total_seconds() / 60) for channel, good_at in rows]


def _pull(channel: str, minutes: float | None) -> Finding:
    subject = f"pull of {channel}"
    if minutes is None:
        return _fine(subject, "none has gone well yet; the first one is due at the next half hour")
    if minutes > LONGEST_WITHOUT_PULL:
        todo = "See its last runs: the Temporal UI, workflows of type ChannelPull, and the schedule of its name."
        return _problem(subject, f"The last good one was {minutes:.0f} minutes ago.", todo)
    return _ok(subject, f"the last good one was {minutes:.0f} minutes ago")


async def check_polls(url: str | None) -> list[Finding]:
    """Which carriers left our last questions without an answer? Nothing where the database does not answer."""
    if url is None:
        return []
    try:
        async with await psycopg.AsyncConnection.connect(plain_url(url), connect_timeout=3) as connection:
            rows = await (await connection.execute(POLLS)).fetchall()
    except psycopg.Error:
        return []
    return [_poll(*row) for row in rows]


def _poll(carrier: str, good_at: datetime | None, failed_at: datetime | None, error: str) -> Finding:
    subject = f"poll of {carrier or 'parcels without a carrier'}"
    if failed_at and (good_at is None or failed_at >= good_at):
        todo = "It is asked again by the next run (schedule `orders/poll`); if that goes on, ask the carrier."
        return _problem(subject, f"It has not answered since {failed_at:%Y-%m-%d %H:%M} UTC: {error}", todo)
    return _ok(subject, f"it answered last at {good_at:%Y-%m-%d %H:%M} UTC")


async def check_workflows(url: str | None) -> list[Finding]:
    """Which open orders have lost their workflow, as the reconciliation saw it last?"""
    if url is None:
        return []
    try:
        async with await psycopg.AsyncConnection.connect(plain_url(url), connect_timeout=3) as connection:
            gone = [number for (number,) in await (await connection.execute(GONE)).fetchall()]
    except psycopg.Error:
        return []
    if not gone:
        return [_ok("orders and workflows", "no open order was seen without its workflow")]
    named = ", ".join(gone[:NAMED]) + (" …" if len(gone) > NAMED else "")
    todo = "`orders resume ORDER_NO` goes on from the books; `orders close ORDER_NO --reason …` ends the order by hand."
    return [_problem("orders and workflows", f"{len(gone)} open without a workflow: {named}", todo)]


async def check_temporal(connect: Callable[[], Awaitable[Client]] | None) -> Finding:
    """Does Temporal answer, and has the namespace what an order needs?"""
    if connect is None:
        return _fine("Temporal", "embedded; starts with `orders up`")
    try:
        client = await connect()
        missing = await missing_search_attributes(client)
    except Trouble as trouble:
        return _problem("Temporal", trouble.what, trouble.todo)
    except RPCError as error:
        todo = "`orders up` creates the namespace; or name another one in ORDERS_NAMESPACE or in the profile."
        return _problem("Temporal", f"It answers, but refuses: {error.message}", todo)
    if missing:
        todo = "`orders up` creates them; or ask who runs the server to."
        return _problem("Temporal", f"Search attributes are missing: {', '.join(missing)}.", todo)
    return _ok("Temporal", f"{client.service_client.config.target_host}, namespace {client.namespace}")


def _unless_trouble(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return _ok(subject, look())
    except Trouble as trouble:
        return _problem(subject, trouble.what, trouble.todo)


def _postgres_program(folder: Path) -> str:
    program = programs_of_the_wheel() / "postgres"
    identity = find_identity(program, folder / "postgres")
    if identity.owner is None:
        return f"{program}, runs as you"
    return f"{program}, runs as {'a user of its own namespace' if identity.prefix else f'user {identity.user}'}"
