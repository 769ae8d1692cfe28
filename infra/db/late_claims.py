"""Claims on completed orders in the books (edge case 24): case, task, timeline and label, each step once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.late_claims import AFTER_SALE, ClaimNews, case_of, entries_of, task_of
from domain.payment import PaymentState
from infra.db.tables import exception_case, order_event, orders, task

CASE = exception_case.c


async def record_claim(connection: AsyncConnection, news: ClaimNews) -> int:
    """Write one step behind the lock of the order's row; the number of its case."""
    asked = select(orders).where(orders.c.order_no == news.order_no).with_for_update()
    order = (await connection.execute(asked)).mappings().one()
    rows = select(exception_case).where(CASE.order_no == news.order_no).order_by(CASE.case_no)
    cases = (await connection.execute(rows)).mappings().all()
    known = next((case for case in cases if case["subject"] == news.claim.subject), None)
    number = int(known["case_no"]) if known else max((case["case_no"] for case in cases), default=0) + 1
    if (known is None) if news.end is None else (known is not None and known["resolved_at"] is None):
        await _write(connection, order, news, number)
    return number


async def _write(connection: AsyncConnection, order: RowMapping, news: ClaimNews, number: int) -> None:
    row = case_of(news, number).model_dump()
    mine = (CASE.order_no == news.order_no, CASE.case_no == number)
    changed = await connection.execute(update(exception_case).where(*mine).values(**row))
    if not changed.rowcount:
        await connection.execute(insert(exception_case).values(order_no=news.order_no, **row))
    for entry in entries_of(news, number):
        values = {"order_no": news.order_no, **entry.model_dump()}
        await connection.execute(postgresql.insert(order_event).values(**values).on_conflict_do_nothing())
    if news.end is None or news.refused:
        values = {"order_no": news.order_no, **task_of(news, number).model_dump()}
        await connection.execute(postgresql.insert(task).values(**values).on_conflict_do_nothing())
    else:
        theirs = (task.c.order_no == news.order_no, task.c.case_no == number, task.c.done_at.is_(None))
        await connection.execute(update(task).where(*theirs).values(done_at=news.at, done_by=news.end.by))
    await _show(connection, order, news)


async def _show(connection: AsyncConnection, order: RowMapping, news: ClaimNews) -> None:
    """The order's row: 售后中 beside its stage while a claim is open, its cases, and the money that went back."""
    left = select(CASE.kind, CASE.subject).where(CASE.order_no == news.order_no, CASE.resolved_at.is_(None))
    rows = (await connection.execute(left.order_by(CASE.case_no))).all()
    claimed = any(row.subject.startswith("late/") for row in rows)
    overlays = [word for word in order["overlays"] if word != AFTER_SALE]
    values: dict[str, Any] = {
        "open_cases": list(dict.fromkeys(row.kind for row in rows)),
        "overlays": [*overlays, AFTER_SALE] if claimed else overlays,
        "needs_attention": bool(rows),
        "attention_reason": rows[0].kind if rows else "",
    }
    if news.end is not None and news.end.refund is not None and not news.refused:
        refunded = order["refunded"] + news.end.refund.amount
        whole = refunded == order["captured"]
        values["refunded"] = refunded
        values["payment_state"] = PaymentState.REFUNDED if whole else PaymentState.PARTIALLY_REFUNDED
    await connection.execute(update(orders).where(orders.c.order_no == news.order_no).values(**values))
