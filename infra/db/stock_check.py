"""Whether the stock books balance (invariant 1, P-02), and their repair: once, by a stated rule, with an alert.

The ledger is right and the level follows it, for the ledger says of every unit whose it is and why:
what a closed order still holds, and what an order gave back twice, gets a ledger row of step ``repair``; where more is
promised than there is to promise, orders lose units by the rule of a count (`domain.losing`); then ``reserved`` is set
to the ledger's sum. A level that is gone is made anew with what the ledger promises, until somebody counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.db.counting import tell_waiting
from infra.db.losing import take_away
from infra.db.reservations import Cause, Move, lock, note

GRACE = timedelta(minutes=1)
"""So long a closed order may hold units: they go back right after its last turn is written."""
LIVE = "SELECT sku, warehouse, sum(units)::int AS units FROM reservation GROUP BY sku, warehouse"
FIND = text(f"""
    WITH live AS ({LIVE}), lines AS (
        SELECT order_no, line, sku, warehouse, sum(units)::int AS units FROM reservation
        GROUP BY order_no, line, sku, warehouse HAVING sum(units) <> 0
    )
    SELECT 'ledger_differs' AS kind, sku, warehouse, '' AS order_no, '' AS line, COALESCE(l.reserved, 0) AS books,
        COALESCE(live.units, 0) AS ledger
    FROM stock_level AS l FULL JOIN live USING (sku, warehouse)
    WHERE COALESCE(l.reserved, 0) <> COALESCE(live.units, 0)
    UNION ALL
    SELECT 'order_is_over', sku, lines.warehouse, order_no, line, units, 0
    FROM lines JOIN orders AS o USING (order_no)
    WHERE units > 0 AND o.final AND COALESCE(o.updated_at, '-infinity') < :before
    UNION ALL
    SELECT 'given_back_twice', sku, warehouse, order_no, line, units, 0 FROM lines WHERE units < 0
    UNION ALL
    SELECT 'promised_too_much', sku, warehouse, '', '', reserved, greatest(on_hand - safety - quarantined, 0)
    FROM stock_level WHERE reserved > greatest(on_hand - safety - quarantined, 0)
    ORDER BY sku, warehouse, kind, order_no, line
""")  # noqa: S608 - words of our own
NUMBER = text("SELECT count(*) FROM reservation WHERE order_no = :order_no AND step = 'repair'")
RENEW = text("""
    INSERT INTO stock_level (sku, warehouse, on_hand)
    SELECT :sku, :warehouse, COALESCE(sum(units), 0) FROM reservation WHERE (sku, warehouse) = (:sku, :warehouse)
    ON CONFLICT DO NOTHING
""")
EXCESS = text(f"""
    SELECT live.units - greatest(l.on_hand - l.safety - l.quarantined, 0)
    FROM stock_level AS l JOIN ({LIVE}) AS live USING (sku, warehouse)
    WHERE (l.sku, l.warehouse) = (:sku, :warehouse)
""")  # noqa: S608 - words of our own
SET = text("""
    UPDATE stock_level AS l SET reserved = COALESCE((
        SELECT sum(r.units) FROM reservation AS r WHERE (r.sku, r.warehouse) = (l.sku, l.warehouse)), 0)
    WHERE (l.sku, l.warehouse) = (:sku, :warehouse) RETURNING l.reserved
""")
ALERT = text("""
    INSERT INTO alert (key, kind, at, detail) VALUES (:key, 'stock_repaired', :at, CAST(:detail AS jsonb))
    ON CONFLICT (key) DO NOTHING
""")


class Wrong(StrEnum):
    """What can be wrong with the books."""

    LEDGER_DIFFERS = "ledger_differs"
    ORDER_IS_OVER = "order_is_over"
    GIVEN_BACK_TWICE = "given_back_twice"
    PROMISED_TOO_MUCH = "promised_too_much"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is wrong: ``books`` stands there, ``should`` is what would be right before anything else."""

    kind: Wrong
    sku: str
    warehouse: str
    order_no: str
    line: str
    books: int
    should: int

    @property
    def place(self) -> tuple[str, str]:
        """SKU and warehouse."""
        return (self.sku, self.warehouse)


@dataclass(frozen=True, slots=True)
class Repaired:
    """A place whose books were put right: what is reserved there now, and how many units orders lost."""

    sku: str
    warehouse: str
    reserved: int
    lost: int


async def differences(connection: AsyncConnection, at: datetime) -> list[Difference]:
    """Everything that is wrong with the books at one moment; nothing where they balance."""
    rows = await connection.execute(FIND, {"before": at - GRACE})
    return [Difference(Wrong(row[0]), *row[1:]) for row in rows]


async def repair(connection: AsyncConnection, at: datetime) -> list[Repaired]:
    """Put right what is wrong, in the caller's transaction, and tell the orders that wait for what came free."""
    await lock(connection, {wrong.sku for wrong in await differences(connection, at)})
    found = await differences(connection, at)  # again: now nobody else changes it
    for wrong in found:
        if wrong.kind in {Wrong.ORDER_IS_OVER, Wrong.GIVEN_BACK_TWICE}:
            await _undo(connection, wrong, at)
    places = sorted({wrong.place for wrong in found})
    repaired = [await _settle(connection, place, at, [one for one in found if one.place == place]) for place in places]
    await tell_waiting(connection, sorted({one.sku for one in repaired}), at, f"repair/{at.isoformat()}")
    return repaired


async def _undo(connection: AsyncConnection, wrong: Difference, at: datetime) -> None:
    number = (await connection.execute(NUMBER, {"order_no": wrong.order_no})).scalar_one() + 1
    cause = Cause(key=f"{wrong.order_no}/repair/{number}", order_no=wrong.order_no, at=at)
    await note(connection, cause, "repair", [Move(wrong.line, wrong.sku, wrong.warehouse, -wrong.books)])


async def _settle(
    connection: AsyncConnection, place: tuple[str, str], at: datetime, wrong: Sequence[Difference]
) -> Repaired:
    """Make the promises of one place fit, and its level say what the ledger says."""
    sku, warehouse = place
    where = {"sku": sku, "warehouse": warehouse}
    await connection.execute(RENEW, where)
    excess = (await connection.execute(EXCESS, where)).scalar_one_or_none() or 0
    lost = await take_away(connection, place, excess, at, note) if excess > 0 else 0
    reserved = (await connection.execute(SET, where)).scalar_one()
    detail = {"sku": sku, "warehouse": warehouse, "reserved": reserved, "lost": lost, "wrong": _told(wrong)}
    key = f"stock_repaired/{sku}/{warehouse}/{at.isoformat()}"
    await connection.execute(ALERT, {"key": key, "at": at, "detail": json.dumps(detail, ensure_ascii=False)})
    return Repaired(sku, warehouse, reserved, lost)


def _told(wrong: Iterable[Difference]) -> list[dict[str, object]]:
    return [{name: value for name, value in asdict(one).items() if name not in {"sku", "warehouse"}} for one in wrong]
