"""Price lists, who put a policy edition, and what an order was judged by; the statements stand beside it."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create them."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Orders were judged by what stands in these tables."""
    raise RuntimeError("What orders were judged by is not given up; restore a backup instead.")
