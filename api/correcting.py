"""A correction on its way into an order (SR-019): fields named by their path, kept first, then asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from api.dependencies import Parts
from api.errors import wrong_shape
from api.placing import unknown_order
from api.shapes import ORDER
from api.verdicts import request_id_taken
from domain.audit.customer import is_phone
from domain.emergency_audit import NON_CRITICAL_FIELDS
from domain.posted import UnfitCorrection, corrected
from infra.db.corrections import Correction, RequestIdTaken, propose
from infra.db.versions import read_version

PHONE = "customer.phone"
IDENTITY = frozenset({"channel", "external_id"})
TOLD_OTHERWISE = {
    "payment.paid_amount": "money that came is told by the fact `paid`, or by confirm_payment",
    "payment.paid_at": "money that came is told by the fact `paid`, or by confirm_payment",
    "latest_ship_at": "only the channel moves it, by the fact `ship_by_moved`",
    "accepted_ship_at": "what was accepted stays; a later date is agreed by the fact `ship_date_agreed`",
    "promised_delivery_date": "what was promised stays; a later date is agreed by the fact `ship_date_agreed`",
}
"""Fields that a correction cannot change, and what does."""


def paths_of(fields: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Fields as paths, whether they were named so ("customer.phone") or as the order's own objects."""
    for name, value in fields.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from paths_of(value, f"{path}.")
        else:
            yield path, value


async def keep_correction(parts: Parts, order_no: str, asked: Mapping[str, Any]) -> int:
    """Keep what is asked as a correction of the order; its number. A problem where the order cannot have it."""
    patch = await check_correction(parts, order_no, asked["fields"])
    async with parts.engine.begin() as connection:
        correction = Correction(order_no, asked["expected_version"], patch, asked["request_id"], asked["actor"])
        try:
            return await propose(connection, correction, parts.now())
        except RequestIdTaken:
            raise request_id_taken(order_no) from None


async def check_correction(parts: Parts, order_no: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as a patch of the order. A problem where the order cannot have it; nothing is kept."""
    patch = dict(paths_of(fields))
    for path in patch:
        if path in IDENTITY or path.endswith(".line"):
            raise _unfit(path, "this says which order or line it is and stays")
        if path in TOLD_OTHERWISE:
            raise _unfit(path, TOLD_OTHERWISE[path])
    async with parts.engine.begin() as connection:
        try:
            raw = (await read_version(connection, order_no)).raw
        except LookupError:
            raise unknown_order(order_no) from None
        _check(raw, patch)
    return patch


def must_not_change_the_goods(fields: Mapping[str, Any]) -> None:
    """What repays audit debt is none of what the order was judged, reserved and priced by."""
    for path, _ in paths_of(fields):
        if path not in NON_CRITICAL_FIELDS:
            raise _unfit(path, f"only what can be owed repays a debt: {', '.join(NON_CRITICAL_FIELDS)}")


def must_be_callable(fields: Mapping[str, Any]) -> None:
    """A customer's new number is looked at before it is taken: else they would be asked once more a moment later."""
    if PHONE in fields and not is_phone(str(fields[PHONE])):
        raise _unfit(PHONE, "nobody can call this number")


def _check(raw: Mapping[str, Any], patch: Mapping[str, Any]) -> None:
    """The corrected order has the shape of an order."""
    for path, value in patch.items():
        try:
            corrected(raw, [{path: value}])
        except UnfitCorrection as error:
            raise _unfit(path, str(error)) from error
    try:
        ORDER.validate_json(json.dumps(corrected(raw, [patch])))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise wrong_shape(found, what="corrected order") from None


def _unfit(path: str, reason: str) -> Exception:
    return wrong_shape([{"loc": ("fields", path), "type": "unfit_correction", "msg": reason}], what="correction")
