"""The connection to PostgreSQL: one engine a process, sessions from it."""

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

DRIVER = "postgresql+psycopg"


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


def open_engine(database_url: str, *, pool: int = 10, application: str = "orders") -> AsyncEngine:
    """Make an engine; it connects when first used.

    Args:
        database_url: `postgresql://user:password@host:port/database`.
        pool: connections held open; twice as many for a moment under load.
        application: shown in `pg_stat_activity`.
    """
    return create_async_engine(
        driver_url(database_url),
        pool_size=pool,
        max_overflow=pool,
        pool_timeout=10,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,  # an error's text reaches logs and histories; parameters may be personal
        connect_args={"application_name": application, "connect_timeout": 5, "options": "-c timezone=UTC"},
    )


def open_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions of an engine; what they loaded stays readable after the commit.

    A burst's paths use ``sessions.begin()`` even to read: after a ROLLBACK psycopg forgets what it had prepared.
    """
    return async_sessionmaker(engine, expire_on_commit=False)
