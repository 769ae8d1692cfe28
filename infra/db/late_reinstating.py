"""The choice about money that came soon after a cancel, in the books (edge case 3): case, question, letter, money.

All of a step is one transaction behind the lock of the order's row, and once however often it is told.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.amending import due_of
from domain.late import Reinstatable
from domain.late_reinstating import (
    OPTIONS,
    REFUND,
    TEMPLATE,
    ChoiceAsked,
    ChoiceNews,
    case_of,
    entries_of,
    letter_of,
    task_of,
)
from domain.payment import PaymentState
from domain.posted import content_of
from domain.recording import DESK
from infra.db.change_prices import edition_of
from infra.db.late import WAKE, case_row, keep_case, next_number, note, open_case_kinds, put
from infra.db.tables import orders, outbox, question, task
from infra.db.transactions import Transaction
from infra.db.versions import read_version

AS_IT_WAS = text("""
    SELECT o.stage, o.updated_at, COALESCE((
        SELECT bool_and(wanted.units <= COALESCE(shelf.units, 0)) FROM (
            SELECT sku, sum(quantity) AS units FROM order_line WHERE order_no = o.order_no GROUP BY sku) AS wanted
        LEFT JOIN (
            SELECT l.sku, sum(greatest(l.on_hand - l.reserved - l.safety - l.quarantined, 0)) AS units
            FROM stock_level AS l JOIN warehouse AS w USING (warehouse) WHERE w.sends GROUP BY l.sku
        ) AS shelf USING (sku)), false) AS free
    FROM orders AS o WHERE o.order_no = :order_no
""")
TENANT = text("SELECT tenant FROM inbound_order WHERE order_no = :order_no")
QUESTION = question.c


async def how_it_could_live(connection: Transaction, order_no: str) -> Reinstatable | None:
    """What tells whether a cancelled order may live again; None where its edition pays back at once, or is gone."""
    try:
        late = (await edition_of(connection, order_no)).late
    except LookupError:
        return None
    row = (await connection.execute(AS_IT_WAS, {"order_no": order_no})).one()
    if late.reinstate_within is None or row.updated_at is None:
        return None
    return Reinstatable(
        ended_at=row.updated_at,
        within=late.reinstate_within,
        answer=late.reinstate_answer,
        due=due_of(content_of((await read_version(connection, order_no)).raw)),
        free=row.free,
    )


async def tenant_of(connection: Transaction, order_no: str) -> str:
    """Whose order it is."""
    return str((await connection.execute(TENANT, {"order_no": order_no})).scalar_one())


async def record_choice(connection: AsyncConnection, news: ChoiceNews) -> ChoiceAsked:
    """Write one step; the case and its question as the books have them, none where the case is over."""
    asked = select(orders).where(orders.c.order_no == news.order_no).with_for_update()
    order = (await connection.execute(asked)).mappings().one()
    known = await case_row(connection, news.repayment)
    if known is not None and known["resolved_at"] is not None:
        return ChoiceAsked()
    if known is None:
        return await _open(connection, order, news)
    told = await _asked(connection, news, known["case_no"])
    if news.chosen and told is not None and not told.chosen:
        await _end(connection, order, news, told)
    return told or ChoiceAsked()


async def _open(connection: AsyncConnection, order: RowMapping, news: ChoiceNews) -> ChoiceAsked:
    number = await next_number(connection, news.order_no)
    mine = select(func.coalesce(func.max(QUESTION.question), 0)).where(QUESTION.order_no == news.order_no)
    asked = ChoiceAsked(case=number, question=int((await connection.execute(mine)).scalar_one()) + 1, until=news.until)
    await keep_case(connection, news.order_no, case_of(news, number, news.at))
    row = {
        "question": asked.question,
        "case_no": number,
        "template": TEMPLATE,
        "state": "OPEN",
        "version": order["version"],
        "fields": [],
        "options": [option.model_dump(mode="json") for option in OPTIONS],
        "default_option": REFUND,
        "asked_at": news.at,
        "deadline": news.until,
        "due_at": news.until,
    }
    await connection.execute(insert(question).values(order_no=news.order_no, **row))
    await connection.execute(insert(task).values(order_no=news.order_no, **task_of(news, number).model_dump()))
    letter = letter_of(news, asked.question).model_dump()
    await put(connection, outbox, order_no=news.order_no, created_at=news.at, next_attempt_at=news.at, **letter)
    await connection.execute(WAKE)
    await note(connection, news.order_no, entries_of(news, asked))
    await _show(connection, order, news, news.repayment.refund.amount)
    return asked


async def _asked(connection: AsyncConnection, news: ChoiceNews, case_no: int) -> ChoiceAsked | None:
    found = select(question).where(QUESTION.order_no == news.order_no, QUESTION.case_no == case_no)
    row = (await connection.execute(found)).mappings().one_or_none()
    if row is None:
        return None
    chosen = row["answer"] or (REFUND if row["state"] == "DEFAULTED" else "")
    return ChoiceAsked(case=case_no, question=row["question"], until=row["deadline"], chosen=chosen)


async def _end(connection: AsyncConnection, order: RowMapping, news: ChoiceNews, asked: ChoiceAsked) -> None:
    over = {"state": "DEFAULTED", "defaulted_at": news.at} if news.silent else _answered(news)
    mine = (QUESTION.order_no == news.order_no, QUESTION.question == asked.question)
    await connection.execute(update(question).where(*mine).values(ended_at=news.at, **over))
    done = (task.c.order_no == news.order_no, task.c.key == f"case/{asked.case}/choice", task.c.done_at.is_(None))
    await connection.execute(update(task).where(*done).values(done_at=news.at, done_by=news.by or DESK))
    await note(connection, news.order_no, entries_of(news, asked))
    if news.new_order_no:
        known = await case_row(connection, news.repayment)
        opened_at = known["opened_at"] if known else news.at
        await keep_case(connection, news.order_no, case_of(news, asked.case, opened_at))
        await _show(connection, order, news, -news.repayment.refund.amount)


def _answered(news: ChoiceNews) -> dict[str, Any]:
    return {"state": "ANSWERED", "answer": news.chosen, "answered_by": news.by, "answered_at": news.at}


async def _show(connection: AsyncConnection, order: RowMapping, news: ChoiceNews, more: int) -> None:
    """The order's row: the money is here while the customer thinks, and the new order's once that lives."""
    left = order["captured"] + more
    held = PaymentState.PAID if left > order["refunded"] else PaymentState.REFUNDED
    shown = {
        "captured": left,
        "payment_state": held if left else PaymentState.UNPAID,
        "open_cases": await open_case_kinds(connection, news.order_no),
    }
    await connection.execute(update(orders).where(orders.c.order_no == news.order_no).values(**shown))
