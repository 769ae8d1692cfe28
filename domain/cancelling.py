"""A cancel after the release is the change request ``CANCEL``, where the edition says so (§4.3, §4.7)."""

from __future__ import annotations

from domain.asks import Ask
from domain.change_requests import ChangeKind, ChangeParams
from domain.order import Order
from domain.requests import Cancel, SubmitChangeRequest
from domain.transitions import permitted


def goes_the_matrix(order: Order) -> bool:
    """Whether ``cancel`` is asked of an order that somebody has to stop first."""
    if not order.policy.recall.cancels or order.ending:
        return False
    return not permitted(order, "cancel") and permitted(order, "submit_change_request")


def taken_as(order: Order, ask: Ask) -> Ask:
    """The request as the order takes it: a cancel of goods that are with the warehouse or further is a change."""
    if not isinstance(ask, Cancel) or not goes_the_matrix(order):
        return ask
    return SubmitChangeRequest(
        request_id=ask.request_id,
        actor=ask.actor,
        role=ask.role,
        change=ChangeKind.CANCEL,
        params=ChangeParams(reason=ask.reason),
        expected_version=order.version,
    )
