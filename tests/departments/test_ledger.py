"""Recording: one turn of an order in one transaction, however often it comes (architecture §3.6)."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import insert

from domain.facts import Moved
from domain.recording import (
    CaseRow,
    ClockRow,
    Entry,
    Letter,
    LineRow,
    PackageRow,
    Projection,
    Recording,
    ShipmentRow,
    TaskRow,
)
from domain.stock import Want
from infra.db import tables
from infra.db.ledger import Ledger
from infra.db.record import statement_for
from infra.db.reservations import Cause
from infra.db.stock import reserve
from tests.departments.desk import Desk

AT = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


def a_turn(order_no: str, sequence: int = 1, **members: object) -> Recording:
    shown = Projection(
        stage="AWAITING_CONFIRMATION",
        label="待付款",
        payment_state="unpaid",
        version=1,
        open_cases=("CONFIRM_OVERDUE",),
        explanation={"waiting_for": "payer"},
        holds=({"id": "h1"},),
    )
    turn = {"order_no": order_no, "run_id": "run-1", "run_started_at": AT, "sequence": sequence, "at": AT}
    return Recording.model_validate({**turn, "projection": shown, **members})


def everything(order_no: str) -> Recording:
    return a_turn(
        order_no,
        lines=(LineRow(line="1", sku="TEA", quantity=2, unit_price=6800, discount=600, reserved=2),),
        shipments=(ShipmentRow(shipment=1, warehouse="WH_SH", state="PLANNED", lines={"1": 2}),),
        packages=(PackageRow(package="1", shipment=1, state="LABELLED", tracking_number="SF001"),),
        clocks=(
            ClockRow(
                kind="C1", subject="order", start_at=AT, due_at=AT + HOUR, pauses=((AT, None),), verdict="running"
            ),
        ),
        cases=(CaseRow(case_no=1, kind="CONFIRM_OVERDUE", subject="order", status="OPEN", level=0, opened_at=AT),),
        tasks=(TaskRow(key="t", kind="CORRECT", role="sales", opened_at=AT, params={"fields": ["customer.phone"]}),),
        entries=(Entry(key="e1", code="order_received", at=AT, recorded_at=AT, params={"n": 1}),),
        outbox=(Letter(key=f"{order_no}/message/PAY/order", kind="message", template="PAY"),),
    )


async def write(ledger: Ledger, turn: Recording) -> bool:
    return await ledger.record(turn.model_dump_json())


async def test_a_turn_writes_all_rows_of_the_order(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    assert await write(ledger, everything(order_no))
    (shown,) = await desk.rows(tables.orders)
    assert (shown["stage"], shown["open_cases"], shown["sequence"]) == ("AWAITING_CONFIRMATION", ["CONFIRM_OVERDUE"], 1)
    assert shown["search"] == f"{order_no} {shown['external_id']} SF001"
    (clock,) = await desk.rows(tables.clock)
    assert (clock["due_at"], clock["pauses"]) == (AT + HOUR, [["2026-11-23T12:00:05Z", None]])
    (letter,) = await desk.rows(tables.outbox)
    assert (letter["template"], letter["next_attempt_at"], letter["sent_at"]) == ("PAY", AT, None)
    for table in (tables.order_line, tables.shipment, tables.package, tables.exception_case, tables.task):
        assert len(await desk.rows(table, order_no=order_no)) == 1
    assert [entry["code"] for entry in await desk.rows(tables.order_event)] == ["order_received"]


async def test_the_relay_is_woken_by_a_new_letter_only(desk: Desk, ledger: Ledger, database_url: str) -> None:
    turn = everything(await desk.order_came_in())
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as ear:
        await ear.execute("LISTEN relay")
        for sequence in (1, 1, 2):
            await write(ledger, turn.having(sequence=sequence))
        assert [word.payload async for word in ear.notifies(timeout=0.2)] == ["outbox"]


def test_a_turn_opens_the_tables_it_writes_and_no_others() -> None:
    whole = everything("SO1").model_dump(mode="json")
    quiet = a_turn("SO1").model_dump(mode="json")
    for table in ("order_line", "shipment", "package", "clock", "exception_case", "task", "order_event", "outbox"):
        assert f"INTO {table} " in statement_for(whole)
        assert f"INTO {table} " not in statement_for(quiet)
    older = {member: rows for member, rows in quiet.items() if member != "debts"}
    assert statement_for(older) == statement_for(quiet)


async def test_the_same_turn_again_changes_nothing(desk: Desk, ledger: Ledger) -> None:
    turn = everything(await desk.order_came_in())
    watched = [tables.orders, tables.order_line, tables.clock, tables.order_event, tables.outbox, tables.task]
    await write(ledger, turn)
    before = [await desk.rows(table) for table in watched]
    assert not await write(ledger, turn)
    assert [await desk.rows(table) for table in watched] == before


async def test_an_overtaken_turn_changes_nothing_but_its_trail_is_kept(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    late = Entry(key="late", code="late", at=AT, recorded_at=AT)
    case = CaseRow(case_no=1, kind="K", subject="order", status="OPEN", level=0, opened_at=AT)
    await write(ledger, a_turn(order_no, 5, cases=(case.having(status="RESOLVED"),)))
    assert not await write(ledger, a_turn(order_no, 4, cases=(case,), entries=(late,)))
    (shown,) = await desk.rows(tables.orders)
    assert shown["sequence"] == 5
    assert [row["status"] for row in await desk.rows(tables.exception_case)] == ["RESOLVED"]
    assert [row["key"] for row in await desk.rows(tables.order_event)] == ["late"]


async def test_a_turn_taken_anew_after_its_worker_died_counts(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    package = PackageRow(package="1", shipment=1, state="OUT_FOR_DELIVERY")
    lost = a_turn(order_no, 5, packages=(package,))
    await write(ledger, lost)
    anew = a_turn(order_no, 5, at=AT + HOUR, packages=(package.having(state="DELIVERED"),))
    assert await write(ledger, anew)
    assert not await write(ledger, lost)
    assert [row["state"] for row in await desk.rows(tables.package)] == ["DELIVERED"]


async def test_the_projection_belongs_to_the_run_that_started_last(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    await write(ledger, a_turn(order_no, 9))
    reset = {"run_id": "run-2", "run_started_at": AT + HOUR}
    assert await write(ledger, a_turn(order_no, 3, **reset))
    assert not await write(ledger, a_turn(order_no, 10))
    (shown,) = await desk.rows(tables.orders)
    assert (shown["run_id"], shown["sequence"]) == ("run-2", 3)


async def reported(desk: Desk, order_no: str, event: str, kind: str, state: str = "waiting") -> None:
    """A fact is in the inbox."""
    about = {"source": "wms", "event_id": event, "fact_id": f"wms:{event}", "kind": kind, "order_no": order_no}
    body = {"data": {"shipment": 2}}
    heard = {"occurred_at": AT, "received_at": AT, "state": state, "delivered_at": AT if state == "delivered" else None}
    async with desk.engine.begin() as connection:
        await connection.execute(insert(tables.inbound_fact).values(**about, **heard, body=body, body_hash="h"))


async def test_the_facts_a_turn_took_in_are_delivered_and_the_others_wait(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    for event, kind in (("e1", "picked"), ("e2", "packed")):
        await reported(desk, order_no, event, kind)
    await write(ledger, a_turn(order_no, fact_ids=("wms:e1",)))
    waiting = (await ledger.look(order_no)).facts
    assert [(fact["id"], fact["kind"], fact["shipment"]) for fact in waiting] == [("wms:e2", "packed", 2)]
    states = {row["event_id"]: (row["state"], row["delivered_at"]) for row in await desk.rows(tables.inbound_fact)}
    assert states == {"e1": ("delivered", AT), "e2": ("waiting", None)}


async def test_an_unmatched_fact_is_alerted_once(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    fact = {"id": "wms:e1", "kind": "outbound", "at": AT.isoformat(), "reason": "the order is closed"}
    turn = a_turn(order_no)
    for sequence in (1, 2):
        await write(ledger, turn.having(sequence=sequence, projection=turn.projection.having(unmatched=(fact,))))
    (alert,) = await desk.rows(tables.alert)
    assert (alert["kind"], alert["order_no"], alert["detail"]["fact_id"]) == ("fact_unmatched", order_no, "wms:e1")


@pytest.mark.parametrize("state", ["waiting", "delivered"])
async def test_a_fact_that_did_not_fit_is_unmatched_until_it_fits(desk: Desk, ledger: Ledger, state: str) -> None:
    """The relay may write down before or after the order that the order heard of it."""
    order_no = await desk.order_came_in()
    await reported(desk, order_no, "e1", "packed", state)
    await reported(desk, order_no, "e2", "picked", state)
    fact = {"id": "wms:e1", "kind": "packed", "at": AT.isoformat(), "reason": "there is no shipment 2"}
    turn = a_turn(order_no, fact_ids=("wms:e1", "wms:e2"))
    odd = turn.having(projection=turn.projection.having(unmatched=(fact,)))

    async def states() -> list[tuple[str, datetime]]:
        return [(row["state"], row["delivered_at"]) for row in await desk.rows(tables.inbound_fact)]

    await write(ledger, odd)
    assert await states() == [("unmatched", AT), ("delivered", AT)]
    await write(ledger, turn.having(sequence=2, fact_ids=()))
    assert await states() == [("delivered", AT), ("delivered", AT)]
    await write(ledger, odd)
    assert await states() == [("delivered", AT), ("delivered", AT)], "an overtaken turn changed it"


def with_a_package(order_no: str, sequence: int, units: int, **members: object) -> Recording:
    return a_turn(
        order_no,
        sequence,
        lines=(LineRow(line="1", sku="TEA", quantity=3, unit_price=1, discount=0),),
        shipments=(ShipmentRow(shipment=1, warehouse="WH_SH", state="OUTBOUND", lines={"1": 3}),),
        packages=(PackageRow(package="1", shipment=1, state="LABELLED", outbound_at=AT, lines={"1": units}),),
        **members,
    )


async def reserved(desk: Desk, order_no: str, units: int) -> tuple[Moved, ...]:
    async with desk.engine.begin() as connection:
        cause = Cause(key=f"{order_no}/audit/1", order_no=order_no, at=AT)
        allotment, _ = await reserve(connection, cause, [Want(line="1", sku="TEA", quantity=units)])
    return allotment.short


async def test_what_left_the_warehouse_leaves_the_books_once(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    await desk.stock_is("TEA", WH_SH=10)
    await reserved(desk, order_no, 3)
    for sequence, units in ((1, 2), (2, 2), (3, 3)):
        await write(ledger, with_a_package(order_no, sequence, units))
        assert await desk.level("TEA") == (10 - units, 3 - units)
    assert await desk.ledger_adds_up()


@pytest.mark.clause("EC-23")
async def test_what_is_in_another_parcel_than_was_thought_leaves_the_books_once(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    await desk.stock_is("TEA", WH_SH=10)
    await reserved(desk, order_no, 3)
    for sequence, (first, second) in enumerate(((3, 0), (2, 1), (1, 2)), 1):
        turn = with_a_package(order_no, sequence, first)
        [known] = turn.packages
        other = known.having(package="2", lines={"1": second} if second else {})
        await write(ledger, turn.having(packages=(known, other)))
        assert await desk.level("TEA") == (7, 0)
        left: dict[str, int] = {}
        for row in await desk.rows(tables.reservation, step="consume"):
            left[row["subject"]] = left.get(row["subject"], 0) + row["outbound"]
        assert left == {"package/1": first} | ({"package/2": second} if second else {})
    assert await desk.ledger_adds_up()
    assert await desk.rows(tables.alert) == []


@pytest.mark.clause("EC-40", "SR-149")
async def test_a_refund_of_the_order_itself_reddens_its_invoice_once(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    await write(ledger, a_turn(order_no, 1))
    blue = {"order_no": order_no, "invoice_no": 1, "kind": "blue", "currency": "CNY", "asked_at": AT}
    async with desk.engine.begin() as connection:
        await connection.execute(tables.invoice.insert().values(**blue, amount=13_600))
    for sequence, refunded in enumerate((0, 600, 600, 1_000), 2):
        turn = a_turn(order_no, sequence)
        paid = turn.projection.having(captured=13_600, refunded=refunded)
        await write(ledger, turn.having(projection=paid))
        await write(ledger, turn.having(projection=paid))
    red = await desk.rows(tables.invoice, kind="red")
    assert [(row["amount"], row["cause"]) for row in red] == [(600, "refunded/600"), (400, "refunded/1000")]
    asked = [row["key"] for row in await desk.rows(tables.outbox, order_no=order_no) if row["kind"] == "invoice"]
    assert sorted(asked) == [f"{order_no}/invoice/2", f"{order_no}/invoice/3"]


async def test_units_nobody_had_reserved_come_off_the_free_stock(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    await desk.stock_is("TEA", WH_SH=10)
    await reserved(desk, order_no, 1)
    await write(ledger, with_a_package(order_no, 1, 3))
    assert await desk.level("TEA") == (7, 0)
    assert await desk.rows(tables.alert) == []


async def test_more_left_than_the_books_had_never_takes_what_others_reserved(desk: Desk, ledger: Ledger) -> None:
    mine, other = await desk.order_came_in(), await desk.order_came_in()
    await desk.stock_is("TEA", WH_SH=4)
    await reserved(desk, mine, 1)
    await reserved(desk, other, 2)
    await write(ledger, with_a_package(mine, 1, 3))
    assert await desk.level("TEA") == (2, 2)
    (alert,) = await desk.rows(tables.alert)
    assert (alert["kind"], alert["detail"]["missing"]) == ("stock_mismatch", 1)
    assert await desk.ledger_adds_up()


async def test_an_order_that_is_over_holds_no_stock(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    await desk.stock_is("TEA", WH_SH=4)
    await reserved(desk, order_no, 3)
    turn = with_a_package(order_no, 1, 2)
    await write(ledger, turn.having(projection=turn.projection.having(final=True)))
    assert await desk.level("TEA") == (2, 0)
    assert await desk.ledger_adds_up()


@pytest.mark.parametrize("known", [True, False])
async def test_a_workflow_without_an_intake_row_is_shown_too(desk: Desk, ledger: Ledger, *, known: bool) -> None:
    order_no = await desk.order_came_in() if known else "SO2026112399999999"
    assert await write(ledger, everything(order_no))
    (shown,) = await desk.rows(tables.orders)
    assert shown["order_no"] == order_no
