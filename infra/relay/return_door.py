"""The way to a return's workflow: started once, told facts (§4.12 ``return/{order_no}/{n}``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from domain.returns import Return, ReturnInput, return_id
from infra.relay.door import PATIENCE, is_closed

WORKFLOW = "ReturnWorkflow"


def return_workflow_id(order_no: str, number: int) -> str:
    """The id of a return's workflow, the same in the API and the Temporal UI."""
    return f"return/{return_id(order_no, number)}"


@dataclass(frozen=True)
class ReturnDoor:
    """The way to the returns' workflows."""

    client: Client
    task_queue: str

    async def start(self, its: Return) -> None:
        """Start a return's workflow; one that was started before stays as it is."""
        try:
            await self.client.start_workflow(
                WORKFLOW,
                ReturnInput(given=its),
                id=return_workflow_id(its.order_no, its.number),
                task_queue=self.task_queue,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=f"{its.kind} {its.id}",
                rpc_timeout=PATIENCE,
            )
        except WorkflowAlreadyStartedError:
            return

    async def tell(self, order_no: str, number: int, facts: Sequence[Mapping[str, Any]]) -> bool:
        """Tell a return facts, oldest first; False where its workflow is over, or not there yet."""
        handle = self.client.get_workflow_handle(return_workflow_id(order_no, number))
        try:
            await handle.signal("return_event", list(facts), rpc_timeout=PATIENCE)
        except RPCError as error:
            if is_closed(error):
                return False
            raise
        return True
