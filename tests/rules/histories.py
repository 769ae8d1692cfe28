"""Random histories of an order: everything that may happen to it, late, twice and in any order, near every boundary.

``history(seed)`` plans what happens; ``Teller`` reports it to the house in the order of arrival, keeps the raw facts
for the independent judge, and now and then lets the desk look.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from domain.effects import Allocation, AuditOutcome, Content, EffectKind, EnterOutcome, ReserveOutcome
from domain.facts import Fact, parse
from domain.holds import EffectState
from domain.inside import Asked, Outcome
from domain.manual.answers import refusal, resolvable
from domain.manual.decide import decide
from domain.order import Order
from domain.policy import CaseKind
from domain.requests import ResolveCase
from domain.taking.after import after
from domain.taking.opening import open_order
from tests.rules.story import NUMBER, PLACED, a_content, a_line, an_input, done, the_party_does_it

HOUR = timedelta(hours=1)
ROAD = ("PICKED_UP", "IN_TRANSIT", "IN_TRANSIT", "ON_HOLD", "OUT_FOR_DELIVERY", "DELIVERY_FAILED", "READY_FOR_PICKUP")
ENDS = ("DELIVERED", "DELIVERED", "DELIVERED", "RETURNED_TO_SENDER", "LOST", "DAMAGED", "READY_FOR_PICKUP", "")


class News(NamedTuple):
    """A fact and when the house hears of it."""

    received_at: datetime
    fact: Fact


class History:
    """What happens to one order, made from one seed."""

    def __init__(self, seed: int) -> None:
        """Think of an order and its fate."""
        self.random = Random(seed)
        self.news: list[News] = []
        self._number = 0
        pick = self.random.choice
        sizes = [self.random.randint(1, 3) for _ in range(pick((1, 1, 2)))]
        self.content: Content = a_content(
            *(a_line(str(line), size) for line, size in enumerate(sizes, 1)),
            payment_method=pick(("prepaid", "prepaid", "prepaid", "cod", "credit")),
            delivery_method=pick(("express",) * 7 + ("pickup",)),
        )
        self.collected_at = pick((None,) * 6 + (PLACED + 5 * HOUR,))
        self.placed = self.collected_at or PLACED
        self.given = an_input(
            self.content,
            channel=pick(("tmall", "tmall", "store")),
            collected_at=self.collected_at,
            received_at=self.placed + pick((timedelta(), timedelta(minutes=2), 3 * HOUR)),
            latest_ship_at=pick((None, None, self.placed + self.near(40))),
            promised_delivery_date=pick((None, None, date(2026, 11, 27))),
        )
        self._intake()
        self._warehouse()
        self._people()
        self.news.sort(key=lambda news: news.received_at)

    # -- tools ---------------------------------------------------------------------------------------------------

    def near(self, hours: float) -> timedelta:
        """About so many hours: exactly, a second off, or anywhere around."""
        seconds = self.random.choice((0, -1, 1, 0, self.random.randint(-3000, 3000), self.random.randint(0, 90_000)))
        return max(hours * HOUR + timedelta(seconds=seconds), timedelta())

    def happens(self, at: datetime, kind: str, **data: Any) -> None:
        """A fact, reported at once, soon, or much too late; sometimes twice, sometimes with a clock that runs ahead."""
        lag = self.random.choice((timedelta(),) * 8 + (timedelta(minutes=5), 3 * HOUR, 30 * HOUR, -timedelta(minutes=9)))
        self._number += 1
        fact = parse({"id": f"f{self._number:03}", "kind": kind, "occurred_at": at, "received_at": at + lag, **data})
        self._hear(fact)

    def _hear(self, fact: Fact) -> None:
        self.news.append(News(fact.received_at, fact))
        if self.random.random() < 0.15:
            self.news.append(News(fact.received_at + self.near(6), fact))

    def _done(self, at: datetime, kind: EffectKind, cause: str, outcome: Outcome) -> None:
        key = f"{NUMBER}/{kind}/{cause}"
        self.news.append(News(at, done(EffectState(key=key, kind=kind, cause=cause, since=at), outcome, at)))

    def _asked(self, at: datetime, kind: str, **ask: Any) -> None:
        self._number += 1
        times = {"id": f"a{self._number}", "occurred_at": at, "received_at": at}
        self.news.append(News(at, Asked(ask={"kind": kind, "request_id": f"r{self._number}", **ask}, **times)))  # type: ignore[arg-type]  # pydantic reads the dict

    # -- what happens --------------------------------------------------------------------------------------------

    def _intake(self) -> None:
        short = self.random.random() < 0.3
        lines = [(line.line, line.quantity) for line in self.content.lines]
        self.places = {"1": "SH", "2": self.random.choice(("SH", "BJ"))}
        found = tuple(
            Allocation(line=line, warehouse=self.places[line], quantity=quantity - short)
            for line, quantity in lines
            if quantity > short
        )
        heard = self.given.received_at
        audited = AuditOutcome(version=1, content=self.content, allocations=found)
        self._done(heard + timedelta(seconds=1), EffectKind.AUDIT, "1", audited)
        self.stocked = heard + timedelta(seconds=1)
        if short:
            rest = tuple(Allocation(line=line, warehouse=self.places[line], quantity=1) for line, _ in lines)
            self.stocked = max(self.placed + self.near(2), heard + timedelta(seconds=2))
            self._done(self.stocked, EffectKind.RESERVE, "1", ReserveOutcome(allocations=rest))
        self.paid = self.placed + self.near(self.random.choice((0.1, 2, 2)))
        for number, amount in enumerate(self._amounts(), 1):
            at = self.paid + (number - 1) * HOUR
            self.happens(at, "paid", payment_no=f"p{number}", amount=amount, currency="CNY")
        self.entered = max(self.paid, self.stocked) + self.random.choice((timedelta(minutes=1), self.near(40)))
        self._done(self.entered, EffectKind.ENTER, "1", EnterOutcome(document="E1"))

    def _amounts(self) -> tuple[int, ...]:
        due = self.content.total
        if self.content.payment_method != "prepaid":
            return self.random.choice(((), (), (due,)))
        return self.random.choice(((due,),) * 6 + ((due - 1, 1), (due, due), (due + 1,), (due - 1,), ()))

    def _warehouse(self) -> None:
        """Two parcels at most; the numbers are known before the parcel leaves, or after."""
        loads = [(1, {line.line: line.quantity}) for line in self.content.lines]
        if self.places["2"] == "BJ":
            loads = [(number, load) for number, (_, load) in enumerate(loads, 1)]
        elif self.random.random() < 0.6:
            loads = [(1, {line.line: line.quantity for line in self.content.lines})]
        if self.random.random() < 0.15:
            loads = self._missing(loads)
        out = max(self.paid, self.entered) + self.near(self.random.choice((1, 46, 48)))
        for package, (shipment, load) in enumerate(loads, 1):
            left = max(out + (package - 1) * self.near(2), self.entered + HOUR)
            moved = [{"line": line, "quantity": quantity} for line, quantity in load.items() if quantity]
            if moved:
                self.happens(left - 2 * HOUR, "picked", shipment=shipment)
                self.happens(left - HOUR, "packed", shipment=shipment)
                self.happens(left, "outbound", package=str(package), lines=moved, shipment=shipment)
                self._numbered(left, shipment, str(package))

    def _missing(self, loads: list[tuple[int, dict[str, int]]]) -> list[tuple[int, dict[str, int]]]:
        """The shelf lacks a unit of the first line; it is found elsewhere and goes in a shipment of its own."""
        at = self.entered + timedelta(minutes=20)
        self.happens(at, "short_picked", shipment=1, line="1", quantity=1)
        again = (Allocation(line="1", warehouse="GZ", quantity=1),)
        self._done(at + self.near(3), EffectKind.RESERVE, "2", ReserveOutcome(allocations=again))
        (_, first), *others = loads
        extra = max(shipment for shipment, _ in loads) + 1
        return [(1, first | {"1": first["1"] - 1}), *others, (extra, {"1": 1})]

    def _numbered(self, left: datetime, shipment: int, package: str) -> None:
        at, number = left + self.random.choice((-timedelta(minutes=30), self.near(1), self.near(1))), f"SF{package}"
        named = {"shipment": shipment, "package": package, "tracking_number": number}
        if self.random.random() < 0.9:
            self.happens(at, "tracking_number", **named, carrier="SF")
            self.happens(at + self.near(0), "tracking_accepted", tracking_number=number)
            self._road(left, number)

    def _road(self, left: datetime, number: str) -> None:
        at = left
        steps = [self.random.choice(ROAD) for _ in range(self.random.randint(0, 4))]
        for state in [*steps, self.random.choice(ENDS), self.random.choice(("", "", "", "IN_TRANSIT"))]:
            at += self.random.choice((self.near(24), self.near(5), self.near(5)))
            if state:
                by = self.random.random() < 0.5
                self.happens(at, "carrier_scan", tracking_number=number, state=state, by_recipient=by)
        if self.random.random() < 0.2:
            self.happens(left, "delivery_estimated", tracking_number=number, estimated_at=at)

    def _people(self) -> None:
        for number, reason in enumerate(self.random.choices(("CUSTOMER_ANSWER", "DISPUTE", "DESIGN_NOT_FINAL"), k=3), 1):
            if self.random.random() < 0.4:
                at = self.placed + self.near(self.random.choice((1, 20, 47, 100)))
                self._asked(at, "place_hold", reason=reason, note="n")
                self._asked(at + self.near(self.random.choice((1, 20))), "release_hold", hold=f"H{number}")
        if self.random.random() < 0.2:
            at = self.placed + self.near(20)
            self.happens(at, "ship_date_agreed", ship_at=at + self.near(20))
        if self.random.random() < 0.2:
            self.happens(self.placed + self.near(90), "channel_completed")
        if self.random.random() < 0.2:
            promised_at = self.placed + self.near(70)
            self.happens(self.placed + self.near(50), "outbound_promised", shipment=1, promised_at=promised_at)
        if self.random.random() < 0.1:
            self.happens(self.placed + self.near(3), "ship_by_moved", latest_ship_at=self.placed + self.near(60))
        if self.random.random() < 0.07:
            self._asked(self.placed + self.near(2), "cancel", reason="n")


class Teller:
    """Reports a history to the house, and keeps the raw facts as they came."""

    def __init__(self, history: History) -> None:
        """Begin at the order."""
        given = history.given
        self.order: Order = open_order(given)
        self.random = history.random
        self.now = given.received_at
        self.raw: list[dict[str, Any]] = []
        self._keep(
            "order",
            given.received_at,
            **given.model_dump(include={"placed_at", "collected_at", "channel", "latest_ship_at", "promised_delivery_date"}),
            **given.content.model_dump(include={"currency", "delivery_method"}),
            method=given.content.payment_method,
            due=given.content.total,
            lines={line.line: line.quantity for line in given.content.lines},
        )

    def tell(self, news: list[News]) -> None:
        """Report everything; the desk looks now and then, and once at the end."""
        for received_at, fact in news:
            self.now = max(self.now, received_at)
            if self.order.final:
                return
            self._take(fact)
            if self.random.random() < 0.12:
                self._look()
        self.now += self.random.choice((timedelta(), HOUR, timedelta(days=1), timedelta(days=8)))
        self._look()

    def _take(self, fact: Fact) -> None:
        if isinstance(fact, Asked) and refusal(self.order, fact.ask):
            return
        before, self.order = self.order, after(self.order, fact)
        if isinstance(fact, Asked):
            self._kept_request(before, fact)
        else:
            self.raw.append(fact.model_dump(exclude={"outcome"}))
        self._kept_changes(before)

    def _look(self) -> None:
        before, self.order = self.order, decide(self.order, self.now).order
        self._kept_changes(before)
        for effect in self.order.running:
            outcome = the_party_does_it(self.order, effect)
            if effect.kind == EffectKind.REFUND and outcome:
                self._take(done(effect, outcome, self.now))
        if self.random.random() < 0.5:
            self._resolve()

    def _resolve(self) -> None:
        """A person settles what a person may settle."""
        for case in resolvable(self.order):
            ask = ResolveCase(request_id=f"c{case.no}", case=case.no, outcome="REFUNDED")
            self._take(Asked(id=f"c{case.no}", occurred_at=self.now, received_at=self.now, ask=ask))

    # -- what the house decided, as facts ------------------------------------------------------------------------

    def _keep(self, kind: str, at: datetime, **data: Any) -> None:
        number = len(self.raw)
        self.raw.append({"id": f"house{number}", "kind": kind, "occurred_at": at, "received_at": at, **data})

    def _kept_request(self, before: Order, fact: Asked) -> None:
        match fact.ask.kind:
            case "place_hold":
                self._keep("held", fact.at, hold=self.order.holds[-1].id, reason=fact.ask.reason)
            case "release_hold" if self.order.holds != before.holds:
                self._keep("released", fact.at, hold=fact.ask.hold)
            case "cancel":
                self._keep("ended", fact.at)
            case _:
                pass

    def _kept_changes(self, before: Order) -> None:
        for kind, moment in self._moments(before):
            self._keep(kind, moment)
        for shipment in self.order.shipments[len(before.shipments) :]:
            units = {part.line: part.quantity for part in shipment.lines}
            self._keep("planned", shipment.planned_at, shipment=shipment.number, units=units)
        was = {case.no for case in before.open_cases}
        for case in self.order.cases:
            if case.kind is CaseKind.FALSE_DELIVERY and case.no not in {known.no for known in before.cases}:
                self._keep("doubted", case.opened_at, case=case.no)
            if case.kind is CaseKind.FALSE_DELIVERY and case.resolved_at and case.no in was:
                self._keep("cleared", case.resolved_at, case=case.no)
        for package in self.order.packages:
            for scan in package.scans[-1:]:
                if scan.presumed and scan not in _scans(before):
                    data = scan.model_dump(exclude={"id", "at", "received_at"})
                    self._keep("carrier_scan", scan.at, **data, package=package.id, tracking_number=None)
                    self.raw[-1]["received_at"] = scan.received_at

    def _moments(self, before: Order) -> Iterator[tuple[str, datetime]]:
        for kind, was, moment in (
            ("stocked", before.stock_confirmed_at, self.order.stock_confirmed_at),
            ("completed", before.completed_at, self.order.completed_at),
            ("closed", before.closed_at, self.order.closed_at),
            ("accepted", before.payment.accepted_at, self.order.payment.accepted_at),
        ):
            if was is None and moment is not None:
                yield kind, moment


def _scans(order: Order) -> list[Any]:
    return [scan for package in order.packages for scan in package.scans]
