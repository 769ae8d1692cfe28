"""The trail is chained and append-only, audit debts have their rows; the statements stand beside it."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Chain what is there, and keep it from then on. A statement ends where an empty line follows its semicolon."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """A trail that could be taken apart again would prove nothing."""
    raise RuntimeError("The trail is not unchained; restore a backup instead.")
