"""What file intake keeps: how a source's headers are read, which documents came in, which form numbers were given."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the three tables."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Drop them again; what they remembered is lost."""
    for table in ("import_mapping", "import_document", "paper_form"):
        op.drop_table(table)
