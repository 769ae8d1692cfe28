"""Reading an order's history as the Temporal UI shows it: timers by name, attributes, and what it cost."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from tests.sop.patience import until
from workflows.order import OrderWorkflow

SANDBOX = SandboxedWorkflowRunner(
    restrictions=SandboxRestrictions.default.with_passthrough_modules("domain", "pydantic", "pydantic_core")
)
"""Refuses what a workflow must not do: a clock, chance, a file."""
OUTSIDE = UnsandboxedWorkflowRunner()
"""As the worker runs it: the sandbox costs a third of the process."""

ACTIONS = {
    "WORKFLOW_EXECUTION_STARTED",
    "WORKFLOW_EXECUTION_SIGNALED",
    "WORKFLOW_EXECUTION_UPDATE_ACCEPTED",
    "ACTIVITY_TASK_SCHEDULED",
    "TIMER_STARTED",
    "UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
}
"""Events that are an action each; all local activities of a workflow task are one more."""


@dataclass(frozen=True)
class Figures:
    """What an order cost (performance.md, Budgets)."""

    events: int
    workflow_tasks: int
    actions: int


def name_of(event: HistoryEvent) -> str:
    """The event's name, short."""
    return EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")


def summary_of(event: HistoryEvent) -> str:
    """The words beside an event in the timeline."""
    data = event.user_metadata.summary.data
    return str(json.loads(data)) if data else ""


async def history_of(handle: WorkflowHandle[Any, Any]) -> WorkflowHistory:
    """The whole history, once no workflow task is under way."""

    async def rests() -> bool:
        return not (await handle.describe()).raw_description.HasField("pending_workflow_task")

    await until(rests)
    return await handle.fetch_history()


async def replays(
    *histories: WorkflowHistory, workflow: type = OrderWorkflow, runner: WorkflowRunner = OUTSIDE
) -> None:
    """Each history comes out of today's code (or of ``workflow``); raises where one does not."""

    async def each() -> AsyncIterator[WorkflowHistory]:
        for history in histories:
            yield history

    replayer = Replayer(
        workflows=[workflow],
        workflow_runner=runner,
        data_converter=pydantic_data_converter,
        build_id="scenes",  # else it is made from every loaded module
    )
    await replayer.replay_workflows(each())


async def events_of(handle: WorkflowHandle[Any, Any]) -> list[HistoryEvent]:
    """All its events."""
    return list((await history_of(handle)).events)


async def pending_timers(handle: WorkflowHandle[Any, Any]) -> list[str]:
    """The names of the timers that are still to ring."""
    waiting: dict[int, str] = {}
    for event in await events_of(handle):
        match name_of(event):
            case "TIMER_STARTED":
                waiting[event.event_id] = summary_of(event)
            case "TIMER_CANCELED":
                del waiting[event.timer_canceled_event_attributes.started_event_id]
            case "TIMER_FIRED":
                del waiting[event.timer_fired_event_attributes.started_event_id]
            case _:
                pass
    return list(waiting.values())


def figures(events: list[HistoryEvent]) -> Figures:
    """Events, workflow tasks and actions of a history."""
    names = [name_of(event) for event in events]
    markers = [event for event in events if name_of(event) == "MARKER_RECORDED"]
    local = {event.marker_recorded_event_attributes.workflow_task_completed_event_id for event in markers}
    return Figures(
        events=len(events),
        workflow_tasks=names.count("WORKFLOW_TASK_COMPLETED"),
        actions=sum(name in ACTIONS for name in names) + len(local),
    )
