"""An order as it was posted, and as it was corrected (shapes "Order"; SR-019: both versions are kept).

A correction is a patch ``{field path: new value}``. A path is that of a finding: ``customer.phone``, ``total``,
``payment.paid_amount``; a line is named by its own id: ``lines.2.quantity``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from domain.effects import Content, LineContent

Raw = Mapping[str, Any]
"""The order as it was posted: personal data and all."""
LINES = "lines."
HOLDERS = ("customer", "address", "payment", "invoice")


class UnfitCorrection(ValueError):
    """The operator's to correct: the patch names something the order does not have."""


def corrected(raw: Raw, patches: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The order with its corrections, the oldest first. The posted order stays as it is.

    Raises:
        UnfitCorrection: a path names no field of the order.
    """
    order = copy.deepcopy(dict(raw))
    for patch in patches:
        for path, value in patch.items():
            holder, name = _place(order, path)
            holder[name] = value
    return order


def value_at(raw: Raw, path: str) -> Any:
    """What stands at a field path; None where nothing does."""
    place: Any = raw
    for name in path.split("."):
        place = place.get(name) if isinstance(place, Mapping) else None
    return place


def _place(order: dict[str, Any], path: str) -> tuple[dict[str, Any], str]:
    """The object that holds the field at ``path``, and the field's name in it."""
    where, _, name = path.rpartition(".")
    holder: dict[str, Any] | None = None
    if path.startswith(LINES):
        line = where.removeprefix(LINES)
        holder = next((each for each in order["lines"] if each["line"] == line), None)
    elif where in HOLDERS:
        holder = order[where] = order.get(where) or {}
    elif not where:
        holder = order
    if holder is None or not name:
        raise UnfitCorrection(f"The order has no field {path}; correct a field that a finding names.")
    return holder, name


def content_of(raw: Raw) -> Content:
    """The business content of an order, without personal data."""
    payment, address = raw["payment"], raw.get("address") or {}
    fields = ("freight", "discount", "platform_discount", "tax")
    return Content(
        lines=tuple(
            LineContent.model_validate({**line, "specification": line.get("specification") or ""})
            for line in raw["lines"]
        ),
        currency=raw["currency"],
        total=raw["total"],
        payment_method=payment["method"],
        delivery_method=raw.get("delivery_method") or "express",
        region=address.get("province") or "",
        preferred_carrier=raw.get("preferred_carrier") or "",
        **{name: raw.get(name) or 0 for name in fields},
    )
