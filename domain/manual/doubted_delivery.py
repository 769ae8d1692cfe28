"""A "delivered" of a carrier that cannot be true opens a check and completes nothing (M13, SR-031).

It lies before the parcel left its warehouse, or its scan names another province than the order's. What moves after
its signature is a contradiction of the fold itself. Only what is known on both sides is compared: a place whose
province nobody can read, or a parcel that its carrier may have sent elsewhere on the way, is never doubted.
"""

from __future__ import annotations

import re
from datetime import datetime

from domain.areas import AREAS
from domain.change_requests import ChangeKind, ChangeState
from domain.effects import EffectKind
from domain.order import Order
from domain.packages import PackageState, Scan, distinct
from domain.past import is_past
from domain.shipments import Package

BEFORE_OUTBOUND, ELSEWHERE = "before_outbound", "elsewhere"
"""Why a delivery is doubted; the cause of its case."""
KIND = "省|市|特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区"
PROVINCE = re.compile(
    rf"[\s【\[(（]*({'|'.join(name for names in AREAS.values() for name in names)})(?:{KIND}|[\s/／,，、·】\])）-]|$)"
)
"""A place that begins with a province's whole name; 西藏路 and 海南州 are in none of that name."""


def province_of(place: str) -> str:
    """The province that a place begins with, without its kind; empty where none can be read."""
    found = PROVINCE.match(place)
    return found.group(1) if found else ""


def doubt_of(order: Order, package: Package) -> str:
    """Why this parcel's delivery cannot be true; empty where nothing speaks against it, or it was never signed for."""
    signed = package.delivered_at
    if not order.policy.logistics.doubts_deliveries or signed is None or is_past(order, signed):
        return ""
    if package.outbound_at is not None and signed < package.outbound_at:
        return BEFORE_OUTBOUND
    return ELSEWHERE if _is_elsewhere(order, package) else ""


def _is_elsewhere(order: Order, package: Package) -> bool:
    wanted = province_of(order.content.region)
    places = (scan.location for scan in distinct(package.scans) if scan.at == package.delivered_at and _signed(scan))
    seen = {province_of(place) for place in places} - {""}
    at_the_door = order.takes_numbers and not _may_be_redirected(order, package)
    return at_the_door and bool(wanted and seen) and wanted not in seen


def _signed(scan: Scan) -> bool:
    return scan.state is PackageState.DELIVERED


def _may_be_redirected(order: Order, package: Package) -> bool:
    """Whether a carrier was told to stop something, or the address is to change or was changed on the parcel's way."""
    if any(effect.kind == EffectKind.INTERCEPT for effect in order.effects):
        return True
    moves = [each for each in order.change_requests if each.change is ChangeKind.ADDRESS]
    return any(each.open or (each.state is ChangeState.APPLIED and _after(package, each.ended_at)) for each in moves)


def _after(package: Package, moment: datetime | None) -> bool:
    return moment is None or package.outbound_at is None or moment >= package.outbound_at
