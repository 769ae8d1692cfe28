"""E2 steps 4 to 6 (SR-131): the customer chooses what becomes of goods that nobody has, and the order is made so.

No clock waits for that answer: the goods lack by our own fault, and no gate lets the others go without them. A customer
who agrees to wait stops the clocks until the day that was named.

The question is withdrawn when the goods are found after all; an answer that came before stands. Nothing is replaced
without the customer's word. Nobody answers: what is missing is paid back and the rest is sent, or the order is
cancelled where nothing is left. Where a step that was under way found the goods before the answer, they are sent.
"""

from __future__ import annotations

from datetime import datetime

from domain.amending import amended, costs_more
from domain.calendar import local_day
from domain.change_requests import ChangeKind, ChangeParams, ChangeRequest, ChangeState
from domain.effects import Amendment, EffectKind, LineContent
from domain.holds import BLOCKS, Case, HoldReason
from domain.manual import questions
from domain.manual.ending import refund
from domain.manual.reserving import missing
from domain.manual.turn import Turn
from domain.milestones import Agreed, Entered
from domain.order import Order
from domain.questions import Option, Question
from domain.shipments import Shipment, ShipmentState
from domain.stage import Stage
from domain.steps import StepState, step_key
from domain.taking.after import settled
from domain.taking.holding import DESK, placed, released
from domain.transfers import parts_of

CHOICE = "SHORTAGE_CHOICE"
SUBSTITUTE, WAIT, SHIP_REST, CANCEL = "substitute", "wait_until", "ship_rest", "cancel"
OUTCOMES = {SUBSTITUTE: "SUBSTITUTED", WAIT: "WAITED", SHIP_REST: "PARTIAL_REFUND"}
UNDER_WAY = (
    *(EffectKind.AUDIT, EffectKind.RESERVE, EffectKind.RELEASE_STOCK, EffectKind.BOOK_TRANSFER),
    *(EffectKind.ENTER, EffectKind.CANCEL_ENTRY),
)
"""Steps that have to answer first: they read, or change, what the order is to be."""


# -- asking ----------------------------------------------------------------------------------------------------------


def decides(turn: Turn, case: Case) -> bool:
    """Whether it is the customer's to decide: asked now, not answered yet, or what they chose is under way."""
    order = turn.order
    if "choice" not in order.policy.shortage.steps or not order.policy.questions.asks:
        return False
    if order.stock_confirmed_at or order.stock_met_at:
        turn.fired(f"confirmed/{case.no}")
    asked = _asked(order, case)
    if asked is None:
        return _ask(turn, case)
    return asked.open or _goes_on(turn, asked)


def _asked(order: Order, case: Case) -> Question | None:
    return next((each for each in reversed(order.questions) if each.case == case.no), None)


def _goes_on(turn: Turn, question: Question) -> bool:
    """Whether the answer still bears: it waits to be made so, for the day that was named, or for the order's end."""
    if question.chosen and not _taken(turn.order, question):
        return True
    if question.chosen == CANCEL:
        mine = (each for each in turn.order.change_requests if each.request_id == question.subject)
        return any(each.open or each.state is ChangeState.APPLIED for each in mine)
    day = _eta(turn.order, question.case) if question.chosen == WAIT else None
    if day is None or turn.now >= day:
        return False
    turn.look_at(day, f"{question.subject} is waited for")
    return True


def _ask(turn: Turn, case: Case) -> bool:
    order = turn.order
    units = missing(order, order.lines)
    if not units:
        return False
    offered = _options(order, case, units)
    words = [option.word for option in offered]
    default = SHIP_REST if SHIP_REST in words else CANCEL
    said = {"item": _goods(order, units), "options": words, "default": default}
    questions.ask(turn, case, "choice", offered, template=CHOICE, default=default, said=said, holds=False)
    return True


def _options(order: Order, case: Case, units: dict[str, int]) -> tuple[Option, ...]:
    currency = order.content.currency
    instead, day = _instead(order, case, units), _eta(order, case.no)
    offered = []
    if instead is not None:
        goods = ", ".join(f"{line.sku} × {line.quantity}" for line in instead.instead)
        more = costs_more(order.content, instead)
        offered.append(Option(word=SUBSTITUTE, difference=more, currency=currency, about=goods))
    if day is not None and order.policy.may_wait:
        offered.append(Option(word=WAIT, day=local_day(day, order.policy.zone)))
    if _is_left(order, units):
        less = costs_more(order.content, Amendment(case=case.no, less=parts_of(units)))
        offered.append(Option(word=SHIP_REST, difference=less, currency=currency, about=_goods(order, units)))
        return (*offered, Option(word=CANCEL, drastic=True))
    return (*offered, Option(word=CANCEL, about=_goods(order, units), drastic=True))


def _goods(order: Order, units: dict[str, int]) -> str:
    return ", ".join(f"{line.sku} × {units[line.line]}" for line in order.lines if line.line in units)


def _is_left(order: Order, units: dict[str, int]) -> bool:
    return any(line.ordered - line.cancelled > units.get(line.line, 0) for line in order.lines)


def _eta(order: Order, case: int) -> datetime | None:
    """The day purchasing named although it is too late."""
    step = order.step(step_key(case, "purchasing"))
    if step is None or step.result == "NOT_KEPT":
        return None
    if step.state is StepState.DONE:
        return step.until if step.result == "TOO_LATE" else None
    try:
        said = datetime.fromisoformat(step.result)
    except ValueError:
        return None
    return said if said.tzinfo else None


def _instead(order: Order, case: Case, units: dict[str, int]) -> Amendment | None:
    """Other goods for all that is missing; None where the edition names none, or a warehouse has the order already."""
    currency, skus = order.content.currency, {line.line: line.sku for line in order.lines}
    known = {line: order.policy.shortage.substitute(skus[line], currency) for line in units}
    if not all(known.values()) or order.live_shipments or order.stage is not Stage.AWAITING_CONFIRMATION:
        return None
    lines = tuple(
        LineContent(
            line=f"{line}S{case.no}",
            sku=other.instead,
            specification=other.specification,
            quantity=units[line],
            unit_price=other.unit_price,
        )
        for line, other in known.items()
        if other is not None
    )
    return Amendment(case=case.no, less=parts_of(units), instead=lines)


# -- found after all -------------------------------------------------------------------------------------------------


def found(turn: Turn) -> None:
    """The goods are here before the answer: nobody has to choose any more (SR-131)."""
    for question in questions.asking(turn.order):
        lacks = missing(turn.order, turn.order.lines)
        if question.template == CHOICE and not lacks and not turn.order.ending:
            questions.withdraw(turn, question)
            _tell_found(turn, question)


def _tell_found(turn: Turn, question: Question) -> None:
    asked = question.option(question.default)
    turn.tell("SHORTAGE_FOUND", question.subject, item=asked.about if asked else "")


# -- what was chosen -------------------------------------------------------------------------------------------------


def answered(turn: Turn) -> None:
    """Make the order what the customer chose, or what is done without their word; each once."""
    _paid_up(turn)
    for question in turn.order.questions:
        if question.template != CHOICE or not question.chosen or _taken(turn.order, question):
            continue
        if not turn.order.ending and not turn.running(*UNDER_WAY):
            turn.fired(f"{question.subject}/taken")
            _take(turn, question)


def _taken(order: Order, question: Question) -> bool:
    return f"{question.subject}/taken" in order.fired


def _take(turn: Turn, question: Question) -> None:
    case = next(case for case in turn.order.cases if case.no == question.case)
    units, word = missing(turn.order, turn.order.lines), question.chosen
    if word != CANCEL and (not case.open or not units):
        _tell_found(turn, question)
        return
    instead = _instead(turn.order, case, units) if word == SUBSTITUTE else None
    day = _eta(turn.order, case.no)
    if word == WAIT and day is not None:
        turn.order = turn.order.having(agreed=(*turn.order.agreed, Agreed(at=turn.now, until=day)))
    elif instead is not None:
        _replace(turn, question, instead)
    elif word == SHIP_REST and _is_left(turn.order, units):
        _send_rest(turn, Amendment(case=case.no, less=parts_of(units)))
    elif word in (CANCEL, SHIP_REST):
        word = CANCEL
        _ask_cancel(turn, question)
    turn.note(f"{question.subject}/taken", "shortage_settled", case=case.no, option=word, item=_goods(turn.order, units))


def came_of(order: Order, case: Case) -> str:
    """How a shortage ended that the customer decided about; empty where it was not theirs to decide."""
    asked = _asked(order, case)
    if asked is None or not _taken(order, asked):
        return ""
    made = any(each.case == case.no for each in order.amendments)
    return OUTCOMES.get(asked.chosen, "") if made or asked.chosen == WAIT else ""


def _ask_cancel(turn: Turn, question: Question) -> None:
    """As any cancel of the customer's: the matrix says what has to be recalled for it."""
    order = turn.order
    request = ChangeRequest(
        no=len(order.change_requests) + 1,
        request_id=question.subject,
        change=ChangeKind.CANCEL,
        params=ChangeParams(reason="goods are short"),
        asked_by=question.answered_by or DESK,
        asked_at=turn.now,
    )
    turn.order = order.having(change_requests=(*order.change_requests, request))


def _send_rest(turn: Turn, amendment: Amendment) -> None:
    """What is missing is cancelled and paid back; what is here goes. The ERP's document is read again if there is one."""
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


def _replace(turn: Turn, question: Question, instead: Amendment) -> None:
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
        reason = HoldReason.CUSTOMER_ANSWER
        turn.order = placed(
            turn.order, reason, turn.now, DESK, blocks=BLOCKS[reason], owner_role=questions.CUSTOMER, about=about
        )
        turn.tell("PAY_DIFFERENCE", question.subject, amount=difference, currency=order.content.currency)


# -- the money -------------------------------------------------------------------------------------------------------


def _repriced(order: Order, difference: int) -> Order:
    """Less is due, and what was paid of it is paid back; or more is due, and the payment gate is open until it came."""
    payment = order.payment
    due = max(payment.due + difference, 0)
    came = payment.confirming
    undone = payment.undone + (payment.due - due if came and difference < 0 else 0)
    first = came.payment_no if came and difference > 0 else payment.first
    return order.having(payment=payment.having(due=due, undone=undone, first=first))


def _pay_back(turn: Turn, amendment: Amendment, difference: int) -> None:
    payment = turn.order.payment
    refund(turn, f"short/{amendment.case}", min(-difference, payment.held(payment.currency)), payment.currency)


def _paid_up(turn: Turn) -> None:
    """The difference came: the goods may go."""
    if turn.order.payment.gate_closed:
        owed = [hold.id for hold in turn.order.open_holds if "difference" in hold.about]
        turn.order = released(turn.order, owed, turn.now, DESK) if owed else turn.order
