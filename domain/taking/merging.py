"""Two orders of one buyer to one address, neither audited: a person is asked whether they become one (edge case 57).

Nothing is merged by itself. Whoever sees to it asks for the change ``MERGE``, or leaves the orders apart.
"""

from __future__ import annotations

from domain.holds import Task
from domain.order import Order
from domain.order_input import OrderInput
from domain.transitions import INTAKE

KIND = "SUGGEST_MERGE"


def suggested(given: OrderInput) -> tuple[Task, ...]:
    """The task of the later of the two; none where it is suspected to be the same order twice."""
    if not given.beside or given.duplicate_of or given.test:
        return ()
    about = {"order_no": given.beside, "ask": "submit_change_request", "change": "MERGE"}
    key, role = f"merge/{given.beside}", "customer_service"
    return (Task(key=key, kind=KIND, role=role, opened_at=given.received_at, params=about),)


def open_suggestions(order: Order) -> set[str]:
    """The suggestions that are not over: nothing was asked for yet, and the order is not audited."""
    asked = any(each.change == "MERGE" for each in order.change_requests)
    if order.stage not in INTAKE or asked:
        return set()
    return {task.key.partition("/")[2] for task in order.tasks if task.kind == KIND}
