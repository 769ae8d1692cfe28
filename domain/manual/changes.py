"""The order was edited on its channel: what it asks for is judged by the matrix; the rest a person decides (AC-67)."""

from __future__ import annotations

from domain.change_requests import CHANNEL, ChangeState
from domain.manual.turn import Turn
from domain.milestones import ChannelChange
from domain.policy import CaseKind


def channel_change(turn: Turn) -> None:
    """One case and one task as long as the channel says something else; over when both say the same, or we changed."""
    _refused(turn)
    order, change = turn.order, turn.order.channel_change
    case = order.case(CaseKind.CHANNEL_CHANGE)
    if change and change.version == order.version:
        mark = f"channel_change/{change.content}/{change.at.isoformat()}"
        if turn.mark_once(mark):
            known = turn.open_case(CaseKind.CHANNEL_CHANGE, cause="edited", responsible="customer")
            fields = {"fields": list(change.fields)}
            turn.task(f"case/{known.no}", "CHANNEL_CHANGE", "customer_service", case_no=known.no, params=fields)
    elif case is not None:
        turn.close_case(case, "CORRECTED" if change else "SAME_AGAIN")


def _refused(turn: Turn) -> None:
    """The matrix refused what was edited: the channel goes on saying otherwise, so a person speaks with the buyer."""
    for request in turn.order.change_requests:
        if request.asked_by != CHANNEL or request.state is not ChangeState.REFUSED:
            continue
        if turn.mark_once(f"channel_refused/{request.no}"):
            fields = (request.row,)
            turn.order = turn.order.having(
                channel_change=ChannelChange(
                    content=request.request_id, fields=fields, at=request.asked_at, version=turn.order.version
                )
            )
