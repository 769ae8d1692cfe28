"""Late facts in the books (edge cases 3, 6 and 19): what a closed order is, and each step of money that goes back.

A step that comes again finds its case where it left it and changes nothing: all its rows are one transaction, behind
the lock of the order's row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, Table, func, insert, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claims import ClaimKind
from domain.facts import CLOSED
from domain.late import (
    ALERT,
    ClosedOrder,
    LateNews,
    Money,
    Repayment,
    Step,
    case_of,
    entries_of,
    letter_of,
    money_after,
    task_of,
    unreadable,
)
from domain.recording import DESK, CaseRow, Entry
from infra.db.tables import alert, exception_case, order_event, orders, outbox, task
from infra.db.transactions import Transaction

BOOKS = text("""
SELECT o.order_no, o.stage, o.final, o.currency, o.captured, o.refunded, o.payment_state,
    COALESCE((SELECT jsonb_agg(jsonb_build_object('package', p.package, 'shipment', p.shipment,
            'tracking_number', p.tracking_number, 'carrier', p.carrier, 'lines', p.lines,
            'outbound_at', p.outbound_at, 'state', p.state, 'delivered_at', p.delivered_at) ORDER BY p.package)
        FROM package AS p WHERE p.order_no = o.order_no), '[]') AS parcels,
    COALESCE((SELECT jsonb_object_agg(l.line, l.quantity)
        FROM order_line AS l WHERE l.order_no = o.order_no), '{}') AS ordered,
    COALESCE((SELECT jsonb_object_agg(s.shipment, s.lines)
        FROM shipment AS s WHERE s.order_no = o.order_no), '{}') AS planned,
    COALESCE((SELECT jsonb_object_agg(l.reason, l.order_no) FROM order_link AS l
        WHERE l.original_order_no = o.order_no AND l.kind = 'reinstated'), '{}') AS reinstated,
    ARRAY(SELECT c.subject FROM exception_case AS c
        WHERE c.order_no = o.order_no AND c.kind = 'CANCEL_AFTER_SHIP' AND c.resolved_at IS NULL) AS stopping,
    ARRAY(SELECT COALESCE(e.params ->> 'claim', e.params ->> 'application') FROM order_event AS e
        WHERE e.order_no = o.order_no AND e.code = ANY(:claims)) AS claimed,
    ARRAY(SELECT c.subject FROM exception_case AS c
        WHERE c.order_no = o.order_no AND c.subject LIKE 'late/%' AND c.resolved_at IS NULL) AS open_claims,
    ARRAY(SELECT c.subject FROM exception_case AS c
        WHERE c.order_no = o.order_no AND c.kind = 'FALSE_DELIVERY') AS doubted,
    ARRAY(SELECT e.params ->> 'payment_no' FROM order_event AS e
        WHERE e.order_no = o.order_no AND e.code IN ('paid', 'confirm_payment') AND e.params ? 'payment_no'
        UNION SELECT r ->> 'payment_no' FROM order_event AS e, jsonb_array_elements(e.params -> 'receipts') AS r
        WHERE e.order_no = o.order_no AND e.code = 'effect_done') AS payments,
    ARRAY(SELECT substr(c.subject, 9) FROM exception_case AS c
        WHERE c.order_no = o.order_no AND c.subject LIKE 'payment/%' AND c.resolved_at IS NOT NULL) AS returned
FROM orders AS o WHERE o.order_no = ANY(:order_nos)
""")
CLAIMS = [kind.value for kind in ClaimKind]
GIVEN_UP = text("""
WITH late AS (
    UPDATE inbound_fact SET state = 'unmatched'
    WHERE order_no = :order_no AND fact_id = :fact_id AND conflict_of IS NULL AND state <> 'unmatched')
INSERT INTO alert (key, kind, order_no, at, detail)
VALUES ('fact_unmatched/' || :order_no || '/' || :fact_id, 'fact_unmatched', :order_no, :at,
    jsonb_build_object('fact_id', :fact_id, 'kind', CAST(:kind AS text), 'reason', CAST(:reason AS text)))
ON CONFLICT DO NOTHING
""")
WAKE = text("SELECT pg_notify('relay', 'outbox')")


async def closed_orders(connection: Transaction, order_nos: Sequence[str]) -> dict[str, ClosedOrder]:
    """What the books say of these orders, by their numbers."""
    found = await connection.execute(BOOKS, {"order_nos": list(order_nos), "claims": CLAIMS})
    return {row["order_no"]: ClosedOrder.model_validate(dict(row)) for row in found.mappings()}


async def record(connection: AsyncConnection, news: LateNews) -> None:
    """Write one step, once however often it comes."""
    asked = select(orders).where(orders.c.order_no == news.order_no).with_for_update()
    order = (await connection.execute(asked)).mappings().one()
    if news.repayment is not None:
        await _repay(connection, order, news.repayment, news)
    elif news.step is Step.UNREADABLE:
        await note(connection, news.order_no, [unreadable(news)])
    else:
        about = {"order_no": news.order_no, "fact_id": news.fact_id, "kind": news.fact_kind, "at": news.at}
        await connection.execute(GIVEN_UP, {**about, "reason": CLOSED})


async def _repay(connection: AsyncConnection, order: RowMapping, back: Repayment, news: LateNews) -> None:
    known = await case_row(connection, back)
    if (known is not None) if news.step is Step.OPENED else (known is None or known["resolved_at"] is not None):
        return
    number = known["case_no"] if known else await next_number(connection, news.order_no)
    case = case_of(back, number, news, known["opened_at"] if known else news.at)
    await keep_case(connection, news.order_no, case)
    await note(connection, news.order_no, entries_of(back, number, news))
    if news.step is Step.REFUSED:
        await _ask_finance(connection, back, number, news)
        return
    await _show_money(connection, order, back, news)
    if news.step is Step.RETURNED:
        await _tell(connection, back, number, news)


async def case_row(connection: AsyncConnection, back: Repayment) -> RowMapping | None:
    """The case of a payment; None where it has none."""
    case = exception_case.c
    mine = (case.order_no == back.refund.order_no, case.kind == back.kind, case.subject == back.subject)
    return (await connection.execute(select(exception_case).where(*mine))).mappings().one_or_none()


async def next_number(connection: AsyncConnection, order_no: str) -> int:
    """The number of the next case of an order."""
    case = exception_case.c
    last = select(func.coalesce(func.max(case.case_no), 0)).where(case.order_no == order_no)
    return int((await connection.execute(last)).scalar_one()) + 1


async def keep_case(connection: AsyncConnection, order_no: str, case: CaseRow) -> None:
    """Write a case, new or changed."""
    row = case.model_dump()
    mine = (exception_case.c.order_no == order_no, exception_case.c.case_no == case.case_no)
    changed = await connection.execute(update(exception_case).where(*mine).values(**row))
    if not changed.rowcount:
        await connection.execute(insert(exception_case).values(order_no=order_no, **row))


async def note(connection: AsyncConnection, order_no: str, entries: Sequence[Entry]) -> None:
    """Write lines of the timeline, each once."""
    for entry in entries:
        await put(connection, order_event, order_no=order_no, **entry.model_dump())


async def _show_money(connection: AsyncConnection, order: RowMapping, back: Repayment, news: LateNews) -> None:
    """The order's row: what came and went back, and the case while it is open."""
    shown = Money(captured=order["captured"], refunded=order["refunded"], state=order["payment_state"])
    after = money_after(shown, order["currency"], back, news.step)
    values: dict[str, Any] = {
        "captured": after.captured,
        "refunded": after.refunded,
        "payment_state": after.state,
        "open_cases": await open_case_kinds(connection, news.order_no),
    }
    if news.step is Step.RETURNED and order["attention_reason"] == back.kind:
        values |= {"needs_attention": False, "attention_reason": ""}
    await connection.execute(update(orders).where(orders.c.order_no == news.order_no).values(**values))


async def open_case_kinds(connection: AsyncConnection, order_no: str) -> list[str]:
    """The kinds of an order's open cases."""
    case = exception_case.c
    left = select(case.kind).where(case.order_no == order_no, case.resolved_at.is_(None)).order_by(case.case_no)
    return list(dict.fromkeys((await connection.execute(left)).scalars()))


async def _ask_finance(connection: AsyncConnection, back: Repayment, number: int, news: LateNews) -> None:
    """The gateway said no: a person has to see to it."""
    mine = (task.c.order_no == news.order_no, task.c.key == f"case/{number}")
    known = (await connection.execute(select(task.c.key).where(*mine))).one_or_none()
    if known is None:
        row = task_of(back, number, news).model_dump()
        await connection.execute(insert(task).values(order_no=news.order_no, **row))
    seen = {"needs_attention": True, "attention_reason": back.kind}
    await connection.execute(update(orders).where(orders.c.order_no == news.order_no).values(**seen))


async def _tell(connection: AsyncConnection, back: Repayment, number: int, news: LateNews) -> None:
    """The money went back: the customer hears of it, finance of a second payment; nothing is left to do."""
    letter = letter_of(back).model_dump()
    about = {"order_no": news.order_no, "created_at": news.at, "next_attempt_at": news.at}
    await put(connection, outbox, **about, **letter)
    await connection.execute(WAKE)
    mine = (task.c.order_no == news.order_no, task.c.key == f"case/{number}", task.c.done_at.is_(None))
    await connection.execute(update(task).where(*mine).values(done_at=news.at, done_by=DESK))
    if back.twice:
        key = f"{ALERT}/{back.refund.key}"
        detail = {"payment_no": back.payment_no, "amount": back.refund.amount, "currency": back.refund.currency}
        await put(connection, alert, key=key, kind=ALERT, order_no=news.order_no, at=news.at, detail=detail)


async def put(connection: AsyncConnection, table: Table, **row: Any) -> None:
    """A row that is written once under its key."""
    await connection.execute(postgresql.insert(table).values(**row).on_conflict_do_nothing())
