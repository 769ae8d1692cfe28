"""The outbox: a claimed letter stays with its relay, and is soon free when that was killed (architecture §3.9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from infra.db import tables
from infra.db.ledger import Ledger
from infra.db.waiting.letters import CLAIMED_FOR, SentLetter, claim, keep, mark_sent
from tests.departments.desk import Desk

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
MOMENT = timedelta(seconds=1)


async def a_letter(desk: Desk) -> str:
    order_no = await desk.order_came_in()
    key = f"{order_no}/push_tracking/1"
    async with desk.engine.begin() as connection:
        letter = {"key": key, "order_no": order_no, "kind": "push_tracking", "created_at": AT, "next_attempt_at": AT}
        await connection.execute(insert(tables.outbox).values(letter))
    return key


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
