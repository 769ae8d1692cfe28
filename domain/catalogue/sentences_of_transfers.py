"""What warehouses tell of stock transfers, and purchasing of goods it ordered, for the timeline (SR-131a)."""

from __future__ import annotations

from domain.catalogue.words import Words

TRANSFERS: dict[str, Words] = {
    "transfer_picked": (("调拨{transfer}已拣货。", "Transfer {transfer} was picked."),),
    "transfer_shipped": (("调拨{transfer}已出库，在途。", "Transfer {transfer} left its source and is under way."),),
    "transfer_received": (
        ("调拨{transfer}已到仓：{lines:units}。", "Transfer {transfer} arrived: {lines:units}."),
        ("调拨{transfer}已到仓。", "Transfer {transfer} arrived."),
    ),
    "transfer_failed": (
        ("调拨{transfer}失败，原因：{reason}。", "Transfer {transfer} failed: {reason}."),
        ("调拨{transfer}失败。", "Transfer {transfer} failed."),
    ),
    "purchase_promised": (
        (
            "采购预计{sku}于{promised_at:moment}到货。",
            "Purchasing expects {sku} to be there at {promised_at:moment}.",
        ),
    ),
}
