"""What left a warehouse leaves the stock books, and comes back into them from its dock (出库, invariant 1).

The goods are gone, whatever the books say: a fact cannot fail. Units that nobody had reserved come off the shelf's
free stock; where the books had fewer than were sent, they end at what is reserved for others, and an alert says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import text

from infra.db.reservations import Cause, Level, Move, lock, post
from infra.db.transactions import Transaction

SENT = text("""
    SELECT 'package/' || p.package AS subject, l.line, i.sku, s.warehouse,
        l.units::int - COALESCE((
            SELECT sum(r.outbound) FROM reservation AS r
            WHERE r.order_no = p.order_no AND r.line = l.line AND r.subject = 'package/' || p.package
        ), 0)::int AS units,
        COALESCE((
            SELECT sum(r.units) FROM reservation AS r
            WHERE r.order_no = p.order_no AND r.line = l.line AND r.warehouse = s.warehouse), 0)::int AS reserved,
        COALESCE((SELECT sum(r.outbound) FROM reservation AS r WHERE r.order_no = p.order_no), 0)::int AS before,
        (SELECT count(*) FROM reservation AS r
            WHERE r.order_no = p.order_no AND r.outbound < 0 AND r.step = 'consume')::int AS apart
    FROM package AS p
    JOIN shipment AS s ON s.order_no = p.order_no AND s.shipment = p.shipment
    CROSS JOIN LATERAL jsonb_each_text(p.lines) AS l(line, units)
    JOIN order_line AS i ON i.order_no = p.order_no AND i.line = l.line
    WHERE p.order_no = :order_no AND p.outbound_at IS NOT NULL
    ORDER BY p.outbound_at, p.package, l.line
""")
PULLED = text("""
    SELECT r.subject, r.line, r.sku, r.warehouse, sum(r.outbound)::int AS units,
        (SELECT count(*) FROM reservation AS s WHERE s.order_no = r.order_no AND s.step = 'put_back')::int AS before
    FROM reservation AS r
    JOIN package AS p ON p.order_no = r.order_no AND r.subject = 'package/' || p.package
    WHERE r.order_no = :order_no AND (p.outbound_at IS NULL OR p.package = ANY(:packages))
    GROUP BY r.order_no, r.subject, r.line, r.sku, r.warehouse HAVING sum(r.outbound) > 0
    ORDER BY r.subject, r.line
""")
"""Units of packages that were recalled from the dock, and are still gone in the books."""
ALERT = text("""
    INSERT INTO alert (key, kind, order_no, at, detail)
    SELECT concat_ws('/', 'stock_mismatch', CAST(:key AS text), sku, warehouse), 'stock_mismatch', :order_no, :at,
        jsonb_build_object('sku', sku, 'warehouse', warehouse, 'missing', missing)
    FROM jsonb_to_recordset(CAST(:missing AS jsonb)) AS m(sku text, warehouse text, missing int)
    ON CONFLICT (key) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Sent:
    """Units of a line that a package carried away; what the order still has reserved of it there; what left before.

    Negative where the books took more for the package than is in it; ``apart``: how often they were set right so.
    """

    subject: str
    line: str
    sku: str
    warehouse: str
    units: int
    reserved: int
    before: int
    apart: int = 0


async def consume(connection: Transaction, order_no: str, at: datetime) -> None:
    """Take what the order's packages carried away off the books, once, in the caller's transaction."""
    skus = {row.sku for row in await _sent(connection, order_no)}
    levels = await lock(connection, skus)
    # Again: now nobody else changes it. What came meanwhile of goods that are not locked waits for its own turn.
    sent = [row for row in await _sent(connection, order_no) if row.sku in skus]
    if sent:
        cause = Cause(key=f"{order_no}/outbound/{sent[0].before}", order_no=order_no, at=at)
        apart, left = _told_apart(sent)
        moves, missing = _plan(left, levels)
        await post(connection, replace(cause, key=f"{cause.key}/{sent[0].apart}"), "consume", apart)
        await post(connection, cause, "consume", moves)
        await _alert(connection, cause, missing)


async def put_back(connection: Transaction, order_no: str, at: datetime, packages: Sequence[str] = ()) -> None:
    """Put what was pulled from the dock back on the shelf, reserved for its order, once, in the caller's transaction.

    Those are the packages that the books no longer know as out, and ``packages``, which the order hears of next.
    """
    asked = {"order_no": order_no, "packages": list(packages)}
    skus = {row.sku for row in (await connection.execute(PULLED, asked)).all()}
    if not skus:
        return
    await lock(connection, skus)
    pulled = [row for row in (await connection.execute(PULLED, asked)).all() if row.sku in skus]
    if pulled:
        cause = Cause(key=f"{order_no}/put_back/{pulled[0].before}", order_no=order_no, at=at)
        moves = [
            Move(row.line, row.sku, row.warehouse, row.units, row.subject, -row.units, -row.units) for row in pulled
        ]
        await post(connection, cause, "put_back", moves)


async def _sent(connection: Transaction, order_no: str) -> list[Sent]:
    """Lines of packages that left and are still in the books, after those of which the books took too many."""
    rows = [Sent(**row) for row in (await connection.execute(SENT, {"order_no": order_no})).mappings()]
    lacking = [row for row in rows if row.units > 0]
    places = {(row.line, row.warehouse) for row in lacking}
    return [row for row in rows if row.units < 0 and (row.line, row.warehouse) in places] + lacking


def _told_apart(sent: Sequence[Sent]) -> tuple[list[Move], list[Sent]]:
    """Units that the books took for one parcel and that are in another (edge case 23): moved, not taken once more."""
    extra = {(row.line, row.warehouse): 0 for row in sent}
    for row in sent:
        extra[row.line, row.warehouse] += max(-row.units, 0)
    moves, left = [], []
    for row in (each for each in sent if each.units > 0):
        place = (row.line, row.warehouse)
        units = min(row.units, extra[place])
        extra[place] -= units
        moves.append(_of(row, units))
        left.append(replace(row, units=row.units - units))
    for row in (each for each in sent if each.units < 0):
        place = (row.line, row.warehouse)
        kept = min(-row.units, extra[place])
        extra[place] -= kept
        moves.append(_of(row, row.units + kept))
    return [move for move in moves if move.outbound], [row for row in left if row.units]


def _of(row: Sent, units: int) -> Move:
    return Move(row.line, row.sku, row.warehouse, 0, row.subject, units, 0)


def _plan(sent: Iterable[Sent], levels: Iterable[Level]) -> tuple[list[Move], dict[tuple[str, str], int]]:
    """The moves, and by SKU and warehouse the units that the books did not have."""
    shelf = {(level.sku, level.warehouse): level for level in levels}
    free = {place: level.on_hand - level.reserved for place, level in shelf.items()}
    held: dict[tuple[str, str], int] = {}
    missing: dict[tuple[str, str], int] = {}
    moves = []
    for row in sent:
        place = (row.sku, row.warehouse)
        left = held.setdefault((row.line, row.warehouse), row.reserved)
        from_reserved = min(row.units, max(left, 0)) if place in shelf else 0
        from_free = min(row.units - from_reserved, max(free.get(place, 0), 0))
        held[row.line, row.warehouse] -= from_reserved
        free[place] = free.get(place, 0) - from_free
        lacking = row.units - from_reserved - from_free
        if lacking:
            missing[place] = missing.get(place, 0) + lacking
        gone = from_reserved + from_free
        moves.append(Move(row.line, row.sku, row.warehouse, -from_reserved, row.subject, row.units, gone))
    return moves, missing


async def _alert(connection: Transaction, cause: Cause, missing: dict[tuple[str, str], int]) -> None:
    if missing:
        rows = [{"sku": sku, "warehouse": place, "missing": units} for (sku, place), units in missing.items()]
        detail = {"key": cause.key, "order_no": cause.order_no, "at": cause.at, "missing": json.dumps(rows)}
        await connection.execute(ALERT, detail)
