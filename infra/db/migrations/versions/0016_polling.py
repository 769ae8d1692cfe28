"""What polling the carriers remembers, the budget of coupons, and what service costs."""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Create the tables."""
    for statement in Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    """Take them away again, with what stands in them."""
    for table in ("carrier_claim", "coupon", "coupon_share", "coupon_day", "polled_carrier", "polled_parcel"):
        op.execute(f"DROP TABLE {table}")
