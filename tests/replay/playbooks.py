"""Lives in which something breaks: every playbook from its first step to the order's end.

Their recorded histories are replayed, and are what the playbooks may cost (tests/replay/test_replay.py); those without
skipped time are reset at each of their workflow tasks (tests/sop/test_resets.py).
"""

from __future__ import annotations

from datetime import timedelta

from domain.carrier_orders import CarrierSaid
from domain.effects import LineContent
from domain.inquiries import Answer, CarrierAnswer
from domain.policy import STANDARD
from domain.transfer_effects import TransferOutcome
from tests.sop.changing import asks as asks_for
from tests.sop.desk import Desk, a_content

THREE = a_content(lines=(LineContent(line="1", sku="MUG-RED", quantity=3, unit_price=13_000),))
RESENT = STANDARD.having(logistics=STANDARD.logistics.having(resend_up_to=39_000))


async def sent_anew(desk: Desk) -> None:
    """The latest shipment leaves and arrives."""
    shipment = (await desk.order()).live_shipments[-1].number
    await desk.ships(shipment=shipment)
    await desk.carrier_scans("DELIVERED")
    await desk.hears("confirmed")


async def label_rejected(desk: Desk) -> None:
    """The warehouse cannot print the label; the customer is asked, and the question arrived."""
    await desk.places()
    await desk.is_paid()
    await desk.hears("label_rejected", shipment=1, reason="no such street")
    await desk.hears("message_delivered", message="message/NEED_INFO/question/1")


async def address_set_right(desk: Desk) -> None:
    """E1: the customer answers: stopped, corrected, entered and released anew."""
    await label_rejected(desk)
    await desk.asks("customer_choice", question=1, option="correct", correction=7, region="上海市")
    await sent_anew(desk)


async def nobody_answers(desk: Desk) -> None:
    """E1: reminded twice, a level higher after 48 hours, cancelled and paid back after a week."""
    await label_rejected(desk)
    for hours in (3, 22, 24, 124):
        await desk.passes(hours=hours)


async def the_rest_is_sent(desk: Desk) -> None:
    """E2: nobody has two of three mugs; the customer takes the one, and is paid back the others."""
    desk.book.stock = {"MUG-RED": 1}
    await desk.places(content=THREE)
    await desk.is_paid()
    await desk.hears("message_delivered", message="message/SHORTAGE_CHOICE/question/1")
    await desk.asks("customer_choice", question=1, option="ship_rest")
    await sent_anew(desk)


async def brought_by_another_warehouse(desk: Desk) -> None:
    """E2: another warehouse brings them."""
    desk.book.stock = {"MUG-RED": 1}
    brought = {"source": "WH-CD", "target": "WH-SH", "lines": ({"line": "1", "quantity": 2},)}
    desk.book.transfers += [TransferOutcome.model_validate({**brought, "expected_at": desk.now + timedelta(hours=24)})]
    await desk.places(content=THREE)
    await desk.is_paid()
    for news in ("transfer_picked", "transfer_shipped", "transfer_received"):
        await desk.hears(news, transfer=1)
    await sent_anew(desk)


async def purchased(desk: Desk) -> None:
    """E2: purchasing names a day, and keeps it."""
    desk.book.stock = {"MUG-RED": 1}
    desk.book.purchase_answer = Answer(promised_at=desk.now + timedelta(hours=20))
    await desk.places(content=THREE)
    await desk.is_paid()
    await desk.passes(hours=19)
    desk.book.stock = None
    await desk.hears("stock_arrived", sku="MUG-RED")
    await sent_anew(desk)


async def sent_by_another_carrier(desk: Desk) -> None:
    """E3, begun by E5: the carrier is overloaded and gives no priority; the goods are sent anew by another."""
    desk.book.carrier_answer = CarrierAnswer(reason="网点爆仓")
    desk.book.carrier_says["request_priority"] = CarrierSaid(accepted=False, reason="爆仓")
    await desk.is_on_its_way(policy=RESENT)
    await desk.passes(hours=24, minutes=1)
    await arrives_anew(desk)


async def lost_and_sent_again(desk: Desk) -> None:
    """E5: the carrier has lost it; a claim is opened, and the desk's people have the goods sent again."""
    desk.book.carrier_answer = CarrierAnswer(reason="包裹丢失")
    await desk.is_on_its_way(policy=RESENT)
    await desk.passes(hours=24, minutes=1)
    await desk.asks("switch_carrier", package="1", how="reship", reason="lost")
    await arrives_anew(desk)


async def arrives_anew(desk: Desk) -> None:
    """The second parcel arrives a day later, and nobody confirms it."""
    await desk.hears("outbound", shipment=2, package="2-1", tracking_number="YT2", carrier="YTO")
    await desk.hears("tracking_accepted", tracking_number="YT2")
    await desk.carrier_scans("IN_TRANSIT", number="YT2")
    await desk.passes(hours=20)
    await desk.carrier_scans("DELIVERED", number="YT2")
    await desk.passes(hours=23, minutes=1)


async def late_at_the_warehouse(desk: Desk) -> None:
    """E4: no hands; the warehouse is pressed and names a time, which it keeps."""
    await desk.places()
    await desk.is_paid()
    desk.book.warehouse_answer = Answer(reason="capacity", promised_at=desk.now + timedelta(hours=58))
    await desk.passes(hours=48, seconds=1)
    await desk.passes(hours=6)
    await sent_anew(desk)


async def changed_while_picked(desk: Desk) -> None:
    """A new address while the goods are picked: recalled, written, entered and released anew."""
    await desk.places()
    await desk.is_paid()
    await desk.hears("picked", shipment=1)
    await asks_for(desk, "ADDRESS", correction=7)
    await sent_anew(desk)


async def changed_as_quoted(desk: Desk) -> None:
    """The same, as it was quoted."""
    await desk.places()
    await desk.is_paid()
    await desk.hears("picked", shipment=1)
    seen = await asks_for(desk, "ADDRESS", correction=7, dry_run=True)
    await asks_for(desk, "ADDRESS", correction=7, quote=seen["quote"]["id"])
    await sent_anew(desk)


async def pulled_back_at_the_dock(desk: Desk) -> None:
    """Cancelled with the goods at the dock: recalled, undone and paid back."""
    await desk.is_on_its_way()
    await desk.asks("cancel", reason="changed my mind")


PLAYBOOKS = (
    address_set_right,
    nobody_answers,
    the_rest_is_sent,
    brought_by_another_warehouse,
    purchased,
    sent_by_another_carrier,
    lost_and_sent_again,
    late_at_the_warehouse,
    changed_while_picked,
    changed_as_quoted,
    pulled_back_at_the_dock,
)
