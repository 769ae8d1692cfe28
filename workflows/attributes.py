"""The order's search attributes: coarse, few, without personal data (temporal.md §3.3)."""

from __future__ import annotations

from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from domain.recording import Projection

STAGE = SearchAttributeKey.for_keyword("OrderStage")
WAREHOUSE = SearchAttributeKey.for_keyword("Warehouse")
ATTENTION_REASON = SearchAttributeKey.for_keyword("AttentionReason")
OPEN_CASES = SearchAttributeKey.for_keyword_list("OpenCases")
HOLD_REASONS = SearchAttributeKey.for_keyword_list("HoldReasons")
CLOCK_BREACHES = SearchAttributeKey.for_keyword_list("ClockBreaches")
NEEDS_ATTENTION = SearchAttributeKey.for_bool("NeedsAttention")
LAST_CHANGE = SearchAttributeKey.for_keyword("LastChange")
SLA_DUE_AT = SearchAttributeKey.for_datetime("SlaDueAt")


def coarse(shown: Projection) -> tuple[Any, ...]:
    """What has to change before the attributes are written again: each writing is an event and an action."""
    return (
        shown.stage,
        shown.open_cases,
        shown.hold_reasons,
        shown.breaches,
        shown.attention_reason,
        *((shown.last_change,) if shown.last_change else ()),
    )


def attributes(shown: Projection) -> list[SearchAttributeUpdate[Any]]:
    """All attributes that change in an order's life."""
    updates: list[SearchAttributeUpdate[Any]] = [
        STAGE.value_set(shown.stage),
        OPEN_CASES.value_set(list(shown.open_cases)),
        HOLD_REASONS.value_set(list(shown.hold_reasons)),
        CLOCK_BREACHES.value_set(list(shown.breaches)),
        NEEDS_ATTENTION.value_set(shown.needs_attention),
        ATTENTION_REASON.value_set(shown.attention_reason),
        WAREHOUSE.value_set(shown.warehouse),
    ]
    if shown.last_change:
        updates.append(LAST_CHANGE.value_set(shown.last_change))
    if shown.next_due_at:
        updates.append(SLA_DUE_AT.value_set(shown.next_due_at))
    return updates
