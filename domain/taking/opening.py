"""The order as it is when its workflow starts: nothing decided yet (§4.3 create)."""

from __future__ import annotations

from domain.holds import HoldReason
from domain.lines import line_of
from domain.order import Order
from domain.payment import Payment
from domain.requests import OrderInput
from domain.taking.holding import INTAKE, placed


def open_order(given: OrderInput) -> Order:
    """A fresh order from the workflow's input, or the one a continued run hands over."""
    if given.snapshot is not None:
        return Order.model_validate(given.snapshot)
    content = given.content
    order = Order(
        number=given.order_no,
        tenant=given.tenant,
        channel=given.channel,
        external_id=given.external_id,
        placed_at=given.placed_at,
        collected_at=given.collected_at,
        source_kind=given.source_kind,
        received_at=given.received_at,
        policy=given.policy,
        content=content,
        latest_ship_at=given.latest_ship_at,
        promised_delivery_date=given.promised_delivery_date,
        lines=tuple(line_of(line) for line in content.lines),
        payment=Payment(
            method=content.payment_method,
            currency=content.currency,
            due=max(content.total - content.platform_discount, 0),
        ),
    )
    if not given.duplicate_of:
        return order
    about = {"order_no": given.duplicate_of}
    return placed(order, HoldReason.SUSPECTED_DUPLICATE, given.received_at, INTAKE, about=about)
