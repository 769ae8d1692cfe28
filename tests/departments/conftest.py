"""What the departments' scenes share: a database of their own, a watch, and orders that came in."""

import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
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
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def database_url(fresh_database: Callable[[], str]) -> str:
    """An empty, migrated database."""
    return fresh_database()


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    """The engine to the scene's database."""
    engine = open_engine(database_url, pool=20)
    yield engine
    await engine.dispose()


@pytest.fixture
async def connections(database_url: str) -> AsyncIterator[Connections]:
    """Plain connections to the scene's database."""
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
