"""C6 by what the customer chose: a new address or a later day while the parcel is on its way moves its promise (C6).

Nothing else does, a carrier's estimate least of all. A promise that was broken before the change was made stays
broken. A new address has the travelling time of the carrier table, or the edition's, once more from the change on;
a later day is that day. A promise only ever moves back, once for each change.
"""

from __future__ import annotations

from datetime import datetime

from domain.calendar import end_of_day, local_day
from domain.change_requests import ChangeKind, ChangeRequest, ChangeState
from domain.manual.turn import Turn
from domain.order import Order
from domain.shipments import Package
from domain.taking.warehouse import first_promise

MOVING = frozenset({ChangeKind.ADDRESS, ChangeKind.DELIVER_LATER})


def moved_promise(turn: Turn) -> None:
    """Every change that was made on the way, once for each parcel that it came in time for."""
    if not turn.order.policy.logistics.promise_moves:
        return
    for request in turn.order.change_requests:
        made = request.state is ChangeState.APPLIED and not request.written and request.change in MOVING
        for package in turn.order.packages if made and request.ended_at else ():
            _move(turn, request, package)


def _move(turn: Turn, request: ChangeRequest, package: Package) -> None:
    at, promised, left = request.ended_at, package.promised_at, package.outbound_at
    if at is None or promised is None or left is None or not left <= at <= promised or not package.counts:
        return
    until = _until(turn.order, request, package, at)
    mark = f"promise/{request.subject}/{package.subject}"
    if package.final or until is None or until <= promised or not turn.mark_once(mark):
        return
    changed = package.having(promised_at=until)
    packages = tuple(changed if each.id == package.id else each for each in turn.order.packages)
    turn.order = turn.order.having(packages=packages)
    day = local_day(until, turn.order.policy.zone)
    turn.note(mark, "promise_moved", subject=package.subject, change=request.change, date=day.isoformat())


def _until(order: Order, request: ChangeRequest, package: Package, at: datetime) -> datetime | None:
    """The new promise; None where the change names none."""
    if request.change is ChangeKind.DELIVER_LATER:
        return end_of_day(request.params.until, order.policy.zone) if request.params.until else None
    anew = package.having(outbound_at=at, promised_at=None, estimated_at=None)
    return first_promise(order.having(promised_delivery_date=None), anew)
