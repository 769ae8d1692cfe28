"""Orders of a shop that ran before: in every state of their life, with time stamps a second around every limit.

``Life(seed)`` is one of them: as it is posted, with its history; and, for the independent judge, what happened as raw
facts and in which stage that leaves it. Nothing of the house is asked for any of it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from tests.rules.independent_book import SHANGHAI, Raw
from tests.rules.independent_verdicts import WITHIN, Clocks

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
TAKEN = datetime(2026, 12, 20, 16, tzinfo=UTC)
"""The moment of the takeover: midnight in the business zone."""
OPEN = ("RECEIVED", "PAID", "AUDITED", "CONFIRMED", "ENTERED", "RELEASED", "PART", "SHIPPED", "PART_SIGNED", "SIGNED")
ENDED = ("CANCELLED", "CANCELLING", "REJECTED", "RETURNED", "LOST", "COMPLETED")
STATES = (*OPEN, *ENDED, "COMPLETED", "COMPLETED")
STAGE = {
    "PAID": "RECEIVED",
    "AUDITED": "AWAITING_CONFIRMATION",
    "CONFIRMED": "AWAITING_CONFIRMATION",
    "ENTERED": "AWAITING_CONFIRMATION",
    "RELEASED": "READY_TO_SHIP",
    "PART": "PARTIALLY_SHIPPED",
    "PART_SIGNED": "PARTIALLY_DELIVERED",
    "SIGNED": "DELIVERED",
    "LOST": "CLOSED",
}
"""State → the stage it is in, where that has another name."""
LEFT = ("PART", "SHIPPED", "PART_SIGNED", "SIGNED", "RETURNED", "LOST", "COMPLETED")
ROAD = ("PICKED_UP", "IN_TRANSIT", "OUT_FOR_DELIVERY")


class Life:
    """One order, made from one seed."""

    def __init__(self, seed: int, *, states: tuple[str, ...] = STATES, at: datetime = TAKEN) -> None:
        """Let it live so that, if it is still open, one of its clocks is due within a second of the takeover."""
        self.seed, self.at = seed, at
        self.state = states[seed % len(states)]
        self._live(at - timedelta(days=25))
        due = self._next_due() if self.state in OPEN else None
        beside = Random(~seed)
        if due is not None:
            self._live(at - (due - self.placed) + beside.choice((-1, 0, 1)) * SECOND)
        if due is None or self.last > at:
            self._live(self.placed - (self.last - at) - timedelta(seconds=beside.randint(0, 90_000)))
            if self.last > at:
                self._live(self.placed - timedelta(days=2))

    @property
    def stage(self) -> str:
        """In which stage it has to be."""
        return STAGE.get(self.state, self.state)

    @property
    def last(self) -> datetime:
        """When something happened last."""
        times: list[datetime] = [fact["occurred_at"] for fact in self.raw]
        return max(times + _times(self.history))

    def _next_due(self) -> datetime | None:
        """A clock that still runs; its due, where no day's end decides it."""
        facts = [fact | {"at": fact["occurred_at"]} for fact in self.raw]
        running = [clock for clock in Clocks(facts).all() if not clock.stop and not clock.ended and not clock.pauses]
        dues = [clock.due or clock.start + WITHIN[clock.kind] for clock in running if clock.kind != "C6"]
        return Random(self.seed + 1).choice(dues) if dues else None

    # -- its life ------------------------------------------------------------------------------------------------

    def _live(self, placed: datetime) -> None:
        """Live from then on; the same seed lives the same life at another time."""
        self.random = Random(self.seed)
        self.placed = placed
        self.history: dict[str, Any] = {}
        self._order()
        if self.state == "REJECTED":
            self._tell("rejected_at", self._after(placed, 3))
            self._keep("ended", self._told("rejected_at"))
            self._keep("closed", self._told("rejected_at"))
        elif self.state != "RECEIVED":
            self._intake()
        if self.state in ("CANCELLED", "CANCELLING"):
            self._called_off()
        if self.state in LEFT:
            self._parcels()

    def _order(self) -> None:
        pick, placed = self.random.choice, self.placed
        two = self.state in ("PART", "PART_SIGNED") or pick((True, False, False))
        self.lines = {str(line): self.random.randint(1, 3) for line in range(1, 3 if two else 2)}
        self.method = (
            "prepaid" if self.state in ("PAID", "CANCELLING", "RETURNED") else pick(("prepaid",) * 4 + ("cod",))
        )
        self.due = 1_000 * sum(self.lines.values())
        late = placed + timedelta(days=pick((2, 3, 5)))
        self.channel, self.delivery = pick(("tmall", "tmall", "store")), pick(("express",) * 7 + ("pickup",))
        self.ship_by = pick((None, self._near(placed + HOUR, 40)))
        self.day: date | None = pick((None, late.astimezone(SHANGHAI).date()))
        self.raw: list[Raw] = []
        self._keep(
            "order",
            placed,
            placed_at=placed,
            collected_at=None,
            channel=self.channel,
            latest_ship_at=self.ship_by,
            promised_delivery_date=self.day,
            currency="CNY",
            delivery_method=self.delivery,
            method=self.method,
            due=self.due,
            lines=self.lines,
        )

    def _intake(self) -> None:
        paid = self._near(self.placed, 2)
        self.start = paid if self.method == "prepaid" else self.placed
        unpaid = self.state == "AUDITED" or (self.state == "CANCELLED" and self.random.random() < 0.5)
        if self.method == "prepaid" and not unpaid:
            self.history["payments"] = [{"payment_no": f"P{self.seed}", "amount": self.due, "at": paid}]
            self._keep("paid", paid, payment_no=f"P{self.seed}", amount=self.due, currency="CNY")
        if self.state == "PAID" or unpaid:
            if self.state == "AUDITED":
                self._tell("audited_at", self._after(self.placed, 3))
            return
        stocked = self._near(self.placed, 2)
        self._tell("stock_confirmed_at", stocked)
        self._keep("stocked", stocked)
        if self.random.random() < 0.5:
            self._tell("audited_at", self.placed + (stocked - self.placed) / 2)
        if self.state == "CONFIRMED":
            return
        ready = max(paid, stocked)
        self.entered = self._near(self.start, 48) if self.random.random() < 0.1 else self._after(ready, 5)
        self.entered = max(self.entered, ready)
        self._tell("entered_at", self.entered)
        self._shipments()

    def _shipments(self) -> None:
        """Every line its own shipment, or all in one."""
        apart = len(self.lines) > 1 and (self.state in ("PART", "PART_SIGNED") or self.random.random() < 0.5)
        shares = [{line: units} for line, units in self.lines.items()] if apart else [self.lines]
        self.shares = dict(enumerate(shares, 1))
        told = []
        for number, units in self.shares.items():
            shipment: dict[str, Any] = {"shipment": number, "warehouse": f"WH-{number}", "lines": _parts(units)}
            moment = self.entered
            for step in ("released_at", "picked_at", "packed_at") if self.state not in ("ENTERED", "CANCELLED") else ():
                moment = self._after(moment, 3)
                if self.random.random() < 0.6 or step == "released_at":
                    shipment[step] = moment
            told.append(shipment)
            self._keep("planned", self.entered, shipment=number, units=units)
        self.history["shipments"] = told

    def _called_off(self) -> None:
        at = self._after(self.last, 9)
        self._tell("cancelled_at", at)
        self._keep("ended", at)
        if self.state == "CANCELLED":
            if "payments" in self.history:
                self.history["refunds"] = [{"amount": self.due, "at": at}]
            self._keep("closed", at)

    # -- its parcels ---------------------------------------------------------------------------------------------

    def _parcels(self) -> None:
        self.history["packages"] = []
        shares = list(self.shares.items())
        for number, units in shares[:1] if self.state == "PART" else shares:
            ends = self.state in ("COMPLETED", "SIGNED") or (self.state == "PART_SIGNED" and number == 1)
            self._parcel(number, units, signed=ends)
        signed = [
            scan["at"] for each in self.history["packages"] for scan in each["scans"] if scan["state"] == "DELIVERED"
        ]
        if self.random.random() < 0.3:
            last = max(each["accepted_at"] for each in self.history["packages"])
            self.ship_by = self.raw[0]["latest_ship_at"] = last + self.random.choice((-1, 0, 1)) * SECOND
        if self.state == "COMPLETED":
            done = self._near(max(signed), 24)
            self._tell("completed_at", done)
            self._keep("completed", done)
            self._keep("closed", done)
        if self.state in ("RETURNED", "LOST"):
            self._settled()

    def _parcel(self, number: int, units: dict[str, int], *, signed: bool) -> None:
        name, out = f"{number}", max(self._near(self.start, 48), self.entered)
        packed = [moment for key, moment in self.history["shipments"][number - 1].items() if key.endswith("_at")]
        out = max(out, *packed) if self.random.random() < 0.8 else out
        tracking = f"SF{self.seed}-{number}"
        uploaded = out + self.random.choice((-30, 0, 10)) * timedelta(minutes=1)
        accepted = max(self._near(out, 1), uploaded)
        parcel = {"package": name, "shipment": number, "lines": _parts(units), "outbound_at": out, "carrier": "SF"}
        parcel |= {"tracking_number": tracking, "uploaded_at": uploaded, "accepted_at": accepted}
        moved = [{"line": line, "quantity": quantity} for line, quantity in units.items()]
        place = {"shipment": number, "package": name, "tracking_number": None}
        self._keep("outbound", out, **place, lines=moved)
        self._keep("tracking_number", uploaded, **{**place, "tracking_number": tracking})
        self._keep("tracking_accepted", accepted, tracking_number=tracking)
        parcel["scans"] = self._scans(name, out, signed=signed)
        self.history["packages"].append(parcel)

    def _scans(self, name: str, out: datetime, *, signed: bool) -> list[dict[str, Any]]:
        moment, scans = out, []
        road = list(ROAD[: self.random.randint(0, 3)])
        ends = {"RETURNED": "RETURNED_TO_SENDER", "LOST": "LOST"}
        road += ["DELIVERED"] if signed else [ends[self.state]] if self.state in ends else []
        for state in road:
            moment = self._near(moment, 24)
            if state == "DELIVERED" and self.day and self.random.random() < 0.5:
                midnight = datetime(self.day.year, self.day.month, self.day.day, tzinfo=SHANGHAI) + timedelta(days=1)
                moment = max(moment, midnight.astimezone(UTC) + self.random.choice((-1, 0, 1)) * SECOND)
            scans.append({"state": state, "at": moment})
            said = {"state": state, "code": "", "location": "", "by_recipient": False}
            self._keep("carrier_scan", moment, **said, package=name, tracking_number=None)
        return scans

    def _settled(self) -> None:
        """Every parcel came back or was lost, the money went back, and that was that."""
        at = self._after(self.last, 30)
        for parcel in self.history["packages"]:
            parcel["settled_at"] = at
        if "payments" in self.history:
            self.history["refunds"] = [{"amount": self.due, "at": at}]
        self._keep("closed", at)

    # -- tools ---------------------------------------------------------------------------------------------------

    def _near(self, start: datetime, hours: float) -> datetime:
        """So many hours later: exactly, a second off, or any time within them."""
        some = self.random.randint(60, int(hours * 3600))
        seconds = self.random.choice((hours * 3600, hours * 3600 - 1, hours * 3600 + 1, some))
        return start + timedelta(seconds=seconds)

    def _after(self, start: datetime, hours: int) -> datetime:
        return start + timedelta(seconds=self.random.randint(1, hours * 3600))

    def _tell(self, name: str, at: datetime) -> None:
        self.history[name] = at

    def _told(self, name: str) -> datetime:
        moment: datetime = self.history[name]
        return moment

    def _keep(self, kind: str, at: datetime, **data: Any) -> None:
        self.raw.append({"id": f"f{len(self.raw)}", "kind": kind, "occurred_at": at, "received_at": at, **data})

    # -- as it is posted -----------------------------------------------------------------------------------------

    def posted(self) -> dict[str, Any]:
        """The order as a batch tells it, with its history."""
        lines = [
            {"line": line, "sku": f"SKU-{line}", "quantity": units, "unit_price": 1_000}
            for line, units in self.lines.items()
        ]
        return {
            "channel": self.channel,
            "external_id": f"OLD-{self.seed}",
            "placed_at": self.placed.isoformat(),
            "customer": {"name": "王小明", "phone": "13800138000"},
            "address": {"province": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 90 号"},
            "lines": lines,
            "currency": "CNY",
            "total": self.due,
            "payment": {"method": self.method},
            "delivery_method": self.delivery,
            "latest_ship_at": self.ship_by.isoformat() if self.ship_by else None,
            "promised_delivery_date": self.day.isoformat() if self.day else None,
            "history": _texts(self.history),
        }


def _parts(units: dict[str, int]) -> list[dict[str, Any]]:
    return [{"line": line, "quantity": quantity} for line, quantity in units.items()]


def _times(part: Any) -> list[datetime]:
    """Every time in it."""
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    times = [time for each in parts for time in _times(each)]
    return [part] if isinstance(part, datetime) else times


def _texts(part: Any) -> Any:
    """The same with times as texts."""
    if isinstance(part, dict):
        return {name: _texts(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_texts(value) for value in part]
    return part.isoformat() if isinstance(part, datetime) else part
