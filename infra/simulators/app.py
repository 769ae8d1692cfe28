"""The simulated parties as one HTTP application, a path prefix a party, with what tests and the demo may ask."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, FastAPI

from infra.simulators import (
    carrier,
    coupons,
    erp,
    invoicing,
    messenger,
    payments,
    platform,
    purchasing,
    shop,
    warehouse,
)
from infra.simulators.behavior import Behavior
from infra.simulators.herald import Herald, Post
from infra.simulators.payments import plan_payment
from infra.simulators.world import World


def create_app(world: World, post: Post) -> FastAPI:
    """All parties; their news goes out through ``post`` while the application runs."""

    @contextlib.asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        telling = asyncio.create_task(Herald(world, post).tell_for_ever())
        yield
        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        world.books.close()

    app = FastAPI(title="Simulated outside parties", docs_url=None, redoc_url=None, lifespan=life)
    for party in (shop, erp, warehouse, payments, carrier, messenger, platform, coupons, purchasing, invoicing):
        app.include_router(party.router(world))
    app.include_router(_stage(world))
    return app


def _stage(world: World) -> APIRouter:
    """Behind the scenes: what no party would answer."""
    routes = APIRouter(tags=["behind the scenes"])

    @routes.put("/behavior/{external_id:path}")
    async def set_behavior(external_id: str, behavior: Behavior) -> Behavior:
        """Say how the parties behave for an order; set it before the order is posted."""
        world.books.set_behavior(external_id, behavior)
        plan_payment(world, external_id, behavior)
        return behavior

    @routes.get("/behavior/{external_id:path}")
    async def show_behavior(external_id: str) -> Behavior:
        """How the parties behave for an order."""
        return world.books.behavior(external_id)

    @routes.get("/log")
    async def show_log(external_id: str) -> dict[str, Any]:
        """What the parties were asked and did for one order, and the news they told or still have to tell."""
        return {
            "external_id": external_id,
            "effects": _effects(world, external_id),
            "requests": _requests(world, external_id),
            "news": _news(world, external_id),
        }

    @routes.get("/health")
    async def health() -> dict[str, str]:
        """Whether the parties are there."""
        return {"status": "ok"}

    return routes


def _effects(world: World, external_id: str) -> list[dict[str, Any]]:
    """Everything done, once a key, with how often it was asked."""
    rows = world.books.rows(
        "SELECT r.*, (SELECT count(*) FROM request q WHERE q.party = r.party AND q.path = r.path AND q.key = r.key) "
        "AS asked FROM result r WHERE external_id = ? ORDER BY at, r.rowid",
        external_id,
    )
    names = ("party", "path", "key", "at", "asked")
    return [
        {**{name: row[name] for name in names}, "body": json.loads(row["body"]), "answer": json.loads(row["answer"])}
        for row in rows
    ]


def _requests(world: World, external_id: str) -> list[dict[str, Any]]:
    rows = world.books.rows("SELECT * FROM request WHERE external_id = ? ORDER BY id", external_id)
    return [{name: row[name] for name in ("party", "path", "key", "at", "status")} for row in rows]


def _news(world: World, external_id: str) -> list[dict[str, Any]]:
    rows = world.books.rows("SELECT * FROM news WHERE external_id = ? ORDER BY due, rowid", external_id)
    return [{"due": row["due"], "told": bool(row["told"]), **json.loads(row["body"])} for row in rows]
