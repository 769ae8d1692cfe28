"""What an order's workflow starts with: the order without its personal data (architecture §3 rules 7 and 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from domain.catalogue.forms import money
from domain.order_input import OrderInput
from domain.paper import PAPER
from domain.policy import Policy
from domain.posted import content_of
from infra.db.waiting.orders import WaitingOrder

LONGEST = 200
"""Characters of a Keyword value; PostgreSQL's visibility silently loses the row from 256 on."""
STAGE = SearchAttributeKey.for_keyword("OrderStage")
CHANNEL = SearchAttributeKey.for_keyword("SalesChannel")
REGION = SearchAttributeKey.for_keyword("Region")
PLACED_AT = SearchAttributeKey.for_datetime("PlacedAt")
AMOUNT = SearchAttributeKey.for_int("AmountMinor")
NEEDS_ATTENTION = SearchAttributeKey.for_bool("NeedsAttention")


def order_input(order: WaitingOrder, policy: Policy, facts: Sequence[Mapping[str, Any]]) -> OrderInput:
    """The input of the order's workflow, with the facts that are already in the inbox."""
    return OrderInput(
        order_no=order.order_no,
        tenant=order.tenant,
        channel=order.channel,
        external_id=order.external_id,
        placed_at=order.placed_at,
        collected_at=order.collected_at,
        received_at=order.received_at,
        content=content_of(order.raw),
        policy=policy,
        latest_ship_at=order.raw.get("latest_ship_at"),
        accepted_ship_at=order.raw.get("accepted_ship_at"),
        promised_delivery_date=order.raw.get("promised_delivery_date"),
        source_kind=PAPER if order.source_kind == PAPER else "",
        test=bool(order.raw.get("test")),
        original_order_no=(order.raw.get("original") or {}).get("order_no") or "",
        facts=tuple(dict(fact) for fact in facts),
        snapshot=dict(order.snapshot) if order.snapshot else None,
    )


def attributes_of(order: OrderInput) -> TypedSearchAttributes:
    """By what people find the order in the Temporal UI from its start (temporal.md §3.3); no personal data."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(STAGE, "RECEIVED"),
            SearchAttributePair(CHANNEL, order.channel[:LONGEST]),
            SearchAttributePair(REGION, order.content.region[:LONGEST]),
            SearchAttributePair(PLACED_AT, order.placed_at),
            SearchAttributePair(AMOUNT, order.content.total),
            SearchAttributePair(NEEDS_ATTENTION, value=False),
        ]
    )


def summary_of(order: OrderInput) -> str:
    """The line the Temporal UI shows: SO2026112300000001 · tmall · 2 lines · CNY 390.00."""
    lines = len(order.content.lines)
    total = money(order.content.total, order.content.currency, "en")
    return f"{order.order_no} · {order.channel[:40]} · {lines} line{'' if lines == 1 else 's'} · {total}"
