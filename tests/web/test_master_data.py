"""Master data and policies: put twice it is the same, and what cannot be is said (shapes "Master data", "Policy")."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.policy import STANDARD
from tests.web.counter import NOON, NUMBERS, Counter, order


@pytest.mark.clause("SR-013")
async def test_a_sku_may_hold_a_slash_and_shows_its_stock(counter: Counter) -> None:
    put = await counter.send("PUT", "/v1/skus/A/B-1", {"name": "茶", "specification": "50g"})
    assert put.json() == {
        "sku": "A/B-1",
        "name": "茶",
        "specification": "50g",
        "sellable": True,
        "custom": False,
        "weight_g": 0,
        "goods": "",
    }
    await counter.send("PUT", "/v1/stock/SH/A/B-1", {"on_hand": 9, "safety": 2, "quarantined": 1})
    shown = await counter.reads("/v1/skus/A/B-1", role="viewer")
    assert [(level["warehouse"], level["available"]) for level in shown["stock"]] == [("SH", 6)]
    listed = await counter.reads("/v1/skus", after="A", limit=1)
    assert (listed["skus"][0]["sku"], listed["has_more"]) == ("A/B-1", True)


async def test_warehouses_stand_in_the_order_in_which_they_are_asked(counter: Counter) -> None:
    await counter.send("PUT", "/v1/warehouses/NEAR", {"name": "近", "priority": 1})
    listed = await counter.reads("/v1/warehouses")
    assert listed["warehouses"][0]["warehouse"] == "NEAR"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/v1/stock/XX/TEA-250", {"on_hand": 1}, 404, "unknown_warehouse"),
        ("/v1/stock/SH/NONE", {"on_hand": 1}, 404, "unknown_sku"),
        ("/v1/stock/SH/TEA-250", {"on_hand": -1}, 422, "wrong_shape"),
        ("/v1/stock/SH/TEA-250", {"on_hand": 1.5}, 422, "wrong_shape"),
        ("/v1/stock/SH/TEA-250", {"on_hand": 1, "colour": 1}, 422, "wrong_shape"),
        ("/v1/skus/%20", {}, 422, "wrong_shape"),
    ],
)
async def test_what_cannot_be_is_said(counter: Counter, path: str, body: Any, status: int, code: str) -> None:
    answer = await counter.send("PUT", path, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["todo"]


@pytest.mark.clause("SR-131")
async def test_a_count_below_what_is_reserved_takes_from_an_order_which_hears_of_it(counter: Counter) -> None:
    number = await counter.places(order())
    await counter.send("PUT", "/v1/stock/GZ/CUP", {"on_hand": 10})
    await counter.rows_changed(
        "INSERT INTO reservation (key, order_no, line, sku, warehouse, step, units, at) "
        "VALUES (:no || '/reserve/1/reserve/1/GZ', :no, '1', 'CUP', 'GZ', 'reserve', 4, now())",
        no=number,
    )
    await counter.rows_changed("UPDATE stock_level SET reserved = 4 WHERE warehouse = 'GZ' AND sku = 'CUP'")
    answer = await counter.send("PUT", "/v1/stock/GZ/CUP", {"on_hand": 3})
    assert (answer.status_code, answer.json()["reserved"], answer.json()["lost"]) == (200, 3, 1)
    facts = "SELECT body -> 'data' AS data FROM inbound_fact WHERE kind = 'reservation_lost' AND order_no = :no"
    lost = {"line": "1", "warehouse": "GZ", "units": 1, "reserved_by": f"{number}/reserve/1"}
    assert [row["data"] for row in await counter.rows(facts, no=number)] == [lost]
    assert (await counter.reads("/v1/stock/differences", role="viewer"))["differences"] == []


@pytest.mark.clause("SR-111")
async def test_the_books_are_checked_by_who_may_read_and_repaired_by_who_keeps_them(counter: Counter) -> None:
    await counter.send("PUT", "/v1/stock/GZ/TEA-250", {"on_hand": 10})
    await counter.rows_changed("UPDATE stock_level SET reserved = 2 WHERE warehouse = 'GZ' AND sku = 'TEA-250'")
    [found] = (await counter.reads("/v1/stock/differences", role="viewer"))["differences"]
    assert (found["kind"], found["sku"], found["books"], found["should"]) == ("ledger_differs", "TEA-250", 2, 0)
    assert (await counter.send("POST", "/v1/stock/repairs", role="viewer")).status_code == 403
    answer = (await counter.send("POST", "/v1/stock/repairs")).json()
    assert answer["repaired"] == [{"sku": "TEA-250", "warehouse": "GZ", "reserved": 0, "lost": 0}]
    assert answer["differences"] == []
    assert (await counter.send("POST", "/v1/stock/repairs")).json()["repaired"] == []


@pytest.mark.clause("SR-017")
async def test_more_stock_wakes_the_orders_that_wait_for_it(counter: Counter) -> None:
    numbers = [
        await counter.places(order(lines=[{"line": "1", "sku": "RARE", "quantity": 1, "unit_price": 1}]))
        for _ in range(3)
    ]
    await counter.rows_changed(
        "UPDATE inbound_order SET started_at = received_at WHERE order_no = ANY(:numbers)", numbers=numbers[:2]
    )
    await counter.rows_changed("UPDATE orders SET final = true WHERE order_no = :no", no=numbers[1])
    facts = "SELECT order_no FROM inbound_fact WHERE kind = 'stock_arrived' AND order_no = ANY(:numbers)"
    for on_hand, told in ((5, 1), (5, 1), (2, 1), (7, 2)):
        counter.watch.passes(seconds=1)
        await counter.send("PUT", "/v1/stock/SH/RARE", {"on_hand": on_hand})
        assert [row["order_no"] for row in await counter.rows(facts, numbers=numbers)] == [numbers[0]] * told


def rules(**changes: Any) -> dict[str, Any]:
    return {**STANDARD.model_dump(mode="json"), **changes}


async def test_an_edition_never_changes_and_orders_come_in_under_the_newest_of_their_channel(counter: Counter) -> None:
    name = f"e{next(NUMBERS)}"
    body = {"body": rules(transit_whole_days=False), "channel": "douyin", "valid_from": NOON.isoformat()}
    first = await counter.send("PUT", f"/v1/policies/{name}", body, role="supervisor")
    assert (first.status_code, first.json()["added"]) == (201, True)
    again = await counter.send("PUT", f"/v1/policies/{name}", body, role="supervisor")
    assert (again.status_code, again.json()["added"]) == (201, False)
    moved = {**body, "valid_from": (NOON + timedelta(days=1)).isoformat()}
    unmoved = await counter.send("PUT", f"/v1/policies/{name}", moved, role="supervisor")
    assert unmoved.json() == again.json(), "what is kept is answered, not what was asked"
    other = await counter.send("PUT", f"/v1/policies/{name}", {**body, "body": rules()}, role="supervisor")
    assert (other.status_code, other.json()["code"]) == (409, "edition_taken")
    later = {**body, "valid_from": (NOON + timedelta(days=9)).isoformat()}
    await counter.send("PUT", f"/v1/policies/{name}-later", later, role="supervisor")
    chosen = "SELECT policy_edition FROM inbound_order WHERE order_no = :no"
    for channel, edition in (("douyin", name), ("tmall", STANDARD.edition)):
        number = await counter.places(order(channel=channel))
        assert (await counter.rows(chosen, no=number))[0]["policy_edition"] == edition
    assert (await counter.reads(f"/v1/policies/{name}"))["body"]["edition"] == name
    assert {name, STANDARD.edition} <= {one["edition"] for one in (await counter.reads("/v1/policies"))["policies"]}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"auto_complete_afer": "PT22H"}, "no rule is called auto_complete_afer"),
        ({"audit": {"required": [], "rouding": 2}}, "no rule is called audit.rouding"),
        ({"language": "fr"}, "'zh-Hans' or 'en'"),
        ({"confirm_requires": "neither"}, "'both', 'payment' or 'stock'"),
        ({"zone": "Nowhere/X"}, "no time zone of the name Nowhere/X"),
    ],
)
async def test_an_edition_that_could_stop_its_orders_is_refused(
    counter: Counter, changes: dict[str, Any], said: str
) -> None:
    answer = await counter.send("PUT", "/v1/policies/odd", {"body": rules(**changes)}, role="supervisor")
    assert answer.status_code == 422
    assert said in str(answer.json()["errors"])
    assert (await counter.send("GET", "/v1/policies/odd")).status_code == 404


async def test_an_edition_needs_every_clock_and_a_supervisor(counter: Counter) -> None:
    body = {"body": rules(clocks=rules()["clocks"][:-1])}
    answer = await counter.send("PUT", "/v1/policies/half", body, role="supervisor")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "clocks")
    assert (await counter.send("PUT", "/v1/policies/half", body, role="operator")).status_code == 403
    assert (await counter.send("GET", "/v1/policies/none")).json()["code"] == "unknown_edition"
