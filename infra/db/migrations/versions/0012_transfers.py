"""Stock transfers, and warehouses that send no parcels."""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create what transfers need."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Take it away again, with what stands in it."""
    op.execute("DROP TABLE stock_transfer")
    op.execute("ALTER TABLE warehouse DROP COLUMN sends")
