"""What has happened to an order in the system before (M19). Everything may be missing; nothing unknown is let pass."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field

from domain.facts import Amount, Identity, Moved, Ordinal
from domain.packages import FINAL, NO_MOVEMENT, PackageState
from domain.value import Moment, Value

Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class Told(Value):
    """A part of the history: a field we do not know is refused, for a typo must not pass for nothing."""

    model_config = ConfigDict(extra="forbid")


class PaidBefore(Told):
    """Money that came; without ``amount`` all that was due, without ``payment_no`` the order's external id."""

    payment_no: Identity | None = None
    amount: Amount | None = None
    at: Moment | None = None


class RefundBefore(Told):
    """Money that went back."""

    amount: Annotated[Amount, Field(ge=1)]
    at: Moment


class ScanBefore(Told):
    """One scan of a carrier."""

    state: PackageState
    at: Moment
    code: Words = ""
    location: Words = ""
    by_recipient: bool = False


class ShipmentBefore(Told):
    """One warehouse's share; without ``lines`` what no other shipment has."""

    shipment: Ordinal = 1
    warehouse: Words = ""
    lines: tuple[Moved, ...] = ()
    released_at: Moment | None = None
    picked_at: Moment | None = None
    packed_at: Moment | None = None


class PackageBefore(Told):
    """One parcel; without ``lines`` what its shipment still held. ``settled_at``: its loss or return was settled."""

    package: Identity = "1"
    shipment: Ordinal = 1
    lines: tuple[Moved, ...] = ()
    outbound_at: Moment | None = None
    carrier: Words = ""
    tracking_number: Identity | None = None
    uploaded_at: Moment | None = None
    accepted_at: Moment | None = None
    scans: tuple[ScanBefore, ...] = ()
    signed_at: Moment | None = None
    settled_at: Moment | None = None

    @property
    def left_at(self) -> Moment | None:
        """When it left: as told, else with the first sign that it was on its way."""
        moved = min((scan.at for scan in self.scans if scan.state not in NO_MOVEMENT), default=None)
        return self.outbound_at or moved or self.signed_at

    @property
    def ended(self) -> bool:
        """Whether its journey is over."""
        return self.signed_at is not None or any(scan.state in FINAL for scan in self.scans)


class History(Told):
    """Whatever has happened so far. ``document`` is the ERP's; ``reason`` says why the order was ended."""

    payments: tuple[PaidBefore, ...] = ()
    audited_at: Moment | None = None
    stock_confirmed_at: Moment | None = None
    entered_at: Moment | None = None
    document: Words = ""
    shipments: tuple[ShipmentBefore, ...] = ()
    packages: tuple[PackageBefore, ...] = ()
    refunds: tuple[RefundBefore, ...] = ()
    completed_at: Moment | None = None
    cancelled_at: Moment | None = None
    rejected_at: Moment | None = None
    reason: Words = ""

    @property
    def ended_at(self) -> Moment | None:
        """When somebody called the order off."""
        return self.cancelled_at or self.rejected_at
