"""Today's workflow replays yesterday's orders; a change that it could not would be caught here (AC-40, M16).

``RECORD_HISTORIES=1 make test ARGS=tests/replay`` records the lives anew: after a release, never to make a test pass.
"""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow

from tests.replay.corpus import keep, name_of, read, recorded, text_of
from tests.replay.lives import LIVES
from tests.replay.playbooks import PLAYBOOKS
from tests.sop.conftest import desk, house, lived, new_desk
from tests.sop.desk import Desk
from tests.sop.history import history_of, replays
from workflows.order import OrderWorkflow

with workflow.unsafe.imports_passed_through():
    from domain.order_input import OrderInput
    from domain.recording import Recording

__all__ = ["desk", "house", "lived", "new_desk"]
RECORDED = recorded()
BROKEN = {life.__name__ for life in PLAYBOOKS}
MOST_EVENTS = 300
"""What an order may write into its history in which one thing broke."""
CAUGHT = (workflow.NondeterminismError, RuntimeError)
"""Another command than the recorded one, or a recorded outcome that reached another step and cannot be read there."""
MACHINE = re.compile(r"/(?:root|home|work|tmp)\b|\d+@[\w-]+|https?://")


@workflow.defn(name="OrderWorkflow")
class HastyChange(OrderWorkflow):
    """The order's workflow as somebody changed it without a patch: it waits before it begins."""

    @workflow.init
    def __init__(self, given: OrderInput) -> None:
        """As before."""
        super().__init__(given)

    @workflow.run
    async def run(self, given: OrderInput) -> str:
        """As before, a second later."""
        await workflow.sleep(timedelta(seconds=1))
        return await super().run(given)


@workflow.defn(name="OrderWorkflow")
class RecordsTwice(OrderWorkflow):
    """The order's workflow with one step more: every turn is recorded twice."""

    @workflow.init
    def __init__(self, given: OrderInput) -> None:
        """As before."""
        super().__init__(given)

    @workflow.run
    async def run(self, given: OrderInput) -> str:
        """As before."""
        return await super().run(given)

    async def _record(self, recording: Recording) -> None:
        await super()._record(recording)
        await super()._record(recording)


@workflow.defn(name="OrderWorkflow")
class ShowsNothing(OrderWorkflow):
    """The order's workflow with one step less: the search attributes stay as they are."""

    @workflow.init
    def __init__(self, given: OrderInput) -> None:
        """As before."""
        super().__init__(given)

    @workflow.run
    async def run(self, given: OrderInput) -> str:
        """As before."""
        return await super().run(given)

    def _show(self, *shown: Any) -> None:
        del shown


def test_every_life_has_its_history() -> None:
    assert {name_of(path) for path in RECORDED} == set(LIVES)


@pytest.mark.clause("AC-40", "SR-001", "EC-45")
@pytest.mark.parametrize("path", RECORDED, ids=name_of)
async def test_a_recorded_order_replays(path: Path) -> None:
    await replays(read(path))


@pytest.mark.clause("AC-40", "EC-45")
@pytest.mark.parametrize("changed", [HastyChange, RecordsTwice, ShowsNothing])
@pytest.mark.parametrize("path", RECORDED, ids=name_of)
async def test_a_deliberate_change_without_a_patch_does_not(path: Path, changed: type[Any]) -> None:
    with pytest.raises(CAUGHT):
        await replays(read(path), workflow=changed)


@pytest.mark.parametrize("path", RECORDED, ids=name_of)
def test_a_kept_history_tells_of_no_machine(path: Path) -> None:
    assert MACHINE.findall(text_of(path)) == []


@pytest.mark.clause("AC-24", "AC-26", "AC-29", "SR-130", "SR-132b", "SR-034")
@pytest.mark.parametrize("path", [path for path in RECORDED if name_of(path) in BROKEN], ids=name_of)
def test_a_playbook_from_its_first_step_to_the_orders_end_keeps_to_its_budget(path: Path) -> None:
    events = list(read(path).events)
    print(f"{name_of(path)}: {len(events)} events")  # noqa: T201
    assert events[-1].HasField("workflow_execution_completed_event_attributes"), "lived to its end"
    assert len(events) <= MOST_EVENTS


def test_the_histories_ask_under_the_same_keys() -> None:
    asked = {
        json.loads(text_of(path))["events"][0]["workflowExecutionStartedEventAttributes"]["workflowId"]: re.findall(
            r'"activityId":"([^"]+)"', text_of(path)
        )
        for path in RECORDED
    }
    for workflow_id, keys in asked.items():
        number = workflow_id.removeprefix("order/")
        assert all(re.fullmatch(rf"{number}/[a-z_]+/.+:\d+", key) for key in keys), keys


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.thorough) if name in BROKEN else name for name in LIVES]
)
async def test_a_life_lived_today_replays(name: str, desk: Desk) -> None:
    await LIVES[name](desk)
    await desk.handle.result()
    history = await history_of(desk.handle)
    await replays(history)
    if os.environ.get("RECORD_HISTORIES"):
        keep(name, history, packed=name in BROKEN)
