"""The reference for acknowledgements: FastAPI, the same pydantic body, one committed insert, and nothing else."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from api.shapes import PostedOrder

DATABASE = "BENCH_DATABASE_URL"
TABLE = """
CREATE TABLE IF NOT EXISTS plain_order (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    channel text NOT NULL,
    external_id text NOT NULL,
    body jsonb NOT NULL)"""
INSERT = "INSERT INTO plain_order (channel, external_id, body) VALUES (%s, %s, %s) RETURNING id"


def create_app() -> FastAPI:
    """The application; the database is named by the environment."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncConnectionPool(os.environ[DATABASE], min_size=4, max_size=10, open=False) as pool:
            async with pool.connection() as connection:
                await connection.execute(TABLE)
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/orders", status_code=201)
    async def place_order(order: PostedOrder, request: Request) -> dict[str, int]:
        """201 says that the order is committed."""
        values = (order.channel, order.external_id, Jsonb(order.model_dump(mode="json")))
        async with request.app.state.pool.connection() as connection:
            row = await (await connection.execute(INSERT, values)).fetchone()
        return {"id": row[0]}

    return app
