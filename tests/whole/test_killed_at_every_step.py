"""A worker may die anywhere: before and after every activity of an order's life (§4.12; architecture §3 rule 3)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.stack.own_programs import worker
from tests.evidence import done, doubled, messages
from tests.whole.house import TOLD, House, eventually, order

ROOT = Path(__file__).parents[2]
TURNS = 4
APART = 0.6
"""Seconds between two orders, so that a death hurts few others."""
STEPS = ("audit_order", "enter_order", "release_shipment", *(f"record_order/{turn}" for turn in range(1, TURNS + 1)))
PLACES = [f"{step}/{side}" for step in STEPS for side in ("start", "finish")]


@contextlib.asynccontextmanager
async def dying(house: House, folder: Path) -> AsyncIterator[None]:
    """Workers of which one dies for each order at its place."""
    plan = folder / "plan.json"
    plan.write_text(json.dumps(PLACES))
    command = (sys.executable, "-P", "-m", "tests.whole.mortal", str(plan))
    environment = {**house.stack.environment, "PYTHONPATH": str(ROOT)}
    with (house.stack.folder.logs / "mortal.log").open("wb") as log:
        workers = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    stack = house.stack
    try:
        polls = worker(stack.environment, stack.folder.logs, house.temporal, stack.settings.task_queue).is_ready
        await eventually(polls, "no worker asks for tasks")
        yield
    finally:
        workers.kill()
        await workers.wait()


def burned(folder: Path) -> list[str]:
    """The places at which a worker has died."""
    return [place for number, place in enumerate(PLACES, 1) if (folder / f"{number}.burned").exists()]


@pytest.mark.clause("AC-37")
async def test_at_whatever_step_a_worker_dies_the_order_ends_the_same(
    house_without_worker: House, tmp_path: Path
) -> None:
    house = house_without_worker
    before = house.evidence.shelves()
    names = [f"dies-{number}" for number, _ in enumerate(PLACES)]
    numbers = []
    async with dying(house, tmp_path):
        for name in names:
            numbers.append((await house.posts(order(name))).json()["order_no"])
            await asyncio.sleep(APART)
        ended = await house.see_ended(numbers, within=150)
        told = [await house.log(name) for name in names]
    assert burned(tmp_path) == PLACES
    assert {(one.stage, one.cases) for one in ended} == {("COMPLETED", ())}
    assert [line for log in told for line in doubled(log)] == []
    assert {tuple(sorted(messages(log))) for log in told} == {tuple(sorted(TOLD))}
    for way in (("erp", "/documents"), ("warehouse", "/releases")):
        assert {len(done(log, *way)) for log in told} == {1}
    assert house.evidence.unbalanced(before) == []
