"""One word for everything that `orders list`, `show` and `explain` say of their own (SR-023)."""

from __future__ import annotations

from domain.catalogue.labels import Labels

TERMINAL: Labels = {
    "order": ("订单", "order"),
    "external_id": ("渠道单号", "external id"),
    "channel": ("渠道", "channel"),
    "state": ("状态", "state"),
    "beside": ("附加状态", "beside it"),
    "waits_for": ("等待", "waits for"),
    "due": ("时限", "due"),
    "no_order": (
        "没有这样的订单；状态和异常请写代码，如READY_TO_SHIP。",
        "No order is like that; stages and cases are written as READY_TO_SHIP is.",
    ),
    "more": ("还有更多；请缩小范围或加大--limit。", "There are more; narrow the list, or ask for a higher --limit."),
    "as_of": ("截至", "as of"),
    "since": ("自", "since"),
    "until": ("时限", "until"),
    "then": ("系统下一步", "then"),
    "case": ("异常", "case"),
    "step": ("步骤", "step"),
    "coupon": ("优惠券", "coupon"),
    "issued": ("已发放", "issued"),
    "under_way": ("发放中", "under way"),
    "attempt": ("第几次", "attempt"),
    "next_try": ("下次尝试", "next try"),
    "open": ("可用操作", "open"),
    "nothing": ("无", "nothing"),
    "not": ("不可用", "not"),
    "split": ("未说明哪些商品在哪个包裹", "nobody told which goods are in which parcel"),
    "facts": ("条消息在收件箱等待处理", "facts wait in the inbox until it looks"),
}
