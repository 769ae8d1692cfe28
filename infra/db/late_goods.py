"""Goods that left a cancelled, closed order, in the books (edge case 20): parcel, lines, stock, case, each step once.

The order's row keeps its stage: it is cancelled, and its case says that goods of it are on their way.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import RowMapping, Table, insert, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.late_goods import RETURNED, GoodsNews, Told, case_of, entries_of, letter_of, task_of, units_of
from domain.packages import PackageState
from domain.policy import CaseKind
from infra.db.late import WAKE
from infra.db.outbound import consume
from infra.db.tables import exception_case, order_event, orders, outbox, package, task

CASE = exception_case.c
HAPPENED = ("carrier", "tracking_number", "outbound_at", "delivered_at")
SENT_FROM = text("""
    INSERT INTO shipment (order_no, shipment, warehouse, state, lines, outbound_at)
    SELECT :order_no, :shipment, COALESCE((
            SELECT r.warehouse FROM reservation AS r WHERE r.order_no = :order_no ORDER BY r.id DESC LIMIT 1), ''),
        'OUTBOUND', CAST(:lines AS jsonb), :at
    ON CONFLICT (order_no, shipment) DO UPDATE SET outbound_at = excluded.outbound_at
""")
"""A shipment that nobody planned left the warehouse that had held the order's units last."""
LINES = text("""
    UPDATE order_line AS l SET cancelled = l.quantity - LEAST(sent.units, l.quantity),
        shipped = LEAST(sent.units, l.quantity), delivered = LEAST(sent.delivered, l.quantity),
        returned = LEAST(sent.returned, l.quantity)
    FROM (
        SELECT u.line, sum(u.units::int) AS units,
            COALESCE(sum(u.units::int) FILTER (WHERE p.state = 'DELIVERED'), 0) AS delivered,
            COALESCE(sum(u.units::int) FILTER (WHERE p.state = 'RETURNED_TO_SENDER'), 0) AS returned
        FROM package AS p CROSS JOIN LATERAL jsonb_each_text(p.lines) AS u(line, units)
        WHERE p.order_no = :order_no AND p.outbound_at IS NOT NULL GROUP BY u.line) AS sent
    WHERE l.order_no = :order_no AND l.line = sent.line
""")
"""What of each line left after all, and where it is by now."""
SEARCH = text("""
    UPDATE orders SET search = search || ' ' || :number
    WHERE order_no = :order_no AND :number <> '' AND strpos(search, :number) = 0
""")


async def record_goods(connection: AsyncConnection, news: GoodsNews) -> int:
    """Write one step behind the lock of the order's row; the number of its open case, 0 where it was settled before."""
    asked = select(orders.c.order_no).where(orders.c.order_no == news.order_no).with_for_update()
    (await connection.execute(asked)).one()
    rows = select(exception_case).where(CASE.order_no == news.order_no).order_by(CASE.case_no)
    cases = (await connection.execute(rows)).mappings().all()
    kind, subject = CaseKind.CANCEL_AFTER_SHIP, news.package.subject
    known = next((case for case in cases if (case["kind"], case["subject"]) == (kind, subject)), None)
    if known is None:
        number = max((case["case_no"] for case in cases), default=0) + 1
        await _open(connection, news, number)
        return number
    if known["resolved_at"] is not None:
        return 0
    if news.told is not Told.LEFT:
        await _go_on(connection, news, known)
    return int(known["case_no"])


async def _open(connection: AsyncConnection, news: GoodsNews, number: int) -> None:
    """The parcel leaves the shelf and its books, the customer is asked to refuse it, somebody has to see to it."""
    case = case_of(news, number, news.at).model_dump()
    await connection.execute(insert(exception_case).values(order_no=news.order_no, **case))
    sent = {"shipment": news.package.shipment, "lines": json.dumps(units_of(news.package)), "at": news.at}
    await connection.execute(SENT_FROM, {"order_no": news.order_no, **sent})
    await _keep(connection, news)
    await consume(connection, news.order_no, news.at)
    letter = letter_of(news).model_dump()
    about = {"order_no": news.order_no, "created_at": news.at, "next_attempt_at": news.at}
    await _put(connection, outbox, **about, **letter)
    await connection.execute(WAKE)
    await _say(connection, news, number)


async def _go_on(connection: AsyncConnection, news: GoodsNews, known: RowMapping) -> None:
    """Where the parcel is, what the carrier said, or how the case ended."""
    number = int(known["case_no"])
    if news.end is not None:
        case = case_of(news, number, known["opened_at"]).model_dump()
        mine = (CASE.order_no == news.order_no, CASE.case_no == number)
        await connection.execute(update(exception_case).where(*mine).values(**case))
        theirs = (task.c.order_no == news.order_no, task.c.case_no == number, task.c.done_at.is_(None))
        await connection.execute(update(task).where(*theirs).values(done_at=news.at, done_by=news.end.by))
    await _keep(connection, news)
    await _say(connection, news, number)


async def _keep(connection: AsyncConnection, news: GoodsNews) -> None:
    """The parcel as its scans say, the number by which its carrier's news finds the order, and its units."""
    its = news.package
    said = {"shipment": its.shipment, "lines": units_of(its), **{name: getattr(its, name) for name in HAPPENED}}
    its_state = PackageState.RETURNED_TO_SENDER if news.end and news.end.outcome == RETURNED else its.state
    row = postgresql.insert(package).values(order_no=news.order_no, package=its.id, state=its_state, **said)
    new = row.on_conflict_do_update(index_elements=["order_no", "package"], set_={"state": its_state, **said})
    await connection.execute(new)
    await connection.execute(LINES, {"order_no": news.order_no})
    await connection.execute(SEARCH, {"order_no": news.order_no, "number": its.tracking_number})


async def _say(connection: AsyncConnection, news: GoodsNews, number: int) -> None:
    """Timeline, task, and what the list shows of the order."""
    for entry in entries_of(news, number):
        await _put(connection, order_event, order_no=news.order_no, **entry.model_dump())
    wanted = task_of(news, number) if news.end is None else None
    if wanted is not None:
        await _put(connection, task, order_no=news.order_no, **wanted.model_dump())
    left = select(CASE.kind).where(CASE.order_no == news.order_no, CASE.resolved_at.is_(None)).order_by(CASE.case_no)
    kinds = list(dict.fromkeys((await connection.execute(left)).scalars()))
    shown = {"open_cases": kinds, "needs_attention": bool(kinds), "attention_reason": kinds[0] if kinds else ""}
    await connection.execute(update(orders).where(orders.c.order_no == news.order_no).values(**shown))


async def _put(connection: AsyncConnection, table: Table, **row: Any) -> None:
    """A row that is written once under its key."""
    await connection.execute(postgresql.insert(table).values(**row).on_conflict_do_nothing())
