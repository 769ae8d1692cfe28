"""Taking over a running shop: true stages, verdicts by the original times, nothing done again (M19, AC-72)."""

from __future__ import annotations

import pytest

from domain.books import books
from domain.policy import STANDARD
from domain.posted import content_of
from domain.requests import OrderInput
from domain.takeover.checks import contradictions
from domain.takeover.filling import filled
from domain.takeover.history import History
from domain.takeover.replay import TakenOver, Takeover, take_over
from tests.rules.independent_verdicts import Judged, verdicts
from tests.rules.lives_before import SECOND, TAKEN, Life

LIVES = 4_000
CHUNK = 500


def taken(life: Life) -> TakenOver:
    """The house takes a life over."""
    posted = life.posted()
    content = content_of(posted)
    history = History.model_validate(posted["history"])
    assert contradictions(content, history, life.at) == ()
    given = OrderInput(
        order_no="SO2026122000000001",
        channel=life.channel,
        external_id=posted["external_id"],
        placed_at=life.placed,
        received_at=life.placed,
        content=content,
        policy=STANDARD,
        latest_ship_at=life.ship_by,
        promised_delivery_date=life.day,
    )
    return take_over(given, filled(content, history, life.at), Takeover(at=life.at, house="WH-1"))


@pytest.mark.clause("AC-72")
@pytest.mark.parametrize("first", range(0, LIVES, CHUNK))
def test_stages_and_verdicts_equal_an_independent_computation(first: int) -> None:
    for seed in range(first, first + CHUNK):
        life = Life(seed, at=TAKEN + (seed % 3 - 1) * SECOND)
        found = taken(life)
        assert (found.order.stage, found.order.unmatched) == (life.stage, ()), f"life {seed} {life.state}"
        rows = books(found.order, life.at).clocks
        judged = {
            (row.kind, row.subject, row.start_at): Judged(row.stop_at, row.due_at, row.verdict, False, row.net_s)
            for row in rows
        }
        assert judged == verdicts(life.raw, life.at), f"life {seed} {life.state}"
        assert all(row.before_takeover == (row.verdict != "open") for row in rows), f"life {seed}"
