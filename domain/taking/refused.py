"""A change request that came as a signal and was refused: nobody hears the answer, so the order keeps it (SR-164)."""

from __future__ import annotations

from domain.change_requests import ChangeRequest, ChangeState
from domain.inside import ChangeRefused
from domain.order import Order


def change_refused(order: Order, fact: ChangeRefused) -> Order:
    """Keep the request with its answer; nothing else changes."""
    judged = fact.answer
    request = ChangeRequest(
        no=len(order.change_requests) + 1,
        request_id=fact.request_id,
        change=fact.change,
        asked_by=fact.actor or "operator",
        asked_at=fact.at,
        state=ChangeState.REFUSED,
        row=judged.row if judged else "",
        column=judged.column if judged else "",
        verdict=judged.cell if judged else "",
        code=judged.code if judged else fact.code,
        ended_at=fact.at,
    )
    return order.having(change_requests=(*order.change_requests, request))
