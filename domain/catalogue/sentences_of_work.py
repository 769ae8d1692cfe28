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
    "taken_over": (
        (
            "从原系统接管，状态：{stage:stage}；推定：{assumed}。",
            "Taken over from the system before as {stage:stage}; taken for granted: {assumed}.",
        ),
        ("从原系统接管，状态：{stage:stage}。", "Taken over from the system before as {stage:stage}."),
    ),
    "stage_reached": (("订单状态：{stage:stage}。", "State of the order: {stage:stage}."),),
    "order_changed": (("系统更新了订单。", "The desk changed the order."),),
    "completed_by_itself": (("无人提出异议，系统自动完成订单。", "Nobody objected: the order completed by itself."),),
    "pickup_presumed": (
        (
            "{subject:subject}逾期未取，视为已签收。",
            "{subject:subject} was not collected in time and counts as delivered.",
        ),
    ),
    "cancel_refused": (("取消申请被拒绝：{reason}。", "The cancellation was refused: {reason}."),),
    "carrier_chosen": (
        (
            "发货单{shipment}由{carrier:carrier}承运，{ships_on:date}发出，预计{delivered_by:date}送达。",
            "Shipment {shipment} goes by {carrier:carrier} on {ships_on:date}, to arrive by {delivered_by:date}.",
        ),
        ("发货单{shipment}由{carrier:carrier}承运。", "Shipment {shipment} goes by {carrier:carrier}."),
    ),
    # -- the steps of a case -----------------------------------------------------------------------------------------
    "order_resumed": (
        (
            "流程已从账册恢复，待处理事实 {facts} 条。",
            "The workflow began anew from the books; new facts: {facts}.",
        ),
    ),
    "order_closed_by_hand": (("订单已人工关闭：{reason}。", "The order was closed by hand: {reason}."),),
    "step_begun": (("{word:step}（{step}），由{role:role}处理。", "Step {step} ({role:role}): {word:step}."),),
    "step_ended": (
        ("{word:step}（{step}）结束：{result:result}。", "Step {step} ended: {word:step}, {result:result}."),
        ("{word:step}（{step}）结束。", "Step {step} ended: {word:step}."),
    ),
    # -- clocks ------------------------------------------------------------------------------------------------------
    "clock_warned": (
        (
            "预警：{clock}（{clock:clock}），{subject:subject}，将于{due:moment}到期。",
            "Warning: {clock} ({clock:clock}), {subject:subject}, is due at {due:moment}.",
        ),
        ("预警：{clock}（{clock:clock}）即将到期。", "Warning: {clock} ({clock:clock}) is nearly due."),
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
    "hold_placed": (("系统挂起订单{hold}：{reason:hold}。", "The order is held, {hold}: {reason:hold}."),),
    "hold_released": (
        ("挂起{hold}（{reason:hold}）的原因已消除。", "The reason of hold {hold} ({reason:hold}) is gone."),
    ),
    "change_pending": (
        (
            "变更（{change:change}）处理中，等待{role:role}，最晚{until:moment}答复。",
            "The change ({change:change}) waits for: {role:role}, until {until:moment}.",
        ),
        ("变更（{change:change}）处理中。", "The change ({change:change}) is in progress."),
    ),
    "change_request_refused": (("变更申请被拒绝：{reason}。", "The change request was refused: {reason}."),),
    "change_written": (
        (
            "变更（{change:change}）已写入第{version}版，重新审核。",
            "The change ({change:change}) is version {version}, audited again.",
        ),
    ),
    "change_further": (
        (
            "变更（{change:change}）已写入第{version}版，追加发货，原发货不受影响。",
            "The change ({change:change}) is version {version}: one more shipment, the others go on untouched.",
        ),
    ),
    "cod_refused": (
        (
            "货到付款包裹（{subject:subject}）被拒收退回，未收款；费用{fee}（{currency}最小单位）记入买家风险档案。",
            "The parcel to be paid at the door ({subject:subject}) came back unpaid: {fee} minor units of {currency}.",
        ),
    ),
    "change_applied": (("变更（{change:change}）已生效。", "The change ({change:change}) was made."),),
    "change_declined": (("变更（{change:change}）未获同意。", "The change ({change:change}) was declined."),),
    "change_refused": (
        (
            "无法变更（{change:change}）：{why:change_reason}。",
            "The change ({change:change}) was refused: {why:change_reason}.",
        ),
        ("无法变更（{change:change}）。", "The change ({change:change}) was refused."),
    ),
    "coupon_due": (
        (
            "{subject:subject}延误（{fault:fault}），补偿优惠券共{amount:money}，承担方：{payer:fault}，异常{case}，{edition}。",
            (
                "{subject:subject} is late ({fault:fault}): coupons of {amount:money} in all, borne by {payer:fault}, "
                "case {case}, policy {edition}."
            ),
        ),
        (
            "{subject:subject}延误（{fault:fault}），补偿优惠券共{amount:money}，承担方：{payer:fault}，{edition}。",
            (
                "{subject:subject} is late ({fault:fault}): coupons of {amount:money} in all, borne by {payer:fault}, "
                "policy {edition}."
            ),
        ),
    ),
    "coupon_issued": (
        (
            "{subject:subject}的补偿优惠券{amount:money}已发放，异常{case}，政策{edition}。",
            "A coupon of {amount:money} was issued for {subject:subject}, case {case}, policy {edition}.",
        ),
        (
            "{subject:subject}的补偿优惠券{amount:money}已发放，政策{edition}。",
            "A coupon of {amount:money} was issued for {subject:subject}, policy {edition}.",
        ),
    ),
    "coupon_cost_moved": (
        (
            "{subject:subject}的补偿优惠券{amount:money}改由{payer:fault}承担，原因查明：{fault:fault}。",
            "The coupon of {amount:money} for {subject:subject} is now borne by {payer:fault}: {fault:fault}.",
        ),
    ),
    "coupon_over_budget": (
        (
            "{subject:subject}的补偿优惠券（共{amount:money}）超出当日预算，须主管审批（政策{edition}）。",
            (
                "The coupon for {subject:subject}, {amount:money} in all, is more than the day's budget: "
                "a supervisor decides (policy {edition})."
            ),
        ),
    ),
    "coupon_none": (
        (
            "{subject:subject}延误，不补偿优惠券：{why:fault}（政策{edition}）。",
            "{subject:subject} is late, and no coupon is due: {why:fault} (policy {edition}).",
        ),
    ),
    # -- effects, messages, what does not fit ------------------------------------------------------------------------
    "effect_done": (
        (
            "完成：{effect:effect}，{source}调往{target}：{lines:units}，对方拒绝：{refused}。",
            "Done: {effect:effect} from {source} to {target}: {lines:units}; it was refused: {refused}.",
        ),
        (
            "完成：{effect:effect}，{source}调往{target}：{lines:units}。",
            "Done: {effect:effect} from {source} to {target}: {lines:units}.",
        ),
        (
            "完成：{effect:effect}，发现：{findings:finding}；先放行、待补正：{relaxed:finding}。",
            "Done: {effect:effect}; found: {findings:finding}; let pass, to be repaid: {relaxed:finding}.",
        ),
        (
            "完成：{effect:effect}，答复：{reason}，预计{promised_at:moment}。",
            "Done: {effect:effect}: {reason}, expected {promised_at:moment}.",
        ),
        ("完成：{effect:effect}，答复：{reason}。", "Done: {effect:effect}: {reason}."),
        (
            "完成：{effect:effect}，先放行、待补正：{relaxed:finding}。",
            "Done: {effect:effect}; let pass, to be repaid: {relaxed:finding}.",
        ),
        ("完成：{effect:effect}，发现：{findings:finding}。", "Done: {effect:effect}; found: {findings:finding}."),
        (
            "完成：{effect:effect}，不一致：{differences:finding}。",
            "Done: {effect:effect}; differs: {differences:finding}.",
        ),
        ("完成：{effect:effect}，仍缺：{short:units}。", "Done: {effect:effect}; still short: {short:units}."),
        ("完成：{effect:effect}，单据号{document}。", "Done: {effect:effect}, document {document}."),
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
    "fact_unfit": (
        ("此消息不适用，未作处理：{reason}。", "This did not fit and changed nothing: {reason}."),
        ("此消息不适用，未作处理。", "This did not fit and changed nothing."),
    ),
    "fact_after_close": (("订单结束后收到消息（{kind}）。", "A fact came after the order was closed ({kind})."),),
    "message_unreadable": (
        ("收到无法识别的消息（{name}）：{reason}。", "A message could not be read ({name}): {reason}."),
        ("收到无法识别的消息（{name}）。", "A message could not be read ({name})."),
    ),
}
