"""One word for every step of a case's playbook (§4.6)."""

from __future__ import annotations

from domain.catalogue.labels import Labels

STEPS: Labels = {
    "recall": ("召回货物", "recall the goods"),
    "intercept": ("拦截包裹", "intercept the parcel"),
    "amend": ("按变更重新录入并下发", "enter and release it anew"),
    "transfer": ("调拨库存", "transfer stock from another warehouse"),
}
