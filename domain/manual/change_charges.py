"""What a change costs is collected before it is made (§4.8 collect; M5): its fee, and the price of further units.

Of a paid order the customer is asked for it: the change waits, the goods do not. Paid in time the change is made, else
it ends as declined and the order is as it was. Where nothing is paid yet, or is paid later, more is due at once. What
was collected for a change that is not made after all is paid back.
"""

from __future__ import annotations

from domain.change_matrix import Column, Judged, Row, Verdict
from domain.change_requests import ChangeParams, ChangeRequest
from domain.holds import Case
from domain.manual.change_queue import APPLIED, DECLINED, put
from domain.manual.ending import refund
from domain.manual.further_shipment import is_further, price_of
from domain.manual.turn import Turn
from domain.order import Order
from domain.payment import Payment, Receipt
from domain.steps import CaseStep, StepState

CHARGE = "charge"
"""The step of a case ``CHANGE_REQUESTED``."""
PAID, NOT_PAID = "PAID", "NOT_PAID"
CUSTOMER = "customer"
PAY_FIRST = "PAY_FIRST"
"""The reason of a change that waits for its money."""
ENDING = frozenset({Row.CANCEL, Row.MERGE})
"""Lines after which nothing of this order arrives by itself."""
ONLY_SAID = frozenset({"data_only", "priority"})
"""What a carrier is told of a parcel that goes on as it is."""
HERE = frozenset({Column.IN_AUDIT, Column.CONFIRMED})


def fee_of(order: Order, judged: Judged) -> int:
    """What the edition asks for a change of the way: for haste, and for a parcel that is sent elsewhere."""
    policy, cell = order.policy.change, judged.cell
    if policy.by_itself and not collectable(order, judged):
        return 0
    if judged.row is Row.EXPEDITE and cell.verdict is not Verdict.REFUSE:
        return policy.expedite_fee
    redirected = cell.verdict is Verdict.INTERCEPT and judged.row not in ENDING and not ONLY_SAID & set(cell.how)
    return policy.redirect_fee if redirected else 0


def collectable(order: Order, judged: Judged) -> bool:
    """Whether it may: what is paid at the door is fixed once the goods are handed over, what is free stays free."""
    method = order.payment.method
    return judged.column in HERE if method == "cod" else method != "prepaid" or order.payment.due > 0


def charge_of(order: Order, params: ChangeParams, judged: Judged) -> int:
    """What is to be collected before the change is made; nothing by an edition that leaves it to people."""
    if not order.policy.change.by_itself or judged.cell.consent:
        return 0
    further = is_further(order, params, judged) and order.payment.needed
    return fee_of(order, judged) + (price_of(order, params) if further else 0)


def pays_first(order: Order) -> bool:
    """Whether the customer is asked for it: the order is paid, and nothing else is owed."""
    return order.payment.needed and order.payment.paying is not None


def raise_due(turn: Turn, request: ChangeRequest, charge: int) -> ChangeRequest:
    """More is due from now on; the goods count as paid for since they were."""
    turn.order = turn.order.having(payment=_raised(turn.order.payment, charge))
    return put(turn, request, charge=charge, paid=True)


def _raised(payment: Payment, charge: int) -> Payment:
    came = payment.confirming
    return payment.having(
        due=payment.due + charge,
        charges=payment.charges + charge,
        first=came.payment_no if came else payment.first,
    )


def ask(turn: Turn, request: ChangeRequest, case: Case) -> None:
    """Ask the customer for it; ``go_on`` waits for the money."""
    turn.begin(case, CHARGE, CUSTOMER, until=request.until)
    about = {"amount": request.charge, "currency": turn.order.payment.currency}
    deadline = request.until.isoformat() if request.until else ""
    turn.tell("PAY_CHANGE", request.subject, change=request.row, deadline=deadline, **about)


def go_on(turn: Turn, request: ChangeRequest, case: Case, step: CaseStep) -> None:
    """Paid, or somebody says so, or the time is over. A step that was left out has brought nothing."""
    came = _came(turn.order.payment, request.charge)
    if came is not None:
        _take(turn, request, came)
        turn.end(step, PAID)
        turn.close_case(case, APPLIED)
    elif step.state is StepState.BY_HAND and step.result.strip().upper() == PAID:
        put(turn, request, charge=0, paid=True)
        turn.close_case(case, APPLIED)
    elif not step.open or (request.until is not None and turn.judged_at > request.until):
        turn.end(step, NOT_PAID)
        put(turn, request, charge=0)
        turn.close_case(case, DECLINED)


def _came(payment: Payment, charge: int) -> Receipt | None:
    """Just this sum, beside what paid the order, and not on its way back."""
    new = [each for each in payment.surplus if not _goes_back(payment, each)]
    fits = len(new) == 1 and (new[0].amount, new[0].currency) == (charge, payment.currency)
    return new[0] if fits else None


def _goes_back(payment: Payment, receipt: Receipt) -> bool:
    return any(back.key.endswith(f"/refund/surplus/{receipt.payment_no}") for back in payment.refunds)


def _take(turn: Turn, request: ChangeRequest, came: Receipt) -> None:
    """The money pays the change; other surplus, which went back, was asked for as little as before."""
    payment = turn.order.payment
    beside = [each.amount for each in payment.surplus if each != came and each.currency == payment.currency]
    raised = _raised(payment, request.charge)
    turn.order = turn.order.having(payment=raised.having(given_back=raised.given_back + sum(beside)))
    put(turn, request, paid=True)


def give_back(turn: Turn, request: ChangeRequest) -> None:
    """The change is not made: nobody owes what it would have cost, and who paid it gets it back."""
    if not (request.paid and request.charge) or turn.order.ending:
        return
    payment = turn.order.payment
    was_paid = payment.paying is not None
    turn.order = turn.order.having(
        payment=payment.having(
            due=payment.due - request.charge,
            charges=payment.charges - request.charge,
            given_back=payment.given_back + (request.charge if was_paid else 0),
        )
    )
    if was_paid:
        refund(
            turn, f"change/{request.no}/charge", min(request.charge, payment.held(payment.currency)), payment.currency
        )
    put(turn, request, charge=0, paid=False)
