"""Houses on the test run's servers."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable

import pytest

from infra.local import EVERYTHING
from infra.settings import Settings
from infra.whereabouts import load_settings
from tests.whole.house import House, open_house


@pytest.fixture(scope="session")
def outside(
    fresh_database: Callable[[], str], temporal_address: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Settings]:
    """Settings of a house on the run's servers as external ones, named by the environment as in production."""

    def settings() -> Settings:
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("ORDERS_DATABASE_URL", fresh_database())
            environment.setenv("ORDERS_NAMESPACE", f"whole-{uuid.uuid4().hex[:8]}")
            if temporal_address:
                environment.setenv("TEMPORAL_ADDRESS", temporal_address)
            return load_settings(ports="auto", data=tmp_path_factory.mktemp("house"), log_format="json")

    return settings


@pytest.fixture(scope="module")
async def house(outside: Callable[[], Settings]) -> AsyncIterator[House]:
    """Everything up."""
    async with open_house(outside()) as everything:
        yield everything


@pytest.fixture(scope="module")
async def house_without_worker(outside: Callable[[], Settings]) -> AsyncIterator[House]:
    """Everything up but the worker."""
    async with open_house(outside(), services=EVERYTHING - {"worker"}) as everything:
        yield everything
