"""One word for every step of a case's playbook (§4.6)."""

from __future__ import annotations

from domain.catalogue.labels import Labels

STEPS: Labels = {
    "transfer": ("调拨库存", "transfer stock from another warehouse"),
}
