"""Platform codes: what they stand for, and which ones orders wait for (SR-170)."""

from __future__ import annotations

from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, Text

from infra.db.tables.columns import document, given, metadata, moment, of_order

code_match = Table(
    "code_match",
    metadata,
    Column("channel", Text, nullable=False),
    Column("code", Text, nullable=False),
    document("components", "[]"),
    PrimaryKeyConstraint("channel", "code"),
)

unmatched_code = Table(
    "unmatched_code",
    metadata,
    of_order(),
    given("line"),
    given("channel"),
    given("code"),
    moment("at"),
    PrimaryKeyConstraint("order_no", "line"),
    Index("ix_unmatched_code_code", "channel", "code"),
)
