"""C5: one window of silence after another, from outbound, then from each movement, until the parcel's end (§1.3).

A corrected number begins anew: what moved under the old one was not this parcel (edge case 22).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from domain.clocks import Clock, Pause
from domain.packages import FINAL, PackageState, Scan, distinct, fold
from domain.sending_anew import ended_at
from domain.shipments import Package, VoidNumber


class Seen(NamedTuple):
    """What was seen under one number, when that journey was over, and until when somebody waited for it."""

    scans: tuple[Scan, ...]
    final: datetime | None
    until: datetime | None


def windows(first: Clock, package: Package) -> Iterator[Clock]:
    """Every window of the package, given the clock that runs from its outbound."""
    window = first
    for void in package.voided_numbers:
        if void.until > window.start_at:
            yield from _windows(window.having(ended_at=void.until), _of_void(void))
            window = first.having(
                start_at=void.until,
                start_event="number_corrected",
                known_at=void.until_received,
                start_source=void.source,
            )
    yield from _windows(window, Seen(package.scans, ended_at(package), package.superseded_at))


def _of_void(void: VoidNumber) -> Seen:
    story = fold(void.scans)
    over = story.since is not None and story.state in FINAL and story.since <= void.until
    return Seen(void.scans, story.since if over else None, void.until)


def _windows(window: Clock, seen: Seen) -> Iterator[Clock]:
    lost = False
    for scan in _movements(seen, window.start_at):
        if not lost:
            yield window.having(stop_at=scan.at, stop_event="scan")
        if seen.final is not None and scan.at >= seen.final:
            return
        waiting, lost = scan.state is PackageState.READY_FOR_PICKUP, scan.state is PackageState.LOST
        window = window.having(
            start_at=scan.at,
            start_event="scan",
            known_at=scan.received_at,
            start_source="carrier",
            pauses=(Pause(since=scan.at),) if waiting else (),
            cause="in_transit",
        )
    if not lost:
        yield window.having(stop_at=seen.final, stop_event="scan" if seen.final else "")


def _movements(seen: Seen, last: datetime) -> Iterator[Scan]:
    """The distinct scans that show movement, first of each moment, while somebody waits for it."""
    for scan in distinct(seen.scans):
        if scan.moves and not (seen.until and scan.at > seen.until) and scan.at > last:
            last = scan.at
            yield scan
