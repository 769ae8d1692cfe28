"""Shipments (a warehouse's release) and packages (a carrier's parcel), §4.4."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Literal

from domain.carriage import Choice, Chosen
from domain.facts import Moved, Others
from domain.packages import FINAL, GONE, Fold, PackageState, Scan, fold
from domain.recall_effects import Recalled
from domain.value import Moment, Value


class ShipmentState(StrEnum):
    """How far the warehouse is."""

    PLANNED = "PLANNED"
    RELEASED = "RELEASED"
    PICKING = "PICKING"
    PACKED = "PACKED"
    OUTBOUND = "OUTBOUND"
    CANCELLED = "CANCELLED"


RANKS = (
    ShipmentState.PLANNED,
    ShipmentState.RELEASED,
    ShipmentState.PICKING,
    ShipmentState.PACKED,
    ShipmentState.OUTBOUND,
)


class Shipment(Value):
    """One warehouse's share of the order; ``doubted`` units of it were not found by a count, and may be gone.

    ``guided``: the carrier table says who takes it; ``cash``: to collect. ``missed``: not on its warehouse's shelf.
    ``recalls`` are its warehouse's answers to recalls, ``called_off_at`` when it was stopped after its release.
    ``replaces``: the package whose goods it sends anew, which the order's lines count once.
    ``moved_from``: the shipment whose goods it sends from another warehouse.
    """

    number: int
    warehouse: str
    lines: tuple[Moved, ...]
    state: ShipmentState = ShipmentState.PLANNED
    planned_at: Moment
    released_at: Moment | None = None
    outbound_at: Moment | None = None
    promised_at: Moment | None = None
    doubted: tuple[Moved, ...] = ()
    guided: bool = False
    choice: Choice | None = None
    looks: int = 0
    cash: int = 0
    packed: tuple[Moved, ...] = ()
    packs: int = 0
    recalls: tuple[Recalled, ...] = ()
    called_off_at: Moment | None = None
    missed: tuple[Moved, ...] = ()
    replaces: str = ""
    moved_from: int = 0

    @property
    def mispacked(self) -> dict[str, int]:
        """Units too many (or, negative, too few) of each line that was packed otherwise than the shipment holds."""
        if not self.packed:
            return {}
        wrong: dict[str, int] = {}
        for part in self.packed:
            wrong[part.line] = wrong.get(part.line, 0) + part.quantity
        for part in self.lines:
            wrong[part.line] = wrong.get(part.line, 0) - part.quantity
        return {line: units for line, units in wrong.items() if units}

    @property
    def subject(self) -> str:
        """Its name in clocks, cases and messages."""
        return f"shipment/{self.number}"

    @property
    def chosen(self) -> Chosen | None:
        """Who carries it, as the table or a person chose."""
        return self.choice if isinstance(self.choice, Chosen) else None

    @property
    def lacks_carrier(self) -> bool:
        """Whether it must not go to its warehouse yet: the table guides it, and nobody carries it."""
        return self.guided and self.chosen is None

    @property
    def under_way_instead(self) -> bool:
        """Whether it sends goods anew and has not left yet."""
        open_ones = self.state not in (ShipmentState.OUTBOUND, ShipmentState.CANCELLED)
        return bool(self.replaces and self.lines) and open_ones

    def reached(self, state: ShipmentState) -> Shipment:
        """A later rank; news of an earlier one is history only."""
        if self.state not in RANKS or RANKS.index(state) <= RANKS.index(self.state):
            return self
        return self.having(state=state)


class VoidNumber(Value):
    """A number that a package had ``until`` somebody corrected it, and what was seen under it."""

    number: str
    carrier: str = ""
    accepted_at: Moment | None = None
    scans: tuple[Scan, ...] = ()
    until: Moment
    until_received: Moment
    source: str = ""


class Package(Value):
    """One parcel. Its state is the fold of its scans; nothing sets it.

    ``voided_at``: its label is void since then. ``voided_numbers``: its versions before this one, oldest first.
    ``guessed``: nobody told which goods are in it. ``consolidated``: it carries goods of other orders too.
    ``superseded_at``: another shipment sends its goods anew since then, and nobody waits for it (已替代).
    ``switch``: how that is to be done (``claimed``: the customer never had it), ``switched_at``: since when.
    """

    id: str
    shipment: int
    lines: tuple[Moved, ...] = ()
    outbound_at: Moment | None = None
    outbound_received_at: Moment | None = None
    outbound_source: str = "warehouse"
    carrier: str = ""
    tracking_number: str = ""
    uploaded_at: Moment | None = None
    uploaded_source: str = ""
    accepted_at: Moment | None = None
    refused: str = ""
    estimated_at: Moment | None = None
    promised_at: Moment | None = None
    scans: tuple[Scan, ...] = ()
    others: tuple[Others, ...] = ()
    voided_at: Moment | None = None
    superseded_at: Moment | None = None
    switch: Literal["", "reship", "return", "claimed"] = ""
    switched_at: Moment | None = None
    voided_numbers: tuple[VoidNumber, ...] = ()
    guessed: bool = False
    consolidated: bool = False

    @property
    def subject(self) -> str:
        """Its name in clocks, cases and messages."""
        return f"package/{self.id}"

    @cached_property
    def story(self) -> Fold:
        """What its scans say together."""
        return fold(self.scans)

    @property
    def state(self) -> PackageState:
        """Where it is."""
        return self.story.state

    @property
    def out(self) -> bool:
        """Whether it left the warehouse."""
        return self.outbound_at is not None

    @property
    def first_accepted_at(self) -> datetime | None:
        """When the channel first took a number of it, right or wrong."""
        times = (self.accepted_at, *(void.accepted_at for void in self.voided_numbers))
        return min((time for time in times if time), default=None)

    @property
    def moved(self) -> bool:
        """Whether its carrier has it: it was seen moving."""
        return any(scan.moves for scan in self.scans)

    @property
    def counts(self) -> bool:
        """Whether it left and nothing was sent in its place: the order waits for it."""
        return self.out and self.superseded_at is None

    @property
    def final(self) -> bool:
        """Whether its journey is over."""
        return self.state in FINAL

    @property
    def gone(self) -> bool:
        """Whether it ended without reaching the customer."""
        return self.state in GONE

    @property
    def delivered_at(self) -> datetime | None:
        """When it was signed for."""
        story = self.story
        return story.since if story.state is PackageState.DELIVERED else None


def units_out(packages: Iterable[Package], shipment: Shipment) -> dict[str, int]:
    """What left of a shipment, by line, as its packages say."""
    units: dict[str, int] = {}
    for package in packages:
        if package.out and package.shipment == shipment.number:
            for part in package.lines:
                units[part.line] = units.get(part.line, 0) + part.quantity
    return units
