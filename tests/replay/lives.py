"""The lives whose histories are kept: each passes through other doors of the workflow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from domain.findings import Finding, Severity
from domain.packages import PackageState
from tests.replay.playbooks import PLAYBOOKS
from tests.sop.desk import Desk, a_content


async def all_goes_well(desk: Desk) -> None:
    await desk.is_delivered()
    await desk.hears("confirmed")


async def nobody_confirms(desk: Desk) -> None:
    await desk.is_delivered()
    await desk.passes(hours=23)


async def short_of_stock(desk: Desk) -> None:
    desk.book.stock = {"MUG-RED": 1}
    await desk.places()
    await desk.is_paid()
    desk.book.stock = None
    await desk.hears("stock_arrived", sku="MUG-RED")
    await desk.ships()
    await desk.carrier_scans(PackageState.DELIVERED)
    await desk.hears("confirmed")


async def silent_carrier(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.passes(hours=30)
    await desk.carrier_scans(PackageState.DELIVERED)
    await desk.hears("confirmed")


async def corrected(desk: Desk) -> None:
    desk.book.findings = (Finding(code="FIELD_MISSING", field="customer.phone", severity=Severity.CRITICAL),)
    await desk.places()
    desk.book.findings = ()
    await desk.asks("correct_fields", expected_version=1, correction=7)
    await desk.is_paid()
    await desk.ships()
    await desk.carrier_scans(PackageState.DELIVERED)
    await desk.hears("confirmed")


async def cancelled_and_refunded(desk: Desk) -> None:
    await desk.places()
    await desk.asks("place_hold", blocks=["release"], note="wait", review_at="2099-01-01T00:00:00Z")
    await desk.is_paid()
    await desk.asks("cancel", reason="changed my mind")


async def disputed(desk: Desk) -> None:
    await desk.is_delivered(content=a_content(payment_method="cod"))
    await desk.asks("place_hold", reason="DISPUTE", note="it is the wrong color")
    await desk.passes(hours=30)
    await desk.asks("release_hold", hold="H1")
    await desk.asks("confirm_completion")


async def waits_at_the_station(desk: Desk) -> None:
    await desk.is_on_its_way()
    await desk.passes(hours=60)
    await desk.asks("acknowledge", case=1)
    await desk.carrier_scans(PackageState.READY_FOR_PICKUP)
    await desk.passes(days=7, minutes=1)
    await desk.passes(hours=23)


async def two_parcels(desk: Desk) -> None:
    await desk.places()
    await desk.is_paid()
    await desk.ships(package="1", number="SF1", lines=[{"line": "1", "quantity": 1}])
    await desk.ships(package="2", number=None, lines=[{"line": "1", "quantity": 1}])
    await desk.passes(hours=2)
    await desk.asks("upload_tracking", package="2", tracking_number="SF2", carrier="SF")
    await desk.hears("tracking_accepted", tracking_number="SF2")
    await desk.carrier_scans(PackageState.DELIVERED, number="SF1")
    await desk.carrier_scans(PackageState.DELIVERED, number="SF2")
    await desk.carrier_scans(PackageState.IN_TRANSIT, number="SF2", at=desk.now, code="late")
    await desk.hears("confirmed")


async def unreadable_messages(desk: Desk) -> None:
    await desk.places()
    await desk.handle.signal("payment_event", {"kind": "paid"})
    await desk.handle.signal("no_such_signal", "anything")
    await desk.asks("cancel", reason="a test order")


LIVES: dict[str, Callable[[Desk], Awaitable[None]]] = {
    life.__name__: life
    for life in (
        all_goes_well,
        nobody_confirms,
        short_of_stock,
        silent_carrier,
        corrected,
        cancelled_and_refunded,
        disputed,
        waits_at_the_station,
        two_parcels,
        unreadable_messages,
        *PLAYBOOKS,
    )
}
"""By the name of their file in ``histories/``."""
