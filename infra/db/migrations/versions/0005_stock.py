"""The reservation ledger is append-only, and its rows mean what their step says; the statements stand beside it."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the trigger and the checks."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Take the trigger and the checks away."""
    op.execute("DROP TRIGGER reservation_is_append_only ON reservation")
    op.execute("DROP FUNCTION reservation_is_append_only")
    for name in ("step", "units"):
        op.execute(f"ALTER TABLE reservation DROP CONSTRAINT ck_reservation_{name}")
