"""One word for every step of a case's playbook (§4.6)."""

from __future__ import annotations

from domain.catalogue.labels import Labels

STEPS: Labels = {
    "refund": ("退款", "pay the money back"),
    "proof": ("取证（签收或装箱凭证）", "get a proof of delivery or of packing"),
    "decide_claim": ("决定如何处理客户主张", "decide about the claim"),
    "recall": ("召回货物", "recall the goods"),
    "intercept": ("拦截包裹", "intercept the parcel"),
    "amend": ("按变更重新录入并下发", "enter and release it anew"),
    "ask_cause": ("查询延误原因", "ask the carrier for the cause"),
    "priority": ("申请优先派送", "ask for priority delivery"),
    "redelivery": ("预约再次派送", "book another delivery"),
    "address": ("请快递暂停派送，核对地址", "have the parcel wait while the address is checked"),
    "switch_carrier": ("更换快递", "switch the carrier"),
    "call_back": ("召回包裹", "call the parcel back"),
    "receive_return": ("仓库签收退回包裹", "have the returned parcel received"),
    "stop": ("通知停止处理", "have the goods stopped"),
    "contact": ("请客户确认信息", "ask the customer"),
    "transfer": ("调拨库存", "transfer stock from another warehouse"),
    "check_release": ("核实仓库是否已接单", "see whether the warehouse has the release"),
    "ask_reason": ("询问未出库原因", "ask the warehouse for the reason"),
    "hurry": ("催促拣货", "have the picking hurried"),
    "release_again": ("重新下发仓库", "send the release again"),
    "purchasing": ("询问采购到货时间", "ask purchasing for a date"),
}
RESULTS: Labels = {
    "NONE": ("无仓可调", "no warehouse can"),
    "NO_ANSWER": ("无答复", "no answer in time"),
    "NO_DATE": ("无法采购", "there is no date"),
    "TOO_LATE": ("到货晚于承诺", "later than promised"),
    "NOT_KEPT": ("到期未到货", "it did not come"),
    "NOT_NEEDED": ("已不需要", "not needed any more"),
    "RELEASED": ("仓库已接单", "the warehouse has it"),
    "SENT_AGAIN": ("已重新下发", "sent again"),
    "PROMISED": ("已承诺时间", "a time was named"),
    "NOT_PICKED": ("尚未拣货", "not picked yet"),
    "SHORT": ("缺货", "short of stock"),
    "DAMAGED": ("货物破损", "damaged"),
    "ADDRESS": ("地址或面单有误", "address or label is wrong"),
    "ON_HOLD": ("被挂起", "on hold"),
    "CAPACITY": ("仓库产能不足", "short of capacity"),
    "MISSED_RELEASE": ("仓库未收到下发", "the release was missed"),
    "UNKNOWN": ("原因不明", "unknown"),
    "RECEIVED": ("已到仓", "arrived"),
    "FAILED": ("失败", "failed"),
    "CALLED_OFF": ("已撤销", "called off"),
}
"""What came of a step; a person's own words are said as they are."""
