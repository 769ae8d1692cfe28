"""What became of the latest change request, in two words (SR-164): ``APPLIED ADDRESS``, ``REFUSED CANCEL``."""

from __future__ import annotations

from datetime import datetime

from domain.change_requests import ChangeRequest, ChangeState
from domain.order import Order


def last_change(order: Order) -> str:
    """The verdict over the change request that was judged last; nothing where none was, or the edition keeps it."""
    judged = [each for each in order.change_requests if each.state is not ChangeState.QUEUED]
    if not judged or not order.policy.operator.shows_last_change:
        return ""
    latest = max(judged, key=_judged_at)
    return f"{latest.state} {latest.change}"


def _judged_at(request: ChangeRequest) -> tuple[datetime, int]:
    return request.ended_at or request.asked_at, request.no
