"""Each invariant of §4.10 is broken once on purpose: it speaks, and by its number."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from domain.compensation import Coupon
from domain.compensation_policy import Fault
from domain.effects import EffectKind
from domain.holds import Case, CaseStatus, EffectState, Hold, HoldReason
from domain.milestones import Ending
from domain.order import Order
from domain.payment import Refunded
from domain.policy import CaseKind
from tests.rules.invariants import of_state, of_step
from tests.rules.story import Story, delivered, shipped

NOW = delivered().now
HOLD = Hold(id="H1", reason=HoldReason.CHANGE_IN_PROGRESS, placed_by="x", at=NOW, owner_role="x", blocks=("release",))
CASE = Case(no=1, kind=CaseKind.LOGISTICS_DELAY, subject="package/1", opened_at=NOW, level_at=NOW)
COUPON = Coupon(
    key="k", incident="package/1", step="1", up_to=100, currency="CNY", fault=Fault.CARRIER, payer="us", edition="e"
)


def _line(order: Order, **changes: int) -> Order:
    return order.having(lines=(order.lines[0].having(**changes), *order.lines[1:]))


def _paid_back(order: Order, amount: int) -> Order:
    back = Refunded(key=f"{order.number}/refund/x", amount=amount, currency="CNY", done=True)
    return order.having(payment=order.payment.having(refunds=(*order.payment.refunds, back)))


def _cancelled(order: Order) -> Order:
    """Over, with its money still here and a unit still reserved."""
    ending = Ending(how="cancel", reason="n", by="x", at=order.placed_at, stock_released=True)
    lines = tuple(line.having(shipped=0, delivered=0, reserved=1, cancelled=line.quantity - 1) for line in order.lines)
    payment = order.payment.having(refunds=(*_paid_back(order, order.payment.due).payment.refunds,), due=0)
    return order.having(
        ending=ending, lines=lines, packages=(), shipments=(), entered=None, payment=payment, effects=()
    )


def _effect(order: Order, key: str, kind: EffectKind = EffectKind.AUDIT) -> Order:
    state = EffectState(key=key, kind=kind, cause="9", since=order.placed_at, request={})
    return order.having(effects=(*order.effects, state))


BROKEN: dict[str, Callable[[Order], Order]] = {
    "1:": _cancelled,
    "2: line": lambda order: _line(order, reserved=1),
    "2: line 1 shipped": lambda order: _line(order, returned=1, delivered=0),
    "3:": lambda order: _paid_back(order, 2_001),
    "4: an effect key twice": lambda order: _effect(order, order.effects[0].key),
    "5: completed over a hold": lambda order: order.having(
        completed_at=order.placed_at, holds=(HOLD.having(blocks=("complete",)),)
    ),
    "5: completed with a parcel": lambda order: order.having(
        completed_at=order.placed_at, packages=(order.packages[0].having(scans=()),)
    ),
    "6:": lambda order: _line(order, shipped=0, delivered=0, cancelled=2).having(completed_at=order.placed_at),
    "8: a silent wait": lambda order: order.having(tasks=()),
    "10: two open cases": lambda order: order.having(cases=(CASE, CASE.having(no=2))),
    "10: a case ended": lambda order: order.having(cases=(CASE.having(status=CaseStatus.RESOLVED, resolved_at=NOW),)),
    "11: CHANGE_IN_PROGRESS outlives": lambda order: order.having(holds=(HOLD,)),
    "13: two versions": lambda order: _effect(_effect(order, "a/audit/8"), "a/audit/9"),
    "14:": lambda order: order.having(shipments=(*order.shipments, order.shipments[0].having(number=2))),
    "16: Counter": lambda order: order.having(coupons=(COUPON, COUPON.having(key="l"))),
    "16: {": lambda order: order.having(coupons=(COUPON.having(amount=101),)),
    "16: 2": lambda order: order.having(coupons=(COUPON.having(up_to=201),)),
    "17:": lambda order: order.having(said=(*order.said, order.said[0])),
    "SR-132b:": lambda order: order.having(packages=(order.packages[0].having(superseded_at=NOW),)),
}
"""How each invariant is broken: its complaint, and what is done to an order that is delivered."""


def complaints(order: Order, story: Story) -> list[str]:
    return list(of_state(order, story.now, story.decided.having(next_due=None)))


@pytest.mark.parametrize("number", BROKEN)
def test_an_invariant_that_is_broken_speaks(number: str) -> None:
    story = delivered()
    assert list(of_state(story.order, story.now, story.decided)) == []
    found = complaints(BROKEN[number](story.order), story)
    assert any(each.startswith(number) for each in found), found


def test_what_one_step_may_not_do_is_said() -> None:
    story = shipped()
    order = story.order
    again = order.having(effects=(order.effects[0].having(status="RUNNING"), *order.effects[1:]))
    assert [each[:2] for each in of_step(order, again, "time")] == ["4:"]
    assert [each[:3] for each in of_step(order, order.having(version=order.version + 2), "time")] == ["13:"]
    two = (HOLD.having(id="H1", reason=HoldReason.MANUAL), HOLD.having(id="H2", reason=HoldReason.MANUAL))
    held = order.having(holds=two)
    gone = order.having(holds=tuple(hold.having(released_at=NOW) for hold in two))
    assert any("released together" in each for each in of_step(held, gone, "release_hold"))
    assert [each[:3] for each in of_step(held, gone, "time")] == ["11:", "11:"]


def test_a_release_over_a_hold_or_without_stock_or_money_is_said() -> None:
    order = shipped().order
    release = next(effect for effect in order.effects if effect.kind == EffectKind.RELEASE)
    before = order.having(effects=tuple(effect for effect in order.effects if effect != release))
    assert list(of_step(before, order, "time")) == []
    for wrong in (
        order.having(holds=(HOLD,)),
        _line(order, shipped=1),
        order.having(version=2),
        order.having(payment=order.payment.having(receipts=())),
    ):
        assert any(each.startswith("14:") for each in of_step(before, wrong, "time"))
