"""Orders that were taken over from another system (M19): what was told of them, and with what they go on."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from infra.db.tables.columns import document, metadata, moment, word

taken_over = Table(
    "taken_over",
    metadata,
    Column("order_no", Text, ForeignKey("orders.order_no", ondelete="CASCADE"), primary_key=True),
    moment("at"),
    word("actor"),
    document("history"),  # as it was told; no personal data
    Column("snapshot", JSONB),  # the order its workflow begins with; null: it was finished and has none
)
