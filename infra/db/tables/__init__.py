"""The tables (spec shapes "Tables"): the inbox, the projection and its rows, the books, the master data.

Only intake writes the inbox, only the workflow's recording writes an order's rows after their first (architecture
§3.12).
"""

from infra.db.tables.answers import answer_code, question
from infra.db.tables.books import (
    alert,
    api_key,
    coupon_day,
    coupon_share,
    effect,
    outbox,
    policy_edition,
    reservation,
    sku,
    stock_level,
    stock_transfer,
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
from infra.db.tables.carriage import carrier, carrier_cut_off, carrier_route, carrier_suspension
from infra.db.tables.codes import code_match, unmatched_code
from infra.db.tables.columns import metadata, order_number
from infra.db.tables.imports import import_document, import_mapping, paper_form
from infra.db.tables.inbox import correction, inbound_fact, inbound_order
from infra.db.tables.invoices import invoice
from infra.db.tables.order import (
    audit_debt,
    clock,
    exception_case,
    order_event,
    order_line,
    orders,
    package,
    shipment,
    task,
    trail_head,
)
from infra.db.tables.polling import polled_carrier, polled_parcel
from infra.db.tables.prices import price, price_list
from infra.db.tables.returns import goods_return, goods_return_line, return_refund
from infra.db.tables.service import carrier_claim, coupon
from infra.db.tables.takeover import taken_over

RELAY = "relay"
"""The NOTIFY channel on which whoever inserts an order, a fact or a letter wakes the relay (pg_notify, same commit)."""

__all__ = [
    "RELAY",
    "alert",
    "answer_code",
    "api_key",
    "audit_debt",
    "carrier",
    "carrier_claim",
    "carrier_cut_off",
    "carrier_route",
    "carrier_suspension",
    "channel",
    "channel_cursor",
    "clock",
    "code_match",
    "correction",
    "coupon",
    "coupon_day",
    "coupon_share",
    "effect",
    "exception_case",
    "goods_return",
    "goods_return_line",
    "import_document",
    "import_mapping",
    "inbound_fact",
    "inbound_order",
    "invoice",
    "metadata",
    "offline_document",
    "order_event",
    "order_line",
    "order_link",
    "order_number",
    "orders",
    "outbox",
    "package",
    "paper_form",
    "policy_edition",
    "polled_carrier",
    "polled_parcel",
    "price",
    "price_list",
    "promo_window",
    "pulled_order",
    "question",
    "reservation",
    "return_refund",
    "shipment",
    "sku",
    "stock_level",
    "stock_transfer",
    "taken_over",
    "task",
    "trail_head",
    "unmatched_code",
    "warehouse",
]
