"""Packages: the fold of carrier scans that no order of arrival and no duplication can fool (§4.4, M13)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.value import Moment, Value


class PackageState(StrEnum):
    """Where a package is (物流状态)."""

    LABELLED = "LABELLED"
    PICKED_UP = "PICKED_UP"
    IN_TRANSIT = "IN_TRANSIT"
    ON_HOLD = "ON_HOLD"
    CUSTOMS = "CUSTOMS"
    OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
    READY_FOR_PICKUP = "READY_FOR_PICKUP"
    DELIVERY_FAILED = "DELIVERY_FAILED"
    DELIVERED = "DELIVERED"
    RETURNING = "RETURNING"
    RETURNED_TO_SENDER = "RETURNED_TO_SENDER"
    LOST = "LOST"
    DAMAGED = "DAMAGED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


RANK = {
    PackageState.UNKNOWN: 0,
    PackageState.LABELLED: 1,
    PackageState.PICKED_UP: 2,
    PackageState.IN_TRANSIT: 3,
    PackageState.ON_HOLD: 3,
    PackageState.CUSTOMS: 3,
    PackageState.OUT_FOR_DELIVERY: 4,
    PackageState.READY_FOR_PICKUP: 4,
    PackageState.DELIVERY_FAILED: 4,
    PackageState.RETURNING: 6,
    PackageState.DELIVERED: 9,
    PackageState.RETURNED_TO_SENDER: 9,
    PackageState.LOST: 9,
    PackageState.DAMAGED: 9,
    PackageState.CANCELLED: 9,
}
FINAL = frozenset(state for state, rank in RANK.items() if rank == RANK[PackageState.DELIVERED])
GONE = frozenset({PackageState.RETURNED_TO_SENDER, PackageState.LOST, PackageState.DAMAGED, PackageState.CANCELLED})
"""Final without a signature: the goods did not reach the customer."""
NO_MOVEMENT = frozenset({PackageState.UNKNOWN, PackageState.LABELLED})
"""Heard from, but nothing moved: no news for C5."""
PRESUMED = "PRESUMED"
"""The code of the scan that the desk itself adds for a parcel nobody fetched."""


class Scan(Value):
    """One carrier scan. ``id`` is the event's identity; the same id counts once.

    ``one_loss``: a LOST of a parcel that is lost is the same loss, and no finding (``domain.parcel_policy``).
    """

    id: str
    state: PackageState
    at: Moment
    received_at: Moment
    code: str = ""
    location: str = ""
    by_recipient: bool = False
    one_loss: bool = False

    @property
    def moves(self) -> bool:
        """Whether the parcel moved, so that the 24 hours of C5 start again."""
        return self.state not in NO_MOVEMENT

    @property
    def presumed(self) -> bool:
        """Whether nobody saw it: a parcel that was not fetched counts as delivered (A-22)."""
        return self.code == PRESUMED

    @property
    def place(self) -> tuple[datetime, int, str]:
        """Where the scan stands in the parcel's story."""
        return (self.at, RANK[self.state], self.id)


class Fold(Value):
    """What the scans of one package say together."""

    state: PackageState = PackageState.LABELLED
    since: Moment | None = None
    since_received: Moment | None = None
    contradicted_at: Moment | None = None
    found_at: Moment | None = None


def distinct(scans: tuple[Scan, ...]) -> tuple[Scan, ...]:
    """The scans in the order of the parcel's story, each once: by id, and by (state, time, code, place)."""
    if len(scans) <= 1:
        return scans
    known: set[object] = set()
    story = []
    for scan in sorted(scans, key=_arrival):
        mark = (scan.state, scan.at, scan.code, scan.location)
        if not known & {scan.id, mark}:
            story.append(scan)
        known |= {scan.id, mark}
    return tuple(sorted(story, key=lambda scan: scan.place))


def _arrival(scan: Scan) -> tuple[datetime, str]:
    return (scan.received_at, scan.model_dump_json())


def fold(scans: tuple[Scan, ...]) -> Fold:
    """Where the parcel is: the last scan that is allowed from the state before it (§4.4 fold rule)."""
    now = Fold()
    for scan in distinct(scans):
        now = _next(now, scan)
    return now


def _next(now: Fold, scan: Scan) -> Fold:
    if scan.state is PackageState.UNKNOWN or (scan.presumed and now.state is not PackageState.READY_FOR_PICKUP):
        return now
    if now.state not in FINAL:
        if scan.state is PackageState.LABELLED and now.since is not None:
            return now
        return now.having(state=scan.state, since=scan.at, since_received=scan.received_at)
    after = now.since is not None and scan.at > now.since and scan.moves
    if after and now.state is PackageState.DELIVERED and scan.state is not PackageState.DELIVERED:
        return now.having(contradicted_at=now.contradicted_at or scan.at)
    same_loss = scan.one_loss and scan.state is PackageState.LOST
    if after and now.state is PackageState.LOST and not same_loss:
        return now.model_copy(
            update={"state": scan.state, "since": scan.at, "since_received": scan.received_at, "found_at": scan.at}
        )
    return now
