"""What the departments' scenes share: a database of their own, a watch, and orders that came in."""

import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.connectors.plain_protocol import PlainClient
from infra.db.connections import Connections, open_connections
from infra.db.engine import open_engine
from infra.db.ledger import Ledger
from infra.db.transactions import Direct
from tests.departments.desk import Desk
from tests.parties import Listener, Parties, listening, parties

NUMBERS = itertools.count(1)
"""One run of orders for all scenes, for the outside parties remember theirs."""
EMPTIED = text("""
DO $$
DECLARE
    kept RECORD;
    found BOOLEAN;
BEGIN
    SET LOCAL session_replication_role = replica; -- neither keys nor the guards of the ledgers
    FOR kept IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', kept.tablename) INTO found;
        IF found THEN EXECUTE format('DELETE FROM %I', kept.tablename); END IF;
    END LOOP;
    FOR kept IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
        EXECUTE format('ALTER SEQUENCE %I RESTART', kept.sequencename);
    END LOOP;
END $$
""")
"""Leaves what the migrations leave: tables without a row, numbers from their beginning."""
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Shelf:
    """The database that scenes use one after the other, with its connections."""

    url: str
    engine: AsyncEngine
    connections: Connections


@pytest.fixture(scope="session")
async def shelf(fresh_database: Callable[[], str]) -> AsyncIterator[Shelf]:
    """One a pytest process: a database of its own costs more than most scenes."""
    url = fresh_database()
    engine = open_engine(url, pool=20)
    async with open_connections(url, most=20) as connections:
        yield Shelf(url, engine, connections)
    await engine.dispose()


@pytest.fixture
async def database_url(shelf: Shelf) -> str:
    """An empty, migrated database; one that nobody else uses where a scene stops its connections or alters tables."""
    async with shelf.engine.begin() as connection:
        await connection.execute(EMPTIED)
    return shelf.url


@pytest.fixture
async def engine(database_url: str, shelf: Shelf) -> AsyncIterator[AsyncEngine]:
    """The engine to the scene's database."""
    if database_url == shelf.url:
        yield shelf.engine
        return
    engine = open_engine(database_url, pool=20)
    yield engine
    await engine.dispose()


@pytest.fixture
async def connections(database_url: str, shelf: Shelf) -> AsyncIterator[Connections]:
    """Plain connections to the scene's database."""
    if database_url == shelf.url:
        yield shelf.connections
        return
    async with open_connections(database_url, most=20) as connections:
        yield connections


@pytest.fixture
def ledger(connections: Connections) -> Ledger:
    """The ledger of the scene's database."""
    return Ledger(connections, Direct(connections))


@pytest.fixture
async def desk(engine: AsyncEngine, connections: Connections) -> Desk:
    """Puts orders and stock into the database, and reads the books."""
    return Desk(engine, NUMBERS, NOON, Direct(connections))


@pytest.fixture(scope="session")
async def news() -> AsyncIterator[Listener]:
    """Hears the news of the outside parties."""
    async with listening() as listener:
        yield listener


@pytest.fixture(scope="session")
async def market(news: Listener, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Parties]:
    """The simulated outside parties, as a process of their own."""
    async with parties(tmp_path_factory.mktemp("market"), news.url) as running:
        yield running


@pytest.fixture
async def line(market: Parties) -> AsyncIterator[PlainClient]:
    """A client to the outside parties."""
    async with market.client() as client:
        yield client
