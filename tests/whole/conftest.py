"""One house for all its tests."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable

import pytest

from infra.local import load_settings
from tests.whole.house import House, open_house


@pytest.fixture(scope="session")
async def house(
    fresh_database: Callable[[], str], temporal_address: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """Everything up, on the run's servers as external ones, named by the environment as in production."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ORDERS_DATABASE_URL", fresh_database())
        environment.setenv("ORDERS_NAMESPACE", f"whole-{uuid.uuid4().hex[:8]}")
        if temporal_address:
            environment.setenv("TEMPORAL_ADDRESS", temporal_address)
        settings = load_settings(ports="auto", data=tmp_path_factory.mktemp("house"))
    async with open_house(settings, {"ORDERS_LOG_FORMAT": "json"}) as everything:
        yield everything
