"""The stages of an order's main path (§4.2). Which one it is in, ``Order.stage`` computes from the ledgers."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """The order's place on its main path."""

    RECEIVED = "RECEIVED"
    AUDITING = "AUDITING"
    NEEDS_CORRECTION = "NEEDS_CORRECTION"
    AWAITING_CONFIRMATION = "AWAITING_CONFIRMATION"
    READY_TO_SHIP = "READY_TO_SHIP"
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    SHIPPED = "SHIPPED"
    PARTIALLY_DELIVERED = "PARTIALLY_DELIVERED"
    DELIVERED = "DELIVERED"
    COMPLETED = "COMPLETED"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    CLOSED = "CLOSED"


FINAL_STAGES = frozenset({Stage.COMPLETED, Stage.CANCELLED, Stage.REJECTED, Stage.RETURNED, Stage.CLOSED})
