"""Plain statements, one round trip each, for the paths that a burst goes through; everything else uses the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from infra.db.engine import PLANNED_ONCE, plain_url

Connections = AsyncConnectionPool[psycopg.AsyncConnection[tuple[Any, ...]]]


def open_connections(database_url: str, *, most: int = 4, application: str = "orders-inbox") -> Connections:
    """Connections that commit each statement; whoever opens them (``async with``) closes them."""
    return AsyncConnectionPool(
        plain_url(database_url),
        min_size=1,
        max_size=most,
        open=False,
        timeout=5,
        reconnect_timeout=4,  # after that the next caller tries anew: no long pause outlives an outage
        kwargs={
            "autocommit": True,
            "application_name": application,
            "connect_timeout": 5,
            "prepare_threshold": 0,
            "options": PLANNED_ONCE,  # a few statements, all by key
        },
    )


async def ask(connections: Connections, statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement and commit it; asked again once where the connection had been lost.

    Only for statements that may run twice. Raises psycopg.OperationalError where PostgreSQL does not answer.
    """
    try:
        return await _ask_once(connections, statement, values)
    except psycopg.OperationalError:
        return await _ask_once(connections, statement, values)


async def _ask_once(connections: Connections, statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    async with connections.connection() as connection:
        return await (await connection.execute(statement.encode(), values)).fetchall()
