"""What letters bring back, as facts of their orders; C7 of a question runs from its message's delivery (§1.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from infra.db.inbox import digest
from infra.db.waiting.letters import WaitingLetter
from infra.relay.letters import Answer

MESSENGER = "messenger"
PUSHES = {"push_tracking": ("tracking", "tracking_number"), "push_status": ("status", "status")}
"""What the channel takes or refuses: how its facts are called, and what they name."""


def wants_receipt(letter: WaitingLetter) -> bool:
    """Whether an order waits to hear what became of this letter."""
    return "confirm" in letter.params


def receipt(letter: WaitingLetter, now: datetime, *, refused: str = "") -> dict[str, object]:
    """The fact: it was delivered, or is ``refused`` for good."""
    kind = "message_undeliverable" if refused else "message_delivered"
    data = {"message": letter.key.partition("/")[2]} | ({"reason": refused[:500]} if refused else {})
    return brought_back(letter, (MESSENGER, f"{letter.key}/{kind}", kind), data, now)


def answered(letter: WaitingLetter, answer: Answer, now: datetime) -> dict[str, object]:
    """The channel's answer to a number or status as a fact (SR-121); a refusal with the same words is known already."""
    what, name = PUSHES[letter.kind]
    kind = f"{what}_accepted" if answer.taken else f"{what}_refused"
    event_id = f"{letter.key}/accepted" if answer.taken else f"{letter.key}/refused/{digest(answer.reason)[:8]}"
    data = {name: letter.params[name]} | ({} if answer.taken else {"reason": answer.reason[:500]})
    return brought_back(letter, (letter.channel, event_id, kind), data, now)


def brought_back(
    letter: WaitingLetter, what: tuple[str, str, str], data: Mapping[str, str], now: datetime
) -> dict[str, object]:
    """What a letter brought back, as a row of the inbox of facts; ``what``: its source, event id and kind."""
    source, event_id, kind = what
    body = {
        "source": source,
        "event_id": event_id,
        "kind": kind,
        "occurred_at": now.isoformat(),
        "order_no": letter.order_no,
        "data": data,
    }
    return {
        "tenant": letter.tenant,
        "fact_id": f"{source}:{event_id}",
        "source": source,
        "event_id": event_id,
        "kind": kind,
        "order_no": letter.order_no,
        "channel": letter.channel,
        "external_id": letter.external_id,
        "tracking_number": data.get("tracking_number"),
        "body": json.dumps(body, ensure_ascii=False),
        "body_hash": digest(json.dumps(data, sort_keys=True, ensure_ascii=False)),
        "at": now,
    }
