"""The order was edited on its channel: a person decides, and nothing else moves (edge case 31, AC-67)."""

from __future__ import annotations

from domain.manual.turn import Turn
from domain.policy import CaseKind


def channel_change(turn: Turn) -> None:
    """One case and one task as long as the channel says something else; over when both say the same, or we changed."""
    order, change = turn.order, turn.order.channel_change
    case = order.case(CaseKind.CHANNEL_CHANGE)
    if change and change.version == order.version:
        mark = f"channel_change/{change.content}/{change.at.isoformat()}"
        if not turn.fired(mark):
            known = turn.open_case(CaseKind.CHANNEL_CHANGE, cause="edited", responsible="customer")
            fields = {"fields": list(change.fields)}
            turn.task(f"case/{known.no}", "CHANNEL_CHANGE", "customer_service", case_no=known.no, params=fields)
    elif case is not None:
        turn.close_case(case, "CORRECTED" if change else "SAME_AGAIN")
