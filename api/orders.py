"""Placing orders and looking at them (SR-010, SR-023, SR-160): parse, ask, answer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, Field

from api import answers
from api.cursor import cursor_of, place_of
from api.dependencies import PLACERS, READERS, Caller, Reader, TheParts, allow, caller_of, parts_of
from api.placing import keep_payment, other_content, posting_of, read_order, receipt, unknown_order
from api.shapes import ORDER_EXAMPLE, Posted
from api.words import ZONE, Language, asked_language, clock_row, finding_row, order_row, story_row
from domain.enquiry import Status, status_of
from domain.who_may_ask import DESK
from infra.db.inbox import Intake
from infra.db.links import linked_to, original_of
from infra.db.offline import collection_of
from infra.db.queries import one_order
from infra.db.queries.lists import Filters, Place, page_of_orders
from infra.db.queries.versions import versions
from infra.db.returns import returns_of
from infra.db.versions import read_version

router = APIRouter(prefix="/v1/orders", tags=["Orders"])
ORDER_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/PostedOrder"}, "example": ORDER_EXAMPLE}
        },
    }
}


@router.post(
    "",
    status_code=201,
    response_model=answers.Taken,
    summary="Place an order",
    responses={200: {"model": answers.Taken, "description": "The same order again"}},
    openapi_extra=ORDER_BODY,
)
async def place_order(request: Request) -> Response:
    """201 says that the order is durable. The same content again is 200; other content under the same id is 409."""
    caller = await caller_of(request)
    allow(caller, PLACERS, to="place orders")
    parts = parts_of(request)
    posting = posting_of(read_order(await request.body()), caller, parts.now(), request.scope["request_id"])
    taken = await parts.inbox.take(posting)
    if taken.intake is Intake.DIFFERENT:
        raise other_content(posting, taken)
    if taken.intake is Intake.KNOWN:
        await keep_payment(parts.facts, posting)
    return receipt(posting, taken)


class OrderQuery(Posted):
    """Which orders, and which page of them. An unknown filter is refused."""

    stage: tuple[str, ...] = Field((), description="One or more", examples=[["READY_TO_SHIP"]])
    channel: str | None = None
    region: str | None = None
    needs_attention: bool | None = None
    open_case: str | None = Field(None, examples=["LOGISTICS_STALLED"])
    hold: str | None = Field(None, examples=["DISPUTE"])
    breach: str | None = Field(None, description="A clock that was breached", examples=["C4"])
    placed_from: AwareDatetime | None = Field(None, alias="placed_at[gte]")
    placed_to: AwareDatetime | None = Field(None, alias="placed_at[lt]")
    q: str | None = Field(
        None, max_length=200, description="Part of an order number, an external id or a tracking number"
    )
    limit: int = Field(20, ge=1, le=200)
    cursor: str | None = Field(None, description="next_cursor of the page before")
    lang: str = Field("", description="zh-Hans or en")

    @property
    def filters(self) -> Filters:
        """Which orders."""
        return Filters(**self.model_dump(exclude={"limit", "cursor", "lang"}))


@router.get("", response_model=answers.OrderPage, summary="List orders")
async def list_orders(
    asked: Annotated[OrderQuery, Query()], request: Request, parts: TheParts, caller: Reader
) -> dict[str, Any]:
    """Newest first, from the projection; the next page by next_cursor."""
    after = place_of(asked.cursor, asked.filters) if asked.cursor else None
    async with parts.engine.begin() as connection:
        rows = await page_of_orders(connection, caller.tenant, asked.filters, after, asked.limit + 1)
    language = asked_language(request, asked.lang)
    shown, has_more = rows[: asked.limit], len(rows) > asked.limit
    last = Place(shown[-1]["placed_at"], shown[-1]["order_no"]) if has_more else None
    return {
        "orders": [order_row(row, language) for row in shown],
        "has_more": has_more,
        "next_cursor": cursor_of(last, asked.filters) if last else None,
    }


@router.get("/{order_no}", response_model=answers.OrderDetail, summary="One order")
async def show_order(order_no: str, parts: TheParts, caller: Reader, language: Language) -> dict[str, Any]:
    """The order with its lines, shipments, packages, clocks, cases, tasks and holds."""
    async with parts.engine.begin() as connection:
        page = await one_order.order_page(connection, caller.tenant, order_no)
        if page is None:
            raise unknown_order(order_no)
        page["findings"] = [finding_row(finding, language) for finding in page["findings"]]
        page["clocks"] = [clock_row(row, language) for row in await one_order.clocks(connection, order_no)]
        shows_receiver = caller.role in DESK
        page["original"] = await original_of(connection, order_no)
        page["linked_orders"] = await linked_to(connection, order_no)
        page["returns"] = await returns_of(connection, order_no)
        page["collection"] = await collection_of(connection, order_no)
        page["posted"] = (await read_version(connection, order_no)).raw if shows_receiver else None
    return order_row(page, language)


@router.get("/{order_no}/timeline", response_model=answers.Story, summary="What happened")
async def show_timeline(order_no: str, parts: TheParts, caller: Reader, language: Language) -> dict[str, Any]:
    """Everything that happened, oldest first, as sentences: what was told to us, what we did, what we told others."""
    async with parts.engine.begin() as connection:
        page = await one_order.order_page(connection, caller.tenant, order_no)
        if page is None:
            raise unknown_order(order_no)
        rows = await one_order.story(connection, order_no)
    timeline = [story_row(row, language, page["external_id"]) for row in rows]
    return {"order_no": order_no, "language": language, "timeline": timeline}


@router.get("/{order_no}/clocks", response_model=answers.Clocks, summary="The order's clocks")
async def show_clocks(order_no: str, parts: TheParts, caller: Reader, language: Language) -> dict[str, Any]:
    """One row a clock and subject: start, due, pauses, stop, verdict, responsible party (the promise ledger)."""
    async with parts.engine.begin() as connection:
        if not await one_order.exists(connection, caller.tenant, order_no):
            raise unknown_order(order_no)
        rows = await one_order.clocks(connection, order_no)
    return {"order_no": order_no, "clocks": [clock_row(row, language) for row in rows]}


@router.get("/{order_no}/versions", response_model=answers.Versions, summary="Every version, and what it changed")
async def show_versions(order_no: str, parts: TheParts, caller: Reader) -> answers.Versions:
    """As posted, then each correction field by field; whom the order is for is masked for who may not see it."""
    async with parts.engine.begin() as connection:
        if not await one_order.exists(connection, caller.tenant, order_no):
            raise unknown_order(order_no)
        found = await versions(connection, order_no)
    shows_receiver = caller.role in DESK
    return answers.Versions(
        order_no=order_no,
        versions=[
            answers.OneVersion(
                version=one.version,
                at=one.at,
                actor=one.actor,
                request_id=one.request_id,
                changes=[change if shows_receiver else change.masked for change in one.changes],
            )
            for one in found
        ],
    )


@router.get("/{order_no}/explanation", response_model=answers.Explained, summary="Why it is where it is")
async def show_explanation(order_no: str, parts: TheParts, caller: Reader) -> dict[str, Any]:
    """Whom it waits for, since when and until when, what happens by itself, what may be done and why the rest not."""
    async with parts.engine.begin() as connection:
        found = await one_order.explanation(connection, caller.tenant, order_no)
    if found is None:
        raise unknown_order(order_no)
    return found


@router.get("/{order_no}/status", response_model=Status, summary="Where it is, in a sentence")
async def show_status(order_no: str, parts: TheParts, caller: Caller, language: Language) -> Status:
    """The answer to an enquiry: a sentence and the same as data, without anything personal."""
    allow(caller, READERS | PLACERS, to="ask where an order is")
    async with parts.engine.begin() as connection:
        page = await one_order.order_page(connection, caller.tenant, order_no)
    if page is None:
        raise unknown_order(order_no)
    return status_of(page, language, ZONE)
