"""A PostgreSQL that restarted, or dropped idle connections, is no error of the next transaction."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"


@pytest.fixture
def database_url(fresh_database: Callable[[], str]) -> str:
    """One of its own: here connections are stopped from outside."""
    return fresh_database()


async def test_idle_connections_that_were_closed_are_replaced(engine: AsyncEngine) -> None:
    async with engine.begin() as one, engine.begin() as other:
        before = {(await each.execute(text("SELECT pg_backend_pid()"))).scalar_one() for each in (one, other)}
    async with engine.begin() as connection:
        mine = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
        await connection.execute(text(f"{OTHERS} AND pid <> :mine"), {"mine": mine})
    async with engine.begin() as one, engine.begin() as other:
        after = {(await each.execute(text("SELECT pg_backend_pid()"))).scalar_one() for each in (one, other)}
    assert mine in before
    assert len(after) == len(before) == 2
    assert not (before - {mine}) & after
