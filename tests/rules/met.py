"""What a run of the random machine has met, and what of it all there is it cannot meet, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from domain.effects import EffectKind
from domain.holds import HoldReason
from domain.policy import CaseKind
from domain.requests import ASKS
from domain.stage import FINAL_STAGES
from tests.rules.anything import FACTS

Thing = tuple[str, str]
"""What was met: a kind of thing, and its name."""

NEVER: dict[Thing, str] = {
    ("taken", "channel_completed"): "it is only kept in the trail",
    ("taken", "channel_noted"): "it is only kept in the trail",
    ("opened", str(CaseKind.LATE_PAYMENT)): "the workflow of late facts opens it (domain.late)",
}
"""What no life of an order can meet, and why."""


RARE: set[Thing] = {
    *(("accepted", kind) for kind in ("decide_coupon", "decide_message", "override_address", "submit_voucher")),
    *(("accepted", kind) for kind in ("verify_voucher", "approve_audit", "answer_refund")),
    *(("refused", kind) for kind in ("cancel", "repay_debt", "decide_coupon", "approve_audit")),
    *(("done", kind) for kind in ("book_redelivery", "call_off_transfer", "book_transfer")),
    *(("failed", str(kind)) for kind in EffectKind if kind not in {EffectKind.ENTER, EffectKind.REFUND}),
    *(("opened", kind) for kind in ("CANCEL_AFTER_SHIP", "DOUBLE_DELIVERY")),
    *(("taken", kind) for kind in ("claim_paid", "purchase_promised", "codes_matched")),
    *(("taken", kind) for kind in ("transfer_picked", "transfer_shipped", "transfer_received", "transfer_failed")),
    ("ended", "CLOSED"),
    ("ended", "RETURNED"),
}
"""What needs several rare things one after the other: chance does not bring it in each ten thousand steps.

It was met in other runs, and has its own scenes.
"""
MOST = 0.8
"""Of all there is a long run meets so much at least."""
USUAL: set[Thing] = {
    *(("taken", kind) for kind in ("paid", "outbound", "carrier_scan", "refund_requested", "details_doubted")),
    *(("accepted", kind) for kind in ("acknowledge", "retry_step", "switch_carrier", "submit_change_request")),
    *(("done", kind) for kind in ("audit_order", "enter_order", "release_shipment", "ask_carrier")),
    *(("opened", kind) for kind in ("TRACKING_MISSING", "LOGISTICS_DELAY", "INFO_ERROR", "CHANGE_REQUESTED")),
    *(("held", kind) for kind in ("CUSTOMER_ANSWER", "DISPUTE", "CHANGE_IN_PROGRESS")),
    ("ended", "COMPLETED"),
    ("ended", "CANCELLED"),
}
"""What happens even in a short run."""


def everything() -> set[Thing]:
    """All that a life may meet."""
    return {
        *_named("taken", FACTS),
        *_named("accepted", ASKS),
        *_named("refused", ASKS),
        *_named("opened", CaseKind),
        *_named("done", EffectKind),
        *_named("failed", EffectKind),
        *_named("ended", FINAL_STAGES),
        *_named("held", HoldReason),
    }


def _named(what: str, names: Iterable[str]) -> set[Thing]:
    return {(what, str(name)) for name in names}


def missing(met: Counter[Thing]) -> set[Thing]:
    """What a long run should have met and has not."""
    return everything() - NEVER.keys() - RARE - met.keys()


def share(met: Counter[Thing]) -> float:
    """How much of all there is was met."""
    return len(everything() & met.keys()) / len(everything())
