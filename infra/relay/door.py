"""The way to an order's workflow: start it once, tell it facts (architecture §3, temporal.md R5-R7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import Priority, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from domain.facts import AT_ONCE, SIGNAL_OF
from domain.late import LateInput
from domain.order_input import OrderInput
from infra.relay.opening import attributes_of, summary_of

WORKFLOW = "OrderWorkflow"
LATE = "LateFactWorkflow"
PRIORITY = 3
FAIRNESS_BYTES = 64
AGAIN = WorkflowIDReusePolicy.ALLOW_DUPLICATE
PATIENCE = timedelta(seconds=5)
"""How long one call to Temporal may take."""


def workflow_id(order_no: str) -> str:
    """The id of an order's workflow, the same in the API, the books and the Temporal UI (SR-160)."""
    return f"order/{order_no}"


def late_id(order_no: str) -> str:
    """The id of the workflow that takes what comes after an order's end."""
    return f"late/{order_no}"


@dataclass(frozen=True)
class Door:
    """The way to the orders' workflows."""

    client: Client
    task_queue: str

    async def start(self, order: OrderInput, *, again: bool = False) -> bool:
        """Start an order's workflow; False where it has one, running or closed, that knows nothing of this input.

        ``again``: one that is closed does not count, for it was ended before the order was over (edge case 42).
        """
        key = order.channel.encode()[:FAIRNESS_BYTES].decode(errors="ignore")
        try:
            # The conflict policy FAIL starts as idempotently as USE_EXISTING, and says whether the input was taken.
            await self.client.start_workflow(
                WORKFLOW,
                order,
                id=workflow_id(order.order_no),
                task_queue=self.task_queue,
                id_reuse_policy=AGAIN if again else WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=attributes_of(order),
                static_summary=summary_of(order),
                priority=Priority(priority_key=PRIORITY, fairness_key=key),
                request_eager_start=True,
                rpc_timeout=PATIENCE,
            )
        except WorkflowAlreadyStartedError:
            return False
        return True

    async def runs(self, order_no: str) -> bool:
        """Whether the order's workflow runs; not where it was ended, or Temporal knows of none."""
        handle = self.client.get_workflow_handle(workflow_id(order_no))
        try:
            described = await handle.describe(rpc_timeout=PATIENCE)
        except RPCError as error:
            if is_closed(error):
                return False
            raise
        return described.status is WorkflowExecutionStatus.RUNNING

    async def tell(self, order_no: str, facts: Sequence[Mapping[str, Any]]) -> bool:
        """Tell a started order facts, oldest first, in as few signals as may be; False where its workflow is closed."""
        handle = self.client.get_workflow_handle(workflow_id(order_no))
        try:
            for begin in range(0, len(facts), AT_ONCE):
                some = facts[begin : begin + AT_ONCE]
                await handle.signal(SIGNAL_OF[some[-1]["kind"]], list(some), rpc_timeout=PATIENCE)
        except RPCError as error:
            if is_closed(error):
                return False
            raise
        return True

    async def tell_late(self, order_no: str, facts: Sequence[Mapping[str, Any]]) -> None:
        """Tell a closed order's late workflow facts, oldest first; it is started where none runs."""
        for begin in range(0, len(facts), AT_ONCE):
            await self.client.start_workflow(
                LATE,
                LateInput(order_no=order_no),
                id=late_id(order_no),
                task_queue=self.task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                start_signal="late_facts",
                start_signal_args=[list(facts[begin : begin + AT_ONCE])],
                static_summary=order_no,
                rpc_timeout=PATIENCE,
            )


def is_closed(error: RPCError) -> bool:
    """Whether Temporal says that a started order's workflow is over (R7)."""
    return error.status is RPCStatusCode.NOT_FOUND and "namespace" not in error.message.lower()
