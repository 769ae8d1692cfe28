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
    "choice": ("请客户选择缺货处理方式", "ask the customer what to do about it"),
    "purchasing": ("询问采购到货时间", "ask purchasing for a date"),
}
RESULTS: Labels = {
    "NONE": ("无仓可调", "no warehouse can"),
    "NO_ANSWER": ("无答复", "no answer in time"),
    "NO_DATE": ("无法采购", "there is no date"),
    "TOO_LATE": ("到货晚于承诺", "later than promised"),
    "NOT_KEPT": ("到期未到货", "it did not come"),
    "NOT_NEEDED": ("已不需要", "not needed any more"),
    "RECEIVED": ("已到仓", "arrived"),
    "FAILED": ("失败", "failed"),
    "CALLED_OFF": ("已撤销", "called off"),
    "RESHIPPED": ("已补发", "sent again"),
    "PERSON": ("交由人工决定", "left to a person"),
    "STOPPED": ("已停下", "stopped"),
    "AMENDED": ("已重新下发", "entered and released anew"),
    "TOLD": ("已通知", "told"),
    "NO_PROOF": ("无凭证", "no proof"),
    "NOT_RECEIVED": ("未收到", "it did not arrive"),
}
"""What came of a step; a person's own words are said as they are."""
