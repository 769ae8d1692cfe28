"""Brings a database to the newest edition of the tables (Alembic; the editions stand in `migrations/versions`)."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from infra.db.engine import driver_url

MIGRATIONS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 815_202_611
"""The advisory lock of whoever migrates: a second process waits and finds the work done."""


def upgrade(database_url: str) -> None:
    """Migrate a database to the newest edition; does nothing where it is there already. Blocks: call it in a thread.

    Args:
        database_url: `postgresql://user:password@host:port/database`; the database exists.
    """
    engine = create_engine(driver_url(database_url), poolclass=NullPool, connect_args={"connect_timeout": 5})
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ONE_AT_A_TIME})
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        command.upgrade(config, "head")
