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
    "transfer": ("调拨库存", "transfer stock from another warehouse"),
}
