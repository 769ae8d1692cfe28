"""The money of claims after completion: one sum with the returns, never more than came in, red beside it (EC-24)."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import insert

from activities.late import LateActivities
from activities.returns import ReturnActivities
from api.linked import as_linked
from domain.effects import Done, RefundRequest
from domain.late_claims import ClaimNews, LateClaim, LateEnd, granted
from infra.db import tables
from infra.db.connections import open_connections
from infra.db.effects import keep
from infra.db.inbox import Inbox
from infra.db.links import is_sent_again
from infra.db.queries.lists import ROW
from tests.departments.desk import Desk, late_department
from tests.departments.test_returns import claim, over


@pytest.fixture
def department(desk: Desk) -> LateActivities:
    return late_department(desk)


def told(desk: Desk, order_no: str, reference: str = "C1", amount: int = 10_000) -> ClaimNews:
    """Somebody decided that a claim is paid back."""
    key = f"{order_no}/refund/claim/{reference}"
    its = LateClaim(
        order_no=order_no,
        reference=reference,
        cause="not_received_claim",
        currency="CNY",
        at=desk.now,
        due_at=desk.now,
    )
    refund = RefundRequest(key=key, order_no=order_no, amount=amount, currency="CNY")
    end = LateEnd(order_no=order_no, subject=its.subject, outcome="REFUNDED", by="Li", refund=refund)
    return ClaimNews(at=desk.now, claim=its, end=end)


async def let_go(department: LateActivities, news: ClaimNews) -> int:
    return await department.record_claim(news.having(grants=True))


async def is_paid(desk: Desk, department: LateActivities, news: ClaimNews) -> None:
    """The payer pays back what was let go, and it is written down."""
    amount = await let_go(department, news)
    assert news.end is not None
    end = granted(news.end, amount)
    assert end.refund is not None
    async with desk.engine.begin() as connection:
        await keep(connection, end.refund, Done(), desk.now)
    await department.record_claim(news.having(end=None))
    await department.record_claim(news.having(end=end))


@pytest.mark.clause("EC-24", "EC-19", "SR-149")
async def test_claims_and_returns_that_pay_at_once_let_no_more_go_than_was_paid(
    desk: Desk, department: LateActivities, database_url: str
) -> None:
    order_no = await over(desk, refunded=800)
    returns = ReturnActivities(desk.engine, Inbox(open_connections(database_url)), as_linked, desk.watch)
    back, first, second = await asyncio.gather(
        returns.claim_refund(claim(order_no, 1, 10_000)),
        let_go(department, told(desk, order_no, "C1")),
        let_go(department, told(desk, order_no, "C2")),
    )
    assert sorted((back.granted or 0, first, second)) == [0, 6_000, 10_000]
    again = [await let_go(department, told(desk, order_no, reference)) for reference in ("C1", "C2")]
    assert again == [first, second]
    late = await returns.claim_refund(claim(order_no, 2, 10_000))
    assert late.granted == 0


@pytest.mark.clause("EC-24", "EC-39")
async def test_what_the_payer_refused_may_be_let_go_again(desk: Desk, department: LateActivities) -> None:
    order_no = await over(desk)
    news = told(desk, order_no)
    await department.record_claim(news.having(end=None))
    assert await let_go(department, news) == 10_000
    await department.record_claim(news.having(refused="card closed"))
    assert await let_go(department, told(desk, order_no, "C2", 16_800)) == 16_800
    assert await let_go(department, news) == 0, "nothing is left for it now"


@pytest.mark.clause("EC-24", "SR-149", "EC-40")
async def test_a_claim_that_was_paid_back_reddens_the_invoice_once_and_shows_in_the_order(
    desk: Desk, department: LateActivities
) -> None:
    order_no = await over(desk)
    blue = {"order_no": order_no, "invoice_no": 1, "kind": "blue", "currency": "CNY", "asked_at": desk.now}
    async with desk.engine.begin() as connection:
        await connection.execute(insert(tables.invoice).values(**blue, amount=16_800))
    for _ in range(2):
        await is_paid_again(desk, department, told(desk, order_no))
    red = [row for row in await desk.rows(tables.invoice, order_no=order_no) if row["kind"] == "red"]
    assert [(row["red_of"], row["amount"], row["cause"]) for row in red] == [(1, 10_000, "claim/C1")]
    async with desk.engine.begin() as connection:
        shown = await connection.execute(tables.orders.select().with_only_columns(*ROW))
        row = next(row for row in shown.mappings() if row["order_no"] == order_no)
    assert (row["refunded"], row["payment_state"], row["overlays"]) == (10_000, "partially_refunded", [])


async def is_paid_again(desk: Desk, department: LateActivities, news: ClaimNews) -> None:
    """A Reset: everything is told again, and the ledger has the payer's answer."""
    if await desk.rows(tables.effect, key=f"{news.order_no}/refund/claim/{news.claim.reference}"):
        assert await let_go(department, news) == 10_000
        await department.record_claim(news.having(end=None))
        await department.record_claim(news)
    else:
        await is_paid(desk, department, news)


@pytest.mark.clause("EC-24", "AC-71")
async def test_goods_that_are_to_be_sent_again_after_completion_are_a_task_until_a_linked_order_is_there(
    desk: Desk, department: LateActivities
) -> None:
    order_no = await desk.order_came_in()
    news = told(desk, order_no)
    assert news.end is not None
    resent = news.having(end=news.end.having(outcome="RESENT", refund=None))
    for step in (news.having(end=None), resent, resent):
        await department.record_claim(step)
    [task] = await desk.rows(tables.task, kind="PLACE_LINKED_ORDER")
    assert (task["role"], task["done_at"]) == ("order_administrator", None)
    assert task["params"] == {"claim": "C1", "request": f"/v1/orders/{order_no}/resends"}
    [case] = await desk.rows(tables.exception_case)
    assert (case["status"], case["outcome"]) == ("RESOLVED", "RESENT")
    async with desk.engine.begin() as connection:
        await is_sent_again(connection, order_no, desk.now, "Li")
    assert [row["done_by"] for row in await desk.rows(tables.task, kind="PLACE_LINKED_ORDER")] == ["Li"]
