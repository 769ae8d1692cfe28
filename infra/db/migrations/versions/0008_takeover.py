"""Orders taken over from another system, and which verdicts are from before; the statements stand beside it."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add what a takeover keeps."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Forget what a takeover kept; its orders stay."""
    op.drop_table("taken_over")
    op.drop_column("clock", "before_takeover")
