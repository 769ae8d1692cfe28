"""What a customer chose about goods that lack, made so (E2 step 5): the lines, the money, and the next version."""

from __future__ import annotations

from datetime import datetime

from domain.amending import amended, costs_more
from domain.effects import Amendment
from domain.holds import HoldReason
from domain.manual import questions
from domain.manual.ending import refund
from domain.manual.turn import Turn
from domain.milestones import Entered
from domain.order import Order
from domain.questions import Question
from domain.shipments import Shipment, ShipmentState
from domain.taking.after import settled
from domain.taking.holding import DESK, placed, released


def send_rest(turn: Turn, amendment: Amendment) -> None:
    """What is missing is cancelled and paid back, the rest goes; the ERP's document is read again if there is one."""
    order, less = turn.order, {part.line: part.quantity for part in amendment.less}
    difference = costs_more(order.content, amendment)
    lines = tuple(line.having(cancelled=line.cancelled + less.get(line.line, 0)) for line in order.lines)
    changed = order.having(
        content=amended(order.content, amendment),
        amendments=(*order.amendments, amendment),
        lines=lines,
        shipments=tuple(_without_goods(each, turn.now) for each in order.shipments),
        entered=_unread(order),
    )
    turn.order = settled(_repriced(changed, difference), turn.now)
    _pay_back(turn, amendment, difference)


def _without_goods(shipment: Shipment, now: datetime) -> Shipment:
    """A shipment whose shelf held nothing of it is over."""
    if shipment.lines or not shipment.missed or shipment.state is ShipmentState.CANCELLED:
        return shipment
    return shipment.having(state=ShipmentState.CANCELLED, called_off_at=now)


def _unread(order: Order) -> Entered | None:
    entered = order.entered
    if entered is None or entered.cancelled or not order.policy.reads_entry_again:
        return entered
    return entered.having(readings=entered.readings + 1, unread=True)


def replace_goods(turn: Turn, question: Question, instead: Amendment) -> None:
    """The next version with the other goods, audited and reserved anew; what it costs more is to be paid first."""
    order = turn.order
    difference = costs_more(order.content, instead)
    turn.order = _repriced(order, difference).having(
        version=order.version + 1,
        content=amended(order.content, instead),
        amendments=(*order.amendments, instead),
        stock_confirmed_at=None,
        audit=order.audit.having(passed_at=None),
    )
    _pay_back(turn, instead, difference)
    if not turn.order.payment.gate_closed:
        about = {"question": question.no, "difference": difference}
        owner = questions.CUSTOMER
        turn.order = placed(turn.order, HoldReason.CUSTOMER_ANSWER, turn.now, DESK, owner_role=owner, about=about)
        turn.tell("PAY_DIFFERENCE", question.subject, amount=difference, currency=order.content.currency)


# -- the money -------------------------------------------------------------------------------------------------------


def _repriced(order: Order, difference: int) -> Order:
    """Less is due, and what was paid of it is paid back; or more is due, and the payment gate is open until it came."""
    payment = order.payment
    due = max(payment.due + difference, 0)
    came = payment.confirming
    given_back = payment.given_back + (payment.due - due if came and difference < 0 else 0)
    first = came.payment_no if came and difference > 0 else payment.first
    return order.having(payment=payment.having(due=due, given_back=given_back, first=first))


def _pay_back(turn: Turn, amendment: Amendment, difference: int) -> None:
    payment = turn.order.payment
    refund(turn, f"short/{amendment.case}", min(-difference, payment.held(payment.currency)), payment.currency)


def paid_up(turn: Turn) -> None:
    """The difference came: the goods may go."""
    if turn.order.payment.gate_closed:
        owed = [hold.id for hold in turn.order.open_holds if "difference" in hold.about]
        turn.order = released(turn.order, owed, turn.now, DESK) if owed else turn.order
