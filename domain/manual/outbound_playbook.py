"""E4: goods that did not leave in time (出库超时; SR-033, SR-034), step by step.

We look at ourselves first: does the warehouse have the release, do we hold it? Then its reason decides: pressed for a
new time, sent again, looked for elsewhere (E2), or asked of the customer (E1). The customer heard at once that it is
late, and hears the new time as soon as there is one (``domain.manual.first_steps``).
"""

from __future__ import annotations

from datetime import datetime

from domain.effects import EffectKind, effect_key
from domain.holds import Case, EffectStatus
from domain.manual.backlog import suggest
from domain.manual.escalation import SECOND, THIRD, climb
from domain.manual.first_steps import OWNER, ask_holder
from domain.manual.info_error import contact
from domain.manual.release import hand_over
from domain.manual.relocating import step_elsewhere
from domain.manual.turn import Turn
from domain.order import Order
from domain.outbound_causes import OutboundCause, outbound_cause_of
from domain.policy import CaseKind
from domain.questions import Doubt
from domain.shipments import Shipment
from domain.steps import CaseStep, StepState
from domain.taking.answering import ADDRESS, doubted
from domain.transitions import GUARDS, row

RELEASED, SENT_AGAIN, PROMISED = "RELEASED", "SENT_AGAIN", "PROMISED"
NO_ANSWER, TOO_LATE, NOT_KEPT = "NO_ANSWER", "TOO_LATE", "NOT_KEPT"
"""What came of a step, beside the causes."""


def playbook(turn: Turn) -> None:
    """The next step of every open case of goods that have not left."""
    order = turn.order
    if not order.policy.outbound.playbook or order.test or order.ending:
        return
    for case in order.open_cases:
        if case.kind is not CaseKind.OUTBOUND_OVERDUE:
            continue
        shipment = next((each for each in order.live_shipments if each.subject == case.subject), None)
        if _is_with_warehouse(turn, case, shipment) and shipment is not None:
            _work(turn, case, shipment)
            suggest(turn, next(each for each in turn.order.cases if each.no == case.no), shipment)


def _work(turn: Turn, case: Case, shipment: Shipment) -> None:
    match _reason(turn, case, shipment):
        case None | OutboundCause.SHORT | OutboundCause.DAMAGED:
            pass  # waited for, or looked for elsewhere since it was heard
        case OutboundCause.ADDRESS if not _is_cleared(turn.order, shipment):
            _doubt(turn, case, shipment)
        case OutboundCause.MISSED_RELEASE | OutboundCause.ON_HOLD if _is_held_back(turn.order):
            _show_holds(turn, case, turn.begin(case, "check_release", OWNER))
        case OutboundCause.MISSED_RELEASE | OutboundCause.ON_HOLD:
            _send_again(turn, case, shipment)
        case _:
            _hurry(turn, case, shipment)


# -- 1. we look at ourselves -----------------------------------------------------------------------------------------


def _is_with_warehouse(turn: Turn, case: Case, shipment: Shipment | None) -> bool:
    """Whether the warehouse acknowledged the release; one that it did not is sent again under its key, once."""
    step = turn.begin(case, "check_release", OWNER)
    if not step.open:
        return True
    if shipment is not None and shipment.released_at:
        turn.end(step, SENT_AGAIN if f"resent/{case.no}" in turn.order.fired else RELEASED)
        return True
    step = _show_holds(turn, case, step)
    handing = turn.order.effect(f"release/{shipment.number}") if shipment else None
    if handing is not None and step.effects != (handing.key,):
        turn.change_step(step, effects=(handing.key,))
    if handing is not None and handing.status is EffectStatus.PARKED and turn.mark_once(f"resent/{case.no}"):
        again = handing.having(status=EffectStatus.RUNNING, tries=handing.tries + 1, code="", note="")
        effects = tuple(again if each.key == again.key else each for each in turn.order.effects)
        turn.order = turn.order.having(effects=effects)
    return False


def _show_holds(turn: Turn, case: Case, step: CaseStep) -> CaseStep:
    """Our own hold keeps it: the step waits for whose hold that is, who has it on the desk; the owner has the case."""
    holds = turn.order.held("release")
    for hold in holds:
        if hold.owner_role != OWNER:
            about = {"hold": hold.id, "reason": str(hold.reason)}
            key = f"case/{case.no}/hold/{hold.id}"
            turn.task(key, "REVIEW_HOLD", hold.owner_role, case_no=case.no, params=about)
    owner = holds[0].owner_role if holds else OWNER
    return step if not step.open or step.owner == owner else turn.change_step(step, owner=owner)


# -- 2. the reason ---------------------------------------------------------------------------------------------------


def _reason(turn: Turn, case: Case, shipment: Shipment) -> OutboundCause | None:
    """The reason as far as it is known; None while the warehouse is asked for it."""
    within = turn.order.policy.outbound.answer_within
    step = turn.begin(case, "ask_reason", "warehouse", until=turn.now + within, effects=_asked(turn, case, shipment))
    if step.open:
        word = next((each.word for each in turn.order.reasons if each.subject == shipment.subject), "")
        if word:
            step = turn.end(step, outbound_cause_of(word))
        elif shipment.promised_at and shipment.promised_at > step.since:
            step = turn.end(step, PROMISED)
    if step.open:
        _press(turn, case, step)
        return None
    return outbound_cause_of(step.result)


def _asked(turn: Turn, case: Case, shipment: Shipment) -> tuple[str, ...]:
    """The question that the case began with; asked now where the goods were not with the warehouse then."""
    known = tuple(each.key for each in turn.order.effects if _asks(each.kind, each.cause, case, shipment))
    return known or (_ask(turn, case, shipment, "reason", None),)


def _asks(kind: str, cause: str, case: Case, shipment: Shipment) -> bool:
    mine = cause.startswith((f"{case.no}/", "late/")) and cause.endswith(f"/{shipment.subject}")
    return kind == EffectKind.ASK_WAREHOUSE and mine


def _ask(turn: Turn, case: Case, shipment: Shipment, word: str, by: datetime | None) -> str:
    return ask_holder(turn, shipment, f"{case.no}/{word}", str(case.no), by=by)


def _press(turn: Turn, case: Case, step: CaseStep) -> None:
    """No reason in time: somebody telephones; then supervisor and manager hear of it, sooner than of a late order."""
    policy = turn.order.policy.outbound
    if step.until is not None and turn.judged_at < step.until:
        turn.look_at(step.until, f"step {step.key} answer")
        return
    turn.task(f"case/{case.no}/phone", "PHONE_WAREHOUSE", OWNER, case_no=case.no, params={"step": step.key})
    climb(turn, case, ((SECOND, step.since + policy.second_after), (THIRD, step.since + policy.third_after)))


# -- 3. by the reason ------------------------------------------------------------------------------------------------


def _hurry(turn: Turn, case: Case, shipment: Shipment) -> None:
    """Pressed for a time within twelve hours (催促拣货); without one, or when it passes, a person sees to it."""
    policy = turn.order.policy.outbound
    by = turn.now + policy.hurried_within
    known = turn.order.step(f"{case.no}/hurry")
    effects = known.effects if known else (_ask(turn, case, shipment, "hurry", by),)
    step = turn.begin(case, "hurry", "warehouse", until=turn.now + policy.answer_within, effects=effects)
    if step.open:
        step = _hurried(turn, shipment, step)
    if not step.open and not _is_promised(step):
        _elsewhere(turn, case, shipment, step)


def _elsewhere(turn: Turn, case: Case, shipment: Shipment, step: CaseStep) -> None:
    """Another warehouse sends it, where the edition says so, once; then, or where none can, somebody sees to it."""
    if turn.order.policy.outbound.reassigns and not shipment.moved_from:
        tried = step_elsewhere(turn, case, shipment)
        step = tried if not tried.open else step
        if tried.open or not _is_still_here(turn, shipment):
            return
    if not step.open:
        about = {"shipment": shipment.number, "warehouse": shipment.warehouse, "result": step.result}
        turn.task(f"case/{case.no}/elsewhere", "REASSIGN_WAREHOUSE", OWNER, case_no=case.no, params=about)


def _is_still_here(turn: Turn, shipment: Shipment) -> bool:
    return any(each.number == shipment.number for each in turn.order.live_shipments)


def _hurried(turn: Turn, shipment: Shipment, step: CaseStep) -> CaseStep:
    """Open until the time it named, or that it had to name one by."""
    promised, latest = shipment.promised_at, step.since + turn.order.policy.outbound.hurried_within
    if promised is not None and step.since < promised <= latest:
        if turn.judged_at < promised:
            turn.look_at(promised, f"step {step.key} promise")
            return step if step.result == PROMISED else turn.change_step(step, result=PROMISED, until=promised)
        return turn.end(step, NOT_KEPT)
    answered = not {each.key for each in turn.order.running} & set(step.effects)
    if answered and promised is not None and promised > latest:
        return turn.end(step, TOO_LATE)
    if step.until is not None and turn.judged_at < step.until:
        turn.look_at(step.until, f"step {step.key} answer")
        return step
    return turn.end(step, NO_ANSWER)


def _is_promised(step: CaseStep) -> bool:
    return step.state is StepState.BY_HAND and step.result.strip().upper() == PROMISED


def _send_again(turn: Turn, case: Case, shipment: Shipment) -> None:
    """The warehouse has no such release: it gets it again under the same key, so that it never has two."""
    cause = f"{shipment.number}/again-{case.no}"
    hand_over(turn, shipment, cause, same_as=effect_key(turn.order.number, EffectKind.RELEASE, shipment.number))
    key = effect_key(turn.order.number, EffectKind.RELEASE, cause)
    step = turn.begin(case, "release_again", "warehouse", effects=(key,))
    if step.open and not any(each.key == key for each in turn.order.running):
        turn.end(step, SENT_AGAIN)


def _is_held_back(order: Order) -> bool:
    """Whether a shipment would not be released now: then none is sent again either."""
    return not all(GUARDS[guard](order) for guard in row("release_shipment").guards)


def _doubt(turn: Turn, case: Case, shipment: Shipment) -> None:
    """The label cannot be right: the customer is asked, and the goods are stopped (E1); once a case."""
    if not turn.mark_once(f"doubt/{case.no}") or _is_doubted(turn.order, shipment):
        return
    about = Doubt(id=f"{case.no}/address", source="warehouse", at=turn.now, fields=ADDRESS, subject=shipment.subject)
    turn.order = doubted(turn.order, about)
    contact(turn)


def _is_doubted(order: Order, shipment: Shipment) -> bool:
    return any((each.source, each.subject) == ("warehouse", shipment.subject) for each in order.doubts)


def _is_cleared(order: Order, shipment: Shipment) -> bool:
    """Whether the doubt is over, and the goods wait for the warehouse again."""
    mine = [each for each in order.doubts if (each.source, each.subject) == ("warehouse", shipment.subject)]
    return bool(mine) and not any(each.open for each in mine)
