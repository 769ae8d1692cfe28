"""Whoever asked for a change by a signal and was refused is told so, with what may be done instead (SR-164)."""

from __future__ import annotations

from domain.change_matrix import Column, Row, cell_of
from domain.change_requests import ChangeRequest, ChangeState
from domain.manual.turn import Turn


def tell_refused(turn: Turn) -> None:
    """One message a refused request to which the matrix says no; one it could not judge is told to nobody.

    Nor is one whose quote did not hold: it may still be asked for.
    """
    if not turn.order.policy.operator.shows_last_change:
        return
    for request in turn.order.change_requests:
        told = request.state is ChangeState.REFUSED and request.row and request.ended_at == turn.now
        if told and (offered := _alternatives(request)):
            turn.tell(
                "CHANGE_REFUSED",
                request.subject,
                change=request.row,
                stage=turn.order.stage,
                alternatives=list(offered),
            )


def _alternatives(request: ChangeRequest) -> tuple[str, ...]:
    if not request.column:
        return ("contact_service", "new_order")
    return cell_of(Row(request.row), Column(request.column), stays=request.stays).alternatives
