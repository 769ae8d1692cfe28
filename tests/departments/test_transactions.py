"""Transactions straight on psycopg do what those of the engine do, and lose no step to a connection that was lost."""

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.db.connections import Connections
from infra.db.transactions import Direct, Transactions, single_steps

ME = text("SELECT pg_backend_pid()")
OTHERS = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> :mine AND datname = :name")
ADD = text("INSERT INTO sku (sku, name) VALUES (:sku, :name)")
ALL = text("SELECT sku, name FROM sku WHERE name LIKE '50% %' AND sku = ANY(:skus) ORDER BY sku")


@pytest.fixture
def database_url(fresh_database: Callable[[], str]) -> str:
    """One of its own: here connections are stopped from outside."""
    return fresh_database()


@pytest.fixture(params=["engine", "direct"])
def ways(request: pytest.FixtureRequest, engine: AsyncEngine, connections: Connections) -> Transactions:
    """Both ways, one after the other."""
    return engine if request.param == "engine" else Direct(connections)


async def test_rows_read_alike_and_an_error_takes_everything_back(ways: Transactions) -> None:
    async with ways.begin() as connection:
        for sku in ("A", "B"):
            await connection.execute(ADD, {"sku": sku, "name": f"50% {sku}"})

    async def add_again() -> None:
        async with ways.begin() as connection:
            await connection.execute(ADD, {"sku": "C", "name": "50% C"})
            await connection.execute(ADD, {"sku": "A", "name": "50% A"})

    with pytest.raises((IntegrityError, psycopg.IntegrityError)):
        await add_again()
    async with ways.begin() as connection:
        asked = {"skus": ["A", "B", "C"]}
        rows = (await connection.execute(ALL, asked)).all()
        assert [(row.sku, row.name) for row in rows] == [("A", "50% A"), ("B", "50% B")]
        named = [dict(row) for row in (await connection.execute(ALL, asked)).mappings()]
        assert named == [{"sku": "A", "name": "50% A"}, {"sku": "B", "name": "50% B"}]
        assert (await connection.execute(ALL, {"skus": ["C"]})).one_or_none() is None
        assert list((await connection.execute(ALL, asked)).scalars()) == ["A", "B"]


async def test_a_single_step_is_committed_by_itself(ways: Transactions) -> None:
    async def add_and_fail() -> None:
        async with single_steps(ways).begin() as connection:
            await connection.execute(ADD, {"sku": "A", "name": "50% A"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await add_and_fail()
    async with ways.begin() as connection:
        assert (await connection.execute(ALL, {"skus": ["A"]})).one().sku == "A"


async def test_connections_that_were_closed_are_replaced_before_a_step_uses_them(
    engine: AsyncEngine, connections: Connections
) -> None:
    direct = Direct(connections)
    async with direct.begin() as one, direct.begin() as other:
        before = {(await each.execute(ME)).scalar_one() for each in (one, other)}
    async with engine.begin() as connection:
        mine = (await connection.execute(ME)).scalar_one()
        name = (await connection.execute(text("SELECT current_database()"))).scalar_one()
        await connection.execute(OTHERS, {"mine": mine, "name": name})
    async with direct.begin() as one, direct.begin() as other:
        after = {(await each.execute(ME)).scalar_one() for each in (one, other)}
    assert len(after) == len(before) == 2
    assert not before & after
