"""Why is it where it is, and what may be done now (M4): the same words in API, command line and the Temporal UI."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from domain.catalogue.forms import money
from domain.catalogue.text import label
from domain.clocks import Verdict
from domain.compensation import Compensated, compensated
from domain.debts import due_at, open_debts
from domain.effects import EffectKind
from domain.findings import STOPPING
from domain.holds import EffectStatus, Hold
from domain.manual.answers import shut
from domain.manual.carriage import waiting_for_carrier
from domain.manual.holding import fixer, work_of
from domain.manual.turn import Due
from domain.order import Order
from domain.policy import CaseKind
from domain.promises import clocks
from domain.requests import ASKS
from domain.stage import Stage
from domain.value import Moment, Value


class Waiting(Value):
    """Who is waited for, for what, and since when."""

    who: str
    what: str
    since: Moment


class Owed(Value):
    """An audit debt that is open: what was let pass, and until when it has to be repaid."""

    code: str
    field: str
    due_at: Moment | None = None


class Explanation(Value):
    """Why an order is where it is; ``pending``: ERP_PENDING where only the ERP is lacking.

    ``next_name`` happens by itself at ``next_at``; ``closed`` says why not.
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
    found = [
        Waiting(who="operator", what=f"{effect.kind}: {effect.note}", since=effect.since) for effect in order.parked
    ]
    found += [Waiting(who=work_of(order, hold).role, what=_hold(hold), since=hold.at) for hold in order.open_holds]
    found += _at_stage(order)
    return tuple(found) or (Waiting(who="us", what="the next step", since=order.received_at),)


def _hold(hold: Hold) -> str:
    other = f" of {hold.about['order_no']}" if "order_no" in hold.about else ""
    return f"hold {hold.id} {hold.reason}{other}"


def _at_stage(order: Order) -> list[Waiting]:
    running = [
        Waiting(who=_PARTY.get(effect.kind, "us"), what=effect.kind, since=effect.since)
        for effect in order.effects
        if effect.status is EffectStatus.RUNNING
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
            way = [package for package in order.packages if package.out and not package.delivered_at]
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


def as_text(order: Order, found: Explanation) -> str:
    """The explanation as Markdown, in the policy's language."""
    language = order.policy.language
    say = {"zh-Hans": _CHINESE}.get(language, _ENGLISH)
    lines = [f"**{label('stage', found.pending or found.stage, language)}** · {order.number}"]
    lines += [
        f"- {say['waiting']}: {label('role', wait.who, language)} — {_what(wait.what, language)} "
        f"({say['since']} {_time(wait.since)})"
        for wait in found.waiting
    ]
    if found.until:
        lines.append(f"- {say['until']}: {_time(found.until)} ({found.until_clock})")
    if found.next_at:
        lines.append(f"- {say['next']}: {found.next_name} @ {_time(found.next_at)}")
    if found.attention:
        lines.append(f"- {say['attention']}: {', '.join(found.attention)}")
    lines += [
        f"- {say['case']} {case.no}: {label('case', case.kind, language)} · {case.subject} · L{case.level} {case.cause}"
        for case in order.open_cases
    ]
    lines += [
        f"- {say['debt']}: {label('finding', owed.code, language)} ({owed.field})"
        + (f" @ {_time(owed.due_at)}" if owed.due_at else "")
        for owed in found.debts
    ]
    lines += [
        f"- {say['coupon']} · {coupon.incident} · {money(coupon.amount, coupon.currency, language)} · {coupon.edition}"
        for coupon in found.coupons
        if coupon.amount
    ]
    lines.append(f"- {say['open']}: {', '.join(f'`{action}`' for action in found.actions) or '—'}")
    reasons = dict.fromkeys(found.closed.values())
    for reason in () if found.final else reasons:
        shut = (f"`{action}`" for action, why in found.closed.items() if why == reason)
        lines.append(f"- {say['closed']}: {', '.join(shut)} — {reason}")
    return "\n".join(lines)


def _what(what: str, language: str) -> str:
    return label("effect", what, language) if what.replace("_", "").isalpha() else what


def _time(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


_CHINESE = {
    "waiting": "等待",
    "since": "自",
    "until": "时限",
    "next": "系统下一步",
    "attention": "需要处理",
    "case": "异常",
    "debt": "待补审核",
    "coupon": "补偿优惠券",
    "open": "可用操作",
    "closed": "不可用",
}
_ENGLISH = {
    "waiting": "waiting for",
    "since": "since",
    "until": "until",
    "next": "next, by itself",
    "attention": "needs attention",
    "case": "case",
    "debt": "audit debt",
    "coupon": "coupon",
    "open": "open actions",
    "closed": "closed actions",
}
