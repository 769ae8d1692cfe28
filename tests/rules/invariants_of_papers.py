"""What must hold of an order's papers: changes, cases, effects, messages, coupons, scans, clocks (§4.10)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from domain.effects import EffectKind
from domain.holds import Case
from domain.order import Order
from domain.packages import PackageState, fold
from domain.policy import CaseKind
from domain.recording import ClockRow
from domain.stage import Stage

GONE = {PackageState.LOST, PackageState.DAMAGED, PackageState.RETURNED_TO_SENDER, PackageState.CANCELLED}
ENDED = {Stage.CANCELLED, Stage.REJECTED}
FINAL = ENDED | {Stage.COMPLETED, Stage.RETURNED, Stage.CLOSED}


def of_papers(order: Order, rows: tuple[ClockRow, ...]) -> Iterator[str]:
    """Complaints about what is written of an order and in the ``rows`` of its promises."""
    yield from _papers(order)
    yield from _changes(order)
    yield from _coupons(order)
    yield from _scans(order)
    yield from _verdicts(rows)


def _coupons(order: Order) -> Iterator[str]:
    """16: one coupon a step of an incident, no incident above what it came to, all within the order's cap."""
    steps = Counter((coupon.incident, coupon.step) for coupon in order.coupons)
    if any(times > 1 for times in steps.values()):
        yield f"16: {steps} issued twice"
    due: dict[str, int] = {}
    given: dict[str, int] = {}
    for coupon in order.coupons:
        due[coupon.incident] = max(due.get(coupon.incident, 0), coupon.up_to)
        given[coupon.incident] = given.get(coupon.incident, 0) + (coupon.amount or 0)
    if any(given[incident] > due[incident] for incident in due):
        yield f"16: {given} issued for {due}"
    cap = order.content.total * order.policy.compensation.cap_percent // 100
    if sum(due.values()) > cap and order.version == 1 and not order.amendments:
        yield f"16: {sum(due.values())} of at most {cap}"


def _scans(order: Order) -> Iterator[str]:
    """7: a parcel is where its scans say, in whatever order they came and however often."""
    for package in order.packages:
        if fold(tuple(reversed(package.scans)) + package.scans[:1]) != package.story:
            yield f"7: {package.subject} hangs on the order of its scans"


def _verdicts(rows: tuple[ClockRow, ...]) -> Iterator[str]:
    """9: a clock has one verdict."""
    judged = Counter((row.kind, row.subject, row.start_at) for row in rows)
    for row, times in judged.items():
        if times > 1:
            yield f"9: {row} is judged {times} times"


def _changes(order: Order) -> Iterator[str]:
    """SR-054: one change at a time, each with its case and its hold; nothing outlives its order or its saga."""
    going = [each for each in order.change_requests if each.state == "IN_PROGRESS"]
    waiting = [each for each in order.change_requests if each.state == "QUEUED"]
    holds = [hold for hold in order.holds if hold.reason == "CHANGE_IN_PROGRESS" and hold.released_at is None]
    if len(going) > 1:
        yield "SR-054: two changes at once"
    if {hold.id for hold in holds} != {each.hold for each in going} or len(holds) != len(going):
        yield "11: CHANGE_IN_PROGRESS outlives its change, or lacks"
    if any(case.no not in {each.case for each in going} for case in order.cases if _is_change(case)):
        yield "SR-054: an open case of no change"
    if order.stage in FINAL and (going or waiting):
        yield f"SR-054: {order.stage} with a change that nobody answered"


def _is_change(case: Case) -> bool:
    return case.kind is CaseKind.CHANGE_REQUESTED and case.resolved_at is None


def _papers(order: Order) -> Iterator[str]:
    subjects = [(case.kind, case.subject) for case in order.cases if case.resolved_at is None]
    if len(subjects) != len(set(subjects)):
        yield "10: two open cases of one kind on one subject"
    if any(case.resolved_at and not (case.outcome and case.actor) for case in order.cases):
        yield "10: a case ended without outcome or actor"
    if len({effect.key for effect in order.effects}) != len(order.effects):
        yield "4: an effect key twice"
    if len(set(order.said)) != len(order.said):
        yield "17: a message twice"
    if len([effect for effect in order.effects if effect.kind == EffectKind.AUDIT and effect.status != "DONE"]) > 1:
        yield "13: two versions are audited at once"
