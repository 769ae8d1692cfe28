"""Every room of the playbooks searched: parcels, late goods, shortages, changes, claims, cancels (M2, §4.10)."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from itertools import islice
from typing import Any

import pytest

from domain import transitions
from domain.policy import CaseKind
from domain.stage import Stage
from tests.rules.model import Start
from tests.rules.rooms import ROOMS
from tests.rules.search import dead_ends, explore
from tests.rules.test_search import explained

STARTS = {
    Start("prepaid", 1, 1, room="parcel"): 1_000,
    Start("prepaid", 1, 1, room="outbound"): 250,
    Start("prepaid", 1, 1, room="shortage"): 300,
    Start("prepaid", 1, 0, room="wishes"): 200,
    Start("prepaid", 1, 1, room="applications"): 500,
    Start("prepaid", 1, 1, room="claims"): 200,
    Start("prepaid", 1, 1, room="cancelled"): 150,
    Start("prepaid", 1, 3, room="coupons"): 150,
}
"""The searches, and how many states each shows at least: it must not shrink unnoticed."""
MANY = 60
"""So many states of a room are explained."""
searched = cache(explore)
pytestmark = pytest.mark.timeout(600)
each_room = pytest.mark.parametrize("start", STARTS, ids=lambda start: start.room)


@pytest.fixture(scope="module", autouse=True)
def forgotten_after() -> Iterator[None]:
    """What was searched is large."""
    yield
    searched.cache_clear()
    gc.unfreeze()


@pytest.mark.clause("SR-131", "SR-132", "SR-054", "SR-033")
@each_room
def test_nothing_that_may_happen_in_a_room_breaks_an_invariant(start: Start) -> None:
    found = searched(start)
    assert found.complaints == []
    assert dead_ends(found) == []
    assert len(found.nodes) >= STARTS[start]


@each_room
def test_the_table_allows_what_happens_in_a_room(start: Start) -> None:
    rows = {row.event: row for row in transitions.REQUESTS + transitions.FACTS}
    for node in searched(start).nodes.values():
        for edge in node.edges:
            before, told, _ = edge.stages
            row = rows.get(edge.event.name)
            if row is not None:
                assert before in row.stages, edge.event
                assert before is told or (before, told) in row.moves, edge.event


@pytest.mark.clause("AC-55")
@each_room
def test_explain_says_in_a_room_what_may_be_done_and_why_not(start: Start) -> None:
    nodes = searched(start).nodes
    for node in islice(nodes.values(), None, None, 1 + len(nodes) // MANY):
        explained(node.state)


def test_every_room_is_searched_and_every_case_of_its_playbook_seen() -> None:
    assert {start.room for start in STARTS} == ROOMS.keys()
    nodes = [node for start in STARTS for node in searched(start).nodes.values()]
    assert {case.kind for node in nodes for case in node.state.order.cases} >= SEEN
    assert {node.state.order.stage for node in nodes} >= {
        Stage.COMPLETED,
        Stage.CANCELLED,
        Stage.RETURNED,
        Stage.CLOSED,
    }


SEEN = {
    *(CaseKind.LOGISTICS_STALLED, CaseKind.LOGISTICS_DELAY, CaseKind.DELIVERY_FAILED, CaseKind.LOST_OR_DAMAGED),
    *(CaseKind.RETURN_TO_SENDER, CaseKind.DOUBLE_DELIVERY, CaseKind.OUTBOUND_OVERDUE, CaseKind.INFO_ERROR),
    *(CaseKind.STOCK_SHORTAGE, CaseKind.CHANGE_REQUESTED, CaseKind.NOT_RECEIVED_CLAIM, CaseKind.MIS_SHIPMENT),
    *(CaseKind.REFUND_REPLY_DUE, CaseKind.REFUND_FAILED, CaseKind.CANCEL_AFTER_SHIP),
}


# -- worlds in which a playbook forgets to look ----------------------------------------------------------------------


def _never(*_: Any, **__: Any) -> bool:
    return False


FORGOTTEN: dict[tuple[str, str], tuple[Callable[..., Any], str]] = {
    ("domain.manual.watch", "_keep_in_sight"): (_never, "outbound"),
    ("domain.manual.first_steps", "asked_first"): (_never, "outbound"),
    ("domain.manual.outbound_playbook", "_is_with_warehouse"): (_never, "outbound"),
}
"""A question that a playbook asks before it acts, what it is told instead, and the room in which that is missed.

The others of the playbooks' own questions are changed by `make mutants`.
"""


@pytest.mark.parametrize("where", FORGOTTEN, ids=lambda where: ".".join(where).removeprefix("domain.manual."))
def test_what_a_playbook_looks_at_is_missed_where_it_does_not(
    where: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told, room = FORGOTTEN[where]
    monkeypatch.setattr(import_module(where[0]), where[1], told)
    start = next(start for start in STARTS if start.room == room)
    found = explore(start, first_only=True)
    assert found.complaints or len(found.nodes) < STARTS[start], "neither wrong nor less than there has to be"
