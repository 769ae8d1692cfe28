"""Reports a history to the house, and keeps the raw facts as they came, for the independent judge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from domain.effects import EffectKind
from domain.facts import Fact
from domain.inside import Asked
from domain.logistics_policy import LogisticsPolicy
from domain.manual.answers import refusal
from domain.manual.decide import decide
from domain.manual.fitting import resolvable
from domain.order import Order
from domain.policy import CaseKind
from domain.requests import ResolveCase
from domain.taking.after import after
from domain.taking.opening import open_order
from tests.rules.histories import HOUR, History, News
from tests.rules.story import BY_PEOPLE, the_party_does_it
from workflows.outcomes import done

BY_FACTS = BY_PEOPLE.having(logistics=LogisticsPolicy())
"""No loss that the desk itself presumes, no cancel that waits for a recall: the judge reads reported facts alone."""


class Teller:
    """Reports a history to the house, and keeps the raw facts as they came."""

    def __init__(self, history: History) -> None:
        """Begin at the order."""
        given = history.given.having(policy=BY_FACTS)
        self.order: Order = open_order(given)
        self.random = history.random
        self.now = given.received_at
        self.raw: list[dict[str, Any]] = []
        self._keep(
            "order",
            given.received_at,
            **given.model_dump(
                include={"placed_at", "collected_at", "channel", "latest_ship_at", "promised_delivery_date"}
            ),
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
