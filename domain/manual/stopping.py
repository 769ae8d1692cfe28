"""Goods are stopped while something about them is in doubt (E1 step 1, SR-130): at the warehouse, else at the carrier.

What a warehouse has is recalled (``domain.manual.recall``); what it could not stop, and what is on its way, the carrier
is asked to keep. Where nothing is doubted any more, the goods go on: called-off ones are released anew with the data
of then, a parcel that waits gets another attempt. An edition that recalls nothing tells the warehouse, and no more.
"""

from __future__ import annotations

from domain.carrier_orders import InterceptRequest, RedeliveryRequest
from domain.delays import COMES_BACK
from domain.effects import EffectKind
from domain.holds import Case
from domain.manual.carrier_words import ACCEPTED, NO_ANSWER, REFUSED, answer, give
from domain.manual.escalation import raised
from domain.manual.first_steps import ask_holder
from domain.manual.recall import UNDECIDED, RecallState, asked_for, heard, with_warehouse
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.recall_effects import RecallAnswer
from domain.shipments import Package, Shipment, ShipmentState
from domain.steps import CaseStep, StepState
from domain.taking.answering import PROBLEM
from domain.taking.recall import awaiting_no_more, has_moved

STOP, WAIT = "stop", "address"
"""The steps of a case: the warehouse stops the goods; the carrier keeps a parcel while the address is checked."""
GONE = frozenset({ShipmentState.OUTBOUND, ShipmentState.CANCELLED})


def recalls_itself(order: Order) -> bool:
    """Whether goods in doubt are recalled: the edition recalls, and its question holds them meanwhile."""
    return order.policy.recall.by_itself and order.policy.questions.asks


def stop(turn: Turn, case: Case) -> None:
    """Have everything stopped that a warehouse or a carrier has now; a second doubt stops what left since the first."""
    if not recalls_itself(turn.order):
        _tell(turn, case)
        return
    known = [step for step in turn.order.steps if step.case == case.no and _is_stop(step)]
    mine = any(_is_here(turn.order, each) for each in turn.order.live_shipments)
    if mine and not any(step.open for step in known):
        word = f"{STOP}-{len(known) + 1}" if known else STOP
        turn.begin(case, word, "warehouse", until=turn.now + turn.order.policy.change.recall_within)
    _go_on(turn, case)


def is_stopping(order: Order, case: int) -> bool:
    """Whether it is still waited for what becomes of the goods that were stopped for this case."""
    mine = any(step.case == case and _is_stop(step) and step.open for step in order.steps)
    return mine and order.policy.recall.once and recalls_itself(order)


def stopped(turn: Turn) -> None:
    """Every turn: what became of the goods that were to be stopped."""
    for shipment in turn.order.shipments:
        if has_moved(turn.order, shipment):
            turn.order = awaiting_no_more(turn.order, shipment)
    if recalls_itself(turn.order):
        for case in turn.order.open_cases:
            if case.kind is CaseKind.INFO_ERROR and not turn.order.ending:
                _go_on(turn, case)
        return
    for step in turn.order.open_steps:
        if step.word == STOP and not {effect.key for effect in turn.order.running} & set(step.effects):
            turn.end(step, "TOLD")


def _is_stop(step: CaseStep) -> bool:
    return step.word.partition("-")[0] == STOP


def _is_here(order: Order, shipment: Shipment) -> bool:
    """Whether its warehouse may have goods of it, at the dock too; what a carrier speaks of, the carrier has."""
    told = _told_by_carrier(order)
    theirs = any(each.subject in told for each in order.packages if each.shipment == shipment.number)
    return with_warehouse(order, shipment) and not has_moved(order, shipment) and not theirs


def _told_by_carrier(order: Order) -> set[str]:
    return {doubt.subject for doubt in order.doubts if doubt.source == "carrier" and doubt.open}


def _go_on(turn: Turn, case: Case) -> None:
    for step in turn.order.steps:
        if step.case == case.no and _is_stop(step) and step.state is not StepState.DONE:
            _recall(turn, case, step)
    _have_it_wait(turn, case)


# -- at the warehouse ------------------------------------------------------------------------------------------------


def _recall(turn: Turn, case: Case, step: CaseStep) -> None:
    """Each shipment that was there when the doubt came; one planned since sends what was called off, and goes on."""
    cause = f"case/{case.no}"
    parts = [each for each in turn.order.live_shipments if each.planned_at <= step.since]
    states = {heard(turn, step, each, cause) for each in parts if _is_its(turn.order, each, cause)}
    keys = asked_for(turn.order, cause)
    if step.effects != keys:
        step = turn.change_step(step, effects=keys)
    if RecallState.SILENT in states:
        _press(turn, case, step, [each.number for each in parts])
    if not UNDECIDED & states:
        turn.end(step, (RecallState.REFUSED if RecallState.REFUSED in states else RecallState.STOPPED).value)


def _is_its(order: Order, shipment: Shipment, cause: str) -> bool:
    asked = order.effect(f"recall/{shipment.number}/{cause}") is not None
    return asked or _is_here(order, shipment)


def _press(turn: Turn, case: Case, step: CaseStep, shipments: list[int]) -> None:
    """The warehouse said nothing in time: somebody telephones, and the owner knows of it (level 1)."""
    if not turn.mark_once(f"silent/{step.key}"):
        return
    raised(turn, case, max(case.level, 1), turn.now)
    about = {"shipments": shipments, "step": step.key}
    turn.task(f"case/{case.no}/{step.word}", "RECALL_GOODS", "warehouse", case_no=case.no, params=about)


def _tell(turn: Turn, case: Case) -> None:
    """Tell each warehouse once a case not to hand the goods over; the step ends with its answer."""
    told: tuple[str, ...] = ()
    for shipment in turn.order.live_shipments:
        if shipment.released_at is None or shipment.state in GONE:
            continue
        told = (*told, ask_holder(turn, shipment, f"stop-1/{case.no}", str(case.no), stop=PROBLEM))
    if told:
        turn.begin(case, STOP, "warehouse", effects=told)


# -- at the carrier --------------------------------------------------------------------------------------------------


def _have_it_wait(turn: Turn, case: Case) -> None:
    """Best effort: each parcel that the warehouse could not keep is to wait until somebody has decided."""
    unanswered = any(doubt.open and not doubt.change and doubt.case == case.no for doubt in turn.order.doubts)
    parcels = [each for each in turn.order.packages if _is_to_wait(turn.order, each, f"case/{case.no}")]
    if not unanswered or not parcels:
        return
    keys = tuple(_give_wait(turn, each) for each in parcels)
    until = turn.now + turn.order.policy.logistics.answer_within
    step = turn.begin(case, WAIT, "logistics", until=until, effects=keys)
    if not step.open:
        return
    if step.effects != keys:
        step = turn.change_step(step, effects=keys)
    said = {answer(turn.order, key) for key in keys}
    if "" not in said:
        turn.end(step, REFUSED if REFUSED in said else ACCEPTED)
    elif step.until is None or turn.judged_at >= step.until:
        turn.end(step, NO_ANSWER)
    else:
        turn.look_at(step.until, f"step {step.key} answer")


def _is_to_wait(order: Order, package: Package, cause: str) -> bool:
    if not package.counts or not package.tracking_number or package.final or package.state in COMES_BACK:
        return False
    shipment = next((each for each in order.shipments if each.number == package.shipment), None)
    answers = [each.answer for each in shipment.recalls if each.cause == cause] if shipment else []
    return package.moved or package.subject in _told_by_carrier(order) or RecallAnswer.REFUSED in answers


def _give_wait(turn: Turn, package: Package) -> str:
    cause = _waits(package)
    return give(turn, EffectKind.INTERCEPT, cause, InterceptRequest, package, purpose="wait")


def _waits(package: Package) -> str:
    return f"{package.subject}/wait"


def let_go(turn: Turn) -> None:
    """Nothing is wrong, or nobody answered: what a carrier was asked to keep gets another attempt as it is."""
    for package in turn.order.packages:
        if turn.order.effect(f"intercept/{_waits(package)}") is not None and not package.final and package.counts:
            give(turn, EffectKind.REDELIVERY, _waits(package), RedeliveryRequest, package)
