"""The rooms that are searched one at a time: a life led to where a playbook begins, and what may happen there (M2).

From its start everything is asked in every order within the room's bounds: each party answers in each way, people do
each thing they may, parcels arrive or not, time passes to the next due.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from domain.carrier_orders import CarrierSaid
from domain.compensation_policy import CompensationPolicy
from domain.effects import Allocation, AuditOutcome, EffectKind, ReserveOutcome
from domain.holds import EffectState
from domain.inquiries import Answer, CarrierAnswer
from domain.inside import Outcome
from domain.logistics_policy import LogisticsPolicy
from domain.manual.switching import switchable
from domain.order import Order
from domain.packages import PackageState
from domain.policy import STANDARD, CaseKind
from domain.question_policy import QuestionPolicy
from domain.shortage_policy import Substitute
from tests.rules.furnished import (
    HOMEWARDS,
    answered,
    completed,
    done_or_not,
    money,
    scanned,
    sent,
    settled,
    stops_or_not,
    taken_in_hand,
    there_or_short,
    yes_or_no,
)
from tests.rules.happenings import Told
from tests.rules.happenings import events as events_of_an_order
from tests.rules.model import Event, Room, Start, State
from tests.rules.model import begin as placed
from tests.rules.story import Answers, Story, a_content, a_line, an_input, running

PLAIN = STANDARD.having(compensation=CompensationPolicy(), questions=QuestionPolicy())
"""Coupons stop nothing, and questions have their own search."""


def begin(start: Start) -> State:
    """The order just placed, or come to its room."""
    return ROOMS[start.room].entered(start.oddities) if start.room else placed(start)


def events(state: State) -> Iterator[Event]:
    """Everything that may happen next within the bounds."""
    if state.room is None:
        yield from events_of_an_order(state)
        return
    if state.order.final:
        return
    first = next(iter(running(state.order)), None)
    for event in (*state.room.happens(Told(state)), *_time(state)):
        overtakes = first is not None and first.key != getattr(next(iter(event.facts), None), "key", "")
        odd = event.odd + overtakes
        if odd <= state.left:
            yield event._replace(odd=odd)


def _time(state: State) -> Iterator[Event]:
    assert state.room is not None
    if state.decision.next_due:
        yield Event("time", odd=state.room.patience)


# -- E3 and E5: a parcel that is silent ------------------------------------------------------------------------------


def _silent(answers: Answers) -> Story:
    """A parcel that nobody saw for a day; the carrier is asked why."""
    story = Story(an_input(a_content(a_line(quantity=1)), policy=PLAIN), answers)
    story.is_paid()
    story.ships()
    story.passes(hours=25)
    return story


CAUSES = ("HUB_OVERLOAD", "ADDRESS_PROBLEM", "RECIPIENT_ABSENT", "CARRIER_SUSPENDED", "LOST", "RECIPIENT_REFUSED")


def _names_a_cause(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """Each cause that the playbook tells apart, or none; asked again it has nothing new to say."""
    asked_before = any(each.kind == effect.kind and each.key != effect.key for each in order.effects)
    for cause in CAUSES if not asked_before else ():
        yield CarrierAnswer(reason=cause), 0
    yield CarrierAnswer(), 0


ASTRAY = {
    PackageState.DELIVERY_FAILED: 1,
    PackageState.RETURNING: 1,
    PackageState.RETURNED_TO_SENDER: 1,
    PackageState.LOST: 1,
}


def _parcel(tell: Told) -> Iterator[Event]:
    yield from answered(tell)
    yield from scanned(tell, {**HOMEWARDS, **ASTRAY})
    yield from sent(tell)
    yield from settled(tell)
    yield from taken_in_hand(tell, "RECIPIENT_ABSENT")
    yield from completed(tell)
    for package in switchable(tell.order):
        for how in ("reship", "return"):
            yield from tell.ask("switch_carrier", 1, package=package.id, how=how, reason="n")
    for claim in tell.order.logistics.claims:
        if claim.accepted and not claim.paid:
            paid = {"tracking_number": claim.tracking_number, "reference": "R1", "amount": claim.amount}
            yield Event("claim_paid", (tell.fact("claim_paid", **paid),), 1)


def _asked_for_a_claim(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    del order, effect
    yield CarrierSaid(accepted=True), 0
    yield CarrierSaid(accepted=False), 1


PARCEL = {
    EffectKind.ASK_CARRIER: _names_a_cause,
    EffectKind.PRIORITY: yes_or_no,
    EffectKind.REDELIVERY: yes_or_no,
    EffectKind.INTERCEPT: yes_or_no,
    EffectKind.RESERVE: there_or_short,
    EffectKind.CLAIM: _asked_for_a_claim,
}


# -- E4: goods that did not leave ------------------------------------------------------------------------------------


def _overdue(answers: Answers) -> Story:
    """Goods that should have left a warehouse by now; it is asked why they have not."""
    story = Story(an_input(a_content(a_line(quantity=1)), policy=PLAIN), answers)
    story.is_paid()
    story.passes(hours=48, seconds=2)
    return story


REASONS = ("NOT_PICKED", "SHORT", "ADDRESS", "ON_HOLD", "MISSED_RELEASE")


def _names_a_reason(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """Each reason that the playbook tells apart, a time, or nothing; pressed, a time in time, too late, or none."""
    if effect.request["by"] is not None:
        for hours in (6, 20):
            yield Answer(promised_at=effect.since + timedelta(hours=hours)), 0
    elif not any(each.kind == effect.kind and each.key != effect.key for each in order.effects):
        for reason in REASONS:
            yield Answer(reason=reason), 0
        yield Answer(promised_at=effect.since + timedelta(hours=6)), 0
    yield Answer(), 0


def _outbound(tell: Told) -> Iterator[Event]:
    yield from answered(tell)
    yield from sent(tell)
    yield from scanned(tell, HOMEWARDS)
    yield from settled(tell)
    yield from taken_in_hand(tell, "MISSED_RELEASE")
    yield from completed(tell)
    yield from tell.ask("expedite", 1, party="warehouse")
    yield from tell.ask("cancel", 1, reason="n")
    if not tell.order.holds:
        yield from tell.ask("place_hold", 1, reason="SALES_DECISION", note="n")
    for hold in tell.order.open_holds:
        yield from tell.ask("sales_decision", hold=hold.id, verdict="approve")


OUTBOUND = {EffectKind.ASK_WAREHOUSE: _names_a_reason, EffectKind.RECALL: stops_or_not}


# -- E2: goods that lack ---------------------------------------------------------------------------------------------


def _lacking(answers: Answers) -> Story:
    """Two units of which a warehouse has one; other goods are offered in their place."""
    mugs = Substitute(sku="SKU-1", instead="SKU-9", unit_price=1_500)
    shortage = STANDARD.shortage.having(steps=("purchasing", "choice"), substitutes=(mugs,))
    policy = STANDARD.having(compensation=CompensationPolicy(), shortage=shortage)
    story = Story(an_input(a_content(a_line(quantity=2)), policy=policy), answers)
    story.is_paid()
    return story


def _has_one(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """One unit of the mugs is there, and enough of everything else."""
    del effect
    given = tuple(
        Allocation(line=line.line, warehouse="SH", quantity=1 if line.sku == "SKU-1" else line.quantity)
        for line in order.content.lines
    )
    yield AuditOutcome(version=order.version, content=order.content, allocations=given), 0


def _finds_none(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """Nobody has more, until stock arrives."""
    came = any(seen.startswith("f") and "stock_arrived" in seen for seen in order.seen)
    lines = effect.request["lines"]
    found = tuple(Allocation(warehouse="BJ", **part) for part in lines) if came else ()
    yield ReserveOutcome(allocations=found), 0


def _can_buy(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """Purchasing has it tomorrow, too late, or never."""
    del order
    for hours in (12, 200):
        yield Answer(promised_at=effect.since + timedelta(hours=hours)), 0
    yield Answer(reason="sold out"), 0


def _shortage(tell: Told) -> Iterator[Event]:
    order = tell.order
    yield from answered(tell)
    for question in order.questions:
        if question.confirmed_at is None and question.open:
            letter = f"{order.number}/{question.letter}"
            yield Event("message_delivered", (tell.fact("message_delivered", message=letter),))
        for option in question.options if question.open else ():
            yield from tell.ask("customer_choice", question=question.no, option=option.word)
    if not any("stock_arrived" in seen for seen in order.seen):
        yield Event("stock_arrived", (tell.fact("stock_arrived", sku="SKU-1"),))
    owed = order.payment.due - order.payment.captured("CNY")
    if owed > 0 and len(order.payment.receipts) < 2:
        yield Event("paid", (tell.fact("paid", payment_no="p-more", amount=owed, currency="CNY"),))
    yield from sent(tell)
    yield from scanned(tell, {PackageState.DELIVERED: 0})
    yield from settled(tell)
    yield from taken_in_hand(tell)
    yield from completed(tell)
    yield from tell.ask("cancel", reason="n")


SHORTAGE = {
    EffectKind.AUDIT: _has_one,
    EffectKind.RESERVE: _finds_none,
    EffectKind.ASK_PURCHASING: _can_buy,
}


# -- §4.7: every change ----------------------------------------------------------------------------------------------

WISHES: dict[str, dict[str, object]] = {
    "QUANTITY": {"line": "1", "quantity": 1},
    "SUBSTITUTE": {"line": "1", "sku": "SKU-9"},
    "EXPEDITE": {},
    "DELIVER_LATER": {"until": "2026-12-01"},
    "PAYMENT_METHOD": {"method": "cod"},
    "GIFT_NOTE": {},
    "MERGE": {"order_no": "SO2"},
    "ADDRESS": {},
    "CANCEL": {},
}


def _passed(answers: Answers) -> Story:
    """An order that waits for its money."""
    return Story(an_input(a_content(a_line(quantity=2)), policy=PLAIN), answers)


def _wishes(tell: Told) -> Iterator[Event]:
    order = tell.order
    yield from answered(tell)
    yield from money(tell)
    asked = [each.change for each in order.change_requests]
    for change, params in WISHES.items() if "CANCEL" not in asked else ():
        if asked and change != "CANCEL":
            continue
        odd = len(asked)
        wish = {"change": change, "params": params, "correction": 7 * (change == "ADDRESS")}
        yield from tell.ask("submit_change_request", odd, **wish, expected_version=order.version)
    for hold in order.open_holds:
        for verdict in ("approve", "decline") if hold.reason == "SALES_DECISION" else ():
            yield from tell.ask("sales_decision", hold=hold.id, verdict=verdict)
        yield from tell.ask("release_hold", hold=hold.id)
    yield from sent(tell)
    yield from scanned(tell, {PackageState.DELIVERED: 0})
    yield from settled(tell, {CaseKind.CHANGE_REQUESTED: ("APPLIED", "DECLINED")})
    yield from taken_in_hand(tell)
    yield from completed(tell)


WISHED = {EffectKind.RECALL: stops_or_not, EffectKind.INTERCEPT: yes_or_no}


# -- refund applications, and claims about goods ---------------------------------------------------------------------


def _released(answers: Answers) -> Story:
    story = Story(an_input(a_content(a_line(quantity=2)), policy=PLAIN), answers)
    story.is_paid()
    return story


def _applications(tell: Told) -> Iterator[Event]:
    order = tell.order
    yield from answered(tell)
    if not order.claims:
        for some in ((), ({"line": "1", "quantity": 1},)):
            yield Event(
                "refund_requested", (tell.fact("refund_requested", application="AS1", lines=some),), 0, str(some)
            )
    for verdict in ("agree", "refuse"):
        yield from tell.ask("answer_refund", application="AS1", verdict=verdict, reason="n")
        if order.claims:
            decided = tell.fact(
                "refund_decided", application="AS1", verdict={"agree": "agreed"}.get(verdict, "refused")
            )
            yield Event("refund_decided", (decided,), 1, verdict)
    if order.claims:
        yield Event("refund_withdrawn", (tell.fact("refund_withdrawn", application="AS1"),), 1)
    yield from sent(tell)
    yield from scanned(tell, {PackageState.DELIVERED: 0, PackageState.RETURNED_TO_SENDER: 1})
    yield from settled(tell, {CaseKind.CHANGE_REQUESTED: ("APPLIED", "DECLINED")})
    yield from taken_in_hand(tell, "PAID")
    yield from completed(tell)


APPLICATIONS = {EffectKind.RECALL: stops_or_not, EffectKind.INTERCEPT: yes_or_no, EffectKind.REFUND: done_or_not}


def _signed_for(answers: Answers) -> Story:
    story = _released(answers)
    story.ships()
    story.is_scanned("DELIVERED")
    return story


CLAIMS = ("not_received_claim", "wrong_goods_claim", "missing_goods_claim")


def _claims(tell: Told) -> Iterator[Event]:
    order = tell.order
    yield from answered(tell)
    for kind in CLAIMS[: 3 - 2 * len(order.claims)]:
        for about in ({"package": "1"}, {"lines": ({"line": "1", "quantity": 1},)}):
            news = tell.fact(kind, claim=f"C{len(order.claims)}", **about)
            yield Event(kind, (news,), len(order.claims), str(about))
    for claim in order.claims:
        if claim.live:
            yield Event("claim_withdrawn", (tell.fact("claim_withdrawn", claim=claim.reference),))
    yield from scanned(tell, {PackageState.DELIVERED: 0})
    decided = ("REFUNDED", "RESENT", "UNFOUNDED")
    yield from settled(tell, {CaseKind.NOT_RECEIVED_CLAIM: decided, CaseKind.MIS_SHIPMENT: decided})
    yield from taken_in_hand(tell, "PROOF")
    yield from completed(tell)


CLAIMED = {EffectKind.REFUND: done_or_not}


# -- what left all the same, after a cancel --------------------------------------------------------------------------


def _taken_back(answers: Answers) -> Story:
    """The customer cancels what a warehouse has; it is asked to stop it."""
    story = _released(answers)
    story.asks("submit_change_request", change="CANCEL", expected_version=1)
    return story


def _cancelled(tell: Told) -> Iterator[Event]:
    order = tell.order
    yield from answered(tell)
    for shipment in order.live_shipments:
        if shipment.outbound_at is None:
            here = {"shipment": shipment.number, "package": "1", "carrier": "SF", "tracking_number": "SF1"}
            yield Event("outbound", (tell.fact("outbound", **here),), 0)
    yield from scanned(tell, {**HOMEWARDS, PackageState.RETURNED_TO_SENDER: 0, PackageState.LOST: 1})
    for package in order.packages:
        if package.state is PackageState.RETURNED_TO_SENDER and package.id not in order.logistics.received:
            yield Event("parcel_received", (tell.fact("parcel_received", package=package.id),))
    yield from settled(tell, {CaseKind.CHANGE_REQUESTED: ("APPLIED", "DECLINED")})
    yield from taken_in_hand(tell, "PAID")
    yield from completed(tell)


# -- coupons ---------------------------------------------------------------------------------------------------------


def _late_and_dear(answers: Answers) -> Story:
    """A dear order whose parcel is seen on its way, later and later."""
    policy = STANDARD.having(questions=QuestionPolicy(), logistics=LogisticsPolicy())
    story = Story(an_input(a_content(a_line(quantity=1, unit_price=30_000)), policy=policy), answers)
    story.is_paid()
    story.ships()
    for _ in range(3):
        story.passes(hours=20)
        story.is_scanned("IN_TRANSIT")
    return story


def _says_why(order: Order, effect: EffectState) -> Iterator[tuple[Outcome, int]]:
    """By whose fault it is."""
    del effect
    for cause in ("HUB_OVERLOAD", "WEATHER", "RECIPIENT_ABSENT") if not order.reasons else ():
        yield CarrierAnswer(reason=cause), 0
    yield CarrierAnswer(), 0


def _coupons(tell: Told) -> Iterator[Event]:
    yield from answered(tell)
    for approval in tell.order.approvals:
        for verdict in ("approve", "decline"):
            yield from tell.ask("decide_coupon", coupon=approval.coupon, verdict=verdict, reason="n")
    yield from scanned(tell, {**HOMEWARDS, PackageState.LOST: 1})
    yield from settled(tell)
    yield from taken_in_hand(tell)
    yield from completed(tell)


COUPONS = {EffectKind.ASK_CARRIER: _says_why, EffectKind.ISSUE_COUPON: done_or_not, EffectKind.CLAIM: yes_or_no}
ROOMS = {
    "parcel": Room(_silent, _parcel, PARCEL),
    "outbound": Room(_overdue, _outbound, OUTBOUND),
    "shortage": Room(_lacking, _shortage, SHORTAGE),
    "wishes": Room(_passed, _wishes, WISHED),
    "applications": Room(_released, _applications, APPLICATIONS),
    "claims": Room(_signed_for, _claims, CLAIMED),
    "cancelled": Room(_taken_back, _cancelled, APPLICATIONS),
    "coupons": Room(_late_and_dear, _coupons, COUPONS),
}
