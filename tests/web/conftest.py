"""Fixtures of the ways in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial

import httpx2
import pytest

from api.app import create_app
from api.dependencies import open_parts
from infra.local import load_settings
from tests.web.counter import Counter, Watch, furnish


@pytest.fixture(scope="module")
async def counter(fresh_database: Callable[[], str]) -> AsyncIterator[Counter]:
    """The API on a database of its own, with Temporal out of reach."""
    watch = Watch()
    settings = load_settings(database_url=fresh_database(), temporal_address="127.0.0.1:1")
    app = create_app(partial(open_parts, settings, now=watch))
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://orders") as http:
            sessions = app.state.parts.sessions
            yield Counter(http, await furnish(sessions), sessions, watch)
