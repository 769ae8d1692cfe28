"""How the process is: alive, ready (temporal.md §8)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import text
from temporalio.service import RPCError

from api.dependencies import TheParts
from api.errors import DATABASE_DOWN
from infra.trouble import Trouble

router = APIRouter(tags=["Operation"])


@router.get("/healthz", summary="Alive")
async def healthz() -> dict[str, str]:
    """The process answers; nothing else is looked at."""
    return {"status": "ok"}


@router.get("/readyz", summary="Ready")
async def readyz(parts: TheParts, response: Response) -> dict[str, Any]:
    """200 while orders and facts can be taken, which needs PostgreSQL; requests of orders need Temporal too."""
    database, temporal = await _database(parts), await _temporal(parts)
    response.status_code = 200 if database == "ok" else 503
    return {"ready": database == "ok", "database": database, "temporal": temporal}


async def _database(parts: TheParts) -> str:
    try:
        async with parts.engine.begin() as connection:
            await connection.execute(text("SELECT 1"))
    except DATABASE_DOWN:
        return "does not answer"
    return "ok"


async def _temporal(parts: TheParts) -> str:
    try:
        client = await parts.temporal.client()
        await client.service_client.check_health()
    except (RPCError, RuntimeError, Trouble):
        return "does not answer"
    return "ok"
