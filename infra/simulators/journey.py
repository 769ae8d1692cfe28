"""What an honest warehouse, carrier and customer do, hour by hour, and which facts they tell when (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from domain.packages import PackageState
from infra.connectors.reference import OrderReference
from infra.connectors.warehouse import Release, ReleasedLine
from infra.simulators.behavior import After, Behavior, ScanPlan, Told, WarehouseConduct

PICKED, PACKED, OUTBOUND = 1.0, 1.5, 2.0
"""Hours from the release."""
CONFIRMS = 4.0
"""Hours from the last delivery to the customer's confirmation."""
JOURNEYS: dict[str, tuple[tuple[float, PackageState, str], ...]] = {
    "express": (
        (2, PackageState.PICKED_UP, "{warehouse} 揽收点"),
        (6, PackageState.IN_TRANSIT, "{warehouse} 转运中心"),
        (12, PackageState.IN_TRANSIT, "{city} 转运中心"),
        (16, PackageState.OUT_FOR_DELIVERY, "{city} 营业部"),
        (18, PackageState.DELIVERED, "{city}"),
    ),
    "pickup": ((1, PackageState.READY_FOR_PICKUP, "{warehouse}"), (6, PackageState.DELIVERED, "{warehouse}")),
    "own_fleet": ((2, PackageState.OUT_FOR_DELIVERY, "{city}"), (6, PackageState.DELIVERED, "{city}")),
    "virtual": ((0.5, PackageState.DELIVERED, ""),),
}
"""Hours from outbound."""
CARRIERS = ("SF", "YTO", "ZTO", "JD", "EMS")
PREFIXES = {"SF": "SF", "YTO": "YT", "ZTO": "75", "JD": "JDVA", "EMS": "98"}


@dataclass(frozen=True)
class Parcel:
    """One package of a shipment: ``number_at`` is when its number is told, None for never; ``gap`` sets it apart."""

    package: str
    lines: tuple[ReleasedLine, ...]
    outbound_at: float
    number_at: float | None
    tracking_number: str | None
    carrier: str


@dataclass(frozen=True)
class News:
    """One fact a party will tell at ``due``; ``event_id`` is its identity. Times are Unix seconds."""

    event_id: str
    source: str
    kind: str
    at: float
    due: float
    reference: dict[str, str]
    data: dict[str, Any]

    @property
    def body(self) -> dict[str, Any]:
        """As our ``/v1/facts`` takes it."""
        occurred = datetime.fromtimestamp(self.at, UTC).isoformat()
        told = {"source": self.source, "event_id": self.event_id, "kind": self.kind, "occurred_at": occurred}
        return {**told, **self.reference, "data": self.data}


def by_number(order: OrderReference) -> dict[str, str]:
    """How a party names the order that knows our number."""
    return {"order_no": order.order_no}


def by_channel(order: OrderReference) -> dict[str, str]:
    """How a party names the order that knows only the channel's number."""
    return {"channel": order.channel, "external_id": order.external_id}


def moment(after: After, honest: float) -> float | None:
    """Seconds until something; None for never."""
    if after == "never":
        return None
    return honest if after is None else float(after)


def parcels(release: Release, behavior: Behavior, now: float, hour: float) -> tuple[Parcel, ...]:
    """The packages a warehouse makes of a shipment; none where it never sends them."""
    conduct = behavior.warehouse
    outbound = moment(conduct.outbound_of.get(release.shipment, conduct.outbound), OUTBOUND * hour)
    if outbound is None:
        return ()
    shares = _shares(release.lines, conduct.packages, conduct.short)
    return tuple(
        _parcel(release, conduct, index, share, now + outbound + (index - 1) * conduct.package_gap)
        for index, share in enumerate(shares, start=1)
    )


def _parcel(
    release: Release, conduct: WarehouseConduct, index: int, lines: tuple[ReleasedLine, ...], outbound_at: float
) -> Parcel:
    package = str(index) if release.shipment == 1 else f"{release.shipment}-{index}"
    digest = int(sha256(f"{release.order.order_no}/{package}".encode()).hexdigest(), 16)
    carrier = conduct.carrier or release.carrier or CARRIERS[digest % len(CARRIERS)]
    if release.delivery_method != "express":
        return Parcel(package, lines, outbound_at, None, None, "")
    told = None if conduct.tracking == "never" or index in conduct.unnumbered else outbound_at
    if told is not None and isinstance(conduct.tracking, float | int):
        told = outbound_at + conduct.tracking
    number = f"{PREFIXES.get(carrier, carrier)}{digest % 10**13:013d}"
    return Parcel(package, lines, outbound_at, told, number, carrier)


def _shares(lines: Sequence[ReleasedLine], packages: int, short: dict[str, int]) -> list[tuple[ReleasedLine, ...]]:
    """The lines spread evenly over the packages; a package that would be empty is not made."""
    shares: list[list[ReleasedLine]] = [[] for _ in range(packages)]
    turn = 0
    for line in lines:
        there = max(line.quantity - short.get(line.line, 0), 0)
        quantities = [there // packages] * packages
        for _ in range(there % packages):
            quantities[turn % packages] += 1
            turn += 1
        for share, quantity in zip(shares, quantities, strict=True):
            if quantity:
                share.append(line.model_copy(update={"quantity": quantity}))
    return [tuple(share) for share in shares if share]


def of_warehouse(release: Release, behavior: Behavior, now: float, hour: float) -> list[News]:
    """What the warehouse tells of a shipment."""
    conduct = behavior.warehouse
    told = [
        _of_shipment(release, kind, now + after)
        for kind, after in (
            ("picked", moment(conduct.picked, PICKED * hour)),
            ("packed", moment(conduct.packed, PACKED * hour)),
        )
        if after is not None
    ]
    missing = [(line, quantity) for line, quantity in conduct.short.items() if quantity]
    picked_at = now + (moment(conduct.picked, PICKED * hour) or 0)
    told += [
        _of_shipment(release, "short_picked", picked_at, {"line": line, "quantity": quantity}, f"/{line}")
        for line, quantity in missing
    ]
    for parcel in parcels(release, behavior, now, hour):
        told += _of_parcel(release, parcel)
    return as_told(told, conduct)


def _of_shipment(release: Release, kind: str, at: float, data: dict[str, Any] | None = None, suffix: str = "") -> News:
    event_id = f"{release.order.order_no}/{release.shipment}/{kind}{suffix}"
    told = {"shipment": release.shipment, **(data or {})}
    return News(event_id, "warehouse", kind, at, at, by_number(release.order), told)


def _of_parcel(release: Release, parcel: Parcel) -> list[News]:
    data: dict[str, Any] = {
        "package": parcel.package,
        "lines": [{"line": line.line, "quantity": line.quantity} for line in parcel.lines],
    }
    number = {"tracking_number": parcel.tracking_number, "carrier": parcel.carrier}
    if parcel.number_at == parcel.outbound_at:
        data |= number
    news = [_of_shipment(release, "outbound", parcel.outbound_at, data, f"/{parcel.package}")]
    if parcel.number_at is not None and parcel.number_at != parcel.outbound_at:
        named = {"package": parcel.package, **number}
        news.append(_of_shipment(release, "tracking_number", parcel.number_at, named, f"/{parcel.package}"))
    return news


def of_carrier(release: Release, parcel: Parcel, behavior: Behavior, hour: float) -> list[News]:
    """Every scan of one parcel, and the carrier's own estimate."""
    conduct = behavior.carrier
    plans = conduct.of_package.get(parcel.package, conduct.script)
    if plans is None:
        plans = _honest(release, hour)
    if parcel.tracking_number is None:
        reference, named = by_channel(release.order), {"package": parcel.package}
    else:
        reference, named = {"tracking_number": parcel.tracking_number}, {}
    identity = parcel.tracking_number or f"{release.order.order_no}/{parcel.package}"
    scans = []
    for index, plan in enumerate(plans, start=1):
        at = parcel.outbound_at + plan.after
        data = {**named, **plan.model_dump(mode="json", exclude={"after", "late"})}
        scan = News(f"{identity}/{index}", "carrier", "carrier_scan", at, at + plan.late, reference, data)
        scans.append(scan)
    if conduct.estimate is not None and parcel.tracking_number is not None:
        estimated = datetime.fromtimestamp(parcel.outbound_at + conduct.estimate, UTC).isoformat()
        at = parcel.outbound_at
        data = {"estimated_at": estimated}
        scans.insert(0, News(f"{identity}/estimate", "carrier", "delivery_estimated", at, at, reference, data))
    return as_told(scans, conduct)


def _honest(release: Release, hour: float) -> tuple[ScanPlan, ...]:
    words = {"warehouse": release.warehouse, "city": release.receiver.city}
    journey = JOURNEYS.get(release.delivery_method, JOURNEYS["express"])
    return tuple(
        ScanPlan(
            after=hours * hour,
            state=state,
            code=state.lower(),
            location=location.format_map(words).strip(),
            by_recipient=state is PackageState.DELIVERED,
        )
        for hours, state, location in journey
    )


def as_told(news: Sequence[News], told: Told) -> list[News]:
    """The same news with the party's faults: late, out of order, echoed; nothing where it is silent."""
    if told.silent:
        return []
    late = [replace(one, due=one.due + told.late) for one in sorted(news, key=lambda one: one.due)]
    if told.out_of_order:
        for first in range(0, len(late) - 1, 2):
            early, after = late[first], late[first + 1]
            late[first], late[first + 1] = replace(early, due=after.due + 0.1), after
    echoes = [
        replace(one, event_id=f"{one.event_id}#{echo}", due=one.due + 0.1 * echo)
        for one in late
        for echo in range(1, told.echoes + 1)
    ]
    return [*late, *echoes]
