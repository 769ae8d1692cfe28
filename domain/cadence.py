"""The cadences (SR-100…102, A-01, A-05): which schedules a house has, as data; `infra.schedules` keeps them so.

A promotion window adds schedules that begin and end with it, so nothing has to be put back when it is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import time, timedelta
from typing import Any

from domain.sweeps import CollectionRequest, PollRequest, PullRequest, ReconcileRequest, VolumeRequest
from domain.value import Moment, Value

PULL_EVERY = timedelta(minutes=30)
PROMOTION_EVERY = timedelta(minutes=15)
MOMENT = timedelta(seconds=1)
"""Of all runs missed in an outage the last one is made up for, and no other: one is less than an interval ago."""
COLLECTED_AT = (time(9), time(14), time(17))


RECONCILED_EVERY = timedelta(minutes=30)


class PulledChannel(Value):
    """A channel whose orders are pulled."""

    tenant: str = "default"
    channel: str


class PromotionWindow(Value):
    """A promotion: from when to when, under which number."""

    no: int
    starts_at: Moment
    ends_at: Moment


class Cadence(Value):
    """One schedule: a workflow ``every`` so often, aligned to the hour, or ``at`` local times of every day.

    ``waits``: a run that comes due while the last one works waits for it, else it is left out. A time missed by more
    than ``catch_up`` is left out; a run that takes longer than ``within`` is stopped, for it would block the next.
    """

    name: str
    workflow: str
    request: dict[str, Any]
    every: timedelta | None = None
    offset: timedelta = timedelta()
    at: tuple[time, ...] = ()
    zone: str = "UTC"
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    waits: bool = False
    catch_up: timedelta = timedelta(minutes=10)
    within: timedelta


def cadences(
    channels: Iterable[PulledChannel], windows: Iterable[PromotionWindow], zone: str, polled: timedelta | None = None
) -> tuple[Cadence, ...]:
    """Every schedule of the house.

    ``zone``: the business zone; ``windows``: those that are not over; ``polled``: how often carriers are, None: never.
    """
    opened = tuple(windows)
    pulls = [pull for channel in channels for pull in _pulls(channel, opened)]
    polls = [_poll(polled)] if polled else []
    return (*pulls, _collection(zone), *_watching(opened), RECONCILE, *polls)


def _poll(every: timedelta) -> Cadence:
    """Aside from the pulls and the reconciliation; what an outage left out is due still, so one run brings it all."""
    return Cadence(
        name="poll",
        workflow="CarrierPoll",
        request=PollRequest().model_dump(mode="json"),
        every=every,
        offset=every / 5,
        catch_up=max(every - MOMENT, MOMENT),
        within=every * 0.8,
    )


def _pulls(pulled: PulledChannel, windows: tuple[PromotionWindow, ...]) -> Iterator[Cadence]:
    """Every 30 minutes; in a promotion also between two of them."""
    plain = Cadence(
        name=f"pull/{pulled.tenant}/{pulled.channel}",
        workflow="ChannelPull",
        request=PullRequest(tenant=pulled.tenant, channel=pulled.channel).model_dump(mode="json"),
        every=PULL_EVERY,
        catch_up=PULL_EVERY - MOMENT,
        within=timedelta(minutes=14),
    )
    yield plain
    for window in windows:
        yield _during(plain, window, every=PULL_EVERY, offset=PROMOTION_EVERY)


def _collection(zone: str) -> Cadence:
    """Of several slots missed in an outage two runs may be made up for, one after the other: that does no harm.

    A run takes in every document whose slot has come, each at its own slot, which was computed when it was submitted;
    the second run finds nothing left, or what the first one had no time for.
    """
    return Cadence(
        name="collection",
        workflow="OfflineCollection",
        request=CollectionRequest().model_dump(mode="json"),
        at=COLLECTED_AT,
        zone=zone,
        waits=True,
        catch_up=timedelta(hours=12),
        within=timedelta(hours=2),
    )


def _watching(windows: tuple[PromotionWindow, ...]) -> Iterator[Cadence]:
    """The volume is looked at every 30 minutes, to suggest a promotion; in one every 15."""
    plain = Cadence(
        name="volume",
        workflow="PromoMonitor",
        request=VolumeRequest().model_dump(mode="json"),
        every=PULL_EVERY,
        catch_up=PULL_EVERY - MOMENT,
        within=timedelta(minutes=10),
    )
    yield plain
    for window in windows:
        yield _during(plain, window, every=PROMOTION_EVERY, offset=timedelta())


def _during(plain: Cadence, window: PromotionWindow, *, every: timedelta, offset: timedelta) -> Cadence:
    return plain.having(
        name=f"{plain.name}/promotion/{window.no}",
        every=every,
        catch_up=every - MOMENT,
        offset=offset,
        starts_at=window.starts_at,
        ends_at=window.ends_at,
    )


RECONCILE = Cadence(
    name="reconcile",
    workflow="Reconcile",
    request=ReconcileRequest().model_dump(mode="json"),
    every=RECONCILED_EVERY,
    offset=timedelta(minutes=7),
    catch_up=RECONCILED_EVERY - MOMENT,
    within=timedelta(minutes=20),
)
"""The light reconciliation (edge case 42): aside from the pulls, which come on the half hour."""
