"""Reset at every workflow task, on the real house: the parties count each effect once, the books balance (AC-36)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from domain.compensation_policy import Fault
from domain.policy import ClockKind
from infra.demo.desk import Detail
from tests.evidence import doubled, effects, messages
from tests.sop.resetting import reset, tasks_of
from tests.whole.house import CHANNEL, House, eventually, order, policy

NEWEST = "SELECT run_id, final FROM orders WHERE order_no = %(order_no)s"
SLOWLY = {"warehouse": {"picked": 3, "packed": 4, "outbound": 60}}
"""The goods are still there when the change comes."""
SILENT, PROMISED = timedelta(seconds=1.5), timedelta(seconds=4)
"""In E3: how long a parcel may show no movement, and when it is promised."""
SILENT_THEN_LATE = {
    "carrier": {
        "reason": "转运中心爆仓",
        "script": [{"after": 0.2, "state": "PICKED_UP"}],
        "once_accepted": [
            {"after": 1, "state": "IN_TRANSIT"},
            {"after": 2, "state": "OUT_FOR_DELIVERY"},
            {"after": 3.2, "state": "DELIVERED", "by_recipient": True},
        ],
    }
}
"""One scan and no more; asked for it, the carrier names its cause and hurries, too late for the promised time."""


async def waits_for(house: House, order_no: str, holds: Callable[[Detail], bool]) -> None:
    async def there() -> bool:
        return holds(await house.desk.detail(order_no))

    await eventually(there, f"{order_no} is {await house.desk.detail(order_no)}", within=60)


async def all_goes_well(house: House, name: str) -> str:
    return str((await house.posts(order(name))).json()["order_no"])


async def changed_while_picked(house: House, name: str) -> str:
    """Another street: recalled from the warehouse, written, entered and released anew."""
    await house.desk.behave(name, SLOWLY)
    order_no = await all_goes_well(house, name)
    await waits_for(house, order_no, lambda seen: seen.stage == "READY_TO_SHIP")
    body: dict[str, Any] = {"change": "ADDRESS", "fields": {"address": {"street": "文三路 90 号 8 幢"}}}
    await house.desk.ask(order_no, "submit_change_request", {**body, "expected_version": 1})
    return order_no


async def phone_set_right(house: House, name: str) -> str:
    """E1: the customer is asked for the phone, and answers on the page."""
    given = order(name)
    answer = await house.posts({**given, "customer": given["customer"] | {"phone": "1991111"}})
    order_no = str(answer.json()["order_no"])
    await waits_for(house, order_no, lambda seen: any(case.kind == "INFO_ERROR" for case in seen.cases))

    async def asked() -> bool:
        return bool(
            house.evidence.rows(
                "SELECT FROM question WHERE confirmed_at IS NOT NULL AND order_no = %(no)s", no=order_no
            )
        )

    await eventually(asked, f"nobody asked the customer of {order_no}")
    await house.desk.answer(name, {"customer.phone": "19911112222"})
    return order_no


async def brought_by_a_store(house: House, name: str) -> str:
    """E2: a store that sends no parcels has the goods, and brings them to the warehouse."""
    sku = {"name": "门店限定", "specification": "", "sellable": True}
    await house.desk.put(f"skus/RARE-{name}", sku)
    await house.desk.put("warehouses/STORE-R", {"name": "门店", "sends": False})
    await house.desk.put(f"stock/STORE-R/RARE-{name}", {"on_hand": 2})
    line = {"line": "1", "sku": f"RARE-{name}", "quantity": 2, "unit_price": 6800}
    return str((await house.posts(order(name, lines=[line]))).json()["order_no"])


async def silent_then_late(house: House, name: str) -> str:
    """E3: no movement, then past the promised time; the cause is known, priority is given, it arrives; a coupon.

    Its tariff has one step, so that how long the machine takes for it decides nothing.
    """
    quick = policy(f"e3-{name}")
    clocks = tuple(
        rule.model_copy(update={"within": SILENT}) if rule.kind is ClockKind.STAGNATION else rule
        for rule in quick.clocks
    )
    after, paid = timedelta(seconds=1), quick.compensation
    tariff = paid.tariffs[Fault.CARRIER]
    paid = paid.having(tariffs={Fault.CARRIER: tariff.having(late=tariff.late[:1])})
    late = quick.having(clocks=clocks, transit=PROMISED, auto_complete_after=after, compensation=paid)
    await house.desk.put_policy(late, CHANNEL)
    await house.desk.behave(name, SILENT_THEN_LATE)
    order_no = await all_goes_well(house, name)
    await house.desk.put_policy(policy(f"after-{name}"), CHANNEL)
    kinds = {"LOGISTICS_STALLED", "LOGISTICS_DELAY"}
    await waits_for(house, order_no, lambda seen: kinds <= {str(case.kind) for case in seen.cases})
    return order_no


LIVES = (all_goes_well, changed_while_picked, phone_set_right, brought_by_a_store, silent_then_late)


@pytest.mark.reset
@pytest.mark.timeout(600)
@pytest.mark.clause("AC-36", "EC-41", "SR-001")
@pytest.mark.parametrize("live", LIVES, ids=lambda live: live.__name__)
async def test_the_parties_count_every_effect_once_and_the_books_balance(
    house: House, live: Callable[[House, str], Awaitable[str]]
) -> None:
    name = f"reset-{live.__name__}"
    shelves = house.evidence.shelves()
    order_no = await live(house, name)
    [ended] = await house.see_ended([order_no], within=120)
    assert ended.stage == "COMPLETED"
    log = await house.log(name)
    handle = house.temporal.get_workflow_handle(f"order/{order_no}")
    await handle.result()
    run_id = (await handle.describe()).run_id
    for event_id in await tasks_of(house.temporal.get_workflow_handle(handle.id, run_id=run_id)):
        await reset(house.temporal, handle.id, run_id, event_id)
        newest = house.temporal.get_workflow_handle(handle.id)
        assert await newest.result() == "COMPLETED", event_id
        wanted = {"run_id": (await newest.describe()).run_id, "final": True}

        async def written(wanted: dict[str, Any] = wanted) -> bool:
            return house.evidence.rows(NEWEST, order_no=order_no) == [wanted]

        await eventually(written, f"the books do not show the run after {event_id}")
        assert (await house.desk.detail(order_no)).version == ended.version
    again = await house.log(name)
    assert doubled(again) == []
    assert effects(again) == effects(log)
    assert sorted(messages(again)) == sorted(messages(log))
    assert house.evidence.unbalanced(shelves) == []
    [seen] = await house.see_ended([order_no])
    assert {(case.kind, case.status) for case in seen.cases} == {(case.kind, case.status) for case in ended.cases}
