"""A delay that is a fact is compensated by itself, once an incident (§4.9, SR-132c; E3 step 4, E4 step 3).

An incident is what is late, a parcel or a shipment, however many clocks and cases it takes: so two breaches of one
parcel, and a case that opens anew after a Reset, are one. A higher step gives the difference.
"""

from __future__ import annotations

from domain.clocks import TICK
from domain.compensation import (
    Approval,
    Coupon,
    Step,
    allowed,
    lost_step,
    names_below,
    next_step_at,
    short_step,
    step_of,
)
from domain.compensation_policy import Fault, Instrument, Tariff
from domain.coupon_effects import CouponRequest
from domain.delays import Delay, becomes_fact_at, delays, fault_of_package, shortfalls
from domain.effects import EffectKind, effect_key
from domain.manual.turn import Turn
from domain.order import Order

US = "us"
TEMPLATES = {
    Instrument.OWN: "COUPON",
    Instrument.PLATFORM: "PLATFORM_COUPON",
    Instrument.TRANSFER: "SMALL_TRANSFER",
}
BY_APPROVAL = "approved"
"""Ends the key of a coupon that was over the budget before: its first asking stays what it was, after a Reset too."""


def compensate(turn: Turn) -> None:
    """Tell of the coupons that exist by now, and have those issued that are due."""
    if not turn.order.policy.compensation.tariffs:
        return
    for coupon in turn.order.coupons:
        if coupon.amount:
            _tell(turn, coupon, coupon.amount)
    _reclassify(turn)
    over = turn.order.test or turn.order.ending is not None or turn.order.final
    late = () if over and not turn.order.approvals else delays(turn.order, turn.judged_at)
    for delay in (*shortfalls(turn.order), *late):
        if not _is_over(turn.order, delay) or _may_be_approved(turn.order, delay):
            _judge(turn, delay)
    if not over:
        turn.look_at(becomes_fact_at(turn.order, turn.judged_at), "silence becomes a delay")


def _is_over(order: Order, delay: Delay) -> bool:
    """Whether nothing is given for it any more, but what a supervisor was asked about before."""
    ends = order.closed_at is not None if delay.short else order.final or order.ending is not None
    return order.test or ends


def _may_be_approved(order: Order, delay: Delay) -> bool:
    asked = any(approval.coupon.startswith(f"{delay.incident}/") for approval in order.approvals)
    return asked and order.policy.compensation.waits


def _reclassify(turn: Turn) -> None:
    """A cause that is known later moves the cost; the coupon stays the customer's (§4.9)."""
    order, policy = turn.order, turn.order.policy.compensation
    if not policy.reclassifies or not order.coupons:
        return
    faults = {package.subject: fault_of_package(order, package) for package in order.packages}
    for coupon in order.coupons:
        fault = faults.get(coupon.incident, Fault.UNKNOWN)
        payer = policy.tariffs[fault].payer if fault in policy.tariffs else US
        if fault is Fault.UNKNOWN or payer == coupon.payer or not coupon.amount:
            continue
        moved = coupon.having(payer=payer)
        turn.order = turn.order.having(
            coupons=tuple(moved if each.key == moved.key else each for each in turn.order.coupons)
        )
        about = {"subject": coupon.incident, "amount": coupon.amount, "currency": coupon.currency}
        turn.note(
            f"cost/{coupon.incident}/{coupon.step}/{turn.now.isoformat()}",
            "coupon_cost_moved",
            **about,
            fault=fault,
            payer=payer,
        )


def _judge(turn: Turn, delay: Delay) -> None:
    policy = turn.order.policy.compensation
    tariff = policy.tariffs.get(delay.fault)
    if tariff is None:
        _say_none(turn, delay, delay.fault)
        return
    decided_at = delay.since + policy.unknown_after + TICK
    if delay.fault is Fault.UNKNOWN and not delay.over and turn.judged_at < decided_at:
        turn.look_at(decided_at, f"cause of the delay of {delay.incident}")
        return
    late = short_step(tariff) if delay.short else step_of(tariff, delay.late)
    step = lost_step(tariff) if delay.lost else late
    if step is not None:
        _grant(turn, delay, tariff, step)
    if not delay.over:
        turn.look_at(next_step_at(tariff, delay.since, delay.late), f"compensation of {delay.incident}")


def _grant(turn: Turn, delay: Delay, tariff: Tariff, step: Step) -> None:
    """One coupon of an incident at a time: the next one adds what lacks to it."""
    order, policy = turn.order, turn.order.policy.compensation
    mine = [coupon for coupon in order.coupons if coupon.incident == delay.incident]
    if any(coupon.amount is None or coupon.step == step.name for coupon in mine):
        return
    total = order.content.total + order.payment.given_back  # as it was ordered
    up_to = allowed(policy, step, total, order.content.currency, _others(order, delay.incident))
    if up_to <= max((coupon.up_to for coupon in mine), default=0):
        if not mine:
            _say_none(turn, delay, "bounds")
        return
    cause = f"{delay.incident}/{step.name}"
    asked = next((approval for approval in order.approvals if approval.coupon == cause), None)
    if asked is None and _is_over(order, delay):
        return
    approved = asked is not None or step.approval or up_to > policy.approval_over
    if approved and not _approved(turn, cause, up_to):
        return
    granted = f"{cause}/{BY_APPROVAL}" if asked and asked.over_budget else cause
    wish = {"up_to": up_to, "below": _below(order, delay.incident, granted, names_below(tariff, step.name))}
    if not turn.start(EffectKind.ISSUE_COUPON, granted, CouponRequest, **wish, **_terms(order, approved=approved)):
        return
    coupon = Coupon(
        key=_key(order, granted),
        incident=delay.incident,
        step=step.name,
        case_no=_case_no(turn.order, delay.incident),
        up_to=up_to,
        currency=policy.currency,
        fault=delay.fault,
        payer=tariff.payer,
        edition=order.policy.edition,
        instrument=policy.instrument(order.channel),
    )
    turn.order = turn.order.having(coupons=(*turn.order.coupons, coupon))
    turn.note(f"coupon/{granted}", "coupon_due", **_said(coupon, up_to))


def _terms(order: Order, *, approved: bool) -> dict[str, object]:
    """What is the same for every coupon of an edition, and the day's budget where it has one."""
    policy = order.policy.compensation
    instrument = policy.instrument(order.channel)
    terms: dict[str, object] = {"currency": policy.currency, "valid_days": policy.valid_days, "instrument": instrument}
    if policy.daily_budget is None:
        return terms
    return {**terms, "budget": policy.daily_budget, "zone": order.policy.zone, "approved": approved}


def _below(order: Order, incident: str, granted: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """The keys whose coupons count; what was over a budget may have been issued under a key of its own."""
    lower = tuple(f"{incident}/{name}" for name in names)
    if order.policy.compensation.daily_budget is None:
        return tuple(_key(order, cause) for cause in lower)
    plain = granted.removesuffix(f"/{BY_APPROVAL}")
    causes = (each for cause in (*lower, plain) for each in (cause, f"{cause}/{BY_APPROVAL}"))
    return tuple(_key(order, cause) for cause in causes if cause != granted)


def _approved(turn: Turn, coupon: str, up_to: int) -> bool:
    """Whether a supervisor said yes; asked once, by a task (§4.9)."""
    order = turn.order
    known = next((approval for approval in order.approvals if approval.coupon == coupon), None)
    if known is None:
        known = Approval(coupon=coupon, up_to=up_to, currency=order.policy.compensation.currency)
        turn.order = order.having(approvals=(*order.approvals, known))
    about = {"amount": known.up_to, "currency": known.currency, "edition": order.policy.edition}
    if known.over_budget and turn.mark_once(f"over_budget/{coupon}"):
        turn.note(f"over_budget/{coupon}", "coupon_over_budget", subject=coupon.rpartition("/")[0], **about)
    if not known.verdict:
        turn.task(f"coupon/{coupon}", "APPROVE_COUPON", "supervisor", params={"coupon": coupon, **about})
    return known.verdict == "approve"


def undecided(order: Order) -> tuple[str, ...]:
    """The coupons that wait for a supervisor's yes, by incident and step; an order that is over may wait for none."""
    lapsed = order.final and not order.policy.compensation.waits
    return () if lapsed else tuple(each.coupon for each in order.approvals if not each.verdict)


def _key(order: Order, cause: str) -> str:
    return effect_key(order.number, EffectKind.ISSUE_COUPON, cause)


def _others(order: Order, incident: str) -> tuple[int, ...]:
    """What each other incident of the order came to."""
    found: dict[str, int] = {}
    for coupon in order.coupons:
        if coupon.incident != incident:
            found[coupon.incident] = max(found.get(coupon.incident, 0), coupon.up_to)
    return tuple(found.values())


def _case_no(order: Order, incident: str) -> int:
    return max((case.no for case in order.cases if case.subject == incident), default=0)


def _say_none(turn: Turn, delay: Delay, why: str) -> None:
    mark = f"no_coupon/{delay.incident}/{why}"
    if turn.mark_once(mark):
        turn.note(mark, "coupon_none", subject=delay.incident, why=why, edition=turn.order.policy.edition)


def _tell(turn: Turn, coupon: Coupon, amount: int) -> None:
    """A code is promised once it exists, and not before (edge case 38)."""
    told = f"{coupon.incident}/{coupon.step}"
    template = TEMPLATES[coupon.instrument]
    if f"message/{template}/{told}" in turn.order.said:
        return
    said: dict[str, object] = {"amount": amount, "currency": coupon.currency}
    if coupon.instrument is Instrument.OWN:
        said["coupon"] = coupon.key
    if coupon.instrument is not Instrument.TRANSFER:
        said["days"] = turn.order.policy.compensation.valid_days
    turn.tell(template, told, **said)
    turn.note(f"coupon_issued/{told}", "coupon_issued", **_said(coupon, amount))


def _said(coupon: Coupon, amount: int) -> dict[str, object]:
    return {
        "subject": coupon.incident,
        "amount": amount,
        "currency": coupon.currency,
        "fault": coupon.fault,
        "payer": coupon.payer,
        "edition": coupon.edition,
        **({"case": coupon.case_no} if coupon.case_no else {}),
    }
