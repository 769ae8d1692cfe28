"""The order as lists and pages show it: the projection and its rows, written by the recording."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from infra.db.tables.columns import (
    amount,
    count,
    document,
    flag,
    given,
    maybe,
    metadata,
    moment,
    number,
    of_order,
    word,
    words,
)

orders = Table(
    "orders",
    metadata,
    Column("order_no", Text, primary_key=True),
    word("tenant", "default"),
    word("channel"),
    word("external_id"),
    word("region"),
    amount("total"),
    word("currency", "CNY"),
    moment("placed_at"),
    moment("received_at", nullable=True),
    word("search"),  # order number, external id, tracking numbers; no personal data
    word("stage", "RECEIVED"),
    word("label"),
    words("overlays"),
    word("payment_state"),
    count("version", 1),
    flag("needs_attention"),
    word("attention_reason"),
    word("waiting_for"),
    moment("next_due_at", nullable=True),
    word("next_due_clock"),
    words("open_cases"),
    words("hold_reasons"),
    words("breaches"),
    word("warehouse"),
    amount("captured"),
    amount("refunded"),
    moment("completed_at", nullable=True),
    flag("final"),
    document("explanation"),
    document("holds", "[]"),
    document("findings", "[]"),
    document("unmatched", "[]"),
    document("effects", "[]"),
    document("steps", "[]"),  # of the cases' playbooks: whose, since, until, what was tried
    word("last_change"),  # what became of the latest change request
    document("audit"),  # prices it was judged by, divisions in question, overrides
    word("run_id"),
    moment("run_started_at", nullable=True),
    Column("sequence", BigInteger, nullable=False, server_default=text("0")),
    moment("updated_at", nullable=True),
    Column("snapshot", JSONB),  # the order as of its last turn, without its policy; null: it is over, or had no turn
    Index("ix_orders_list", text("placed_at DESC"), "order_no"),
    Index("ix_orders_stage", "stage", text("placed_at DESC"), "order_no"),
    Index("ix_orders_channel", "channel", text("placed_at DESC"), "order_no"),
    Index("ix_orders_attention", text("placed_at DESC"), "order_no", postgresql_where=text("needs_attention")),
    Index("ix_orders_external", "external_id"),
)

order_line = Table(
    "order_line",
    metadata,
    of_order(),
    given("line"),
    given("sku"),
    word("specification"),
    count("quantity", None),
    amount("unit_price"),
    amount("discount"),
    *map(count, ("cancelled", "unallocated", "reserved", "picked", "shipped", "delivered", "returned")),
    maybe("added_by_rule"),  # bundle or gift, where a match of the platform's code made the line
    maybe("part_of"),
    PrimaryKeyConstraint("order_no", "line"),
)

shipment = Table(
    "shipment",
    metadata,
    of_order(),
    count("shipment", None),
    given("warehouse"),
    given("state"),
    document("lines"),
    *(moment(name, nullable=True) for name in ("released_at", "outbound_at", "promised_outbound_at")),
    maybe("carrier"),  # who is to carry it, by the carrier table
    Column("ships_on", Date),
    Column("delivered_by", Date),
    Column("cash_on_delivery", BigInteger),
    PrimaryKeyConstraint("order_no", "shipment"),
)

package = Table(
    "package",
    metadata,
    of_order(),
    given("package"),
    count("shipment", None),
    given("state"),
    word("carrier"),
    word("tracking_number"),
    *(
        moment(name, nullable=True)
        for name in ("outbound_at", "uploaded_at", "accepted_at", "promised_at", "delivered_at")
    ),
    document("lines"),
    Column("consolidated", Boolean),  # its number is that of other orders too
    PrimaryKeyConstraint("order_no", "package"),
    Index("ix_package_tracking", "tracking_number", postgresql_where=text("tracking_number <> ''")),
    Index("ix_package_consolidated", "tracking_number", postgresql_where=text("consolidated")),
)

clock = Table(
    "clock",
    metadata,
    of_order(),
    given("kind"),
    given("subject"),
    moment("start_at"),
    word("start_event"),
    moment("due_at", nullable=True),
    moment("warn_at", nullable=True),
    document("pauses", "[]"),
    moment("stop_at", nullable=True),
    word("stop_event"),
    Column("gross_s", Double),
    Column("net_s", Double),
    given("verdict"),
    word("cause"),
    word("responsible"),
    Column("case_no", Integer),
    Column("before_takeover", Boolean),  # null, as of a release that did not know it: no
    PrimaryKeyConstraint("order_no", "kind", "subject", "start_at"),
)

exception_case = Table(
    "exception_case",
    metadata,
    of_order(),
    count("case_no", None),
    given("kind"),
    given("subject"),
    given("status"),
    count("level"),
    *map(word, ("cause", "responsible", "outcome", "actor")),
    moment("opened_at"),
    moment("resolved_at", nullable=True),
    moment("acknowledged_at", nullable=True),
    PrimaryKeyConstraint("order_no", "case_no"),
    Index("ix_exception_case_open", "kind", "opened_at", postgresql_where=text("resolved_at IS NULL")),
)

task = Table(
    "task",
    metadata,
    of_order(),
    given("key"),
    given("kind"),
    given("role"),
    moment("due_at", nullable=True),
    Column("case_no", Integer),
    moment("opened_at"),
    moment("done_at", nullable=True),
    word("done_by"),
    document("params"),
    PrimaryKeyConstraint("order_no", "key"),
    Index("ix_task_open", "role", "due_at", postgresql_where=text("done_at IS NULL")),
)

order_event = Table(
    "order_event",
    metadata,
    number(),
    of_order(),
    given("key"),
    given("code"),
    moment("at"),
    moment("recorded_at"),
    word("actor"),
    word("source"),
    document("params"),
    word("reason"),
    word("request_id"),
    document("before"),  # what it changed: {stage, version, …}
    document("after"),
    Column(
        "seq", BigInteger, nullable=False
    ),  # its place in the order's chain; given by the trigger, as are the hashes
    given("prev_hash"),
    given("hash"),  # of the hash before and of its own content: order_event_content()
    UniqueConstraint("order_no", "key"),
    UniqueConstraint("order_no", "seq"),
)
"""Append-only and chained by triggers (migration 0002)."""

trail_head = Table(
    "trail_head",
    metadata,
    Column("order_no", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    given("hash"),
)
"""The last link of each order's chain, so that a missing end is seen."""

audit_debt = Table(
    "audit_debt",
    metadata,
    of_order(),
    given("debt"),
    given("code"),
    given("field"),
    count("version", None),
    moment("since"),
    *(moment(name, nullable=True) for name in ("due_at", "ended_at")),
    word("outcome"),
    word("actor"),
    PrimaryKeyConstraint("order_no", "debt"),
    Index("ix_audit_debt_open", "due_at", postgresql_where=text("ended_at IS NULL")),
)
