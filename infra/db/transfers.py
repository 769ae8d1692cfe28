"""Stock transfers in the books (SR-131a, invariant 1): held at the source, on the road, arrived for its order.

A transfer holds its units in the reservation ledger under its own key, in the place of an order's number, so that no
order gives them back or sends them. It is written in the transaction that reserves them. Of each unit one thing is
true: it lies at its source and is reserved, it is on the road, or it arrived. Each step is done once, by its state.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.effects import Allocation
from domain.facts import Moved
from domain.stock import Available, Want
from domain.transfer_effects import BookTransferOutcome, BookTransferRequest, TransferRequest
from domain.transfers import Candidate, Store, Wish, candidates, parts_of, units
from infra.db.counting import tell_waiting
from infra.db.reservations import Cause, Move, lock, post
from infra.db.stock import Terms, offered

PLACES = text("SELECT warehouse, '' AS sku, 0 AS units, priority, region, sends FROM warehouse ORDER BY warehouse")
NEW = text("""
    INSERT INTO stock_transfer (key, order_no, transfer, source, target, lines, state, requested_at, expected_at)
    VALUES (:key, :order_no, :transfer, :source, :target, CAST(:lines AS jsonb), 'requested', :at, :expected_at)
""")
FIND = text("SELECT * FROM stock_transfer WHERE key = :key FOR UPDATE")
SKUS = text("""
    SELECT DISTINCT part ->> 'sku' FROM stock_transfer, jsonb_array_elements(lines) AS part WHERE key = :key
""")
SET = text("UPDATE stock_transfer SET state = :state, changed_at = :at WHERE key = :key")
HELD = text("""
    SELECT line, sku, warehouse, sum(units)::int AS units FROM reservation
    WHERE order_no = :key GROUP BY line, sku, warehouse HAVING sum(units) > 0 ORDER BY sku, warehouse, line
""")
SHELF = text("""
    INSERT INTO stock_level (sku, warehouse, on_hand) SELECT sku, :target, 0 FROM unnest(CAST(:skus AS text[])) AS sku
    ON CONFLICT DO NOTHING
""")
FREE = text("""
    UPDATE stock_level AS l SET on_hand = l.on_hand + m.units
    FROM (SELECT sku, sum(units) AS units FROM jsonb_to_recordset(CAST(:moves AS jsonb)) AS m(sku text, units int)
        GROUP BY sku) AS m
    WHERE l.sku = m.sku AND l.warehouse = :target
""")
ALERT = text("""
    INSERT INTO alert (key, kind, order_no, at, detail)
    VALUES (:key, :kind, :order_no, :at, CAST(:detail AS jsonb)) ON CONFLICT (key) DO NOTHING
""")


async def plan(connection: AsyncConnection, asked: TransferRequest, at: datetime) -> Candidate | None:
    """Choose who brings it, reserve it there and write the transfer down; None where nobody can in time.

    In the caller's transaction; asked again under the same key it finds the transfer it made.
    """
    known = (await connection.execute(FIND, {"key": asked.key})).mappings().one_or_none()
    if known is not None:
        return Candidate(
            source=known["source"],
            target=known["target"],
            lines=tuple(Moved(line=part["line"], quantity=part["units"]) for part in known["lines"]),
            missing=0,
            arrives_at=known["expected_at"],
            cost=0,
            distance_km=0,
        )
    best = next(iter(await _candidates(connection, asked, at)), None)
    if best is not None:
        await _write_down(connection, asked, best, at)
    return best


async def _candidates(connection: AsyncConnection, asked: TransferRequest, at: datetime) -> Sequence[Candidate]:
    wants = tuple(Want(line=part.line, sku=asked.skus[part.line], quantity=part.quantity) for part in asked.lines)
    cause = Cause(asked.key, asked.order_no, at)
    levels, _ = await offered(connection, cause, [want.sku for want in wants], Terms(paid_first=asked.paid_first))
    places = [Store(**row) for row in (await connection.execute(PLACES)).mappings()]
    wish = Wish(
        wants=wants,
        policy=asked.policy,
        now=asked.asked_at,
        by=asked.by,
        province=asked.province,
        held=asked.held,
        tried=asked.tried,
    )
    return candidates(wish, places, [Available(**dict(level)) for level in levels])


async def _write_down(connection: AsyncConnection, asked: TransferRequest, best: Candidate, at: datetime) -> None:
    moves = [Move(part.line, asked.skus[part.line], best.source, part.quantity) for part in best.lines]
    await post(connection, _holder(asked.key, at), "reserve", moves)
    lines = [{"line": move.line, "sku": move.sku, "units": move.units} for move in moves]
    row = {
        "key": asked.key,
        "order_no": asked.order_no,
        "transfer": asked.number,
        "source": best.source,
        "target": best.target,
        "lines": json.dumps(lines, ensure_ascii=False),
        "at": at,
        "expected_at": best.arrives_at,
    }
    await connection.execute(NEW, row)


def _holder(key: str, at: datetime, stage: str = "") -> Cause:
    """The cause of what the transfer itself holds."""
    return Cause(key=f"{key}/{stage}" if stage else key, order_no=key, at=at)


async def give_back(connection: AsyncConnection, key: str, at: datetime, state: str) -> bool:
    """The goods stay at their source and are anybody's, once; False where they had left it, or it ended otherwise."""
    row = await _locked(connection, key)
    if row is None or row["state"] != "requested":
        return row is not None and row["state"] == state
    held = await _held(connection, key)
    await post(connection, _holder(key, at, state), "release", [replace(move, units=-move.units) for move in held])
    await connection.execute(SET, {"key": key, "state": state, "at": at})
    await tell_waiting(connection, sorted({move.sku for move in held}), at, f"{key}/{state}", by=str(row["order_no"]))
    return True


async def unclaimed(connection: AsyncConnection, key: str, at: datetime) -> None:
    """Somebody has to know that goods are on the road for nobody: an alert, once."""
    row = await _locked(connection, key)
    if row is not None and row["state"] in {"requested", "in_transit"}:
        await _alert(connection, "transfer_unclaimed", row, at, row["lines"])


async def book(connection: AsyncConnection, asked: BookTransferRequest, at: datetime) -> BookTransferOutcome:
    """Write down how far it is, in the caller's transaction: left its source, arrived, failed."""
    row = await _locked(connection, asked.transfer)
    if row is None or row["state"] not in {"requested", "in_transit"}:
        return BookTransferOutcome(stage=asked.stage)
    if asked.stage == "failed":
        return await _failed(connection, asked, row, at)
    if row["state"] == "requested":
        await _leave(connection, asked.transfer, at)
    if asked.stage == "received":
        return await _arrive(connection, asked, row, at)
    return BookTransferOutcome(stage=asked.stage)


async def _locked(connection: AsyncConnection, key: str) -> dict[str, object] | None:
    """The transfer, with the books of its goods locked first: as everywhere, SKU by SKU."""
    skus = (await connection.execute(SKUS, {"key": key})).scalars().all()
    await lock(connection, skus)
    row = (await connection.execute(FIND, {"key": key})).mappings().one_or_none()
    return None if row is None else dict(row)


async def _held(connection: AsyncConnection, key: str) -> list[Move]:
    rows = await connection.execute(HELD, {"key": key})
    return [Move(row.line, row.sku, row.warehouse, row.units) for row in rows]


async def _leave(connection: AsyncConnection, key: str, at: datetime) -> None:
    """Reserved no longer, and gone from the shelf: on the road. What a count took before is not there to go."""
    gone = [
        replace(move, units=-move.units, subject="transfer", outbound=move.units, gone=move.units)
        for move in await _held(connection, key)
    ]
    await post(connection, _holder(key, at, "shipped"), "consume", gone)
    await connection.execute(SET, {"key": key, "state": "in_transit", "at": at})


async def _arrive(
    connection: AsyncConnection, asked: BookTransferRequest, row: dict[str, object], at: datetime
) -> BookTransferOutcome:
    """What the order lacks is reserved for it where it arrived, the rest is anybody's, what did not come an alert."""
    target, sent = str(row["target"]), _sent(row)
    came, wanted = units(asked.received), units(asked.wanted)
    skus = {line: sku for line, (sku, _) in sent.items()}
    await connection.execute(SHELF, {"target": target, "skus": sorted(set(skus.values()))})
    pegged = {line: min(count, wanted.get(line, 0)) for line, count in came.items() if line in sent}
    moves = [Move(line, skus[line], target, count, gone=-count) for line, count in pegged.items() if count]
    order_no = str(row["order_no"])
    await post(connection, Cause(asked.key, order_no, at), "reserve", moves)
    free = {line: count - pegged.get(line, 0) for line, count in came.items() if line in sent}
    await _set_free(connection, Cause(asked.key, order_no, at), target, [(skus[x], n) for x, n in free.items() if n])
    await connection.execute(SET, {"key": asked.transfer, "state": "received", "at": at})
    lost = parts_of({line: count - came.get(line, 0) for line, (_, count) in sent.items()})
    if lost:
        await _alert(connection, "transfer_lost", row, at, [part.model_dump() for part in lost])
    given = tuple(Allocation(line=move.line, warehouse=target, quantity=move.units) for move in moves)
    return BookTransferOutcome(stage="received", allocations=given, lost=lost)


def _sent(row: dict[str, object]) -> dict[str, tuple[str, int]]:
    """Line → its SKU and the units that were sent."""
    lines: list[dict[str, object]] = row["lines"]  # type: ignore[assignment]  # JSON of our own
    return {str(part["line"]): (str(part["sku"]), int(str(part["units"]))) for part in lines}


async def _set_free(connection: AsyncConnection, cause: Cause, target: str, free: Sequence[tuple[str, int]]) -> None:
    if not free:
        return
    moves = json.dumps([{"sku": sku, "units": count} for sku, count in free])
    await connection.execute(FREE, {"moves": moves, "target": target})
    await tell_waiting(connection, sorted({sku for sku, _ in free}), cause.at, cause.key, by=cause.order_no)


async def _failed(
    connection: AsyncConnection, asked: BookTransferRequest, row: dict[str, object], at: datetime
) -> BookTransferOutcome:
    if await give_back(connection, asked.transfer, at, "failed"):
        return BookTransferOutcome(stage="failed")
    await connection.execute(SET, {"key": asked.transfer, "state": "failed", "at": at})
    await _alert(connection, "transfer_lost", row, at, row["lines"])
    lost = parts_of({line: count for line, (_, count) in _sent(row).items()})
    return BookTransferOutcome(stage="failed", lost=lost)


async def _alert(connection: AsyncConnection, kind: str, row: dict[str, object], at: datetime, lines: object) -> None:
    detail = {"transfer": row["key"], "source": row["source"], "target": row["target"], "lines": lines}
    said = {"key": f"{kind}/{row['key']}", "kind": kind, "order_no": row["order_no"], "at": at}
    await connection.execute(ALERT, {**said, "detail": json.dumps(detail, ensure_ascii=False)})
