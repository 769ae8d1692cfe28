"""The simulated payer and payment gateway: pays when told to, knows what was paid, pays back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from infra.connectors.payment import Refund
from infra.connectors.reference import OrderReference
from infra.simulators import journey
from infra.simulators.behavior import Behavior, PaymentConduct
from infra.simulators.counter import Asked, Key
from infra.simulators.journey import News
from infra.simulators.world import World, iso


class Payment(BaseModel):
    """A customer pays an order now. ``amount`` in minor units."""

    model_config = ConfigDict(extra="forbid")

    channel: str
    external_id: str
    amount: Annotated[int, Field(ge=0)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"


class SmallTransfer(BaseModel):
    """A little money for whoever paid this order. ``amount`` in minor units."""

    model_config = ConfigDict(extra="forbid")

    order: OrderReference
    amount: Annotated[int, Field(ge=1)]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


def router(world: World) -> APIRouter:
    """The gateway's own protocol, and the payer's button."""
    routes = APIRouter(prefix="/payments", tags=["payments"])
    counter = world.counter("payments")
    counter.let_find(routes, "/refunds")
    counter.let_find(routes, "/transfers")

    @routes.post("/payments", status_code=201)
    async def pay(payment: Payment) -> dict[str, str]:
        """Pay an order, as its customer."""
        known = world.books.rows("SELECT 1 FROM receipt WHERE external_id = ?", payment.external_id)
        conduct = PaymentConduct(channel=payment.channel, amount=payment.amount, currency=payment.currency)
        return {"payment_no": _pay(world, payment.external_id, conduct, world.clock(), len(known) + 1)}

    @routes.get("/receipts")
    async def query(channel: str, external_id: str) -> JSONResponse:
        """Every payment of an order."""
        asked = Asked("/receipts", "", external_id, {"channel": channel, "external_id": external_id})
        return await counter.read(asked, lambda: {"receipts": _receipts(world, channel, external_id)})

    @routes.post("/refunds")
    async def refund(refund: Refund, key: Key) -> JSONResponse:
        """Pay back."""
        asked = Asked("/refunds", key, refund.order.external_id, refund.model_dump(mode="json"))
        return await counter.take(asked, lambda: {"reference": f"TK-{key}"})

    @routes.post("/transfers")
    async def transfer(transfer: SmallTransfer, key: Key) -> JSONResponse:
        """Pay whoever paid this order."""
        asked = Asked("/transfers", key, transfer.order.external_id, transfer.model_dump(mode="json"))
        return await counter.take(asked, lambda: {"reference": f"DK-{key}", "amount": transfer.amount})

    return routes


def plan_payment(world: World, external_id: str, behavior: Behavior) -> None:
    """The payer pays as its behavior says, counted from now; a plan that has not come true yet is replaced."""
    world.books.write("DELETE FROM receipt WHERE external_id = ? AND paid_at > ?", external_id, world.clock())
    conduct = behavior.payments
    after = journey.moment(conduct.pays_after, world.hour_of(behavior) / 2)
    if conduct.amount is not None and after is not None:
        _pay(world, external_id, conduct, world.clock() + after, 1)


def _pay(world: World, external_id: str, conduct: PaymentConduct, at: float, number: int) -> str:
    payment_no = f"PAY-{external_id}-{number}"
    shown_at = at if conduct.admits else at + conduct.late
    world.books.write(
        "INSERT OR REPLACE INTO receipt VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(payment_no, conduct.channel, external_id, conduct.amount, conduct.currency, at, shown_at),
    )
    data = {"payment_no": payment_no, "amount": conduct.amount, "currency": conduct.currency}
    reference = {"channel": conduct.channel, "external_id": external_id}
    news = News(payment_no, "payment", "paid", at, at, reference, data)
    world.tell(external_id, journey.as_told([news], conduct), conduct)
    return payment_no


def _receipts(world: World, channel: str, external_id: str) -> list[dict[str, str | int]]:
    shown = world.books.rows(
        "SELECT * FROM receipt WHERE channel = ? AND external_id = ? AND max(paid_at, shown_at) <= ?",
        *(channel, external_id, world.clock()),
    )
    names = ("payment_no", "amount", "currency")
    return [{**{name: row[name] for name in names}, "paid_at": iso(row["paid_at"])} for row in shown]
