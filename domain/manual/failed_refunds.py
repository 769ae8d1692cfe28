"""A refund that the payer refuses (edge case 39): finance pays by hand or has it tried again; the customer knows."""

from __future__ import annotations

from domain.effects import EffectKind
from domain.holds import Case, EffectState, EffectStatus
from domain.manual.turn import Turn
from domain.order import Order
from domain.payment import Refunded
from domain.policy import CaseKind
from domain.steps import StepState
from domain.taking.payment import returned

WORD, ROLE = "refund", "finance"


def failed_refunds(turn: Turn) -> None:
    """A case for each refund that was refused; over when the money is back, whoever paid it."""
    if not turn.order.policy.claims.refund_failed:
        return
    for back in turn.order.payment.refunds:
        subject = subject_of(turn.order, back)
        case = turn.order.case(CaseKind.REFUND_FAILED, subject)
        effect = next((each for each in turn.order.effects if each.key == back.key), None)
        if case is None and effect is not None and effect.refused and not back.done:
            _open(turn, back, effect)
        elif case is not None:
            _follow(turn, case, back)


def _follow(turn: Turn, case: Case, back: Refunded) -> None:
    """Paid by hand counts as paid unless it is being tried again; paid, by whomever, the case is over."""
    step = turn.begin(case, WORD, ROLE)
    if step.state is StepState.BY_HAND and not back.done:
        turn.order = returned(turn.order, back.key, step.result)
    if any(each.key == back.key and each.done for each in turn.order.payment.refunds):
        turn.end(step, "REFUNDED")
        turn.close_case(case, "REFUNDED")


def _open(turn: Turn, back: Refunded, effect: EffectState) -> None:
    case = turn.open_case(CaseKind.REFUND_FAILED, subject_of(turn.order, back), cause=REFUSED, responsible="payer")
    turn.begin(case, WORD, ROLE, effects=(back.key,))
    about = {"amount": back.amount, "currency": back.currency, "reason": effect.note}
    turn.task(f"case/{case.no}", "PAY_BACK", ROLE, case_no=case.no, params=about)
    turn.tell("REFUND_DELAYED", case.subject, amount=back.amount, currency=back.currency)


REFUSED = "refused_by_payer"


def subject_of(order: Order, back: Refunded) -> str:
    """What the case of a refund is about."""
    return back.key.removeprefix(f"{order.number}/")


def is_seen_to(order: Order, effect: EffectState) -> bool:
    """Whether a refused step is a case of its own, so that nobody else is asked to retry it."""
    if effect.kind != EffectKind.REFUND or effect.status is not EffectStatus.PARKED:
        return False
    return order.case(CaseKind.REFUND_FAILED, effect.key.removeprefix(f"{order.number}/")) is not None
