"""What a carrier's yes or no does to an order: it is kept, for whoever asked reads it in the desk's next turn."""

from __future__ import annotations

from typing import Any

from domain.carrier_orders import CarrierSaid, CarrierWord
from domain.effects import EffectKind
from domain.inside import EffectDone
from domain.order import Order
from domain.taking.logistics import claim_answered


def carrier_said(order: Order, fact: EffectDone, said: CarrierSaid, asked: dict[str, Any]) -> Order:
    """The answer, with what was ``asked``; the first under a key stands."""
    if fact.effect is EffectKind.CLAIM:
        return claim_answered(order, fact.key, said)
    if any(word.key == fact.key for word in order.carrier_words):
        return order
    word = CarrierWord(
        key=fact.key,
        kind=str(fact.effect),
        package=str(asked.get("package", "")),
        purpose=str(asked.get("purpose", "")),
        accepted=said.accepted,
        reason=said.reason,
        reference=said.reference,
        at=fact.at,
    )
    return order.having(carrier_words=(*order.carrier_words, word))
