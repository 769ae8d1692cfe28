"""Requests of an order (§4.12 Update, SR-019, AC-19): yes, or no with reasons; no relay runs in these scenes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.web.counter import NUMBERS, order
from tests.web.living import Life, now, until


def paid(**changes: Any) -> dict[str, Any]:
    at = now().isoformat()
    payment = {"method": "prepaid", "paid_amount": 13600, "paid_at": at}
    return order(placed_at=at, payment=payment, **changes)


def nameless() -> dict[str, Any]:
    body = order(placed_at=now().isoformat())
    return {**body, "customer": body["customer"] | {"name": ""}}


async def started(life: Life, body: dict[str, Any], stage: str) -> str:
    """Place an order and have it started."""
    number = await life.counter.places(body)
    await life.relay().bring_up_to_date(number)
    await life.reaches(number, stage)
    return number


async def test_a_request_starts_the_order_and_tells_it_what_waits(life: Life) -> None:
    number = await life.counter.places(paid())
    answer = await life.asks(
        number, "place_hold", reason="MANUAL", blocks=["release"], note="看一下", review_at=later()
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["order_no"] == number
    await life.counter.tells("picked", "warehouse", order_no=number)
    released = await life.asks(number, "release_hold", hold="H1")
    assert released.status_code == 200, released.text
    rows = await life.counter.rows("SELECT state FROM inbound_fact WHERE order_no = :no", no=number)
    assert {row["state"] for row in rows} == {"delivered"}
    await life.reaches(number, "READY_TO_SHIP")


def later() -> str:
    return now().replace(year=2040).isoformat()


@pytest.mark.clause("SR-054")
async def test_a_refusal_names_its_code_its_reason_and_what_may_be_done(life: Life) -> None:
    number = await started(life, paid(), "READY_TO_SHIP")
    answer = await life.asks(number, "reject_audit", reason="不要了")
    said = answer.json()
    assert (answer.status_code, said["code"], said["stage"], said["version"]) == (
        409,
        "WRONG_STAGE",
        "READY_TO_SHIP",
        1,
    )
    assert said["alternatives"] == ["cancel", "place_hold"]
    assert {"place_hold", "upload_tracking"} <= set(said["allowed_actions"])
    assert said["reason"]
    assert said["todo"]


@pytest.mark.clause("AC-19", "SR-019")
async def test_a_correction_is_kept_and_the_order_audited_again(life: Life) -> None:
    number = await started(life, nameless(), "NEEDS_CORRECTION")
    body: dict[str, Any] = {
        "expected_version": 1,
        "fields": {"customer": {"name": "韩梅梅"}},
        "request_id": f"fix-{number}",
    }
    stale = await life.asks(number, "correct_fields", **{**body, "expected_version": 7, "request_id": f"old-{number}"})
    assert (stale.status_code, stale.json()["code"], stale.json()["version"]) == (409, "STALE_VERSION", 1)
    accepted = await life.asks(number, "correct_fields", **body)
    assert (accepted.status_code, accepted.json()["request_id"]) == (200, f"fix-{number}"), accepted.text
    await life.reaches(number, "AWAITING_CONFIRMATION")
    page = await life.counter.reads(f"/v1/orders/{number}")
    assert (page["version"], page["posted"]["customer"]["name"]) == (2, "韩梅梅")
    late = await life.asks(number, "correct_fields", **{**body, "request_id": f"late-{number}"})
    assert (late.status_code, late.json()["version"]) == (409, 2), "the version it was written for is gone"
    [raw] = await life.counter.rows("SELECT raw FROM inbound_order WHERE order_no = :no", no=number)
    assert raw["raw"]["customer"]["name"] == ""
    rows = await life.counter.rows(
        "SELECT request_id, status FROM correction WHERE order_no = :no ORDER BY id", no=number
    )
    assert [(row["request_id"], row["status"]) for row in rows] == [
        (f"old-{number}", "refused"),
        (f"fix-{number}", "accepted"),
        (f"late-{number}", "refused"),
    ]


async def test_the_same_request_again_gets_the_same_answer_and_changes_nothing(life: Life) -> None:
    number = await started(life, nameless(), "NEEDS_CORRECTION")
    body: dict[str, Any] = {
        "expected_version": 1,
        "fields": {"customer.name": "韩梅梅"},
        "request_id": f"twice-{number}",
    }
    answers = [await life.asks(number, "correct_fields", **body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[1].text
    assert answers[0].json() == answers[1].json()
    other = await life.asks(number, "correct_fields", **{**body, "fields": {"customer.name": "李雷"}})
    assert (other.status_code, other.json()["code"]) == (409, "REQUEST_ID_TAKEN")
    assert (await life.counter.reads(f"/v1/orders/{number}"))["version"] == 2


@pytest.mark.clause("SR-054")
async def test_another_request_under_a_used_id_is_told_so_and_not_done(life: Life) -> None:
    number = await started(life, order(placed_at=now().isoformat()), "AWAITING_CONFIRMATION")
    asked = {"request_id": f"k-{number}"}
    assert (await life.asks(number, "place_hold", reason="DISPUTE", note="n", **asked)).status_code == 200
    other = await life.asks(number, "cancel", reason="n", **asked)
    assert (other.status_code, other.json()["code"]) == (409, "REQUEST_ID_TAKEN")
    assert (await life.counter.reads(f"/v1/orders/{number}"))["stage"] == "AWAITING_CONFIRMATION"


async def test_the_idempotency_key_is_the_requests_id(life: Life) -> None:
    number = await started(life, order(placed_at=now().isoformat()), "AWAITING_CONFIRMATION")
    headers = {**life.counter.key("operator"), "Idempotency-Key": f"key-{number}"}
    path = f"/v1/orders/{number}/place_hold"
    body = {"reason": "DISPUTE", "note": "客户来电"}
    answers = [await life.counter.http.post(path, json=body, headers=headers) for _ in range(2)]
    assert {answer.json()["request_id"] for answer in answers} == {f"key-{number}"}
    assert len((await life.counter.reads(f"/v1/orders/{number}"))["holds"]) == 1


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"customer": {"shoe_size": 44}}, "customer.shoe_size"),
        ({"lines": {"9": {"quantity": 1}}}, "fields.lines.9.quantity"),
        ({"lines.1.quantity": "two"}, "lines.0.quantity"),
        ({"external_id": "other"}, "fields.external_id"),
        ({"lines.1.line": "2"}, "fields.lines.1.line"),
        ({"payment": {"paid_amount": 1}}, "fields.payment.paid_amount"),
    ],
    ids=["field", "line", "type", "identity", "line's identity", "money"],
)
async def test_a_correction_the_order_cannot_have_is_told_by_its_path(
    life: Life, fields: dict[str, Any], path: str
) -> None:
    number = await life.counter.places(nameless())
    answer = await life.asks(number, "correct_fields", expected_version=1, fields=fields)
    assert answer.status_code == 422, answer.text
    assert path in {error["field"] for error in answer.json()["errors"]}
    assert await life.counter.rows("SELECT 1 FROM correction WHERE order_no = :no", no=number) == []


async def test_who_may_ask_for_what(life: Life) -> None:
    number = await started(life, order(placed_at=now().isoformat()), "AWAITING_CONFIRMATION")
    for role in ("viewer", "channel", "warehouse", "carrier", "payment"):
        answer = await life.asks(number, "cancel", role, reason="不要了")
        assert (answer.status_code, answer.json()["code"]) == (403, "role_not_allowed")
    money = {"amount": 13600, "payment_no": f"P{next(NUMBERS)}"}
    assert (await life.asks(number, "confirm_payment", "operator", **money)).status_code == 403
    answer = await life.asks(number, "confirm_payment", "finance", **money)
    assert answer.status_code == 200, answer.text
    await life.reaches(number, "READY_TO_SHIP")


async def test_a_closed_order_takes_no_request(life: Life) -> None:
    number = await started(life, order(placed_at=now().isoformat()), "AWAITING_CONFIRMATION")
    assert (await life.asks(number, "cancel", reason="不要了")).status_code == 200
    await life.reaches(number, "CANCELLED")
    answer = await life.asks(number, "cancel", reason="不要了")
    assert (answer.status_code, answer.json()["code"], answer.json()["stage"]) == (409, "CLOSED", "CANCELLED")


async def test_an_open_order_without_its_workflow_is_told_apart_from_a_closed_one(life: Life) -> None:
    number = await started(life, order(placed_at=now().isoformat()), "AWAITING_CONFIRMATION")
    await life.client.get_workflow_handle(f"order/{number}").terminate("by hand")
    answer = await life.asks(number, "cancel", reason="不要了")
    assert (answer.status_code, answer.json()["code"]) == (409, "WORKFLOW_GONE")


@pytest.mark.clause("EC-21")
async def test_a_tracking_number_belongs_to_one_order(life: Life) -> None:
    first = await started(life, paid(), "READY_TO_SHIP")
    second = await started(life, paid(), "READY_TO_SHIP")
    number = f"SF{next(NUMBERS)}"
    assert (await life.asks(first, "upload_tracking", tracking_number=number)).status_code == 200

    async def recorded() -> object:
        return await life.counter.rows("SELECT 1 FROM package WHERE tracking_number = :number", number=number)

    await until(recorded, "the number was not recorded")
    answer = await life.asks(second, "upload_tracking", tracking_number=number)
    assert (answer.status_code, answer.json()["code"]) == (409, "NUMBER_IN_USE")
    assert first[-4:] in answer.json()["detail"]
    assert first not in answer.text
    stop = asyncio.Event()
    running = asyncio.create_task(life.relay().run(stop))
    scan = {"state": "IN_TRANSIT"}
    await life.counter.tells("carrier_scan", "carrier", data=scan, tracking_number=number)
    both = await life.asks(second, "upload_tracking", tracking_number=number, consolidated=True)
    assert both.status_code == 200
    for order_no in (first, second):
        await life.counter.tells("outbound", "warehouse", data={"package": "1"}, order_no=order_no)
    copied = "SELECT 1 FROM inbound_fact WHERE order_no = :no AND kind = 'carrier_scan'"
    await until(lambda: life.counter.rows(copied, no=second), "the scan before the second upload was not copied")
    await life.counter.tells("carrier_scan", "carrier", data={"state": "DELIVERED"}, tracking_number=number)
    await life.all_reach([first, second], "DELIVERED")
    stop.set()
    await running
    for order_no in (first, second):
        told = await life.counter.rows(
            "SELECT params ->> 'state' AS state FROM order_event WHERE order_no = :no AND code = 'carrier_scan'",
            no=order_no,
        )
        assert sorted(row["state"] for row in told) == ["DELIVERED", "IN_TRANSIT"]


async def test_what_the_body_lacks_is_told(life: Life) -> None:
    number = await life.counter.places(paid())
    answer = await life.asks(number, "cancel")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")
    answer = await life.asks(number, "place_hold", note="x", colour="red", role_="x")
    assert answer.status_code == 422
    assert (await life.asks("SO2026112300000000", "cancel", reason="x")).json()["code"] == "unknown_order"
    assert (await life.asks(number, "confirm_completion")).status_code == 409


@pytest.mark.clause("SR-160")
async def test_many_requests_at_once_are_all_answered(life: Life) -> None:
    number = await started(life, order(placed_at=now().isoformat()), "AWAITING_CONFIRMATION")
    answers = await asyncio.gather(
        *(life.asks(number, "place_hold", reason="DISPUTE", note=f"{count}") for count in range(15))
    )
    assert {answer.status_code for answer in answers} == {200}
