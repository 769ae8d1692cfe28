"""E2: goods are short (SR-131, SR-131a). Another warehouse brings them, else purchasing names a date, else a person.

The units of each line that nobody has are fixed; what is reserved stays. One transfer step a candidate; what becomes
of a transfer is followed in ``domain.manual.transferring``. A step that a person skips brought nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from domain.calendar import office_time_after
from domain.effects import EffectKind
from domain.holds import Case, EffectStatus
from domain.lines import Line
from domain.manual import gift_shortage, shortage_choice
from domain.manual.release import ship_promise
from domain.manual.reserving import empty_shelves, gathers, missing
from domain.manual.turn import Turn
from domain.order import Order
from domain.parcels import unplanned
from domain.steps import CaseStep, StepState
from domain.taking.transfers import (
    NO_DATE,
    PROMISED,
    effect_of,
    transfer_for,
)
from domain.transfer_effects import (
    PurchaseRequest,
    TransferRequest,
)
from domain.transfers import TransferState, parts_of

NONE, NO_ANSWER, TOO_LATE, NOT_KEPT = "NONE", "NO_ANSWER", "TOO_LATE", "NOT_KEPT"
"""What came of a step: nobody can, no date in time, a date too late, a date that passed."""


def seek(turn: Turn, case: Case, short: Sequence[Line], lacking: dict[str, Any]) -> bool:
    """The next step of the playbook; answers whether the order may be split now and has to be reserved anew.

    Nothing is brought, ordered or asked for an order that is not paid yet.
    """
    steps = turn.order.policy.shortage.steps
    if steps and not turn.order.payment.gate_closed:
        return False
    if gift_shortage.goes_without(turn, case, short):
        return False
    if "transfer" in steps and not _nobody_brings_it(turn, case, short):
        return False
    if _may_split(turn, case):
        return True
    if "purchasing" not in steps or _nobody_orders_it(turn, case, short):
        nothing_meets_the_promise(turn, case, lacking)
    return False


def nothing_meets_the_promise(turn: Turn, case: Case, lacking: dict[str, Any]) -> None:
    """Neither another warehouse nor purchasing has it in time: the customer is asked, else somebody finds it."""
    if not shortage_choice.decides(turn, case):
        turn.task(f"shortage/{case.no}", "FIND_STOCK", "purchasing", case_no=case.no, params=lacking)


def needed_by(order: Order) -> datetime | None:
    """Until when goods have to be in their warehouse: the promise to ship less the handling; None: no promise."""
    promised = [each for each in (ship_promise(order), order.latest_ship_at) if each]
    return min(promised) - order.policy.shortage.handling if promised else None


# -- 2: transfer -----------------------------------------------------------------------------------------------------


def _nobody_brings_it(turn: Turn, case: Case, short: Sequence[Line]) -> bool:
    """Whether no warehouse can bring what is missing; begins the next transfer where one might.

    After an answer that nobody can, they are asked again when stock arrives.
    """
    mark = f"no_transfer/{case.no}/{turn.order.stock_wanted}"
    for step in turn.order.steps:
        if step.case != case.no or not step.word.startswith("transfer-") or transfer_for(turn.order, step):
            continue
        if _asking(turn.order, step):
            return False
        turn.end(step, NONE)
        if turn.mark_once(f"settled/{step.key}"):
            turn.mark_once(mark)
    lacking = missing(turn.order, short)
    if not lacking:
        return False
    if mark not in turn.order.fired:
        _ask_for_transfer(turn, case, short, lacking)
    return mark in turn.order.fired


def _asking(order: Order, step: CaseStep) -> bool:
    """Whether a warehouse is still looked for; a person need not wait for that."""
    effect = effect_of(order, step)
    return step.open and effect is not None and effect.status is not EffectStatus.DONE


def _ask_for_transfer(turn: Turn, case: Case, short: Sequence[Line], lacking: dict[str, int]) -> None:
    order = turn.order
    number = 1 + sum(step.word.startswith("transfer-") for step in order.steps)
    by = needed_by(order)
    late = by is None or by <= turn.now
    until = turn.now + order.policy.shortage.transfer_within if late or by is None else by
    step = turn.begin(case, f"transfer-{number}", "warehouse", until=until)
    turn.start(
        EffectKind.REQUEST_TRANSFER,
        number,
        TransferRequest,
        number=number,
        lines=parts_of(lacking),
        skus={line.line: line.sku for line in short},
        policy=order.policy.shortage,
        asked_at=turn.now,
        by=by,
        province=order.content.region,
        held=tuple(unplanned(order)),
        tried=_not_again(order, case, list(lacking)),
        paid_first=order.policy.stock.paid_first,
    )
    turn.change_step(step, effects=(turn.order.effects[-1].key,))


def _not_again(order: Order, case: Case, lines: Sequence[str]) -> tuple[str, ...]:
    """Warehouses that did not bring it in this case, or whose shelf was empty."""
    mine = [each for each in order.transfers if each.case == case.no]
    failed = {each.source for each in mine if each.state in (TransferState.FAILED, TransferState.CALLED_OFF)}
    failed |= {each.source for each in mine if each.unwanted}
    return tuple(sorted({*failed, *empty_shelves(order, lines)}))


def _may_split(turn: Turn, case: Case) -> bool:
    """An order that was to be gathered is sent from several warehouses after all, once nobody brings the rest.

    Cash on delivery is not (``unsplit``), unless a person skipped the transfer.
    """
    order = turn.order
    if not gathers(order):
        return False
    let = any(step.case == case.no and step.state is StepState.SKIPPED for step in order.steps)
    if order.content.payment_method in order.policy.shortage.unsplit and not let:
        return False
    turn.mark_once(f"split/{case.no}")
    turn.order = turn.order.having(stock_wanted=turn.order.stock_wanted + 1)
    return True


# -- 3: purchasing ---------------------------------------------------------------------------------------------------


def _nobody_orders_it(turn: Turn, case: Case, short: Sequence[Line]) -> bool:
    """Whether purchasing has no date that meets the promise."""
    order = turn.order
    step = turn.begin(case, "purchasing", "purchasing", until=_answer_due(order, turn.now))
    if not step.effects:
        _ask_purchasing(turn, case, step, short)
        step = turn.order.step(step.key) or step
    if not step.open and step.state is not StepState.BY_HAND:
        return True
    if step.result == NO_DATE:
        turn.end(step, NO_DATE)
        return True
    eta = _eta(step)
    if eta is None:
        return not step.open or _passed(turn, step, step.until, NO_ANSWER)
    by = needed_by(order)
    if by is not None and eta > by > step.since:
        turn.end(step, TOO_LATE)
        return True
    return _passed(turn, step, eta, NOT_KEPT)


def _ask_purchasing(turn: Turn, case: Case, step: CaseStep, short: Sequence[Line]) -> None:
    lacking = missing(turn.order, short)
    skus: dict[str, int] = {}
    for line in short:
        skus[line.sku] = skus.get(line.sku, 0) + lacking.get(line.line, 0)
    wanted = {sku: count for sku, count in skus.items() if count}
    by = needed_by(turn.order)
    turn.start(EffectKind.ASK_PURCHASING, case.no, PurchaseRequest, case=str(case.no), units=wanted, by=by)
    turn.change_step(step, effects=(f"{turn.order.number}/ask_purchasing/{case.no}",))


def _answer_due(order: Order, now: datetime) -> datetime:
    policy = order.policy.shortage
    if policy.office is None:
        return now + policy.answer_within
    return office_time_after(now, policy.answer_within, order.policy.zone, (policy.office.opens, policy.office.closes))


def _eta(step: CaseStep) -> datetime | None:
    """The date purchasing named, or a person for it."""
    if step.open:
        return step.until if step.result == PROMISED else None
    try:
        said = datetime.fromisoformat(step.result)
    except ValueError:
        return None
    return said if said.tzinfo else None


def _passed(turn: Turn, step: CaseStep, moment: datetime | None, result: str) -> bool:
    if moment is not None and turn.judged_at < moment:
        turn.look_at(moment, f"step {step.key}")
        return False
    turn.end(step, result)
    return True


# -- how it ends ------------------------------------------------------------------------------------------------------


def outcome(order: Order, case: Case) -> str:
    """How a shortage that is over ended: brought from another warehouse, bought, sent from elsewhere, or waited for."""
    if chosen := shortage_choice.came_of(order, case):
        return chosen
    if gift_shortage.left_out(order, case):
        return gift_shortage.LEFT_OUT
    mine = [each for each in order.transfers if each.case == case.no and each.state is TransferState.RECEIVED]
    if any(each.booked and not each.unwanted for each in mine):
        return "TRANSFERRED"
    steps = [step for step in order.steps if step.case == case.no and step.word == "purchasing"]
    if any(step.result == PROMISED or _eta(step) for step in steps):
        return "PURCHASED"
    return "REROUTED" if any(shipment.missed for shipment in order.shipments) else "WAITED"
