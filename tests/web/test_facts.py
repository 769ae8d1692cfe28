"""Facts from outside (edge cases 13, 14, 17, 18, 44): kept once, never lost, told by whom they concern."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from datetime import timedelta
from typing import Any

import pytest

from infra.db.queries.one_order import other_with_number
from tests.web.counter import Counter, order


async def fact_rows(counter: Counter, event_id: str) -> list[Any]:
    query = "SELECT * FROM inbound_fact WHERE event_id = :event ORDER BY id"
    return await counter.rows(query, event=event_id)


@pytest.mark.clause("SR-030", "SR-031", "EC-13")
async def test_a_fact_is_durable_when_it_is_acknowledged_and_known_when_it_is_repeated(counter: Counter) -> None:
    number = await counter.places()
    body = counter.payment(number)
    first = await counter.send("POST", "/v1/facts", body, role="payment")
    assert (first.status_code, first.json()["result"], first.json()["order_no"]) == (202, "new", number)
    again = await counter.send("POST", "/v1/facts", body, role="payment")
    assert (again.status_code, again.json()["result"]) == (200, "known")
    [row] = await fact_rows(counter, body["event_id"])
    assert (row["fact_id"], row["received_at"]) == (f"payment:{body['event_id']}", counter.watch())
    assert (row["decisive"], row["state"], row["delivered_at"]) == (True, "waiting", None)


@pytest.mark.clause("EC-13")
async def test_fifty_equal_facts_at_once_are_one(counter: Counter) -> None:
    body = counter.payment(await counter.places())
    answers = await asyncio.gather(*(counter.send("POST", "/v1/facts", body, role="payment") for _ in range(50)))
    assert Tally(answer.status_code for answer in answers) == {202: 1, 200: 49}
    assert len(await fact_rows(counter, body["event_id"])) == 1


@pytest.mark.clause("EC-14")
async def test_the_same_id_with_another_body_is_kept_beside_the_first_and_alerted(counter: Counter) -> None:
    number = await counter.places()
    body = counter.payment(number)
    await counter.send("POST", "/v1/facts", body, role="payment")
    changed = {**body, "data": {**body["data"], "amount": 1}}
    for _ in range(2):
        answer = await counter.send("POST", "/v1/facts", changed, role="payment")
        assert (answer.status_code, answer.json()["result"]) == (202, "conflict")
    first, second = await fact_rows(counter, body["event_id"])
    assert (first["state"], first["body"]["data"]["amount"]) == ("waiting", 13600)
    assert (second["state"], second["conflict_of"], second["decisive"]) == ("conflict", first["id"], False)
    alerts = await counter.rows("SELECT * FROM alert WHERE kind = 'fact_conflict' AND order_no = :no", no=number)
    assert [alert["detail"]["fact_id"] for alert in alerts] == [first["fact_id"]]


@pytest.mark.clause("EC-17")
@pytest.mark.parametrize(("minutes", "flagged"), [(11, True), (9, False), (-600, False)])
async def test_a_fact_from_the_future_is_kept_as_it_is_and_flagged(
    counter: Counter, minutes: int, flagged: bool
) -> None:
    number = await counter.places()
    occurred = (counter.watch() + timedelta(minutes=minutes)).isoformat()
    answer = await counter.send("POST", "/v1/facts", counter.payment(number, occurred_at=occurred), role="payment")
    assert answer.status_code == 202
    alerts = await counter.rows("SELECT kind, detail FROM alert WHERE order_no = :no", no=number)
    assert [alert["kind"] for alert in alerts] == ["clock_skew"] * flagged
    [row] = await counter.rows("SELECT body FROM inbound_fact WHERE order_no = :no", no=number)
    assert row["body"]["occurred_at"].startswith(occurred[:19])


@pytest.mark.clause("EC-18")
@pytest.mark.parametrize(
    "reference",
    [{"order_no": "SO2026112399999999"}, {"channel": "tmall", "external_id": "comes-later"}],
    ids=["number", "channel"],
)
async def test_a_fact_of_an_unknown_order_is_an_orphan(counter: Counter, reference: dict[str, str]) -> None:
    answer = await counter.tells("channel_closed", "channel", **reference)
    assert (answer.status_code, answer.json()["result"], answer.json()["order_no"]) == (202, "orphan", None)


async def test_a_parcels_number_names_its_order_and_goes_into_what_is_said_of_it(counter: Counter) -> None:
    number = await counter.places()
    await counter.rows_changed(
        "INSERT INTO package (order_no, package, shipment, state, tracking_number)"
        " VALUES (:no, '1', 1, 'IN_TRANSIT', 'SF77')",
        no=number,
    )
    answer = await counter.tells("carrier_scan", "carrier", data={"state": "IN_TRANSIT"}, tracking_number="SF77")
    assert answer.json()["order_no"] == number
    [row] = await counter.rows("SELECT * FROM inbound_fact WHERE fact_id = :id", id=answer.json()["fact_id"])
    assert (row["body"]["data"]["tracking_number"], row["decisive"]) == ("SF77", False)


@pytest.mark.parametrize(
    ("state", "case", "decisive"),
    [("IN_TRANSIT", "", False), ("IN_TRANSIT", "LOGISTICS_STALLED", True), ("DELIVERED", "", True)],
)
async def test_a_movement_scan_wakes_the_order_only_while_it_is_waited_for(
    counter: Counter, state: str, case: str, decisive: bool
) -> None:
    number = await counter.places()
    await counter.rows_changed(
        "INSERT INTO package (order_no, package, shipment, state) VALUES (:no, '1', 1, :state)", no=number, state=state
    )
    if case:
        await counter.rows_changed(
            "UPDATE orders SET open_cases = ARRAY[:case] WHERE order_no = :no", no=number, case=case
        )
    answer = await counter.tells(
        "carrier_scan", "carrier", data={"state": "IN_TRANSIT", "package": "1"}, order_no=number
    )
    [row] = await counter.rows("SELECT decisive FROM inbound_fact WHERE fact_id = :id", id=answer.json()["fact_id"])
    assert row["decisive"] is decisive


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        ({"kind": "moved"}, {("kind", "unknown_kind")}),
        ({"order_no": None}, {("", "one_reference")}),
        ({"tracking_number": "SF1"}, {("", "one_reference")}),
        ({"channel": "tmall"}, {("", "half_reference")}),
        (
            {"data": {"amount": -1, "colour": "red"}},
            {("data.amount", "greater_than_equal"), ("data.currency", "missing")},
        ),
        ({"occurred_at": "yesterday", "event_id": " "}, {("occurred_at", "datetime_from_date_parsing")}),
        ({"surprise": 1}, {("surprise", "extra_forbidden")}),
        ({"data": {"payment_no": "P", "amount": 1, "currency": "CNY", "id": "x"}}, {("data.id", "extra_forbidden")}),
        ({"data": {"payment_no": "字" * 67, "amount": 1, "currency": "CNY"}}, {("data.payment_no", "value_error")}),
        ({"data": {"payment_no": "P\n", "amount": 1, "currency": "CNY"}}, {("data.payment_no", "value_error")}),
    ],
    ids=["kind", "no order", "two orders", "half", "data", "time and id", "field", "envelope", "bytes", "control"],
)
@pytest.mark.clause("AC-35")
async def test_what_cannot_be_read_is_refused_with_its_paths(
    counter: Counter, change: dict[str, Any], problems: set[tuple[str, str]]
) -> None:
    body = {**counter.payment("SO1"), **change}
    answer = await counter.send("POST", "/v1/facts", {name: value for name, value in body.items() if value is not None})
    assert answer.status_code == 422, answer.text
    assert problems <= {(error["field"], error["code"]) for error in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("role", "kind", "status"),
    [
        ("warehouse", "picked", 202),
        ("warehouse", "paid", 403),
        ("carrier", "delivery_estimated", 202),
        ("carrier", "picked", 403),
        ("payment", "paid", 202),
        ("channel", "channel_closed", 202),
        ("channel", "picked", 403),
        ("operator", "picked", 202),
        ("supervisor", "paid", 202),
        ("viewer", "picked", 403),
    ],
)
async def test_a_key_reports_what_its_party_knows(counter: Counter, role: str, kind: str, status: int) -> None:
    data = {
        "paid": {"payment_no": "P", "amount": 1, "currency": "CNY"},
        "delivery_estimated": {"estimated_at": "2026-11-25T00:00:00Z", "tracking_number": "SF9"},
    }.get(kind, {})
    answer = await counter.tells(kind, role, data=data, order_no="SO1")
    assert answer.status_code == status, answer.text


async def test_each_fact_of_a_batch_is_answered_for_itself(counter: Counter) -> None:
    number = await counter.places()
    good = counter.payment(number)
    facts = [
        good,
        good,
        {**good, "data": {**good["data"], "amount": 2}},
        counter.payment("SO0"),
        {"kind": "paid"},
        counter.fact("picked", "payment", order_no=number),
    ]
    answer = await counter.send("POST", "/v1/facts/batch", {"facts": facts}, role="payment")
    assert answer.status_code == 200
    lines = answer.json()["results"]
    assert [(line["index"], line["status"], line["result"]) for line in lines] == [
        (0, 202, "new"),
        (1, 200, "known"),
        (2, 202, "conflict"),
        (3, 202, "orphan"),
        (4, 422, "wrong_shape"),
        (5, 403, "role_not_allowed"),
    ]
    assert {error["field"] for error in lines[4]["errors"]} == {"source", "event_id", "occurred_at"}


async def test_facts_of_a_batch_are_kept_in_the_order_in_which_they_happened(counter: Counter) -> None:
    number = await counter.places()
    facts = [
        counter.fact(kind, "warehouse", order_no=number, occurred_at=f"2026-11-23T0{hour}:00:00Z")
        for hour, kind in enumerate(("outbound", "packed", "picked"), start=1)
    ]
    await counter.send("POST", "/v1/facts/batch", {"facts": list(reversed(facts))}, role="warehouse")
    story = await counter.reads(f"/v1/orders/{number}/timeline")
    kinds = [line["code"] for line in story["timeline"] if line["source"] == "warehouse"]
    assert kinds == ["outbound", "packed", "picked"]


async def test_stock_that_arrived_is_told_to_every_order_that_waits_for_it_once(counter: Counter) -> None:
    waiting, other = await counter.places(), await counter.places(order(lines=[line_of("CUP")]))
    started = "UPDATE inbound_order SET started_at = received_at WHERE order_no = ANY(:numbers)"
    await counter.rows_changed(started, numbers=[waiting, other])
    body = counter.fact("stock_arrived", "warehouse", data={"sku": "TEA-250"})
    told = [(await counter.send("POST", "/v1/facts", body, role="warehouse")).json()["orders"] for _ in range(2)]
    assert told == [1, 0]
    query = (
        "SELECT order_no, decisive, body FROM inbound_fact WHERE kind = 'stock_arrived' AND order_no = ANY(:numbers)"
    )
    [row] = await counter.rows(query, numbers=[waiting, other])
    assert (row["order_no"], row["decisive"], row["body"]["data"]) == (waiting, True, {"sku": "TEA-250"})


def line_of(sku: str) -> dict[str, Any]:
    return {"line": "1", "sku": sku, "quantity": 1, "unit_price": 13600}


async def test_nobody_reports_what_the_stock_books_tell(counter: Counter) -> None:
    number = await counter.places(order())
    data = {"line": "1", "warehouse": "SH", "units": 1, "reserved_by": f"{number}/audit/1"}
    body = counter.fact("reservation_lost", "warehouse", order_no=number, data=data)
    answer = await counter.send("POST", "/v1/facts", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "told_by_the_books")
    assert "PUT /v1/stock/" in answer.json()["todo"]
    kept = "SELECT 1 FROM inbound_fact WHERE kind = 'reservation_lost' AND order_no = :no"
    assert await counter.rows(kept, no=number) == []


async def carried(counter: Counter, label: str, state: str, ago: timedelta, carrier: str = "SF") -> str:
    """An order whose parcel has this number, and came so far so long ago."""
    number = await counter.places()
    at = counter.watch() - ago
    await counter.rows_changed(
        "INSERT INTO package (order_no, package, shipment, state, carrier, tracking_number, outbound_at, delivered_at)"
        " VALUES (:no, '1', 1, :state, :carrier, :label, CAST(:at AS timestamptz) - interval '2 days',"
        " CASE WHEN :state = 'DELIVERED' THEN CAST(:at AS timestamptz) END)",
        no=number,
        state=state,
        carrier=carrier,
        label=label,
        at=at,
    )
    return number


@pytest.mark.clause("EC-53")
async def test_a_number_is_its_parcels_for_ninety_days_after_the_end_and_only_of_its_carrier(counter: Counter) -> None:
    days = {"YT-1": timedelta(days=91), "YT-2": timedelta(days=89)}
    for label, ago in days.items():
        await carried(counter, label, "DELIVERED", ago)
    found = []
    for label, carrier in (("YT-1", "SF"), ("YT-2", "sf"), ("YT-2", ""), ("YT-2", "YTO")):
        data = {"state": "IN_TRANSIT", "carrier": carrier}
        about = {"event_id": f"e-{label}-{carrier}", "occurred_at": counter.watch().isoformat()}
        body = {"kind": "carrier_scan", "source": "carrier", "tracking_number": label, **about}
        answer = await counter.send("POST", "/v1/facts", {**body, "data": data}, role="carrier")
        assert answer.status_code == 202, answer.text
        found.append(answer.json()["order_no"] is not None)
    assert found == [False, True, True, False]


@pytest.mark.clause("EC-53", "EC-21")
async def test_a_number_may_be_given_again_when_it_is_free(counter: Counter) -> None:
    free = await carried(counter, "YT-8", "DELIVERED", timedelta(days=91))
    taken = await carried(counter, "YT-9", "IN_TRANSIT", timedelta(days=200))
    mine = await counter.places()
    async with counter.engine.begin() as connection:

        async def owner(label: str, carrier: str) -> str | None:
            return await other_with_number(connection, "default", mine, (label, carrier), counter.watch())

        assert [await owner("YT-8", ""), await owner("YT-9", ""), await owner("YT-9", "SF")] == [None, taken, taken]
        assert [await owner("YT-9", "YTO"), await owner("YT-0", "")] == [None, None]
    again = await carried(counter, "YT-8", "IN_TRANSIT", timedelta())
    data = {"state": "OUT_FOR_DELIVERY"}
    body = {
        "kind": "carrier_scan",
        "source": "carrier",
        "event_id": "e-again",
        "tracking_number": "YT-8",
        "occurred_at": counter.watch().isoformat(),
        "data": data,
    }
    answer = await counter.send("POST", "/v1/facts", body, role="carrier")
    assert (answer.json()["order_no"], again == free) == (again, False), "a scan is its new parcel's"
