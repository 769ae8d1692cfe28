"""What failures of service cost, a carrier and a warehouse at a time (M9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.dependencies import Reader, TheParts
from api.shapes import When
from infra.db.queries.service_costs import service_costs

router = APIRouter(prefix="/v1/service-costs", tags=["Figures"])
USUALLY = timedelta(days=30)


@router.get("", summary="Net cost of service failures")
async def list_service_costs(
    parts: TheParts,
    reader: Reader,
    since: Annotated[When | None, Query(description="Unset: 30 days before until")] = None,
    until: Annotated[When | None, Query(description="Exclusive; unset: now")] = None,
) -> dict[str, Any]:
    """By carrier or warehouse: coupons, claims (claimed, declined, paid), and net, coupons less what was paid."""
    to = until or parts.now()
    start = since or to - USUALLY
    async with parts.engine.begin() as connection:
        costs = await service_costs(connection, reader.tenant, start, to)
    return {"since": start, "until": to, "costs": costs}
