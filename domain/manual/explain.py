"""Why is it where it is, and what may be done now (M4): the same words in API, command line and the Temporal UI."""

from __future__ import annotations

from datetime import datetime

from domain.clocks import Verdict
from domain.compensation import Compensated, compensated
from domain.debts import due_at, open_debts
from domain.effects import EffectKind
from domain.findings import STOPPING
from domain.holds import EffectState, EffectStatus, Hold
from domain.manual.answers import shut
from domain.manual.carriage import waiting_for_carrier
from domain.manual.holding import fixer, work_of
from domain.manual.step_view import StepView, open_views, step_of, undone
from domain.manual.turn import Due
from domain.order import Order
from domain.policy import CaseKind
from domain.promises import clocks
from domain.requests import ASKS
from domain.splits import unknown_splits
from domain.stage import Stage
from domain.value import Moment, Value


class Waiting(Value):
    """Who is waited for, for what, since when, and until when where there is an end to it."""

    who: str
    what: str
    since: Moment
    until: Moment | None = None


class Owed(Value):
    """An audit debt that is open: what was let pass, and until when it has to be repaid."""

    code: str
    field: str
    due_at: Moment | None = None


class Explanation(Value):
    """Why an order is where it is; ``pending``: ERP_PENDING where only the ERP is lacking.

    ``next_name`` happens by itself at ``next_at``; ``closed`` says why not. ``splits`` are shipments of which nobody
    told which goods are in which parcel.
    """

    stage: str
    pending: str = ""
    final: bool
    waiting: tuple[Waiting, ...] = ()
    until: Moment | None = None
    until_clock: str = ""
    next_at: Moment | None = None
    next_name: str = ""
    actions: tuple[str, ...] = ()
    closed: dict[str, str] = {}  # noqa: RUF012 - pydantic copies defaults
    attention: tuple[str, ...] = ()
    debts: tuple[Owed, ...] = ()
    coupons: tuple[Compensated, ...] = ()
    steps: tuple[StepView, ...] = ()
    splits: tuple[str, ...] = ()


def explain(order: Order, now: datetime, next_due: Due | None) -> Explanation:
    """The explanation of ``order`` at ``now``, given when the desk looks again."""
    due, closed = _nearest_due(order, now), shut(order)
    return Explanation(
        stage=order.stage,
        pending="ERP_PENDING" if erp_pending(order) else "",
        final=order.final,
        waiting=() if order.final else waiting(order),
        until=due[0] if due else None,
        until_clock=due[1] if due else "",
        next_at=next_due.at if next_due else None,
        next_name=next_due.name if next_due else "",
        actions=tuple(action for action in ASKS if action not in closed),
        closed=closed,
        attention=attention(order),
        debts=tuple(Owed(code=debt.code, field=debt.field, due_at=due_at(order, debt)) for debt in open_debts(order)),
        coupons=tuple(map(compensated, order.coupons)),
        steps=() if order.final else open_views(order),
        splits=() if order.final else unknown_splits(order),
    )


def _nearest_due(order: Order, now: datetime) -> tuple[datetime, str] | None:
    dues = [
        (clock.due_at, f"{clock.kind} {clock.subject}")
        for clock in clocks(order)
        if clock.running and clock.due_at and clock.verdict(now) is Verdict.OPEN
    ]
    return min(dues, default=None)


def waiting(order: Order) -> tuple[Waiting, ...]:
    """Whom the order waits for; never empty while it is open (invariant 8)."""
    found = [_parked(order, effect) for effect in order.parked]
    found += [_hold(order, hold) for hold in order.open_holds]
    found += [
        Waiting(who=step.owner, what=f"step {step.key}", since=step.since, until=step.until)
        for step in order.open_steps
        if not any(effect.status is EffectStatus.PARKED for effect in undone(order, step))
    ]
    found += _at_stage(order)
    return tuple(found) or (Waiting(who="us", what="the next step", since=order.received_at),)


def _parked(order: Order, effect: EffectState) -> Waiting:
    """A parked effect, with the step that it belongs to."""
    step = step_of(order, effect)
    what = f"{effect.kind}: {effect.note}"
    return Waiting(who="operator", what=f"step {step.key}, {what}" if step else what, since=effect.since)


def _hold(order: Order, hold: Hold) -> Waiting:
    other = f" of {hold.about['order_no']}" if "order_no" in hold.about else ""
    what = f"hold {hold.id} {hold.reason}{other}"
    return Waiting(who=work_of(order, hold).role, what=what, since=hold.at, until=hold.review_at)


def _at_stage(order: Order) -> list[Waiting]:
    running = [
        Waiting(who=_PARTY.get(effect.kind, "us"), what=effect.kind, since=effect.since)
        for effect in order.effects
        if effect.status is EffectStatus.RUNNING and step_of(order, effect) is None
    ]
    match order.stage:
        case Stage.NEEDS_CORRECTION:
            fields = ", ".join(finding.field for finding in order.audit.findings if finding.severity in STOPPING)
            since = _opened(order, CaseKind.INFO_ERROR)
            return [*running, Waiting(who=fixer(order), what=f"correct {fields}", since=since)]
        case Stage.AWAITING_CONFIRMATION:
            return [*_gates(order), *running]
        case Stage.READY_TO_SHIP | Stage.PARTIALLY_SHIPPED:
            out = [each for each in order.live_shipments if each.outbound_at is None and each.lines]
            return [
                Waiting(who="warehouse", what=shipment.subject, since=shipment.released_at or shipment.planned_at)
                for shipment in out
            ] + [*_gates(order), *running]
        case Stage.SHIPPED | Stage.PARTIALLY_DELIVERED:
            way = [package for package in order.packages if package.counts and not package.delivered_at]
            return [
                Waiting(
                    who="carrier",
                    what=package.subject,
                    since=package.story.since or package.outbound_at or order.placed_at,
                )
                for package in way
            ] + running
        case Stage.DELIVERED:
            return [
                Waiting(who="customer", what="a confirmation", since=order.delivered_at or order.placed_at),
                *running,
            ]
        case _:
            return running


def erp_pending(order: Order) -> bool:
    """Whether everything is confirmed and only the ERP has not taken the order yet (edge case 36)."""
    return order.stage is Stage.AWAITING_CONFIRMATION and any(
        effect.kind == EffectKind.ENTER and effect.status is not EffectStatus.DONE for effect in order.effects
    )


def _opened(order: Order, kind: CaseKind) -> datetime:
    case = order.case(kind)
    return case.opened_at if case else order.received_at


def _gates(order: Order) -> list[Waiting]:
    found = []
    if not order.payment.gate_closed:
        found.append(Waiting(who="payer", what="payment", since=order.placed_at))
    found += [
        Waiting(who="warehouse", what=f"transfer {each.number} from {each.source}", since=each.requested_at)
        for each in order.transfers
        if each.under_way and not each.unwanted
    ]
    if any(line.unallocated for line in order.lines) and not order.stock_lapsed:
        found.append(Waiting(who="purchasing", what="stock", since=_opened(order, CaseKind.STOCK_SHORTAGE)))
    found += [
        Waiting(who="logistics", what=f"carrier of {shipment.subject}", since=shipment.planned_at)
        for shipment in waiting_for_carrier(order)
    ]
    return found


_PARTY = {
    "enter_order": "erp",
    "cancel_entry": "erp",
    "read_entry": "erp",
    "release_shipment": "warehouse",
    "ask_warehouse": "warehouse",
    "ask_carrier": "carrier",
    "ask_payer": "payment",
    "refund_payment": "payment",
    "choose_carrier": "us",
    "issue_coupon": "us",
    "recall_shipment": "warehouse",
    "intercept_parcel": "carrier",
    "request_priority": "carrier",
    "book_redelivery": "carrier",
    "request_transfer": "warehouse",
    "call_off_transfer": "warehouse",
    "book_transfer": "us",
    "ask_purchasing": "purchasing",
    "open_claim": "carrier",
    "count_overdue": "us",
}


def attention(order: Order) -> tuple[str, ...]:
    """Why a person has to look at the order now: parked steps, slow steps, cases nobody has acknowledged."""
    if order.final:
        return ()
    slow = tuple(
        f"SLOW {effect.kind}"
        for effect in order.effects
        if effect.status is EffectStatus.RUNNING and f"watchdog/{effect.key}/{effect.tries}" in order.fired
    )
    parked = tuple(f"PARKED {effect.kind}" for effect in order.parked)
    cases = tuple(str(case.kind) for case in order.open_cases if case.level and not case.acknowledged_at)
    return parked + cases + slow
