"""Late facts in the books: each step once however often it comes, and no fact is lost on its way (edge case 19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from activities.late import LateActivities
from domain.catalogue.sentences import SENTENCES
from domain.facts import Paid
from domain.late import ClosedOrder, LateInput, LateNews, Repayment, Step, repayment
from infra.db import tables
from infra.db.waiting.facts import WaitingFact
from infra.relay.late import Late
from tests.departments.desk import Desk, late_department


@pytest.fixture
def department(desk: Desk) -> LateActivities:
    return late_department(desk)


async def closed(desk: Desk, stage: str = "CANCELLED", **books: Any) -> str:
    """An order that is over."""
    order_no = await desk.order_came_in()
    changed = update(tables.orders).where(tables.orders.c.order_no == order_no)
    async with desk.engine.begin() as connection:
        await connection.execute(changed.values(stage=stage, final=True, payment_state="unpaid", **books))
    return order_no


async def told(desk: Desk, order_no: str, code: str, **params: Any) -> None:
    """A line that stands in the order's timeline."""
    line = {"key": f"{code}/{params}", "code": code, "at": desk.now, "recorded_at": desk.now, "params": params}
    async with desk.engine.begin() as connection:
        await connection.execute(insert(tables.order_event).values(order_no=order_no, **line))


async def came(desk: Desk, order_no: str, kind: str = "paid", **data: Any) -> WaitingFact:
    """A fact that waits in the inbox."""
    said = {"payment_no": "P9", "amount": 16800, "currency": "CNY"} if kind == "paid" else data
    row = {"source": "payment", "event_id": f"{order_no}-{kind}", "kind": kind, "fact_id": f"payment:{order_no}-{kind}"}
    times = {"occurred_at": desk.now, "received_at": desk.now}
    kept = insert(tables.inbound_fact).values(order_no=order_no, body={"data": said}, body_hash="h", **row, **times)
    async with desk.engine.begin() as connection:
        number = (await connection.execute(kept.returning(tables.inbound_fact.c.id))).scalar_one()
    fact = {"id": row["fact_id"], "kind": kind, **{name: at.isoformat() for name, at in times.items()}, **said}
    return WaitingFact(number, order_no, fact)


def back_of(desk: Desk, order: ClosedOrder) -> Repayment:
    fact = Paid(id="f", occurred_at=desk.now, received_at=desk.now, payment_no="P9", amount=16800, currency="CNY")
    found = repayment(order, fact)
    assert found is not None
    return found


async def everything(desk: Desk, order_no: str) -> dict[str, list[dict[str, Any]]]:
    """All rows that a step may write."""
    names = ("orders", "exception_case", "task", "order_event", "outbox", "alert")
    return {name: await desk.rows(getattr(tables, name), order_no=order_no) for name in names}


@pytest.mark.clause("AC-32")
@pytest.mark.parametrize(("stage", "captured"), [("CANCELLED", 0), ("COMPLETED", 16800)])
async def test_each_step_is_written_once(desk: Desk, department: LateActivities, stage: str, captured: int) -> None:
    order_no = await closed(desk, stage, captured=captured)
    back = back_of(desk, await department.look_at_closed_order(LateInput(order_no=order_no)))
    for minute, step in enumerate((Step.OPENED, Step.REFUSED, Step.RETURNED)):
        at = desk.now + timedelta(minutes=minute)
        news = LateNews(order_no=order_no, at=at, step=step, repayment=back, reference="TK-1", reason="closed")
        await department.record_late(news)
        written = await everything(desk, order_no)
        await department.record_late(news)
        assert await everything(desk, order_no) == written
    once = await everything(desk, order_no)
    late = LateNews(order_no=order_no, at=desk.now, step=Step.REFUSED, repayment=back, reason="too late")
    await department.record_late(late)
    assert await everything(desk, order_no) == once, "what has gone back cannot be refused any more"
    [order], [letter] = once["orders"], once["outbox"]
    assert (order["captured"], order["refunded"], order["open_cases"]) == (captured + 16800, 16800, [])
    assert letter["key"] == f"{order_no}/message/LATE_PAYMENT_REFUND/payment/P9"
    assert [line["code"] for line in once["order_event"]] == [
        "case_opened",
        "effect_parked",
        "effect_done",
        "case_resolved",
    ]
    assert {line["code"] for line in once["order_event"]} <= SENTENCES.keys()
    assert [alert["kind"] for alert in once["alert"]] == (["paid_twice"] if captured else [])


async def test_a_late_case_takes_the_next_number_and_the_trail_goes_on(desk: Desk, department: LateActivities) -> None:
    order_no = await closed(desk)
    row = {"case_no": 3, "kind": "CONFIRM_OVERDUE", "subject": "order", "status": "RESOLVED", "opened_at": desk.now}
    async with desk.engine.begin() as connection:
        await connection.execute(insert(tables.exception_case).values(order_no=order_no, resolved_at=desk.now, **row))
    await told(desk, order_no, "order_received")
    back = back_of(desk, await department.look_at_closed_order(LateInput(order_no=order_no)))
    await department.record_late(LateNews(order_no=order_no, at=desk.now, step=Step.OPENED, repayment=back))
    written = await everything(desk, order_no)
    assert [case["case_no"] for case in written["exception_case"]] == [3, 4]
    first, second = written["order_event"]
    assert (second["seq"], second["prev_hash"]) == (2, first["hash"])
    assert written["orders"][0]["open_cases"] == ["LATE_PAYMENT"]


@pytest.mark.clause("AC-32", "SR-015")
async def test_the_books_know_every_payment_that_the_order_took(desk: Desk, department: LateActivities) -> None:
    order_no = await closed(desk)
    await told(desk, order_no, "paid", payment_no="P1", amount=1)
    await told(desk, order_no, "confirm_payment", payment_no="BANK-2")
    await told(desk, order_no, "effect_done", effect="ask_payer", receipts=[{"payment_no": "P3"}, {"payment_no": "P4"}])
    await told(desk, order_no, "effect_done", effect="refund_payment", reference="TK-1")
    order = await department.look_at_closed_order(LateInput(order_no=order_no))
    assert sorted(order.payments) == ["BANK-2", "P1", "P3", "P4"]
    assert order.returned == ()


async def test_of_an_order_that_is_not_in_the_books_nothing_is_known(department: LateActivities) -> None:
    order = await department.look_at_closed_order(LateInput(order_no="SO2026112399999999"))
    assert (order.final, order.stage) == (False, "")


# -- on the way there ------------------------------------------------------------------------------------------------


class Doorkeeper:
    """The way to Temporal, open or not."""

    def __init__(self, *, works: bool = True) -> None:
        self.works = works
        self.told: list[tuple[str, list[str]]] = []

    async def tell_late(self, order_no: str, facts: Sequence[Mapping[str, Any]]) -> None:
        if not self.works:
            raise ConnectionError
        self.told.append((order_no, [fact["kind"] for fact in facts]))


async def states(desk: Desk, order_no: str) -> dict[str, str]:
    return {row["kind"]: row["state"] for row in await desk.rows(tables.inbound_fact, order_no=order_no)}


@pytest.mark.clause("AC-32")
async def test_only_what_has_a_meaning_is_passed_on_and_the_rest_is_alerted(desk: Desk) -> None:
    order_no, other = await closed(desk), await closed(desk, "CLOSED")
    facts = [await came(desk, order_no), await came(desk, order_no, "confirmed"), await came(desk, other)]
    door: Any = Doorkeeper()
    await Late(desk.engine, door, desk.watch).take(facts)
    assert door.told == [(order_no, ["paid"])]
    assert await states(desk, order_no) == {"paid": "delivered", "confirmed": "unmatched"}
    assert await states(desk, other) == {"paid": "unmatched"}
    alerts = await desk.rows(tables.alert)
    assert sorted((alert["order_no"], alert["detail"]["kind"]) for alert in alerts) == sorted(
        [(order_no, "confirmed"), (other, "paid")]
    )


@pytest.mark.clause("AC-32")
async def test_a_fact_waits_until_temporal_takes_it(desk: Desk) -> None:
    order_no = await closed(desk)
    facts = [await came(desk, order_no), await came(desk, order_no, "confirmed")]
    away: Any = Doorkeeper(works=False)
    with pytest.raises(ConnectionError):
        await Late(desk.engine, away, desk.watch).take(facts)
    assert await states(desk, order_no) == {"paid": "waiting", "confirmed": "waiting"}
    assert await desk.rows(tables.alert) == []
