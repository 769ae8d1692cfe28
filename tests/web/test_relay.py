"""The relay (architecture §3): facts to their orders, orders to their start, letters out; each once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from infra.connectors.channel import ChannelAnswer
from infra.connectors.messaging import MessengerUnreachable, ReceiverRefused
from infra.db.waiting.letters import OVERTAKEN
from infra.relay import metrics
from infra.relay.starting import Pace
from tests.web.counter import NUMBERS, order
from tests.web.living import Life, now, until


def unpaid(**changes: Any) -> dict[str, Any]:
    return order(placed_at=now().isoformat(), **changes)


def paid(**changes: Any) -> dict[str, Any]:
    at = now().isoformat()
    return unpaid(payment={"method": "prepaid", "paid_amount": 13600, "paid_at": at}, **changes)


async def ready(life: Life) -> str:
    """An order that its warehouse has."""
    number = await life.counter.places(paid())
    await life.reaches(number, "READY_TO_SHIP")
    return number


@pytest.mark.clause("SR-010", "SR-160", "EC-33")
async def test_fifty_equal_posts_make_one_order_and_one_workflow(relayed: Life) -> None:
    body = paid()
    answers = await asyncio.gather(*(relayed.counter.posts(body) for _ in range(50)))
    [number] = {answer.json()["order_no"] for answer in answers}
    await relayed.reaches(number, "READY_TO_SHIP")
    query = f"WorkflowId = 'order/{number}'"

    async def listed() -> bool:
        return (await relayed.client.count_workflows(query)).count == 1

    await until(listed, "there is not one workflow")
    assert await relayed.signals(number) == 0, "the payment came with the start"


@pytest.mark.clause("SR-030", "SR-161")
async def test_facts_that_decide_nothing_wait_for_one_that_does(relayed: Life) -> None:
    number = await ready(relayed)
    for kind in ("picked", "packed"):
        assert (await relayed.counter.tells(kind, "warehouse", order_no=number)).status_code == 202
    await asyncio.sleep(1.2)
    assert await relayed.signals(number) == 0
    await relayed.counter.tells("outbound", "warehouse", order_no=number)
    await relayed.reaches(number, "SHIPPED")
    assert await relayed.signals(number) == 1
    rows = await relayed.counter.rows("SELECT state, delivered_at FROM inbound_fact WHERE order_no = :no", no=number)
    assert {row["state"] for row in rows} == {"delivered"}
    assert all(row["delivered_at"] for row in rows)


@pytest.mark.clause("EC-18")
async def test_a_fact_before_its_order_finds_it_when_it_comes(relayed: Life) -> None:
    body = unpaid()
    where = {"channel": "tmall", "external_id": body["external_id"]}
    money = {"payment_no": f"P{next(NUMBERS)}", "amount": 13600, "currency": "CNY"}
    early = await relayed.counter.tells("paid", "payment", data=money, **where)
    assert early.json()["result"] == "orphan"
    number = await relayed.counter.places(body)
    await relayed.reaches(number, "READY_TO_SHIP")


@pytest.mark.clause("EC-18")
async def test_a_scan_before_its_number_finds_its_order_when_the_number_comes(relayed: Life) -> None:
    number, parcel = await ready(relayed), f"SF{next(NUMBERS)}"
    delivered = {"state": "DELIVERED", "by_recipient": True}
    scan = await relayed.counter.tells("carrier_scan", "carrier", data=delivered, tracking_number=parcel)
    assert scan.json()["result"] == "orphan"
    await relayed.counter.tells("outbound", "warehouse", data={"tracking_number": parcel}, order_no=number)
    await relayed.reaches(number, "DELIVERED")


@pytest.mark.clause("EC-18")
async def test_an_orphan_is_given_up_after_seven_days_with_an_alert(relayed: Life) -> None:
    answer = await relayed.counter.tells("channel_closed", "channel", order_no="SO2026112300000001")
    fact = answer.json()["fact_id"]
    old = now() - timedelta(days=7, minutes=1)
    await relayed.counter.rows_changed(
        "UPDATE inbound_fact SET received_at = :old WHERE fact_id = :fact", old=old, fact=fact
    )

    async def alerted() -> object:
        found = "SELECT 1 FROM alert WHERE kind = 'fact_unmatched' AND detail ->> 'fact_id' = :fact"
        return await relayed.counter.rows(found, fact=fact)

    await until(alerted, "nobody was told of the orphan")


@pytest.mark.clause("SR-023")
async def test_a_fact_for_a_closed_order_is_kept_shown_counted_and_alerted(relayed: Life) -> None:
    number = await relayed.counter.places(unpaid())
    await relayed.reaches(number, "AWAITING_CONFIRMATION")
    await relayed.asks(number, "cancel", reason="不要了")
    await relayed.reaches(number, "CANCELLED")
    before = metrics.UNMATCHED._value.get()
    answer = await relayed.counter.tells("packed", "warehouse", order_no=number)
    assert answer.status_code == 202

    async def unmatched() -> bool:
        story = await relayed.counter.reads(f"/v1/orders/{number}/timeline", lang="en")
        return any(line["state"] == "unmatched" and "closed" in line["text"] for line in story["timeline"])

    await until(unmatched, "the late news is not in the timeline")
    assert metrics.UNMATCHED._value.get() == before + 1
    alerts = await relayed.counter.rows("SELECT kind FROM alert WHERE order_no = :no", no=number)
    assert [alert["kind"] for alert in alerts] == ["fact_unmatched"]


@pytest.mark.clause("SR-023")
async def test_a_fact_that_does_not_fit_does_not_read_as_if_it_had_happened(relayed: Life) -> None:
    number = await ready(relayed)
    await relayed.counter.tells("channel_closed", "channel", order_no=number)

    async def said(lang: str) -> list[str]:
        story = await relayed.counter.reads(f"/v1/orders/{number}/timeline", lang=lang)
        return [line["text"] for line in story["timeline"] if line["state"] == "unmatched"]

    async def unmatched() -> bool:
        return bool(await said("en"))

    await until(unmatched, "the timeline has the closing as a fact like any other")
    assert ["This did not fit and changed nothing: " in text for text in await said("en")] == [True]
    assert ["此消息不适用，未作处理：" in text for text in await said("zh-Hans")] == [True]


@pytest.mark.clause("SR-121", "EC-37")
async def test_a_refused_number_is_a_fact_and_is_tried_again_until_the_channel_takes_it(relayed: Life) -> None:
    number, parcel = await ready(relayed), f"SF{next(NUMBERS)}"
    refused = ChannelAnswer(accepted=False, reason="单号格式错误")
    relayed.parties.fails[f"{number}/push_tracking"] = [refused, refused]
    relayed.parties.fails[f"{number}/push_status/SHIPPED"] = [refused]
    await relayed.counter.tells("outbound", "warehouse", data={"tracking_number": parcel}, order_no=number)
    facts = "SELECT kind FROM inbound_fact WHERE order_no = :no AND kind LIKE 'tracking_%' ORDER BY id"

    async def accepted() -> bool:
        kinds = [row["kind"] for row in await relayed.counter.rows(facts, no=number)]
        return kinds == ["tracking_refused", "tracking_accepted"]

    await until(accepted, "the channel's answers are not facts")
    sent = "SELECT * FROM outbox WHERE order_no = :no AND kind = 'push_tracking' AND sent_at IS NOT NULL"

    async def written_down() -> bool:
        letters = await relayed.counter.rows(sent, no=number)
        return [(letter["attempts"], letter["last_error"]) for letter in letters] == [(3, "")]

    await until(written_down, "the letter is not marked as sent")
    names = "kind, body #>> '{data,status}' AS status"
    told = f"SELECT {names} FROM inbound_fact WHERE order_no = :no AND kind LIKE 'status_%'"  # noqa: S608

    async def told_so() -> bool:
        kinds = [(row["kind"], row["status"]) for row in await relayed.counter.rows(f"{told} ORDER BY id", no=number)]
        return kinds == [("status_refused", "SHIPPED"), ("status_accepted", "SHIPPED")]

    await until(told_so, "the channel's answers to a status are not facts")


@pytest.mark.clause("SR-121", "EC-22")
async def test_a_number_that_was_replaced_is_not_pushed_after_the_right_one(relayed: Life) -> None:
    number, wrong, right = await ready(relayed), f"W{next(NUMBERS)}", f"R{next(NUMBERS)}"
    refused = ChannelAnswer(accepted=False, reason="单号格式错误")
    relayed.parties.fails[f"{number}/push_tracking"] = [refused]
    await relayed.counter.tells("outbound", "warehouse", data={"tracking_number": wrong}, order_no=number)
    facts = "SELECT kind, tracking_number FROM inbound_fact WHERE order_no = :no AND kind LIKE 'tracking_%' ORDER BY id"

    async def refusal() -> object:
        return await relayed.counter.rows(facts, no=number)

    await until(refusal, "the channel did not refuse")
    replaced = {"package": "1", "tracking_number": right}
    await relayed.counter.tells("tracking_number", "warehouse", data=replaced, order_no=number)
    letters = "SELECT key, sent_at, last_error FROM outbox WHERE order_no = :no AND kind = 'push_tracking'"

    async def settled() -> bool:
        rows = await relayed.counter.rows(letters, no=number)
        return len(rows) == 2 and all(row["sent_at"] or row["last_error"] == OVERTAKEN for row in rows)

    await until(settled, "a number is not settled")
    pushed = [key for key in relayed.parties.taken if key.startswith(f"{number}/push_tracking")]
    assert [key.rpartition("/")[2] for key in pushed] == [right]


@pytest.mark.clause("SR-022")
async def test_a_label_that_did_not_arrive_in_time_does_not_come_after_its_successor(relayed: Life) -> None:
    relayed.parties.fails["push_status/READY_TO_SHIP"] = [MessengerUnreachable("no answer")] * 3
    number = await ready(relayed)
    await relayed.counter.tells("outbound", "warehouse", order_no=number)
    left = (
        "SELECT 1 FROM outbox WHERE order_no = :no AND kind = 'push_status' AND sent_at IS NULL AND last_error <> :gone"
    )

    async def settled() -> bool:
        shipped = f"{number}/push_status/SHIPPED" in relayed.parties.taken
        return shipped and not await relayed.counter.rows(left, no=number, gone=OVERTAKEN)

    await until(settled, "a label is not settled")
    relayed.parties.fails.clear()
    told = [key.rpartition("/")[2] for key in relayed.parties.taken if key.startswith(f"{number}/push_status")]
    assert told in (["SHIPPED"], ["READY_TO_SHIP", "SHIPPED"])


@pytest.mark.clause("SR-035", "SR-055")
async def test_a_message_is_said_in_words_to_whom_it_is_for_and_once(relayed: Life) -> None:
    number = await relayed.counter.places(paid())
    relayed.parties.fails[f"{number}/message"] = [MessengerUnreachable("no answer"), MessengerUnreachable("none")]
    key = f"{number}/message/ORDER_CONFIRMED/order"

    async def sent() -> object:
        return relayed.parties.taken.get(key)

    await until(sent, "the customer was told nothing")
    [message] = relayed.parties.taken[key]
    assert message.receiver == "13800138000"
    assert "已确认" in message.text
    assert "{" not in message.text
    assert relayed.parties.tried[key] == 3


async def test_a_receiver_who_cannot_be_reached_is_given_up_with_an_alert(relayed: Life) -> None:
    body = paid()
    relayed.parties.fails["/message/ORDER_CONFIRMED"] = [ReceiverRefused("空号")]
    number = await relayed.counter.places(body)

    async def alerted() -> object:
        return await relayed.counter.rows("SELECT 1 FROM alert WHERE order_no = :no", no=number)

    await until(alerted, "nobody was told that the customer cannot be reached")
    [letter] = await relayed.counter.rows("SELECT * FROM outbox WHERE order_no = :no AND kind = 'message'", no=number)
    assert (letter["sent_at"], letter["attempts"], letter["last_error"]) == (None, 1, "空号")


@pytest.mark.clause("SR-022")
async def test_completed_is_told_to_the_erp_and_to_no_channel(relayed: Life) -> None:
    number, parcel = await ready(relayed), f"SF{next(NUMBERS)}"
    await relayed.counter.tells("outbound", "warehouse", data={"tracking_number": parcel}, order_no=number)
    await relayed.reaches(number, "SHIPPED")
    delivered = {"state": "DELIVERED", "by_recipient": True}
    await relayed.counter.tells("carrier_scan", "carrier", data=delivered, tracking_number=parcel)
    await relayed.reaches(number, "DELIVERED")
    await relayed.counter.tells("confirmed", "channel", order_no=number)
    await relayed.reaches(number, "COMPLETED")
    prefix = f"{number}/push_status"

    async def pushed() -> bool:
        return f"erp {prefix}/COMPLETED" in relayed.parties.taken

    await until(pushed, "the ERP does not know that the order is completed")
    told = {key.rpartition("/")[2] for key in relayed.parties.taken if key.startswith(prefix)}
    assert told == {"READY_TO_SHIP", "SHIPPED"}


async def test_relays_share_the_work(relayed: Life) -> None:
    stop = asyncio.Event()
    others = [asyncio.create_task(relayed.relay(pace=Pace(bite=2)).run(stop)) for _ in range(2)]
    numbers = await asyncio.gather(*(relayed.counter.places(paid()) for _ in range(10)))
    await relayed.all_reach(numbers, "READY_TO_SHIP")
    for number in numbers:
        await relayed.counter.tells("outbound", "warehouse", order_no=number)
    await relayed.all_reach(numbers, "SHIPPED")

    async def all_sent() -> bool:
        waiting = "SELECT 1 FROM outbox WHERE order_no = ANY(:numbers) AND sent_at IS NULL"
        return not await relayed.counter.rows(waiting, numbers=list(numbers))

    await until(all_sent, "letters are left")
    stop.set()
    await asyncio.gather(*others)
    for number in numbers:
        assert await relayed.signals(number) == 1
        assert {key: times for key, times in relayed.parties.tried.items() if number in key and times > 1} == {}


@pytest.mark.clause("AC-54")
async def test_no_personal_data_goes_to_temporal(relayed: Life) -> None:
    number = await ready(relayed)
    told = (await relayed.history(number)).to_json()
    for secret in ("13800138000", "王小明", "文三路", "buyer-of-tea"):
        assert secret not in told
