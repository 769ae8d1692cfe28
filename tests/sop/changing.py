"""What the scenes of change requests ask for and look at."""

from __future__ import annotations

from typing import Any

from domain.policy import STANDARD, Policy
from domain.recall_policy import RecallPolicy
from domain.stage import Stage
from tests.sop.desk import Desk

BY_PEOPLE = STANDARD.having(recall=RecallPolicy())
"""An edition in which people recall goods, and what is released is not cancelled."""


async def asks(desk: Desk, change: str, **fields: Any) -> dict[str, Any]:
    """A change is asked for; what was answered to it."""
    version = (await desk.order()).version
    answer = await desk.asks("submit_change_request", change=change, **{"expected_version": version, **fields})
    return {**answer["change"], "stage": answer["stage"], "version": answer["version"]}


async def states(desk: Desk) -> list[tuple[str, str]]:
    """What was asked to be changed, and where it is."""
    return [(each.change.value, each.state.value) for each in (await desk.order()).change_requests]


async def tasks(desk: Desk) -> list[tuple[str, str]]:
    """What is to be done about changes, and by whom."""
    order = await desk.order()
    return [(task.kind, task.role) for task in order.tasks if task.done_at is None and task.case_no]


async def holds(desk: Desk) -> list[str]:
    """Why it is held."""
    return [str(hold.reason) for hold in (await desk.order()).open_holds]


async def released(desk: Desk, policy: Policy = BY_PEOPLE) -> None:
    """A paid order is at its warehouse."""
    await desk.places(policy=policy)
    await desk.is_paid()
    assert await desk.stage() is Stage.READY_TO_SHIP
