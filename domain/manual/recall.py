"""A recall: the warehouse is told to stop a shipment, and it is waited for its word (SR-130c, §4.7 R, E1 step 1).

``recall(turn, shipment, cause)`` is safe to call in every turn, by whoever has to stop goods; it asks the warehouse
once a shipment and cause (effect ``…/recall/{shipment}/{cause}``) and says how far that is. Whoever calls it keeps
calling it with the same cause until the answer is STOPPED or REFUSED, and has a hold that keeps the units from being
released again meanwhile: called-off units are planned anew as soon as nothing holds the release.
"""

from __future__ import annotations

from enum import StrEnum

from domain.clocks import TICK
from domain.effects import EffectKind
from domain.holds import EffectStatus
from domain.manual.first_steps import ask_holder
from domain.manual.turn import Turn
from domain.order import Order
from domain.recall_effects import RecallAnswer, Recalled, RecallRequest
from domain.shipments import Shipment, ShipmentState
from domain.steps import CaseStep, StepState
from domain.taking.outcomes import plan_shipments
from domain.taking.recall import awaiting_no_more, decided, has_moved, may_plan, stopped


class RecallState(StrEnum):
    """How far a recall is.

    WAITING for the warehouse's word · STOPPED, and called off · REFUSED: the goods are gone · SILENT: nothing was said
    for ``change.recall_within``; the warehouse was pressed once, and a person has to see to it. It may still answer.
    """

    WAITING = "WAITING"
    STOPPED = "STOPPED"
    REFUSED = "REFUSED"
    SILENT = "SILENT"


UNDECIDED = frozenset({RecallState.WAITING, RecallState.SILENT})
"""The warehouse has not said yet what becomes of the goods."""


def recall(turn: Turn, shipment: Shipment, cause: str) -> RecallState:
    """Have one shipment stopped for ``cause`` (such as ``case/3``), and say how far that is; nothing is done twice."""
    known = next(each for each in turn.order.shipments if each.number == shipment.number)
    if known.state is ShipmentState.CANCELLED:
        return RecallState.STOPPED
    if has_moved(turn.order, known):
        turn.order = awaiting_no_more(turn.order, known)
        return RecallState.REFUSED
    said = next((each for each in known.recalls if each.cause == cause), None)
    if said is not None:
        return RecallState(said.answer)
    if not with_warehouse(turn.order, known):
        turn.order = stopped(turn.order, known, turn.now)
        return RecallState.STOPPED
    return _asked(turn, known, cause)


def heard(turn: Turn, step: CaseStep, shipment: Shipment, cause: str, *words: str) -> RecallState:
    """The same for a step of a case: as the warehouse says, or as a person heard it, who may have said it in ``words``.

    A step that was left out has stopped nothing; the other causes for which the shipment is recalled go on.
    """
    if step.state is StepState.SKIPPED and shipment.state is not ShipmentState.CANCELLED:
        turn.order = awaiting_no_more(turn.order, shipment, cause)
        return RecallState.REFUSED
    if step.state is StepState.BY_HAND:
        yes = step.result.strip().upper() in {RecallState.STOPPED, *words}
        by_hand(turn, shipment, cause, RecallAnswer.STOPPED if yes else RecallAnswer.REFUSED)
    return recall(turn, shipment, cause)


def asked_for(order: Order, cause: str) -> tuple[str, ...]:
    """The keys of the recalls for this cause."""
    recalls = (each for each in order.effects if each.kind == EffectKind.RECALL)
    return tuple(each.key for each in recalls if each.cause.partition("/")[2] == cause)


def with_warehouse(order: Order, shipment: Shipment) -> bool:
    """Whether the warehouse was handed the shipment, or may have been; one that said no has nothing."""
    asked = order.effect(f"release/{shipment.number}")
    return shipment.released_at is not None or (asked is not None and not asked.refused)


def by_hand(turn: Turn, shipment: Shipment, cause: str, answer: RecallAnswer) -> None:
    """A person heard the warehouse's answer: it counts as if it had come by itself."""
    turn.order = decided(turn.order, shipment.number, Recalled(cause=cause, answer=answer, at=turn.now))


def _asked(turn: Turn, shipment: Shipment, cause: str) -> RecallState:
    handing = turn.order.effect(f"release/{shipment.number}")
    if shipment.released_at is None and handing is not None and handing.status is EffectStatus.RUNNING:
        return RecallState.WAITING  # a stop that overtakes its release would stop nothing
    if _asked_already(turn, shipment, cause):
        return RecallState.WAITING
    parcels = [each for each in turn.order.packages if each.shipment == shipment.number]
    turn.start(
        EffectKind.RECALL,
        f"{shipment.number}/{cause}",
        RecallRequest,
        shipment=shipment.number,
        warehouse=shipment.warehouse,
        labels=tuple(each.tracking_number for each in parcels if each.tracking_number),
        packages=tuple(each.id for each in parcels if each.out),
    )
    effect = turn.order.effect(f"recall/{shipment.number}/{cause}")
    until = (effect.since if effect else turn.now) + turn.order.policy.change.recall_within
    if turn.judged_at <= until:
        turn.look_at(until + TICK, f"recall of {shipment.subject}")
        return RecallState.WAITING
    _press(turn, shipment, cause)
    return RecallState.SILENT


def _asked_already(turn: Turn, shipment: Shipment, cause: str) -> bool:
    """Whether the warehouse is being asked for another cause: its word will count for this one, too."""
    if not turn.order.policy.recall.once or turn.order.effect(f"recall/{shipment.number}/{cause}") is not None:
        return False
    recalls = (effect for effect in turn.order.running if effect.kind == EffectKind.RECALL)
    return any(effect.cause.partition("/")[0] == str(shipment.number) for effect in recalls)


def _press(turn: Turn, shipment: Shipment, cause: str) -> None:
    """Once, beside the recall that goes on: the warehouse is asked where it is, and told again not to hand it over."""
    ask_holder(turn, shipment, f"recall/{cause.replace('/', '-')}", cause, stop="recall")


def plan_again(turn: Turn) -> None:
    """Units that were called off get a shipment of their own again, once nothing holds the release."""
    order = turn.order
    called_off = any(shipment.called_off_at for shipment in order.shipments)
    if called_off and order.entered and not order.ending and order.stock_closed and may_plan(order):
        turn.order = plan_shipments(order, turn.now)
