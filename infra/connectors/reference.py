"""How every outside party is told which order is meant: our number, and the number the customer knows."""

from __future__ import annotations

from domain.value import Value


class OrderReference(Value):
    """One order by our own number and by its channel's number; no personal data."""

    order_no: str
    channel: str
    external_id: str
