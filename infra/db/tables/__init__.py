"""The tables (spec shapes "Tables"): the inbox, the projection and its rows, the books, the master data.

Only intake writes the inbox, only the workflow's recording writes an order's rows after their first (architecture
§3.12).
"""

from infra.db.tables.books import (
    alert,
    api_key,
    effect,
    outbox,
    policy_edition,
    reservation,
    sku,
    stock_level,
    warehouse,
)
from infra.db.tables.cadence import (
    channel,
    channel_cursor,
    offline_document,
    order_link,
    promo_window,
    pulled_order,
)
from infra.db.tables.columns import metadata, order_number
from infra.db.tables.inbox import correction, inbound_fact, inbound_order
from infra.db.tables.order import clock, exception_case, order_event, order_line, orders, package, shipment, task

RELAY = "relay"
"""The NOTIFY channel on which whoever inserts an order, a fact or a letter wakes the relay (pg_notify, same commit)."""

__all__ = [
    "RELAY",
    "alert",
    "api_key",
    "channel",
    "channel_cursor",
    "clock",
    "correction",
    "effect",
    "exception_case",
    "inbound_fact",
    "inbound_order",
    "metadata",
    "offline_document",
    "order_event",
    "order_line",
    "order_link",
    "order_number",
    "orders",
    "outbox",
    "package",
    "policy_edition",
    "promo_window",
    "pulled_order",
    "reservation",
    "shipment",
    "sku",
    "stock_level",
    "task",
    "warehouse",
]
