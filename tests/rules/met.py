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


USUAL: set[Thing] = {
    *(("taken", kind) for kind in ("paid", "outbound", "carrier_scan", "refund_requested", "details_doubted")),
    *(("accepted", kind) for kind in ("acknowledge", "retry_step", "switch_carrier", "submit_change_request")),
    *(("done", kind) for kind in ("audit_order", "enter_order", "release_shipment", "ask_carrier", "recall_shipment")),
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
    """What a run should have met and has not."""
    return everything() - NEVER.keys() - met.keys()
