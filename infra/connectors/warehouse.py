"""The warehouse: gets shipments to pick, pack and send (SR-030), and is asked for reasons (SR-033, SR-051)."""

from __future__ import annotations

from typing import Protocol

from domain.inquiries import Answer
from domain.posted import Raw
from domain.recall_effects import RecallOutcome
from domain.value import Moment, Value
from infra.connectors.reference import OrderReference


class WarehouseUnreachable(Exception):
    """Ours to retry: the warehouse did not answer, or not in words we know."""


class WarehouseRefused(Exception):
    """The operator's to correct: the warehouse will never take this shipment, and says why."""


class WarehouseUndecided(Exception):
    """Ours to ask again: the warehouse has not said yet whether it can stop."""


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

    With ``stop``: do not hand it over, for this reason; ``by``: it is urgent, and has to be out by then.
    """

    order: OrderReference
    warehouse: str = ""
    shipment: int = 0
    skus: tuple[str, ...] = ()
    stop: str = ""
    by: Moment | None = None


class Recall(Value):
    """Stop one shipment; its ``labels`` are void, and its ``packages`` that left are pulled from the dock."""

    order: OrderReference
    shipment: int
    warehouse: str
    labels: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()


class Transfer(Value):
    """Bring these goods from one warehouse to another for an order, by ``expected_at``."""

    order: OrderReference
    transfer: int
    source: str
    target: str
    lines: tuple[ReleasedLine, ...]
    expected_at: Moment


class TransferCallOff(Value):
    """A transfer is not wanted any more: keep the goods where they are."""

    order: OrderReference
    transfer: int
    source: str
    target: str


class Warehouse(Protocol):
    """A warehouse. Every call may be asked again under the same key."""

    async def release(self, key: str, release: Release) -> str:
        """Hand over a shipment; answers the warehouse's number for it. WarehouseRefused where it never will."""
        ...

    async def inquire(self, key: str, question: WarehouseQuestion) -> Answer:
        """Ask for the reason, a promised time, and the units on the shelf; an empty answer where it has nothing to say.

        ``on_shelf`` counts what could be sent, whoever it is promised to: a warehouse does not know our reservations.
        """
        ...

    async def recall(self, key: str, recall: Recall) -> RecallOutcome:
        """Have a shipment stopped and its goods put back; REFUSED where they are gone.

        WarehouseUndecided while the warehouse has said neither.
        """

    async def transfer(self, key: str, transfer: Transfer) -> str:
        """Ask for a transfer; answers the warehouse's number for it. WarehouseRefused where it brings nothing."""
        ...

    async def call_off(self, key: str, call_off: TransferCallOff) -> bool:
        """Call a transfer off; False where its goods had left already."""
        ...
