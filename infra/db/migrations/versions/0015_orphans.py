"""Who closed an event without an order, when and why."""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the columns and the index of what waits."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Take them away again, with what stands in them."""
    op.execute("DROP INDEX ix_inbound_fact_without_order")
    for column in ("closed_at", "closed_by", "closed_for"):
        op.execute(f"ALTER TABLE inbound_fact DROP COLUMN {column}")
