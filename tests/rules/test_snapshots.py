"""The order as a run hands it on carries the number of its schema, and a run ends when its history is long (EC-46)."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest
from temporalio.exceptions import FailureError

from domain.snapshots import KEY, SCHEMA, NewerSnapshot, read_snapshot, snapshot_of, snapshot_text
from domain.taking.opening import open_order
from tests.rules.story import an_input, delivered
from workflows.runs import is_long


class Told(NamedTuple):
    """A history as the server tells of it."""

    suggested: bool
    length: int

    def is_continue_as_new_suggested(self) -> bool:
        """Whether it wants the run to end."""
        return self.suggested

    def get_current_history_length(self) -> int:
        """How many events there are."""
        return self.length


@pytest.mark.clause("EC-46")
def test_the_snapshot_says_its_schema_and_is_the_order() -> None:
    order = delivered().order
    kept = snapshot_of(order)
    assert kept[KEY] == SCHEMA
    assert open_order(an_input(snapshot=kept)) == order
    in_the_books = json.loads(snapshot_text(order))
    assert in_the_books == {name: value for name, value in kept.items() if name != "policy"}


@pytest.mark.clause("EC-46", "EC-45")
def test_a_snapshot_from_before_it_was_counted_is_read() -> None:
    order = delivered().order
    assert read_snapshot(order.model_dump(mode="json")) == order


@pytest.mark.clause("EC-46", "EC-45")
def test_a_newer_snapshot_is_refused_and_fails_no_workflow() -> None:
    newer = {**snapshot_of(delivered().order), KEY: SCHEMA + 1}
    with pytest.raises(NewerSnapshot, match=f"schema {SCHEMA + 1}, this worker reads up to {SCHEMA}") as refused:
        open_order(an_input(snapshot=newer))
    assert not isinstance(refused.value, FailureError), "Temporal retries the task; only its own failures end an order"


@pytest.mark.clause("EC-46")
@pytest.mark.parametrize(
    ("told", "ends"), [(Told(True, 5), True), (Told(False, 2_001), True), (Told(False, 2_000), False)]
)
def test_a_run_ends_when_the_server_says_so_or_its_history_is_long(told: Told, ends: bool) -> None:
    assert is_long(told, 2_000) is ends
