"""The migrations build exactly the tables the code believes in."""

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text

from infra.db.engine import driver_url
from infra.db.migrate import upgrade
from infra.db.tables import metadata

COLUMNS = "SELECT table_name, column_name, data_type FROM information_schema.columns ORDER BY 1, 2"
CHECKS = text("""
    SELECT t.relname, c.conname, pg_get_constraintdef(c.oid) AS said FROM pg_constraint AS c
    JOIN pg_class AS t ON t.oid = c.conrelid JOIN pg_namespace AS n ON n.oid = t.relnamespace
    WHERE c.contype = 'c' AND n.nspname = current_schema() ORDER BY 1, 2""")


def test_the_migrations_end_in_the_tables_of_the_code(postgres_url: str) -> None:
    engine = create_engine(driver_url(postgres_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_checks_of_the_database_are_those_of_the_code(postgres_url: str) -> None:
    """Alembic compares no CHECK constraints: the tables of the code are made beside the migrated ones, and go again."""
    engine = create_engine(driver_url(postgres_url))
    with engine.connect() as connection, connection.begin() as whole:
        migrated = checks(connection)
        connection.execute(text("CREATE SCHEMA of_the_code"))
        connection.execute(text("SET LOCAL search_path TO of_the_code, public"))
        metadata.create_all(connection, checkfirst=False)
        made = checks(connection)
        whole.rollback()
    engine.dispose()
    assert made == migrated
    assert {name for table, name, _ in made if table == "stock_level"} == {
        *("ck_stock_level_quarantined", "ck_stock_level_reserved", "ck_stock_level_safety"),
    }


def checks(connection: Connection) -> list[tuple[str, str, str]]:
    """Each CHECK of the schema that comes first: its table, its name, and what it says."""
    return [(row.relname, row.conname, row.said) for row in connection.execute(CHECKS)]


async def test_a_second_upgrade_changes_nothing_even_inside_a_running_loop(postgres_url: str) -> None:
    def columns() -> list[tuple[str, str, str]]:
        with psycopg.connect(postgres_url) as connection:
            return connection.execute(COLUMNS).fetchall()

    before = columns()
    assert before
    upgrade(postgres_url)
    assert columns() == before
