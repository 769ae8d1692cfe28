"""What a carrier tells of a package (SR-031)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.facts.base import Amount, Fact, Identity
from domain.packages import PackageState, Scan
from domain.value import Moment


class CarrierScan(Fact):
    """The carrier saw a package. ``tracking_number`` or ``package`` names it; ``code`` is the carrier's own word.

    ``carrier``: whose number it is, where several carriers use it.
    """

    kind: Literal["carrier_scan"] = "carrier_scan"
    tracking_number: Identity | None = None
    package: Identity | None = None
    state: PackageState
    code: str = ""
    location: str = ""
    by_recipient: bool = False
    carrier: str = ""

    @property
    def scan(self) -> Scan:
        """The scan as the package's fold takes it."""
        return Scan(
            id=self.id,
            state=self.state,
            at=self.at,
            received_at=self.received_at,
            code=self.code,
            location=self.location,
            by_recipient=self.by_recipient,
        )


class ClaimPaid(Fact):
    """A carrier paid on a claim; ``tracking_number`` or ``package`` names the parcel, ``reference`` the payment."""

    kind: Literal["claim_paid"] = "claim_paid"
    tracking_number: Identity | None = None
    package: Identity | None = None
    reference: Identity
    amount: Amount
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"


class DeliveryEstimated(Fact):
    """The carrier named a delivery time; it never moves the first promise."""

    kind: Literal["delivery_estimated"] = "delivery_estimated"
    tracking_number: Identity
    estimated_at: Moment
