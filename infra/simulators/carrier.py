"""The simulated carrier: scans the parcels it was handed, tells subscribers, and answers queries."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from domain.packages import PackageState
from infra.connectors.carrier import Subscription
from infra.connectors.reference import OrderReference
from infra.connectors.warehouse import Receiver, Release
from infra.simulators import carrier_orders, journey
from infra.simulators.behavior import Behavior
from infra.simulators.books import Row
from infra.simulators.counter import Asked, Key
from infra.simulators.journey import News, Parcel
from infra.simulators.parcels import kept, news_of
from infra.simulators.world import World, iso


def router(world: World) -> APIRouter:
    """The carrier's own protocol."""
    routes = APIRouter(prefix="/carrier", tags=["carrier"])
    counter = world.counter("carrier")
    counter.let_find(routes, "/subscriptions")

    @routes.post("/subscriptions")
    async def subscribe(wish: Subscription, key: Key) -> JSONResponse:
        """Have every scan of a parcel reported."""
        asked = Asked("/subscriptions", key, wish.order.external_id, wish.model_dump(mode="json"))
        return await counter.take(asked, lambda: _subscribe(world, wish))

    @routes.get("/parcels")
    async def query(tracking_number: str, carrier: str = "") -> JSONResponse:
        """Every scan so far; 404 for a parcel the carrier does not have."""
        parcel = world.books.row("SELECT * FROM parcel WHERE tracking_number = ?", tracking_number)
        external_id = parcel["external_id"] if parcel else ""
        body = {"tracking_number": tracking_number, "carrier": carrier}
        return await counter.read(Asked("/parcels", "", external_id, body), lambda: _state(world, parcel))

    carrier_orders.take_orders(routes, world)
    return routes


def hand_over(world: World, release: Release, parcel: Parcel, behavior: Behavior) -> None:
    """The warehouse gives a parcel to the carrier; what has no tracking number is told without a subscription."""
    news = journey.of_carrier(release, parcel, behavior, world.hour_of(behavior))
    external_id = release.order.external_id
    world.books.write(
        "INSERT OR IGNORE INTO parcel VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(f"{release.order.order_no}/{parcel.package}", external_id, parcel.tracking_number, parcel.carrier),
        *(parcel.number_at is not None, parcel.outbound_at, kept(news)),
    )
    if parcel.tracking_number is None:
        world.tell(external_id, news, behavior.carrier)


def let_the_customer_confirm(world: World, order: OrderReference, behavior: Behavior) -> None:
    """When the last parcel of the order has arrived, the customer confirms a while later."""
    parcels = world.books.rows("SELECT news FROM parcel WHERE external_id = ?", order.external_id)
    arrivals = [_arrival(news_of(parcel)) for parcel in parcels]
    after = journey.moment(behavior.customer.confirms, journey.CONFIRMS * world.hour_of(behavior))
    if not arrivals or None in arrivals or after is None:
        return
    at = max(arrival for arrival in arrivals if arrival is not None) + after
    event_id = f"{order.external_id}/confirmed"
    news = News(event_id, "customer", "confirmed", at, at, journey.by_channel(order), {})
    world.tell(order.external_id, journey.as_told([news], behavior.customer), behavior.customer)


def _arrival(scans: list[News]) -> float | None:
    return next((scan.due for scan in scans if scan.data.get("state") == PackageState.DELIVERED), None)


def _subscribe(world: World, wish: Subscription) -> dict[str, Any]:
    behavior = world.books.behavior(wish.order.external_id)
    parcel = _parcel_of(world, wish, behavior)
    now = world.clock()
    news = [_named(one, wish.tracking_number, now) for one in news_of(parcel)]
    world.tell(wish.order.external_id, [] if behavior.carrier.unknown else news, behavior.carrier)
    return {"reference": f"DY-{wish.tracking_number}"}


def _named(one: News, tracking_number: str, now: float) -> News:
    reference = {"tracking_number": tracking_number}
    return News(one.event_id, one.source, one.kind, one.at, max(one.due, now), reference, one.data)


def _parcel_of(world: World, wish: Subscription, behavior: Behavior) -> Row:
    """The parcel of this number; else the order's parcel whose number nobody told; else one handed over just now."""
    number, external_id = wish.tracking_number, wish.order.external_id
    found = world.books.row("SELECT * FROM parcel WHERE tracking_number = ?", number)
    if found is not None:
        return found
    untold = "SELECT id FROM parcel WHERE external_id = ? AND NOT numbered ORDER BY id LIMIT 1"
    renamed = "UPDATE parcel SET tracking_number = ?, numbered = 1 WHERE id = ({}) RETURNING *"
    parcel = world.books.row(renamed.format(untold), number, external_id)
    if parcel is None:
        hand_over(world, _unseen(wish), _brought(wish, world.clock()), behavior)
        parcel = world.books.row("SELECT * FROM parcel WHERE tracking_number = ?", number)
    if parcel is None:
        raise LookupError(f"The parcel {number} was not kept")
    return parcel


def _brought(wish: Subscription, now: float) -> Parcel:
    return Parcel(f"brought-{wish.tracking_number}", (), now, now, wish.tracking_number, wish.carrier)


def _unseen(wish: Subscription) -> Release:
    nobody = Receiver(name="", phone="", province="", city="", district="", street="")
    return Release(order=wish.order, shipment=1, warehouse="", lines=(), receiver=nobody)


def _state(world: World, parcel: Row | None) -> dict[str, Any] | None:
    if parcel is None:
        return None
    conduct = world.books.behavior(parcel["external_id"]).carrier
    if conduct.unknown:
        return None
    now = world.clock()
    seen = [one for one in news_of(parcel) if one.at <= now]
    scans = [_scan(one) for one in seen if one.kind == "carrier_scan"]
    estimates = [one.data["estimated_at"] for one in seen if one.kind == "delivery_estimated"]
    return {"scans": scans, "reason": conduct.reason, "estimated_at": estimates[0] if estimates else None}


def _scan(one: News) -> dict[str, Any]:
    wanted = {name: one.data[name] for name in ("state", "code", "location", "by_recipient")}
    return {"event_id": one.event_id, "occurred_at": iso(one.at), **wanted}
