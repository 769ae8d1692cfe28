"""The carrier service table: who carries what where, how fast, until when of the day (SR-052, SR-148, SR-173)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, PrimaryKeyConstraint, Table, Text, Time

from infra.db.tables.columns import amount, count, flag, metadata, number, word, words


def _of_carrier() -> Column[Any]:
    return Column("carrier", Text, ForeignKey("carrier.carrier", ondelete="CASCADE"), nullable=False)


carrier = Table(
    "carrier",
    metadata,
    Column("carrier", Text, primary_key=True),
    word("name"),
    count("priority", 100),  # the lower is chosen first
    amount("cost"),
    Column("max_weight_g", Integer),
    words("goods"),  # classes it takes beside ordinary goods
    flag("cash_on_delivery"),
    Column("cod_limit", BigInteger),
)

carrier_route = Table(
    "carrier_route",
    metadata,
    _of_carrier(),
    word("region"),  # a path such as 浙江/杭州, in the spelling of domain.regions; empty: everywhere
    word("warehouse"),  # empty: from any
    word("from_region"),
    count("days", None),
    flag("served", default=True),
    Column("max_weight_g", Integer),
    Column("max_pieces", Integer),
    amount("surcharge"),
    word("via"),
    PrimaryKeyConstraint("carrier", "region", "warehouse", "from_region"),
)

carrier_cut_off = Table(
    "carrier_cut_off",
    metadata,
    _of_carrier(),
    word("warehouse"),
    Column("at", Time, nullable=False),  # business time
    PrimaryKeyConstraint("carrier", "warehouse"),
)

carrier_suspension = Table(
    "carrier_suspension",
    metadata,
    number(),
    _of_carrier(),
    word("region"),
    Column("since", Date, nullable=False),
    Column("until", Date, nullable=False),
    word("reason"),
)
