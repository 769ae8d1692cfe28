"""Price lists (SR-112): editions that never change, and their prices."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Index, PrimaryKeyConstraint, Table, Text

from infra.db.tables.columns import given, metadata, moment, word

price_list = Table(
    "price_list",
    metadata,
    Column("edition", Text, primary_key=True),
    Column("number", BigInteger, Identity(), nullable=False, unique=True),  # in the order of their commits
    given("kind"),  # contract | promotion | list
    word("channel"),  # empty: every channel
    word("buyer_key"),  # of a contract
    given("currency"),
    moment("valid_from"),
    moment("valid_until", nullable=True),
    word("owner"),
    moment("added_at"),
)

price = Table(
    "price",
    metadata,
    Column("edition", Text, ForeignKey("price_list.edition"), nullable=False),
    given("sku"),
    Column("unit_price", BigInteger, nullable=False),
    Column("floor", BigInteger),  # null: there is none
    PrimaryKeyConstraint("edition", "sku"),
    Index("ix_price_sku", "sku"),
)
