"""What a change of goods is priced by: the order's edition, and the price lists that it was audited by (SR-112, M5)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from domain.policy import Policy
from domain.posted import Raw, value_at
from domain.price_lists import Offer
from infra.db.price_lists import Wanted, price_book
from infra.db.transactions import Transaction
from infra.db.waiting.orders import policy_of

EDITION = text("SELECT policy_edition FROM inbound_order WHERE order_no = :order_no")
PRICED = text("""
    SELECT i.placed_at,
        (SELECT (o.audit ->> 'price_book')::bigint FROM orders AS o WHERE o.order_no = i.order_no) AS number
    FROM inbound_order AS i WHERE i.order_no = :order_no
""")


async def edition_of(connection: Transaction, order_no: str) -> Policy:
    """The rules that an order lives by. LookupError where there is no such order."""
    edition = (await connection.execute(EDITION, {"order_no": order_no})).scalar_one_or_none()
    if edition is None:
        raise LookupError(order_no)
    return await policy_of(connection, edition)


async def offers_for(connection: Transaction, order_no: str, raw: Raw, skus: Sequence[str]) -> tuple[Offer, ...]:
    """The prices of these SKUs, as the order's first audit had them; where it checked none, as they are now."""
    row = (await connection.execute(PRICED, {"order_no": order_no})).one()
    wanted = Wanted(
        skus=skus,
        channel=str(raw["channel"]),
        buyer_key=str(value_at(raw, "customer.buyer_key") or ""),
        currency=str(raw["currency"]),
        placed_at=row.placed_at,
        number=row.number,
    )
    return (await price_book(connection, wanted)).offers
