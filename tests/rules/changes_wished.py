"""Which changes an order of the model is asked for, and how odd that is (SR-054)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.order import Order
from domain.stage import Stage
from domain.transitions import BEFORE_RELEASE


def wishes(order: Order, *, alone: bool) -> Iterator[tuple[int, dict[str, Any]]]:
    """A prepaid order of one line is asked for a change (another phone, other papers), or to be cancelled after it.

    Where the desk recalls by itself it is asked once its goods are with the warehouse: for another address.
    """
    asked = [each.change for each in order.change_requests]
    recalls = order.policy.recall.by_itself
    if order.payment.method != "prepaid" or "CANCEL" in asked or not (alone or order.stage is Stage.RECEIVED):
        return
    if asked and not any(each.open for each in order.change_requests):
        return
    if recalls and order.stage in BEFORE_RELEASE:
        return
    others = {"ADDRESS": 7} if recalls else {"CONTACT": 7, "INVOICE": 0}
    wished = {"CANCEL": 0} if asked or not alone else {"CANCEL": 0, **others}
    for change, correction in wished.items():
        odd = int(not asked and not order.audit.blocking and order.stage is not Stage.RECEIVED and not recalls)
        yield odd, {"change": change, "correction": correction, "expected_version": order.version}
