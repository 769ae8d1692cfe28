"""Regions as people write them: 浙江省/杭州市 and 浙江/杭州 are one place, part of 浙江省 (SR-052, SR-148)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

SUFFIX = re.compile(
    r"(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|地区|新区|省|市|区|县|盟|旗)$"
)
SHORTEST = 2
"""So many signs a name keeps: 矿区 and 城区 stay what they are."""
EVERYWHERE = ""


def plain_region(text: str) -> str:
    """A region's path in one spelling: parts by /, without blanks and without their kind; empty: everywhere."""
    parts = (_plain(part) for part in re.split(r"[/／]", text))
    return "/".join(part for part in parts if part)


def region_of(parts: Sequence[str | None]) -> str:
    """The path of an address: province, city, district; what is blank ends it."""
    known = []
    for part in parts:
        if not part or not part.strip():
            break
        known.append(part.replace("/", " "))
    return plain_region("/".join(known))


def around(region: str) -> tuple[str, ...]:
    """The region and everything it lies in, the widest (everywhere) first."""
    parts = region.split("/") if region else []
    return (EVERYWHERE, *("/".join(parts[:depth]) for depth in range(1, len(parts) + 1)))


def _plain(part: str) -> str:
    name = "".join(unicodedata.normalize("NFKC", part).split())
    short = SUFFIX.sub("", name)
    return short if len(short) >= SHORTEST else name
