"""Transactions straight on psycopg, for the steps that every order takes; everything else begins on the engine.

The same statements run on both. SQLAlchemy's way to psycopg costs three times as much as the statement, and an order
asks some forty. Here a statement is a ``text()`` that stays the same, with plain values; its rows are SQLAlchemy's own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol

import psycopg
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Result, TextClause
from sqlalchemy.dialects.postgresql.psycopg import PGDialectAsync_psycopg
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.db.connections import Connections
from infra.db.engine import is_silent, single_statements

DIALECT = PGDialectAsync_psycopg()  # type: ignore[no-untyped-call]
REMEMBERED = 500
"""Statements, and shapes of rows: more than there are."""

Line = psycopg.AsyncConnection[tuple[Any, ...]]


class Transaction(Protocol):
    """What a step asks the books through: SQLAlchemy's ``AsyncConnection``, or ``Direct``'s."""

    async def execute(self, statement: TextClause, parameters: Mapping[str, Any] | None = None) -> Result[Any]:
        """Run one statement."""
        ...


class Transactions(Protocol):
    """Where transactions begin: SQLAlchemy's ``AsyncEngine``, or ``Direct``."""

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction: committed at its end, or rolled back by an error."""
        ...


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of one transaction."""

    line: Line

    async def execute(self, statement: TextClause, parameters: Mapping[str, Any] | None = None) -> Result[Any]:
        """Run one statement; raises psycopg's own errors."""
        cursor = await self.line.execute(_for_psycopg(statement), parameters)
        if cursor.description is None:
            return IteratorResult(_shape(()), iter(()))
        names = tuple(column.name for column in cursor.description)
        return IteratorResult(_shape(names), iter(await cursor.fetchall()))


@dataclass(frozen=True, slots=True)
class Direct:
    """Begins transactions on these connections, which commit each statement by themselves otherwise.

    ``single``: it opens none; each statement is committed by itself, in one round trip instead of three.
    """

    connections: Connections
    single: bool = False

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Statements]:
        """A transaction: committed at its end, or rolled back by an error."""
        async with _line(self.connections) as line:
            if self.single:
                yield Statements(line)
                return
            async with line.transaction():
                yield Statements(line)


def single_steps(transactions: Transactions) -> Transactions:
    """The same for those who need no transaction: what begins there commits each statement by itself."""
    if isinstance(transactions, Direct):
        return replace(transactions, single=True)
    if isinstance(transactions, AsyncEngine):
        return single_statements(transactions)
    return transactions


@asynccontextmanager
async def _line(connections: AsyncConnectionPool[Line]) -> AsyncIterator[Line]:
    """A connection that PostgreSQL still holds: a lost one is found before it is used, and not by a step that fails."""
    while True:
        async with connections.connection() as line:
            if is_silent(line):
                yield line
                return
            await line.close()


@lru_cache(maxsize=REMEMBERED)
def _for_psycopg(statement: TextClause) -> bytes:
    return str(statement.compile(dialect=DIALECT)).encode()


@lru_cache(maxsize=REMEMBERED)
def _shape(names: tuple[str, ...]) -> SimpleResultMetaData:
    return SimpleResultMetaData(names)
