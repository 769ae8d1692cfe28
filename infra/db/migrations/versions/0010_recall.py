"""What is recalled from the dock comes back into the reservation ledger; the statements stand beside it."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Let a row of the ledger put units back."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Take the checks back to what they were; rows that put units back stay."""
    op.execute("ALTER TABLE reservation DROP CONSTRAINT ck_reservation_step")
    op.execute("ALTER TABLE reservation DROP CONSTRAINT ck_reservation_units")
    op.execute(
        "ALTER TABLE reservation ADD CONSTRAINT ck_reservation_step CHECK (step IN "
        "('reserve', 'release', 'consume', 'lose', 'repair', 'taken_over')) NOT VALID"
    )
    op.execute(
        "ALTER TABLE reservation ADD CONSTRAINT ck_reservation_units CHECK (CASE step WHEN 'reserve' THEN units > 0 "
        "WHEN 'repair' THEN units <> 0 WHEN 'consume' THEN units <= 0 WHEN 'taken_over' THEN units = 0 "
        "ELSE units < 0 END) NOT VALID"
    )
