"""A corrected tracking number (edge case 22): what the old one said is taken back, the customer hears the new one."""

from __future__ import annotations

from domain.manual.shipping import PACKAGE_CASES
from domain.manual.turn import Turn
from domain.policy import CaseKind
from domain.shipments import Package

BY_SCANS = frozenset({*PACKAGE_CASES.values(), CaseKind.FALSE_DELIVERY, CaseKind.FOUND})
"""Cases that nothing but the scans of a number opens; those of clocks end with their clocks."""
OUTCOME = "NUMBER_CORRECTED"


def renumbered(turn: Turn) -> None:
    """Once for each correction."""
    for package in turn.order.packages:
        times = len(package.voided_numbers)
        if times and turn.mark_once(f"renumbered/{package.id}/{times}"):
            _take_back(turn, package)
            _tell(turn, package, times)


def _take_back(turn: Turn, package: Package) -> None:
    for case in turn.order.open_cases:
        if case.kind in BY_SCANS and case.subject == package.subject:
            turn.close_case(case, OUTCOME, withdrawn=True)


def _tell(turn: Turn, package: Package, times: int) -> None:
    """Who was told the wrong number is told the right one; who was told none hears it as ever."""
    said = f"message/TRACKING_ADDED/{package.subject}" in turn.order.said
    with_day = any(mark.endswith(f"/{package.subject}+number") for mark in turn.order.fired)
    if (said or with_day) and package.counts and not turn.order.ending:
        subject = f"{package.subject}/number/{times + 1}"
        turn.tell("TRACKING_ADDED", subject, carrier=package.carrier, tracking=package.tracking_number)
