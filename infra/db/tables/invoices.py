"""Invoices and their red letters (SR-149). The party's number of one is its letter's ``reference`` in the outbox."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table, text

from infra.db.tables.columns import amount, count, given, metadata, moment, of_order, word

invoice = Table(
    "invoice",
    metadata,
    of_order(),
    count("invoice_no", None),
    given("kind"),  # blue | red
    count("red_of"),  # the invoice that a red one takes back
    word("cause"),  # of a red one: the refund
    word("title"),  # may be a person's name
    word("tax_id"),
    amount("amount"),
    given("currency"),
    word("request_id"),
    word("asked_by"),
    moment("asked_at"),
    moment("used_at", nullable=True),  # when the buyer used it
    word("confirmation_no"),  # of the 红字信息确认单
    PrimaryKeyConstraint("order_no", "invoice_no"),
    Index("uq_invoice_request", "order_no", "request_id", unique=True, postgresql_where=text("request_id <> ''")),
)
