"""Hearing that something came: PostgreSQL tells whoever listens, at the commit (architecture §3, LISTEN/NOTIFY)."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from psycopg import sql

from infra.db.tables import RELAY


async def listen(database_url: str, heard: Callable[[str], None]) -> None:
    """Call ``heard`` with the word of every notification, until cancelled.

    The words are ``orders``, ``outbox`` and ``fact`` with an order number; the empty word says that the line was
    down until now, so anything may have come. Raises psycopg.OperationalError where the line breaks.
    """
    async with await psycopg.AsyncConnection.connect(
        database_url, autocommit=True, application_name="orders-relay-ear", connect_timeout=5
    ) as connection:
        await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(RELAY)))
        heard("")
        async for word in connection.notifies():
            heard(word.payload)
