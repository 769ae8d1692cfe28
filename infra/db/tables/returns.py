"""Goods that come back: the return as its workflow has it, its lines, and the money that the books let go (§4.7)."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table, text

from infra.db.tables.columns import amount, count, document, flag, given, metadata, moment, of_order, word

goods_return = Table(
    "goods_return",
    metadata,
    of_order(),
    count("return_no", None),
    word("tenant", "default"),
    given("kind"),  # refund | exchange
    given("reason"),
    given("state"),
    flag("open", default=True),
    word("waiting_for"),
    word("tracking_number"),  # of the parcel that comes back
    word("carrier"),
    word("outcome"),
    word("new_order_no"),  # the order that sends the new goods of an exchange
    given("currency"),
    amount("refunded"),
    word("request_id"),
    word("asked_by"),
    moment("asked_at"),
    moment("started_at", nullable=True),  # when its workflow was started
    moment("closed_at", nullable=True),
    moment("updated_at"),
    moment("run_started_at", nullable=True),
    count("sequence"),
    document("value"),  # domain.returns.Return
    PrimaryKeyConstraint("order_no", "return_no"),
    Index("uq_goods_return_request", "order_no", "request_id", unique=True, postgresql_where=text("request_id <> ''")),
    Index("ix_goods_return_number", "tracking_number", postgresql_where=text("tracking_number <> ''")),
    Index("ix_goods_return_waiting", "asked_at", postgresql_where=text("started_at IS NULL")),
)

goods_return_line = Table(
    "goods_return_line",
    metadata,
    of_order(),
    count("return_no", None),
    given("line"),
    given("sku"),
    count("quantity", None),
    word("exchange_sku"),
    amount("worth"),
    count("good"),
    count("damaged"),
    count("other"),
    count("taken_back"),  # asked about while the return is open, then what was accepted
    PrimaryKeyConstraint("order_no", "return_no", "line"),
)

return_refund = Table(
    "return_refund",
    metadata,
    of_order(),
    count("return_no", None),
    given("cause"),  # goods | settled
    amount("amount"),  # granted under the lock of the order's row, before the gateway is asked
    moment("at"),
    PrimaryKeyConstraint("order_no", "return_no", "cause"),
)
