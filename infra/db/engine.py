"""The connection to PostgreSQL: one engine a process.

A transaction is ``engine.begin()``, even to read: after a ROLLBACK psycopg forgets what it had prepared.
"""

import select
from typing import Any

import psycopg
from sqlalchemy import event, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

DRIVER = "postgresql+psycopg"
IN_UTC = "-c timezone=UTC"
PLANNED_ONCE = f"{IN_UTC} -c plan_cache_mode=force_generic_plan"
"""Else PostgreSQL plans a prepared statement anew the first five times on each connection: a fifth of its work."""


def driver_url(database_url: str) -> str:
    """Name our driver in a PostgreSQL URL (`postgresql://…`, `postgres://…`), the password kept.

    Raises:
        ValueError: the URL is not one of PostgreSQL.
    """
    url = make_url(database_url)
    if url.get_backend_name() not in {"postgresql", "postgres"}:
        raise ValueError(
            f"{url.render_as_string()} is not a PostgreSQL URL; write postgresql://user:password@host/database"
        )
    return url.set(drivername=DRIVER).render_as_string(hide_password=False)


def plain_url(database_url: str) -> str:
    """The same URL as libpq and psycopg read it, without a driver's name."""
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def open_engine(
    database_url: str, *, pool: int = 10, application: str = "orders", few_statements: bool = False
) -> AsyncEngine:
    """Make an engine; it connects when first used.

    Args:
        database_url: `postgresql://user:password@host:port/database`.
        pool: connections held open; twice as many for a moment under load.
        application: shown in `pg_stat_activity`.
        few_statements: whoever uses it asks a few statements, all by key, again and again: each connection prepares
            them at once and plans them once, and the connection used last is used first.
    """
    engine = create_async_engine(
        driver_url(database_url),
        pool_size=pool,
        max_overflow=pool,
        pool_timeout=10,
        pool_recycle=1800,
        hide_parameters=True,  # an error's text reaches logs and histories; parameters may be personal
        pool_use_lifo=few_statements,
        connect_args={
            "application_name": application,
            "connect_timeout": 5,
            "prepare_threshold": 0 if few_statements else 5,
            "options": PLANNED_ONCE if few_statements else IN_UTC,
        },
    )
    event.listen(engine.sync_engine, "checkout", _must_be_silent)
    return engine


def single_statements(engine: AsyncEngine) -> AsyncEngine:
    """The same connections for those who need no transaction: one round trip a statement instead of three.

    Its ``begin()`` opens none: each statement is committed by itself.
    """
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def is_silent(line: psycopg.AsyncConnection[Any]) -> bool:
    """Whether PostgreSQL still holds an idle connection: one only becomes readable when it is closed.

    Asking PostgreSQL itself (``pool_pre_ping``) would cost a round trip a transaction.
    """
    if line.closed:
        return False
    heard = select.poll()
    heard.register(line.fileno(), select.POLLIN)
    return not heard.poll(0)


def _must_be_silent(dbapi_connection: Any, _record: object, _proxy: object) -> None:
    """Notice a lost PostgreSQL before a connection is used."""
    if not is_silent(dbapi_connection.driver_connection):
        raise InvalidatePoolError
