"""Questions to customers, and the codes that open their page."""

from pathlib import Path

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the two tables."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Take them away again, with what stands in them."""
    for table in ("answer_code", "question"):
        op.execute(f"DROP TABLE {table}")
