"""The steps of cases, what became of the latest change request, and the order as of its last turn."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add what operators see, and what a lost workflow is begun anew from."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Take it away again."""
    for column in ("steps", "last_change", "snapshot"):
        op.execute(f"ALTER TABLE orders DROP COLUMN {column}")
