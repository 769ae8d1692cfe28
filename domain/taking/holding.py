"""Holds that the house places and ends by itself: by what the audit found, by a final design (§4.5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from domain.decisions import Design
from domain.facts import DesignApproved
from domain.findings import Finding, Severity
from domain.holds import BLOCKS, OWNERS, Hold, HoldReason
from domain.order import Order

AUDIT, INTAKE, DESK = "audit", "intake", "desk"
"""Who placed or released a hold, where it was no person."""
REASONS = frozenset(HoldReason)
STOPS = "stops"
"""What a hold says of itself that came when a warehouse had the goods (``domain.manual.held_goods``)."""


def placed(order: Order, reason: HoldReason, at: datetime, by: str, **fields: Any) -> Order:
    """The order with one more hold."""
    given = {"blocks": BLOCKS.get(reason, ()), "owner_role": OWNERS[reason], **fields}
    hold = Hold(id=f"H{len(order.holds) + 1}", reason=reason, placed_by=by, at=at, **given)
    return order.having(holds=(*order.holds, hold))


def by_person(order: Order, reason: HoldReason, at: datetime, by: str, **fields: Any) -> Order:
    """A person's hold. What must not be picked or shipped is not released; what a warehouse has is to be stopped."""
    if not order.policy.recall.holds:
        return placed(order, reason, at, by, **fields)
    blocks: tuple[str, ...] = fields["blocks"]
    if {"pick", "ship"} & set(blocks) and "release" not in blocks:
        blocks = ("release", *blocks)
    begun = any(each.kind == "release_shipment" for each in order.effects) or any(
        shipment.released_at for shipment in order.live_shipments
    )
    about = {STOPS: "warehouse"} if "release" in blocks and begun else {}
    return placed(order, reason, at, by, **{**fields, "blocks": blocks, "about": about})


def released(order: Order, ids: Iterable[str], at: datetime, by: str) -> Order:
    """The order with these holds released, and no other."""
    gone = set(ids)
    return order.having(
        holds=tuple(
            hold.having(released_at=at, released_by=by) if hold.id in gone and hold.open else hold
            for hold in order.holds
        )
    )


def open_hold(order: Order, reason: HoldReason) -> Hold | None:
    """The first open hold of this reason."""
    return next((hold for hold in order.open_holds if hold.reason is reason), None)


# -- what the audit found --------------------------------------------------------------------------------------------


def found(order: Order, at: datetime) -> Order:
    """The order with a hold for every cause its audit found, once a content; one whose cause is gone is released."""
    wanted: dict[HoldReason, list[Finding]] = {}
    for finding in order.audit.findings:
        if finding.severity is Severity.HOLD and not _designed(order, finding):
            wanted.setdefault(_reason(finding), []).append(finding)
    gone = [hold.id for hold in order.open_holds if hold.marks and hold.reason not in wanted]
    order = released(order, gone, at, DESK)
    for reason, findings in wanted.items():
        order = _held(order, reason, findings, at)
    return order


def _reason(finding: Finding) -> HoldReason:
    """The hold that a finding names; one that the house has no name for is a risk like any other."""
    return HoldReason(finding.code) if finding.code in REASONS else HoldReason.HIGH_RISK


def _held(order: Order, reason: HoldReason, findings: list[Finding], at: datetime) -> Order:
    marks = tuple(f"{finding.field}={finding.params.get('mark', '')}" for finding in findings)
    known = {mark for hold in order.holds if hold.reason is reason for mark in hold.marks}
    if set(marks) <= known:
        return order
    about: dict[str, str | int] = {"fields": ", ".join(finding.field for finding in findings)}
    about |= {name: value for finding in findings for name, value in finding.params.items() if name != "mark"}
    standing = open_hold(order, reason)
    if standing is None:
        return placed(order, reason, at, AUDIT, marks=marks, about=about)
    changed = standing.having(marks=tuple(dict.fromkeys((*standing.marks, *marks))), about=about)
    return order.having(holds=tuple(changed if hold.id == changed.id else hold for hold in order.holds))


# -- designs ---------------------------------------------------------------------------------------------------------


def design_approved(order: Order, fact: DesignApproved) -> Order:
    """A final design: kept, and the hold that waited for it ends when no line lacks one."""
    goods = tuple(f"{line.line}:{line.sku}" for line in order.content.lines if fact.line in ("", line.line))
    design = Design(design_id=fact.design_id, version=fact.design_version, goods=goods, at=fact.at)
    order = order.having(designs=(*order.designs, design))
    lacking = [finding for finding in order.audit.findings if _is_design(finding) and not _designed(order, finding)]
    waiting = [hold.id for hold in order.open_holds if hold.reason is HoldReason.DESIGN_NOT_FINAL]
    return order if lacking else released(order, waiting, fact.at, fact.actor or fact.source)


def _is_design(finding: Finding) -> bool:
    return finding.code == HoldReason.DESIGN_NOT_FINAL


def _designed(order: Order, finding: Finding) -> bool:
    """Whether the line that a finding names has its final design meanwhile, for the goods it has now."""
    if not _is_design(finding):
        return False
    line = finding.field.removeprefix("lines.").removesuffix(".design_id")
    return any(f"{line}:{finding.params.get('mark', '')}" in design.goods for design in order.designs)
