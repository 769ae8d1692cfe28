"""What the relay counts, for Prometheus on 127.0.0.1; no label holds personal data."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

REGISTRY = CollectorRegistry()
FACTS = Counter("relay_facts_delivered", "Facts that were told to their orders", registry=REGISTRY)
UNMATCHED = Counter("relay_facts_unmatched", "Facts that came for closed orders", registry=REGISTRY)
LATE = Counter("relay_facts_late", "Facts of closed orders that went to their late workflow", registry=REGISTRY)
RETURNS = Counter("relay_returns_started", "Returns whose workflow was started", registry=REGISTRY)
ORPHANS = Counter("relay_orphans_matched", "Facts whose order was found later", registry=REGISTRY)
STARTED = Counter("relay_orders_started", "Orders whose workflow was started", registry=REGISTRY)
FIRST_TURNS = Gauge("relay_orders_in_first_turn", "Started orders that have not recorded a turn", registry=REGISTRY)
LETTERS = Counter("relay_letters", "Letters by kind and what came of them", ("kind", "outcome"), registry=REGISTRY)
LAST_GOOD_PULL = Gauge(
    "relay_last_good_pull_timestamp_seconds",
    "When the last good pull of a channel began",
    ("channel",),
    registry=REGISTRY,
)
LAST_GOOD_POLL = Gauge(
    "relay_last_good_poll_timestamp_seconds",
    "When a carrier last answered a poll",
    ("carrier",),
    registry=REGISTRY,
)
TROUBLE = Counter("relay_troubles", "Rounds of a lane that failed", ("lane",), registry=REGISTRY)


def serve(port: int) -> None:
    """Show them at http://127.0.0.1:port/metrics."""
    start_http_server(port, addr="127.0.0.1", registry=REGISTRY)
