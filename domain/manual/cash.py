"""Cash on delivery: what the carrier collected comes to us, all of it (代收货款, SR-052)."""

from __future__ import annotations

from domain.manual.turn import Turn
from domain.policy import CaseKind

SUBJECT = "cod"


def remittance(turn: Turn) -> None:
    """Another sum than was to be collected is a case of its own; it keeps no goods here, for they are out."""
    payment = turn.order.payment
    case = turn.order.case(CaseKind.PAYMENT_MISMATCH, SUBJECT)
    if payment.remitted == payment.due:
        if case is not None:
            turn.close_case(case, "SETTLED")
    elif payment.remitted and not turn.fired(f"cod/{payment.remitted}"):
        known = turn.open_case(CaseKind.PAYMENT_MISMATCH, SUBJECT, cause="amount", responsible="carrier")
        turn.task(
            f"cod/{known.no}/{payment.remitted}",
            "CHECK_REMITTANCE",
            "finance",
            case_no=known.no,
            params={"due": payment.due, "remitted": payment.remitted},
        )
