"""What an order knows of its parcels beyond their scans: claims on carriers, who pushed, what came back (§4.6 E3)."""

from __future__ import annotations

from typing import Literal

from domain.backlog import Backlog
from domain.relocation import Relocation
from domain.set_aside import SetAside
from domain.value import Moment, Value

Ground = Literal["late", "lost", "damaged", "not_returned"]
"""For what a carrier owes us."""


class CarrierClaim(Value):
    """A claim on a carrier, one an incident: ``amount`` in minor units; ``accepted`` None until the carrier answered.

    ``paid`` is what it has paid, ``reference`` its own number.
    """

    key: str
    incident: str
    ground: Ground
    amount: int
    currency: str
    carrier: str
    tracking_number: str
    opened_at: Moment
    accepted: bool | None = None
    reason: str = ""
    reference: str = ""
    paid: int = 0
    paid_at: Moment | None = None


class Push(Value):
    """Somebody wants a parcel or a shipment hurried: a complaint of the customer, or a person of the house.

    ``subject`` is empty for the whole order; ``party`` names whom a person wants pushed, a complaint pushes both.
    """

    no: int
    by: str
    at: Moment
    subject: str = ""
    party: Literal["", "carrier", "warehouse"] = ""

    @property
    def complaint(self) -> bool:
        """Whether the customer complained, and is to be told what is done."""
        return not self.party


class ChannelRefusal(Value):
    """A status that the sales channel refused, with its latest words; ``at``: first, ``taken_at``: taken after all."""

    status: str
    reason: str
    at: Moment
    taken_at: Moment | None = None


class Logistics(Value):
    """The claims and pushes of an order, the payments on claims it knows, and which packages came back to us.

    ``refusals`` are the statuses that the channel did not take at once.
    ``relocations`` are the shipments that were to leave from another warehouse, ``backlogs`` how late theirs were.
    ``set_aside`` are the goods that are, or were, offered in place of others.
    """

    claims: tuple[CarrierClaim, ...] = ()
    pushes: tuple[Push, ...] = ()
    payments: tuple[str, ...] = ()
    received: tuple[str, ...] = ()
    refusals: tuple[ChannelRefusal, ...] = ()
    relocations: tuple[Relocation, ...] = ()
    backlogs: tuple[Backlog, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
