"""The secret that coupon codes are made with: the setting, or a file of the data folder that the first start makes."""

from __future__ import annotations

from pathlib import Path

from infra.kept_secret import kept_secret


def coupon_secret(given: str | None, folder: Path) -> bytes:
    """The house's secret, as it is ``given`` or kept in the data ``folder``."""
    return kept_secret("coupon", given, folder)
