"""The main job on real input: orders come in over HTTP and live their whole life (§4.2, §4.12; architecture §3)."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.evidence import done, doubled, effects, messages, needles
from tests.whole.house import PERSONAL, RECEIVER, TOLD, House, eventually, now, order


async def placed(house: House, external_id: str, behavior: dict[str, Any] | None = None, **changes: Any) -> str:
    """Place an order; its number."""
    if behavior:
        await house.desk.behave(external_id, behavior)
    answer = await house.posts(order(external_id, **changes))
    assert answer.status_code == 201, answer.text
    order_no: str = answer.json()["order_no"]
    return order_no


async def codes(house: House, order_no: str) -> Counter[str]:
    """How often each thing stands in the order's timeline."""
    return Counter(line["code"] for line in (await house.asks(f"/orders/{order_no}/timeline"))["timeline"])


async def reaches(house: House, order_no: str, stage: str) -> None:
    """Wait until the order has a stage."""

    async def there() -> bool:
        return (await house.desk.detail(order_no)).stage == stage

    await eventually(there, f"{order_no} never was {stage}")


@pytest.mark.clause("SR-163")
async def test_with_external_servers_nothing_embedded_starts(house: House) -> None:
    assert set(house.stack.pids) == {"simulators", "worker", "api"}
    assert not (house.stack.folder.path / "postgres").exists()
    assert not (house.stack.folder.path / "temporal.db").exists()


@pytest.mark.clause("AC-01", "SR-010", "SR-023")
async def test_an_order_lives_its_whole_life(house: House) -> None:
    before = house.evidence.shelves()
    order_no = await placed(house, "whole-life")
    (ended,) = await house.see_ended([order_no])
    assert (ended.stage, ended.cases) == ("COMPLETED", ())
    assert {clock.verdict for clock in ended.clocks} <= {"met", "void"}
    told = await house.log("whole-life")
    assert sorted(messages(told)) == sorted(TOLD)
    assert doubled(told) == []
    assert [effect[:2] for effect in effects(told) if effect[0] in {"erp", "warehouse"}] == [
        ("erp", "/documents"),
        ("warehouse", "/releases"),
        ("erp", "/states"),
        ("erp", "/states"),
        ("erp", "/states"),
    ]
    story = await codes(house, order_no)
    assert {code: story[code] for code in ("paid", "picked", "packed", "outbound", "carrier_scan", "confirmed")} == {
        **dict.fromkeys(("paid", "picked", "packed", "outbound", "confirmed"), 1),
        "carrier_scan": 5,
    }
    assert house.evidence.unbalanced(before) == []


@pytest.mark.clause("SR-160", "SR-161")
async def test_fifty_equal_posts_at_once_make_one_order_and_one_workflow(house: House) -> None:
    body = order("fifty-times")
    answers = await asyncio.gather(*(house.posts(body) for _ in range(50)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 49}
    (order_no,) = {answer.json()["order_no"] for answer in answers}
    assert {answer.json()["workflow_id"] for answer in answers} == {f"order/{order_no}"}
    (ended,) = await house.see_ended([order_no])
    assert ended.stage == "COMPLETED"
    assert doubled(await house.log("fifty-times")) == []
    kept = house.evidence.rows("SELECT order_no FROM inbound_order WHERE external_id = 'fifty-times'")
    assert kept == [{"order_no": order_no}]
    workflows = [found async for found in house.temporal.list_workflows(f'WorkflowId = "order/{order_no}"')]
    assert len(workflows) == 1


@pytest.mark.clause("AC-37")
async def test_a_worker_killed_in_the_middle_changes_nothing(house: House) -> None:
    before = house.evidence.shelves()
    names = [f"killed-{number}" for number in range(12)]
    numbers = []
    for number, name in enumerate(names):
        slow = {"erp": {"slow": 2}} if number % 2 else {}
        numbers.append(await placed(house, name, {**slow, "warehouse": {"outbound": number / 10}}))
    await asyncio.sleep(0.5)
    house.kill("worker")
    ended = await house.see_ended(numbers, within=50)
    assert {(one.stage, one.cases) for one in ended} == {("COMPLETED", ())}
    for name in names:
        told = await house.log(name)
        assert doubled(told) == []
        assert sorted(messages(told)) == sorted(TOLD)
        assert [len(done(told, *way)) for way in (("erp", "/documents"), ("warehouse", "/releases"))] == [1, 1]
    assert house.evidence.unbalanced(before) == []


@pytest.mark.clause("SR-161", "AC-37")
async def test_facts_that_came_while_the_worker_was_down_are_told_once(house: House) -> None:
    order_no = await placed(house, "late-facts", {"warehouse": {"outbound": "never"}})
    await reaches(house, order_no, "READY_TO_SHIP")
    house.kill("worker")
    sent = {"source": "warehouse", "event_id": "late-out", "kind": "outbound", "order_no": order_no}
    out = {**sent, "occurred_at": now().isoformat(), "data": {"tracking_number": "SF-LATE-1", "carrier": "SF"}}
    seen = {"source": "carrier", "event_id": "late-scan", "kind": "carrier_scan", "tracking_number": "SF-LATE-1"}
    scan = {**seen, "occurred_at": now().isoformat(), "data": {"state": "DELIVERED", "by_recipient": True}}
    ended = {"source": "channel", "event_id": "late-end", "kind": "confirmed", "order_no": order_no, "data": {}}
    for fact in (out, scan, ended):
        await house.desk.tell({"occurred_at": now().isoformat(), **fact})
    assert (await house.asks(f"/orders/{order_no}/explanation"))["waiting_facts"] >= 2
    (order_now,) = await house.see_ended([order_no])
    assert (order_now.stage, order_now.cases) == ("COMPLETED", ())
    story = await codes(house, order_no)
    assert {code: story[code] for code in ("outbound", "confirmed")} == {"outbound": 1, "confirmed": 1}
    kept = house.evidence.rows(
        "SELECT fact_id, state FROM inbound_fact WHERE order_no = %(no)s AND event_id LIKE 'late-%%'", no=order_no
    )
    assert {row["fact_id"]: row["state"] for row in kept} == dict.fromkeys(
        ("warehouse:late-out", "carrier:late-scan", "channel:late-end"), "delivered"
    )
    stopped = house.evidence.rows(
        "SELECT stop_at FROM clock WHERE kind = 'C4' AND stop_event = 'outbound' AND order_no = %(no)s", no=order_no
    )
    assert [row["stop_at"].isoformat() for row in stopped] == [out["occurred_at"]]


async def test_a_fact_for_a_closed_order_is_kept_shown_and_counted(house: House) -> None:
    order_no = await placed(house, "closed")
    await house.see_ended([order_no])
    counted = await house.counted("relay_facts_unmatched_total")
    late = {"source": "channel", "event_id": "too-late", "kind": "channel_closed", "order_no": order_no, "data": {}}
    await house.desk.tell({**late, "occurred_at": now().isoformat()})

    async def unmatched() -> bool:
        found = (await house.asks(f"/orders/{order_no}/timeline"))["timeline"]
        return [line["code"] for line in found if line["state"] == "unmatched"] == ["channel_closed"]

    await eventually(unmatched, "the fact is not shown as unmatched")
    assert await house.counted("relay_facts_unmatched_total") == counted + 1
    alerts = house.evidence.rows("SELECT kind FROM alert WHERE order_no = %(no)s", no=order_no)
    assert alerts == [{"kind": "fact_unmatched"}]
    assert (await house.desk.detail(order_no)).stage == "COMPLETED"


@pytest.mark.clause("AC-54")
async def test_personal_data_stands_in_no_log_id_attribute_payload_or_figure(house: House) -> None:
    unreachable = {**RECEIVER["customer"], "phone": ""}
    order_no = await placed(house, "personal-corrected", customer=unreachable)
    await reaches(house, order_no, "NEEDS_CORRECTION")
    fields = {"customer": {"phone": "19911113333"}}
    await house.desk.ask(order_no, "correct_fields", {"expected_version": 1, "fields": fields})
    refused = await placed(
        house, "personal-late", {"messenger": {"refuses": "号码19911112222无法送达"}, "erp": {"failing": 1}}
    )
    assert (await house.posts({**order("personal-wrong"), "欧阳拾光": "欧阳拾光"})).status_code == 422
    assert (await house.posts(order("personal-late", seller_memo="请轻放勿压谢谢", total=1))).status_code == 409
    assert {ended.stage for ended in await house.see_ended([order_no, refused])} == {"COMPLETED"}
    words = needles(PERSONAL)
    places = [*house.logs(), *[place async for place in house.seen_by_temporal()], *await house.figures()]
    assert any(needles(["浙江省"])[0] in text for _, text in places), "what is looked through holds no payload"
    assert [(name, word.decode()) for name, text in places for word in words if word in text] == []
