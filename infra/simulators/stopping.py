"""How the simulated warehouse answers a recall: what its carrier has not taken yet it puts back on the shelf."""

from __future__ import annotations

import json
from typing import Any

from infra.connectors.warehouse import Recall
from infra.simulators.books import Row
from infra.simulators.counter import Refused
from infra.simulators.world import World

UNMOVED = frozenset({"LABELLED", "UNKNOWN"})
"""States of a scan that say nothing of a movement."""
NEWS = "DELETE FROM news WHERE external_id = ? AND told = 0 AND id >= ? AND id < ?"


def stop(world: World, recall: Recall) -> dict[str, Any]:
    """The answer; ``Refused`` while there is none: nothing is kept, and the next asking looks again."""
    external_id = recall.order.external_id
    conduct = world.books.behavior(external_id).warehouse
    _, since = world.books.count(external_id, "warehouse", f"recall/{recall.shipment}", world.clock())
    if conduct.recall == "silent" or world.clock() < since + conduct.recall_after:
        raise Refused("the warehouse has not looked yet")
    parcels = _parcels(world, recall)
    if conduct.recall == "refuses" or any(_taken(parcel, world.clock()) for parcel in parcels):
        return {"answer": "REFUSED", "reason": "the carrier has it"}
    if conduct.recall == "stops":
        _put_back(world, recall, parcels)
    return {"answer": "STOPPED", "reason": ""}


def _parcels(world: World, recall: Recall) -> list[Row]:
    """The parcels of this shipment; those of the first are named without its number (``journey``)."""
    order_no = recall.order.order_no
    found = world.books.rows("SELECT * FROM parcel WHERE external_id = ?", recall.order.external_id)
    mine = f"{order_no}/" if recall.shipment == 1 else f"{order_no}/{recall.shipment}-"
    return [each for each in found if each["id"].startswith(mine) and ("-" in each["id"]) == (recall.shipment != 1)]


def _taken(parcel: Row, now: float) -> bool:
    """Whether its carrier has moved it by now."""
    scans = [each for each in json.loads(parcel["news"]) if each["kind"] == "carrier_scan"]
    return any(each["due"] <= now and each["data"]["state"] not in UNMOVED for each in scans)


def _put_back(world: World, recall: Recall, parcels: list[Row]) -> None:
    """Nothing more is told of the shipment, and its carrier gets nothing of it."""
    external_id = recall.order.external_id
    begins = f"warehouse:{recall.order.order_no}/{recall.shipment}/"
    world.books.write(NEWS, external_id, begins, begins[:-1] + "0")
    for parcel in parcels:
        told = f"carrier:{parcel['tracking_number'] or parcel['id']}/"
        world.books.write(NEWS, external_id, told, told[:-1] + "0")
        world.books.write("DELETE FROM parcel WHERE id = ?", parcel["id"])
    world.books.write("DELETE FROM news WHERE id = ? AND told = 0", f"customer:{external_id}/confirmed")
