"""What may happen next to an order of the model: effects answered, money, people, warehouses, carriers (M2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.effects import Allocation, AuditOutcome, Done, EffectKind, ReserveOutcome
from domain.entry_effects import EnterOutcome
from domain.facts import Fact, parse
from domain.findings import Finding, Severity
from domain.holds import EffectState, Hold, HoldReason
from domain.inside import Asked, Outcome
from domain.manual.answers import refusal
from domain.manual.change_queue import OUTCOMES
from domain.manual.fitting import resolvable
from domain.order import Order
from domain.overrides import ADDRESS_MISMATCH
from domain.packages import PackageState
from domain.policy import CaseKind
from domain.read_back import ACCEPTED
from domain.recall_effects import RecallAnswer, RecallOutcome
from domain.requests import ASKS
from domain.shipments import Package, Shipment, ShipmentState
from domain.stage import Stage
from domain.transitions import row
from tests.rules.changes_wished import wishes
from tests.rules.model import SECOND, WAREHOUSES, Event, State, patient
from tests.rules.moving import answers, news
from tests.rules.story import parked, running
from workflows.outcomes import done

OUTCOMES_OF = {CaseKind.ERP_MISMATCH: ("REFUNDED", ACCEPTED), CaseKind.CHANGE_REQUESTED: OUTCOMES}
"""How cases of a kind may be resolved, where it matters."""
EMAIL = Finding(code="EMAIL_MALFORMED", field="customer.email")
TITLE = Finding(code="INVOICE_TITLE_MISSING", field="invoice.title")
"""What the emergency audit may let pass: one finding that is not printed, and one that is."""


def events(state: State) -> Iterator[Event]:
    """Everything that may happen next within the bounds."""
    if state.order.final:
        return
    for event in _all(Told(state)):
        if event.odd <= state.left:
            yield event
    if state.decision.next_due and (state.left or patient(state.order)):
        yield Event("time")


class Told:
    """Makes the facts of one state; every id says what it tells, so that no two are taken for one."""

    def __init__(self, state: State) -> None:
        """Look at a state."""
        self.order = state.order
        self.now = state.now + SECOND
        self.left = state.left
        self.room = state.room
        self.alone = len(state.order.lines) == 1

    def seldom(self, *, usual: bool) -> int:
        """How odd it is what costs many states with two lines, unless it is ``usual`` there."""
        return 1 if self.alone or usual else 2

    def fact(self, kind: str, **data: Any) -> Fact:
        """A fact that happens now."""
        named = f"f{len(self.order.seen)}:{kind}:{sorted(data.items())}"[:900]
        return parse({"id": named, "kind": kind, "occurred_at": self.now, "received_at": self.now, **data})

    def ask(self, kind: str, odd: int = 0, **fields: Any) -> Iterator[Event]:
        """A request, where it is accepted."""
        if self.order.stage not in row(kind).stages or odd > self.left:
            return
        said = {"request_id": f"{len(self.order.seen)}", "actor": "Li", "role": "supervisor", **fields}
        request = ASKS[kind].model_validate(said)
        if refusal(self.order, request) is None:
            named = {"id": f"ask{len(self.order.seen)}:{kind}:{fields}", "actor": request.actor}
            times = {"occurred_at": self.now, "received_at": self.now}
            yield Event(kind, (Asked.model_validate({"ask": request, **named, **times}),), odd, str(fields))

    def done(self, name: str, effect: EffectState, outcome: Outcome, odd: int = 0) -> Event:
        """An effect is done."""
        return Event(name, (done(effect, outcome, self.now),), odd, f"{effect.cause} of {effect.kind}{' oddly' * odd}")


def _all(tell: Told) -> Iterator[Event]:
    for effect in running(tell.order):
        yield from _outcomes(tell, effect)
        if effect.tries == 1:
            yield Event("parked", (parked(effect, tell.now),), tell.seldom(usual=effect.kind == EffectKind.AUDIT))
    yield from _money(tell)
    yield from _people(tell)
    for shipment in tell.order.shipments:
        yield from _warehouse(tell, shipment)
    for package in tell.order.packages:
        yield from _carrier(tell, package)
    for kind, transfer in news(tell.order):
        yield Event(kind, (tell.fact(kind, transfer=transfer),))
    if tell.order.lines and any(line.unallocated for line in tell.order.lines) and tell.order.audit.passed_at:
        yield from tell.ask("retry_step", step="stock")
    if tell.order.version == 1 and tell.order.stage is Stage.NEEDS_CORRECTION and tell.order.audit.critical:
        yield Event("codes_matched", (tell.fact("codes_matched", code="TM-1"),))
    odd = tell.seldom(usual=tell.order.stage is Stage.NEEDS_CORRECTION)
    yield Event("channel_closed", (tell.fact("channel_closed"),), odd if tell.order.stage is not Stage.RECEIVED else 0)


def _outcomes(tell: Told, effect: EffectState) -> Iterator[Event]:
    order = tell.order
    match effect.kind:
        case EffectKind.AUDIT:
            again = effect.request["debt"]
            audits = (*_audits(order), *(_held(order) if tell.alone else ()))
            for answer, odd in _judged_again(order) if again else audits:
                yield tell.done("answered" if again else "audit_answered", effect, answer, odd)
        case EffectKind.RESERVE:
            found = tuple(
                Allocation(line=moved["line"], warehouse=WAREHOUSES[moved["line"]], quantity=moved["quantity"])
                for moved in effect.request["lines"]
            )
            yield tell.done("answered", effect, ReserveOutcome(allocations=found))
            yield tell.done("answered", effect, ReserveOutcome(), odd=1)
        case EffectKind.ENTER | EffectKind.READ_ENTRY:
            yield tell.done("answered", effect, EnterOutcome(document="E1"))
            differs = (Finding(code="PRICE", field="total"),)
            yield tell.done("answered", effect, EnterOutcome(document="E1", differences=differs), odd=1)
        case EffectKind.RELEASE:
            yield tell.done("released", effect, Done())
        case EffectKind.RECALL:
            for said in RecallAnswer:
                yield tell.done("recalled", effect, RecallOutcome(answer=said))
        case _:
            for answer in answers(tell.order, effect):
                yield tell.done("undone", effect, answer)


def _audits(order: Order) -> Iterator[tuple[AuditOutcome, int]]:
    content = order.content
    lines = [line.line for line in content.lines]
    full = tuple(Allocation(line=line, warehouse=WAREHOUSES[line], quantity=1) for line in lines)
    yield AuditOutcome(version=order.version, content=content, allocations=full), 0
    yield AuditOutcome(version=order.version, content=content, allocations=full[1:]), 1
    for finding in (
        Finding(code=ADDRESS_MISMATCH, field="address.city", params={"address": "a1"}),
        Finding(code="SKU_UNKNOWN", field="lines.1.sku", severity=Severity.CRITICAL),
    ):
        yield AuditOutcome(version=order.version, content=content, findings=(finding,)), 1
    if len(lines) == 1:
        for owed in (EMAIL, TITLE):
            yield AuditOutcome(version=order.version, content=content, allocations=full, relaxed=(owed,)), 1


def _judged_again(order: Order) -> Iterator[tuple[AuditOutcome, int]]:
    """What was let pass is right by now, or still wrong."""
    again = AuditOutcome(version=order.version, content=order.content, debt=True)
    yield again, 0
    yield again.having(findings=(EMAIL, TITLE)), 0


HELD = {"VOUCHER_REQUIRED": "total", "DESIGN_NOT_FINAL": "lines.1.design_id", "BUYER_MESSAGE": "buyer_message"}
"""What an audit may hold, and where."""


def _held(order: Order) -> Iterator[tuple[AuditOutcome, int]]:
    """The audit finds nothing wrong, and something that a person has to look at."""
    allocations = (Allocation(line="1", warehouse=WAREHOUSES["1"], quantity=1),)
    for code, field in HELD.items():
        about: dict[str, str | int] = {"mark": order.content.lines[0].sku}
        finding = Finding(code=code, field=field, severity=Severity.HOLD, params=about)
        said = {"version": order.version, "content": order.content, "findings": (finding,)}
        yield AuditOutcome.model_validate({**said, "allocations": allocations}), 1


def _money(tell: Told) -> Iterator[Event]:
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


def _people(tell: Told) -> Iterator[Event]:
    order, late = tell.order, tell.now.replace(year=2030)
    if not order.holds:
        for reason in ("DESIGN_NOT_FINAL", "CUSTOMER_ANSWER", "DISPUTE")[: 3 if tell.alone else 1]:
            yield from tell.ask("place_hold", 1, reason=reason, note="n")
        for what in ("audit_start", "complete")[: 2 if tell.alone else 1]:
            yield from tell.ask("place_hold", 1, reason="MANUAL", blocks=(what,), note="n", review_at=late)
    for hold in order.open_holds:
        yield from tell.ask("release_hold", hold=hold.id)
        yield from _decisions(tell, hold)
    for case in resolvable(order):
        for outcome in OUTCOMES_OF.get(case.kind, ("REFUNDED",)):
            yield from tell.ask("resolve_case", case=case.no, outcome=outcome)
    for effect in order.parked:
        yield from tell.ask("retry_step", step=effect.key)
    yield from tell.ask("approve_audit", 0, reason="n")
    yield from tell.ask("override_address", 0, reason="n")
    yield from tell.ask("reject_audit", 0 if order.audit.blocking else 1, reason="n")
    yield from tell.ask("cancel", int(order.stage is not Stage.RECEIVED), reason="n")
    yield from tell.ask("confirm_completion")
    yield from _changes(tell)
    if not order.repaid_with:
        yield from tell.ask("repay_debt", expected_version=order.version, correction=8)
    if order.version == 1:
        yield from tell.ask("correct_fields", 0 if order.audit.blocking else 1, expected_version=1, correction=7)


def _changes(tell: Told) -> Iterator[Event]:
    for odd, wish in wishes(tell.order, alone=tell.alone):
        yield from tell.ask("submit_change_request", odd, **wish)


def _decisions(tell: Told, hold: Hold) -> Iterator[Event]:  # noqa: C901 - one case a hold
    """Whoever has to say something to a hold says it; a voucher is refused once, or it would be for ever."""
    match hold.reason:
        case HoldReason.VOUCHER_REQUIRED:
            yield from tell.ask("submit_voucher", reference=f"V{len(tell.order.vouchers)}")
            for verdict in ("approve", "refuse")[: 3 - len(tell.order.vouchers)]:
                for actor in ("Li", "Wang"):
                    yield from tell.ask("verify_voucher", verdict=verdict, reason="n", actor=actor)
        case HoldReason.DESIGN_NOT_FINAL if hold.marks:
            news = tell.fact("design_approved", design_id="D1", design_version="1")
            yield Event("design_approved", (news,))
        case HoldReason.BUYER_MESSAGE:
            for choice in ("nothing", "expedite", "gift"):
                yield from tell.ask("decide_message", choice=choice)
        case HoldReason.CUSTOMER_ANSWER if "question" in hold.about:
            for option in tell.order.questions[-1].options:
                about = hold.about["question"]
                correction = 5 * option.corrects
                yield from tell.ask("customer_choice", question=about, option=option.word, correction=correction)
        case HoldReason.SALES_DECISION:
            for verdict in ("approve", "decline"):
                yield from tell.ask("sales_decision", hold=hold.id, verdict=verdict)
        case _:
            pass


def _warehouse(tell: Told, shipment: Shipment) -> Iterator[Event]:
    """A shipment leaves, or lacks a unit; before its release was answered that is odd."""
    begun = tell.order.effect(f"release/{shipment.number}")
    if shipment.called_off_at and not tell.order.ending:
        return
    if begun is None or shipment.state is ShipmentState.OUTBOUND or not shipment.lines:
        return
    early = int(shipment.released_at is None)
    here = {"shipment": shipment.number, "package": str(shipment.number)}
    number = f"SF{shipment.number}"
    if tell.order.package(number) is None:
        label = tell.fact("tracking_number", **here, tracking_number=number)
        yield Event("tracking_number", (label,), int(not tell.alone), "label")
    taken = tell.fact("tracking_accepted", tracking_number=number)
    yield Event("outbound", (tell.fact("outbound", **here, tracking_number=number), taken), early)
    if tell.alone:
        yield Event("outbound", (tell.fact("outbound", **here),), 1 + early, "without a number")
    if not early:
        (missed,) = shipment.lines
        news = tell.fact("short_picked", shipment=shipment.number, line=missed.line, quantity=missed.quantity)
        yield Event("short_picked", (news,), 1)
    else:
        yield Event("picked", (tell.fact("picked", shipment=shipment.number),), 1)
        yield Event("packed", (tell.fact("packed", shipment=shipment.number),), 1 + (not tell.alone))


MISHAPS = ("LOST", "RETURNED_TO_SENDER", "READY_FOR_PICKUP", "DELIVERY_FAILED")
SCANS = {PackageState.DELIVERED: 0, **{PackageState(state): 1 for state in MISHAPS}}
"""How odd it is; a failed attempt is offered to an order of one line only."""


def _carrier(tell: Told, package: Package) -> Iterator[Event]:
    """A parcel arrives, or does not; a signed or lost one moves again."""
    if package.voided_at:
        return
    if not package.tracking_number:
        number = f"SF{package.id}"
        told = tell.fact("tracking_number", shipment=package.shipment, package=package.id, tracking_number=number)
        taken = tell.fact("tracking_accepted", tracking_number=number)
        yield Event("tracking_number", (told, taken))
    moves = {} if package.final else {state: odd for state, odd in SCANS.items() if state is not package.state}
    if not package.out:
        moves = {} if package.final else {PackageState.DELIVERED: 0}
    elif package.state in {PackageState.DELIVERED, PackageState.LOST} and not package.story.contradicted_at:
        moves = {PackageState.IN_TRANSIT: 1}
    for state, odd in moves.items():
        if tell.alone or state is not PackageState.DELIVERY_FAILED:
            yield Event("carrier_scan", (tell.fact("carrier_scan", package=package.id, state=state),), odd, state)
    if package.out and package.delivered_at:
        before = package.delivered_at - SECOND
        back = PackageState.RETURNED_TO_SENDER
        news = tell.fact("carrier_scan", package=package.id, state=back, occurred_at=before)
        yield Event("carrier_scan", (news,), 1, "late")
