"""What the tables are made of: the metadata, and the few kinds of column there are."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Identity, Integer, MetaData, Sequence, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)
order_number = Sequence("order_number", metadata=metadata)
"""Gives the eight digits of an order number."""


def number() -> Column[Any]:
    """A row's own number."""
    return Column("id", BigInteger, Identity(), primary_key=True)


def given(name: str) -> Column[Any]:
    """A word that whoever inserts has to give."""
    return Column(name, Text, nullable=False)


def word(name: str, default: str = "") -> Column[Any]:
    """A word, empty unless given."""
    return Column(name, Text, nullable=False, server_default=text(f"'{default}'"))


def maybe(name: str) -> Column[Any]:
    """A word that may be unknown."""
    return Column(name, Text)


def words(name: str) -> Column[Any]:
    """A list of words."""
    return Column(name, ARRAY(Text), nullable=False, server_default=text("'{}'"))


def count(name: str, default: int | None = 0) -> Column[Any]:
    """A whole number; None as the default: whoever inserts has to give it."""
    return Column(name, Integer, nullable=False, server_default=None if default is None else text(str(default)))


def amount(name: str) -> Column[Any]:
    """Money in minor units."""
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def flag(name: str, *, default: bool = False) -> Column[Any]:
    """Yes or no; no unless given."""
    return Column(name, Boolean, nullable=False, server_default=text(str(default).lower()))


def moment(name: str, *, nullable: bool = False) -> Column[Any]:
    """An aware time."""
    return Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def document(name: str, default: str = "{}") -> Column[Any]:
    """A JSON value."""
    return Column(name, JSONB, nullable=False, server_default=text(f"'{default}'"))


def of_order() -> Column[Any]:
    """The order a row belongs to."""
    return Column("order_no", Text, ForeignKey("orders.order_no", ondelete="CASCADE"), nullable=False)
