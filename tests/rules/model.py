"""An abstract order: two lines in two warehouses, at most two parcels a line, and everything that may happen to it (M2).

A state is a real ``Order``; only what is offered to it is abstract. Ordinary events cost nothing, odd ones (a shortage,
a hold, a lost parcel …) cost one each, and a life has so many of them: every order in which so much goes wrong, in
every interleaving. What puts things right costs nothing. Inquiries are answered at once; time passes to the
next breach, case or stage.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from domain.effects import INQUIRIES, Allocation, AuditOutcome, Done, EffectKind, EnterOutcome, Finding, ReserveOutcome, Severity
from domain.facts import Fact, parse
from domain.holds import EffectState
from domain.inside import Asked, Outcome
from domain.manual.answers import refusal, resolvable
from domain.manual.decide import Decision, decide
from domain.order import Order, Stage
from domain.packages import PackageState
from domain.requests import ASKS
from domain.shipments import Package, Shipment, ShipmentState
from domain.taking.after import after
from domain.taking.opening import open_order
from tests.rules.story import PLACED, a_content, a_line, an_input, done, parked, running, the_party_does_it

WAREHOUSES = {"1": "SH", "2": "BJ"}
SECOND = timedelta(seconds=1)
PATIENCE = 8
"""So many dues may pass before something is different."""


class State(NamedTuple):
    """One state: the order after its turn, when, how many odd things may still happen, and its stage before the turn."""

    order: Order
    now: datetime
    left: int
    decision: Decision
    told: Stage


class Event(NamedTuple):
    """Something that may happen: its row in the table, its facts (none: time passes), and how odd it is."""

    name: str
    facts: tuple[Fact, ...] = ()
    odd: int = 0
    label: str = ""

    @property
    def said(self) -> str:
        """The event in words."""
        return f"{self.name} {self.label}".strip()


class Start(NamedTuple):
    """An order to search: how it is paid, how many lines it has, and how many odd things may happen to it."""

    method: str
    lines: int
    oddities: int


def begin(start: Start) -> State:
    """The order just placed."""
    lines = (a_line(line, 1) for line in list(WAREHOUSES)[: start.lines])
    order = open_order(an_input(a_content(*lines, payment_method=start.method)))
    return _turned(order, PLACED, start.oddities)


def happen(state: State, event: Event) -> State:
    """The state after an event and the desk's turn."""
    if not event.facts:
        return _time_passes(state)
    order = state.order
    for fact in event.facts:
        order = after(order, fact)
    return _turned(order, state.now + SECOND, state.left - event.odd)


def _turned(order: Order, now: datetime, left: int) -> State:
    """One turn; whoever is asked something answers before the next."""
    told = order.stage
    decision = decide(order, now)
    asked = [effect for effect in running(decision.order) if effect.kind in INQUIRIES]
    while asked:
        order = decision.order
        for effect in asked:
            answer = the_party_does_it(order, effect)
            order = after(order, done(effect, answer or Done(), now))
        decision = decide(order, now)
        asked = [effect for effect in running(decision.order) if effect.kind in INQUIRIES]
    return State(decision.order, now, left, decision, told)


def _time_passes(state: State) -> State:
    left = state.left - (not _patient(state.order))
    following = state
    for _ in range(PATIENCE):
        due = following.decision.next_due
        if due is None:
            break
        following = _turned(following.order, max(due.at, following.now), left)
        if shape(following.order) != shape(state.order):
            break
    return following


# -- the abstract key ------------------------------------------------------------------------------------------------


def key(state: State) -> tuple[Any, ...]:
    """What two states have in common that will live the same lives."""
    due = state.decision.next_due
    return (state.left, shape(state.order), due.name.split(" ")[0] if due else "")


def shape(order: Order) -> tuple[Any, ...]:
    """The order without times, numbers and names; its two lines are alike."""
    audit, money, entered = order.audit, order.payment, order.entered
    return (
        order.stage,
        order.version,
        (audit.version, audit.blocking, audit.critical, bool(audit.approved_by), audit.passed_at is None),
        (money.paying, len(money.receipts), money.captured("CNY"), tuple((back.amount, back.done) for back in money.refunds)),
        (entered is None, bool(entered and entered.differences), bool(entered and entered.cancelled)),
        tuple(sorted(_bundle(order, line.line) for line in order.lines)),
        tuple(sorted((hold.reason, hold.blocks) for hold in order.open_holds)),
        tuple(sorted((case.kind, case.subject.split("/")[0], bool(case.acknowledged_at)) for case in order.open_cases)),
        tuple(sorted((effect.kind, effect.status) for effect in order.running)),
        (order.ending and order.ending.how, order.confirmed_at is None),
        tuple(sorted({mark.split("/")[1] for mark in order.fired if mark.startswith("breach/")})),
    )


def _bundle(order: Order, line: str) -> tuple[Any, ...]:
    ledger = next(each for each in order.lines if each.line == line)
    shipments = [each for each in order.shipments if any(part.line == line for part in each.lines)]
    parcels = [each for each in order.packages if each.shipment in {shipment.number for shipment in shipments}]
    return (
        (ledger.cancelled, ledger.unallocated, ledger.reserved, ledger.shipped, ledger.delivered, ledger.lost),
        tuple((each.state, each.released_at is None) for each in shipments),
        tuple((each.state, each.out, bool(each.tracking_number), bool(each.accepted_at), bool(each.story.contradicted_at)) for each in parcels),
    )


# -- what may happen -------------------------------------------------------------------------------------------------


def events(state: State) -> Iterator[Event]:
    """Everything that may happen next within the bounds."""
    if state.order.final:
        return
    for event in _all(Teller(state)):
        if event.odd <= state.left:
            yield event
    if state.decision.next_due and (state.left or _patient(state.order)):
        yield Event("time")


def _patient(order: Order) -> bool:
    """Whether time is expected to pass: the goods are with the customer, or wait for him."""
    fetching = any(package.state is PackageState.READY_FOR_PICKUP for package in order.packages)
    return fetching or order.stage is Stage.DELIVERED


class Teller:
    """Makes the facts of one state; every id says what it tells, so that no two are taken for one."""

    def __init__(self, state: State) -> None:
        """Look at a state."""
        self.order = state.order
        self.now = state.now + SECOND

    def fact(self, kind: str, **data: Any) -> Fact:
        """A fact that happens now."""
        number = len(self.order.seen)
        times = {"occurred_at": self.now, "received_at": self.now}
        return parse({"id": f"f{number}:{kind}:{sorted(data.items())}"[:900], "kind": kind, **times, **data})

    def ask(self, kind: str, odd: int = 0, **fields: Any) -> Iterator[Event]:
        """A request, where it is accepted."""
        request = ASKS[kind](request_id=f"{len(self.order.seen)}", role="supervisor", **fields)
        if refusal(self.order, request) is None:
            times = {"occurred_at": self.now, "received_at": self.now}
            fact = Asked.model_validate({"id": f"ask{len(self.order.seen)}:{kind}:{fields}", "actor": "Li", "ask": request, **times})
            yield Event(kind, (fact,), odd, str(fields))

    def done(self, name: str, effect: EffectState, outcome: Outcome, odd: int = 0) -> Event:
        """An effect is done."""
        return Event(name, (done(effect, outcome, self.now),), odd, f"{effect.cause} of {effect.kind}{' oddly' * odd}")


def _all(tell: Teller) -> Iterator[Event]:
    for effect in running(tell.order):
        yield from _outcomes(tell, effect)
        if effect.tries == 1:
            yield Event("parked", (parked(effect, tell.now),), 1)
    yield from _money(tell)
    yield from _people(tell)
    for shipment in tell.order.shipments:
        yield from _warehouse(tell, shipment)
    for package in tell.order.packages:
        yield from _carrier(tell, package)
    if tell.order.lines and any(line.unallocated for line in tell.order.lines) and tell.order.audit.passed_at:
        yield from tell.ask("retry_step", step="stock")
    yield Event("channel_closed", (tell.fact("channel_closed"),), int(tell.order.stage is not Stage.RECEIVED))


def _outcomes(tell: Teller, effect: EffectState) -> Iterator[Event]:
    order = tell.order
    match effect.kind:
        case EffectKind.AUDIT:
            for found, odd in _audits(order):
                yield tell.done("audit_answered", effect, found, odd)
        case EffectKind.RESERVE:
            found = tuple(
                Allocation(line=moved["line"], warehouse=WAREHOUSES[moved["line"]], quantity=moved["quantity"])
                for moved in effect.request["lines"]
            )
            yield tell.done("answered", effect, ReserveOutcome(allocations=found))
            yield tell.done("answered", effect, ReserveOutcome(), odd=1)
        case EffectKind.ENTER:
            yield tell.done("answered", effect, EnterOutcome(document="E1"))
            differs = (Finding(code="PRICE", field="total"),)
            yield tell.done("answered", effect, EnterOutcome(document="E1", differences=differs), odd=1)
        case EffectKind.RELEASE:
            yield tell.done("released", effect, Done())
        case _:
            yield tell.done("undone", effect, Done())


def _audits(order: Order) -> Iterator[tuple[AuditOutcome, int]]:
    content = order.content
    lines = [line.line for line in content.lines]
    full = tuple(Allocation(line=line, warehouse=WAREHOUSES[line], quantity=1) for line in lines)
    yield AuditOutcome(version=order.version, content=content, allocations=full), 0
    yield AuditOutcome(version=order.version, content=content, allocations=full[1:]), 1
    for severity in (Severity.BLOCKING, Severity.CRITICAL):
        finding = Finding(code="FIELD_MISSING", field="address.street", severity=severity)
        yield AuditOutcome(version=order.version, content=content, findings=(finding,)), 1


def _money(tell: Teller) -> Iterator[Event]:
    """Exactly what is due, less and then the rest, more, twice."""
    payment = tell.order.payment
    due, count = payment.due, len(payment.receipts)
    prepaid = payment.method == "prepaid"
    if payment.paying is None and 0 < payment.captured("CNY") < due:
        amounts = {due - payment.captured("CNY"): 0}
    elif count == 0:
        amounts = {due: 0 if prepaid else 1, due - 1: 1, due + 1: 1}
    else:
        amounts = {due: 1} if count < 2 else {}
    for amount, odd in amounts.items():
        news = tell.fact("paid", payment_no=f"p{count}", amount=amount, currency="CNY")
        yield Event("paid", (news,), odd, str(amount))


def _people(tell: Teller) -> Iterator[Event]:
    order = tell.order
    late = tell.now.replace(year=2030)
    if not order.holds:
        for reason in ("CUSTOMER_ANSWER", "DISPUTE", "DESIGN_NOT_FINAL"):
            yield from tell.ask("place_hold", 1, reason=reason, note="n")
        for what in ("audit_start", "complete"):
            yield from tell.ask("place_hold", 1, reason="MANUAL", blocks=(what,), note="n", review_at=late)
    for hold in order.open_holds:
        yield from tell.ask("release_hold", hold=hold.id)
    for case in resolvable(order):
        yield from tell.ask("resolve_case", case=case.no, outcome="REFUNDED")
    for effect in order.parked:
        yield from tell.ask("retry_step", step=effect.key)
    yield from tell.ask("approve_audit", 0, reason="n")
    yield from tell.ask("reject_audit", 0 if order.audit.blocking else 1, reason="n")
    yield from tell.ask("cancel", int(order.stage is not Stage.RECEIVED), reason="n")
    yield from tell.ask("confirm_completion")
    if order.version == 1:
        yield from tell.ask("correct_fields", 0 if order.audit.blocking else 1, expected_version=1, correction=7)


def _warehouse(tell: Teller, shipment: Shipment) -> Iterator[Event]:
    """A shipment leaves, or lacks a unit; before its release was answered that is odd."""
    begun = tell.order.effect(f"release/{shipment.number}")
    if begun is None or shipment.state is ShipmentState.OUTBOUND or not shipment.lines:
        return
    early = int(shipment.released_at is None)
    here = {"shipment": shipment.number, "package": str(shipment.number)}
    number = f"SF{shipment.number}"
    if tell.order.package(number) is None:
        yield Event("tracking_number", (tell.fact("tracking_number", **here, tracking_number=number),), 1, "label")
    taken = tell.fact("tracking_accepted", tracking_number=number)
    yield Event("outbound", (tell.fact("outbound", **here, tracking_number=number), taken), early)
    yield Event("outbound", (tell.fact("outbound", **here),), 1 + early, "without a number")
    if not early:
        (missed,) = shipment.lines
        news = tell.fact("short_picked", shipment=shipment.number, line=missed.line, quantity=missed.quantity)
        yield Event("short_picked", (news,), 1)
    else:
        yield Event("picked", (tell.fact("picked", shipment=shipment.number),), 1)
        yield Event("packed", (tell.fact("packed", shipment=shipment.number),), 1)


SCANS = {
    PackageState.DELIVERED: 0,
    PackageState.LOST: 1,
    PackageState.RETURNED_TO_SENDER: 1,
    PackageState.DELIVERY_FAILED: 1,
    PackageState.READY_FOR_PICKUP: 1,
}


def _carrier(tell: Teller, package: Package) -> Iterator[Event]:
    """A parcel arrives, or does not; a signed or lost one moves again."""
    if not package.tracking_number:
        number = f"SF{package.id}"
        told = tell.fact("tracking_number", shipment=package.shipment, package=package.id, tracking_number=number)
        taken = tell.fact("tracking_accepted", tracking_number=number)
        yield Event("tracking_number", (told, taken))
    if package.state in {PackageState.DELIVERED, PackageState.LOST}:
        moves = {PackageState.IN_TRANSIT: 1} if not package.story.contradicted_at else {}
    else:
        moves = {} if package.final else {state: odd for state, odd in SCANS.items() if state is not package.state}
    for state, odd in moves.items() if package.out else [(PackageState.DELIVERED, 0)] * (not package.final):
        yield Event("carrier_scan", (tell.fact("carrier_scan", package=package.id, state=state),), odd, state)
    if package.out and package.delivered_at:
        seen = {"package": package.id, "state": PackageState.RETURNED_TO_SENDER}
        news = tell.fact("carrier_scan", **seen, occurred_at=package.delivered_at - SECOND)
        yield Event("carrier_scan", (news,), 1, "late")
