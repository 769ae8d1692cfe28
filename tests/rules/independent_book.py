"""What raw facts say, read a second time without a line of the house's own code: parcels, numbers, scans (M1, M13)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

HOUR = timedelta(hours=1)
SHANGHAI = timezone(8 * HOUR)
GONE = {"RETURNED_TO_SENDER", "LOST", "DAMAGED", "CANCELLED"}
FINAL = GONE | {"DELIVERED"}
RANK = {"LABELLED": 1, "PICKED_UP": 2, "OUT_FOR_DELIVERY": 4, "READY_FOR_PICKUP": 4, "DELIVERY_FAILED": 4} | {
    "RETURNING": 6,
    **dict.fromkeys(FINAL, 9),
}
NOT_FOUND = {"LABELLED", "UNKNOWN", "LOST"}
Raw = dict[str, Any]


class Book:
    """What the facts say, read in the order of their arrival."""

    def __init__(self, facts: list[Raw]) -> None:
        """Read them all."""
        self.order = facts[0]
        self.facts = facts
        self.parcels: dict[str, Raw] = {}
        self.plans: set[int] = set()
        early: list[Raw] = []
        for fact in facts[1:]:
            early.append(fact)
            while taken := next((each for each in early if self._takes(each)), None):
                early.remove(taken)

    def _takes(self, fact: Raw) -> bool:
        """Take a fact in; no where it speaks of what is not known yet."""
        take = getattr(self, f"_{fact['kind']}", None)
        return take is None or take(fact) is not False

    def of(self, kind: str) -> list[Raw]:
        """The facts of one kind."""
        return [fact for fact in self.facts if fact["kind"] == kind]

    def first(self, kind: str) -> datetime | None:
        """When the first fact of a kind happened; None where there is none."""
        return next((fact["at"] for fact in self.of(kind)), None)

    # -- parcels -------------------------------------------------------------------------------------------------

    def _parcel(self, name: str) -> Raw | None:
        named = (each for each in self.parcels.values() if name in (each["id"], each.get("number")))
        return next(named, None)

    def _known(self, fact: Raw) -> Raw:
        fresh = {"id": fact["package"], "shipment": fact["shipment"], "scans": []}
        return self._parcel(fact["package"]) or self.parcels.setdefault(fact["package"], fresh)

    def _number(self, parcel: Raw, fact: Raw) -> None:
        if fact["tracking_number"] not in (None, parcel.get("number")):
            uploaded = parcel.get("uploaded") or fact["at"]
            parcel.update(number=fact["tracking_number"], uploaded=uploaded, accepted=None)

    def _planned(self, fact: Raw) -> None:
        self.plans.add(fact["shipment"])

    def _ended(self, _: Raw) -> None:
        self.plans.clear()

    def _tracking_number(self, fact: Raw) -> bool:
        if known := fact["shipment"] in self.plans:
            self._number(self._known(fact), fact)
        return known

    def _outbound(self, fact: Raw) -> bool:
        if fact["shipment"] not in self.plans:
            return False
        parcel = self._known(fact)
        if "out" not in parcel:
            units = {moved["line"]: moved["quantity"] for moved in fact["lines"]}
            parcel.update(out=fact["at"], told=fact["received_at"], units=units, promised=self._promise(parcel, fact))
        self._number(parcel, fact)
        return True

    def _promise(self, parcel: Raw, fact: Raw) -> datetime:
        day = self.order["promised_delivery_date"]
        if day is None:
            day = parcel.get("estimated", fact["at"] + timedelta(days=3)).astimezone(SHANGHAI).date()
        midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + timedelta(days=1)
        return midnight - timedelta(microseconds=1)

    def _delivery_estimated(self, fact: Raw) -> bool:
        if parcel := self._parcel(fact["tracking_number"]):
            parcel["estimated"] = fact["estimated_at"]
        return parcel is not None

    def _tracking_accepted(self, fact: Raw) -> bool:
        if parcel := self._parcel(fact["tracking_number"]):
            parcel["accepted"] = parcel["accepted"] or fact["at"]
        return parcel is not None

    def _carrier_scan(self, fact: Raw) -> bool:
        if parcel := self._parcel(fact["tracking_number"] or fact["package"]):
            parcel["scans"].append(fact)
        return parcel is not None


def story(scans: list[Raw]) -> list[Raw]:
    """The scans as they happened, each once."""
    first = sorted(scans, key=lambda scan: scan["received_at"], reverse=True)
    once = {(scan["state"], scan["at"], scan["code"], scan["location"]): scan for scan in first}
    return sorted(once.values(), key=lambda scan: (scan["at"], RANK.get(scan["state"], 3), scan["id"]))


def where(scans: list[Raw]) -> tuple[str, datetime | None]:
    """Where the parcel is, and since when: only a lost one moves again after its end."""
    state, since = "LABELLED", None
    for scan in story(scans):
        if scan["code"] == "PRESUMED" and state != "READY_FOR_PICKUP":
            continue
        found = state == "LOST" and since and scan["at"] > since and scan["state"] not in NOT_FOUND
        if scan["state"] != "UNKNOWN" and (
            found or (state not in FINAL and (scan["state"] != "LABELLED" or not since))
        ):
            state, since = scan["state"], scan["at"]
    return state, since


def came(scan: Raw) -> bool:
    """Whether the parcel reached its recipient, or would have."""
    failed = scan["state"] == "DELIVERY_FAILED" and scan["by_recipient"]
    return failed or scan["state"] in ("READY_FOR_PICKUP", "DELIVERED")
