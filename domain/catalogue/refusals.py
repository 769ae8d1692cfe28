"""Why a request is answered no, by the refusal's code (§4.3 "refused with a reason code")."""

from __future__ import annotations

from domain.catalogue.labels import Labels

REFUSALS: Labels = {
    "WRONG_STAGE": ("订单当前状态不允许此操作", "the order's stage does not allow it"),
    "STALE_VERSION": ("订单版本已变化，请刷新后重试", "the order has changed since; read it again"),
    "CRITICAL_FINDING": ("存在关键问题，须先更正", "a critical finding has to be corrected first"),
    "AUDIT_RUNNING": ("审核尚未完成", "the audit has not answered yet"),
    "AUDIT_OVER": ("审核已经结束", "the audit is over"),
    "ALREADY_RELEASED": ("订单已下发仓库", "the order was already released to its warehouse"),
    "COMPLETION_HELD": ("有挂起阻止完成", "an open hold blocks the completion"),
    "DELIVERY_IN_DOUBT": ("签收待核实", "the delivery is in doubt"),
    "MONEY_OPEN": ("款项尚未结清", "the money is not settled"),
    "REFUND_RUNNING": ("退款尚在处理", "a refund is running"),
    "REQUEST_ID_TAKEN": ("该请求编号已用于另一请求", "this request_id stands for another request"),
    "PAYMENT_KNOWN": ("此付款流水已登记", "this payment number is already known"),
    "NO_NUMBER_NEEDED": ("此配送方式没有物流单号", "this delivery method has no tracking number"),
    "NUMBER_IN_USE": ("此物流单号属于另一个包裹", "another package has this tracking number"),
    "HOLD_INCOMPLETE": (
        "人工挂起须注明阻止的步骤和复核时间",
        "a manual hold says what it blocks and when it is reviewed",
    ),
    "CASE_ENDS_BY_ITSELF": ("此异常在原因消除后自动结束", "the case ends by itself when its cause is gone"),
    "OUTCOME_UNKNOWN": ("此异常不能以该结果结束", "the case cannot end with this outcome"),
    "UNKNOWN_HOLD": ("没有此挂起", "there is no such open hold"),
    "UNKNOWN_CASE": ("没有此异常", "there is no such open case"),
    "UNKNOWN_STEP": ("没有这样的步骤", "there is no such step open"),
    "UNKNOWN_PACKAGE": ("没有此包裹", "there is no such package"),
    "DEBT_OPEN": ("放行的信息尚未补正", "what the emergency audit let pass is not repaid"),
    "UNKNOWN_DEBT": ("没有待补正的信息", "no audit debt is open"),
    "TEST_ORDER_STAYS": (
        "测试订单不发货，挂起不能解除，只能取消订单",
        "a test order is never released: cancel it",
    ),
    "FORBIDDEN": ("角色无权执行此操作", "the role may not do it"),
    "NO_CHOICE_OPEN": ("此发货单不需要指定快递", "no carrier is to be chosen for this shipment"),
    "CARRIER_NOT_POSSIBLE": ("此快递不能承运该发货单，可选", "this carrier does not take the shipment; possible are"),
    "CLOSED": ("订单已结束", "the order is closed"),
    "NOTHING_TO_OVERRIDE": ("没有存疑的地址", "the audit questions no address"),
    "HOLD_ENDS_OTHERWISE": ("此挂起须以专门的决定结束", "this hold ends by a decision of its own"),
    "NO_VOUCHER_WANTED": ("订单无须付款凭证", "the order waits for no payment voucher"),
    "VOUCHER_PENDING": ("已提交的付款凭证尚待核验", "the voucher submitted before is not verified yet"),
    "NO_VOUCHER": ("尚未提交付款凭证", "no payment voucher was submitted yet"),
    "SAME_PERSON": ("提交人不得核验自己提交的凭证", "whoever submitted the voucher may not verify it"),
    "NO_COUPON_TO_DECIDE": ("没有待审批的优惠券", "no such coupon waits for approval"),
    "NO_QUESTION": ("没有待客户答复的问题", "no question waits for the customer"),
    "ALREADY_ANSWERED": ("此问题已经答复", "the question was answered before"),
    "ANSWER_TOO_LATE": ("答复期限已过，已按默认处理", "it is too late: the default was taken"),
    "QUESTION_MOOT": ("此问题已无须答复", "the question is settled without an answer"),
    "OPTION_UNKNOWN": ("没有此选项", "the question has no such option"),
    "ANSWER_INCOMPLETE": (
        "此选项须经接口提交更正内容，其他选项不带更正",
        "this option comes with corrected fields, through the API; no other does",
    ),
    "NO_MESSAGE": ("没有待处理的留言", "no message waits for a decision"),
    "CHANGE_REFUSED": ("无法变更", "this cannot be changed any more"),
    "CHANGE_INCOMPLETE": ("变更申请缺少内容，请补全params", "the change request lacks something in its params"),
    "UNKNOWN_LINE": ("没有此商品行", "the order has no such line"),
}
"""By code; a code without an entry is said as it is."""
