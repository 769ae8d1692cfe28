"""Customers whose goods wait for an announced suspension are told its public text, once (edge case 48)."""

from __future__ import annotations

from domain.calendar import local_day
from domain.manual.turn import Turn
from domain.suspensions import concerned


def notices(turn: Turn) -> None:
    """While it lasts, who waits for it hears of it; before, the desk looks again when it begins."""
    order = turn.order
    if not order.policy.suspensions or order.test or order.ending or not order.prepaid_at:
        return
    for each in concerned(order):
        notice = each.notice.get(order.policy.language, "")
        if not notice or turn.now >= each.until:
            continue
        if turn.now < each.since:
            turn.look_at(each.since, f"suspension {each.name}")
            continue
        until = local_day(each.until, order.policy.zone).isoformat()
        turn.tell("SUSPENSION_NOTICE", f"suspension/{each.name}", notice=notice, date=until)
