"""What the customer reads (§4.13). No text leaves with an unfilled placeholder (SR-055)."""

from __future__ import annotations

from domain.catalogue import returns
from domain.catalogue.logistics import MESSAGES_OF_LOGISTICS
from domain.catalogue.messages_of_answers import ANSWERS
from domain.catalogue.words import Words

MESSAGES: dict[str, Words] = {
    "ORDER_CONFIRMED": (
        (
            "您的订单{no}已确认，最晚{date:date}发出。",
            "Your order {no} is confirmed and will leave us by {date:date}.",
        ),
    ),
    "SHIPPED_WITH_ETA": (
        (
            "您的订单已出库，预计{date:date}送达，由{carrier:carrier}承运，单号{tracking}。",
            "Your order is on its way and should arrive on {date:date}, by {carrier:carrier}, number {tracking}.",
        ),
        (
            "您的订单已出库，预计{date:date}送达，单号{tracking}。",
            "Your order is on its way and should arrive on {date:date}, number {tracking}.",
        ),
        (
            "您的订单已出库，预计{date:date}送达。",
            "Your order is on its way and should arrive on {date:date}.",
        ),
    ),
    "SHIPPED_NO_ETA": (
        (
            "您的订单已出库，由{carrier:carrier}承运，单号{tracking}；预计送达时间确定后会再通知您。",
            "Your order is on its way by {carrier:carrier}, number {tracking}; we will tell you the day it arrives.",
        ),
        (
            "您的订单已出库，单号{tracking}；预计送达时间确定后会再通知您。",
            "Your order is on its way, number {tracking}; we will tell you the day it arrives.",
        ),
        (
            "您的订单已出库；物流单号和预计送达时间确定后会再通知您。",
            "Your order is on its way; we will tell you its tracking number and the day it arrives.",
        ),
    ),
    "PARTIAL_SHIPPED": (
        (
            "您的订单分{n}个包裹发出，第{i}个已出库，预计{date:date}送达。",
            "Your order comes in {n} packages; number {i} is on its way and should arrive on {date:date}.",
        ),
        (
            "您的订单分{n}个包裹发出，第{i}个已出库；预计送达时间确定后会再通知您。",
            "Your order comes in {n} packages; number {i} is on its way. We will tell you the day it arrives.",
        ),
    ),
    "TRACKING_ADDED": (
        (
            "您的订单已由{carrier:carrier}承运，单号{tracking}。",
            "Your order travels by {carrier:carrier}, number {tracking}.",
        ),
        ("您的订单物流单号为{tracking}。", "Your order's tracking number is {tracking}."),
    ),
    "OUTBOUND_LATE": (
        (
            "很抱歉，您的订单未能按时发出，我们正在加急处理，发出后会及时通知您。",
            "We are sorry: your order has not left us in time. We are hurrying it and will tell you when it is out.",
        ),
    ),
    "OUTBOUND_LATE_DATED": (
        (
            "很抱歉，您的订单未能按时发出，我们正在加急处理，预计{date:date}发出。",
            "We are sorry: your order has not left us in time. We are hurrying it; it should leave on {date:date}.",
        ),
    ),
    "STALLED_NOTICE": (
        (
            "您的包裹（单号{tracking}）物流信息暂未更新，我们正在与快递公司核实，有进展会及时通知您。",
            "There is no news of your package (number {tracking}). We are asking the carrier and will tell you more.",
        ),
        (
            "您的包裹物流信息暂未更新，我们正在与快递公司核实，有进展会及时通知您。",
            "There is no news of your package. We are asking the carrier and will tell you more.",
        ),
    ),
    "LATE_NOTICE": (
        (
            "很抱歉，您的包裹未能按预计时间送达，我们正在联系快递公司查询原因，有进展会及时通知您。",
            "We are sorry: your package is late. We are asking the carrier why and will tell you more.",
        ),
    ),
    "PAYMENT_REMINDER": (
        (
            "您的订单{no}尚未付款，请尽快完成支付，以免影响发货。",
            "Your order {no} is not paid yet. Please pay soon, so that it can leave in time.",
        ),
    ),
    "PICKUP_REMINDER": (
        (
            "您的包裹（单号{tracking}）已到达取件点，请尽快凭取件码领取。",
            "Your package (number {tracking}) waits at the pickup point. Please collect it soon with your code.",
        ),
        (
            "您的包裹已到达取件点，请尽快凭取件码领取。",
            "Your package waits at the pickup point. Please collect it soon with your code.",
        ),
    ),
    "DELIVERED": (
        (
            "您的订单已签收。如有问题请在{window:days}内联系我们。",
            "Your order was delivered. If anything is wrong, please tell us within {window:days}.",
        ),
    ),
    "PARTIAL_DELIVERED": (
        (
            "您的订单共{n}个包裹，第{i}个已签收。",
            "Your order comes in {n} packages; number {i} was delivered.",
        ),
    ),
    **ANSWERS,
    "COMPLETED": (("您的订单{no}已完成，感谢您的支持。", "Your order {no} is complete. Thank you."),),
    "COUPON": (
        (
            "很抱歉给您带来不便，补偿您一张{amount:money}优惠券，券码{code}，{days:days}内有效。",
            "We are sorry for the trouble. Here is a coupon of {amount:money}: {code}, valid for {days:days}.",
        ),
    ),
    "CANCELLED_REFUND": (
        (
            "订单{no}已取消，退款{amount:money}已原路退回，预计{days}个工作日内到账。",
            "Order {no} is cancelled. {amount:money} went back the way you paid, within {days} working days.",
        ),
        ("订单{no}已取消。", "Order {no} is cancelled."),
    ),
    "LATE_PAYMENT_REFUND": (
        (
            "订单{no}结束后收到您的付款{amount:money}，已原路退回。",
            "Your payment of {amount:money} came after order {no} had ended; it went back the way you paid.",
        ),
    ),
    "REFUND_DELAYED": (
        (
            "订单{no}的退款{amount:money}未能原路退回，我们的财务正在处理，完成后您会收到款项。",
            "{amount:money} of order {no} could not go back the way you paid. Our finance sees to it.",
        ),
    ),
    "REFUND_APPLY": (
        (
            "订单{no}可退款{amount:money}，请您在下单平台申请退款，我们会尽快同意。",
            "{amount:money} of order {no} is yours. Please apply for the refund where you ordered; we will agree.",
        ),
    ),
    "REJECTED": (
        (
            "很抱歉，您的订单{no}未能通过审核，原因：{reason}。",
            "We are sorry: your order {no} could not be accepted. Reason: {reason}.",
        ),
    ),
    "CANCELLED_BUT_SENT": (
        (
            "您的订单{no}已取消，但包裹（单号{tracking}）已发出，我们正在拦截；若仍送达，请拒收，费用由我们承担。",
            "Order {no} is cancelled, but parcel {tracking} has left. We try to stop it; please refuse it.",
        ),
        (
            "您的订单{no}已取消，但包裹已发出，我们正在拦截；若仍送达，请拒收，费用由我们承担。",
            "Order {no} is cancelled, but its parcel has left. We try to stop it; please refuse it if it arrives.",
        ),
    ),
    "CHANGE_ACCEPTED": (
        ("您申请的修改已生效：{change:change}。", "The change you asked for is made: {change:change}."),
    ),
    "CHANGE_PENDING": (
        (
            "已收到您的修改申请（{change:change}），正在与{party:role}确认，最晚{deadline:moment}答复您。",
            "You asked to change: {change:change}. We are checking ({party:role}) and answer by {deadline:moment}.",
        ),
    ),
    "PAY_CHANGE": (
        (
            "您申请的修改（{change:change}）需补付{amount:money}，请在{deadline:moment}前支付，收到后我们立即办理；逾期未付则不作修改。",
            (
                "The change you asked for ({change:change}) costs {amount:money}. Please pay it by {deadline:moment}; "
                "then we make it. Unpaid, your order stays as it is."
            ),
        ),
    ),
    "PAY_MORE": (
        (
            "您的订单{no}已按申请修改，请补付差价{amount:money}，收到后我们立即发货。",
            "Order {no} is changed as you asked. Please pay {amount:money} more; then we send it at once.",
        ),
    ),
    "CHANGE_REFUSED": (
        (
            "抱歉，您的订单目前状态：{stage:stage}，无法修改：{change:change}。您可以：{alternatives:alternative}。",
            "Your order is {stage:stage}; it is too late for: {change:change}. You may: {alternatives:alternative}.",
        ),
    ),
    **MESSAGES_OF_LOGISTICS,
    **returns.MESSAGES,
}
"""By the code a Letter names."""
MAY_STAY_UNSAID = frozenset({"carrier"})
"""What a message may know and not say. Everything else it is given and has a place for must be said."""
