"""One word for everything the house does or answers: effects, requests, findings, refusals, levels (§4.3, §4.12)."""

from __future__ import annotations

from domain.catalogue import labels
from domain.catalogue.labels import Labels
from domain.catalogue.refusals import REFUSALS

EFFECTS: Labels = {
    "audit_order": ("审核订单", "audit the order"),
    "reserve_stock": ("预占库存", "reserve stock"),
    "release_stock": ("释放库存", "give back stock"),
    "enter_order": ("录入ERP", "enter the order in the ERP"),
    "cancel_entry": ("取消ERP单据", "cancel the ERP document"),
    "release_shipment": ("下发仓库", "release to the warehouse"),
    "ask_warehouse": ("询问仓库", "ask the warehouse"),
    "ask_carrier": ("询问快递公司", "ask the carrier"),
    "ask_payer": ("查询付款", "ask the payer"),
    "refund_payment": ("退款", "refund"),
    "message": ("通知客户", "tell the customer"),
    "push_tracking": ("上传物流单号", "upload the tracking number"),
    "push_status": ("同步订单状态", "push the status"),
    "subscribe": ("订阅物流", "subscribe to the carrier"),
}
REQUESTS: Labels = {
    "approve_audit": ("审核通过", "approve the audit"),
    "reject_audit": ("审核驳回", "reject in the audit"),
    "correct_fields": ("更正信息", "correct fields"),
    "confirm_payment": ("确认付款", "confirm a payment"),
    "upload_tracking": ("录入物流单号", "enter a tracking number"),
    "confirm_completion": ("确认完成", "confirm completion"),
    "place_hold": ("挂起", "place a hold"),
    "release_hold": ("解除挂起", "release a hold"),
    "acknowledge": ("确认知悉", "acknowledge a case"),
    "resolve_case": ("解决异常", "resolve a case"),
    "retry_step": ("重试步骤", "retry a step"),
    "cancel": ("取消订单", "cancel the order"),
}
FINDINGS: Labels = {
    "FIELD_MISSING": ("必填信息缺失", "required information is missing"),
    "PHONE_MALFORMED": ("电话格式不正确", "the phone number is malformed"),
    "QUANTITY_INVALID": ("数量不正确", "the quantity is not valid"),
    "SKU_UNKNOWN": ("商品编码不存在", "unknown SKU"),
    "SKU_NOT_SELLABLE": ("商品已停售", "the SKU is not sellable"),
    "SPECIFICATION_MISMATCH": ("规格与商品不符", "the specification does not match the SKU"),
    "AMOUNT_MISMATCH": ("金额不符", "the amounts do not add up"),
    "LINE_DISCOUNT_MISMATCH": ("优惠分摊不符", "the line discounts do not add up"),
    "PAYMENT_INCONSISTENT": ("付款金额与应收不符", "the payment is not what is due"),
    "STOCK_SHORT": ("库存不足", "not enough stock"),
    "ERP_DIFFERENCE": ("ERP单据与订单不一致", "the ERP document differs from the order"),
}
SEVERITIES: Labels = {
    "blocking": ("阻断", "blocking"),
    "critical": ("关键", "critical"),
    "notice": ("提示", "notice"),
}
EFFECT_STATES: Labels = {
    "RUNNING": ("进行中", "running"),
    "DONE": ("已完成", "done"),
    "PARKED": ("已停放", "parked"),
}
BLOCKS: Labels = {
    "audit_start": ("开始审核", "the audit's start"),
    "audit_end": ("审核通过", "the audit's end"),
    "release": ("下发仓库", "release"),
    "pick": ("拣货", "picking"),
    "ship": ("发货", "shipping"),
    "refund": ("退款", "refunds"),
    "complete": ("完成", "completion"),
}
LEVELS: Labels = {
    "0": ("预警", "warning"),
    "1": ("一级（负责人）", "level 1 (owner)"),
    "2": ("二级（订单主管）", "level 2 (order supervisor)"),
    "3": ("三级（运营经理）", "level 3 (operations manager)"),
}
CAUSES: Labels = {
    "payment": ("未付款", "payment missing"),
    "stock": ("缺货", "short of stock"),
    "audit": ("审核未通过", "audit not passed"),
    "amount": ("金额不符", "another amount"),
    "hold": ("订单挂起", "order on hold"),
    "erp": ("未录入ERP", "not yet in the ERP"),
    "release": ("未下发仓库", "not yet released"),
    "planned": ("已安排发货单", "shipments planned"),
    "warehouse": ("仓库未出库", "the warehouse has not sent it"),
    "number_missing": ("缺物流单号", "no tracking number"),
    "channel": ("渠道拒绝单号", "the channel refuses the number"),
    "never_picked_up": ("未揽收", "never picked up"),
    "in_transit": ("中转停滞", "no movement on the way"),
    "not_delivered": ("未送达", "not delivered"),
    "blocked": ("完成受阻", "completion blocked"),
    "read_back": ("ERP回读不一致", "the ERP read back something else"),
    "edited": ("买家在渠道改单", "edited on its channel"),
    "LATE_FACT": ("消息晚到", "the news came late"),
    "LATE_INTAKE": ("订单晚到", "the order came late"),
}
OUTCOMES: Labels = {
    "LATE": ("逾期完成", "done late"),
    "FALSE_ALARM": ("误报", "false alarm"),
    "CORRECTED": ("已更正", "corrected"),
    "WAITED": ("到货", "stock came"),
    "SETTLED": ("款项已平", "settled"),
    "REVIEWED": ("已复核", "reviewed"),
    "WENT_ON": ("已继续", "went on"),
    "REFUNDED": ("已退款", "refunded"),
    "CANCELLED": ("订单取消", "order cancelled"),
    "REJECTED": ("订单驳回", "order rejected"),
    "PRESUMED": ("视为签收", "presumed delivered"),
    "CLOSED": ("订单结束", "order closed"),
    "SAME_AGAIN": ("渠道已改回", "the channel says the same again"),
}
FIELDS: Labels = {
    "status": ("状态", "status"),
    "seller_memo": ("卖家备注", "seller memo"),
    "flag": ("旗标", "flag"),
    "refund_status": ("退款状态", "refund status"),
    "tracking_numbers": ("物流单号", "tracking numbers"),
    "customer.name": ("收件人", "recipient"),
    "customer.phone": ("电话", "phone"),
    "address.province": ("省份", "province"),
    "address.city": ("城市", "city"),
    "address.district": ("区县", "district"),
    "address.street": ("街道", "street"),
    "buyer_message": ("买家留言", "buyer's message"),
    "total": ("总额", "total"),
    "discount": ("优惠", "discount"),
    "delivery_method": ("配送方式", "delivery method"),
}
"""Fields of an order that a channel may change; another one is said by its path."""
TASKS: Labels = {
    "CORRECT": ("更正订单信息", "correct the order"),
    "FIND_STOCK": ("寻找库存", "find stock"),
    "CHECK_PAYMENT": ("核对付款", "check the payment"),
    "COMPARE_ERP": ("核对ERP单据", "compare the ERP document"),
    "DECIDE": ("决定如何处理", "decide what to do"),
    "RETRY_STEP": ("处理中断的步骤", "mend what stops the step, then retry it"),
    "RELEASE_HOLD": ("处理挂起", "release the hold when its reason is gone"),
    "REVIEW_HOLD": ("复核挂起", "review the hold"),
    "CLOCK_WARNING": ("时限将到", "a clock is nearly due"),
    "ESCALATION": ("升级处理", "an escalated case"),
}
KINDS: dict[str, Labels] = {
    "stage": labels.STAGES,
    "overlay": labels.OVERLAYS,
    "shipment": labels.SHIPMENTS,
    "package": labels.PACKAGES,
    "payment": labels.PAYMENTS,
    "delivery": labels.DELIVERIES,
    "hold": labels.HOLDS,
    "case": labels.CASES,
    "case_state": labels.CASE_STATES,
    "clock": labels.CLOCKS,
    "verdict": labels.VERDICTS,
    "role": labels.ROLES,
    "carrier": labels.CARRIERS,
    "effect": EFFECTS,
    "effect_state": EFFECT_STATES,
    "request": REQUESTS,
    "refusal": REFUSALS,
    "finding": FINDINGS,
    "severity": SEVERITIES,
    "block": BLOCKS,
    "level": LEVELS,
    "cause": CAUSES,
    "outcome": OUTCOMES,
    "task": {**labels.CASES, **TASKS},
    "field": FIELDS,
}
"""Every kind of label. A placeholder ``{name:kind}`` says the label of its value."""
