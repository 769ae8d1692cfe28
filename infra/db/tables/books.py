"""The books: effects done outside, letters to send, stock, policies, keys, alerts."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, PrimaryKeyConstraint, Table, Text, text

from infra.db.tables.columns import amount, count, document, flag, given, maybe, metadata, moment, number, word

effect = Table(
    "effect",
    metadata,
    Column("key", Text, primary_key=True),  # order number/kind/cause
    given("request_hash"),
    document("result"),
    moment("at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("key", Text, primary_key=True),
    given("order_no"),
    given("kind"),  # message | push_tracking | push_status | subscribe | push_refund_answer
    word("template"),
    document("params"),
    moment("created_at"),
    moment("sent_at", nullable=True),
    count("attempts"),
    moment("next_attempt_at"),
    word("last_error"),
    word("reference"),
    Index("ix_outbox_due", "next_attempt_at", "created_at", postgresql_where=text("sent_at IS NULL")),
    Index("ix_outbox_order", "order_no", "created_at"),
)

alert = Table(
    "alert",
    metadata,
    Column("key", Text, primary_key=True),  # one alert for one occurrence, however often it is seen
    given("kind"),  # fact_conflict | fact_unmatched | stock_mismatch | stock_repaired | stock_differs | …
    maybe("order_no"),
    moment("at"),
    document("detail"),  # figures and ids, no personal data
    Index("ix_alert_at", text("at DESC")),
)

sku = Table(
    "sku",
    metadata,
    Column("sku", Text, primary_key=True),
    word("name"),
    word("specification"),  # empty: the SKU has none to compare
    flag("sellable", default=True),
    flag("custom"),  # made to order: a line needs a final design
    count("weight_g"),  # grams a unit; 0: unknown
    word("goods"),  # the class of goods a carrier has to take, such as cold_chain; empty: ordinary
)

warehouse = Table(
    "warehouse",
    metadata,
    Column("warehouse", Text, primary_key=True),
    word("name"),
    count("priority", 100),  # the lower is asked first
    word("region"),
    flag("sends", default=True),  # parcels to customers; else it only gives its goods to other warehouses
)

stock_level = Table(
    "stock_level",
    metadata,
    Column("warehouse", Text, ForeignKey("warehouse.warehouse"), nullable=False),
    Column("sku", Text, ForeignKey("sku.sku"), nullable=False),
    *map(count, ("on_hand", "reserved", "safety", "quarantined")),
    PrimaryKeyConstraint("sku", "warehouse"),
    CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved"),
    CheckConstraint("safety >= 0", name="safety"),
    CheckConstraint("quarantined >= 0", name="quarantined"),
)

# Append-only: a trigger refuses UPDATE, DELETE and TRUNCATE (migration 0005).
reservation = Table(
    "reservation",
    metadata,
    number(),
    Column("key", Text, nullable=False, unique=True),
    given("order_no"),
    count("version", 1),
    given("line"),
    given("sku"),
    given("warehouse"),
    given("step"),  # reserve | release | consume | lose | repair | taken_over | put_back
    word("subject"),  # package/… that the units left with (consume)
    count("units", None),  # what it adds to the reserved units; the sum of an order's rows is what is reserved for it
    count("outbound"),  # units that left the warehouse with this row (consume)
    moment("at"),
    CheckConstraint(
        "step IN ('reserve', 'release', 'consume', 'lose', 'repair', 'taken_over', 'put_back')", name="step"
    ),
    CheckConstraint(
        "CASE step WHEN 'reserve' THEN units > 0 WHEN 'repair' THEN units <> 0 WHEN 'consume' THEN units <= 0 "
        "WHEN 'taken_over' THEN units = 0 WHEN 'put_back' THEN units > 0 ELSE units < 0 END",
        name="units",
    ),
    Index("ix_reservation_order", "order_no", "line", "warehouse"),
    Index("ix_reservation_stock", "sku", "warehouse"),
)

stock_transfer = Table(
    "stock_transfer",
    metadata,
    Column("key", Text, primary_key=True),  # of the effect that asked for it; holds its units in the reservation ledger
    given("order_no"),
    count("transfer", None),
    given("source"),
    given("target"),
    document("lines", "[]"),  # line, sku and units of each
    given("state"),  # requested | in_transit | received | failed | called_off | refused
    moment("requested_at"),
    moment("expected_at"),
    moment("changed_at", nullable=True),
    CheckConstraint("source <> target", name="places"),
    CheckConstraint(
        "state IN ('requested', 'in_transit', 'received', 'failed', 'called_off', 'refused')", name="state"
    ),
    Index("ix_stock_transfer_order", "order_no", "transfer"),
)

coupon_day = Table(
    "coupon_day",
    metadata,
    Column("day", Date, nullable=False),  # of the edition's zone
    given("currency"),
    amount("spent"),  # the sum of its shares
    PrimaryKeyConstraint("day", "currency"),
)

coupon_share = Table(
    "coupon_share",
    metadata,
    Column("key", Text, primary_key=True),  # of the effect that issues it
    Column("day", Date, nullable=False),
    given("currency"),
    amount("amount"),
    moment("at"),
)

policy_edition = Table(
    "policy_edition",
    metadata,
    Column("edition", Text, primary_key=True),
    document("body"),
    word("channel"),  # empty: every channel
    moment("valid_from"),
    word("owner"),  # whose key put it
    moment("added_at", nullable=True),
    word("reason"),
)

api_key = Table(
    "api_key",
    metadata,
    Column("prefix", Text, primary_key=True),
    given("sha256"),
    given("role"),
    word("tenant", "default"),
    word("name"),
    moment("created_at"),
    moment("revoked_at", nullable=True),
)
