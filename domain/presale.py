"""Pre-sale and made to order (edge case 52): the order itself says which ship date the customer accepted.

C1's stock gate is that date, for nobody waits for goods before it; C4 starts with it, or with a later payment.
"""

from __future__ import annotations

from datetime import datetime

from domain.order import Order


def stock_gate(order: Order) -> datetime | None:
    """When C1's stock gate closed: with the stock, or with the accepted date as soon as the order is there."""
    return order.stock_met_at or order.stock_confirmed_at or (order.started_at if order.accepted_ship_at else None)


def due_to_move(order: Order) -> datetime | None:
    """When C4 starts: paid, or placed where no payment is needed first; of a pre-sale not before its ship date."""
    start, accepted = order.prepaid_at, order.accepted_ship_at
    return max(start, accepted) if start and accepted else start


def comes_later(order: Order, now: datetime) -> bool:
    """Whether nobody has to look for its goods yet."""
    return order.accepted_ship_at is not None and now < order.accepted_ship_at
