"""What the house itself did, for the timeline: stages, clocks, cases, holds, effects, messages (§4.2, §1.3, §4.6)."""

from __future__ import annotations

from domain.catalogue.words import Words

WORK: dict[str, Words] = {
    # -- the order's way ---------------------------------------------------------------------------------------------
    "order_placed": (
        ("客户在{channel}下单。", "The customer placed the order at {channel}."),
        ("客户下单。", "The customer placed the order."),
    ),
    "order_received": (("订单已接收。", "The order was received."),),
    "stage_reached": (("订单状态：{stage:stage}。", "The order is now {stage:stage}."),),
    "audit_started": (("开始审核第{version}版。", "The audit of version {version} began."),),
    "audit_passed": (("第{version}版审核通过。", "Version {version} passed the audit."),),
    "audit_found": (
        (
            "第{version}版审核发现：{codes:finding}。",
            "The audit of version {version} found: {codes:finding}.",
        ),
        ("审核发现{count}个问题。", "The audit found {count} things."),
    ),
    "finding": (
        ("审核发现：{code:finding}（{field}）。", "The audit found: {code:finding} ({field})."),
        ("审核发现：{code:finding}。", "The audit found: {code:finding}."),
    ),
    "stock_reserved": (
        ("已在仓库{warehouse}预占库存。", "Stock is reserved in warehouse {warehouse}."),
        ("库存已预占。", "Stock is reserved."),
    ),
    "stock_short": (
        ("库存不足：商品行{line}缺{quantity}件。", "Stock is short: {quantity} of line {line} are missing."),
        ("库存不足。", "Stock is short."),
    ),
    "stock_released": (("预占库存已释放。", "The reserved stock was given back."),),
    "payment_confirmed": (
        ("付款已确认，共{amount:money}。", "The payment of {amount:money} is confirmed."),
        ("付款已确认。", "The payment is confirmed."),
    ),
    "payment_waived": (("无需等待付款（{method:payment}）。", "No payment is awaited ({method:payment})."),),
    "payment_mismatch": (
        (
            "付款金额不符：应付{due:money}，实收{amount:money}。",
            "The payment does not match: {due:money} is due, {amount:money} came.",
        ),
        ("付款金额不符。", "The payment does not match."),
    ),
    "confirmed_both": (("付款与备货均已确认。", "Payment and stock are both confirmed."),),
    "entered": (
        ("已录入ERP，单据号{document}。", "The order was entered in the ERP as {document}."),
        ("已录入ERP。", "The order was entered in the ERP."),
    ),
    "entry_differs": (("ERP单据{document}与订单不一致。", "The ERP document {document} differs from the order."),),
    "entry_cancelled": (
        ("ERP单据{document}已取消。", "The ERP document {document} was cancelled."),
        ("ERP单据已取消。", "The ERP document was cancelled."),
    ),
    "shipment_planned": (
        (
            "已安排发货单{shipment}，由仓库{warehouse}发出。",
            "Shipment {shipment} was planned from warehouse {warehouse}.",
        ),
    ),
    "shipment_released": (
        ("发货单{shipment}已下发仓库{warehouse}。", "Shipment {shipment} was released to warehouse {warehouse}."),
        ("发货单{shipment}已下发仓库。", "Shipment {shipment} was released to its warehouse."),
    ),
    "promise_made": (
        (
            "{subject:subject}承诺于{promised_at:date}送达。",
            "{subject:subject} is promised for {promised_at:date}.",
        ),
    ),
    "pickup_presumed": (
        (
            "{subject:subject}逾期未取，视为已签收。",
            "{subject:subject} was not collected in time and counts as delivered.",
        ),
    ),
    "refunded": (
        ("已退款{amount:money}。", "{amount:money} was refunded."),
        ("已退款。", "The refund is paid."),
    ),
    "refund_asked": (
        ("已申请退款{amount:money}。", "A refund of {amount:money} was asked for."),
        ("已申请退款。", "A refund was asked for."),
    ),
    "cancelled": (
        ("订单已取消，原因：{reason}。", "The order was cancelled: {reason}."),
        ("订单已取消。", "The order was cancelled."),
    ),
    "policy_chosen": (("适用规则版本{edition}。", "The rules of edition {edition} apply."),),
    # -- clocks ------------------------------------------------------------------------------------------------------
    "clock_started": (
        (
            "{clock}（{clock:clock}）开始计时，{subject:subject}，截止{due_at:moment}。",
            "{clock} ({clock:clock}) started for {subject:subject}, due {due_at:moment}.",
        ),
        ("{clock}（{clock:clock}）开始计时。", "{clock} ({clock:clock}) started."),
    ),
    "clock_warned": (
        (
            "预警：{clock}（{clock:clock}），{subject:subject}，将于{due:moment}到期。",
            "Warning: {clock} ({clock:clock}), {subject:subject}, is due at {due:moment}.",
        ),
        ("预警：{clock}（{clock:clock}）即将到期。", "Warning: {clock} ({clock:clock}) is nearly due."),
    ),
    "clock_met": (
        (
            "{clock}（{clock:clock}）按时完成，{subject:subject}。",
            "{clock} ({clock:clock}) was met, {subject:subject}.",
        ),
        ("{clock}（{clock:clock}）按时完成。", "{clock} ({clock:clock}) was met."),
    ),
    "clock_breached": (
        (
            "{clock}（{clock:clock}）超时，{subject:subject}，原因：{cause:cause}，责任方：{responsible:role}。",
            "{clock} ({clock:clock}) was breached, {subject:subject}: {cause:cause}; responsible: {responsible:role}.",
        ),
        (
            "{clock}（{clock:clock}）超时，{subject:subject}，责任方：{responsible:role}。",
            "{clock} ({clock:clock}) was breached, {subject:subject}; responsible: {responsible:role}.",
        ),
        ("{clock}（{clock:clock}）超时。", "{clock} ({clock:clock}) was breached."),
    ),
    "clock_corrected": (
        (
            "更正：{clock}（{clock:clock}）实际按时完成，{subject:subject}，消息晚到。",
            "Corrected: {clock} ({clock:clock}) was met in truth, {subject:subject}; the news came late.",
        ),
    ),
    "clock_paused": (
        ("{clock}（{clock:clock}）暂停：{cause}。", "{clock} ({clock:clock}) was paused: {cause}."),
        ("{clock}（{clock:clock}）暂停。", "{clock} ({clock:clock}) was paused."),
    ),
    "clock_resumed": (
        (
            "{clock}（{clock:clock}）恢复计时，截止{due_at:moment}。",
            "{clock} ({clock:clock}) goes on, due {due_at:moment}.",
        ),
        ("{clock}（{clock:clock}）恢复计时。", "{clock} ({clock:clock}) goes on."),
    ),
    "clock_void": (("{clock}（{clock:clock}）不再适用。", "{clock} ({clock:clock}) no longer applies."),),
    # -- cases, tasks, holds -----------------------------------------------------------------------------------------
    "case_opened": (
        (
            "异常{case}：{kind:case}，{subject:subject}，原因：{cause:cause}。",
            "Case {case} was opened: {kind:case}, {subject:subject}, {cause:cause}.",
        ),
        ("异常{case}：{kind:case}，{subject:subject}。", "Case {case} was opened: {kind:case}, {subject:subject}."),
        ("异常{case}：{kind:case}。", "Case {case} was opened: {kind:case}."),
    ),
    "case_escalated": (
        ("异常{case}（{kind:case}）升级为{level:level}。", "Case {case} ({kind:case}) went up to {level:level}."),
    ),
    "case_acknowledged": (("{actor}已知悉异常{case}。", "{actor} acknowledged case {case}."),),
    "case_resolved": (
        (
            "异常{case}（{kind:case}）已解决：{outcome:outcome}。",
            "Case {case} ({kind:case}) was resolved: {outcome:outcome}.",
        ),
        ("异常{case}（{kind:case}）已解决。", "Case {case} ({kind:case}) was resolved."),
    ),
    "case_joined": (
        (
            "{clock}（{clock:clock}）的超时并入异常{case}。",
            "The breach of {clock} ({clock:clock}) joined case {case}.",
        ),
    ),
    "case_withdrawn": (("异常{case}（{kind:case}）已撤销。", "Case {case} ({kind:case}) was withdrawn."),),
    "task_opened": (
        (
            "待办（{role:role}）：{task:task}，截止{due_at:moment}。",
            "Task for {role:role}: {task:task}, due {due_at:moment}.",
        ),
        ("待办（{role:role}）：{task:task}。", "Task for {role:role}: {task:task}."),
    ),
    "task_done": (
        ("{actor}完成待办：{task:task}。", "{actor} did the task: {task:task}."),
        ("待办完成：{task:task}。", "The task is done: {task:task}."),
    ),
    "hold_placed": (
        ("订单挂起（{reason:hold}）：{note}。", "The order is held ({reason:hold}): {note}."),
        ("订单挂起（{reason:hold}）。", "The order is held ({reason:hold})."),
    ),
    "hold_released": (("挂起解除（{reason:hold}）。", "The hold ({reason:hold}) was released."),),
    # -- effects, messages, what does not fit ------------------------------------------------------------------------
    "effect_started": (("开始：{effect:effect}。", "Began to {effect:effect}."),),
    "effect_done": (
        ("完成：{effect:effect}，编号{reference}。", "Done: {effect:effect}, number {reference}."),
        ("完成：{effect:effect}。", "Done: {effect:effect}."),
    ),
    "effect_parked": (
        (
            "步骤已停放：{effect:effect}，原因：{reason}。处理后请重试。",
            "The step is parked: {effect:effect}: {reason}. Put it right, then retry it.",
        ),
        ("步骤已停放：{effect:effect}。", "The step is parked: {effect:effect}."),
    ),
    "effect_late": (
        (
            "步骤仍未完成：{effect:effect}，自{since:moment}起。",
            "Still not done since {since:moment}: {effect:effect}.",
        ),
        ("步骤仍未完成：{effect:effect}。", "Still not done: {effect:effect}."),
    ),
    "answered": (
        (
            "{party:role}答复：{reason}，预计{promised_at:moment}。",
            "{party:role} answered: {reason}, expected {promised_at:moment}.",
        ),
        ("{party:role}答复：{reason}。", "{party:role} answered: {reason}."),
        ("{party:role}未说明原因。", "{party:role} gave no reason."),
    ),
    "message_sent": (
        ("已通知客户：{template}（{subject:subject}）。", "The customer was told: {template} ({subject:subject})."),
        ("已通知客户：{template}。", "The customer was told: {template}."),
    ),
    "tracking_pushed": (
        ("物流单号{tracking_number}已上传渠道。", "The tracking number {tracking_number} was sent to the channel."),
    ),
    "status_pushed": (("订单状态已同步：{status:stage}。", "The status was pushed: {status:stage}."),),
    "subscribed": (
        ("已订阅包裹{tracking_number}的物流信息。", "The scans of package {tracking_number} were subscribed to."),
    ),
    "fact_unmatched": (
        ("收到不适用的消息（{kind}）：{reason}。", "A fact did not fit ({kind}): {reason}."),
        ("收到不适用的消息（{kind}）。", "A fact did not fit ({kind})."),
    ),
    "fact_after_close": (("订单结束后收到消息（{kind}）。", "A fact came after the order was closed ({kind})."),),
    "message_unreadable": (
        ("收到无法识别的消息（{name}）：{reason}。", "A message could not be read ({name}): {reason}."),
        ("收到无法识别的消息（{name}）。", "A message could not be read ({name})."),
    ),
}
