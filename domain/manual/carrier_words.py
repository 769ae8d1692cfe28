"""Orders to a carrier about one parcel, each once under its key; and what came of them: yes, no, or nothing in time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.carrier_orders import CarrierOrder
from domain.effects import EffectKind, effect_key
from domain.manual.turn import Turn
from domain.order import Order
from domain.packages import distinct
from domain.shipments import Package
from domain.steps import CaseStep

ACCEPTED, REFUSED, NO_ANSWER = "ACCEPTED", "REFUSED", "NO_ANSWER"
"""How a step ends that waited for a carrier's answer."""


def give(turn: Turn, kind: EffectKind, cause: str, request: type[CarrierOrder], package: Package, **fields: Any) -> str:
    """Give a carrier an order about a parcel, once; answers the key it stands under."""
    named = {
        "shipment": package.shipment,
        "package": package.id,
        "tracking_number": package.tracking_number,
        "carrier": package.carrier,
    }
    turn.start(kind, cause, request, **named, **fields)
    return effect_key(turn.order.number, kind, cause)


def answer(order: Order, key: str) -> str:
    """What the carrier said to it; empty while nobody answered."""
    word = next((word for word in order.carrier_words if word.key == key), None)
    if word is not None:
        return ACCEPTED if word.accepted else REFUSED
    return REFUSED if any(effect.key == key and effect.refused for effect in order.effects) else ""


def awaited(turn: Turn, step: CaseStep, key: str) -> CaseStep:
    """The step, ended where the carrier answered, or did not in time."""
    if not step.open:
        return step
    said = answer(turn.order, key)
    if said:
        return turn.end(step, said)
    if step.until is None or turn.judged_at >= step.until:
        return turn.end(step, NO_ANSWER)
    turn.look_at(step.until, f"step {step.key} answer")
    return step


def last_moved(package: Package) -> datetime | None:
    """When the parcel was seen to move last; when it left, where it was not."""
    seen = [scan.at for scan in distinct(package.scans) if scan.moves]
    return max(seen, default=package.outbound_at)
