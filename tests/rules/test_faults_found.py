"""What the random machine found wrong, each as a scene: it stays mended."""

from __future__ import annotations

import pytest

from domain.effects import Allocation, AuditOutcome, EffectKind
from domain.holds import EffectState
from domain.inside import Outcome
from domain.order import Order
from domain.recall_effects import RecallAnswer, RecallOutcome
from tests.rules.carriers import Carrier, on_its_way
from tests.rules.recalling import complaints, units, warehouse_says
from tests.rules.story import Answers, Story, a_content, a_line, an_input, shipped, the_party_does_it


def from_two_warehouses(*quantities: int) -> Answers:
    """So many mugs at 10.00 in each version, one of them in Beijing; the carrier says nothing."""

    def answers(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind == EffectKind.INTERCEPT:
            return None
        if effect.kind != EffectKind.AUDIT:
            return the_party_does_it(order, effect)
        wanted = quantities[order.version - 1]
        content = a_content(a_line("1", quantity=wanted))
        places = (("SH", wanted - 1), ("BJ", 1))
        found = tuple(Allocation(line="1", warehouse=place, quantity=count) for place, count in places)
        return AuditOutcome(version=order.version, content=content, allocations=found)

    return answers


@pytest.mark.clause("SR-030")
def test_a_parcel_leaves_with_another_shipment_than_its_label_named() -> None:
    story = Story(an_input(a_content(a_line(quantity=3))), answers=from_two_warehouses(3))
    story.is_paid()
    story.says("tracking_number", shipment=2, package="1", tracking_number="SF1")
    story.says("outbound", shipment=1, package="1", tracking_number="SF1")
    [package] = story.order.packages
    assert (package.shipment, package.out) == (1, True)
    assert [each.state for each in story.order.shipments] == ["OUTBOUND", "RELEASED"]
    assert complaints(story) == []


@pytest.mark.clause("SR-132b", "SR-130")
def test_a_parcel_pulled_from_the_dock_is_no_longer_superseded() -> None:
    story = shipped()
    assert story.asks("switch_carrier", package="1", how="reship", reason="n") == ""
    assert story.order.packages[0].superseded_at
    story.answered_by(warehouse_says("STOPPED"))
    story.says("details_doubted", subject="order", fields=("address.street",))
    assert story.order.packages[0].superseded_at is None
    assert units(story) == (0, 2, 0, 0), "its units are on the shelf again, and counted once"
    assert complaints(story) == []


@pytest.mark.clause("SR-132b", "SR-130")
def test_what_is_sent_anew_goes_in_its_place_where_only_the_first_parcel_was_stopped() -> None:
    story = shipped()
    assert story.asks("switch_carrier", package="1", how="reship", reason="n") == ""

    def stops_the_first(order: Order, effect: EffectState) -> Outcome | None:
        if effect.kind != EffectKind.RECALL:
            return the_party_does_it(order, effect)
        first = effect.request["shipment"] == 1
        return RecallOutcome(answer=RecallAnswer.STOPPED if first else RecallAnswer.REFUSED)

    story.answered_by(stops_the_first)
    story.says("details_doubted", subject="order", fields=("address.street",))
    first, second = story.order.shipments
    assert (first.state, second.state, second.replaces) == ("CANCELLED", "RELEASED", "")
    story.says("outbound", shipment=2, package="2", tracking_number="SF2")
    assert units(story) == (0, 0, 0, 2)
    assert len(story.order.live_shipments) == 1, "nothing is sent twice"
    assert complaints(story) == []


@pytest.mark.clause("SR-132b", "SR-130")
def test_where_what_was_sent_anew_is_stopped_the_first_parcel_counts_again() -> None:
    story = on_its_way(Carrier("HUB_OVERLOAD", request_priority=False))
    story.passes(hours=25)
    assert story.order.packages[0].superseded_at
    story.is_scanned("IN_TRANSIT")
    story.answered_by(warehouse_says("STOPPED"))
    story.says("details_doubted", subject="order", fields=("address.street",))
    assert story.order.shipments[1].state == "CANCELLED"
    assert story.order.packages[0].superseded_at is None
    assert units(story) == (0, 0, 0, 2)
    story.is_scanned("DELIVERED")
    assert story.order.stage == "DELIVERED"
    assert complaints(story) == []


@pytest.mark.clause("SR-054")
def test_a_change_and_a_cancel_of_one_number_are_both_paid_back() -> None:
    story = Story(an_input(a_content(a_line(quantity=3))), answers=from_two_warehouses(3, 2))
    story.is_paid()
    params = {"line": "1", "quantity": 2}
    said = {"change": "QUANTITY", "params": params, "correction": 7, "expected_version": 1}
    assert story.asks("submit_change_request", **said) == ""
    first = story.order.live_shipments[0].number
    story.says("outbound", shipment=first, package="1", tracking_number="SF1")
    story.is_scanned("IN_TRANSIT")
    assert story.asks("cancel", reason="n") == ""
    back = [(each.key.partition("/refund/")[2], each.amount) for each in story.order.payment.refunds]
    assert back == [("change/2", 1_000), ("change/2/rest", 1_000)]
    assert complaints(story) == []
