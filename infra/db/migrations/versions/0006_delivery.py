"""The carrier service table, what a shipment is carried by, platform codes; the statements stand beside it."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add them."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """What carriers were chosen by would be lost."""
    raise RuntimeError("The carrier table is not taken away again; restore a backup instead.")
