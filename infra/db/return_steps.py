"""The steps of a return in the books: recorded, restocked, its money let go, new goods kept for an exchange.

Each is one transaction, and once however often it is asked (invariants 1, 3 and 4).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.return_rows import ReturnNews, taken_back, waiting_for
from domain.returns import Return, found_of, state_of
from domain.stock import Want
from infra.db.counting import tell_waiting
from infra.db.invoices import redden
from infra.db.reservations import Cause
from infra.db.returns import lock_order
from infra.db.stock import release, reserve, tell_freed
from infra.db.tables import goods_return, goods_return_line, order_event, outbox, return_refund, task
from infra.db.transactions import Transaction

ADD = text("""
    INSERT INTO stock_level AS l (sku, warehouse, on_hand)
    SELECT g.sku, :warehouse, g.units FROM jsonb_to_recordset(CAST(:given AS jsonb)) AS g(sku text, units int)
    ORDER BY g.sku
    ON CONFLICT (sku, warehouse) DO UPDATE SET on_hand = l.on_hand + excluded.on_hand
""")
LEFT = text("""
    SELECT o.final, o.captured - o.refunded - COALESCE((
        SELECT sum(r.amount) FROM return_refund AS r WHERE r.order_no = o.order_no), 0)::bigint AS free
    FROM orders AS o WHERE o.order_no = :order_no
""")
HOLDER = text("""
    SELECT raw -> 'original' ->> 'reason' FROM inbound_order
    WHERE order_no = :order_no AND raw -> 'original' ->> 'kind' = 'exchange'
""")
WAKE = text("SELECT pg_notify('relay', 'outbox')")


async def record(connection: AsyncConnection, news: ReturnNews) -> None:
    """Write one turn: what can change by the newest turn of the newest run only, all others once."""
    its = news.given
    if await _keep(connection, news):
        await _keep_lines(connection, its)
        for row in news.tasks:
            await _put(connection, task, {"order_no": its.order_no, **row.model_dump()}, ("order_no", "key"))
    for entry in news.entries:
        said = insert(order_event).values(order_no=its.order_no, **entry.model_dump()).on_conflict_do_nothing()
        await connection.execute(said)
    for letter in news.outbox:
        about = {"order_no": its.order_no, "created_at": news.at, "next_attempt_at": news.at}
        await connection.execute(insert(outbox).values(**about, **letter.model_dump()).on_conflict_do_nothing())
    if news.outbox:
        await connection.execute(WAKE)


async def _keep(connection: AsyncConnection, news: ReturnNews) -> bool:
    its, row = news.given, goods_return.c
    values = {
        "state": state_of(its),
        "open": its.closed_at is None,
        "waiting_for": waiting_for(its),
        "tracking_number": its.tracking_number,
        "carrier": its.carrier,
        "outcome": its.outcome,
        "new_order_no": its.new_order_no,
        "refunded": sum(each.granted or 0 for each in its.paybacks if each.paid_at),
        "closed_at": its.closed_at,
        "updated_at": news.at,
        "run_started_at": news.run_started_at,
        "sequence": its.sequence,
        "value": its.model_dump(mode="json"),
    }
    older = text("(COALESCE(run_started_at, '-infinity'), sequence) <= (:run, :turn)")
    mine = (row.order_no == its.order_no, row.return_no == its.number, older)
    changed = goods_return.update().where(*mine).values(**values)
    kept = await connection.execute(changed, {"run": news.run_started_at, "turn": its.sequence})
    return bool(kept.rowcount)


async def _keep_lines(connection: AsyncConnection, its: Return) -> None:
    row, back = goods_return_line.c, taken_back(its)
    for line in its.lines:
        found = found_of(its, line.line).model_dump(exclude={"line"})
        mine = (row.order_no == its.order_no, row.return_no == its.number, row.line == line.line)
        await connection.execute(goods_return_line.update().where(*mine).values(**found, taken_back=back[line.line]))


async def _put(connection: AsyncConnection, table: Any, row: Mapping[str, Any], keys: Sequence[str]) -> None:
    rest = {name: value for name, value in row.items() if name not in keys}
    await connection.execute(insert(table).values(**row).on_conflict_do_update(index_elements=list(keys), set_=rest))


async def restock(connection: AsyncConnection, cause: Cause, warehouse: str, units: Mapping[str, int]) -> None:
    """Put units on the shelf, and tell the orders that wait for them."""
    given = json.dumps([{"sku": sku, "units": count} for sku, count in sorted(units.items())])
    await connection.execute(ADD, {"warehouse": warehouse, "given": given})
    await tell_waiting(connection, sorted(units), cause.at, cause.key, by=cause.order_no)


async def claim(connection: AsyncConnection, place: tuple[str, int, str], amount: int, at: datetime) -> int | None:
    """Let money go for a return, never more than the books have left of the buyer's; None: its order is not over.

    ``place`` is the order's number, the return's, and the cause. What was let go once is answered again.
    """
    order_no, number, cause = place
    await lock_order(connection, order_no)
    row = return_refund.c
    mine = (row.order_no == order_no, row.return_no == number, row.cause == cause)
    known = (await connection.execute(select(row.amount).where(*mine))).scalar_one_or_none()
    if known is not None:
        return int(known)
    left = (await connection.execute(LEFT, {"order_no": order_no})).one()
    if not left.final:
        return None
    granted = max(min(amount, int(left.free)), 0)
    about = {"order_no": order_no, "return_no": number, "cause": cause}
    await connection.execute(insert(return_refund).values(**about, amount=granted, at=at))
    if granted:
        await redden(connection, order_no, f"return/{number}/{cause}", granted, at)
    return granted


async def keep_goods(connection: AsyncConnection, cause: Cause, wants: Sequence[Want]) -> bool:
    """Reserve all of these goods for a return, or none; whether they are reserved."""
    allotment, _ = await reserve(connection, cause, wants)
    if not allotment.short:
        return True
    await release(connection, Cause(f"{cause.key}/short", cause.order_no, cause.at))
    return False


async def give_back(connection: AsyncConnection, cause: Cause) -> None:
    """Give back what was kept for a return, and tell the orders that wait for it."""
    await release(connection, cause)
    await tell_freed(connection, cause)


async def take_over_kept(connection: Transaction, cause: Cause, skus: Sequence[str]) -> None:
    """Give back what was kept for the exchange that this order sends, in the transaction that reserves it anew."""
    holder = (await connection.execute(HOLDER, {"order_no": cause.order_no})).scalar_one_or_none()
    if holder:
        await release(connection, Cause(f"{cause.key}/kept", holder, cause.at), also_lock=skus)
