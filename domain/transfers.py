"""Stock transfers (SR-131a, §4.6 E2): goods of one order on their way from one warehouse to another (调拨).

A transfer holds its units at its source from the moment it exists; what arrives belongs to its order. Who is asked is
chosen here, purely: whoever can meet the promise, then the cheapest, then the nearest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from domain.areas import serves
from domain.facts import Moved
from domain.shortage_policy import ShortagePolicy
from domain.stock import Available, Want, fill
from domain.value import Moment, Value


class TransferState(StrEnum):
    """How far a transfer is."""

    REQUESTED = "REQUESTED"
    PICKED = "PICKED"
    IN_TRANSIT = "IN_TRANSIT"
    RECEIVED = "RECEIVED"
    FAILED = "FAILED"
    CALLED_OFF = "CALLED_OFF"


AT_SOURCE = frozenset({TransferState.REQUESTED, TransferState.PICKED})
"""The goods have not left yet: it can be called off."""
UNDER_WAY = AT_SOURCE | {TransferState.IN_TRANSIT}


class Transfer(Value):
    """One transfer, the order's ``number``-th; ``lines`` are its units, ``received`` what arrived of them.

    ``due``: by when it has to be there; ``departed``: the books know that it left its source; ``booked``: they know
    its end. ``unwanted``: nobody waits for it any more.
    """

    number: int
    case: int
    source: str
    target: str
    lines: tuple[Moved, ...]
    state: TransferState = TransferState.REQUESTED
    requested_at: Moment
    expected_at: Moment
    due: Moment
    picked_at: Moment | None = None
    shipped_at: Moment | None = None
    ended_at: Moment | None = None
    received: tuple[Moved, ...] = ()
    reason: str = ""
    departed: bool = False
    booked: bool = False
    unwanted: bool = False

    @property
    def under_way(self) -> bool:
        """Whether its goods have neither come nor failed to."""
        return self.state in UNDER_WAY

    @property
    def owed(self) -> bool:
        """Whether an order that ends has to wait: its units are held somewhere, or the books do not know what was."""
        if self.state is TransferState.IN_TRANSIT:
            return not self.departed
        return not self.booked

    @property
    def covers(self) -> tuple[Moved, ...]:
        """The units of its order that it will bring, and that nobody else need find."""
        if self.unwanted or self.booked or not (self.under_way or self.state is TransferState.RECEIVED):
            return ()
        return self.received if self.state is TransferState.RECEIVED else self.lines


def units(parts: Sequence[Moved]) -> dict[str, int]:
    """Units by line."""
    found: dict[str, int] = {}
    for part in parts:
        found[part.line] = found.get(part.line, 0) + part.quantity
    return found


def parts_of(found: Mapping[str, int]) -> tuple[Moved, ...]:
    """Units by line as they are handed on; none of what is none."""
    return tuple(Moved(line=line, quantity=quantity) for line, quantity in found.items() if quantity > 0)


# -- who is asked ----------------------------------------------------------------------------------------------------


class Store(Available):
    """What a warehouse can give of a SKU, and whether it sends parcels to customers itself."""

    sends: bool = True


class Wish(Value):
    """What a transfer is wanted for: units by line, where to, by when; who was asked before, or holds some already."""

    wants: tuple[Want, ...]
    policy: ShortagePolicy
    now: Moment
    by: Moment | None = None
    province: str = ""
    held: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()


class Candidate(Value):
    """One warehouse that can bring some of it, how soon, at what cost, from how far."""

    source: str
    target: str
    lines: tuple[Moved, ...]
    missing: int
    arrives_at: Moment
    cost: int
    distance_km: int


def target_of(wish: Wish, places: Sequence[Store]) -> str:
    """Where the goods are sent from: a warehouse that holds some of them, else the nearest that sends parcels."""
    sending = {place.warehouse: place for place in places if place.sends}
    held = sorted(set(wish.held) & sending.keys())
    ranked = sorted(
        sending.values(),
        key=lambda place: (not serves(place.region, wish.province), place.priority, place.warehouse),
    )
    return held[0] if held else next((place.warehouse for place in ranked), "")


def candidates(wish: Wish, places: Sequence[Store], levels: Sequence[Available]) -> tuple[Candidate, ...]:
    """Who can bring it in time, the best first: whoever has all of it, then the cheapest, then the nearest.

    One that comes too late is none; where the promise is past already, whoever comes first is the best.
    """
    target = target_of(wish, places)
    sources = sorted({level.warehouse for level in levels if level.units > 0} - {target, *wish.tried})
    found = [_from(wish, source, target, levels) for source in sources] if target else []
    past = wish.by is not None and wish.by <= wish.now
    in_time = [one for one in found if one.lines and (past or _meets(wish, one.arrives_at))]
    return tuple(sorted(in_time, key=lambda one: _weight(one, past=past)))


def _from(wish: Wish, source: str, target: str, levels: Sequence[Available]) -> Candidate:
    given = fill(wish.wants, levels, [source])
    route = wish.policy.route(source, target)
    return Candidate(
        source=source,
        target=target,
        lines=tuple(Moved(line=part.line, quantity=part.quantity) for part in given.allocations),
        missing=sum(part.quantity for part in given.short),
        arrives_at=wish.now + route.lead,
        cost=route.cost,
        distance_km=route.distance_km,
    )


def _meets(wish: Wish, arrives_at: datetime) -> bool:
    return wish.by is None or arrives_at <= wish.by


def _weight(one: Candidate, *, past: bool) -> tuple[object, ...]:
    sooner = one.arrives_at if past else None
    first = (sooner.timestamp() if sooner else 0.0, one.missing)
    return (*first, one.cost, one.distance_km, one.source)
