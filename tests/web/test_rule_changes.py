"""Rules change as data: for new orders only, with owner, time, and before and after (SR-058, SR-110, SR-112)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.policy import STANDARD
from tests.web.counter import NOON, NUMBERS, Counter, order
from tests.web.living import Life, now

GIFTS = {
    "code": "NO_GIFTS",
    "when": "'CUP' in skus and district != ''",
    "field": "lines.1.sku",
    "zh": "不送茶杯",
    "en": "no cups",
}


def rules(**audit: Any) -> dict[str, Any]:
    body = STANDARD.model_dump(mode="json")
    return {**body, "audit": {**body["audit"], **audit}}


async def puts(counter: Counter, edition: str, body: Any, **more: Any) -> Any:
    return await counter.send("PUT", f"/v1/policies/{edition}", {"body": body, **more}, role="supervisor")


@pytest.mark.clause("SR-058")
async def test_a_change_of_rules_has_an_owner_a_time_a_reason_and_before_and_after(counter: Counter) -> None:
    name = f"e{next(NUMBERS)}"
    body = {**rules(max_quantity=99, conditions=[GIFTS]), "after_sale_days": 15}
    begins = (NOON + timedelta(days=3)).isoformat()
    put = await puts(counter, name, body, channel="none", valid_from=begins, reason="茶杯缺货")
    assert put.status_code == 201, put.text
    told = await counter.reads(f"/v1/policies/{name}/changes", since=STANDARD.edition, role="viewer")
    assert (told["owner"], told["reason"], told["added_at"]) == ("supervisor 1", "茶杯缺货", "2026-11-23T04:00:00Z")
    assert (told["edition"], told["since"], told["valid_from"]) == (name, STANDARD.edition, "2026-11-26T04:00:00Z")
    shown = {change["rule"]: (change["before"], change["after"]) for change in told["changes"]}
    assert shown["audit.max_quantity"] == (9999, 99)
    assert shown["after_sale_days"] == (7, 15)
    assert shown["audit.conditions.NO_GIFTS.when"] == (None, GIFTS["when"])
    assert not [rule for rule in shown if rule.startswith("clocks")]
    back = await counter.reads(f"/v1/policies/{STANDARD.edition}/changes", since=name)
    assert {"rule": "audit.max_quantity", "before": 99, "after": 9999} in back["changes"]
    none = await counter.reads(f"/v1/policies/{name}/changes", since=name)
    assert none["changes"] == []
    unknown = await counter.send("GET", f"/v1/policies/{name}/changes?since=nobody")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_edition")


@pytest.mark.clause("SR-110")
@pytest.mark.parametrize(
    ("condition", "field", "said"),
    [
        ({"when": "totl > 5000"}, "audit.conditions.0.when", "unknown symbol: 'totl'; did you mean total?"),
        ({"when": "total >"}, "audit.conditions.0.when", "syntax error"),
        ({"when": "$now > $now"}, "audit.conditions.0.when", "$now is not allowed"),
        ({"code": "FIELD_MISSING"}, "audit.conditions.0.code", "stands for another rule"),
        ({"code": "lower"}, "audit.conditions.0.code", "pattern"),
        ({"severity": "deadly"}, "audit.conditions.0.severity", "critical"),
        ({"colour": "red"}, "", "audit.conditions.0.colour"),
    ],
)
async def test_a_condition_that_cannot_be_judged_is_refused_when_its_edition_is_put(
    counter: Counter, condition: dict[str, Any], field: str, said: str
) -> None:
    answer = await puts(counter, "unfit", rules(conditions=[{**GIFTS, **condition}]))
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_shape"), answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert said in str(answer.json()["errors"])
    assert (await counter.send("GET", "/v1/policies/unfit")).status_code == 404


def of(channel: str, **changes: Any) -> dict[str, Any]:
    return order(channel=channel, placed_at=now().isoformat(), **changes)


async def lives(life: Life, body: dict[str, Any], stage: str) -> dict[str, Any]:
    """An order is placed and started; its page."""
    number = await life.counter.places(body)
    await life.relay().bring_up_to_date(number)
    await life.reaches(number, stage)
    page: dict[str, Any] = await life.counter.reads(f"/v1/orders/{number}", lang="en")
    return page


@pytest.mark.clause("SR-058", "SR-110")
async def test_changed_rules_are_for_new_orders_and_a_running_order_keeps_its_edition(life: Life) -> None:
    channel = f"shop-{next(NUMBERS)}"
    cup = [{"line": "1", "sku": "CUP", "quantity": 1, "unit_price": 3000}]
    nameless = of(channel, lines=cup, total=3000, customer={"name": "", "phone": "13800138000"})
    running = await lives(life, nameless, "NEEDS_CORRECTION")
    name = f"no-cups-{next(NUMBERS)}"
    put = await puts(life.counter, name, rules(conditions=[GIFTS]), channel=channel)
    assert put.status_code == 201, put.text
    fresh = await lives(life, of(channel, lines=cup, total=3000), "NEEDS_CORRECTION")
    [finding] = fresh["findings"]
    assert (finding["code"], finding["text"]) == ("NO_GIFTS", "no cups")
    fields = {"customer.name": "韩梅梅", "address.district": "余杭区"}  # the district is what the new rule reads
    named = await life.asks(running["order_no"], "correct_fields", expected_version=1, fields=fields)
    assert named.status_code == 200, named.text
    await life.reaches(running["order_no"], "AWAITING_CONFIRMATION")
    page = await life.counter.reads(f"/v1/orders/{running['order_no']}")
    assert page["findings"] == []
    chosen = "SELECT policy_edition FROM inbound_order WHERE order_no = :no"
    assert (await life.counter.rows(chosen, no=fresh["order_no"]))[0]["policy_edition"] == name
    assert (await life.counter.rows(chosen, no=running["order_no"]))[0]["policy_edition"] == STANDARD.edition


@pytest.mark.clause("SR-112")
async def test_an_order_shows_the_prices_it_was_judged_by_and_a_later_list_changes_nothing(life: Life) -> None:
    first, later = (f"list-{next(NUMBERS)}" for _ in range(2))
    channel = f"shop-{next(NUMBERS)}"
    tea = {"sku": "TEA-250", "unit_price": 6800, "floor": 6500}
    begins = NOON.isoformat()
    body = {"kind": "list", "channel": channel, "valid_from": begins, "prices": [tea]}
    assert (await life.counter.send("PUT", f"/v1/price-lists/{first}", body)).status_code == 201
    cheap = [{"line": "1", "sku": "TEA-250", "quantity": 2, "unit_price": 6800, "discount": 700}]
    page = await lives(life, of(channel, lines=cheap, discount=700, total=12900), "NEEDS_CORRECTION")
    [finding] = page["findings"]
    assert (finding["code"], finding["field"], finding["text"]) == (
        "PRICE_BELOW_FLOOR",
        "lines.1.unit_price",
        "the price is below the floor",
    )
    judged = {"line": "1", "sku": "TEA-250", "edition": first, "kind": "list", "unit_price": 6800, "floor": 6500}
    assert page["audit"]["prices"] == [judged]
    lower = {**body, "prices": [{**tea, "floor": 1}]}
    assert (await life.counter.send("PUT", f"/v1/price-lists/{later}", lower)).status_code == 201
    asked: dict[str, Any] = {"expected_version": 1, "fields": {"lines.1.quantity": 3, "total": 19700}}
    corrected = await life.asks(page["order_no"], "correct_fields", **asked)
    assert corrected.status_code == 200, corrected.text
    await life.reaches(page["order_no"], "AWAITING_CONFIRMATION")
    after = await life.counter.reads(f"/v1/orders/{page['order_no']}")
    assert (after["audit"]["prices"], after["audit"]["price_book"]) == ([judged], page["audit"]["price_book"])


@pytest.mark.clause("SR-012")
async def test_a_person_lets_an_address_stand_and_the_reason_stands_in_the_timeline(life: Life) -> None:
    address = {"province": "浙江省", "city": "杭州市", "district": "鄞州区", "street": "文三路 90 号"}
    page = await lives(life, of("tmall", address=address), "NEEDS_CORRECTION")
    [finding] = page["findings"]
    assert (finding["code"], finding["field"]) == ("ADDRESS_MISMATCH", "address.district")
    assert finding["text"] == "province, city and district do not go together, perhaps 宁波市/鄞州区"
    answer = await life.asks(page["order_no"], "override_address", reason="客户确认是新区")
    assert answer.status_code == 200, answer.text
    await life.reaches(page["order_no"], "AWAITING_CONFIRMATION")
    after = await life.counter.reads(f"/v1/orders/{page['order_no']}")
    [override] = after["audit"]["overrides"]
    assert (override["field"], override["by"], override["reason"]) == (
        "address.district",
        "operator 1",
        "客户确认是新区",
    )
    assert after["audit"]["choices"] == [
        {"field": "address.district", "original": "鄞州区", "suggested": "宁波市/鄞州区", "chosen": "鄞州区"}
    ]
    story = await life.counter.reads(f"/v1/orders/{page['order_no']}/timeline")
    assert "Operator 1确认地址无误：客户确认是新区。" in [line["text"] for line in story["timeline"]]
    again = await life.asks(page["order_no"], "override_address", reason="again")
    assert (again.status_code, again.json()["code"]) == (409, "WRONG_STAGE")
