"""What polling the carriers remembers: of each parcel when it is due again, of each carrier whether it answers."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text

from infra.db.tables.columns import given, metadata, moment, of_order, word

polled_parcel = Table(
    "polled_parcel",
    metadata,
    of_order(),
    given("package"),
    moment("polled_at", nullable=True),  # null: its carrier was not asked yet
    moment("due_at"),
    PrimaryKeyConstraint("order_no", "package"),
    Index("ix_polled_parcel_due", "due_at"),
)

polled_carrier = Table(
    "polled_carrier",
    metadata,
    Column("carrier", Text, primary_key=True),  # empty: parcels whose carrier nobody named
    moment("good_at", nullable=True),  # when it last answered
    moment("failed_at", nullable=True),  # when it last did not
    word("error"),
)
