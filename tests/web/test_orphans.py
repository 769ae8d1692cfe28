"""Events without an order: whose they are, closed with a reason, or given their order (EC-18)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.orphans import OrphanState, owner_of, state_of
from tests.web.counter import NUMBERS, Counter


async def strays(counter: Counter, **data: Any) -> int:
    """A scan of a parcel that nobody knows; its number in the list."""
    parcel = f"X{next(NUMBERS)}"
    said = {"state": "DELIVERED", **data}
    answer = await counter.tells("carrier_scan", "carrier", data=said, tracking_number=parcel)
    assert answer.json()["result"] == "orphan"
    return int((await listed(counter))[-1]["orphan"])


async def listed(counter: Counter, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await counter.reads("/v1/orphans", role="viewer", **query))["orphans"]
    return found


async def ends(counter: Counter, orphan: int, how: str, role: str = "operator", **body: Any) -> Any:
    return await counter.send("POST", f"/v1/orphans/{orphan}/{how}", body, role=role)


@pytest.mark.clause("EC-18")
async def test_an_event_without_an_order_has_an_owner_and_is_closed_once_with_a_reason(counter: Counter) -> None:
    before = await counter.reads("/v1/orphans", role="viewer")
    orphan = await strays(counter)
    [row] = [each for each in await listed(counter) if each["orphan"] == orphan]
    assert (row["case"], row["state"], row["owner"]) == ("ORPHAN_EVENT", "SOUGHT", "logistics")
    assert row["sought_until"] is not None
    after = await counter.reads("/v1/orphans", role="viewer")
    assert (after["sought"], after["open"]) == (before["sought"] + 1, before["open"])
    assert (await ends(counter, orphan, "close", role="viewer", reason="not ours")).status_code == 403
    assert (await ends(counter, orphan, "close", reason="")).status_code == 422
    done = await ends(counter, orphan, "close", reason="a parcel of another shop", actor="Li")
    assert done.json() == {"orphan": orphan, "state": "CLOSED", "order_no": None}
    again = await ends(counter, orphan, "close", reason="twice")
    assert (again.status_code, again.json()["code"]) == (409, "ORPHAN_ENDED")
    assert orphan not in [each["orphan"] for each in await listed(counter)]
    [row] = [each for each in await listed(counter, closed="true") if each["orphan"] == orphan]
    assert (row["state"], row["closed_by"], row["closed_for"]) == ("CLOSED", "Li", "a parcel of another shop")
    unknown = await ends(counter, 10**9, "close", reason="n")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_orphan")


@pytest.mark.clause("EC-18")
async def test_given_up_it_waits_for_a_person_who_may_know_its_order(counter: Counter) -> None:
    orphan, number = await strays(counter), await counter.places()
    old = counter.watch() - timedelta(days=7, minutes=1)
    await counter.rows_changed(
        "UPDATE inbound_fact SET state = 'unmatched', received_at = :old WHERE id = :id", old=old, id=orphan
    )
    [row] = [each for each in await listed(counter) if each["orphan"] == orphan]
    assert (row["state"], row["sought_until"]) == ("OPEN", None)
    nobody = await ends(counter, orphan, "match", order_no="SO2026112399999999")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "unknown_order")
    matched = await ends(counter, orphan, "match", order_no=number)
    assert matched.json() == {"orphan": orphan, "state": "MATCHED", "order_no": number}
    [fact] = await counter.rows("SELECT order_no, state, decisive FROM inbound_fact WHERE id = :id", id=orphan)
    assert fact == {"order_no": number, "state": "waiting", "decisive": True}
    assert (await ends(counter, orphan, "match", order_no=number)).status_code == 409


@pytest.mark.clause("EC-18")
def test_every_kind_of_event_is_somebodys() -> None:
    owners = {
        kind: owner_of(kind) for kind in ("paid", "outbound", "carrier_scan", "stock_arrived", "channel_closed", "?")
    }
    assert owners == {
        "paid": "finance",
        "outbound": "warehouse",
        "carrier_scan": "logistics",
        "stock_arrived": "purchasing",
        "channel_closed": "customer_service",
        "?": "customer_service",
    }
    assert state_of(sought=False, closed=True) is OrphanState.CLOSED
