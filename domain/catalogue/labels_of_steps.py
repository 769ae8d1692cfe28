"""One word for every step of a case's playbook (§4.6)."""

from __future__ import annotations

from domain.catalogue.labels import Labels

STEPS: Labels = {
    "stop": ("通知停止处理", "have the goods stopped"),
    "contact": ("请客户确认信息", "ask the customer"),
    "transfer": ("调拨库存", "transfer stock from another warehouse"),
}
