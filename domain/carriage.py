"""Who carries a parcel, when it goes and when it arrives (SR-052, SR-148, SR-173, SR-174; edge case 58): a pure choice.

The carrier service table is data. A carrier is chosen by region, weight, pieces, goods, cash on delivery, suspended
areas and the order's wish; the cut-off time of warehouse and carrier decides whether the parcel goes today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from domain.regions import around
from domain.value import Value

Days = Annotated[int, Field(ge=0, le=365)]
SHOWN = 5
"""So many other offers are kept beside the chosen one."""


class Route(Value):
    """One row of a carrier's table: from a warehouse (or a region, or anywhere) to a region, in whole days.

    ``served`` false: the carrier does not go there. ``via``: the transfer point of a remote area (偏远地区分撥).
    Limits are those of the area: grams, pieces; ``surcharge`` in minor units.
    """

    region: str = ""
    warehouse: str = ""
    from_region: str = ""
    days: Days = 0
    served: bool = True
    max_weight_g: int | None = None
    max_pieces: int | None = None
    surcharge: int = 0
    via: str = ""


class CutOff(Value):
    """Until when, in business time, a parcel of this warehouse (empty: of any) still goes today; inclusive."""

    warehouse: str = ""
    at: time


class Suspension(Value):
    """An area that the carrier does not serve from ``since`` to ``until``, both days included (停发区)."""

    region: str = ""
    since: date
    until: date
    reason: str = ""


class CarrierService(Value):
    """A carrier as the table has it. The lower the ``priority``, the sooner it is chosen; then the cheaper one.

    ``goods``: the classes it takes beside ordinary goods, such as ``cold_chain``.
    """

    carrier: str
    name: str = ""
    priority: int = 100
    cost: int = 0
    max_weight_g: int | None = None
    goods: tuple[str, ...] = ()
    cash_on_delivery: bool = False
    cod_limit: int | None = None
    routes: tuple[Route, ...] = ()
    cut_offs: tuple[CutOff, ...] = ()
    suspensions: tuple[Suspension, ...] = ()


class Parcel(Value):
    """What one warehouse sends of one order; ``cash`` is what the carrier collects, in minor units.

    ``within_days``: the longest transit the goods bear (cold chain); ``preferred``: the carrier that was asked for;
    ``avoid``: the one that has failed these goods before, taken only where nobody else goes. ``fast``: the quickest.
    """

    warehouse: str
    warehouse_region: str = ""
    region: str
    weight_g: int = 0
    pieces: int = 1
    goods: tuple[str, ...] = ()
    cash: int = 0
    preferred: str = ""
    within_days: int | None = None
    avoid: str = ""
    fast: bool = False


class ToCarry(Value):
    """What a warehouse will send of an order: units by SKU, what is collected in minor units, whom to avoid."""

    warehouse: str
    units: dict[str, int]
    cash: int = 0
    avoid: str = ""


class CarriageAsked(Value):
    """For what carriers are chosen: the parcels, the wish, the longest transit, the zone; ``fast``: in haste."""

    parcels: tuple[ToCarry, ...]
    zone: str
    preferred: str = ""
    within_days: int | None = None
    fast: bool = False


class Obstacle(StrEnum):
    """Why a carrier does not take a parcel."""

    NOT_SERVED = "NOT_SERVED"
    SUSPENDED = "SUSPENDED"
    TOO_HEAVY = "TOO_HEAVY"
    TOO_MANY_PIECES = "TOO_MANY_PIECES"
    GOODS_NOT_TAKEN = "GOODS_NOT_TAKEN"
    NO_CASH_ON_DELIVERY = "NO_CASH_ON_DELIVERY"
    TOO_MUCH_CASH = "TOO_MUCH_CASH"
    TOO_SLOW = "TOO_SLOW"


MAY_BE_OVERRULED = frozenset({Obstacle.SUSPENDED, Obstacle.TOO_HEAVY, Obstacle.TOO_MANY_PIECES, Obstacle.TOO_MUCH_CASH})
"""What a person may settle with the carrier; where nobody drives, and what spoils, cannot be talked away."""


class Offer(Value):
    """What a carrier can do with a parcel. ``days`` unknown: chosen by hand, without the table."""

    carrier: str
    days: int | None = None
    cut_off: time | None = None
    ships_on: date | None = None
    delivered_by: date | None = None
    surcharge: int = 0
    via: str = ""
    obstacles: tuple[Obstacle, ...] = ()

    def leaving(self, at: datetime, zone: str) -> Offer:
        """The same offer for a parcel that is ready at ``at``: the cut-off says whether it goes today."""
        goes = ships_on(at, self.cut_off, zone)
        return self.having(ships_on=goes, delivered_by=None if self.days is None else goes + timedelta(days=self.days))


class Refused(Value):
    """A carrier that does not take the parcel, and everything that stands against it."""

    carrier: str
    obstacles: tuple[Obstacle, ...]
    until: date | None = None


class Chosen(Value):
    """The carrier of a parcel. ``why``: PREFERRED, BEST, PREFERRED_NOT_POSSIBLE or BY_HAND."""

    kind: Literal["chosen"] = "chosen"
    offer: Offer
    why: str
    refused: tuple[Refused, ...] = ()
    others: tuple[Offer, ...] = ()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Everyone a person may choose."""
        return (self.offer, *(other for other in self.others if other.carrier != self.offer.carrier))


class NoCarrier(Value):
    """Nobody takes the parcel as it is; ``others`` are the offers that a person may take all the same."""

    kind: Literal["none"] = "none"
    refused: tuple[Refused, ...] = ()
    others: tuple[Offer, ...] = ()

    @property
    def offers(self) -> tuple[Offer, ...]:
        """Everyone a person may choose; none: whom they name has to be asked by themselves."""
        return self.others


Choice = Annotated[Chosen | NoCarrier, Field(discriminator="kind")]


def choose_carrier(parcel: Parcel, services: Sequence[CarrierService], at: datetime, zone: str) -> Chosen | NoCarrier:
    """The carrier for a parcel that is ready at ``at``, or why there is none and what a person may do instead.

    Args:
        parcel: what is sent, from where, where to.
        services: the carrier service table.
        at: when the parcel is ready to go.
        zone: the business zone, in which cut-off times and days are meant.
    """
    judged = [(_offer(parcel, service, at, zone), service) for service in services]
    ranked = sorted(judged, key=lambda pair: _rank(parcel, *pair))
    good = [offer for offer, _ in ranked if not offer.obstacles]
    refused = tuple(_refused(offer, service, parcel) for offer, service in ranked if offer.obstacles)
    spare = [offer for offer, _ in ranked if offer.obstacles and MAY_BE_OVERRULED.issuperset(offer.obstacles)]
    if not good:
        return NoCarrier(refused=refused, others=tuple(spare[:SHOWN]))
    chosen, *rest = good
    return Chosen(offer=chosen, why=_why(parcel, chosen), refused=refused, others=tuple([*rest, *spare][:SHOWN]))


def ships_on(at: datetime, cut_off: time | None, zone: str) -> date:
    """The business day on which a parcel goes that is ready at ``at``: today up to the cut-off, else tomorrow."""
    local = at.astimezone(ZoneInfo(zone))
    late = cut_off is not None and local.time() > cut_off
    return local.date() + timedelta(days=1) if late else local.date()


def _why(parcel: Parcel, chosen: Offer) -> str:
    if not parcel.preferred:
        return "BEST"
    return "PREFERRED" if chosen.carrier == parcel.preferred else "PREFERRED_NOT_POSSIBLE"


def _rank(parcel: Parcel, offer: Offer, service: CarrierService) -> tuple[bool, date, bool, int, int, int, str]:
    return (
        bool(parcel.avoid) and offer.carrier == parcel.avoid,
        (offer.delivered_by or date.max) if parcel.fast else date.min,
        offer.carrier != parcel.preferred,
        service.priority,
        service.cost + offer.surcharge,
        offer.days or 0,
        offer.carrier,
    )


def _offer(parcel: Parcel, service: CarrierService, at: datetime, zone: str) -> Offer:
    route = route_for(parcel, service)
    cut_off = _cut_off(parcel, service)
    plain = Offer(carrier=service.carrier, cut_off=cut_off)
    if route is None or not route.served:
        return plain.having(ships_on=ships_on(at, cut_off, zone), obstacles=(Obstacle.NOT_SERVED,))
    offer = plain.having(days=route.days, surcharge=route.surcharge, via=route.via).leaving(at, zone)
    return offer.having(obstacles=tuple(_obstacles(parcel, service, route, offer)))


def route_for(parcel: Parcel, service: CarrierService) -> Route | None:
    """The row that fits best: the smallest region the parcel goes to, then the nearest place it comes from."""
    regions, origins = around(parcel.region), around(parcel.warehouse_region)
    fitting = [
        route
        for route in service.routes
        if route.region in regions and route.warehouse in ("", parcel.warehouse) and route.from_region in origins
    ]
    return max(
        fitting,
        key=lambda route: (
            regions.index(route.region),
            bool(route.warehouse),
            origins.index(route.from_region),
        ),
        default=None,
    )


def _cut_off(parcel: Parcel, service: CarrierService) -> time | None:
    known = {cut_off.warehouse: cut_off.at for cut_off in service.cut_offs}
    return known.get(parcel.warehouse, known.get(""))


def _obstacles(parcel: Parcel, service: CarrierService, route: Route, offer: Offer) -> Iterator[Obstacle]:
    if _suspended(parcel, service, offer.ships_on):
        yield Obstacle.SUSPENDED
    if any(parcel.weight_g > most for most in (service.max_weight_g, route.max_weight_g) if most is not None):
        yield Obstacle.TOO_HEAVY
    if route.max_pieces is not None and parcel.pieces > route.max_pieces:
        yield Obstacle.TOO_MANY_PIECES
    if not set(parcel.goods) - {""} <= set(service.goods):
        yield Obstacle.GOODS_NOT_TAKEN
    if parcel.cash and not service.cash_on_delivery:
        yield Obstacle.NO_CASH_ON_DELIVERY
    elif parcel.cash and service.cod_limit is not None and parcel.cash > service.cod_limit:
        yield Obstacle.TOO_MUCH_CASH
    if parcel.within_days is not None and route.days > parcel.within_days:
        yield Obstacle.TOO_SLOW


def _suspended(parcel: Parcel, service: CarrierService, day: date | None) -> Suspension | None:
    """The suspension that keeps the parcel here on ``day``: of where it goes, the one that lasts longest."""
    regions = around(parcel.region)
    standing = [
        each for each in service.suspensions if each.region in regions and day and each.since <= day <= each.until
    ]
    return max(standing, key=lambda each: each.until, default=None)


def _refused(offer: Offer, service: CarrierService, parcel: Parcel) -> Refused:
    standing = _suspended(parcel, service, offer.ships_on) if Obstacle.SUSPENDED in offer.obstacles else None
    return Refused(carrier=offer.carrier, obstacles=offer.obstacles, until=standing.until if standing else None)
