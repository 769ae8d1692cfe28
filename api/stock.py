"""Whether the stock books balance, and their repair (invariant 1, P-02)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from api.dependencies import Keeper, Reader, TheParts
from infra.db.stock_check import differences, repair

router = APIRouter(prefix="/v1/stock", tags=["Master data"])


@router.get("/differences", summary="Check the stock books")
async def show_differences(parts: TheParts, _reader: Reader) -> dict[str, Any]:
    """Everything in which ledger, levels and orders contradict each other; an empty list where the books balance."""
    async with parts.engine.begin() as connection:
        return {"differences": [asdict(one) for one in await differences(connection, parts.now())]}


@router.post("/repairs", summary="Repair the stock books")
async def repair_books(parts: TheParts, _keeper: Keeper) -> dict[str, Any]:
    """Put right what the check finds, by the rules of the operations page, each place with an alert; and what is left.

    Asked a second time there is nothing to do.
    """
    async with parts.engine.begin() as connection:
        repaired = await repair(connection, parts.now())
        left = await differences(connection, parts.now())
    return {"repaired": [asdict(one) for one in repaired], "differences": [asdict(one) for one in left]}
