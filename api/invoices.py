"""Invoices of an order, and the red letters that refunds make of them (SR-149, EC-40)."""

from __future__ import annotations

import uuid
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from fastapi_problem.error import Problem
from pydantic import Field

from api.answers import Answer
from api.asking import OrderNo
from api.dependencies import Caller, Parts, Reader, TheParts, allow
from api.errors import problem
from api.placing import unknown_order
from api.shapes import Id, Posted, Words
from domain.invoices import InvoiceBooks, reasons_against, to_invoice
from domain.who_may_ask import DESK
from infra.db import invoices
from infra.db.queries import one_order

router = APIRouter(prefix="/v1/orders", tags=["Invoices"])
InvoiceNo = Annotated[int, Path(ge=1, lt=2**15)]
FINANCE = frozenset({"finance", "supervisor"})
HIDDEN = "***"


class InvoiceBody(Posted):
    """To whom the invoice is made out; its amount is what the buyer paid and did not get back."""

    title: Words = Field(examples=["杭州某某科技有限公司"])
    tax_id: Words = Field("", examples=["91330106MA27XYZ123"])
    request_id: Id | None = Field(None, description="The same id again asks for no second invoice")


class ConfirmedBody(Posted):
    """The number of the 红字信息确认单."""

    confirmation_no: Id


class InvoiceShown(Answer):
    """One invoice, or one red letter; ``reference`` is the invoicing party's number once it is issued."""

    invoice_no: int
    kind: str = Field(examples=["blue"])
    state: str = Field(description="WAITING for the confirmation, ASKED of the party, ISSUED", examples=["ISSUED"])
    amount: int
    currency: str
    title: str
    tax_id: str
    red_of: int = Field(description="The invoice that a red one takes back; 0: a blue one")
    cause: str
    reference: str
    asked_by: str
    asked_at: datetime
    issued_at: datetime | None
    used_at: datetime | None
    confirmation_no: str


class InvoicesShown(Answer):
    """Every invoice of an order."""

    order_no: str
    invoices: list[InvoiceShown]


@router.post("/{order_no}/invoices", status_code=201, response_model=InvoicesShown, summary="Ask for an invoice")
async def ask_invoice(
    order_no: OrderNo, asked: InvoiceBody, parts: TheParts, caller: Caller, response: Response
) -> dict[str, Any]:
    """201 once it is durable that the party will be asked; 409 with every reason against it."""
    allow(caller, DESK | {"channel"}, to="ask for an invoice")
    now, request_id = parts.now(), asked.request_id or f"req-{uuid.uuid4().hex}"
    async with parts.engine.begin() as connection:
        books = await invoices.books_of(connection, order_no, caller.tenant)
        if books is None:
            raise unknown_order(order_no)
        if await invoices.numbered(connection, order_no, request_id) is None:
            row = {"title": asked.title.strip(), "tax_id": asked.tax_id.strip().upper(), "request_id": request_id}
            _must_be_allowed(books, row)
            await invoices.issue(connection, books, {**row, "amount": to_invoice(books), "asked_by": caller.name}, now)
        else:
            response.status_code = HTTPStatus.OK
    return await _shown(parts, order_no, receiver=caller.role in DESK)


@router.get("/{order_no}/invoices", response_model=InvoicesShown, summary="The order's invoices")
async def list_invoices(order_no: OrderNo, parts: TheParts, caller: Reader) -> dict[str, Any]:
    """Blue ones and red ones; title and tax id for the desk's roles."""
    await _must_exist(parts, caller.tenant, order_no)
    return await _shown(parts, order_no, receiver=caller.role in DESK)


@router.post("/{order_no}/invoices/{invoice_no}/used", response_model=InvoicesShown, summary="The buyer used it")
async def invoice_used(order_no: OrderNo, invoice_no: InvoiceNo, parts: TheParts, caller: Caller) -> dict[str, Any]:
    """From now on its red letter waits for the 红字信息确认单."""
    allow(caller, FINANCE, to="say that an invoice was used")
    await _must_exist(parts, caller.tenant, order_no)
    async with parts.engine.begin() as connection:
        if not await invoices.use(connection, order_no, invoice_no, parts.now()):
            raise _unknown_invoice(order_no, invoice_no)
    return await _shown(parts, order_no, receiver=True)


@router.post("/{order_no}/invoices/{invoice_no}/confirmed", response_model=InvoicesShown, summary="It may be made red")
async def red_letter_confirmed(
    order_no: OrderNo, invoice_no: InvoiceNo, asked: ConfirmedBody, parts: TheParts, caller: Caller
) -> dict[str, Any]:
    """The confirmation is there: the red letter that waited for it is asked for, once."""
    allow(caller, FINANCE, to="confirm a red letter")
    await _must_exist(parts, caller.tenant, order_no)
    async with parts.engine.begin() as connection:
        if not await invoices.confirm(connection, (order_no, invoice_no), asked.confirmation_no, parts.now()):
            raise problem(
                409,
                "NOTHING_TO_CONFIRM",
                "No red letter of this number waits for this confirmation",
                todo=f"GET /v1/orders/{order_no}/invoices shows which ones are WAITING.",
                order_no=order_no,
            )
    return await _shown(parts, order_no, receiver=True)


async def _must_exist(parts: Parts, tenant: str, order_no: str) -> None:
    async with parts.engine.begin() as connection:
        if not await one_order.exists(connection, tenant, order_no):
            raise unknown_order(order_no)


async def _shown(parts: Parts, order_no: str, *, receiver: bool) -> dict[str, Any]:
    async with parts.engine.begin() as connection:
        rows = await invoices.shown(connection, order_no)
    hidden = {} if receiver else {"title": HIDDEN, "tax_id": HIDDEN}
    return {"order_no": order_no, "invoices": [row | hidden for row in rows]}


def _must_be_allowed(books: InvoiceBooks, row: dict[str, Any]) -> None:
    against = reasons_against(books, row["title"], row["tax_id"])
    if against:
        raise problem(
            409,
            "INVOICE_REFUSED",
            "This invoice cannot be issued",
            todo="Correct title and tax id; an order has one invoice at a time, for what was paid and not paid back.",
            order_no=books.order_no,
            reasons=list(against),
        )


def _unknown_invoice(order_no: str, invoice_no: int) -> Problem:
    todo = f"GET /v1/orders/{order_no}/invoices lists them."
    return problem(404, "unknown_invoice", f"Order {order_no} has no invoice {invoice_no}", todo=todo)
