"""The story of an order that did not simply go well: two to five sentences of its own timeline, nothing invented."""

from __future__ import annotations

from collections.abc import Sequence

from domain.policy import CaseKind
from domain.requests import ASKS
from domain.stage import FINAL_STAGES
from infra.demo.desk import Happened

MOST = 5
"""Sentences of a story."""
RANKS: tuple[tuple[str, ...], ...] = (
    ("return_asked", "refund_requested", "not_received_claim", "channel_closed", "place_hold", "label_rejected"),
    (
        *("submit_change_request", "cancel", "reject_audit", "correct_fields", "customer_choice", "superseded"),
        *("transfer_received", "coupon_due", "change_written", "refund_withdrawn", "return_refunded", "reassigned"),
        *("exchange_shipped", "report_step", "repay_debt", "switch_carrier"),
    ),
    (
        *("resolve_case", "upload_tracking", "retry_step", "release_hold", "paid", "channel_changed"),
        *("return_inspected", "return_closed", "claim_accepted", "confirm_completion", "stock_arrived"),
    ),
    (
        *("case_resolved", "case_withdrawn", "clock_corrected", "outbound_promised", "change_applied"),
        *("return_received", "question_asked"),
    ),
    ("clock_breached", "return_approved", "return_shipped"),
)
"""Which kinds of sentence a story needs first; the first case and the order's end it needs before all."""
STEPS = {
    **dict.fromkeys(("priority", "recall", "intercept", "redelivery", "hurry", "stop"), 2),
    **dict.fromkeys(("purchasing", "ask_cause"), 3),
}
"""The same of the ends of a playbook's steps, by the step's word."""
EFFECTS = {"refund_payment": 1, "ask_warehouse": 2, "request_transfer": 2, "ask_purchasing": 2, "intercept_parcel": 3}
"""The same of what was done outside."""
SAYING = {"request_transfer": "source", "ask_warehouse": "reason", "ask_purchasing": "promised_at"}
"""Of these only the answers that say something: who brings it, why it is late, and when it comes."""
ASKED = frozenset(ASKS)
BY_REQUEST, BY_CLOCK = 3, 4
"""What a case is worth that was asked for, and one of a clock that runs out beside another case."""
CLOCKED = frozenset({CaseKind.CONFIRM_OVERDUE})
LAST = {"case_resolved": 1, "case_withdrawn": 1, "stage_reached": 2}
"""What follows from the rest of one moment is said after it; what somebody asked for is said before."""


def story(told: Sequence[Happened]) -> tuple[str, ...]:
    """What to tell of a timeline: how it began, what was done about it, how it ended."""
    told = sorted(told, key=lambda one: (one.at, -1 if one.code in ASKED else LAST.get(one.code, 0)))
    texts = {text: place for place, text in enumerate(_texts(told))}  # the last of those that say the same
    ranked = sorted((rank, place) for place in texts.values() if (rank := _rank(told, place)) is not None)
    return tuple(told[place].text for place in sorted(place for _, place in ranked[:MOST]))


def _texts(told: Sequence[Happened]) -> list[str]:
    """What each sentence is known by: of the sums that are due for one parcel only the last counts."""
    return [f"{one.code} {one.params.get('subject')}" if one.code == "coupon_due" else one.text for one in told]


def _rank(told: Sequence[Happened], place: int) -> int | None:
    """How much a story needs this sentence, the least first; None where it tells of the order's usual way."""
    one = told[place]
    match one.code:
        case "stage_reached":
            return 0 if one.params.get("stage") in FINAL_STAGES else None
        case "case_opened":
            return _of_case(told, place)
        case "step_ended":
            return STEPS.get(str(one.params.get("word")))
        case "effect_done":
            effect = str(one.params.get("effect"))
            says = effect not in SAYING or one.params.get(SAYING[effect])
            return EFFECTS.get(effect) if says else None
        case "paid" if not _cases_before(told, place):
            return None
    return next((rank for rank, codes in enumerate(RANKS) if one.code in codes), None)


def _of_case(told: Sequence[Happened], place: int) -> int:
    kind, before = told[place].params.get("kind"), _cases_before(told, place)
    if kind == CaseKind.CHANGE_REQUESTED:  # what was asked for is told already
        return BY_REQUEST
    return 0 if not before else BY_CLOCK if kind in CLOCKED else before


def _cases_before(told: Sequence[Happened], place: int) -> int:
    return sum(one.code == "case_opened" for one in told[:place])
