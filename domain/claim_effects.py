"""The step ``open_claim``: what a carrier is to pay for, with the evidence; beside those of ``domain.effects``."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from domain.carrier_orders import CarrierOrder
from domain.logistics import Ground
from domain.value import Moment, Value


class ClockProof(Value):
    """A promise as the ledger has it: when it began, was due, and what came of it."""

    kind: str
    start_at: Moment
    due_at: Moment | None = None
    stopped_at: Moment | None = None
    verdict: str


class ScanProof(Value):
    """One scan of the carrier's own, by its id, and a digest of all that it said."""

    id: str
    state: str
    at: Moment
    digest: str


class ClaimRequest(CarrierOrder):
    """Open a claim for a parcel (key …/claim/{package}): the ground, what we want, and why.

    ``digest`` is one of the clocks and scans together; ``scans`` are the last ones, ``scan_count`` all there are. The
    evidence is what was known then: after a Reset the same claim may know of another report of the same scan.
    """

    counted_from_now: ClassVar[frozenset[str]] = frozenset({"clocks", "scans", "scan_count", "digest"})
    ground: Ground
    amount: Annotated[int, Field(ge=1)]
    currency: str
    clocks: tuple[ClockProof, ...] = ()
    scans: tuple[ScanProof, ...] = ()
    scan_count: int = 0
    digest: str = ""
