"""What a change of goods costs, where whoever asks does not say: worked out before it is kept, and quoted (M5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.correcting import check_correction
from api.dependencies import Parts
from api.placing import unknown_order
from domain.change_prices import OF_GOODS, completed, new_skus, price_of_new, says_its_money, wished
from domain.posted import corrected
from domain.quotes import Priced
from domain.requests import SubmitChangeRequest
from infra.db.change_prices import edition_of, offers_for
from infra.db.versions import read_version

Fields = Mapping[str, Any]


async def with_prices(parts: Parts, order_no: str, asked: SubmitChangeRequest, fields: Fields) -> Fields:
    """The fields of a change with the amounts that follow from them; as they are where they say it themselves."""
    if not fields or says_its_money(fields) or asked.change not in OF_GOODS:
        return fields
    await check_correction(parts, order_no, fields)
    async with parts.engine.begin() as connection:
        if not (await edition_of(connection, order_no)).change.prices_goods:
            return fields
        raw = (await read_version(connection, order_no)).raw
        offers = await offers_for(connection, order_no, raw, new_skus(raw, fields, asked.params))
    return completed(raw, fields, offers)


async def priced_by_params(parts: Parts, order_no: str, asked: SubmitChangeRequest) -> Priced | None:
    """What a change comes to that brings no fields, by its parameters; None where the order itself knows it, or nobody.

    Raises:
        Problem: there is no such order.
    """
    if asked.change not in OF_GOODS or not asked.params.sku:
        return None
    async with parts.engine.begin() as connection:
        try:
            edition = await edition_of(connection, order_no)
        except LookupError:
            raise unknown_order(order_no) from None
        raw = (await read_version(connection, order_no)).raw
        fields = wished(asked.params)
        if not edition.change.prices_goods or not _knows(raw, asked.params.line):
            return None
        offers = await offers_for(connection, order_no, raw, new_skus(raw, fields, asked.params))
    after = completed(raw, fields, offers)
    return difference(raw, after) or price_of_new(raw, asked.params, offers)


def _knows(raw: Mapping[str, Any], line: str) -> bool:
    return not line or any(each["line"] == line for each in raw["lines"])


def difference(raw: Mapping[str, Any], fields: Fields) -> Priced | None:
    """What the fields make of the order's amounts; None where they name neither total nor freight."""
    if not {"total", "freight"} & set(fields):
        return None
    after = corrected(raw, [fields])
    total, freight = (int(after.get(name) or 0) - int(raw.get(name) or 0) for name in ("total", "freight"))
    return Priced(goods=total - freight, freight=freight)
