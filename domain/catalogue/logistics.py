"""The texts of parcels that do not arrive: messages, sentences and words of E3 and E5 (§4.6, §4.13)."""

from __future__ import annotations

from domain.catalogue.labels import Labels
from domain.catalogue.words import Words

MESSAGES_OF_LOGISTICS: dict[str, Words] = {
    "DELAY_APPEASE": (
        (
            "很抱歉，您的包裹因{cause:delay_cause}未能按时送达，{action:delay_action}，最新预计{date:date}送达。",
            "We are sorry: {cause:delay_cause} delays your package. {action:delay_action} It should come {date:date}.",
        ),
    ),
    "SUSPENSION_NOTICE": (("{notice}预计{date:date}恢复。", "{notice} It should go on again on {date:date}."),),
    "SLOW_COMPLAINT": (
        (
            "很抱歉让您久等，我们已收到您的反馈，正在催促处理您的订单{no}，有进展会及时通知您。",
            "We are sorry that you have to wait. We are pushing your order {no} and will tell you more.",
        ),
    ),
    "RESHIPPED": (
        (
            "您的包裹已由{carrier:carrier}重新发出，单号{tracking}，预计{date:date}送达。",
            "We sent your goods again, by {carrier:carrier}, number {tracking}. They should arrive on {date:date}.",
        ),
        (
            "您的包裹已由{carrier:carrier}重新发出，单号{tracking}。",
            "We sent your goods again, by {carrier:carrier}, number {tracking}.",
        ),
        ("您的包裹已重新发出，单号{tracking}。", "We sent your goods again, number {tracking}."),
    ),
}
FACTS_OF_LOGISTICS: dict[str, Words] = {
    "complaint": (
        ("客户投诉物流慢（包裹{package}）。", "The customer complains that package {package} is slow."),
        ("客户投诉物流慢。", "The customer complains that it is slow."),
    ),
    "claim_paid": (
        (
            "快递公司支付理赔{amount:money}，凭证号{reference}。",
            "The carrier paid {amount:money} on a claim, reference {reference}.",
        ),
    ),
    "parcel_received": (("退回的包裹{package}已入仓。", "Package {package} came back to the warehouse."),),
}
ASKED_OF_LOGISTICS: dict[str, Words] = {
    "expedite": (
        ("{actor}催促{party:role}，{subject:subject}。", "{actor} pushes the {party:role}, {subject:subject}."),
        ("{actor}催促{party:role}。", "{actor} pushes the {party:role}."),
    ),
    "switch_carrier": (
        (
            "{actor}更换包裹{package}的快递（{how:switch}）：{reason}。",
            "{actor} switches the carrier of package {package} ({how:switch}): {reason}.",
        ),
    ),
    "reassign_warehouse": (
        (
            "{actor}将发货单{shipment}改由其他仓库发货：{reason}。",
            "{actor} has shipment {shipment} sent from another warehouse: {reason}.",
        ),
    ),
}
WORK_OF_LOGISTICS: dict[str, Words] = {
    "hold_too_late": (
        (
            "挂起{hold}来不及：{subject:subject}仓库已交出，请改用取消或变更申请。",
            "Hold {hold} came too late for {subject:subject}: it has left. Ask for a cancel or a change.",
        ),
    ),
    "warehouse_overdue": (
        (
            "{warehouse}仓{open}张未出库发货单中{overdue}张已超时：是否整仓改仓？",
            "Of {open} open shipments of {warehouse} {overdue} are overdue: send all its orders from elsewhere?",
        ),
    ),
    "reassigned": (
        (
            "{subject:subject}改由{warehouse}仓发货（发货单{shipment}）。",
            "{subject:subject} leaves from {warehouse} instead, as shipment {shipment}.",
        ),
    ),
    "reassign_failed": (
        (
            "未能改仓：{subject:subject}，{result:result}。",
            "No other warehouse for {subject:subject}: {result:result}.",
        ),
    ),
    "parcel_declared": (
        (
            "{subject:subject}视为{state:package}。",
            "{subject:subject} counts as {state:package} from now on.",
        ),
    ),
    "promise_moved": (
        (
            "{change:change}：{subject:subject}的承诺送达日改为{date:date}。",
            "{change:change}: {subject:subject} is promised for {date:date} now.",
        ),
    ),
    "return_missing": (
        (
            "{subject:subject}：快递称已退回，仓库未收到。",
            "{subject:subject}: the carrier says it came back, and the warehouse never had it.",
        ),
    ),
    "switch_decided": (
        (
            "更换快递：{subject:subject}，{how:switch}。",
            "Another carrier for {subject:subject}: {how:switch}.",
        ),
    ),
    "switch_failed": (
        (
            "未能更换快递：{subject:subject}，{result:step_result}。",
            "No other carrier for {subject:subject}: {result:step_result}.",
        ),
    ),
    "left_called_off": (
        (
            "发货单{shipment}已撤销但仍出库，以{subject:subject}为准。",
            "Shipment {shipment} was called off and left all the same: {subject:subject} counts.",
        ),
    ),
    "superseded": (
        (
            "{subject:subject}由发货单{shipment}补发，原包裹已替代。",
            "Shipment {shipment} sends the goods of {subject:subject} again; the first parcel is superseded.",
        ),
    ),
    "claim_opened": (
        (
            "向快递公司理赔{amount:money}：{subject:subject}，{ground:ground}。",
            "A claim of {amount:money} on the carrier: {subject:subject}, {ground:ground}.",
        ),
    ),
    "claim_accepted": (
        (
            "快递公司受理理赔{amount:money}，编号{reference}。",
            "The carrier took the claim of {amount:money}, number {reference}.",
        ),
        ("快递公司受理理赔{amount:money}。", "The carrier took the claim of {amount:money}."),
    ),
    "claim_declined": (
        (
            "快递公司拒绝理赔{amount:money}：{reason}。",
            "The carrier declined the claim of {amount:money}: {reason}.",
        ),
        ("快递公司拒绝理赔{amount:money}。", "The carrier declined the claim of {amount:money}."),
    ),
}
TASKS_OF_LOGISTICS: Labels = {
    "PHONE_CARRIER": ("电话询问快递公司原因", "telephone the carrier for the cause"),
    "CALL_RECIPIENT": ("联系收件人预约派送", "call the recipient and agree another delivery"),
    "PHONE_WAREHOUSE": ("致电仓库询问原因", "telephone the warehouse for the reason"),
    "REASSIGN_WAREHOUSE": ("召回并改由其他仓库发货", "recall it and send it from another warehouse"),
    "REASSIGN_ALL": ("决定是否将该仓全部订单改仓", "decide: send all orders of this warehouse from others"),
    "CHECK_ADDRESS": ("核对收件地址", "check the address with the customer"),
    "DECIDE_PARCEL": ("决定补发、退款或等待", "decide: send again, refund, or go on waiting"),
    "CLAIM_DECLINED": ("跟进被拒的理赔", "see to a claim that the carrier declined"),
}
DELAY_CAUSES: Labels = {
    "HUB_OVERLOAD": ("快递网点爆仓", "an overloaded hub"),
    "ADDRESS_PROBLEM": ("收件地址异常", "a problem with the address"),
    "WEATHER": ("天气原因", "the weather"),
    "LOST": ("包裹丢失", "the loss of the parcel"),
    "DAMAGED": ("包裹破损", "damage to the parcel"),
    "RECIPIENT_ABSENT": ("派送时无人签收", "nobody being there to take it"),
    "RECIPIENT_REFUSED": ("收件人拒收", "the recipient's refusal"),
    "CARRIER_SUSPENDED": ("快递暂停服务", "the carrier's suspended service"),
    "MISROUTED": ("分拣错误", "a wrong route"),
    "CAPACITY": ("快递运力不足", "the carrier's lack of capacity"),
    "CUSTOMS": ("清关延误", "customs"),
    "UNKNOWN": ("原因不明", "an unknown cause"),
}
DELAY_ACTIONS: Labels = {
    "priority": ("我们已申请优先派送", "It was given priority."),
    "push": ("我们正在催促快递公司", "We are pushing the carrier."),
}
SWITCHES: Labels = {
    "reship": ("立即补发", "send the goods again at once"),
    "return": ("拦截退回后补发", "call the parcel back, then send the goods again"),
    "claimed": ("客户未收到，立即补发", "send again what the customer never had"),
}
STEP_RESULTS: Labels = {
    "ACCEPTED": ("已受理", "accepted"),
    "REFUSED": ("被拒绝", "refused"),
    "NO_ANSWER": ("无答复", "no answer"),
    "SHORT": ("库存不足", "no stock"),
    "DELIVERED": ("已签收", "it was delivered"),
    "LOST": ("包裹丢失", "it is lost"),
    "DAMAGED": ("包裹破损", "it is broken"),
    "CANCELLED": ("单号作废", "its number is void"),
}
GROUNDS: Labels = {
    "late": ("延误", "late"),
    "lost": ("丢失", "lost"),
    "damaged": ("破损", "damaged"),
    "not_returned": ("退回未到", "never came back"),
}
KINDS_OF_LOGISTICS: dict[str, Labels] = {
    "delay_cause": DELAY_CAUSES,
    "delay_action": DELAY_ACTIONS,
    "switch": SWITCHES,
    "step_result": STEP_RESULTS,
    "ground": GROUNDS,
}
