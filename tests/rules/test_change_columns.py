"""Which line and column of the matrix a change request meets, and what is refused there (§4.7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.change_matrix import Column, Row, column_of, row_of
from domain.change_policy import ChangePolicy
from domain.change_requests import ChangeKind, ChangeParams
from domain.holds import EffectStatus
from domain.manual.answers import refusal
from domain.order import Order
from domain.policy import STANDARD
from domain.requests import SubmitChangeRequest
from tests.rules.story import Story, a_content, a_line, an_input, the_party_does_it

# -- the row ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize(
    ("change", "params", "row"),
    [
        ("ADDRESS", {}, "ADDRESS_SAME_REGION"),
        ("ADDRESS", {"region": "浙江"}, "ADDRESS_SAME_REGION"),
        ("ADDRESS", {"region": "上海市"}, "ADDRESS_OTHER_REGION"),
        ("ADDRESS", {"region": "浙江省", "freight_changes": True}, "ADDRESS_OTHER_REGION"),
        ("QUANTITY", {"line": "1", "quantity": 1}, "QUANTITY_DOWN"),
        ("QUANTITY", {"line": "1", "quantity": 0}, "QUANTITY_DOWN"),
        ("QUANTITY", {"line": "1", "quantity": 3}, "QUANTITY_UP"),
        ("QUANTITY", {"sku": "MUG", "quantity": 1}, "QUANTITY_UP"),
        *((kind, {}, kind) for kind in ChangeKind if kind not in {"ADDRESS", "QUANTITY"}),
    ],
)
def test_a_request_finds_its_line(change: str, params: dict[str, Any], row: str) -> None:
    order = Story(an_input(a_content(region="浙江省"))).order
    assert row_of(order, ChangeKind(change), ChangeParams(**params)) is Row(row)


# -- the column ------------------------------------------------------------------------------------------------------


def column(story: Story, line: str = "") -> str:
    return str(column_of(story.order, story.now, line))


def paid(story: Story) -> Story:
    story.says("paid", amount=story.order.payment.due, currency="CNY", payment_no="P1")
    return story


def released() -> Story:
    return paid(Story())


def out() -> Story:
    story = released()
    story.says("outbound", tracking_number="SF1")
    return story


def test_before_the_audit_ends_and_after_it() -> None:
    silent = Story(answers=lambda *_: None)
    assert column(silent) == "IN_AUDIT"
    held = Story()
    held.asks("place_hold", reason="CUSTOMER_ANSWER", note="n")
    assert column(held) == "CONFIRMED"
    assert column(paid(held)) == "CONFIRMED"


def test_from_the_asking_of_the_warehouse_on_it_has_the_order() -> None:
    def all_but_release(order: Order, effect: Any) -> Any:
        return None if effect.kind == "release_shipment" else the_party_does_it(order, effect)

    asking = paid(Story(answers=all_but_release))
    assert not any(shipment.released_at for shipment in asking.order.shipments)
    assert column(asking) == "AT_WAREHOUSE"
    effects = (
        *asking.order.effects[:-1],
        asking.order.effects[-1].having(status=EffectStatus.PARKED, code="Business.No"),
    )
    refused = asking.order.having(effects=effects)
    assert column_of(refused, asking.now) is Column.CONFIRMED, "a warehouse that said no has nothing"


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize(
    ("news", "expected"),
    [((), "AT_WAREHOUSE"), (("picked",), "BEING_PICKED"), (("packed",), "BEING_PICKED")],
)
def test_in_the_warehouse(news: tuple[str, ...], expected: str) -> None:
    story = released()
    for kind in news:
        story.says(kind, shipment=1)
    assert column(story) == expected


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize(
    ("scans", "expected"),
    [
        ((), "AT_DOCK"),
        (("LABELLED",), "AT_DOCK"),
        (("UNKNOWN",), "AT_DOCK"),
        (("PICKED_UP",), "ON_ITS_WAY"),
        (("PICKED_UP", "IN_TRANSIT"), "ON_ITS_WAY"),
        (("IN_TRANSIT", "RETURNING"), "ON_ITS_WAY"),
        (("OUT_FOR_DELIVERY",), "OUT_FOR_DELIVERY"),
        (("READY_FOR_PICKUP",), "OUT_FOR_DELIVERY"),
        (("DELIVERY_FAILED",), "OUT_FOR_DELIVERY"),
        (("OUT_FOR_DELIVERY", "DELIVERED"), "SIGNED_FOR"),
    ],
)
def test_with_the_carrier(scans: tuple[str, ...], expected: str) -> None:
    story = out()
    for state in scans:
        story.now += timedelta(minutes=1)
        story.says("carrier_scan", tracking_number="SF1", state=state)
    assert column(story) == expected


def test_of_several_parts_the_furthest_counts_and_of_a_line_its_own() -> None:
    found = a_content(a_line("1"), a_line("2"))
    story = paid(Story(an_input(found), answers=_two_warehouses))
    story.says("picked", shipment=2)
    assert (column(story), column(story, "1"), column(story, "2")) == ("BEING_PICKED", "AT_WAREHOUSE", "BEING_PICKED")


def _two_warehouses(order: Order, effect: Any) -> Any:
    outcome = the_party_does_it(order, effect)
    if effect.kind != "audit_order" or outcome is None:
        return outcome
    first, second = outcome.allocations  # type: ignore[union-attr]
    return outcome.having(allocations=(first, second.having(warehouse="BJ")))


def signed(at: datetime) -> Story:
    story = out()
    story.now = at
    story.says("carrier_scan", tracking_number="SF1", state="DELIVERED")
    return story


@pytest.mark.clause("SR-054")
def test_seven_days_are_counted_from_the_day_after_the_receipt_in_the_business_zone() -> None:
    """Signed on the 25th at 00:30 in Shanghai (the 24th in UTC): the days are the 26th to the 2nd."""
    story = signed(datetime.fromisoformat("2026-11-25T00:30:00+08:00"))
    last = datetime.fromisoformat("2026-12-02T23:59:59+08:00")
    assert column_of(story.order, last) is Column.SIGNED_FOR
    assert column_of(story.order, last + timedelta(seconds=1)) is None
    assert column_of(story.order, None) is Column.SIGNED_FOR, "without a time no days are counted"


def asked(story: Story, change: str, policy: ChangePolicy | None = None, **params: Any) -> Any:
    order = story.order
    if policy:
        order = order.having(policy=STANDARD.having(change=policy))
    ask = SubmitChangeRequest(
        request_id="r", change=ChangeKind(change), params=ChangeParams(**params), expected_version=order.version
    )
    return refusal(order, ask, story.now)


@pytest.mark.clause("SR-054")
def test_what_is_not_taken_back_is_refused_with_its_reason() -> None:
    story = signed(datetime.fromisoformat("2026-11-25T12:00:00+08:00"))
    assert asked(story, "CANCEL") is None
    fresh = asked(story, "CANCEL", ChangePolicy(not_returnable=("SKU-1",)))
    assert (fresh.code, fresh.change.code, set(fresh.change.alternatives)) == (
        "CHANGE_REFUSED",
        "NOT_RETURNABLE",
        {"contact_service", "new_order"},
    )
    assert asked(story, "INVOICE", ChangePolicy(not_returnable=("SKU-1",))) is None
    made = story.order.having(audit=story.order.audit)
    story.order = made
    story.says("design_approved", design_id="D1", design_version="1", line="1")
    custom = asked(story, "CANCEL")
    assert (custom.change.verdict, custom.change.code) == ("REFUSED", "NOT_RETURNABLE")


@pytest.mark.clause("SR-054")
def test_a_closed_or_cancelled_order_has_no_column() -> None:
    story = Story()
    story.asks("cancel", reason="n")
    assert column_of(story.order, story.now) is None
    assert asked(story, "CONTACT").code == "WRONG_STAGE"


@pytest.mark.clause("SR-054")
@pytest.mark.parametrize(
    ("change", "params", "code"),
    [
        ("QUANTITY", {"line": "1"}, "CHANGE_INCOMPLETE"),
        ("QUANTITY", {"quantity": 1}, "CHANGE_INCOMPLETE"),
        ("QUANTITY", {"line": "9", "quantity": 1}, "UNKNOWN_LINE"),
        ("SUBSTITUTE", {"line": "1"}, "CHANGE_INCOMPLETE"),
        ("DELIVER_LATER", {}, "CHANGE_INCOMPLETE"),
        ("DELIVER_LATER", {"until": "2020-01-01"}, "CHANGE_INCOMPLETE"),
        ("PAYMENT_METHOD", {"method": "prepaid"}, "CHANGE_INCOMPLETE"),
        ("MERGE", {}, "CHANGE_INCOMPLETE"),
    ],
)
def test_a_request_that_lacks_something_is_told_so(change: str, params: dict[str, Any], code: str) -> None:
    assert asked(Story(), change, **params).code == code
