"""The order as a run hands it to the next one, and as the books keep it: one value, its schema counted (EC-46).

Fields are only ever added, with defaults that keep the old behavior, so that every older snapshot is read as it is. The
number goes up where that is not enough: then an older one is brought up here, and whoever knows only the older schema
refuses the newer snapshot instead of forgetting half of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.order import Order

SCHEMA = 1
"""The schema that this release writes; 0 are the snapshots from before it was counted."""
KEY = "schema"


class NewerSnapshot(Exception):
    """Operations' to correct: a worker of an older release was given an order of a newer one.

    It fails the workflow task, never the workflow: the order waits, and goes on with the first worker that can read it.
    """


def snapshot_of(order: Order) -> dict[str, Any]:
    """The whole order, for the next run."""
    return {KEY: SCHEMA, **order.model_dump(mode="json")}


def snapshot_text(order: Order) -> str:
    """The order for the books, as JSON, without its edition, which stands there already."""
    return f'{{"{KEY}":{SCHEMA},{order.model_dump_json(exclude={"policy"})[1:]}'


def read_snapshot(snapshot: Mapping[str, Any]) -> Order:
    """The order of a snapshot of this schema or an older one.

    Raises:
        NewerSnapshot: see there.
    """
    schema = snapshot.get(KEY, 0)
    if schema > SCHEMA:
        message = f"the snapshot has schema {schema}, this worker reads up to {SCHEMA}: start the worker of its release"
        raise NewerSnapshot(message)
    return Order.model_validate({name: value for name, value in snapshot.items() if name != KEY})
