"""Today's workflow replays yesterday's returns (AC-40)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from tests.replay.corpus import RETURNS
from workflows.returns import ReturnWorkflow

with workflow.unsafe.imports_passed_through():
    from domain.returns import ReturnInput

RECORDED = sorted(RETURNS.glob("*.json"))


@workflow.defn(name="ReturnWorkflow")
class HastyReturn(ReturnWorkflow):
    """The return's workflow as somebody changed it without a patch: it waits before it begins."""

    @workflow.init
    def __init__(self, given: ReturnInput) -> None:
        """As before."""
        super().__init__(given)

    @workflow.run
    async def run(self, given: ReturnInput) -> str:
        """As before, a second later."""
        await workflow.sleep(timedelta(seconds=1))
        return await super().run(given)


def history(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(f"return/{path.stem}", path.read_text(encoding="utf-8"))


async def replay(path: Path, defined: type[Any]) -> None:
    replayer = Replayer(workflows=[defined], data_converter=pydantic_data_converter)
    await replayer.replay_workflow(history(path))


def test_a_refund_and_an_exchange_are_kept() -> None:
    assert [path.stem for path in RECORDED] == ["goes_back", "is_exchanged"]


@pytest.mark.clause("AC-40")
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
async def test_a_recorded_return_replays(path: Path) -> None:
    await replay(path, ReturnWorkflow)


@pytest.mark.clause("AC-40")
@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
async def test_a_deliberate_change_without_a_patch_does_not(path: Path) -> None:
    with pytest.raises(workflow.NondeterminismError):
        await replay(path, HastyReturn)
