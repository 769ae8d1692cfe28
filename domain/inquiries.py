"""Questions to a party outside, and its answers: nothing has to wait for them (``domain.effects.INQUIRIES``)."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from domain.effects import Request
from domain.packages import PackageState
from domain.value import Moment, Value


class Inquiry(Request):
    """Ask a party for a reason (key …/ask_…/{cause}/{subject}; cause: case and level, late, silence, pickup).

    ``subject`` is order, shipment/n or package/id. ``stop``: why the warehouse must not hand the shipment over;
    ``by``: when it has to be out.
    """

    counted_from_now: ClassVar[frozenset[str]] = frozenset({"by"})
    case: str
    subject: str
    warehouse: str = ""
    shipment: int = 0
    tracking_number: str = ""
    carrier: str = ""
    stop: str = ""
    by: Moment | None = None


class Answer(Value):
    """What the party answered: a reason word of theirs, a time they promise, and units on the shelf by SKU."""

    reason: str = ""
    promised_at: Moment | None = None
    on_shelf: dict[str, int] = Field(default_factory=dict)


class ScanSeen(Value):
    """One scan in a carrier's answer to our query."""

    event_id: str
    state: PackageState
    occurred_at: Moment
    code: str = ""
    location: str = ""
    by_recipient: bool = False

    @property
    def fact_id(self) -> str:
        """Its identity as a fact, whoever tells it: the carrier, its order's question, or a poll."""
        return scan_id(self.event_id)


def scan_id(event_id: str) -> str:
    """The identity of a carrier's event as a fact: its source and its own number."""
    return f"carrier:{event_id}"


class CarrierAnswer(Answer):
    """Every scan the carrier has of the package, and its own estimate."""

    scans: tuple[ScanSeen, ...] = ()
    estimated_at: Moment | None = None


class ReceiptSeen(Value):
    """One payment in the gateway's answer to our query; amount in minor units."""

    payment_no: str
    amount: int
    currency: str
    paid_at: Moment


class PayerAnswer(Answer):
    """Every payment the gateway has for the order."""

    receipts: tuple[ReceiptSeen, ...] = ()
