"""Every clock's verdict from raw facts alone: §1.3 written a second time, without a line of the house's own code (M1).

``verdicts`` takes the facts as they arrived, as dicts, and says for every clock what came of it. It knows the manual's
figures and the wire's words, nothing else; the promise ledger must say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from tests.rules.independent_book import FINAL, GONE, Book, Raw, came, story, where

HOUR = timedelta(hours=1)
WITHIN = {"C1": 2 * HOUR, "C2": HOUR, "C3": 24 * HOUR, "C4": 48 * HOUR, "C5": 24 * HOUR}
Span = tuple[datetime, datetime | None]


class Clock(NamedTuple):
    """One clock: what is needed to judge it. ``told`` is when its start was reported."""

    kind: str
    subject: str
    start: datetime
    told: datetime
    stop: datetime | None = None
    ended: datetime | None = None
    pauses: tuple[Span, ...] = ()
    due: datetime | None = None


class Judged(NamedTuple):
    """What came of a clock."""

    stop: datetime | None
    due: datetime | None
    verdict: str
    late: bool
    net: float | None


def verdicts(facts: list[Raw], now: datetime) -> dict[tuple[str, str, datetime], Judged]:
    """The verdict of every clock, by kind, subject and start."""
    seen: dict[str, Raw] = {}
    for fact in facts:
        seen.setdefault(fact["id"], fact | {"at": min(fact["occurred_at"], fact["received_at"])})
    clocks = Clocks(list(seen.values())).all()
    return {(clock.kind, clock.subject, clock.start): judge(clock, now) for clock in clocks}


def judge(clock: Clock, now: datetime) -> Judged:
    """Met within the time that counts, breached beyond it, void where its subject went away before."""
    stop = max(clock.stop, clock.start) if clock.stop else None
    ended = max(clock.ended, clock.start) if clock.ended else None
    end = stop or ended or now
    due = clock.due or used_up(clock.start, WITHIN[clock.kind], clock.pauses)
    net = end - clock.start - paused(clock.start, end, clock.pauses)
    over = end > clock.due if clock.due else net > WITHIN[clock.kind]
    verdict = "breached" if over else "met" if stop else "void" if ended else "open"
    late = over and due is not None and clock.told > due
    return Judged(stop, due, verdict, late, net.total_seconds() if stop or ended else None)


def paused(start: datetime, end: datetime, pauses: Iterable[Span]) -> timedelta:
    """How much of the time from ``start`` to ``end`` some pause covers: counted between neighbouring edges."""
    edges = sorted({min(max(edge or end, start), end) for pause in pauses for edge in pause})
    cuts = pairwise(edges)
    covered = (b - a for a, b in cuts if any(since <= a and (until or end) >= b for since, until in pauses))
    return sum(covered, timedelta())


def used_up(start: datetime, within: timedelta, pauses: Iterable[Span]) -> datetime | None:
    """The moment at which the time that counts is used up; None while a pause before it has no end."""
    due = start + within
    while True:
        begun = [(since, until) for since, until in pauses if since <= due]
        if any(until is None for _, until in begun):
            return None
        later = start + within + paused(start, max((until for _, until in begun if until), default=start), begun)
        if later == due:
            return due
        due = later


class Clocks(Book):
    """The clocks of what the facts say."""

    def all(self) -> Iterator[Clock]:
        """Every clock of the order."""
        yield from self._c1()
        yield from self._c4()
        yield from self._c8()
        if self.order["delivery_method"] == "express":
            for parcel in self.parcels.values():
                if "out" in parcel:
                    yield from self._of_parcel(parcel)
        yield from self._c3()

    @property
    def placed(self) -> datetime:
        """When the house's time begins."""
        moment: datetime = self.order["collected_at"] or self.order["placed_at"]
        return moment

    def ended(self) -> datetime | None:
        """When the order was called off or closed."""
        return self.first("ended") or self.first("closed")

    def gate(self) -> tuple[datetime | None, datetime]:
        """When the money was there, and when we heard of the fact that decided it."""
        if self.order["method"] != "prepaid" or self.order["due"] == 0:
            return self.placed, self.order["received_at"]
        total, came = 0, list[Raw]()
        for fact in self.facts:
            if fact["kind"] == "paid" and fact["payment_no"] not in {each["payment_no"] for each in came}:
                came.append(fact)
                total += fact["amount"] if fact["currency"] == self.order["currency"] else 0
            if fact["kind"] == "accepted" or total == self.order["due"]:
                mine = [each for each in came if each["currency"] == self.order["currency"]]
                newest = max(mine, key=lambda each: (each["at"], each["payment_no"]))
                moment = newest["at"] if total == self.order["due"] else max(newest["at"], fact["at"])
                return moment, newest["received_at"]
        return None, self.placed

    def holds(self, *reasons: str) -> tuple[Span, ...]:
        """The times for which holds of these reasons stood."""
        ends = {fact["hold"]: fact["at"] for fact in self.of("released")}
        return tuple((hold["at"], ends.get(hold["hold"])) for hold in self.of("held") if hold["reason"] in reasons)

    def waits(self) -> tuple[Span, ...]:
        """The times for which the customer agreed to wait."""
        return tuple(
            (fact["at"], fact["ship_at"]) for fact in self.of("ship_date_agreed") if fact["ship_at"] > fact["at"]
        )

    def _c1(self) -> Iterator[Clock]:
        paid, stocked = self.gate()[0], self.first("stocked")
        stop = max(paid, stocked) if paid and stocked else None
        pauses = (*self.holds("CUSTOMER_ANSWER", "DESIGN_NOT_FINAL"), *self.waits())
        yield Clock("C1", "order", self.placed, self.order["received_at"], stop, self.ended(), pauses)

    def _c4(self) -> Iterator[Clock]:
        start, told = self.gate()
        if start is None:
            return
        pauses = (*self.holds("CUSTOMER_ANSWER"), *self.waits())
        plans = self.of("planned")
        planned = min((plan["at"] for plan in plans), default=None)
        due = used_up(start, WITHIN["C4"], pauses)
        late = planned and due and planned > due
        stop = self.all_out() if late else None
        yield Clock("C4", "order", start, told, stop, self.ended() if late else planned or self.ended(), pauses)
        for plan in plans if not late else ():
            out, again = self._left(plan)
            yield Clock("C4", f"shipment/{plan['shipment']}", start, told, out, again or self.ended(), pauses)

    def _left(self, plan: Raw) -> tuple[datetime | None, datetime | None]:
        """When all of a shipment had left; or when the units it did not find were planned anew."""
        missed = [fact for fact in self.of("short_picked") if fact["shipment"] == plan["shipment"]]
        parcels = [each for each in self.parcels.values() if each["shipment"] == plan["shipment"] and "out" in each]
        wanted = sum(plan["units"].values()) - sum(fact["quantity"] for fact in missed)
        if parcels and sum(sum(each["units"].values()) for each in parcels) >= wanted:
            return max(each["out"] for each in parcels), None
        later = (other["at"] for other in self.of("planned") if other["at"] > plan["at"])
        return None, None if wanted else min(later, default=None)

    def all_out(self) -> datetime | None:
        """When the last unit of the order had left."""
        out = [each for each in self.parcels.values() if "out" in each]
        shipped = sum(sum(each["units"].values()) for each in out)
        return max(each["out"] for each in out) if out and shipped >= sum(self.order["lines"].values()) else None

    def _c8(self) -> Iterator[Clock]:
        start, told = self.gate()
        dates = [fact["latest_ship_at"] for fact in (self.order, *self.of("ship_by_moved"))]
        if start is None or dates[-1] is None:
            return
        stop, over = self._all_numbered() if self._numbers_count() else self.all_out(), self.ended()
        stop = None if stop and over and stop > over else stop
        yield Clock("C8", "order", start, told, stop, over, due=max(dates[-1], start))

    def _all_numbered(self) -> datetime | None:
        """When the channel had taken a number of the last share of the order, and every unit had its share."""
        shares = {plan["shipment"]: sum(plan["units"].values()) for plan in self.of("planned")}
        for fact in self.of("short_picked"):
            if fact["shipment"] in shares:
                shares[fact["shipment"]] -= fact["quantity"]
        numbered: dict[int, datetime] = {}
        for parcel in self.parcels.values():
            if taken := parcel.get("accepted"):
                numbered[parcel["shipment"]] = min(taken, numbered.get(parcel["shipment"], taken))
        needed = {shipment for shipment, units in shares.items() if units}
        if not needed <= numbered.keys() or sum(shares.values()) < sum(self.order["lines"].values()):
            return None
        return max((numbered[shipment] for shipment in needed), default=None)

    def _numbers_count(self) -> bool:
        return self.order["delivery_method"] == "express" and self.order["channel"] not in ("store", "sales_rep")

    def _of_parcel(self, parcel: Raw) -> Iterator[Clock]:
        subject, out, closed = f"package/{parcel['id']}", parcel["out"], self.first("closed")
        up, taken = parcel.get("uploaded"), parcel.get("accepted")
        stop = up if not self._numbers_count() else max(up, taken) if up and taken else None
        yield Clock("C2", subject, out, parcel["told"], stop, closed)
        yield from self._c5(parcel, subject)
        arrived = [scan["at"] for scan in parcel["scans"] if came(scan)]
        state, since = where(parcel["scans"])
        gone = since if state in GONE else closed
        due = max(parcel["promised"], out)
        yield Clock("C6", subject, out, parcel["told"], min(arrived, default=None), gone, due=due)

    def _c5(self, parcel: Raw, subject: str) -> Iterator[Clock]:
        state, since = where(parcel["scans"])
        over = since if state in FINAL else None
        start, told = parcel["out"], parcel["told"]
        pauses: tuple[Span, ...] = ()
        silent = True
        for scan in story(parcel["scans"]):
            if scan["state"] in ("LABELLED", "UNKNOWN") or scan["at"] <= start or (over and start >= over):
                continue
            if silent:
                yield Clock("C5", subject, start, told, scan["at"], None, pauses)
            start, told, silent = scan["at"], scan["received_at"], scan["state"] != "LOST"
            pauses = ((start, None),) if scan["state"] == "READY_FOR_PICKUP" else ()
        if silent and (over is None or start == parcel["out"]):
            yield Clock("C5", subject, start, told, over, self.first("closed"), pauses)

    def _c3(self) -> Iterator[Clock]:
        sent = [each for each in self.parcels.values() if "out" in each]
        ends = [(*where(each["scans"]), each) for each in sent]
        signed = [(since, each["id"], each) for state, since, each in ends if state == "DELIVERED" and since]
        if self.all_out() and signed and all(state in FINAL for state, _, _ in ends):
            start, _, last = max(signed)
            told = next(scan["received_at"] for scan in story(last["scans"]) if scan["state"] == "DELIVERED")
            cleared = {fact["case"]: fact["at"] for fact in self.of("cleared")}
            doubts = tuple((fact["at"], cleared.get(fact["case"])) for fact in self.of("doubted"))
            pauses = (*self.holds("DISPUTE"), *doubts)
            yield Clock("C3", "order", start, told, self.first("completed"), self.first("closed"), pauses)
