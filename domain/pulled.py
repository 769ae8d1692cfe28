"""What a pulled order tells that we did not know (SR-100, §4.3 create, edge case 31, AC-67).

Payment, state, refund, tracking and memo are facts; only other business content is a change, and a person decides it.
A fact names the fields that differ and never what stands in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from domain.posted import Raw, value_at
from domain.value import Moment, Value

OF_ORDER = (
    *("customer.name", "customer.phone"),
    *("address.province", "address.city", "address.district", "address.street"),
    *("currency", "freight", "discount", "platform_discount", "tax", "total", "delivery_method", "buyer_message"),
)
OF_LINE = ("sku", "specification", "quantity", "unit_price", "discount")
"""The business content: what the fingerprint of an order is made of (`infra.db.inbox.business_hash`)."""


class ChannelState(Value):
    """How an order stands on its channel, apart from its business content."""

    status: Literal["open", "cancelled", "completed"] = "open"
    reason: str = ""
    seller_memo: str = ""
    flag: str = ""
    refund_status: str = ""
    tracking_numbers: tuple[str, ...] = ()


NOTED = ("status", "seller_memo", "flag", "refund_status", "tracking_numbers")


class Seen(Value):
    """What was known of an order on its channel: its state, and the fingerprint of its business content."""

    state: ChannelState
    business_hash: str


class Pulled(Value):
    """One order as it was just pulled."""

    channel: str
    external_id: str
    updated_at: Moment
    seen: Seen


def differing(ours: Raw, theirs: Raw) -> tuple[str, ...]:
    """The field paths of the business content in which two orders differ; a line's end in its field or its id."""
    return (*(path for path in OF_ORDER if _plain(ours, path) != _plain(theirs, path)), *_lines(ours, theirs))


def news(pulled: Pulled, before: Seen, changed: tuple[str, ...]) -> list[dict[str, Any]]:
    """The facts that this pull tells, as they would be posted.

    Args:
        pulled: the order as it was just pulled.
        before: what was known of it.
        changed: the fields in which its business content differs from ours.
    """
    return [_fact(pulled, kind, data) for kind, data in _told(pulled.seen, before, changed)]


def _told(now: Seen, before: Seen, changed: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    noted = [name for name in NOTED if getattr(now.state, name) != getattr(before.state, name)]
    if noted:
        yield "channel_noted", {"fields": noted, "status": now.state.status, "refund": now.state.refund_status}
    if now.business_hash != before.business_hash:
        yield "channel_changed", {"fields": list(changed), "content": now.business_hash}
    if now.state.status != before.state.status:
        if now.state.status == "cancelled":
            yield "channel_closed", {"reason": now.state.reason}
        elif now.state.status == "completed":
            yield "channel_completed", {}


def _fact(pulled: Pulled, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """The order's time on its channel is the event's identity: the same page pulled again tells nothing new."""
    moment = pulled.updated_at.isoformat()
    return {
        "source": pulled.channel,
        "event_id": f"pull/{pulled.external_id}/{moment}/{kind}",
        "kind": kind,
        "occurred_at": moment,
        "channel": pulled.channel,
        "external_id": pulled.external_id,
        "data": data,
    }


def _plain(raw: Raw, path: str) -> Any:
    return value_at(raw, path) or None


def _lines(ours: Raw, theirs: Raw) -> Iterator[str]:
    left, right = _by_id(ours), _by_id(theirs)
    for name in sorted(left.keys() | right.keys()):
        if name not in left or name not in right:
            yield f"lines.{name}"
        else:
            yield from (
                f"lines.{name}.{field}" for field in OF_LINE if _plain(left[name], field) != _plain(right[name], field)
            )


def _by_id(raw: Raw) -> dict[str, Mapping[str, Any]]:
    return {str(line["line"]): line for line in raw["lines"]}
