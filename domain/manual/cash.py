"""Cash on delivery: what the carrier collected comes to us, all of it (代收货款, SR-052); or the parcel comes back.

Nothing was paid for what is refused at the door: nothing goes back, and nothing of it counts as paid. The trail keeps
what it cost (`cod_refused`); the trails of a buyer's orders are his risk record (edge case 12).
"""

from __future__ import annotations

from domain.manual.turn import Turn
from domain.packages import PackageState
from domain.policy import CaseKind

SUBJECT = "cod"


def remittance(turn: Turn) -> None:
    """Another sum than was to be collected is a case of its own; it keeps no goods here, for they are out."""
    payment = turn.order.payment
    case = turn.order.case(CaseKind.PAYMENT_MISMATCH, SUBJECT)
    if payment.remitted == payment.due:
        if case is not None:
            turn.close_case(case, "SETTLED")
    elif payment.remitted and turn.mark_once(f"cod/{payment.remitted}"):
        known = turn.open_case(CaseKind.PAYMENT_MISMATCH, SUBJECT, cause="amount", responsible="carrier")
        turn.task(
            f"cod/{known.no}/{payment.remitted}",
            "CHECK_REMITTANCE",
            "finance",
            case_no=known.no,
            params={"due": payment.due, "remitted": payment.remitted},
        )


def refused(turn: Turn) -> None:
    """A parcel that was to be paid at the door came back: what that costs is noted, once a parcel."""
    if turn.order.payment.method != "cod" or turn.order.ending or turn.order.policy.risk.cod_refused_from is None:
        return
    for package in turn.order.packages:
        if package.counts and package.state is PackageState.RETURNED_TO_SENDER:
            mark = f"cod_refused/{package.id}"
            if turn.mark_once(mark):
                about = {"fee": turn.order.policy.risk.cod_refused_fee, "currency": turn.order.payment.currency}
                turn.note(mark, "cod_refused", subject=package.subject, **about)
