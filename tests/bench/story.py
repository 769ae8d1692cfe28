"""The standard happy order of performance.md: what is posted, and what the outside then tells of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from infra.db.seed import SKUS

CHANNEL = "tmall-flagship"
PRICE = 19_500
NUMBERS = itertools.count(1)


@dataclass
class Sample:
    """One order of the bench; ``order_no`` is known when it was posted."""

    external_id: str
    sku: str
    specification: str
    channel: str = CHANNEL
    order_no: str = ""

    @property
    def tracking_number(self) -> str:
        """Its one package's number."""
        return f"SF{self.external_id}"

    def body(self, placed_at: str) -> dict[str, Any]:
        """The order as its channel posts it: two units, prepaid, not yet paid."""
        line = {"line": "1", "sku": self.sku, "specification": self.specification, "quantity": 2, "unit_price": PRICE}
        return {
            "channel": self.channel,
            "external_id": self.external_id,
            "placed_at": placed_at,
            "customer": {
                "name": "王小明",
                "phone": "13800138000",
                "buyer_key": f"b-{crc32(self.external_id.encode())}",
            },
            "address": {"province": "浙江省", "city": "杭州市", "district": "西湖区", "street": "文三路 90 号"},
            "lines": [line],
            "currency": "CNY",
            "total": 2 * PRICE,
            "payment": {"method": "prepaid"},
        }


@dataclass(frozen=True)
class Message:
    """One fact of the outside world: who tells it, of what kind it is, and what it says."""

    role: str
    kind: str
    data: tuple[tuple[str, Any], ...] = ()

    def fact(self, sample: Sample, number: int, occurred_at: str) -> dict[str, Any]:
        """The fact as it goes over the wire; a payer knows the channel's number, a carrier the parcel's."""
        said = {"source": self.role, "event_id": f"{sample.external_id}/{number}", "kind": self.kind}
        data = dict(self.data)
        if self.kind == "paid":
            data["payment_no"] = f"PAY-{sample.external_id}"
        if self.kind == "tracking_number":
            data["tracking_number"] = sample.tracking_number
        return {**said, **self._names(sample), "occurred_at": occurred_at, "data": data}

    def _names(self, sample: Sample) -> dict[str, str]:
        match self.role:
            case "payment" | "channel":
                return {"channel": sample.channel, "external_id": sample.external_id}
            case "carrier":
                return {"tracking_number": sample.tracking_number}
            case _:
                return {"order_no": sample.order_no}


def _scan(state: str, location: str, *, by_recipient: bool = False) -> Message:
    said = {"state": state, "code": state.lower(), "location": location, "by_recipient": by_recipient}
    return Message("carrier", "carrier_scan", tuple(said.items()))


PAID = Message("payment", "paid", (("amount", 2 * PRICE), ("currency", "CNY")))
PICKED, PACKED, OUTBOUND = (Message("warehouse", kind) for kind in ("picked", "packed", "outbound"))
TRACKING = Message("warehouse", "tracking_number", (("package", "1"), ("carrier", "SF")))
PICKED_UP = _scan("PICKED_UP", "上海揽收点")
MOVEMENTS = tuple(_scan("IN_TRANSIT", f"{city}转运中心") for city in ("上海", "嘉兴", "杭州"))
OUT_FOR_DELIVERY = _scan("OUT_FOR_DELIVERY", "杭州西湖营业部")
SIGNED = _scan("DELIVERED", "杭州", by_recipient=True)
CONFIRMED = Message("channel", "confirmed")
HAPPY = (PAID, PICKED, PACKED, OUTBOUND, TRACKING, PICKED_UP, *MOVEMENTS, OUT_FOR_DELIVERY, SIGNED, CONFIRMED)
"""The twelve messages, in their order."""


def samples(run: str, count: int, channel: str = CHANNEL) -> list[Sample]:
    """So many new orders, spread over the goods; ``run`` names them."""
    return [
        Sample(f"{run}-{next(NUMBERS):06d}", sku, specification, channel)
        for sku, specification in itertools.islice(_goods(), count)
    ]


def _goods() -> Iterator[tuple[str, str]]:
    return itertools.cycle((sku, specification) for sku, _, specification in SKUS)
