"""Claims on completed orders in the books (edge case 24): case, task, timeline, label and money, each step once.

Their money is let go beside that of the returns, in ``return_refund`` with no return's number: one sum, one lock, so
that never more goes back than came in, however many of them are decided at once.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.late_claims import AFTER_SALE, ClaimNews, case_of, entries_of, resend_of, task_of
from infra.db.invoices import redden
from infra.db.return_steps import LEFT
from infra.db.returns import lock_order
from infra.db.tables import exception_case, order_event, orders, return_refund, task

CASE = exception_case.c
NO_RETURN = 0
"""The number under which the money of claims stands among that of the returns."""


async def grant(connection: AsyncConnection, news: ClaimNews) -> int:
    """Let a claim's money go, never more than the books have left of the buyer's; how much. Told again, the same.

    What the payer refused was kept, and is let go anew.
    """
    refund = news.end.refund if news.end else None
    if refund is None:
        return 0
    await lock_order(connection, news.order_no)
    mine = _money_of(news)
    known = (await connection.execute(select(return_refund.c.amount).where(*mine))).scalar_one_or_none()
    if known:
        return int(known)
    left = (await connection.execute(LEFT, {"order_no": news.order_no})).one()
    amount = max(min(refund.amount, int(left.free)), 0)
    row = {"order_no": news.order_no, "return_no": NO_RETURN, "cause": _cause(news), "amount": amount, "at": news.at}
    said = postgresql.insert(return_refund).values(**row)
    again = said.on_conflict_do_update(index_elements=["order_no", "return_no", "cause"], set_={"amount": amount})
    await connection.execute(again)
    return amount


def _money_of(news: ClaimNews) -> tuple[Any, ...]:
    row = return_refund.c
    return row.order_no == news.order_no, row.return_no == NO_RETURN, row.cause == _cause(news)


def _cause(news: ClaimNews) -> str:
    return f"claim/{news.claim.reference}"


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
    resend = resend_of(news, number)
    if resend is not None:
        values = {"order_no": news.order_no, **resend.model_dump()}
        await connection.execute(postgresql.insert(task).values(**values).on_conflict_do_nothing())
    if news.end is not None and news.end.refund is not None:
        await _count(connection, news, news.end.refund.amount)
    await _show(connection, order, news)


async def _count(connection: AsyncConnection, news: ClaimNews, amount: int) -> None:
    """The money that went back reddens the invoice beside it; what the payer refused did not go."""
    if news.refused:
        await connection.execute(update(return_refund).where(*_money_of(news)).values(amount=0))
    else:
        await redden(connection, news.order_no, _cause(news), amount, news.at)


async def _show(connection: AsyncConnection, order: RowMapping, news: ClaimNews) -> None:
    """The order's row: 售后中 beside its stage while a claim is open, and its cases."""
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
    await connection.execute(update(orders).where(orders.c.order_no == news.order_no).values(**values))
