"""One word for everything a customer may choose, and where their goods are meanwhile (§4.13 NEED_INFO, M18)."""

from __future__ import annotations

from domain.catalogue.labels import Labels

OPTIONS: Labels = {
    "correct": ("更正信息", "correct it"),
    "confirm": ("信息无误", "it is right as it stands"),
    "cancel": ("取消订单", "cancel the order"),
    "substitute": ("换发其他商品", "take other goods instead"),
    "wait_until": ("等待到货", "wait until it arrives"),
    "ship_rest": ("有货先发并退还缺货款", "send the rest and pay back what is missing"),
    "wait": ("订单暂留，等待您的答复", "the order waits here for your answer"),
    "reinstate": ("恢复订单", "have the order made after all"),
    "refund": ("退款", "have the money back"),
    "deliver": ("包裹按原信息派送", "the parcel goes on as it is"),
}
"""What may be chosen, and what happens without an answer."""
GOODS: Labels = {
    "here": ("在您确认前我们不会发货", "nothing leaves us before that"),
    "released": ("我们正在通知仓库暂停发货", "we are telling the warehouse to stop it"),
    "outbound": ("包裹已发出，我们正在联系快递公司处理", "the parcel has left, and we are in touch with the carrier"),
}
MESSAGES: Labels = {
    "NEED_INFO": ("请在答复页核对订单信息", "please check what is in doubt, on the answer page"),
    "ANSWER_REMINDER": ("提醒在答复页答复", "please answer what was asked, on the answer page"),
    "SHORTAGE_CHOICE": (
        "请在答复页选择缺货处理方式",
        "please choose what becomes of what is short, on the answer page",
    ),
    "LATE_PAYMENT_CHOICE": (
        "请在答复页选择取消后收到的款项如何处理",
        "please choose what becomes of money that came after the cancel, on the answer page",
    ),
    "COUPON": ("补偿优惠券的券码", "the code of a coupon"),
}
"""What a message says whose own words nobody may read again: they hold a code or a link."""
