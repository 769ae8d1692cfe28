"""Platform codes with real PostgreSQL: matched before the audit looks, queued where nobody knows them (SR-170)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from activities.audit import AuditActivities
from activities.erp import ErpActivities
from domain.code_matching import CodeMatch, Component
from domain.effects import AuditRequest
from domain.entry_effects import EnterRequest
from domain.policy import AuditPolicy
from infra.connectors.erps.plain import PlainErp
from infra.connectors.plain_protocol import PlainClient
from infra.db import tables
from infra.db.code_matching import UnknownSkus, matches, our_goods, put_match, queue
from infra.db.versions import read_version
from tests.departments.desk import POSTED, Desk

BOX = CodeMatch(
    channel="tmall",
    code="TM-BOX",
    components=(Component(sku="TEA", share=3), Component(sku="CUP", quantity=2), Component(sku="CARD", gift=True)),
)
LINES = [{**POSTED["lines"][0], "sku": "TM-BOX", "specification": "礼盒"}, POSTED["lines"][1]]


WAITING_FOR_A_CODE = text("""
    SELECT EXISTS (SELECT FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
        WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted)""")


def request(order_no: str, version: int = 1) -> AuditRequest:
    return AuditRequest(key=f"{order_no}/audit/{version}", order_no=order_no, version=version, policy=AuditPolicy())


async def shelves(desk: Desk) -> None:
    for sku in ("TEA", "CUP", "CARD"):
        await desk.stock_is(sku, WH_SH=100)


async def put(desk: Desk, match: CodeMatch = BOX) -> int:
    async with desk.engine.begin() as connection:
        return await put_match(connection, match, desk.now)


async def waiting(desk: Desk) -> list[tuple[str, int]]:
    async with desk.engine.begin() as connection:
        return [(row["code"], row["orders"]) for row in await queue(connection, "default", ("", ""), 10)]


@pytest.mark.clause("SR-170", "SR-021")
async def test_a_bundle_is_audited_reserved_and_entered_as_its_parts(desk: Desk, line: PlainClient) -> None:
    await shelves(desk)
    await put(desk)
    order_no = await desk.order_came_in(lines=LINES)
    outcome = await AuditActivities(desk.direct, desk.watch).audit_order(request(order_no))
    assert outcome.findings == ()
    assert [(each.line, each.sku, each.added_by_rule) for each in outcome.content.lines] == [
        ("1", "TEA", "bundle"),
        ("1#2", "CUP", "bundle"),
        ("1#3", "CARD", "gift"),
        ("2", "CUP", ""),
    ]
    assert (await desk.level("TEA"), await desk.level("CUP"), await desk.level("CARD")) == (
        (100, 2),
        (100, 5),
        (100, 2),
    )
    [row] = await desk.rows(tables.inbound_order, order_no=order_no)
    assert row["raw"]["lines"] == LINES, "what was posted stays as it is"
    erp = ErpActivities(PlainErp(line), desk.direct, desk.watch)
    entry = EnterRequest(key=f"{order_no}/enter/1", order_no=order_no, version=1, content=outcome.content)
    entered = await erp.enter_order(entry)
    assert entered.differences == ()
    assert (await PlainErp(line).read(entered.document)).content == outcome.content, "marks and all"
    assert await waiting(desk) == []


@pytest.mark.clause("SR-170")
async def test_one_match_tells_every_order_that_waits_for_it(desk: Desk) -> None:
    await shelves(desk)
    department = AuditActivities(desk.direct, desk.watch)
    numbers = [await desk.order_came_in(lines=LINES) for _ in range(3)]
    for number in numbers:
        [finding] = (await department.audit_order(request(number))).findings
        assert (finding.code, finding.field) == ("SKU_UNKNOWN", "lines.1.sku")
    other = await desk.order_came_in(channel="jd", lines=LINES)
    await department.audit_order(request(other))
    async with desk.engine.begin() as connection:
        await connection.execute(text("UPDATE orders SET final = true WHERE order_no = :no"), {"no": numbers[2]})
    assert await waiting(desk) == [("TM-BOX", 1), ("TM-BOX", 2)]
    assert await put(desk) == 2
    facts = await desk.rows(tables.inbound_fact, kind="codes_matched")
    assert sorted(fact["order_no"] for fact in facts) == sorted(numbers[:2])
    assert all(fact["decisive"] for fact in facts)
    again = await department.audit_order(request(numbers[0], 2))
    assert again.findings == ()
    assert await waiting(desk) == [("TM-BOX", 1), ("TM-BOX", 1)]
    assert await put(desk) == 0, "the same news of the same moment"
    desk.now += timedelta(minutes=1)
    assert await put(desk) == 1, "told again: only who still waits"


@pytest.mark.clause("SR-170")
async def test_no_order_slips_between_the_queue_and_the_match(desk: Desk) -> None:
    await shelves(desk)
    department = AuditActivities(desk.direct, desk.watch)
    numbers = [await desk.order_came_in(lines=LINES) for _ in range(12)]
    await department.audit_order(request(numbers[0]))
    racing = [department.audit_order(request(number)) for number in numbers[1:-1]]
    told, *_ = await asyncio.gather(put(desk), *racing)
    # Each outcome as its audit found it: asked for again, an effect answers what it answered first.
    found = [await department.audit_order(request(number)) for number in numbers]
    unknowing = [number for number, outcome in zip(numbers, found, strict=True) if outcome.findings]
    facts = [fact["order_no"] for fact in await desk.rows(tables.inbound_fact, kind="codes_matched")]
    assert sorted(facts) == sorted(unknowing)
    assert told == len(facts)
    assert numbers[0] in unknowing, "it was audited before the match"
    assert numbers[-1] not in unknowing, "it was audited after the match"


@pytest.mark.clause("SR-170")
async def test_a_match_waits_for_an_audit_that_has_not_ended_and_an_audit_for_a_match(desk: Desk) -> None:
    await shelves(desk)
    other = [{**LINES[0], "sku": "TM-NEW"}, LINES[1]]
    first, second = await desk.order_came_in(lines=LINES), await desk.order_came_in(lines=other)
    async with desk.engine.begin() as connection:
        await our_goods(connection, await read_version(connection, first), desk.now)
        matching = asyncio.create_task(put(desk))
        assert await is_held_up(desk, matching)
    assert await matching == 1, "it tells the order of which it could not know"
    async with desk.engine.begin() as connection:
        assert await put_match(connection, BOX.having(code="TM-NEW"), desk.now) == 0
        department = AuditActivities(desk.direct, desk.watch)
        auditing = asyncio.create_task(department.audit_order(request(second)))
        assert await is_held_up(desk, auditing)
    assert (await auditing).findings == (), "it finds the match that nobody could tell it of"


async def is_held_up(desk: Desk, task: asyncio.Task[Any]) -> bool:
    """Whether it comes to wait for the lock of a code; not where it ends without."""
    while not task.done():
        async with desk.engine.begin() as connection:
            if (await connection.execute(WAITING_FOR_A_CODE)).scalar_one():
                return True
        await asyncio.sleep(0.02)
    return False


async def test_a_match_names_skus_that_we_have(desk: Desk) -> None:
    with pytest.raises(UnknownSkus, match="CARD, CUP, TEA"):
        await put(desk)
    await shelves(desk)
    await put(desk)
    await put(desk, BOX.having(components=(Component(sku="TEA"),)))
    async with desk.engine.begin() as connection:
        [known] = await matches(connection, "tmall", "", 10)
        assert known.plain
        assert await matches(connection, "tmall", "TM-BOX", 10) == []
