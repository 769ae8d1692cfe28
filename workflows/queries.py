"""What may be read of a running order (§4.12 Query): pure, and answered from what the workflow knows."""

from __future__ import annotations

from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.books import books
    from domain.manual.answers import allowed_actions
    from domain.manual.explain import explain
    from domain.manual.turn import Due
    from domain.order import Order
    from workflows.notebook import Notebook


class OrderQueries:
    """The queries of ``OrderWorkflow``."""

    _order: Order
    _next_due: Due | None
    _notes: Notebook

    @workflow.query(description="The whole order, as the workflow knows it")
    def snapshot(self) -> dict[str, Any]:
        """The order as JSON."""
        return self._order.model_dump(mode="json")

    @workflow.query(description="The latest lines of the timeline")
    def timeline(self) -> list[dict[str, Any]]:
        """Entries as JSON, oldest first."""
        return [entry.model_dump(mode="json") for entry in self._notes.recent]

    @workflow.query(description="Every clock: due, pauses, verdict, responsible")
    def sla(self) -> list[dict[str, Any]]:
        """Clock rows as JSON."""
        return [row.model_dump(mode="json") for row in books(self._order, workflow.now()).clocks]

    @workflow.query(name="allowed_actions", description="What may be asked now")
    def actions(self) -> list[str]:
        """Names of updates."""
        return list(allowed_actions(self._order))

    @workflow.query(name="explain", description="Why it is where it is, and what may be done now")
    def explanation(self) -> dict[str, Any]:
        """Explanation as JSON."""
        return explain(self._order, workflow.now(), self._next_due).model_dump(mode="json")

    @workflow.query(description="Every effect: key, attempts, state")
    def effects(self) -> list[dict[str, Any]]:
        """Effect states as JSON."""
        return [effect.model_dump(mode="json") for effect in self._order.effects]
