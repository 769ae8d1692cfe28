"""The freight of an address in another region: quoted by the tariff, collected or paid back (§4.7, SR-130b, M5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.amending import amended, amended_order
from domain.change_policy import STANDARD_CHANGE
from domain.effects import Amendment, EffectKind
from domain.freight import freight_of, freight_to
from domain.freight_policy import STANDARD_TARIFF, FreightRate, Tariff
from domain.policy import STANDARD
from domain.stage import Stage
from tests.rules.asked import CITY, asked
from tests.rules.quoting import quoted
from tests.rules.recalling import STAGES, complaints, effects, warehouse_says
from tests.rules.story import Story, a_content, a_line, an_input

NEAR, OTHER, FAR = "浙江省", "上海市", "新疆维吾尔自治区"
TO_FAR: dict[str, Any] = {"region": FAR}
BY_PEOPLE = STANDARD.having(change=STANDARD_CHANGE.having(freight=Tariff()))


def sent_to(region: str = NEAR, *, stage: str = "CONFIRMED", freight: int = 1_000, **fields: Any) -> Story:
    """A paid order of two mugs, whose freight was posted with it; its warehouse will stop it."""
    content = a_content(region=region, freight=freight, total=2_000 + freight, **fields)
    story = Story(an_input(content), answers=warehouse_says("STOPPED"))
    if stage == "CONFIRMED":
        review = story.now + timedelta(days=9)
        story.asks("place_hold", reason="MANUAL", blocks=("release",), note="n", review_at=review)
        story.is_paid()
    else:
        STAGES[stage](story)
    return story


def moves(story: Story, region: str = FAR, **fields: Any) -> str:
    version = story.order.version
    given: dict[str, Any] = {"params": {"region": region}, "correction": 7, "expected_version": version, **fields}
    return story.asks("submit_change_request", change="ADDRESS", **given)


def paid_back(story: Story) -> list[tuple[str, int]]:
    return [(back.key.partition("/refund/")[2], back.amount) for back in story.order.payment.refunds]


# -- the tariff ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-130b")
@pytest.mark.parametrize(
    ("region", "pieces", "freight"),
    [
        (NEAR, 1, 800),
        ("浙江", 3, 1_200),
        ("浙江省/杭州市", 1, 800),
        (FAR, 1, 1_800),
        ("新疆", 3, 3_800),
        ("", 1, None),
    ],
)
def test_the_tariff_goes_by_province_and_pieces(region: str, pieces: int, freight: int | None) -> None:
    assert freight_of(STANDARD_TARIFF, a_content(a_line(quantity=pieces)), region) == freight


@pytest.mark.clause("SR-130b")
def test_lots_what_is_free_and_a_carriers_own_rate() -> None:
    rate = FreightRate(first=600, first_pieces=3, further=100, lot=2, free_from=9_900)
    assert [rate.costs(pieces, 0) for pieces in (1, 3, 4, 5, 6)] == [600, 600, 700, 700, 800]
    assert (rate.costs(9, 9_899), rate.costs(9, 9_900)) == (900, 0)
    tariff = Tariff(rates=(rate, FreightRate(carrier="SF", first=1_500), FreightRate(regions=("西藏",), first=5_000)))
    by_sf = a_content(preferred_carrier="SF")
    assert [freight_of(tariff, a_content(), NEAR), freight_of(tariff, by_sf, NEAR)] == [600, 1_500]
    assert freight_of(tariff, by_sf, "西藏自治区") == 5_000, "a rate of its own province goes first"
    assert freight_of(tariff, a_content(delivery_method="pickup"), NEAR) == 0
    assert freight_of(tariff, a_content(currency="EUR"), NEAR) is None
    gift = a_line("2", quantity=9, unit_price=0, added_by_rule="gift", part_of="1")
    assert freight_of(tariff, a_content(a_line(), gift), NEAR) == 600, "a gift travels with its goods"


@pytest.mark.clause("SR-130b")
@pytest.mark.parametrize(("freight", "there"), [(1_000, 2_800), (0, 1_800), (300, 2_100)])
def test_what_was_posted_changes_by_the_tariffs_difference(freight: int, there: int) -> None:
    content = a_content(region=NEAR, freight=freight, total=2_000 + freight)
    assert freight_to(STANDARD_TARIFF, content, FAR) == there
    assert freight_to(STANDARD_TARIFF, content, OTHER) == freight
    far = content.having(region=FAR)
    assert freight_to(STANDARD_TARIFF, far, NEAR) == max(freight - 1_800, 0), "never less than nothing"


@pytest.mark.clause("SR-130b")
def test_an_order_of_nothing_to_pay_goes_anywhere_for_nothing() -> None:
    assert freight_to(STANDARD_TARIFF, a_content(a_line(unit_price=0), region=NEAR), FAR) == 0


@pytest.mark.clause("SR-130b")
def test_an_amended_freight_gives_way_to_one_that_is_said_since() -> None:
    content = a_content(freight=1_000, total=3_000)
    dearer = Amendment(case=0, less=(), freight=(1_000, 2_800))
    assert (amended(content, dearer).freight, amended(content, dearer).total) == (2_800, 4_800)
    said = content.having(freight=900, total=2_900)
    assert amended(said, dearer) == said
    back = Amendment(case=0, less=(), freight=(2_800, 1_000))
    assert amended(amended(content, dearer), back) == content
    line = {"line": "1", "sku": "SKU-1", "quantity": 2, "unit_price": 1_000}
    raw = {"lines": [line], "currency": "CNY", "freight": 1_000, "total": 3_000, "payment": {"method": "prepaid"}}
    assert {name: amended_order(raw, (dearer,))[name] for name in ("freight", "total")} == {
        "freight": 2_800,
        "total": 4_800,
    }


# -- quoted ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054", "SR-130b")
def test_an_address_in_another_region_is_quoted_with_its_freight() -> None:
    story = sent_to()
    dearer = quoted(story, "ADDRESS", params=TO_FAR)
    assert (dearer.goods, dearer.freight, dearer.way, dearer.amount) == (0, 1_800, "COLLECT", 1_800)
    same = quoted(story, "ADDRESS", params={"region": OTHER})
    assert (same.freight, same.way) == (0, "NONE")
    cheaper = quoted(sent_to(FAR, freight=2_800), "ADDRESS", params={"region": NEAR})
    assert (cheaper.freight, cheaper.way, cheaper.amount) == (-1_800, "BACK", 1_800)
    assert dearer.valid_until == story.now + timedelta(minutes=30)


@pytest.mark.clause("SR-054", "SR-130b")
def test_what_the_request_says_of_the_freight_goes_before_the_tariff() -> None:
    story = sent_to()
    assert quoted(story, "ADDRESS", params=TO_FAR, priced={"freight": 500}).freight == 500
    assert quoted(story, "ADDRESS", params=TO_FAR, priced={"freight": None}).freight == 1_800
    assert moves(story, priced={"freight": 500}) == ""
    assert (story.order.amendments, story.order.content.freight) == ((), 1_000), "the kept fields say it"


@pytest.mark.clause("SR-054", "SR-130b")
def test_an_edition_without_a_tariff_leaves_it_to_who_says_it() -> None:
    story = sent_to()
    story.order = story.order.having(policy=BY_PEOPLE)
    assert (quoted(story, "ADDRESS", params=TO_FAR).freight, quoted(story, "ADDRESS", params=TO_FAR).way) == (
        None,
        "UNKNOWN",
    )
    assert moves(story) == ""
    assert (story.order.amendments, story.order.payment.due) == ((), 3_000)


# -- made ------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("SR-054", "SR-130b")
@pytest.mark.parametrize("stage", ["CONFIRMED", "AT_WAREHOUSE"])
def test_a_longer_way_is_collected_before_the_goods_go(stage: str) -> None:
    story = sent_to(stage=stage)
    assert moves(story, quote=quoted(story, "ADDRESS", params=TO_FAR, correction=7).id) == ""
    assert stage != "CONFIRMED" or story.asks("release_hold", hold="H1") == ""
    order = story.order
    assert (order.version, order.content.freight, order.payment.due) == (2, 2_800, 4_800)
    assert ("PAY_MORE", {"amount": 1_800, "currency": "CNY"}) in [
        (each.template, each.params) for each in story.letters
    ]
    assert not any(shipment.released_at for shipment in order.live_shipments), "the goods wait for it"
    assert complaints(story) == []
    story.is_paid(1_800)
    assert (story.order.stage, story.order.payment.state, paid_back(story)) == (Stage.READY_TO_SHIP, "paid", [])
    story.ships(shipment=story.order.live_shipments[0].number)
    story.is_scanned("DELIVERED")
    story.passes(hours=24)
    assert (story.order.stage, paid_back(story), complaints(story)) == (Stage.COMPLETED, [], [])


@pytest.mark.clause("SR-054", "SR-130b")
def test_a_shorter_way_is_paid_back_once_and_there_and_back_costs_nothing() -> None:
    story = sent_to(FAR, freight=2_800)
    moves(story, NEAR)
    assert paid_back(story) == [("change/2", 1_800)]
    assert (story.order.content.freight, story.order.payment.due) == (1_000, 3_000)
    moves(story, FAR, correction=8)
    assert (story.order.content.freight, story.order.payment.due) == (2_800, 4_800)
    assert [each.freight for each in story.order.amendments] == [(2_800, 1_000), (1_000, 2_800)]
    assert (paid_back(story), complaints(story)) == ([("change/2", 1_800)], [])


@pytest.mark.clause("SR-054", "SR-130b")
def test_cash_on_delivery_collects_the_new_freight_at_the_door() -> None:
    content = a_content(region=NEAR, freight=1_000, total=3_000, payment_method="cod")
    story = Story(an_input(content), answers=warehouse_says("STOPPED"))
    assert [each.cash for each in story.order.live_shipments] == [3_000]
    moves(story)
    assert (story.order.payment.due, [each.cash for each in story.order.live_shipments]) == (4_800, [4_800])
    assert complaints(story) == []


@pytest.mark.clause("SR-054", "SR-130b")
def test_a_parcel_that_is_sent_on_by_its_carrier_costs_its_longer_way_first() -> None:
    story = sent_to(stage="ON_ITS_WAY")
    quote = quoted(story, "ADDRESS", params=TO_FAR)
    assert (quote.verdict, quote.freight, quote.way, quote.amount) == ("I", 1_800, "COLLECT", 1_800)
    moves(story)
    assert effects(story, EffectKind.INTERCEPT) == [], "it is paid first"
    assert story.letters[-1].template == "PAY_CHANGE"
    story.is_paid(1_800)
    assert effects(story, EffectKind.INTERCEPT) == ["intercept/case/2/package/1"]
    assert (story.order.change_requests[0].state, story.order.amendments) == ("APPLIED", ())
    assert (story.order.payment.due, complaints(story)) == (4_800, [])
    nearer = sent_to(FAR, stage="ON_ITS_WAY", freight=2_800)
    assert quoted(nearer, "ADDRESS", params={"region": NEAR}).freight == 0, "it has travelled already"


# -- what the customer says of a wrong address (E1 step 3) -----------------------------------------------------------


@pytest.mark.clause("SR-130b")
def test_an_answer_that_names_another_region_is_priced_like_any_change() -> None:
    content = a_content(region=NEAR, freight=1_000, total=3_000)
    found = asked((CITY,), content=content)
    assert found.asks("customer_choice", question=1, option="correct", correction=7, region=FAR) == ""
    assert (found.order.version, found.order.content.freight, found.order.payment.due) == (2, 2_800, 4_800)
    assert found.told[-1] == "PAY_MORE"
    found.is_paid(1_800)
    assert (found.order.stage, complaints(found)) == (Stage.READY_TO_SHIP, [])
    same = asked((CITY,), content=content)
    assert same.asks("customer_choice", question=1, option="correct", correction=7, region=OTHER) == ""
    assert (same.order.amendments, same.order.payment.due) == ((), 3_000)
    assert same.order.stage is Stage.READY_TO_SHIP
