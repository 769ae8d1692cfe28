"""What a failure of service costs: coupons and who bears them, claims on carriers; written by the recording (M9)."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, PrimaryKeyConstraint, Table

from infra.db.tables.columns import amount, count, given, metadata, moment, of_order, word

coupon = Table(
    "coupon",
    metadata,
    of_order(),
    given("coupon"),  # its incident and step
    given("key"),  # of the effect that issued it
    given("incident"),
    count("case_no"),
    amount("amount"),
    given("currency"),
    given("fault"),
    given("cost_centre"),  # who bears it; may change, the coupon stays
    word("party"),  # the carrier, or the warehouse
    given("edition"),
    word("instrument", "own"),  # own | platform | transfer
    moment("issued_at"),
    moment("expires_at", nullable=True),
    PrimaryKeyConstraint("order_no", "coupon"),
    Index("ix_coupon_issued_at", "issued_at"),
)

carrier_claim = Table(
    "carrier_claim",
    metadata,
    of_order(),
    given("incident"),
    given("key"),
    given("ground"),
    amount("amount"),
    given("currency"),
    word("carrier"),
    word("tracking_number"),
    moment("opened_at"),
    Column("accepted", Boolean),  # null: the carrier has not answered
    word("reason"),
    word("reference"),
    amount("paid"),
    moment("paid_at", nullable=True),
    PrimaryKeyConstraint("order_no", "incident"),
    Index("ix_carrier_claim_opened_at", "opened_at"),
)
