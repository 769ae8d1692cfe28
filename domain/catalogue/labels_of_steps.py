"""One word for every step of a case's playbook (§4.6)."""

from __future__ import annotations

from domain.catalogue.labels import Labels

STEPS: Labels = {
    "ask_cause": ("查询延误原因", "ask the carrier for the cause"),
    "priority": ("申请优先派送", "ask for priority delivery"),
    "redelivery": ("预约再次派送", "book another delivery"),
    "address": ("请快递暂停派送，核对地址", "have the parcel wait while the address is checked"),
    "switch_carrier": ("更换快递", "switch the carrier"),
    "call_back": ("召回包裹", "call the parcel back"),
    "receive_return": ("仓库签收退回包裹", "have the returned parcel received"),
    "transfer": ("调拨库存", "transfer stock from another warehouse"),
}
