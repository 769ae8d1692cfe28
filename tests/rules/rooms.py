"""The rooms that are searched one at a time: a life led to where a playbook begins, and what may happen there (M2).

From its start everything is asked in every order within the room's bounds: each party answers in each way, people do
each thing they may, parcels arrive or not, time passes to the next due.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.rules.happenings import Told
from tests.rules.happenings import events as events_of_an_order
from tests.rules.model import Event, Room, Start, State
from tests.rules.model import begin as placed
from tests.rules.rooms_of_parcels import (
    COUPONS,
    OUTBOUND,
    PARCEL,
    cancelled,
    coupons,
    late_and_dear,
    outbound,
    overdue,
    parcel,
    released,
    silent,
    taken_back,
)
from tests.rules.rooms_of_wishes import (
    APPLICATIONS,
    CLAIMED,
    SHORTAGE,
    WISHED,
    applications,
    claims,
    lacking,
    placed_only,
    shortage,
    signed_for,
    wishes,
)
from tests.rules.story import running


def begin(start: Start) -> State:
    """The order just placed, or come to its room."""
    return ROOMS[start.room].entered(start.oddities) if start.room else placed(start)


def events(state: State) -> Iterator[Event]:
    """Everything that may happen next within the bounds."""
    if state.room is None:
        yield from events_of_an_order(state)
        return
    if state.order.final:
        return
    first = next(iter(running(state.order)), None)
    for event in (*state.room.happens(Told(state)), *_time(state)):
        overtakes = first is not None and first.key != getattr(next(iter(event.facts), None), "key", "")
        odd = event.odd + overtakes
        if odd <= state.left:
            yield event._replace(odd=odd)


def _time(state: State) -> Iterator[Event]:
    assert state.room is not None
    if state.decision.next_due:
        yield Event("time", odd=state.room.patience)


ROOMS = {
    "parcel": Room(silent, parcel, PARCEL),
    "outbound": Room(overdue, outbound, OUTBOUND),
    "shortage": Room(lacking, shortage, SHORTAGE),
    "wishes": Room(placed_only, wishes, WISHED),
    "applications": Room(released, applications, APPLICATIONS),
    "claims": Room(signed_for, claims, CLAIMED),
    "cancelled": Room(taken_back, cancelled, APPLICATIONS),
    "coupons": Room(late_and_dear, coupons, COUPONS),
}
