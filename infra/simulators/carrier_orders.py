"""What the simulated carrier is asked to do with a parcel: stop it, hurry, try again; yes, no, or never an answer."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from domain.packages import PackageState
from infra.connectors.carrier import ClaimWish, ParcelOrder
from infra.simulators.behavior import CarrierConduct, Reply, ScanPlan
from infra.simulators.books import Row
from infra.simulators.counter import Asked, Key, Refused
from infra.simulators.journey import News, as_told, moment
from infra.simulators.parcels import kept, news_of
from infra.simulators.world import World

REPLIES = {"/intercepts": "intercept", "/priorities": "priority", "/redeliveries": "redelivery", "/claims": "claim"}
"""Which field of a behavior says what is answered at which address."""
THEN: dict[str, tuple[tuple[float, PackageState], ...]] = {
    "return": ((1, PackageState.RETURNING), (8, PackageState.RETURNED_TO_SENDER)),
    "redirect": ((1, PackageState.IN_TRANSIT), (8, PackageState.OUT_FOR_DELIVERY), (10, PackageState.DELIVERED)),
    "wait": ((1, PackageState.ON_HOLD),),
    "": ((1, PackageState.OUT_FOR_DELIVERY), (3, PackageState.DELIVERED)),
}
"""What an honest carrier does after its yes, by purpose, in hours."""


def take_orders(routes: APIRouter, world: World) -> None:
    """Take orders at their addresses, each once under its key."""
    counter = world.counter("carrier")
    for path in REPLIES:
        counter.let_find(routes, path)

    async def take(path: str, wish: ParcelOrder, key: str) -> JSONResponse:
        asked = Asked(path, key, wish.order.external_id, wish.model_dump(mode="json"))
        conduct = world.books.behavior(wish.order.external_id).carrier
        reply: Reply = getattr(conduct, REPLIES[path])
        if reply == "silent":
            counter.note(asked, 503)
            return JSONResponse({"reason": "nobody answers"}, 503)
        return await counter.take(asked, lambda: _do(world, wish, key, conduct, reply))

    @routes.post("/intercepts")
    async def intercept(wish: ParcelOrder, key: Key) -> JSONResponse:
        """Stop a parcel on its way."""
        return await take("/intercepts", wish, key)

    @routes.post("/priorities")
    async def hurry(wish: ParcelOrder, key: Key) -> JSONResponse:
        """Deliver a parcel before others."""
        return await take("/priorities", wish, key)

    @routes.post("/claims")
    async def claim(wish: ClaimWish, key: Key) -> JSONResponse:
        """Pay for a parcel."""
        return await take("/claims", wish, key)

    @routes.post("/redeliveries")
    async def deliver_again(wish: ParcelOrder, key: Key) -> JSONResponse:
        """Agree another attempt with the recipient."""
        return await take("/redeliveries", wish, key)


def _do(world: World, wish: ParcelOrder, key: str, conduct: CarrierConduct, reply: Reply) -> dict[str, Any]:
    parcel = world.books.row("SELECT * FROM parcel WHERE tracking_number = ?", wish.tracking_number)
    if reply == "refuses" or parcel is None:
        raise Refused(conduct.no if parcel else "no such parcel")
    if isinstance(wish, ClaimWish):
        _pays(world, wish, conduct)
        return {"accepted": True, "reference": f"LP-{wish.tracking_number}"}
    _goes_on(world, parcel, _plans(world, wish, conduct), key)
    return {"accepted": True, "reference": f"KD-{wish.tracking_number}"}


def _plans(world: World, wish: ParcelOrder, conduct: CarrierConduct) -> tuple[ScanPlan, ...]:
    if conduct.once_accepted is not None:
        return conduct.once_accepted
    hour = world.hour_of(world.books.behavior(wish.order.external_id))
    return tuple(
        ScanPlan(after=hours * hour, state=state, code=state.lower(), by_recipient=state is PackageState.DELIVERED)
        for hours, state in THEN[wish.purpose]
    )


def _pays(world: World, wish: ClaimWish, conduct: CarrierConduct) -> None:
    after = moment(conduct.pays_claim, 0) if conduct.pays_claim is not None else None
    if after is None:
        return
    at, number = world.clock() + after, wish.tracking_number
    data = {"reference": f"LP-{number}", "amount": wish.amount, "currency": wish.currency}
    news = News(f"{number}/claim_paid", "carrier", "claim_paid", at, at, {"tracking_number": number}, data)
    world.tell(wish.order.external_id, [news], conduct)


def _goes_on(world: World, parcel: Row, plans: tuple[ScanPlan, ...], key: str) -> None:
    """What was seen stays; what was to come is replaced."""
    now, number = world.clock(), parcel["tracking_number"]
    seen = [one for one in news_of(parcel) if one.at <= now]
    for one in news_of(parcel):
        if one.at > now:
            world.books.write("DELETE FROM news WHERE id LIKE ? AND told = 0", f"carrier:{one.event_id}%")
    reference = {"tracking_number": number}
    new = [
        News(
            event_id=f"{number}/{key}/{index}",
            source="carrier",
            kind="carrier_scan",
            at=now + plan.after,
            due=now + plan.after + plan.late,
            reference=reference,
            data=plan.model_dump(mode="json", exclude={"after", "late"}),
        )
        for index, plan in enumerate(plans, start=1)
    ]
    behavior = world.books.behavior(parcel["external_id"])
    told = as_told(new, behavior.carrier)
    if not any(plan.state is PackageState.DELIVERED for plan in plans):
        confirmed = f"customer:{parcel['external_id']}/confirmed"
        world.books.write("DELETE FROM news WHERE id = ? AND told = 0", confirmed)
    world.books.write("UPDATE parcel SET news = ? WHERE tracking_number = ?", kept([*seen, *new]), number)
    world.tell(parcel["external_id"], told, behavior.carrier)
