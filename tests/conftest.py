"""What every scene may ask for: a database, a Temporal, and the clause it proves.

`--clause AC-04,AC-05` selects the tests whose `@pytest.mark.clause(…)` names one of them.
"""

import fcntl
import gc
import itertools
import os
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from temporalio.client import Client

from infra.namespace import prepare
from infra.stack.folder import Running
from infra.temporal import connect
from infra.whereabouts import load_settings
from tests import servers

TEMPLATE = "migrated"
LONGEST_FIRST = (
    "tests/whole/",
    "tests/rules/test_search.py",
    "tests/rules/test_verdicts.py",
    "tests/sop/test_warnings_and_escalation.py",
    "tests/web/test_takeovers.py",
    "tests/sop/test_resets.py",
)
"""Where a long test comes last, one pytest process works alone while the others have nothing left."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--clause`."""
    parser.addoption(
        "--clause", default="", metavar="NAMES", help="only tests that prove one of these, e.g. AC-04,AC-05"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin a run: the first pytest process decides where its servers live."""
    if not hasattr(config, "workerinput"):
        servers.announce()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End a run: the process that began it stops the servers."""
    if not hasattr(config, "workerinput"):
        servers.dismiss()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep only the tests that prove one of the clauses asked for; the longest come first.

    The others come by the names of their files, so that scenes, which wait, stand among rules, which compute.
    """
    items.sort(key=lambda item: (not item.nodeid.startswith(LONGEST_FIRST), item.path.name, item.path))
    asked = {name.strip() for name in config.getoption("--clause").split(",") if name.strip()}
    if not asked:
        return
    proving = [item for item in items if asked & clauses_of(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(proving)])
    items[:] = proving


def pytest_collection_finish() -> None:
    """Look no more through what has been loaded by now: it stays, and pytest looks for garbage often at its end."""
    gc.freeze()


def clauses_of(item: pytest.Item) -> set[str]:
    """The clauses a test says it proves."""
    return {str(name) for mark in item.iter_markers("clause") for name in mark.args}


@pytest.fixture(scope="session")
def local_servers(request: pytest.FixtureRequest) -> Running:
    """The PostgreSQL and the Temporal of this run, shared by all pytest processes."""
    began = os.getppid() if hasattr(request.config, "workerinput") else os.getpid()
    return servers.obtain(watched=began)


@pytest.fixture(scope="session")
def fresh_database(local_servers: Running, worker_id: str) -> Callable[[], str]:
    """Makes a new migrated database at every call, and returns its `postgresql://…` URL."""
    _migrate_once(local_servers.database_url)
    count = itertools.count()

    def make() -> str:
        name = f"test_{worker_id}_{os.getpid()}_{next(count)}"
        _execute(local_servers.database_url, "CREATE DATABASE {} TEMPLATE {}", name, TEMPLATE)
        return _on(local_servers.database_url, name)

    return make


@pytest.fixture(scope="session")
def postgres_url(fresh_database: Callable[[], str]) -> str:
    """The `postgresql://…` URL of a migrated database that this pytest process has for itself."""
    return fresh_database()


@pytest.fixture(scope="session")
def temporal_address(local_servers: Running) -> str:
    """`host:port` of the run's Temporal; it may skip time, a workflow at a time."""
    return local_servers.temporal_address or ""


@pytest.fixture(scope="session")
async def client(temporal_address: str) -> Client:
    """A client of namespace `orders`, with its search attributes; take workflow ids and task queues of your own."""
    connected = await connect(load_settings(temporal_address=temporal_address or None))
    await prepare(connected)
    return connected


def _migrate_once(database_url: str) -> None:
    """Make the template all databases of this run are copied from."""
    from infra.db.migrate import upgrade  # noqa: PLC0415 - the pure tests need no Alembic

    with (Path(os.environ[servers.FOLDER]) / "migrating").open("a+") as done:
        fcntl.flock(done, fcntl.LOCK_EX)
        done.seek(0)
        if not done.read():
            _execute(database_url, "DROP DATABASE IF EXISTS {}", TEMPLATE)
            _execute(database_url, "CREATE DATABASE {}", TEMPLATE)
            upgrade(_on(database_url, TEMPLATE))
            done.write("done")


def _execute(database_url: str, statement: str, *names: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))


def _on(database_url: str, database: str) -> str:
    return database_url.rpartition("/")[0] + f"/{database}"
