"""Returns: goods that come back, for money or for other goods; and the invoices that a refund makes red."""

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create what returns and invoices need."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Take it away again, with what stands in it."""
    op.execute("DROP INDEX ix_inbound_fact_return")
    for table in ("invoice", "return_refund", "goods_return_line", "goods_return"):
        op.execute(f"DROP TABLE {table}")
