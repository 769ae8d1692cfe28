"""The order's timeline in sentences: what was reported, what was asked, what the house did (SR-023, SR-003)."""

from __future__ import annotations

from domain.catalogue import returns
from domain.catalogue.enquiries import ENQUIRIES
from domain.catalogue.logistics import ASKED_OF_LOGISTICS, FACTS_OF_LOGISTICS, WORK_OF_LOGISTICS
from domain.catalogue.sentences_of_answers import ANSWERS
from domain.catalogue.sentences_of_claims import CLAIMS
from domain.catalogue.sentences_of_transfers import TRANSFERS
from domain.catalogue.sentences_of_work import WORK
from domain.catalogue.words import Words

FACTS: dict[str, Words] = {
    "paid": (
        ("收到付款{amount:money}，流水号{payment_no}。", "{amount:money} was paid, payment {payment_no}."),
        ("收到付款{amount:money}。", "{amount:money} was paid."),
    ),
    "picked": (("发货单{shipment}已拣货。", "Shipment {shipment} was picked."),),
    "packed": (("发货单{shipment}已打包。", "Shipment {shipment} was packed."),),
    "outbound": (
        (
            "发货单{shipment}的包裹{package}已出库，由{carrier:carrier}承运，单号{tracking_number}。",
            "Package {package} of shipment {shipment} is out by {carrier:carrier}, number {tracking_number}.",
        ),
        (
            "发货单{shipment}的包裹{package}已出库，单号{tracking_number}。",
            "Package {package} of shipment {shipment} is out, number {tracking_number}.",
        ),
        (
            "发货单{shipment}的包裹{package}已出库。",
            "Package {package} of shipment {shipment} left the warehouse.",
        ),
    ),
    "short_picked": (
        (
            "发货单{shipment}拣货短缺：商品行{line}缺{quantity}件。",
            "Shipment {shipment} was picked short: {quantity} of line {line} are missing.",
        ),
    ),
    "tracking_number": (
        (
            "包裹{package}的物流单号为{tracking_number}（{carrier:carrier}）。",
            "Package {package} has the tracking number {tracking_number} ({carrier:carrier}).",
        ),
        (
            "包裹{package}的物流单号为{tracking_number}。",
            "Package {package} has the tracking number {tracking_number}.",
        ),
    ),
    "outbound_promised": (
        (
            "仓库预计发货单{shipment}于{promised_at:moment}出库，原因：{reason}。",
            "The warehouse promised shipment {shipment} for {promised_at:moment}; reason: {reason}.",
        ),
        (
            "仓库预计发货单{shipment}于{promised_at:moment}出库。",
            "The warehouse promised shipment {shipment} for {promised_at:moment}.",
        ),
    ),
    "carrier_scan": (
        (
            "包裹{tracking_number}{state:package}，{location}。",
            "Package {tracking_number}: {state:package}, {location}.",
        ),
        ("包裹{tracking_number}{state:package}。", "Package {tracking_number}: {state:package}."),
        ("包裹{package}{state:package}。", "Package {package}: {state:package}."),
    ),
    "delivery_estimated": (
        (
            "快递公司预计包裹{tracking_number}于{estimated_at:moment}送达。",
            "The carrier expects package {tracking_number} to arrive at {estimated_at:moment}.",
        ),
    ),
    "tracking_accepted": (
        (
            "销售渠道已接受物流单号{tracking_number}。",
            "The sales channel took the tracking number {tracking_number}.",
        ),
    ),
    "tracking_refused": (
        (
            "销售渠道拒绝物流单号{tracking_number}，原因：{reason}。",
            "The sales channel refused the tracking number {tracking_number}: {reason}.",
        ),
        (
            "销售渠道拒绝物流单号{tracking_number}。",
            "The sales channel refused the tracking number {tracking_number}.",
        ),
    ),
    "status_refused": (
        (
            "销售渠道拒绝订单状态{status:stage}，原因：{reason}。",
            "The sales channel refused the status {status:stage}: {reason}.",
        ),
        ("销售渠道拒绝订单状态{status:stage}。", "The sales channel refused the status {status:stage}."),
    ),
    "status_accepted": (
        ("销售渠道已接受订单状态{status:stage}。", "The sales channel took the status {status:stage}."),
    ),
    "ship_by_moved": (
        (
            "销售渠道把最晚发货时间改为{latest_ship_at:moment}。",
            "The sales channel moved its ship-by date to {latest_ship_at:moment}.",
        ),
    ),
    "channel_completed": (("销售渠道显示交易成功。", "The sales channel reports the trade as completed."),),
    "channel_closed": (
        ("销售渠道关闭了订单，原因：{reason}。", "The sales channel closed the order: {reason}."),
        ("销售渠道关闭了订单。", "The sales channel closed the order."),
    ),
    "channel_noted": (
        (
            "销售渠道的订单信息有更新（{fields:field}），退款状态：{refund}。",
            "News of the order on its channel ({fields:field}); refund: {refund}.",
        ),
        ("销售渠道的订单信息有更新（{fields:field}）。", "News of the order on its channel ({fields:field})."),
    ),
    "channel_changed": (
        (
            "买家在销售渠道修改了订单（{fields:field}）。",
            "The order was changed on its channel ({fields:field}).",
        ),
        ("销售渠道的订单内容与我们的一致。", "The order says the same on its channel again."),
    ),
    "confirmed": (
        ("{actor}确认订单完成。", "{actor} confirmed that the order is complete."),
        ("客户确认订单完成。", "It was confirmed that the order is complete."),
    ),
    "ship_date_agreed": (("客户同意于{ship_at:moment}发货。", "The customer agreed to shipping at {ship_at:moment}."),),
    "cod_remitted": (
        (
            "快递公司返还代收货款{amount:money}，凭证号{reference}。",
            "The carrier paid out {amount:money} collected on delivery, reference {reference}.",
        ),
    ),
    "codes_matched": (
        ("平台编码{code}已匹配商品，订单重新审核。", "The code {code} was matched; the order is audited again."),
    ),
    "stock_arrived": (("商品{sku}到货。", "Stock of {sku} arrived."),),
    "reservation_lost": (
        (
            "盘点后{warehouse}仓缺少第{line}行已预占的{units}件。",
            "Reserved units of line {line} that a count did not find in {warehouse}: {units}.",
        ),
    ),
    "design_approved": (
        (
            "商品行{line}的设计方案{design_id}（版本{design_version}）已终审。",
            "Design {design_id}, version {design_version}, of line {line} is final.",
        ),
        (
            "设计方案{design_id}（版本{design_version}）已终审。",
            "Design {design_id}, version {design_version}, is final.",
        ),
    ),
}
REQUESTS: dict[str, Words] = {
    "approve_audit": (
        ("{actor}审核通过：{reason}。", "{actor} approved the audit: {reason}."),
        ("{actor}审核通过。", "{actor} approved the audit."),
    ),
    "reject_audit": (
        ("{actor}驳回订单：{reason}。", "{actor} rejected the order: {reason}."),
        ("{actor}驳回订单。", "{actor} rejected the order."),
    ),
    "correct_fields": (
        ("{actor}更正了订单信息（更正{correction}）。", "{actor} corrected the order (correction {correction})."),
        ("{actor}更正了订单信息。", "{actor} corrected the order."),
    ),
    "override_address": (
        ("{actor}确认地址无误：{reason}。", "{actor} let the address stand: {reason}."),
        ("{actor}确认地址无误。", "{actor} let the address stand."),
    ),
    "confirm_payment": (
        ("{actor}确认收款{amount:money}。", "{actor} confirmed a payment of {amount:money}."),
        ("{actor}确认收款。", "{actor} confirmed a payment."),
    ),
    "upload_tracking": (
        (
            "{actor}为包裹{package}录入物流单号{tracking_number}。",
            "{actor} entered the tracking number {tracking_number} for package {package}.",
        ),
    ),
    "confirm_completion": (("{actor}确认订单完成。", "{actor} confirmed that the order is complete."),),
    "place_hold": (
        ("{actor}挂起订单（{reason:hold}）：{note}。", "{actor} held the order ({reason:hold}): {note}."),
        ("{actor}挂起订单（{reason:hold}）。", "{actor} held the order ({reason:hold})."),
    ),
    "release_hold": (
        ("{actor}解除挂起{hold}：{note}。", "{actor} released the hold {hold}: {note}."),
        ("{actor}解除挂起{hold}。", "{actor} released the hold {hold}."),
    ),
    "acknowledge": (("{actor}已知悉异常{case}。", "{actor} acknowledged case {case}."),),
    "resolve_case": (
        ("{actor}解决异常{case}：{outcome:outcome}。", "{actor} resolved case {case}: {outcome:outcome}."),
        ("{actor}解决异常{case}。", "{actor} resolved case {case}."),
    ),
    "retry_step": (("{actor}重试步骤{step}。", "{actor} tried the step {step} again."),),
    "choose_carrier": (
        (
            "{actor}指定发货单{shipment}由{carrier:carrier}承运。",
            "{actor} chose {carrier:carrier} for shipment {shipment}.",
        ),
        (
            "{actor}要求为发货单{shipment}重新匹配快递。",
            "{actor} had the carrier table looked at again for shipment {shipment}.",
        ),
    ),
    "repay_debt": (
        (
            "{actor}补正了放行的信息（更正{correction}）。",
            "{actor} put right what the audit let pass (correction {correction}).",
        ),
        ("{actor}补正了放行的信息。", "{actor} put right what the audit let pass."),
    ),
    "submit_change_request": (
        ("{actor}申请变更：{change:change}。", "{actor} asked for a change: {change:change}."),
        ("{actor}申请变更。", "{actor} asked for a change."),
    ),
    "cancel": (
        ("{actor}取消订单：{reason}。", "{actor} cancelled the order: {reason}."),
        ("{actor}取消订单。", "{actor} cancelled the order."),
    ),
    "submit_voucher": (("{actor}提交付款凭证{reference}。", "{actor} submitted the payment voucher {reference}."),),
    "verify_voucher": (
        (
            "{actor}核验付款凭证（{verdict:verdict_of_people}）：{reason}。",
            "{actor} verified the payment voucher ({verdict:verdict_of_people}): {reason}.",
        ),
    ),
    "decide_message": (
        (
            "{actor}处理留言（{choice:choice}）：{note}。",
            "{actor} decided about the message ({choice:choice}): {note}.",
        ),
        ("{actor}处理留言（{choice:choice}）。", "{actor} decided about the message ({choice:choice})."),
    ),
    "skip_step": (("{actor}跳过步骤{step}：{reason}。", "{actor} skipped the step {step}: {reason}."),),
    "report_step": (
        (
            "{actor}人工完成步骤{step}，结果{result}：{note}。",
            "{actor} did the step {step} by hand, with the result {result}: {note}.",
        ),
        ("{actor}人工完成步骤{step}，结果{result}。", "{actor} did the step {step} by hand, with the result {result}."),
    ),
    "decide_coupon": (
        (
            "{actor}审批{coupon}的补偿优惠券（{verdict:verdict_of_people}）：{reason}。",
            "{actor} decided about the coupon {coupon} ({verdict:verdict_of_people}): {reason}.",
        ),
    ),
    "sales_decision": (
        (
            "{actor}代表销售确认{hold}（{verdict:verdict_of_people}）：{note}。",
            "{actor} decided {hold} for sales ({verdict:verdict_of_people}): {note}.",
        ),
        (
            "{actor}代表销售确认{hold}（{verdict:verdict_of_people}）。",
            "{actor} decided {hold} for sales ({verdict:verdict_of_people}).",
        ),
    ),
}
SENTENCES: dict[str, Words] = {
    **FACTS,
    **REQUESTS,
    **WORK,
    **ENQUIRIES,
    **CLAIMS,
    **TRANSFERS,
    **FACTS_OF_LOGISTICS,
    **ASKED_OF_LOGISTICS,
    **WORK_OF_LOGISTICS,
    **returns.SENTENCES,
    **ANSWERS,
}
"""By the code an Entry of the timeline names: a fact's kind, a request's kind, or what the house did."""
