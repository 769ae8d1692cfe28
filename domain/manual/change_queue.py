"""The change requests an order keeps: which is in progress, which is next, and the case of one (SR-054)."""

from __future__ import annotations

from typing import Any

from domain.change_requests import ChangeKind, ChangeRequest, ChangeState
from domain.holds import Case
from domain.manual.turn import Turn
from domain.order import Order
from domain.taking.holding import DESK, released

APPLIED, DECLINED, RECALL_REFUSED = "APPLIED", "DECLINED", "RECALL_REFUSED"
OUTCOMES = (APPLIED, DECLINED, RECALL_REFUSED)
"""How a case of a change request can be resolved; the last where the warehouse could not stop."""


def in_progress(order: Order) -> ChangeRequest | None:
    """The one change that is being made."""
    return next((each for each in order.change_requests if each.state is ChangeState.IN_PROGRESS), None)


def next_of(order: Order) -> ChangeRequest | None:
    """The next in the queue: a cancel before all others, then in order of arrival."""
    waiting = [each for each in order.change_requests if each.state is ChangeState.QUEUED]
    return min(waiting, key=lambda each: (each.change is not ChangeKind.CANCEL, each.no), default=None)


def case_of(order: Order, request: ChangeRequest | None) -> Case | None:
    """The case that was opened for a request."""
    return next((case for case in order.cases if request and case.no == request.case), None)


def put(turn: Turn, request: ChangeRequest, **changes: Any) -> ChangeRequest:
    """Put a changed request in the place of the old one."""
    changed = request.having(**changes)
    known = turn.order.change_requests
    turn.order = turn.order.having(change_requests=tuple(changed if each.no == request.no else each for each in known))
    return changed


def unheld(turn: Turn, request: ChangeRequest) -> ChangeRequest:
    """Whatever came of it: the hold of a change ends with it."""
    turn.order = released(turn.order, [request.hold], turn.now, DESK)
    return put(turn, request, hold="")
