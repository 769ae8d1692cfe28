"""The migrations build exactly the tables the code believes in."""

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from infra.db.engine import driver_url
from infra.db.migrate import upgrade
from infra.db.tables import metadata

COLUMNS = "SELECT table_name, column_name, data_type FROM information_schema.columns ORDER BY 1, 2"


def test_the_migrations_end_in_the_tables_of_the_code(postgres_url: str) -> None:
    engine = create_engine(driver_url(postgres_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


async def test_a_second_upgrade_changes_nothing_even_inside_a_running_loop(postgres_url: str) -> None:
    def columns() -> list[tuple[str, str, str]]:
        with psycopg.connect(postgres_url) as connection:
            return connection.execute(COLUMNS).fetchall()

    before = columns()
    assert before
    upgrade(postgres_url)
    assert columns() == before
