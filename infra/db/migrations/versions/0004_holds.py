"""Marks by which buyers and like orders are known, and which SKUs are made to order; the statements stand beside it."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns, and give the orders that are there the marks of their buyers."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Nobody goes back over what was kept since."""
    raise RuntimeError("Orders were marked since; restore a backup instead.")
