"""What changed in an order, for its trail (SR-003, P-16): coarse words and numbers, never personal data."""

from __future__ import annotations

from typing import Any

from domain.order import Order
from domain.value import remembered

Change = tuple[dict[str, Any], dict[str, Any]]
"""What it said before, and what it says after; only where both differ."""
NOTHING: Change = ({}, {})


@remembered
def standing(order: Order) -> dict[str, Any]:
    """Where an order stands: what its trail keeps account of."""
    return {
        "stage": str(order.stage),
        "version": order.version,
        "payment": str(order.payment.state),
        "holds": [f"{hold.id} {hold.reason}" for hold in order.open_holds],
        "cases": [f"{case.no} {case.kind} L{case.level}" for case in order.open_cases],
        "debts": [debt.id for debt in order.debts if debt.open],
        "ending": order.ending.how if order.ending else "",
    }


def change(before: Order, after: Order) -> Change:
    """What differs between two states of one order."""
    if before is after:
        return NOTHING
    old, new = standing(before), standing(after)
    differing = [name for name in old if old[name] != new[name]]
    return {name: old[name] for name in differing}, {name: new[name] for name in differing}
