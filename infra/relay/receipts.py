"""What the messenger said of a question to the customer, as a fact of its order: C7 runs from its delivery (§1.3)."""

from __future__ import annotations

import json
from datetime import datetime

from infra.db.inbox import digest
from infra.db.waiting.letters import WaitingLetter

MESSENGER = "messenger"


def wants_receipt(letter: WaitingLetter) -> bool:
    """Whether an order waits to hear what became of this letter."""
    return "confirm" in letter.params


def receipt(letter: WaitingLetter, now: datetime, *, refused: str = "") -> dict[str, object]:
    """The fact: it was delivered, or is ``refused`` for good."""
    kind = "message_undeliverable" if refused else "message_delivered"
    event_id = f"{letter.key}/{kind}"
    data = {"message": letter.key.partition("/")[2]} | ({"reason": refused[:500]} if refused else {})
    body = {
        "source": MESSENGER,
        "event_id": event_id,
        "kind": kind,
        "occurred_at": now.isoformat(),
        "order_no": letter.order_no,
        "data": data,
    }
    return {
        "tenant": letter.tenant,
        "fact_id": f"{MESSENGER}:{event_id}",
        "source": MESSENGER,
        "event_id": event_id,
        "kind": kind,
        "order_no": letter.order_no,
        "channel": letter.channel,
        "external_id": letter.external_id,
        "tracking_number": None,
        "body": json.dumps(body, ensure_ascii=False),
        "body_hash": digest(json.dumps(data, sort_keys=True, ensure_ascii=False)),
        "at": now,
    }
