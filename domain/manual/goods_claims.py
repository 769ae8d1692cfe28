"""A buyer's claim about goods (edge case 24, AC-71): not received, wrong, missing; a proof first, then a decision.

Not an application for money back (``claims``), nor a claim that comes after the completion (``domain.late_claims``).
While a claim is open nothing completes and C3 stands still; the goods are paid back or sent again by a person's word.
"""

from __future__ import annotations

from domain.claim_goods import amount_of, parcels_of
from domain.claims import Claim, ClaimKind, ClaimState
from domain.effects import EffectKind
from domain.holds import Case, CaseStatus
from domain.manual.ending import refund
from domain.manual.resending import RESENT, follow, resend
from domain.manual.shipping import inquiry
from domain.manual.turn import Turn
from domain.order import Order
from domain.policy import CaseKind
from domain.shipments import Package
from domain.taking.claims import put
from domain.taking.holding import DESK, released

REFUNDED, RECEIVED, UNFOUNDED = "REFUNDED", "RECEIVED", "UNFOUNDED"
OUTCOMES = (REFUNDED, RESENT, RECEIVED, UNFOUNDED)
"""How the case of a claim can be resolved: the money goes back, or the goods leave anew, by themselves."""
CASES = {
    ClaimKind.NOT_RECEIVED: (CaseKind.NOT_RECEIVED_CLAIM, "carrier"),
    ClaimKind.WRONG_GOODS: (CaseKind.MIS_SHIPMENT, "warehouse"),
    ClaimKind.MISSING_GOODS: (CaseKind.MIS_SHIPMENT, "warehouse"),
}
"""The case of each claim, and who is asked for a proof."""
PROOF, DECISION = "proof", "decide_claim"
SERVICE = "customer_service"


def goods_claims(turn: Turn) -> None:
    """See to every claim that is not over."""
    for claim in turn.order.claims:
        if not claim.is_application and f"over/{claim.subject}" not in turn.order.fired:
            _see_to(turn, claim)
        elif not claim.is_application and (case := _case_of(turn.order, claim)) is not None:
            follow(turn, claim, case)


def _see_to(turn: Turn, claim: Claim) -> None:
    case = _case_of(turn.order, claim) or (_open(turn, claim) if claim.live else None)
    if not claim.live:
        turn.mark_once(f"over/{claim.subject}")
        if case is not None and case.open and not _others(turn.order, case):
            turn.close_case(case, "WITHDRAWN", withdrawn=True)
    elif case is not None and case.resolved_at:
        turn.mark_once(f"over/{claim.subject}")
        _decided(turn, claim, case)
    elif case is not None:
        _look_into(turn, claim, case)


def _others(order: Order, case: Case) -> bool:
    """Whether another claim, or what left wrongly, keeps the case open."""
    other = any(claim.case == case.no and claim.live for claim in order.claims)
    return other or case.cause not in set(CASES)


def _case_of(order: Order, claim: Claim) -> Case | None:
    return next((case for case in order.cases if case.no == claim.case), None)


def case_subject(claim: Claim) -> str:
    """What the case of a claim is about: its parcel, or the order."""
    return f"package/{claim.package}" if claim.package else "order"


def _open(turn: Turn, claim: Claim) -> Case:
    """A claim joins an open case of its kind on its parcel; else it opens one, and the proof is asked for."""
    kind, party = CASES[claim.kind]
    case = turn.open_case(kind, case_subject(claim), cause=claim.kind, responsible=party)
    turn.order = put(turn.order, claim.having(case=case.no))
    until = claim.at + turn.order.policy.claims.proof_within
    step = turn.begin(case, PROOF, party, until=until)
    keys = [_ask(turn, claim, case, package) for package in parcels_of(turn.order, claim)]
    turn.change_step(step, effects=(*step.effects, *filter(None, keys)))
    return case


def _ask(turn: Turn, claim: Claim, case: Case, package: Package) -> str:
    """Ask the carrier for its proof of delivery, or the warehouse what it packed."""
    details = inquiry(turn.order, package, str(case.no))
    cause = f"{case.no}/{PROOF}-{claim.no}/{package.subject}"
    if claim.kind is not ClaimKind.NOT_RECEIVED:
        turn.start(EffectKind.ASK_WAREHOUSE, cause, **details)
    elif package.tracking_number:
        turn.start(EffectKind.ASK_CARRIER, cause, **details)
    else:
        return ""
    return turn.order.effects[-1].key


def _look_into(turn: Turn, claim: Claim, case: Case) -> None:
    """Until the proof is there or its time is over somebody waits for it; then somebody decides."""
    step = turn.begin(case, PROOF, CASES[claim.kind][1])
    if step.open and step.until is not None and turn.judged_at < step.until:
        turn.look_at(step.until, f"case {case.no} proof")
        return
    step = turn.end(step, "NO_PROOF")
    turn.begin(case, DECISION, SERVICE)
    params = {"claim": claim.reference, "proof": step.result, "outcomes": list(OUTCOMES)}
    turn.task(f"case/{case.no}/{DECISION}", "DECIDE_CLAIM", SERVICE, case_no=case.no, params=params)


def _decided(turn: Turn, claim: Claim, case: Case) -> None:
    """Somebody resolved the case: the money goes back where that was said, and the order may go on."""
    if case.status is CaseStatus.RESOLVED and case.outcome == REFUNDED:
        refund(turn, f"claim/{claim.reference}", amount_of(turn.order, claim), turn.order.payment.currency)
    for word in (PROOF, DECISION):
        step = turn.order.step(f"{case.no}/{word}")
        if step is not None:
            turn.end(step, case.outcome)
    if not (case.status is CaseStatus.RESOLVED and case.outcome == RESENT and resend(turn, claim)):
        turn.order = released(turn.order, [claim.hold], turn.now, DESK)
    ended = claim.having(case=case.no, state=ClaimState.SETTLED, answered_at=case.resolved_at, answered_by=case.actor)
    turn.order = put(turn.order, ended)


def is_of_a_claim(order: Order, case: Case) -> bool:
    """Whether a case stands for a claim, and so ends in one of ``OUTCOMES``."""
    return any(claim.case == case.no for claim in order.claims if not claim.is_application)
