"""What an order workflow starts with."""

from __future__ import annotations

from datetime import date
from typing import Any

from domain.effects import Content
from domain.policy import SharedPolicy
from domain.value import Moment, Value


class OrderInput(Value):
    """What an order workflow starts with; no personal data. ``facts`` are those already in the inbox.

    ``duplicate_of`` is the like order that this one is suspected to repeat; ``beside`` another one of the same buyer to
    the same address, which may be merged with it. ``accepted_ship_at``: of a pre-sale, or made to order; the customer
    accepted that its goods leave from then on. ``judged_at``, of one that goes on from its ``snapshot``: up to then it
    was judged what is late.
    """

    order_no: str
    tenant: str = "default"
    channel: str
    external_id: str
    placed_at: Moment
    collected_at: Moment | None = None
    received_at: Moment
    content: Content
    policy: SharedPolicy
    latest_ship_at: Moment | None = None
    accepted_ship_at: Moment | None = None
    promised_delivery_date: date | None = None
    source_kind: str = ""
    test: bool = False
    original_order_no: str = ""
    facts: tuple[dict[str, Any], ...] = ()
    snapshot: dict[str, Any] | None = None
    judged_at: Moment | None = None
    duplicate_of: str = ""
    beside: str = ""
