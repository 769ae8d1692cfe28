"""Goods sent anew in place of a parcel on its way (更换快递, SR-034, SR-132b): reserved, superseded, asked back.

One way for the playbook and for a person who asks for it. Stock is reserved first, all of it or none: only then is the
parcel superseded, so that never two parcels with the same goods are under way unnoticed.
"""

from __future__ import annotations

from domain.asks_of_logistics import SwitchCarrier
from domain.carrier_orders import InterceptRequest
from domain.effects import EffectKind
from domain.holds import EffectStatus
from domain.manual.carrier_words import ACCEPTED, answer, give
from domain.manual.delay_playbook import CASES
from domain.manual.first_steps import ask_holder
from domain.manual.reserving import reserve_whole
from domain.manual.turn import Turn
from domain.order import Order
from domain.packages import PackageState
from domain.policy import CaseKind
from domain.sending_anew import replacement_of
from domain.shipments import Package
from domain.taking.warehouse import with_package

ENDED_BY_RESENDING = CASES | {CaseKind.LOST_OR_DAMAGED, CaseKind.RETURN_TO_SENDER, CaseKind.DELIVERY_FAILED}
CLAIMED = "claimed"
"""Sent anew although its carrier says that it was delivered."""
BACK = frozenset({PackageState.RETURNING, PackageState.RETURNED_TO_SENDER})


def switch(turn: Turn) -> None:
    """Every package whose goods are to be sent anew."""
    for package in turn.order.packages:
        if package.switch and not package.superseded_at and not turn.order.ending:
            _carry_out(turn, package)


def superseded(turn: Turn) -> None:
    """What becomes of the packages that others were sent in place of."""
    for package in turn.order.packages:
        if package.superseded_at and not turn.order.final:
            _superseded(turn, package)


def switchable(order: Order) -> tuple[Package, ...]:
    """The packages whose goods a person may have sent anew."""
    return tuple(
        package
        for package in order.packages
        if package.counts and package.lines and not package.switch and not package.delivered_at
        if order.effect(f"reserve/anew/{package.id}") is None
        if order.takes_numbers and order.payment.method != "cod"
        if not (package.gone and order.settled_loss(package))
    )


def unswitchable(order: Order, ask: SwitchCarrier) -> str:
    """The refusal's code where the goods of this package cannot be sent anew that way."""
    package = order.package(ask.package)
    if package is None:
        return "UNKNOWN_PACKAGE"
    tried = ask.how == "return" and order.effect(f"intercept/{package.subject}/return") is not None
    return "" if package in switchable(order) and not tried else "NOT_SWITCHABLE"


def _carry_out(turn: Turn, package: Package) -> None:
    if package.delivered_at and package.switch != CLAIMED:
        _over(turn, package, "DELIVERED")
    elif package.switch in ("reship", CLAIMED) or package.state is PackageState.RETURNED_TO_SENDER:
        reserve_anew(turn, package)
    elif package.gone:  # its own case asks somebody: send again or refund
        _over(turn, package, str(package.state))
    else:
        _call_back(turn, package)


def _call_back(turn: Turn, package: Package) -> None:
    """First the parcel comes back: asked for it, the carrier says no or nothing in time, and a person decides."""
    cause = f"{package.subject}/return"
    key = give(turn, EffectKind.INTERCEPT, cause, InterceptRequest, package, purpose="return")
    said = answer(turn.order, key)
    since = package.switched_at or turn.now
    until = since + turn.order.policy.logistics.answer_within
    if package.state in BACK or said == ACCEPTED:
        return
    if not said and turn.judged_at < until:
        turn.look_at(until, f"{package.subject} intercept answer")
    else:
        _over(turn, package, said or "NO_ANSWER", person=True)


def reserve_anew(turn: Turn, package: Package) -> None:
    """Reserve the same units, of whoever has them; a claimed parcel that nobody can send anew is its claim's matter."""
    cause = f"anew/{package.id}"
    reserve_whole(turn, cause, package.lines)
    asked = turn.order.effect(f"reserve/{cause}")
    if asked is not None and asked.status is EffectStatus.DONE:
        _over(turn, package, "SHORT", person=package.switch != CLAIMED)


def _over(turn: Turn, package: Package, result: str, *, person: bool = False) -> None:
    """It does not go that way; a person decides what else."""
    turn.order = with_package(turn.order, package.having(switch="", switched_at=None))
    turn.mark_once(f"switch/{package.subject}")
    turn.note(f"switch/{package.subject}/{result}", "switch_failed", subject=package.subject, result=result)
    _end_steps(turn, package, result)
    if person:
        cases = [case for case in turn.order.open_cases if case.subject == package.subject]
        number = cases[-1].no if cases else turn.open_case(CaseKind.LOGISTICS_DELAY, package.subject, cause=result).no
        turn.task(f"case/{number}/parcel", "DECIDE_PARCEL", "customer_service", case_no=number)


def _end_steps(turn: Turn, package: Package, result: str) -> None:
    mine = {case.no for case in turn.order.cases if case.subject == package.subject}
    for step in turn.order.steps:
        if step.open and step.case in mine and step.word == "switch_carrier":
            turn.end(step, result)


# -- superseded ------------------------------------------------------------------------------------------------------


def _superseded(turn: Turn, package: Package) -> None:
    """Its cases are settled, the parcel itself is asked back; where it arrives all the same, somebody decides."""
    shipment = replacement_of(turn.order, package)
    if shipment is not None and turn.mark_once(f"superseded/{package.id}/{shipment.number}"):
        mark = f"superseded/{package.id}/{shipment.number}"
        turn.note(mark, "superseded", subject=package.subject, shipment=shipment.number)
    _end_steps(turn, package, "RESHIPPED")
    for case in turn.order.open_cases:
        if case.subject == package.subject and case.kind in ENDED_BY_RESENDING:
            turn.close_case(case, "RESENT")
    if package.switch == CLAIMED and package.delivered_at:
        return  # the carrier says so, and the customer does not have it
    if package.delivered_at:
        _delivered_twice(turn, package)
    elif not package.final and package.state is not PackageState.RETURNING and package.tracking_number:
        cause = f"{package.subject}/return"
        give(turn, EffectKind.INTERCEPT, cause, InterceptRequest, package, purpose="return")


def _delivered_twice(turn: Turn, package: Package) -> None:
    """The first parcel arrived after all: the second is stopped where it still can be."""
    if not turn.mark_once(f"double/{package.subject}"):
        return
    case = turn.open_case(CaseKind.DOUBLE_DELIVERY, package.subject, cause="superseded", responsible="carrier")
    turn.task(f"case/{case.no}", "DECIDE", "customer_service", case_no=case.no)
    shipment = replacement_of(turn.order, package)
    if shipment is None:
        return
    if shipment.outbound_at is None and shipment.released_at:
        ask_holder(turn, shipment, f"{case.no}/stop", str(case.no), stop="double delivery")
    for second in turn.order.packages:
        if second.shipment == shipment.number and second.counts and not second.final and second.tracking_number:
            give(turn, EffectKind.INTERCEPT, f"{second.subject}/double", InterceptRequest, second, purpose="return")
