"""Channels that are pulled, offline documents, promotion windows, orders linked to others."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create what the cadences need."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Take it away again, with what stands in it."""
    for table in ("order_link", "promo_window", "offline_document", "pulled_order", "channel_cursor", "channel"):
        op.execute(f"DROP TABLE {table}")
