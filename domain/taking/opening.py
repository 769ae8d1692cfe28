"""The order as it is when its workflow starts: nothing decided yet (§4.3 create)."""

from __future__ import annotations

from domain.holds import BLOCKS, OWNERS, Hold, HoldReason
from domain.lines import line_of
from domain.order import Order
from domain.order_input import OrderInput
from domain.payment import Payment
from domain.snapshots import read_snapshot
from domain.taking.holding import INTAKE, placed
from domain.taking.merging import suggested


def open_order(given: OrderInput) -> Order:
    """A fresh order from the workflow's input, or the one a continued run hands over."""
    if given.snapshot is not None:
        return read_snapshot(given.snapshot)
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
        accepted_ship_at=given.accepted_ship_at,
        promised_delivery_date=given.promised_delivery_date,
        test=given.test,
        original_order_no=given.original_order_no,
        holds=_holds(given),
        lines=tuple(line_of(line) for line in content.lines),
        tasks=suggested(given),
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


def _holds(given: OrderInput) -> tuple[Hold, ...]:
    """A channel's test order is held for good: nothing of it is audited, reserved or released (edge case 56)."""
    reason = HoldReason.TEST_ORDER
    if not given.test:
        return ()
    return (
        Hold(
            id="test-order",
            reason=reason,
            blocks=BLOCKS[reason],
            owner_role=OWNERS[reason],
            placed_by="desk",
            at=given.received_at,
        ),
    )
