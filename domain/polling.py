"""Asking carriers by the clock (SR-032, M13): which parcel is due when, and what an answer tells that nobody knew.

A scan is the same fact whether the carrier told it, was asked by its order, or is polled (``ScanSeen.fact_id``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from domain.inquiries import CarrierAnswer, ScanSeen
from domain.polling_policy import PollingPolicy
from domain.value import Moment, Value

CARRIER = "carrier"


class LiveParcel(Value):
    """A parcel on its way, as the books know it: its latest news, the dues of its clocks, when it was asked for last.

    ``silent_since`` and ``stalls_at`` are of its C5 as its order last saw it; ``known`` are the scans that it took.
    """

    order_no: str
    tenant: str = "default"
    package: str
    tracking_number: str
    carrier: str = ""
    edition: str = ""
    outbound_at: Moment
    told_at: Moment | None = None
    silent_since: Moment | None = None
    stalls_at: Moment | None = None
    promised_at: Moment | None = None
    polled_at: Moment | None = None
    known: tuple[str, ...] = ()


def next_poll(policy: PollingPolicy, parcel: LiveParcel) -> datetime | None:
    """When the carrier is to be asked for it next; None where its edition polls nothing.

    News puts it off; from ``near`` a due on, and until then, every run asks.
    """
    if policy.every is None:
        return None
    fresh = max(_news(parcel), parcel.polled_at or parcel.outbound_at) + policy.fresh_for
    sooner = [moment for due in _dues(parcel) if (moment := max(due - policy.near, _next_run(policy, parcel))) <= due]
    return min([fresh, *sooner])


def _news(parcel: LiveParcel) -> datetime:
    return max(filter(None, (parcel.outbound_at, parcel.silent_since, parcel.told_at)))


def _next_run(policy: PollingPolicy, parcel: LiveParcel) -> datetime:
    asked = parcel.polled_at
    return asked + policy.every if asked and policy.every else parcel.outbound_at


def _dues(parcel: LiveParcel) -> Iterator[datetime]:
    """C5 counts from the latest news, of which its order may not have heard yet; C6 never moves."""
    if parcel.stalls_at and parcel.silent_since:
        yield parcel.stalls_at + (_news(parcel) - parcel.silent_since)
    if parcel.promised_at:
        yield parcel.promised_at


def unheard(parcel: LiveParcel, answer: CarrierAnswer) -> tuple[ScanSeen, ...]:
    """The scans of an answer that the order of the parcel has not taken."""
    return tuple(scan for scan in answer.scans if scan.fact_id not in parcel.known)


def as_told(parcel: LiveParcel, scan: ScanSeen) -> dict[str, Any]:
    """The scan as the carrier itself would have reported it; ``via`` says that it was asked for."""
    said = scan.model_dump(mode="json", include={"state", "code", "location", "by_recipient"})
    return {
        "source": CARRIER,
        "event_id": scan.event_id,
        "kind": "carrier_scan",
        "occurred_at": scan.occurred_at.isoformat(),
        "order_no": parcel.order_no,
        "tracking_number": parcel.tracking_number,
        "data": {"tracking_number": parcel.tracking_number, **said},
        "via": "poll",
    }
