"""The stock books (architecture §3.11, invariant 1, edge cases 7, 27, 28, 62): row locks in SKU order, no overselling.

`stock_level` says what there is; `reservation` is append-only and says why. Both are written in one transaction, so
that per SKU and warehouse the ledger's units always add up to what is reserved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from domain.allocation import Destination, Offered, allocate, one_place, set_aside
from domain.effects import Allocation
from domain.stock import Allotment, Want
from domain.stock_policy import Criterion, StockPolicy
from infra.db.counting import tell_waiting
from infra.db.reservations import PAID, Cause, Move, lock, post
from infra.db.transactions import Transaction

LIVE = text("""
    SELECT line, sku, warehouse, sum(units)::int AS units FROM reservation
    WHERE order_no = :order_no GROUP BY line, sku, warehouse HAVING sum(units) > 0 ORDER BY sku, warehouse, line
""")
SKUS_OF = text("SELECT DISTINCT sku FROM reservation WHERE order_no = :order_no")
TERMS = text(f"""
    SELECT COALESCE((SELECT jsonb_object_agg(sku, units) FROM (
            SELECT l.sku, sum(l.unallocated) AS units
            FROM exception_case AS c JOIN orders AS o USING (order_no) JOIN order_line AS l USING (order_no)
            WHERE :paid_first AND c.kind = 'STOCK_SHORTAGE' AND c.resolved_at IS NULL AND c.order_no <> :order_no
                AND NOT o.final AND l.sku = ANY(:skus) AND l.unallocated > 0 AND {PAID}
                AND NOT EXISTS (SELECT FROM orders AS o WHERE o.order_no = :order_no AND {PAID})
            GROUP BY l.sku) AS lacking), '{{}}') AS owed,
        ARRAY(SELECT r.warehouse FROM reservation AS r WHERE r.order_no = :order_no
            AND NOT EXISTS (SELECT FROM shipment AS s WHERE (s.order_no, s.warehouse) = (r.order_no, r.warehouse))
            GROUP BY r.warehouse HAVING sum(r.units) > 0 ORDER BY r.warehouse) AS held
""")  # noqa: S608 - words of our own
"""What paid orders lack and an unpaid one leaves them; which warehouses hold units of the order without a shipment."""
GIVEN_BACK = """
    SELECT sku FROM reservation WHERE order_no = :order_no AND starts_with(key, :key || '/')
    GROUP BY sku HAVING sum(units) < 0
"""
FREED = text(f"{GIVEN_BACK} ORDER BY sku")
FREED_OR_THERE = text(f"""
    SELECT sku FROM ({GIVEN_BACK}) AS freed UNION
    SELECT l.sku FROM order_line AS l JOIN stock_level AS s USING (sku)
    WHERE l.order_no = :order_no AND s.on_hand - s.reserved - s.safety - s.quarantined > 0 ORDER BY sku
""")  # noqa: S608 - words of our own


@dataclass(frozen=True, slots=True)
class Terms:
    """How an order is served: its edition's criteria, whether unpaid ones stand back, and where its goods go.

    ``gather``: one warehouse gives all it gets; ``not_from`` give nothing; ``only_from``: nobody else gives anything.
    """

    criteria: tuple[Criterion, ...] = StockPolicy().criteria
    paid_first: bool = False
    province: str = ""
    gather: bool = False
    not_from: tuple[str, ...] = ()
    only_from: str = ""

    def takes(self, warehouse: str) -> bool:
        """Whether this warehouse may give something."""
        return warehouse not in self.not_from and self.only_from in ("", warehouse)


BY_PRIORITY = Terms()


async def reserve(
    connection: Transaction, cause: Cause, wants: Sequence[Want], terms: Terms = BY_PRIORITY
) -> tuple[Allotment, dict[str, int]]:
    """Reserve what there is of these units for the order, in the caller's transaction.

    Answers who gives what and what is short, and what was available to it of each SKU. The same cause twice is an
    IntegrityError; the effect ledger keeps callers from asking.
    """
    skus = {want.line: want.sku for want in wants}
    levels, held = await offered(connection, cause, skus.values(), terms)
    found = [level for level in levels if level.sends and terms.takes(level.warehouse)]
    destination = Destination(province=terms.province, held=held)
    if terms.gather:
        found = one_place(wants, found, destination)
    allotment = allocate(wants, found, terms.criteria, destination)
    moves = [Move(given.line, skus[given.line], given.warehouse, given.quantity) for given in allotment.allocations]
    await post(connection, cause, "reserve", moves)
    available = {sku: sum(max(level.units, 0) for level in found if level.sku == sku) for sku in skus.values()}
    return allotment, available


async def offered(
    connection: Transaction, cause: Cause, skus: Iterable[str], terms: Terms
) -> tuple[list[Offered], tuple[str, ...]]:
    """Lock the books of these SKUs; answers what every warehouse has for the order, and which ones hold some of it."""
    found = [
        Offered(**{name: getattr(level, name) for name in Offered.model_fields})
        for level in await lock(connection, skus)
    ]
    asked = {"order_no": cause.order_no, "paid_first": terms.paid_first, "skus": sorted({each.sku for each in found})}
    owed, held = (await connection.execute(TERMS, asked)).one() if terms != BY_PRIORITY else ({}, ())
    return set_aside(found, owed), tuple(held)


async def release(connection: Transaction, cause: Cause, *, also_lock: Iterable[str] = ()) -> int:
    """Give back everything that is still reserved for the order; answers how many units.

    ``also_lock``: SKUs that the caller's transaction reserves next, so that all are locked in one order.
    """
    touched = (await connection.execute(SKUS_OF, {"order_no": cause.order_no})).scalars().all()
    if not touched:
        return 0
    await lock(connection, {*touched, *also_lock})
    # Only what is locked: out of turn, two would wait for each other. No order reserves and gives back at once.
    found = (await connection.execute(LIVE, {"order_no": cause.order_no})).all()
    live = [row for row in found if row.sku in touched]
    await post(connection, cause, "release", [Move(row.line, row.sku, row.warehouse, -row.units) for row in live])
    return sum(row.units for row in live)


async def release_parts(connection: Transaction, cause: Cause, parts: Sequence[Allocation]) -> int:
    """Give back these units of the order, as far as it still holds them; answers how many."""
    order = {"order_no": cause.order_no}
    skus = (await connection.execute(SKUS_OF, order)).scalars().all()
    await lock(connection, skus)
    wanted: dict[tuple[str, str], int] = {}
    for part in parts:
        wanted[part.line, part.warehouse] = wanted.get((part.line, part.warehouse), 0) + part.quantity
    moves = []
    for row in (await connection.execute(LIVE, order)).all():
        units = min(row.units, wanted.pop((row.line, row.warehouse), 0))
        if units and row.sku in skus:
            moves.append(Move(row.line, row.sku, row.warehouse, -units))
    await post(connection, cause, "release", moves)
    return -sum(move.units for move in moves)


async def tell_freed(connection: Transaction, cause: Cause, *, done_with: bool = False) -> None:
    """Tell the orders that wait for what this cause gave back and did not reserve again (SR-131).

    ``done_with``: the order wants nothing more, and unpaid ones that stood back for it hear of all its goods.
    """
    told = FREED if not done_with else FREED_OR_THERE
    freed = (await connection.execute(told, {"order_no": cause.order_no, "key": cause.key})).scalars().all()
    await tell_waiting(connection, freed, cause.at, cause.key, by=cause.order_no)
