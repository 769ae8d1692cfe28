"""A parcel in the simulated carrier's books: the news of it, and what changes them."""

from __future__ import annotations

import json
from datetime import datetime

from infra.simulators.books import Row, as_json
from infra.simulators.journey import News


def kept(news: list[News]) -> str:
    """The news of a parcel, as its row has it."""
    return as_json([{**one.body, "due": one.due} for one in news])


def news_of(parcel: Row) -> list[News]:
    """Everything a carrier tells of a parcel, told or still to come."""
    return [
        News(
            event_id=one["event_id"],
            source=one["source"],
            kind=one["kind"],
            at=datetime.fromisoformat(one["occurred_at"]).timestamp(),
            due=one["due"],
            reference={name: one[name] for name in ("tracking_number", "channel", "external_id") if name in one},
            data=one["data"],
        )
        for one in json.loads(parcel["news"])
    ]
