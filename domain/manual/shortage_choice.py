"""E2 steps 4 to 6 (SR-131): the customer chooses what becomes of goods that nobody has, and the order is made so.

No clock waits for that answer: the goods lack by our own fault, and no gate lets the others go without them. A customer
who agrees to wait stops the clocks until the day that was named.

The question is withdrawn when the goods are found after all; an answer that came before stands. Nothing is replaced
without the customer's word. Nobody answers: what is missing is paid back and the rest is sent, or the order is
cancelled where nothing is left; the order of a customer by contract waits, and the supervisor is told. Where a step
that was under way found the goods before the answer, they are sent.
"""

from __future__ import annotations

from datetime import datetime

from domain.amending import costs_more
from domain.calendar import local_day
from domain.change_requests import ChangeKind, ChangeParams, ChangeRequest, ChangeState
from domain.effects import Amendment, EffectKind, LineContent
from domain.gifts import goods_left
from domain.holds import Case
from domain.manual import questions, setting_aside
from domain.manual.escalation import to_the_supervisor
from domain.manual.gift_shortage import send_without
from domain.manual.reserving import missing
from domain.manual.shortage_making import paid_up, replace_goods
from domain.manual.turn import Turn
from domain.milestones import Agreed
from domain.order import Order
from domain.price_lists import PriceKind
from domain.questions import Option, Question
from domain.stage import Stage
from domain.steps import StepState, step_key
from domain.taking.holding import DESK
from domain.transfers import parts_of

CHOICE = "SHORTAGE_CHOICE"
SUBSTITUTE, WAIT, SHIP_REST, CANCEL = "substitute", "wait_until", "ship_rest", "cancel"
KEEP_WAITING = "wait"
"""What is done where a contract customer does not answer: nothing without their word."""
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
        turn.mark_once(f"confirmed/{case.no}")
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
    if day is None or turn.judged_at >= day:
        return False
    turn.look_at(day, f"{question.subject} is waited for")
    return True


def _ask(turn: Turn, case: Case) -> bool:
    order = turn.order
    units = missing(order, order.lines)
    if not units:
        return False
    instead = _instead(order, case, units)
    if instead is not None and not setting_aside.is_settled(turn, case, instead):
        return True
    offered = _options(order := turn.order, case, units)
    words = [option.word for option in offered]
    default = SHIP_REST if SHIP_REST in words else CANCEL
    waits = order.policy.shortage.contract_waits and is_by_contract(order)
    default = KEEP_WAITING if waits else default
    said = {"item": _goods(order, units), "options": words, "default": default}
    given = {"template": CHOICE, "default": default, "stays_open": waits}
    questions.ask(turn, case, "choice", offered, **given, said=said, holds=False)
    return True


def is_by_contract(order: Order) -> bool:
    """Whether the customer has a contract with the house: its prices, or an account."""
    return order.content.payment_method == "credit" or any(
        each.kind is PriceKind.CONTRACT for each in order.audit.prices
    )


def _options(order: Order, case: Case, units: dict[str, int]) -> tuple[Option, ...]:
    currency = order.content.currency
    instead, day = _instead(order, case, units), _eta(order, case.no)
    offered = []
    if instead is not None and setting_aside.may_be_offered(order, case):
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
    if order.policy.shortage.gifts_follow:
        return goods_left(order.lines, units)
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
    paid_up(turn)
    for question in turn.order.questions:
        if question.template != CHOICE or not question.chosen or _taken(turn.order, question):
            continue
        if question.open:
            to_the_supervisor(turn, next(case for case in turn.order.cases if case.no == question.case))
        elif not turn.order.ending and not turn.running(*UNDER_WAY):
            turn.mark_once(f"{question.subject}/taken")
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
        replace_goods(turn, question, instead)
    elif word == SHIP_REST and _is_left(turn.order, units):
        send_without(turn, question, units)
    elif word in (CANCEL, SHIP_REST):
        word = CANCEL
        _ask_cancel(turn, question)
    turn.note(
        f"{question.subject}/taken", "shortage_settled", case=case.no, option=word, item=_goods(turn.order, units)
    )


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
