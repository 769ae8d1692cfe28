"""A shipment leaves from another warehouse (改仓发货, SR-034, E4 step 2): reserved there, recalled here, planned anew.

One way for the playbook and for a person who asks for it. Nothing moves before all of its goods are reserved elsewhere;
a warehouse that could not stop them keeps them, and what was reserved is given back.
"""

from __future__ import annotations

from domain.asks_of_logistics import ReassignWarehouse
from domain.effects import Allocation, EffectKind, ReleaseStockRequest
from domain.holds import Case
from domain.manual.change_queue import in_progress
from domain.manual.recall import RecallState, heard, recall, with_warehouse
from domain.manual.reserving import reserve_whole
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.relocation import Relocation, RelocationState
from domain.set_aside import OFFER
from domain.shipments import Shipment
from domain.steps import CaseStep
from domain.taking.recall import awaiting_no_more, has_moved
from domain.taking.relocation import begun, moved_over, next_no, put

REASSIGN = "reassign"
"""The step of a case `OUTBOUND_OVERDUE`."""
ENDED = frozenset({CaseKind.OUTBOUND_OVERDUE, CaseKind.SHIP_BY_MISSED})
ENDS = {RecallState.STOPPED: RelocationState.REASSIGNED, RecallState.REFUSED: RelocationState.REFUSED}


def reassignable(order: Order) -> tuple[Shipment, ...]:
    """The shipments that may be sent from another warehouse: nothing of them has left, nothing else is made of them."""
    if order.ending or in_progress(order) is not None:
        return ()
    tried = {each.shipment for each in order.logistics.relocations if each.open}
    return tuple(
        shipment
        for shipment in order.live_shipments
        if shipment.lines and not shipment.replaces and shipment.number not in tried
        if shipment.outbound_at is None and not has_moved(order, shipment)
        if not any(each.out for each in order.packages if each.shipment == shipment.number)
        if order.policy.recall.by_itself or not with_warehouse(order, shipment)
    )


def unreassignable(order: Order, ask: ReassignWarehouse) -> str:
    """The refusal's code where this shipment cannot be sent from that warehouse."""
    shipment = next((each for each in reassignable(order) if each.number == ask.shipment), None)
    if shipment is None:
        return "NOT_REASSIGNABLE"
    return "SAME_WAREHOUSE" if ask.warehouse == shipment.warehouse else ""


def relocate(turn: Turn) -> None:
    """Go on with every attempt that is not over, and see to what came of the others."""
    for attempt in turn.order.logistics.relocations:
        if attempt.open:
            _go_on(turn, attempt)
    for attempt in turn.order.logistics.relocations:
        if not attempt.open and turn.mark_once(f"reassign/{attempt.no}"):
            _over(turn, attempt)


def _go_on(turn: Turn, attempt: Relocation) -> None:
    if turn.order.ending or attempt.version != turn.order.version:
        turn.order = put(turn.order, attempt.having(state=RelocationState.OVERTAKEN, given=()))
    elif attempt.state is RelocationState.RESERVING:
        _reserve(turn, attempt)
    else:
        _recall(turn, attempt)


def _shipment(order: Order, attempt: Relocation) -> Shipment:
    return next(each for each in order.shipments if each.number == attempt.shipment)


# -- elsewhere -------------------------------------------------------------------------------------------------------


def _reserve(turn: Turn, attempt: Relocation) -> None:
    """All of its units, from the one warehouse that is named, or from the best one that has them all."""
    shipment = _shipment(turn.order, attempt)
    where = {"gather": True, "not_from": (shipment.warehouse,), "only_from": attempt.warehouse}
    reserve_whole(turn, attempt.reserved_by, shipment.lines, **where)


def reserving(order: Order) -> bool:
    """Whether the books are asked for goods elsewhere, or for an offer: no audit gives back what they reserve."""
    beside = ("elsewhere/", f"{OFFER}/")
    return any(each.kind == EffectKind.RESERVE and each.cause.startswith(beside) for each in order.running)


# -- here ------------------------------------------------------------------------------------------------------------


def _recall(turn: Turn, attempt: Relocation) -> None:
    """The warehouse that has it stops it, or says no; one that says nothing is somebody's to telephone."""
    shipment = _shipment(turn.order, attempt)
    step = turn.order.step(f"{attempt.case}/{REASSIGN}")
    cause = attempt.recalled_by
    state = heard(turn, step, shipment, cause, RelocationState.REASSIGNED) if step else recall(turn, shipment, cause)
    effect = turn.order.effect(f"recall/{shipment.number}/{cause}")
    if step is not None and step.open and effect is not None and effect.key not in step.effects:
        turn.change_step(step, effects=(*step.effects, effect.key))
    if state is RecallState.SILENT:
        about = {"shipments": [shipment.number], "step": step.key if step else ""}
        turn.task(f"reassign-{attempt.no}/{shipment.subject}", "RECALL_GOODS", "warehouse", params=about)
    if state in ENDS:
        turn.order = put(turn.order, attempt.having(state=ENDS[state]))


# -- what came of it -------------------------------------------------------------------------------------------------


def _over(turn: Turn, attempt: Relocation) -> None:
    back = attempt.given
    if attempt.state is RelocationState.REASSIGNED:
        turn.order, back = moved_over(turn.order, attempt, turn.now)
        if not any(each.moved_from == attempt.shipment for each in turn.order.live_shipments):
            attempt = attempt.having(state=RelocationState.OVERTAKEN)
            turn.order = put(turn.order, attempt)
    elif attempt.state is RelocationState.NO_STOCK:
        turn.order = awaiting_no_more(turn.order, _shipment(turn.order, attempt), attempt.recalled_by)
    _give_back(turn, attempt, back)
    _say(turn, attempt)
    step = turn.order.step(f"{attempt.case}/{REASSIGN}")
    if step is not None:
        turn.end(step, attempt.state)
    for case in turn.order.open_cases:
        mine = case.kind in ENDED and case.subject == f"shipment/{attempt.shipment}"
        if mine and attempt.state is RelocationState.REASSIGNED:
            turn.close_case(case, RelocationState.REASSIGNED)


def _give_back(turn: Turn, attempt: Relocation, parts: tuple[Allocation, ...]) -> None:
    if parts:
        turn.start(EffectKind.RELEASE_STOCK, attempt.reserved_by, ReleaseStockRequest, parts=parts)


def _say(turn: Turn, attempt: Relocation) -> None:
    about = {"subject": f"shipment/{attempt.shipment}"}
    if attempt.state is RelocationState.REASSIGNED:
        new = next(each for each in reversed(turn.order.shipments) if each.moved_from == attempt.shipment)
        turn.note(f"reassigned/{attempt.no}", "reassigned", **about, shipment=new.number, warehouse=new.warehouse)
    else:
        turn.note(f"reassigned/{attempt.no}", "reassign_failed", **about, result=attempt.state)


# -- the playbook's step ---------------------------------------------------------------------------------------------


def step_elsewhere(turn: Turn, case: Case, shipment: Shipment) -> CaseStep:
    """The step of the case that sends it from another warehouse, begun if it is not yet."""
    step = turn.begin(case, REASSIGN, "warehouse")
    tried = any(each.case == case.no for each in turn.order.logistics.relocations)
    if tried or not step.open:
        return step
    if not any(each.number == shipment.number for each in reassignable(turn.order)):
        known = any(each.shipment == shipment.number and each.open for each in turn.order.logistics.relocations)
        return step if known else turn.end(step, RelocationState.NO_STOCK)
    attempt = Relocation(
        no=next_no(turn.order),
        shipment=shipment.number,
        by="desk",
        at=turn.now,
        version=turn.order.version,
        case=case.no,
    )
    turn.order = begun(turn.order, attempt)
    return step
