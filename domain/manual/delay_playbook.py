"""E3 and E5: a late or silent parcel (物流延误, 物流停滞; SR-132, SR-132a, SR-132b), step by step.

Ask for the cause · by the cause: ask for priority, book another attempt, have the address checked, call it lost ·
then send the goods anew by another carrier. The customer hears of cause and new date once both are known. A parcel
that comes back, or that was superseded, is only asked about.
"""

from __future__ import annotations

from typing import Any

from domain.calendar import local_day
from domain.carrier_orders import InterceptRequest, PriorityRequest, RedeliveryRequest
from domain.causes import Cause, cause_of
from domain.clocks import TICK
from domain.delays import COMES_BACK
from domain.effects import EffectKind
from domain.holds import Case
from domain.lines import worth
from domain.manual.carrier_words import ACCEPTED, awaited, give, last_moved
from domain.manual.first_steps import package_of
from domain.manual.info_error import contact
from domain.manual.shipping import inquiry
from domain.manual.stopping import recalls_itself
from domain.manual.turn import Turn
from domain.order import Order
from domain.packages import PackageState, distinct
from domain.policy import CaseKind
from domain.questions import Doubt
from domain.shipments import Package
from domain.steps import CaseStep, StepState
from domain.taking.answering import ADDRESS, doubted

CASES = frozenset({CaseKind.LOGISTICS_DELAY, CaseKind.LOGISTICS_STALLED})
WORKED_ON = CASES | {CaseKind.DELIVERY_FAILED}
ATTEMPTS, LAST_ATTEMPT = 2, 3
"""After so many failed attempts another one is agreed; after so many the parcel is called back."""
NOBODY_TRIED = 2
"""So often the carrier is asked for the cause before somebody telephones."""


def playbook(turn: Turn) -> None:
    """The next step of every open case of a late or silent parcel."""
    order = turn.order
    if not order.policy.logistics.playbook or order.test or order.ending:
        return
    for case in order.open_cases:
        package = package_of(order, case.subject) if case.kind in WORKED_ON else None
        if package is None or package.superseded_at or not package.tracking_number:
            continue
        if not case.clocks and (package.final or package.state is PackageState.READY_FOR_PICKUP):
            turn.close_case(case, str(package.state))
        elif package.final or package.state in COMES_BACK:
            continue
        elif case.kind is CaseKind.DELIVERY_FAILED:
            _failed(turn, case, package)
        else:
            _work(turn, case, package)


def _work(turn: Turn, case: Case, package: Package) -> None:
    cause = _cause(turn, case, package)
    if cause in (Cause.LOST, Cause.DAMAGED):
        turn.look_at(turn.now + TICK, f"{package.subject} {cause}")  # `lost` calls it so before the cases are read
        return
    if not turn.order.policy.may_wait:
        _switch(turn, case, package)
    elif cause is Cause.ADDRESS_PROBLEM:
        _address(turn, case, package)
    elif cause is Cause.RECIPIENT_ABSENT:
        _redelivery(turn, case, package)
    elif cause is Cause.CARRIER_SUSPENDED:
        _switch(turn, case, package)
    elif cause not in (None, Cause.RECIPIENT_REFUSED):
        _hurry(turn, case, package)
    _appease(turn, package, cause)


# -- 1. the cause ----------------------------------------------------------------------------------------------------


def _cause(turn: Turn, case: Case, package: Package) -> Cause | None:
    """The cause as far as it is known; UNKNOWN once nobody could be reached for it, None while it is waited for."""
    within = turn.order.policy.logistics.ask_again_after
    asked = tuple(each.key for each in turn.order.effects if _asks(each.kind, each.cause, package))
    step = turn.begin(case, "ask_cause", "logistics", until=turn.now + within, effects=asked)
    if step.open:
        step = _answered(turn, case, package, step)
    if step.open and step.until is not None:
        turn.look_at(step.until, f"step {step.key} answer")
        return None
    return cause_of(step.result)


def _asks(kind: str, cause: str, package: Package) -> bool:
    return kind == EffectKind.ASK_CARRIER and cause.endswith(f"/{package.subject}")


def _answered(turn: Turn, case: Case, package: Package, step: CaseStep) -> CaseStep:
    """Ended where the carrier named a cause; else asked again in time, and then a person telephones."""
    word = next((each.word for each in turn.order.reasons if each.subject == package.subject), "")
    if package.state is PackageState.DELIVERY_FAILED and any(scan.by_recipient for scan in package.scans):
        word = Cause.RECIPIENT_ABSENT  # its own scan says so
    if word:
        return turn.end(step, cause_of(word))
    if step.until is None or turn.judged_at < step.until:
        return step
    tries = sum(effect.cause.startswith(f"{case.no}/cause-") for effect in turn.order.effects) + 1
    if tries >= NOBODY_TRIED:
        params = {"tracking_number": package.tracking_number, "carrier": package.carrier}
        turn.task(f"case/{case.no}/phone", "PHONE_CARRIER", "logistics", case_no=case.no, params=params)
        return turn.change_step(step, until=None)
    cause = f"{case.no}/cause-{tries + 1}/{package.subject}"
    turn.start(EffectKind.ASK_CARRIER, cause, **inquiry(turn.order, package, str(case.no)))
    key = turn.order.effects[-1].key
    until = step.until + turn.order.policy.logistics.ask_again_after
    return turn.change_step(step, until=max(until, turn.now), effects=(*step.effects, key))


# -- 2. by the cause -------------------------------------------------------------------------------------------------


def _hurry(turn: Turn, case: Case, package: Package) -> None:
    """Priority; without it, or where it does not move for a day all the same, another carrier."""
    policy = turn.order.policy.logistics
    key = give(turn, EffectKind.PRIORITY, package.subject, PriorityRequest, package)
    step = turn.begin(case, "priority", "logistics", until=turn.now + policy.answer_within, effects=(key,))
    step = awaited(turn, step, key)
    moved = last_moved(package)
    if step.open or moved is None:
        return
    since = max(moved, step.ended_at) if step.result == ACCEPTED and step.ended_at else moved
    if turn.judged_at < since + policy.moves_within:
        turn.look_at(since + policy.moves_within, f"step {step.key} movement")
    else:
        _switch(turn, case, package)


def _redelivery(turn: Turn, case: Case, package: Package) -> None:
    """Another attempt, agreed with the recipient; customer service sees to it where the carrier does not."""
    key = give(turn, EffectKind.REDELIVERY, package.subject, RedeliveryRequest, package)
    until = turn.now + turn.order.policy.logistics.answer_within
    step = awaited(turn, turn.begin(case, "redelivery", "logistics", until=until, effects=(key,)), key)
    if not step.open and step.result != ACCEPTED and step.state is StepState.DONE:
        turn.task(f"case/{case.no}/redelivery", "CALL_RECIPIENT", "customer_service", case_no=case.no)


def _failed(turn: Turn, case: Case, package: Package) -> None:
    """Two attempts failed: an appointment; three: it comes back (DELIVERY_FAILED)."""
    failed = sum(scan.state is PackageState.DELIVERY_FAILED for scan in distinct(package.scans))
    if failed >= LAST_ATTEMPT:
        cause = f"{package.subject}/failed"
        key = give(turn, EffectKind.INTERCEPT, cause, InterceptRequest, package, purpose="return")
        until = turn.now + turn.order.policy.logistics.answer_within
        awaited(turn, turn.begin(case, "call_back", "logistics", until=until, effects=(key,)), key)
    elif failed >= ATTEMPTS:
        _redelivery(turn, case, package)


def _address(turn: Turn, case: Case, package: Package) -> None:
    """The address is wrong, says the carrier: it is asked to wait, and the address is doubted: one case (E1)."""
    key = give(turn, EffectKind.INTERCEPT, f"{package.subject}/wait", InterceptRequest, package, purpose="wait")
    until = turn.now + turn.order.policy.logistics.answer_within
    step = awaited(turn, turn.begin(case, "address", "logistics", until=until, effects=(key,)), key)
    if not turn.mark_once(f"address/{package.subject}"):
        return
    if recalls_itself(turn.order):
        if not any((each.source, each.subject) == ("carrier", package.subject) for each in turn.order.doubts):
            doubt = Doubt(id=step.key, source="carrier", at=turn.now, fields=ADDRESS, subject=package.subject)
            turn.order = doubted(turn.order, doubt)
            contact(turn)
        return
    wrong = turn.open_case(CaseKind.INFO_ERROR, package.subject, cause="carrier_address", responsible="customer")
    turn.task(f"case/{wrong.no}", "CHECK_ADDRESS", "customer_service", case_no=wrong.no)


# -- 3. another carrier ----------------------------------------------------------------------------------------------


def _switch(turn: Turn, case: Case, package: Package) -> None:
    """Have the goods sent anew, once; ``domain.manual.switching`` does it, also where a person asks for it.

    A person decides where cash is collected, and where dear goods would not keep until they are back.
    """
    step = turn.begin(case, "switch_carrier", "logistics")
    if not step.open or package.switch or not turn.mark_once(f"switch/{package.subject}"):
        return
    little = worth(turn.order.lines, package.lines) <= turn.order.policy.logistics.resend_up_to
    if turn.order.payment.method == "cod" or not (little or turn.order.policy.may_wait):
        turn.end(step, "PERSON")
        turn.task(f"case/{case.no}/parcel", "DECIDE_PARCEL", "customer_service", case_no=case.no)
        return
    how = "reship" if little else "return"
    changed = package.having(switch=how, switched_at=turn.now)
    packages = tuple(changed if each.id == package.id else each for each in turn.order.packages)
    turn.order = turn.order.having(packages=packages)
    turn.note(f"switch/{package.subject}", "switch_decided", subject=package.subject, how=how)


# -- what the customer hears -----------------------------------------------------------------------------------------


def _appease(turn: Turn, package: Package, cause: Cause | None) -> None:
    """Cause and new date, once both are known; of priority only what the carrier has said yes to (DELAY_APPEASE)."""
    asked = [step for step in turn.order.open_steps if step.word == "priority"]
    day, promised = package.estimated_at, package.promised_at
    if cause in (None, Cause.UNKNOWN) or day is None or day <= turn.now or asked or not (promised and day > promised):
        return
    yes = any(word.kind == EffectKind.PRIORITY and word.accepted for word in _words(turn.order, package))
    params: dict[str, Any] = {"cause": cause, "action": "priority" if yes else "push"}
    turn.tell("DELAY_APPEASE", package.subject, **params, date=local_day(day, turn.order.policy.zone).isoformat())


def _words(order: Order, package: Package) -> Any:
    return (word for word in order.carrier_words if word.package == package.id)
