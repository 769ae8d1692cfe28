"""Words for goods that come back: states, reasons, outcomes, refusals, sentences, messages (§4.7 →Ret, SR-149)."""

from __future__ import annotations

from domain.catalogue.labels import Labels
from domain.catalogue.words import Words

KINDS_OF_RETURN: Labels = {"refund": ("退货退款", "a return for a refund"), "exchange": ("换货", "an exchange")}
STATES: Labels = {
    "REQUESTED": ("已申请", "requested"),
    "APPROVED": ("已同意，待寄回", "approved, to be sent back"),
    "REFUSED": ("未同意", "refused"),
    "IN_TRANSIT": ("寄回途中", "on its way back"),
    "RECEIVED": ("已收到，待质检", "received, to be inspected"),
    "INSPECTED": ("已质检", "inspected"),
    "RESTOCKED": ("已入库", "restocked"),
    "REFUNDED": ("已退款", "refunded"),
    "EXCHANGED": ("已换货", "exchanged"),
    "CLOSED": ("已结束", "closed"),
}
OUTCOMES: Labels = {
    "REFUNDED": ("已退款", "refunded"),
    "EXCHANGED": ("已换货", "exchanged"),
    "REFUSED": ("未同意", "refused"),
    "LAPSED": ("逾期未寄回", "not sent back in time"),
    "NOTHING_PAID": ("未退款", "nothing was paid back"),
}
REASONS: Labels = {
    "NOT_DELIVERED": ("尚未签收", "it was not delivered yet"),
    "WINDOW_OVER": ("已过退货期限", "the time for returns is over"),
    "MADE_TO_ORDER": ("定制商品不支持退货", "goods made to order are not taken back"),
    "NOT_RETURNABLE": ("该商品不支持退货", "these goods are not taken back"),
    "TOO_MANY": ("超过可退数量", "more than was delivered and not yet returned"),
    "UNKNOWN_LINE": ("没有此商品行", "the order has no such line"),
    "LINE_TWICE": ("同一商品行重复", "the line is named twice"),
    "ORDER_OPEN": ("订单尚未完成，不能换货", "the order is not completed, so nothing can be exchanged yet"),
    "SKU_UNKNOWN": ("没有要换的商品", "the goods wanted instead are not sold"),
    "EXCHANGE_SHORT": ("要换的商品缺货", "not enough of the goods wanted instead"),
}
"""Why goods may not come back."""
INSTEAD: Labels = {
    "cancel": ("取消订单", "cancel the order"),
    "goodwill": ("由主管特批", "a supervisor may allow it as goodwill"),
    "confirm_completion": ("先确认完成", "confirm the completion first"),
    "ask_refund": ("改为退货退款", "ask for a refund"),
    "fewer_units": ("减少数量", "ask about fewer units"),
}
TASKS: Labels = {
    "RETURN_TO_DECIDE": ("审批退换货申请", "decide about a return"),
    "RETURN_NOT_RECEIVED": ("查找未收到的退件", "look for a return that did not arrive"),
    "INSPECT_RETURN": ("质检退件", "inspect a return"),
    "RETURN_DISPUTE": ("处理退件争议", "settle what did not come back in order"),
    "CONFIRM_RED_LETTER": ("取得红字信息确认单", "get the confirmation of a red letter"),
    "APPROVE_REFUND": ("审批退款", "approve a refund"),
}
TROUBLES: Labels = {
    "NOT_CAPTURED": ("账上没有这么多已付款", "the books have not so much of the buyer's money"),
    "Business.RefundRefused": ("支付网关拒绝退款", "the gateway refuses the refund"),
}
SENTENCES: dict[str, Words] = {
    "return_shipped": (
        (
            "退件已寄出，由{carrier:carrier}承运，单号{tracking_number}。",
            "The customer sent the goods back by {carrier:carrier}, number {tracking_number}.",
        ),
        ("退件已寄出，单号{tracking_number}。", "The customer sent the goods back, number {tracking_number}."),
        ("退件已寄出。", "The customer sent the goods back."),
    ),
    "return_received": (
        (
            "仓库{warehouse}收到退件{tracking_number}。",
            "The parcel {tracking_number} that comes back arrived at {warehouse}.",
        ),
        ("仓库收到退件{tracking_number}。", "The parcel {tracking_number} that comes back arrived."),
        ("仓库收到退件。", "The parcel that comes back arrived."),
    ),
    "return_asked": (
        (
            "退换货{return_no}：{actor}申请{kind:return_kind}，{lines:units}。",
            "Return {return_no}: {actor} asked for {kind:return_kind} of {lines:units}.",
        ),
        ("退换货{return_no}：申请{kind:return_kind}。", "Return {return_no}: {kind:return_kind} was asked for."),
    ),
    "exchange_kept": (("退换货{return_no}：已预留换货商品。", "Return {return_no}: the new goods are reserved."),),
    "exchange_short": (("退换货{return_no}：换货商品缺货。", "Return {return_no}: the new goods are not there."),),
    "return_approved": (("退换货{return_no}：{actor}同意退回。", "Return {return_no}: {actor} approved it."),),
    "return_refused": (
        (
            "退换货{return_no}：{actor}未同意，原因：{reason}。",
            "Return {return_no}: {actor} refused it: {reason}.",
        ),
    ),
    "return_lapsed": (
        (
            "退换货{return_no}：客户逾期未寄回，已结束。",
            "Return {return_no}: the goods were not sent back in time.",
        ),
    ),
    "return_missed": (
        (
            "退换货{return_no}：退件迟迟未到，已派人查找。",
            "Return {return_no}: the parcel did not arrive; somebody looks.",
        ),
    ),
    "exchange_shipped": (
        (
            "退换货{return_no}：换货商品由订单{new_order_no}发出。",
            "Return {return_no}: order {new_order_no} sends the new goods.",
        ),
    ),
    "return_inspected": (
        (
            "退换货{return_no}：{actor}质检，完好{good}件，破损{damaged}件，非本单商品{other}件，缺{missing}件。",
            "Return {return_no}: {actor} found {good} good, {damaged} damaged, {other} other, {missing} missing.",
        ),
    ),
    "return_restocked": (
        (
            "退换货{return_no}：{units}件重新入库{place}。",
            "Return {return_no}: back on the shelf of {place}, units: {units}.",
        ),
        ("退换货{return_no}：入库完毕。", "Return {return_no}: restocked."),
    ),
    "return_settled": (("退换货{return_no}：{actor}已处理争议。", "Return {return_no}: {actor} settled the dispute."),),
    "return_refund_approved": (
        (
            "退换货{return_no}：{actor}批准退款{amount:money}。",
            "Return {return_no}: {actor} approved the refund of {amount:money}.",
        ),
    ),
    "return_refunded": (
        (
            "退换货{return_no}：已退款{amount:money}，流水号{reference}。",
            "Return {return_no}: {amount:money} went back, reference {reference}.",
        ),
        ("退换货{return_no}：已退款{amount:money}。", "Return {return_no}: {amount:money} went back."),
    ),
    "return_refund_parked": (
        (
            "退换货{return_no}：退款{amount:money}须财务处理：{reason:return_trouble}。",
            "Return {return_no}: the refund of {amount:money} waits for finance: {reason:return_trouble}.",
        ),
    ),
    "return_paid_by_hand": (
        (
            "退换货{return_no}：财务已线下退款{amount:money}，凭证{reference}。",
            "Return {return_no}: finance paid {amount:money} by hand, reference {reference}.",
        ),
    ),
    "return_closed": (
        ("退换货{return_no}结束：{outcome:return_outcome}。", "Return {return_no} is over: {outcome:return_outcome}."),
    ),
    "invoice_asked": (
        (
            "{actor}申请开具发票{invoice_no}，金额{amount:money}。",
            "{actor} asked for invoice {invoice_no} of {amount:money}.",
        ),
    ),
    "red_letter_begun": (
        (
            "退款后开具红字发票{invoice_no}，冲红发票{red_of}，金额{amount:money}。",
            "After a refund, red letter {invoice_no} takes back {amount:money} of invoice {red_of}.",
        ),
    ),
    "red_letter_waits": (
        (
            "红字发票{invoice_no}（冲红发票{red_of}，{amount:money}）须等红字信息确认单：买方已使用该发票。",
            "Red letter {invoice_no} ({amount:money} of invoice {red_of}) waits: the buyer used the invoice.",
        ),
    ),
    "invoice_issued": (("发票已开具，金额{amount:money}。", "An invoice of {amount:money} was issued."),),
}
MESSAGES: dict[str, Words] = {
    "RETURN_APPROVED": (
        (
            "订单{no}的退换货申请已通过，请在{days:days}内寄回并告知物流单号。",
            "Your return of order {no} is approved. Please send it back within {days:days} and tell us its number.",
        ),
    ),
    "RETURN_REFUSED": (
        (
            "抱歉，订单{no}的退换货申请未通过，原因：{reason}。",
            "We are sorry: we cannot take back goods of order {no}. Reason: {reason}.",
        ),
    ),
    "RETURN_REFUNDED": (
        (
            "订单{no}的退款{amount:money}已原路退回。",
            "The refund of {amount:money} for order {no} went back the way you paid.",
        ),
    ),
}
KINDS: dict[str, Labels] = {
    "return_kind": KINDS_OF_RETURN,
    "return_state": STATES,
    "return_outcome": OUTCOMES,
    "return_reason": REASONS,
    "return_instead": INSTEAD,
    "return_trouble": TROUBLES,
}
