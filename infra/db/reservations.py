"""The reservation ledger and the levels it stands beside (invariant 1): locked, noted, posted.

A row of the ledger is keyed by its cause (the effect, with its order and version), the step, the line and the
warehouse, and never changes: what is undone gets a row of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import TextClause, text

from infra.db.transactions import Transaction

LOCK = text("""
    SELECT l.warehouse, l.sku, l.on_hand - l.reserved - l.safety - l.quarantined AS units, l.on_hand, l.reserved,
        w.priority, w.region, w.sends
    FROM stock_level AS l JOIN warehouse AS w USING (warehouse)
    WHERE l.sku = ANY(:skus) ORDER BY l.sku, l.warehouse FOR UPDATE OF l
""")
UNPAID = ("unpaid", "pending_verification")
PAID = f"""(o.payment_state <> ALL (ARRAY{list(UNPAID)}) OR EXISTS (
        SELECT FROM inbound_fact AS f WHERE f.order_no = o.order_no AND f.kind = 'paid'))"""
"""Whether order ``o`` is paid, or need not be before it is sent; money may wait in the inbox."""
NOTE = """
    INSERT INTO reservation (key, order_no, version, line, sku, warehouse, step, subject, units, outbound, at)
    SELECT concat_ws('/', CAST(:key AS text), CAST(:step AS text), NULLIF(subject, ''), line, warehouse), :order_no,
        :version, line, sku, warehouse, :step, subject, units, outbound, :at
    FROM moves
"""
MOVES = """moves AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(CAST(:moves AS jsonb)) AS m(
        line text, sku text, warehouse text, subject text, units int, outbound int, gone int)
)"""
NOTE_ONLY = text(f"WITH {MOVES} {NOTE}")
POST = text(f"""
    WITH {MOVES}, noted AS ({NOTE})
    UPDATE stock_level AS l SET reserved = l.reserved + m.units, on_hand = l.on_hand - m.gone
    FROM (SELECT sku, warehouse, sum(units) AS units, sum(gone) AS gone FROM moves GROUP BY sku, warehouse) AS m
    WHERE l.sku = m.sku AND l.warehouse = m.warehouse
""")  # noqa: S608 - words of our own


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the books change: the effect's key, its order and the order's version, and when."""

    key: str
    order_no: str
    at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class Move:
    """Units of one line in one warehouse: added to what is reserved, and gone from the shelf.

    ``outbound`` is what left by the warehouse's word, ``gone`` what the books had of it.
    """

    line: str
    sku: str
    warehouse: str
    units: int
    subject: str = ""
    outbound: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Level:
    """One locked row of the books, as it was when it was locked."""

    warehouse: str
    sku: str
    units: int
    on_hand: int
    reserved: int
    priority: int
    region: str = ""
    sends: bool = True


async def lock(connection: Transaction, skus: Iterable[str]) -> list[Level]:
    """Lock the books of these SKUs, always in the same order, so that two orders never wait for each other."""
    rows = await connection.execute(LOCK, {"skus": sorted(set(skus))})
    return [Level(**row) for row in rows.mappings()]


async def post(connection: Transaction, cause: Cause, step: str, moves: Sequence[Move]) -> None:
    """Write moves into the ledger and the levels; their rows are locked."""
    await _write(connection, POST, cause, step, moves)


async def note(connection: Transaction, cause: Cause, step: str, moves: Sequence[Move]) -> None:
    """Write moves into the ledger alone: a repair sets the levels from it."""
    await _write(connection, NOTE_ONLY, cause, step, moves)


async def _write(
    connection: Transaction, statement: TextClause, cause: Cause, step: str, moves: Sequence[Move]
) -> None:
    if moves:
        rows = json.dumps([asdict(move) for move in moves], ensure_ascii=False)
        await connection.execute(statement, {**asdict(cause), "step": step, "moves": rows})
