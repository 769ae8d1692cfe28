"""The outbox: a claimed letter stays with its relay, and is soon free when that was killed (architecture §3.9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from infra.db import tables
from infra.db.ledger import Ledger
from infra.db.waiting.letters import (
    CLAIMED_FOR,
    LABEL_WAITS,
    NEVER,
    OVERTAKEN,
    SentLetter,
    claim,
    keep,
    mark_failed,
    mark_sent,
)
from tests.departments.desk import Desk

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
MOMENT = timedelta(seconds=1)


async def a_letter(desk: Desk) -> str:
    return await written(desk, await desk.order_came_in(), "push_tracking", "1", AT)


async def written(desk: Desk, order_no: str, kind: str, cause: str, at: datetime, **params: str) -> str:
    key = f"{order_no}/{kind}/{cause}"
    letter = {"key": key, "order_no": order_no, "kind": kind, "params": params}
    async with desk.engine.begin() as connection:
        await connection.execute(insert(tables.outbox).values(created_at=at, next_attempt_at=at, **letter))
    return key


async def label(desk: Desk, order_no: str, status: str, at: datetime) -> str:
    return await written(desk, order_no, "push_status", status, at, status=status)


async def number(desk: Desk, order_no: str, number: str, at: datetime, package: str = "1") -> str:
    return await written(desk, order_no, "push_tracking", number, at, tracking_number=number, package=package)


async def failed(desk: Desk, key: str, again: datetime) -> None:
    async with desk.engine.begin() as connection:
        await mark_failed(connection, key, again, "no answer")


async def claimed(ledger: Ledger, at: datetime) -> list[str]:
    return [letter.key for letter in await claim(ledger.connections, 10, at)]


async def test_what_a_killed_relay_had_claimed_is_soon_free(desk: Desk, ledger: Ledger) -> None:
    key = await a_letter(desk)
    assert await claimed(ledger, AT) == [key]
    assert await claimed(ledger, AT + CLAIMED_FOR - MOMENT) == []
    assert await claimed(ledger, AT + CLAIMED_FOR) == [key]


async def test_a_letter_under_way_stays_with_its_relay_however_slow_the_party(desk: Desk, ledger: Ledger) -> None:
    key = await a_letter(desk)
    assert await claimed(ledger, AT) == [key]
    async with desk.engine.begin() as connection:
        await keep(connection, [key], AT + 10 * MOMENT)
    assert await claimed(ledger, AT + CLAIMED_FOR) == []
    await mark_sent(ledger.connections, [SentLetter(key, AT + CLAIMED_FOR, "reference")])
    assert await claimed(ledger, AT + 4 * CLAIMED_FOR) == []


async def test_a_label_waits_for_the_one_under_way(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    ready = await label(desk, order_no, "READY_TO_SHIP", AT)
    assert await claimed(ledger, AT) == [ready]
    shipped = await label(desk, order_no, "SHIPPED", AT + MOMENT)
    assert await claimed(ledger, AT + MOMENT) == []
    await mark_sent(ledger.connections, [SentLetter(ready, AT + 2 * MOMENT, "reference")])
    assert await claimed(ledger, AT + 2 * MOMENT) == [shipped]


@pytest.mark.parametrize("again", [4 * MOMENT, timedelta(minutes=5)])
async def test_an_overtaken_label_is_given_up_and_holds_nothing_up(
    desk: Desk, ledger: Ledger, again: timedelta
) -> None:
    order_no = await desk.order_came_in()
    ready = await label(desk, order_no, "READY_TO_SHIP", AT)
    assert await claimed(ledger, AT) == [ready]
    await failed(desk, ready, AT + again)
    shipped = await label(desk, order_no, "SHIPPED", AT + MOMENT)
    rounds = [await claimed(ledger, AT + after) for after in (4 * MOMENT, 5 * MOMENT, timedelta(minutes=6))]
    assert [keys for keys in rounds if ready in keys] == []
    assert shipped in rounds[0] + rounds[1], "the label waited for one that nobody wants any more"
    (letter,) = await desk.rows(tables.outbox, key=ready)
    assert (letter["next_attempt_at"], letter["last_error"], letter["attempts"]) == (NEVER, OVERTAKEN, 1)
    assert await desk.rows(tables.alert) == []


async def test_completed_waits_for_shipped_a_while_and_never_overtakes_it(desk: Desk, ledger: Ledger) -> None:
    order_no = await desk.order_came_in()
    shipped = await label(desk, order_no, "SHIPPED", AT)
    completed = await label(desk, order_no, "COMPLETED", AT + MOMENT)
    assert await claimed(ledger, AT + MOMENT) == [shipped]
    await failed(desk, shipped, AT + 2 * LABEL_WAITS)
    assert await claimed(ledger, AT + LABEL_WAITS) == []
    assert await claimed(ledger, AT + LABEL_WAITS + MOMENT) == [completed]
    assert shipped in await claimed(ledger, AT + 2 * LABEL_WAITS)


@pytest.mark.clause("EC-22")
@pytest.mark.parametrize("again", [4 * MOMENT, timedelta(minutes=5)])
async def test_a_replaced_number_is_given_up_and_the_right_one_goes(
    desk: Desk, ledger: Ledger, again: timedelta
) -> None:
    order_no = await desk.order_came_in()
    wrong = await number(desk, order_no, "W", AT)
    assert await claimed(ledger, AT) == [wrong]
    other = await number(desk, order_no, "O", AT + MOMENT, package="2")
    right = await number(desk, order_no, "R", AT + MOMENT)
    assert await claimed(ledger, AT + MOMENT) == [other], "the wrong number is under way"
    await failed(desk, wrong, AT + again)
    rounds = [await claimed(ledger, AT + after) for after in (4 * MOMENT, 5 * MOMENT, timedelta(minutes=6))]
    assert [keys for keys in rounds if wrong in keys] == []
    assert right in rounds[0] + rounds[1]
    (letter,) = await desk.rows(tables.outbox, key=wrong)
    assert (letter["next_attempt_at"], letter["last_error"]) == (NEVER, OVERTAKEN)
