"""Goods that come back: asked for, shown, decided (§4.7 →Ret, EC-50, EC-65, SR-149). Works for closed orders too."""

from __future__ import annotations

import uuid
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi_problem.error import Problem
from pydantic import Field

from api.answers import Answer
from api.asking import OrderNo
from api.asking_returns import ReturnNo, unknown_return
from api.dependencies import Caller, Parts, Reader, TheParts, allow
from api.errors import problem
from api.placing import unknown_order
from api.shapes import Id, Posted
from api.words import Language, asked_language
from domain.catalogue.text import label
from domain.return_rules import ReturnVerdict, WantedLine, WantedReturn, opened, verdict_of
from domain.returns import Return, ReturnKind, ReturnReason
from domain.who_may_ask import DESK
from infra.db import returns
from infra.db.queries import one_order
from infra.relay.return_door import return_workflow_id

router = APIRouter(prefix="/v1/orders", tags=["Returns"])
ASKERS = frozenset({"channel", *DESK})


class ReturnBody(Posted):
    """Which goods come back, why, and for what. With ``dry_run`` it is only answered, and nothing is kept."""

    kind: ReturnKind = ReturnKind.REFUND
    reason: ReturnReason = ReturnReason.NO_REASON
    lines: list[WantedLine] = Field(min_length=1, max_length=500, examples=[[{"line": "1", "quantity": 1}]])
    goodwill: bool = Field(default=False, description="A supervisor takes back what the rules would not")
    dry_run: bool = False
    request_id: Id | None = Field(None, description="The same id again makes no second return")
    actor: Id | None = Field(None, description="The person behind the key")


class ReasonShown(Answer):
    """One reason for a no, in words, and what may be asked instead."""

    code: str = Field(examples=["WINDOW_OVER"])
    line: str
    text: str
    instead: str


class ReturnAnswer(Answer):
    """Whether the goods may come back; what was begun where something was."""

    order_no: str
    allowed: bool
    kind: str
    return_no: int | None = Field(description="Its number beside the order's; none where nothing was begun")
    workflow_id: str | None = Field(examples=["return/SO2026112300000001/1"])
    worth: int = Field(description="What the buyer paid for these units, in minor units")
    currency: str
    until: datetime | None = Field(description="The last moment at which they are taken back")
    needs_finance: bool
    reasons: list[ReasonShown]


class ReturnShown(Answer):
    """One return as the books have it."""

    return_no: int
    workflow_id: str
    kind: str
    reason: str
    state: str
    state_text: str
    open: bool
    waiting_for: str
    tracking_number: str
    carrier: str
    outcome: str
    new_order_no: str
    currency: str
    refunded: int
    asked_by: str
    asked_at: datetime
    closed_at: datetime | None
    updated_at: datetime
    lines: list[dict[str, Any]]
    refunds: list[dict[str, Any]]


class ReturnsShown(Answer):
    """Every return of an order, the oldest first."""

    order_no: str
    returns: list[ReturnShown]


@router.post("/{order_no}/returns", status_code=201, response_model=ReturnAnswer, summary="Ask to send goods back")
async def ask_return(
    order_no: OrderNo, asked: ReturnBody, parts: TheParts, caller: Caller, request: Request
) -> Response:
    """Yes with the number of the return, or 409 with every reason; a dry run answers 200 either way."""
    allow(caller, ASKERS, to="ask for a return")
    if asked.goodwill:
        allow(caller, {"supervisor"}, to="take goods back as goodwill")
    language = asked_language(request)
    request_id = asked.request_id or request.headers.get("idempotency-key") or f"req-{uuid.uuid4().hex}"
    actor = asked.actor or caller.name or caller.role
    wanted = WantedReturn(**asked.model_dump(include={"kind", "reason", "lines", "goodwill"}), actor=actor)
    if asked.dry_run:
        return _said(_answer(await _judged(parts, caller.tenant, order_no, wanted), language), HTTPStatus.OK)
    verdict, its = await _begun(parts, (caller.tenant, order_no), wanted, request_id)
    if its is None:
        raise _not_allowed(_answer(verdict, language))
    return _said(_answer(verdict.having(return_no=its.number), language), HTTPStatus.CREATED)


def _said(answer: ReturnAnswer, status: HTTPStatus) -> Response:
    return Response(answer.model_dump_json(), status_code=status, media_type="application/json")


@router.get("/{order_no}/returns", response_model=ReturnsShown, summary="The order's returns")
async def list_returns(order_no: OrderNo, parts: TheParts, caller: Reader, language: Language) -> dict[str, Any]:
    """Every return with its lines, what was found of them, and the money that went back."""
    return {"order_no": order_no, "returns": await _shown(parts, caller.tenant, order_no, language)}


@router.get("/{order_no}/returns/{return_no}", response_model=ReturnShown, summary="One return")
async def show_return(
    order_no: OrderNo, return_no: ReturnNo, parts: TheParts, caller: Reader, language: Language
) -> dict[str, Any]:
    """One return with its lines, what was found of them, and the money that went back."""
    found = await _shown(parts, caller.tenant, order_no, language)
    one = next((each for each in found if each["return_no"] == return_no), None)
    if one is None:
        raise unknown_return(order_no, return_no)
    return one


async def _shown(parts: Parts, tenant: str, order_no: str, language: str) -> list[dict[str, Any]]:
    async with parts.engine.begin() as connection:
        if not await one_order.exists(connection, tenant, order_no):
            raise unknown_order(order_no)
        rows = await returns.returns_of(connection, order_no)
    return [
        {
            **row,
            "workflow_id": return_workflow_id(order_no, row["return_no"]),
            "state_text": label("return_state", row["state"], language),
        }
        for row in rows
    ]


async def _judged(parts: Parts, tenant: str, order_no: str, wanted: WantedReturn) -> ReturnVerdict:
    async with parts.engine.begin() as connection:
        books = await returns.books_of(connection, tenant, order_no, _skus(wanted))
    if books is None:
        raise unknown_order(order_no)
    return verdict_of(books, wanted, parts.now())


async def _begun(
    parts: Parts, place: tuple[str, str], wanted: WantedReturn, request_id: str
) -> tuple[ReturnVerdict, Return | None]:
    """Judge and keep in one transaction, so that two requests never take back the same unit."""
    (tenant, order_no), now = place, parts.now()
    async with parts.engine.begin() as connection:
        await returns.lock_order(connection, order_no)
        books = await returns.books_of(connection, tenant, order_no, _skus(wanted))
        if books is None:
            raise unknown_order(order_no)
        verdict = verdict_of(books, wanted, now)
        known = await returns.known_request(connection, order_no, request_id)
        if known is not None:
            return verdict.having(allowed=True, reasons=(), worth=sum(line.worth for line in known.lines)), known
        if not verdict.allowed:
            return verdict, None
        its = opened(books, wanted, books.returns + 1, now)
        await returns.begin(connection, its, request_id)
    return verdict, its


def _skus(wanted: WantedReturn) -> list[str]:
    return sorted({line.exchange_sku for line in wanted.lines if line.exchange_sku})


def _answer(verdict: ReturnVerdict, language: str) -> ReturnAnswer:
    said = verdict.model_dump(exclude={"reasons"})
    reasons = [
        ReasonShown(
            code=no.code,
            line=no.line,
            text=label("return_reason", no.code, language),
            instead=label("return_instead", no.instead, language) if no.instead else "",
        )
        for no in verdict.reasons
    ]
    number = verdict.return_no
    named = return_workflow_id(verdict.order_no, number) if number is not None else None
    return ReturnAnswer(**said, reasons=reasons, workflow_id=named)


def _not_allowed(answer: ReturnAnswer) -> Problem:
    instead = list(dict.fromkeys(reason.instead for reason in answer.reasons if reason.instead))
    return problem(
        409,
        "RETURN_REFUSED",
        "These goods are not taken back",
        todo=f"Instead: {', '.join(instead)}." if instead else "Correct the lines that are named in reasons.",
        order_no=answer.order_no,
        reasons=[reason.model_dump() for reason in answer.reasons],
        until=answer.until.isoformat() if answer.until else None,
    )
