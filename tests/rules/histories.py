"""Random histories of an order: everything that may happen to it, late, twice and in any order, near every boundary.

``history(seed)`` plans what happens; ``Teller`` reports it to the house in the order of arrival, keeps the raw facts
for the independent judge, and now and then lets the desk look.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from domain.effects import Allocation, AuditOutcome, Content, EffectKind, ReserveOutcome
from domain.entry_effects import EnterOutcome
from domain.facts import Fact, parse
from domain.holds import EffectState
from domain.inside import Asked, Outcome
from tests.rules.story import BY_PEOPLE, NUMBER, PLACED, a_content, a_line, an_input
from workflows.outcomes import done

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
            policy=BY_PEOPLE,
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
        lag = self.random.choice(
            (timedelta(),) * 8 + (timedelta(minutes=5), 3 * HOUR, 30 * HOUR, -timedelta(minutes=9))
        )
        self._number += 1
        fact = parse({"id": f"f{self._number:03}", "kind": kind, "occurred_at": at, "received_at": at + lag, **data})
        self._hear(fact)
        if kind == "carrier_scan" and self.random.random() < 0.2:
            self._hear(fact.having(id=f"{fact.id}:polled", received_at=fact.received_at + HOUR))

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
        for number, reason in enumerate(
            self.random.choices(("CUSTOMER_ANSWER", "DISPUTE", "DESIGN_NOT_FINAL"), k=3), 1
        ):
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
