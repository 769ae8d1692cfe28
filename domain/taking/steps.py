"""What a person does about a step of a case: skip it, or do it by hand with its result (§4.6)."""

from __future__ import annotations

from domain.inside import Asked
from domain.order import Order
from domain.requests import ReportStep, SkipStep
from domain.steps import StepState


def step_ended(order: Order, fact: Asked, ask: ReportStep | SkipStep) -> Order:
    """The step is over; its playbook reads the result in the desk's next turn."""
    said = (
        {"state": StepState.BY_HAND, "result": ask.result, "reason": ask.note}
        if isinstance(ask, ReportStep)
        else {"state": StepState.SKIPPED, "reason": ask.reason}
    )
    ended = {**said, "by": fact.actor or "operator", "ended_at": fact.at}
    return order.having(
        steps=tuple(step.having(**ended) if step.key == ask.step and step.open else step for step in order.steps)
    )
