"""The story of an order that did not simply go well: two to five sentences of its own timeline, nothing invented."""

from __future__ import annotations

from collections.abc import Sequence

from domain.stage import FINAL_STAGES
from infra.demo.desk import Happened

MOST = 5
"""Sentences of a story."""
END = 0
RANKS: tuple[tuple[str, ...], ...] = (
    ("case_opened", "return_asked", "refund_requested", "not_received_claim", "channel_closed", "place_hold"),
    (
        *("submit_change_request", "cancel", "reject_audit", "correct_fields", "customer_choice", "superseded"),
        *("transfer_received", "coupon_issued", "change_written", "refund_withdrawn", "return_refunded"),
    ),
    (
        *("resolve_case", "upload_tracking", "retry_step", "release_hold", "question_asked", "switch_decided"),
        *("return_inspected", "stock_arrived", "claim_accepted", "confirm_completion", "return_received"),
    ),
    ("case_resolved", "case_withdrawn", "clock_corrected", "outbound_promised", "change_applied", "change_pending"),
    ("clock_breached", "return_approved", "return_shipped"),
)
"""Which kinds of sentence a story needs first."""
STEPS = {"priority": 2, "recall": 2, "intercept": 2, "purchasing": 2, "proof": 2, "ask_cause": 3}
"""The same of the ends of a playbook's steps, by the step's word."""
EFFECTS = {"refund_payment": 1, "ask_warehouse": 2, "intercept_parcel": 2, "request_transfer": 2}
"""The same of what was done outside."""


def story(told: Sequence[Happened]) -> tuple[str, ...]:
    """What to tell of a timeline, in its order: how it began, what was done about it, how it ended."""
    ranked = [(rank, place) for place, one in enumerate(told) if (rank := _rank(one)) is not None]
    seen: dict[str, int] = {}
    for _, place in sorted(ranked):
        if len(seen) < MOST:
            seen.setdefault(told[place].text, place)
    return tuple(sorted(seen, key=lambda text: seen[text]))


def _rank(one: Happened) -> int | None:
    """How much a story needs this sentence, the least first; None where it tells of the order's usual way."""
    if one.code == "stage_reached":
        return END if one.params.get("stage") in FINAL_STAGES else None
    if one.code == "step_ended":
        return STEPS.get(str(one.params.get("word")))
    if one.code == "effect_done":
        return EFFECTS.get(str(one.params.get("effect")))
    return next((rank for rank, codes in enumerate(RANKS) if one.code in codes), None)
