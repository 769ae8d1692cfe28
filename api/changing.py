"""A change request on its way into an order (SR-054): its fields are kept first, the order judges the rest."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi_problem.error import Problem

from api.correcting import check_correction, keep_correction, paths_of
from api.dependencies import Parts
from api.errors import wrong_shape
from api.pricing import difference, priced_by_params, with_prices
from api.verdicts import ask_order
from domain.change_prices import OF_MONEY
from domain.change_requests import ChangeKind, ChangeState
from domain.quotes import Priced
from domain.requests import Accepted, SubmitChangeRequest
from infra.db.corrections import mark_refused
from infra.db.versions import mark_accepted, read_version

FIELDS: dict[ChangeKind, tuple[str, ...]] = {
    ChangeKind.CONTACT: ("customer.name", "customer.phone", "customer.email"),
    ChangeKind.ADDRESS: ("address.", *OF_MONEY),
    ChangeKind.QUANTITY: ("lines.", *OF_MONEY),
    ChangeKind.SUBSTITUTE: ("lines.", *OF_MONEY),
    ChangeKind.INVOICE: ("invoice.",),
    ChangeKind.PAYMENT_METHOD: ("payment.method",),
    ChangeKind.GIFT_NOTE: ("gift_note", "buyer_message", "seller_memo"),
}
"""Which fields a change may bring; every other kind brings none."""
PROVINCE = "address.province"


async def ask_change(parts: Parts, tenant: str, order_no: str, given: Mapping[str, Any]) -> Accepted:
    """Ask an order for a change. What was kept of it is accepted with it, refused with it, or waits with it."""
    fields = dict(paths_of(given.get("fields") or {}))
    asked = SubmitChangeRequest.model_validate({name: value for name, value in given.items() if name != "fields"})
    _must_belong(asked.change, fields)
    if PROVINCE in fields and not asked.params.region:
        asked = asked.having(params=asked.params.having(region=str(fields[PROVINCE] or "")))
    if not fields:
        priced = await priced_by_params(parts, order_no, asked)
        return await ask_order(parts, tenant, order_no, asked.having(priced=priced))
    fields = dict(await with_prices(parts, order_no, asked, fields))
    if asked.dry_run:
        await check_correction(parts, order_no, fields)
        asked = asked.having(priced=await _priced(parts, order_no, fields))
        return await ask_order(parts, tenant, order_no, asked.having(correction=ONLY_ASKED))
    correction = await keep_correction(parts, order_no, {**given, "fields": fields})
    asked = asked.having(priced=await _priced(parts, order_no, fields))
    return await _ask(parts, tenant, order_no, asked.having(correction=correction))


ONLY_ASKED = 1
"""Stands for the fields of a dry run, which are kept nowhere: the order asks only whether there are some."""


async def _priced(parts: Parts, order_no: str, fields: Mapping[str, Any]) -> Priced | None:
    """What the fields make of the order's amounts, for its quote."""
    async with parts.engine.begin() as connection:
        raw = (await read_version(connection, order_no)).raw
    return difference(raw, fields)


async def _ask(parts: Parts, tenant: str, order_no: str, asked: SubmitChangeRequest) -> Accepted:
    try:
        accepted = await ask_order(parts, tenant, order_no, asked)
    except Problem as refused:
        if refused.status == HTTPStatus.CONFLICT:
            async with parts.engine.begin() as connection:
                await mark_refused(connection, asked.correction)
        raise
    made = accepted.change is not None and accepted.change.state == ChangeState.APPLIED
    async with parts.engine.begin() as connection:
        await mark_accepted(connection, [asked.correction] if made else [])
    return accepted


def _must_belong(change: ChangeKind, fields: Mapping[str, Any]) -> None:
    """A change brings its own fields only: an address does not come along with another phone."""
    own = FIELDS.get(change, ())
    strange = [path for path in fields if not any(path == name or _within(path, name) for name in own)]
    if strange:
        reason = f"a change of {change} brings {', '.join(own) or 'no fields'}; ask for one change at a time"
        errors = [{"loc": ("fields", path), "type": "unfit_correction", "msg": reason} for path in strange]
        raise wrong_shape(errors, what="change request")


def _within(path: str, name: str) -> bool:
    return name.endswith(".") and path.startswith(name)
