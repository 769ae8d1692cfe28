"""What an asker is told of an order (SR-053): one sentence a state, from live state, without personal data."""

from __future__ import annotations

from domain.catalogue.words import Words

_OUT = (
    (
        "您的订单{no}已出库，预计{date:date}送达，由{carrier:carrier}承运，单号{tracking}。",
        "Your order {no} is on its way and should arrive by {date:date}, by {carrier:carrier}, number {tracking}.",
    ),
    (
        "您的订单{no}已出库，预计{date:date}送达。",
        "Your order {no} is on its way and should arrive by {date:date}.",
    ),
    ("您的订单{no}已出库。", "Your order {no} is on its way."),
)
_CANCELLED = (("您的订单{no}已取消。", "Your order {no} is cancelled."),)

ENQUIRIES: dict[str, Words] = {
    "status_RECEIVED": (("您的订单{no}已收到，即将审核。", "Your order {no} was received and will be checked next."),),
    "status_AUDITING": (("您的订单{no}正在审核。", "Your order {no} is being checked."),),
    "status_NEEDS_CORRECTION": (
        (
            "您的订单{no}有信息需要确认，我们会与您联系。",
            "Something about your order {no} has to be confirmed; we will contact you.",
        ),
    ),
    "status_AWAITING_CONFIRMATION": (("您的订单{no}正在处理。", "Your order {no} is being processed."),),
    "status_ERP_PENDING": (("您的订单{no}正在处理。", "Your order {no} is being processed."),),
    "status_AWAITING_PAYMENT": (("您的订单{no}尚未付款。", "Your order {no} is not paid yet."),),
    "status_AWAITING_STOCK": (("您的订单{no}正在备货。", "The goods of your order {no} are being found."),),
    "status_READY_TO_SHIP": (
        (
            "您的订单{no}待发货，仓库预计{ships:date}发出，预计{date:date}送达。",
            "Your order {no} is ready to ship: it should leave on {ships:date} and arrive by {date:date}.",
        ),
        (
            "您的订单{no}待发货，仓库预计{ships:date}发出。",
            "Your order {no} is ready to ship and should leave on {ships:date}.",
        ),
        ("您的订单{no}待发货。", "Your order {no} is ready to ship."),
    ),
    "status_PARTIALLY_SHIPPED": (
        (
            "您的订单{no}部分已出库：{out}个包裹在途，其余待发。",
            "Part of your order {no} is on its way: {out} packages; the rest is ready to ship.",
        ),
    ),
    "status_SHIPPED": _OUT,
    "status_PARTIALLY_DELIVERED": (
        (
            "您的订单{no}共{out}个包裹，已签收{delivered}个。",
            "Of the {out} packages of your order {no}, {delivered} were delivered.",
        ),
    ),
    "status_DELIVERED": (("您的订单{no}已签收。", "Your order {no} was delivered."),),
    "status_COMPLETED": (("您的订单{no}已完成。", "Your order {no} is complete."),),
    "status_CANCELLING": (("您的订单{no}正在取消。", "Your order {no} is being cancelled."),),
    "status_CANCELLED": _CANCELLED,
    "status_REJECTED": (("您的订单{no}未能受理。", "Your order {no} could not be accepted."),),
    "status_RETURNED": (("您的订单{no}的包裹已退回。", "The packages of your order {no} came back to us."),),
    "status_CLOSED": (("您的订单{no}已关闭。", "Your order {no} is closed."),),
}
"""By ``status_`` and the label's code of ``domain.books.label_code``."""
