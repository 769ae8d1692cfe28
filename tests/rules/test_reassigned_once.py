"""A shipment that is late in the second warehouse too is somebody's, and not sent on by itself (E4 step 2)."""

from __future__ import annotations

import pytest

from tests.rules.asked import to_do
from tests.rules.test_reassigning import house, late, sound


@pytest.mark.clause("SR-033", "SR-034")
def test_what_is_late_there_too_is_a_persons_and_is_not_sent_round_the_country() -> None:
    story = late(house(reason="capacity"))
    story.passes(hours=60)
    assert [each.state for each in story.order.logistics.relocations] == ["REASSIGNED"]
    assert (len(story.order.shipments), story.open_cases) == (2, ["OUTBOUND_OVERDUE"])
    assert "REASSIGN_WAREHOUSE" in to_do(story)
    assert sound(story)
