"""The warehouse: gets shipments to pick, pack and send (SR-030), and is asked for reasons (SR-033, SR-051)."""

from __future__ import annotations

from typing import Protocol

from domain.inquiries import Answer
from domain.posted import Raw
from domain.value import Value
from infra.connectors.reference import OrderReference


class WarehouseUnreachable(Exception):
    """Ours to retry: the warehouse did not answer, or not in words we know."""


class WarehouseRefused(Exception):
    """The operator's to correct: the warehouse will never take this shipment, and says why."""


class Receiver(Value):
    """Whom the parcel is for. Personal data: read from PostgreSQL by the caller, never kept in a workflow."""

    name: str
    phone: str
    province: str
    city: str
    district: str
    street: str


def receiver_in(raw: Raw) -> Receiver:
    """Whom the parcels of an order are for; a masked order is delivered by the channel's token."""
    known = {**(raw.get("address") or {}), **(raw.get("customer") or {})}
    return Receiver(**{name: str(known.get(name) or "") for name in Receiver.model_fields})


class ReleasedLine(Value):
    """So many units of one SKU, for one order line."""

    line: str
    sku: str
    quantity: int


class Release(Value):
    """One shipment, handed to its warehouse.

    ``carrier``: who takes it (empty: the warehouse chooses); ``via``: the transfer point of a remote area;
    ``cash_on_delivery``: what the carrier collects, in minor units.
    """

    order: OrderReference
    shipment: int
    warehouse: str
    lines: tuple[ReleasedLine, ...]
    receiver: Receiver
    delivery_method: str = "express"
    carrier: str = ""
    via: str = ""
    cash_on_delivery: int = 0


class WarehouseQuestion(Value):
    """Why is this late, when will it be out, and how much of these SKUs lies there?

    With ``stop``: do not hand it over, for this reason.
    """

    order: OrderReference
    warehouse: str = ""
    shipment: int = 0
    skus: tuple[str, ...] = ()
    stop: str = ""


class Warehouse(Protocol):
    """A warehouse. Both calls may be asked again under the same key."""

    async def release(self, key: str, release: Release) -> str:
        """Hand over a shipment; answers the warehouse's number for it. WarehouseRefused where it never will."""
        ...

    async def inquire(self, key: str, question: WarehouseQuestion) -> Answer:
        """Ask for the reason, a promised time, and the units on the shelf; an empty answer where it has nothing to say.

        ``on_shelf`` counts what could be sent, whoever it is promised to: a warehouse does not know our reservations.
        """
        ...
