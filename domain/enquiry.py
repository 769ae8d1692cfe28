"""The answer to "where is my order?" (SR-053): a sentence and the same as data, from the projection's rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from domain.calendar import local_day
from domain.catalogue.text import label, sentence
from domain.value import Moment, Value

Row = Mapping[str, Any]


class PackageStatus(Value):
    """One package, as its receiver may know it."""

    package: str
    state: str
    state_text: str
    carrier: str = ""
    tracking_number: str = ""
    expected_on: date | None = None
    delivered_at: Moment | None = None


class Status(Value):
    """Where an order is, for whoever asks. ``ships_on`` and ``expected_on``: business days, where they are known."""

    order_no: str
    external_id: str
    label: str
    sentence: str
    ships_on: date | None = None
    expected_on: date | None = None
    packages: tuple[PackageStatus, ...] = ()
    as_of: Moment | None = None


def status_of(order: Row, language: str, zone: str) -> Status:
    """The answer, in one language, from the order's row with its ``shipments`` and ``packages``."""
    code = order["label"] or order["stage"]
    out = [row for row in order["packages"] if row["outbound_at"] and row["state"] != "SUPERSEDED"]
    packages = tuple(_package(row, language, zone) for row in out)
    waiting = [row for row in order["shipments"] if not row["outbound_at"] and row["state"] != "CANCELLED"]
    ships_on = _latest(_ships_on(row, zone) for row in waiting)
    known = [row.expected_on for row in packages if not row.delivered_at] or [row["delivered_by"] for row in waiting]
    expected_on = _latest(known)
    first = packages[0] if len(packages) == 1 else None
    params = {
        "no": order["external_id"],
        "ships": ships_on.isoformat() if ships_on else "",
        "date": expected_on.isoformat() if expected_on else "",
        "carrier": first.carrier if first else "",
        "tracking": first.tracking_number if first else "",
        "out": len(packages),
        "delivered": sum(1 for row in packages if row.delivered_at),
    }
    return Status(
        order_no=order["order_no"],
        external_id=order["external_id"],
        label=code,
        sentence=sentence(f"status_{code}", language, params, zone),
        ships_on=ships_on,
        expected_on=expected_on,
        packages=packages,
        as_of=order["updated_at"],
    )


def _package(row: Row, language: str, zone: str) -> PackageStatus:
    return PackageStatus(
        package=row["package"],
        state=row["state"],
        state_text=label("package", row["state"], language),
        carrier=row["carrier"],
        tracking_number=row["tracking_number"],
        expected_on=_day(row["promised_at"], zone),
        delivered_at=row["delivered_at"],
    )


def _ships_on(shipment: Row, zone: str) -> date | None:
    return _day(shipment["promised_outbound_at"], zone) or shipment["ships_on"]


def _day(moment: datetime | None, zone: str) -> date | None:
    return local_day(moment, zone) if moment else None


def _latest(days: Any) -> date | None:
    """The last of these days; None where one is not known, or there is none."""
    found: Sequence[date | None] = list(days)
    known = [day for day in found if day]
    return max(known) if known and len(known) == len(found) else None
