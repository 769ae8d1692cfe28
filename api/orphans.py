"""Events for which no order is known (edge case 18): whose they are, and how a person ends them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi_problem.error import Problem
from pydantic import Field

from api.answers import Answer
from api.dependencies import Caller, Parts, Reader, TheParts, allow
from api.errors import problem
from api.shapes import Id, Posted
from domain.orphans import ORPHAN_EVENT
from domain.who_may_ask import DESK
from infra.db import orphans as books

router = APIRouter(prefix="/v1/orphans", tags=["Facts"])
Number = Annotated[int, Path(ge=1, lt=2**63, examples=[17])]
MOST = 200


class Orphan(Answer):
    """One event that names no order of ours."""

    orphan: int = Field(description="Its number, by which it is closed or matched")
    case: str = Field(ORPHAN_EVENT, examples=[ORPHAN_EVENT])
    state: str = Field(description="SOUGHT for 7 days, then OPEN: a person's; CLOSED")
    owner: str = Field(description="The role that sees to it", examples=["logistics"])
    fact_id: str
    kind: str = Field(examples=["carrier_scan"])
    source: str
    order_no: str | None = Field(description="As the event names it; we have no such order")
    channel: str | None
    external_id: str | None
    tracking_number: str | None
    occurred_at: datetime
    received_at: datetime
    sought_until: datetime | None
    closed_at: datetime | None
    closed_by: str
    closed_for: str


class Orphans(Answer):
    """The orphans, oldest first, and how many there are."""

    sought: int
    open: int
    orphans: list[Orphan]


class OrphanEnded(Answer):
    """What became of an orphan."""

    orphan: int
    state: str = Field(examples=["CLOSED", "MATCHED"])
    order_no: str | None = None


class ClosingOrphan(Posted):
    """Why nobody needs an event."""

    reason: str = Field(min_length=1, max_length=500, examples=["a parcel of another shop"])
    actor: Id | None = Field(None, description="The person behind the key")


class MatchingOrphan(Posted):
    """The order that an event belongs to."""

    order_no: str = Field(min_length=1, max_length=40, examples=["SO2026112300000001"])


@router.get("", response_model=Orphans, summary="List events without an order")
async def list_orphans(
    parts: TheParts,
    caller: Reader,
    *,
    closed: Annotated[bool, Query(description="Also those that a person closed")] = False,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> Orphans:
    """Each with its owner: sought for 7 days by itself, then a person's to close or to match."""
    async with parts.engine.begin() as connection:
        found = await books.orphans(connection, caller.tenant, limit, closed=closed)
        counted = await books.count(connection, caller.tenant)
    return Orphans(**counted, orphans=[Orphan(**row) for row in found])


@router.post("/{orphan}/close", response_model=OrphanEnded, summary="Close an event without an order")
async def close_orphan(orphan: Number, body: ClosingOrphan, parts: TheParts, caller: Caller) -> OrphanEnded:
    """Nobody needs it: it is looked for no more, and stays with who closed it and why."""
    allow(caller, DESK, to="close orphans")
    said = (body.actor or caller.name or caller.role, body.reason)
    async with parts.engine.begin() as connection:
        done = await books.close(connection, caller.tenant, orphan, said, parts.now())
    if not done:
        raise await _over(parts, caller.tenant, orphan)
    return OrphanEnded(orphan=orphan, state="CLOSED")


@router.post("/{orphan}/match", response_model=OrphanEnded, summary="Give an event its order")
async def match_orphan(orphan: Number, body: MatchingOrphan, parts: TheParts, caller: Caller) -> OrphanEnded:
    """The order hears of it at once, as of any fact."""
    allow(caller, DESK, to="match orphans")
    async with parts.engine.begin() as connection:
        done = await books.match(connection, caller.tenant, orphan, body.order_no)
    if not done:
        raise await _over(parts, caller.tenant, orphan, body.order_no)
    return OrphanEnded(orphan=orphan, state="MATCHED", order_no=body.order_no)


async def _over(parts: Parts, tenant: str, orphan: int, order_no: str = "") -> Problem:
    async with parts.engine.begin() as connection:
        waits = await books.waits(connection, tenant, orphan)
    if waits is None:
        return problem(404, "unknown_orphan", "There is no such event", todo="GET /v1/orphans lists them.")
    if waits:
        return problem(404, "unknown_order", f"There is no order {order_no}", todo="GET /v1/orders?q=… finds orders.")
    return problem(
        409, "ORPHAN_ENDED", "The event has its order, or was closed", todo="GET /v1/orphans?closed=true shows it."
    )
